/* See constant.h. */
#include "core/import/onnx/constant.h"

#include <math.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/half.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "elements are read as files hold them, little-endian first");

/* One element of a type from unaligned bytes. */
#define READ(type, in) \
    ({ \
        type element; \
        memcpy(&element, in, sizeof element); \
        element; \
    })

static double read_element(enum ses_onnx_type type, const uint8_t *in)
{
    switch (type) {
    case SES_ONNX_FLOAT:
        return (double)READ(float, in);
    case SES_ONNX_DOUBLE:
        return READ(double, in);
    case SES_ONNX_FLOAT16:
        return (double)ses_half_to_float(READ(uint16_t, in));
    case SES_ONNX_BFLOAT16:
        return (double)ses_bfloat_to_float(READ(uint16_t, in));
    case SES_ONNX_INT64:
        return (double)READ(int64_t, in);
    case SES_ONNX_INT32:
        return READ(int32_t, in);
    case SES_ONNX_INT16:
        return READ(int16_t, in);
    case SES_ONNX_INT8:
        return READ(int8_t, in);
    case SES_ONNX_UINT64:
        return (double)READ(uint64_t, in);
    case SES_ONNX_UINT32:
        return READ(uint32_t, in);
    case SES_ONNX_UINT16:
        return READ(uint16_t, in);
    case SES_ONNX_UINT8:
        return *in;
    case SES_ONNX_BOOL:
        return *in != 0;
    case SES_ONNX_UNDEFINED:
        break;
    }
    return NAN;
}

bool ses_onnx_count(int rank, const size_t *shape, size_t *count)
{
    const size_t most = (size_t)1 << 40;
    size_t extent = 1;
    *count = 1;
    for (int i = 0; i < rank; i++) {
        *count *= shape[i];
        if (!ses_multiply(extent, shape[i] ? shape[i] : 1, &extent) ||
            extent > most)
            return false;
    }
    return true;
}

static size_t element_size(const struct ses_onnx_constant *constant)
{
    return constant->symbolic ? sizeof(struct ses_onnx_number)
                              : ses_onnx_type_size(constant->type);
}

struct ses_onnx_number ses_onnx_element(
    const struct ses_onnx_constant *constant, ptrdiff_t offset)
{
    const uint8_t *in =
        constant->data + offset * (ptrdiff_t)element_size(constant);
    if (constant->symbolic)
        return READ(struct ses_onnx_number, in);
    return (struct ses_onnx_number){ read_element(constant->type, in), 0 };
}

struct ses_onnx_number ses_onnx_scalar(
    const struct ses_onnx_constant *constant)
{
    return constant->count ? ses_onnx_element(constant, 0)
                           : (struct ses_onnx_number){ NAN, 0 };
}

void ses_onnx_pack(struct ses_onnx_constant *constant)
{
    size_t step = 1;
    for (int i = constant->rank - 1; i >= 0; i--) {
        constant->stride[i] = (ptrdiff_t)step;
        step *= constant->shape[i];
    }
}

bool ses_onnx_is_packed(const struct ses_onnx_constant *constant)
{
    size_t step = 1;
    for (int i = constant->rank - 1; i >= 0; i--) {
        if (constant->shape[i] != 1 && constant->stride[i] != (ptrdiff_t)step)
            return false;
        step *= constant->shape[i];
    }
    return true;
}

struct ses_onnx_walk ses_onnx_walk(const struct ses_onnx_constant *constant)
{
    struct ses_onnx_walk walk = { .rank = constant->rank };
    memcpy(walk.shape, constant->shape, sizeof walk.shape);
    memcpy(walk.stride, constant->stride, sizeof walk.stride);
    return walk;
}

void ses_onnx_step(struct ses_onnx_walk *walk)
{
    for (int i = walk->rank - 1; i >= 0; i--) {
        walk->offset += walk->stride[i];
        if (++walk->index[i] < walk->shape[i])
            return;
        walk->offset -= walk->stride[i] * (ptrdiff_t)walk->shape[i];
        walk->index[i] = 0;
    }
}

bool ses_onnx_broadcast(const struct ses_onnx_constant *constant, int rank,
                        const size_t *shape, struct ses_onnx_constant *out)
{
    struct ses_onnx_constant wide = *constant;
    int lead = rank - constant->rank;
    if (lead < 0)
        return false;
    wide.rank = rank;
    for (int i = 0; i < rank; i++) {
        size_t own = i < lead ? 1 : constant->shape[i - lead];
        if (own != shape[i] && own != 1)
            return false;
        wide.shape[i] = shape[i];
        wide.stride[i] =
            i < lead || own == 1 ? 0 : constant->stride[i - lead];
    }
    if (!ses_onnx_count(rank, shape, &wide.count))
        return false;
    *out = wide;
    return true;
}

