/* TensorProto: what it is; its elements are looked at later (elements.c). */
#include "core/import/onnx/parse.h"

enum { TENSOR_DIMS = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_RAW = 9,
       TENSOR_EXTERNAL = 13, TENSOR_LOCATION = 14 };
enum { ENTRY_KEY = 1, ENTRY_VALUE = 2, LOCATION_EXTERNAL = 1 };

static void add_dims(struct ses_onnx_tensor *out,
                     const struct ses_wire_field *field)
{
    bool packed = field->type == SES_WIRE_BYTES;
    struct ses_wire numbers = ses_wire(field->data, field->size);
    uint64_t number = field->value;
    for (size_t left = ses_wire_count(field, SES_WIRE_VARINT); left > 0;
         left--) {
        if (packed && !ses_wire_number(&numbers, SES_WIRE_VARINT, &number))
            out->rank = -1;
        if (out->rank < 0 || out->rank == SES_MAX_RANK ||
            (int64_t)number < 0) {
            out->rank = -1;
            return;
        }
        out->shape[out->rank++] = (size_t)number;
    }
}

static bool add_external(struct ses_arena *arena, struct ses_onnx_tensor *out,
                         const struct ses_wire_field *message)
{
    struct ses_wire wire = ses_wire(message->data, message->size);
    struct ses_wire_field field;
    const char *key = "", *value = "";
    while (ses_wire_next(&wire, &field)) {
        if (field.number == ENTRY_KEY)
            key = ses_arena_text(arena, field.data, field.size);
        if (field.number == ENTRY_VALUE)
            value = ses_arena_text(arena, field.data, field.size);
    }
    if (!key || !value)
        return false;
    if (strcmp(key, "location") == 0)
        out->location = value;
    else if (strcmp(key, "offset") == 0)
        out->offset = value;
    else if (strcmp(key, "length") == 0)
        out->length = value;
    return true;
}

enum ses_status ses_onnx_parse_tensor(struct ses_arena *arena,
                                      const uint8_t *message, size_t size,
                                      struct ses_onnx_tensor *out,
                                      struct ses_error *err)
{
    struct ses_wire wire = ses_wire(message, size);
    struct ses_wire_field field;
    bool memory = true;
    *out = (struct ses_onnx_tensor){ .name = "",
                                     .message = message,
                                     .message_size = size };
    while (memory && ses_wire_next(&wire, &field)) {
        switch (field.number) {
        case TENSOR_DIMS:
            if (out->rank >= 0)
                add_dims(out, &field);
            break;
        case TENSOR_TYPE:
            out->type = (enum ses_onnx_type)(field.value & 0xff);
            break;
        case TENSOR_NAME:
            out->name = ses_arena_text(arena, field.data, field.size);
            memory = out->name;
            break;
        case TENSOR_RAW:
            out->raw = field.data;
            out->raw_size = field.size;
            break;
        case TENSOR_EXTERNAL:
            memory = add_external(arena, out, &field);
            break;
        case TENSOR_LOCATION:
            out->external = field.value == LOCATION_EXTERNAL;
            break;
        default:
            break;
        }
    }
    if (!memory)
        return ses_fail_memory(err, "a tensor's name");
    return wire.damaged ? ses_onnx_damaged(err, "tensors") : SES_OK;
}
