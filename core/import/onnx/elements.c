/* See elements.h. */
#include "core/import/onnx/elements.h"

#include "core/import/wire.h"

enum { TENSOR_FLOAT = 4, TENSOR_INT32 = 5, TENSOR_INT64 = 7, TENSOR_DOUBLE = 10,
       TENSOR_UINT64 = 11 };

/* The repeated field that holds elements of a type, and how it does. */
struct typed {
    uint64_t field;
    enum ses_wire_type wire;
};

static struct typed typed_field(enum ses_onnx_type type)
{
    switch (type) {
    case SES_ONNX_FLOAT:
        return (struct typed){ TENSOR_FLOAT, SES_WIRE_FIXED32 };
    case SES_ONNX_DOUBLE:
        return (struct typed){ TENSOR_DOUBLE, SES_WIRE_FIXED64 };
    case SES_ONNX_INT64:
        return (struct typed){ TENSOR_INT64, SES_WIRE_VARINT };
    case SES_ONNX_UINT32:
    case SES_ONNX_UINT64:
        return (struct typed){ TENSOR_UINT64, SES_WIRE_VARINT };
    default:
        return (struct typed){ TENSOR_INT32, SES_WIRE_VARINT };
    }
}

static enum ses_status wrong_count(const struct ses_onnx_constant *constant,
                                   size_t found, struct ses_error *err)
{
    char shape[128];
    ses_shape_text(constant->rank, constant->shape, shape, sizeof shape);
    return ses_fail(err, SES_EFORMAT,
                    "its shape is %s, but %zu elements are there", shape,
                    found);
}

/* Numbers of a typed field, each cut to the element's size: the low bytes are
 * the element (float16 is kept as its bits). */
static enum ses_status decode(struct ses_arena *arena,
                              const struct ses_onnx_tensor *tensor,
                              struct typed how, size_t size,
                              struct ses_onnx_constant *out,
                              struct ses_error *err)
{
    uint8_t *data = ses_arena_alloc(arena, out->count, size);
    if (!data)
        return ses_fail_memory(err, "its elements");
    struct ses_wire wire = ses_wire(tensor->message, tensor->message_size);
    struct ses_wire_field field;
    size_t at = 0;
    while (ses_wire_next(&wire, &field)) {
        if (field.number != how.field)
            continue;
        struct ses_wire numbers = ses_wire(field.data, field.size);
        uint64_t number = field.value;
        for (size_t left = ses_wire_count(&field, how.wire); left > 0;
             left--) {
            if (field.type == SES_WIRE_BYTES &&
                !ses_wire_number(&numbers, how.wire, &number))
                return ses_onnx_damaged(err, "tensors");
            memcpy(data + at++ * size, &number, size);
        }
    }
    out->data = data;
    return SES_OK;
}

static enum ses_status load_typed(struct ses_arena *arena,
                                  const struct ses_onnx_tensor *tensor,
                                  size_t size, struct ses_onnx_constant *out,
                                  struct ses_error *err)
{
    struct typed how = typed_field(tensor->type);
    struct ses_wire wire = ses_wire(tensor->message, tensor->message_size);
    struct ses_wire_field field, only = { 0 };
    size_t count = 0, fields = 0;
    while (ses_wire_next(&wire, &field)) {
        if (field.number != how.field)
            continue;
        only = field;
        fields++;
        count += ses_wire_count(&field, how.wire);
    }
    if (count != out->count)
        return wrong_count(out, count, err);
    bool as_is = how.wire != SES_WIRE_VARINT && fields == 1 &&
                 only.type == SES_WIRE_BYTES;
    if (!as_is)
        return decode(arena, tensor, how, size, out, err);
    out->data = only.data;
    return SES_OK;
}

/* Its shape, checked; the type's size into *size. */
static enum ses_status load_shape(const struct ses_onnx_tensor *tensor,
                                  struct ses_onnx_constant *out, size_t *size,
                                  struct ses_error *err)
{
    *size = ses_onnx_type_size(tensor->type);
    if (!*size)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "its elements are %s, which are not supported",
                        ses_onnx_type_name(tensor->type));
    if (tensor->rank < 0)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "its shape has more than %d axes, or one below 0",
                        SES_MAX_RANK);
    *out = (struct ses_onnx_constant){ .type = tensor->type,
                                       .rank = tensor->rank,
                                       .origin = -1 };
    for (int i = 0; i < tensor->rank; i++)
        out->shape[i] = tensor->shape[i];
    if (!ses_onnx_count(tensor->rank, tensor->shape, &out->count))
        return ses_fail(err, SES_EFORMAT, "its shape has too many elements");
    ses_onnx_pack(out);
    return SES_OK;
}

enum ses_status ses_onnx_load(struct ses_arena *arena,
                              struct ses_onnx_external *external,
                              const struct ses_onnx_tensor *tensor,
                              struct ses_onnx_constant *out,
                              struct ses_error *err)
{
    size_t size;
    enum ses_status status = load_shape(tensor, out, &size, err);
    if (!status && tensor->external) {
        status = ses_onnx_external_bytes(external, tensor, out->count * size,
                                         &out->data, err);
    } else if (!status && tensor->raw) {
        if (tensor->raw_size != out->count * size)
            status = wrong_count(out, tensor->raw_size / size, err);
        out->data = tensor->raw;
    } else if (!status) {
        status = load_typed(arena, tensor, size, out, err);
    }
    if (status)
        ses_error_context(err, "tensor '%s'", tensor->name);
    return status;
}