void ses_onnx_permute(const struct ses_onnx_constant *constant,
                      const int *perm, struct ses_onnx_constant *out)
{
    struct ses_onnx_constant turned = *constant;
    for (int i = 0; i < constant->rank; i++) {
        turned.shape[i] = constant->shape[perm[i]];
        turned.stride[i] = constant->stride[perm[i]];
    }
    *out = turned;
}

struct ses_onnx_constant *ses_onnx_constant_new(struct ses_arena *arena,
                                                enum ses_onnx_type type,
                                                bool symbolic, int rank,
                                                const size_t *shape)
{
    struct ses_onnx_constant *constant =
        ses_arena_alloc(arena, 1, sizeof *constant);
    if (!constant)
        return NULL;
    constant->type = type;
    constant->symbolic = symbolic;
    constant->rank = rank;
    constant->origin = -1;
    for (int i = 0; i < rank; i++)
        constant->shape[i] = shape[i];
    if (!ses_onnx_count(rank, shape, &constant->count))
        return NULL;
    ses_onnx_pack(constant);
    constant->data =
        ses_arena_alloc(arena, constant->count, element_size(constant));
    return constant->data ? constant : NULL;
}

/* Truncated, and kept within what an integer can be. */
static int64_t to_integer(double value)
{
    if (!(value > -0x1p63))
        return INT64_MIN;
    return value >= 0x1p63 ? INT64_MAX : (int64_t)value;
}

void ses_onnx_put(struct ses_onnx_constant *constant, size_t at,
                  struct ses_onnx_number number)
{
    uint8_t *out = (uint8_t *)constant->data + at * element_size(constant);
    float real = (float)number.value;
    int64_t whole = to_integer(number.value);
    if (constant->symbolic)
        memcpy(out, &number, sizeof number);
    else if (constant->type == SES_ONNX_FLOAT)
        memcpy(out, &real, sizeof real);
    else
        memcpy(out, &whole, sizeof whole);
}

/* One row of n elements that lie step elements apart. */
static void convert_row(const struct ses_onnx_constant *constant,
                        ptrdiff_t offset, ptrdiff_t step, size_t n, float *out)
{
    const uint8_t *in =
        constant->data + offset * (ptrdiff_t)element_size(constant);
    if (constant->symbolic || constant->type != SES_ONNX_FLOAT) {
        for (size_t i = 0; i < n; i++)
            out[i] = (float)ses_onnx_element(constant,
                                             offset + (ptrdiff_t)i * step)
                         .value;
        return;
    }
    step *= (ptrdiff_t)sizeof *out;
    if (step == (ptrdiff_t)sizeof *out)
        memcpy(out, in, n * sizeof *out);
    else
        for (size_t i = 0; i < n; i++, in += step)
            memcpy(&out[i], in, sizeof *out);
}

/* A matrix whose columns lie together, as MatMul's weights do: in squares that
 * fit the cache. */
static bool convert_turned(const struct ses_onnx_constant *constant,
                           float *out)
{
    enum { SIDE = 32 };
    if (constant->symbolic || constant->type != SES_ONNX_FLOAT ||
        constant->rank != 2 || constant->stride[0] != 1 ||
        constant->stride[1] < 1)
        return false;
    size_t rows = constant->shape[0], columns = constant->shape[1];
    size_t step = (size_t)constant->stride[1];
    for (size_t i = 0; i < rows; i += SIDE)
        for (size_t j = 0; j < columns; j += SIDE)
            for (size_t k = i; k < rows && k < i + SIDE; k++)
                for (size_t l = j; l < columns && l < j + SIDE; l++)
                    memcpy(&out[k * columns + l],
                           constant->data + (k + l * step) * sizeof *out,
                           sizeof *out);
    return true;
}

struct ses_tensor *ses_onnx_floats(const struct ses_onnx_constant *constant)
{
    struct ses_tensor *tensor =
        ses_tensor_new(constant->rank, constant->shape);
    if (!tensor || !tensor->count || convert_turned(constant, tensor->data))
        return tensor;
    /* the last axes that lie without gaps are one row */
    struct ses_onnx_walk outer = ses_onnx_walk(constant);
    size_t row = 1;
    while (outer.rank > 0 &&
           (outer.shape[outer.rank - 1] == 1 ||
            outer.stride[outer.rank - 1] == (ptrdiff_t)row))
        row *= outer.shape[--outer.rank];
    ptrdiff_t step = 1;
    if (row == 1 && outer.rank > 0) {
        outer.rank--;
        row = outer.shape[outer.rank];
        step = outer.stride[outer.rank];
    }
    for (size_t done = 0; done < tensor->count; done += row) {
        convert_row(constant, outer.offset, step, row, tensor->data + done);
        ses_onnx_step(&outer);
    }
    return tensor;
}
