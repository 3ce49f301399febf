/* See wire.h. */
#include "core/import/wire.h"

#include <string.h>

struct ses_wire ses_wire(const uint8_t *data, size_t size)
{
    return (struct ses_wire){ .at = data, .end = data ? data + size : NULL };
}

static bool damage(struct ses_wire *wire)
{
    wire->damaged = true;
    return false;
}

static bool read_varint(struct ses_wire *wire, uint64_t *out)
{
    *out = 0;
    for (unsigned shift = 0; shift < 64 && wire->at < wire->end; shift += 7) {
        uint8_t byte = *wire->at++;
        *out |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return damage(wire);
}

static bool read_fixed(struct ses_wire *wire, size_t size, uint64_t *out)
{
    if ((size_t)(wire->end - wire->at) < size)
        return damage(wire);
    *out = 0;
    for (size_t i = 0; i < size; i++)
        *out |= (uint64_t)wire->at[i] << 8 * i;
    wire->at += size;
    return true;
}

bool ses_wire_number(struct ses_wire *packed, enum ses_wire_type type,
                     uint64_t *out)
{
    if (packed->at == packed->end)
        return false;
    switch (type) {
    case SES_WIRE_VARINT:
        return read_varint(packed, out);
    case SES_WIRE_FIXED64:
        return read_fixed(packed, 8, out);
    case SES_WIRE_FIXED32:
        return read_fixed(packed, 4, out);
    case SES_WIRE_BYTES:
        break;
    }
    return damage(packed);
}

static bool read_field(struct ses_wire *wire, struct ses_wire_field *field)
{
    uint64_t tag, size;
    *field = (struct ses_wire_field){ 0 };
    if (!read_varint(wire, &tag) || tag >> 3 == 0)
        return false;
    field->number = tag >> 3;
    field->type = (enum ses_wire_type)(tag & 7);
    if (field->type != SES_WIRE_BYTES)
        return ses_wire_number(wire, field->type, &field->value);
    if (!read_varint(wire, &size) || size > (uint64_t)(wire->end - wire->at))
        return false;
    field->data = wire->at;
    field->size = (size_t)size;
    wire->at += size;
    return true;
}

bool ses_wire_next(struct ses_wire *wire, struct ses_wire_field *field)
{
    const uint8_t *start = wire->at;
    if (wire->damaged || start == wire->end)
        return false;
    if (!read_field(wire, field)) {
        wire->at = start;
        return damage(wire);
    }
    field->whole = start;
    field->whole_size = (size_t)(wire->at - start);
    return true;
}

size_t ses_wire_count(const struct ses_wire_field *field,
                      enum ses_wire_type type)
{
    if (field->type != SES_WIRE_BYTES)
        return field->type == type;
    if (type != SES_WIRE_VARINT)
        return field->size / (type == SES_WIRE_FIXED64 ? 8 : 4);
    size_t count = 0;
    for (size_t i = 0; i < field->size; i++)
        count += !(field->data[i] & 0x80);
    return count;
}

float ses_wire_float(uint64_t bits)
{
    uint32_t narrow = (uint32_t)bits;
    float value;
    memcpy(&value, &narrow, sizeof value);
    return value;
}

double ses_wire_double(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
