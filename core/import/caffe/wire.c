/* See wire.h. */
#include "core/import/caffe/wire.h"

enum { VARINT_BYTES = 10 };

/* Bytes of the varint at the front; 0 when it is damaged. */
static size_t read_varint(const struct ses_caffe_wire *from, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < VARINT_BYTES && i < from->size; i++) {
        *out |= (uint64_t)(from->data[i] & 0x7f) << (7 * i);
        if (!(from->data[i] & 0x80))
            return i + 1;
    }
    return 0;
}

static void advance(struct ses_caffe_wire *wire, size_t bytes)
{
    wire->data += bytes;
    wire->size -= bytes;
}

/* Bytes of the value at the front, by its type; false when it is damaged. */
static bool value_length(struct ses_caffe_wire *rest, unsigned type,
                         uint64_t *length)
{
    uint64_t value;
    size_t used;
    switch (type) {
    case SES_CAFFE_WIRE_VARINT:
        *length = read_varint(rest, &value);
        return *length > 0;
    case SES_CAFFE_WIRE_FIXED64:
        *length = 8;
        return true;
    case SES_CAFFE_WIRE_FIXED32:
        *length = 4;
        return true;
    case SES_CAFFE_WIRE_BYTES:
        used = read_varint(rest, length);
        advance(rest, used);
        return used > 0;
    default:
        return false;
    }
}

bool ses_caffe_wire_next(struct ses_caffe_wire *message,
                         struct ses_caffe_wire_field *field)
{
    struct ses_caffe_wire rest = *message;
    uint64_t tag, length;
    size_t used = read_varint(&rest, &tag);
    if (!used || tag >> 3 == 0 || tag >> 3 > UINT32_MAX)
        return false;
    advance(&rest, used);
    if (!value_length(&rest, tag & 7, &length) || length > rest.size)
        return false;
    field->number = (uint32_t)(tag >> 3);
    field->type = (enum ses_caffe_wire_type)(tag & 7);
    field->bytes = (struct ses_caffe_wire){ rest.data, (size_t)length };
    advance(&rest, (size_t)length);
    field->whole =
        (struct ses_caffe_wire){ message->data, message->size - rest.size };
    *message = rest;
    return true;
}
