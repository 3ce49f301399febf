/* AttributeProto: numbers, lists of them, texts and tensors. Graphs within are
 * not looked at: what has them is not supported. */
#include "core/import/onnx/parse.h"

enum { MOST_NUMBERS = 1 << 24 };

enum { ATTRIBUTE_NAME = 1, ATTRIBUTE_F = 2, ATTRIBUTE_I = 3, ATTRIBUTE_S = 4,
       ATTRIBUTE_T = 5, ATTRIBUTE_G = 6, ATTRIBUTE_FLOATS = 7,
       ATTRIBUTE_INTS = 8, ATTRIBUTE_TYPE = 20, ATTRIBUTE_REF = 21 };

static enum ses_status parse_lists(struct ses_arena *arena,
                                   const struct ses_wire_field *message,
                                   struct ses_onnx_attribute *out,
                                   struct ses_error *err)
{
    struct ses_wire wire = ses_wire(message->data, message->size);
    struct ses_wire_field field;
    float *floats =
        ses_arena_alloc(arena, out->n_floats, sizeof *out->floats);
    int64_t *ints = ses_arena_alloc(arena, out->n_ints, sizeof *out->ints);
    if (!floats || !ints)
        return ses_fail_memory(err, "a list of numbers");
    out->floats = floats;
    out->ints = ints;
    while (ses_wire_next(&wire, &field)) {
        bool packed = field.type == SES_WIRE_BYTES;
        bool real = field.number == ATTRIBUTE_FLOATS;
        if (!real && field.number != ATTRIBUTE_INTS)
            continue;
        enum ses_wire_type type = real ? SES_WIRE_FIXED32 : SES_WIRE_VARINT;
        struct ses_wire numbers = ses_wire(field.data, field.size);
        uint64_t number = field.value;
        size_t left = ses_wire_count(&field, type);
        for (; left > 0; left--) {
            if (packed && !ses_wire_number(&numbers, type, &number))
                return ses_onnx_damaged(err, "lists of numbers");
            if (real)
                *floats++ = ses_wire_float(number);
            else
                *ints++ = (int64_t)number;
        }
    }
    return SES_OK;
}

/* Old files leave the type out; what is there tells it. */
static int type_by_fields(const size_t *count)
{
    if (count[ATTRIBUTE_T])
        return SES_ONNX_ATTRIBUTE_TENSOR;
    if (count[ATTRIBUTE_G])
        return SES_ONNX_ATTRIBUTE_GRAPH;
    if (count[ATTRIBUTE_FLOATS])
        return SES_ONNX_ATTRIBUTE_FLOATS;
    if (count[ATTRIBUTE_INTS])
        return SES_ONNX_ATTRIBUTE_INTS;
    if (count[ATTRIBUTE_S])
        return SES_ONNX_ATTRIBUTE_STRING;
    if (count[ATTRIBUTE_F])
        return SES_ONNX_ATTRIBUTE_FLOAT;
    return SES_ONNX_ATTRIBUTE_INT;
}

enum ses_status ses_onnx_parse_attribute(
    struct ses_arena *arena, const struct ses_wire_field *message,
    struct ses_onnx_attribute *out, struct ses_error *err)
{
    struct ses_wire wire = ses_wire(message->data, message->size);
    struct ses_wire_field field;
    struct ses_onnx_tensor *tensor;
    size_t count[16] = { 0 };
    enum ses_status status = SES_OK;
    out->name = out->s = "";
    while (!status && ses_wire_next(&wire, &field)) {
        if (field.number < 16)
            count[field.number]++;
        switch (field.number) {
        case ATTRIBUTE_NAME:
            out->name = ses_arena_text(arena, field.data, field.size);
            break;
        case ATTRIBUTE_F:
            out->f = ses_wire_float(field.value);
            break;
        case ATTRIBUTE_I:
            out->i = (int64_t)field.value;
            break;
        case ATTRIBUTE_S:
            out->s = ses_arena_text(arena, field.data, field.size);
            break;
        case ATTRIBUTE_REF:
            out->ref = ses_arena_text(arena, field.data, field.size);
            break;
        case ATTRIBUTE_T:
            tensor = ses_arena_alloc(arena, 1, sizeof *tensor);
            if (!tensor)
                return ses_fail_memory(err, "a constant");
            out->t = tensor;
            status = ses_onnx_parse_tensor(arena, field.data, field.size,
                                           tensor, err);
            break;
        case ATTRIBUTE_FLOATS:
            out->n_floats += ses_wire_count(&field, SES_WIRE_FIXED32);
            break;
        case ATTRIBUTE_INTS:
            out->n_ints += ses_wire_count(&field, SES_WIRE_VARINT);
            break;
        case ATTRIBUTE_TYPE:
            out->type = (int)(field.value & 0xff);
            break;
        default:
            break;
        }
    }
    if (status)
        return status;
    if (wire.damaged || out->n_floats > MOST_NUMBERS ||
        out->n_ints > MOST_NUMBERS)
        return ses_onnx_damaged(err, "attributes");
    if (!out->name || !out->s)
        return ses_fail_memory(err, "an attribute");
    if (!out->type)
        out->type = type_by_fields(count);
    return parse_lists(arena, message, out, err);
}
