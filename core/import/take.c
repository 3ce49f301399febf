/* Taking a tensor out of a state dict: any stored type becomes float32, any
 * strides become row-major order. */
#include <string.h>

#include "core/import/half.h"
#include "core/import/state.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "elements are read as files hold them, little-endian first");

/* n elements, step elements apart, that need not be aligned. */
static void convert(float *out, const uint8_t *in, size_t n, size_t step,
                    enum ses_dtype dtype)
{
    step *= ses_dtype_size(dtype);
    if (dtype == SES_F32 && step == sizeof(float)) {
        memcpy(out, in, n * sizeof(float));
        return;
    }
    for (size_t i = 0; i < n; i++, in += step) {
        uint16_t narrow;
        double wide;
        if (dtype == SES_F32) {
            memcpy(&out[i], in, sizeof out[i]);
        } else if (dtype == SES_F64) {
            memcpy(&wide, in, sizeof wide);
            out[i] = (float)wide;
        } else {
            memcpy(&narrow, in, sizeof narrow);
            out[i] = dtype == SES_F16 ? ses_half_to_float(narrow)
                                      : ses_bfloat_to_float(narrow);
        }
    }
}

/* The trailing dimensions that lie without gaps, as one row: its length, and
 * how many dimensions are left before it. */
static size_t dense_tail(const struct ses_entry *entry, int *outer)
{
    size_t length = 1;
    int i = entry->rank;
    while (i > 0 &&
           (entry->shape[i - 1] == 1 || entry->stride[i - 1] == length))
        length *= entry->shape[--i];
    *outer = i;
    return length;
}

/* A row that lies in one piece, by parts: no more of the file is in memory. */
static void convert_row(const struct ses_state *state,
                        const struct ses_entry *entry, size_t length,
                        size_t step, const uint8_t *in, float *out)
{
    enum { PART = 1 << 18 };
    size_t size = ses_dtype_size(entry->dtype);
    for (size_t done = 0; done < length; done += PART) {
        size_t left = length - done, n = left < PART ? left : PART;
        const uint8_t *part = in + done * step * size;
        convert(out + done, part, n, step, entry->dtype);
        if (n == PART)
            ses_file_forget(&state->file, part, n * step * size);
    }
}

static void copy_elements(const struct ses_state *state,
                          const struct ses_entry *entry, const uint8_t *data,
                          float *out, size_t count)
{
    int outer;
    size_t length = dense_tail(entry, &outer), step = 1;
    if (length == 1 && outer > 0) { /* a last dimension with gaps is a row */
        outer--;
        length = entry->shape[outer];
        step = entry->stride[outer];
    }
    size_t size = ses_dtype_size(entry->dtype);
    size_t index[SES_MAX_RANK] = { 0 };
    size_t element = entry->offset;
    for (size_t done = 0; done < count; done += length) {
        convert_row(state, entry, length, step, data + element * size,
                    out + done);
        for (int i = outer - 1; i >= 0; i--) {
            element += entry->stride[i];
            if (++index[i] < entry->shape[i])
                break;
            element -= entry->stride[i] * entry->shape[i];
            index[i] = 0;
        }
    }
}

static bool is_floating(enum ses_dtype dtype)
{
    return dtype == SES_F16 || dtype == SES_BF16 || dtype == SES_F32 ||
           dtype == SES_F64;
}

/* The number of elements, when the state may still give that many. */
static bool count_elements(const struct ses_state *state,
                           const struct ses_entry *entry, size_t *count)
{
    *count = 1;
    for (int i = 0; i < entry->rank; i++) {
        if (entry->shape[i] == 0) {
            *count = 0;
            return true;
        }
    }
    for (int i = 0; i < entry->rank; i++)
        if (__builtin_mul_overflow(*count, entry->shape[i], count))
            return false;
    return !state->file.size ||
           *count <= state->file.size - state->elements_taken;
}

enum ses_status ses_state_take(struct ses_state *state, struct ses_entry *entry,
                               struct ses_tensor **out, struct ses_error *err)
{
    *out = NULL;
    if (!is_floating(entry->dtype))
        return ses_fail(
            err, SES_EUNSUPPORTED,
            "'%s': tensor '%s' is %s, expected a floating-point type",
            state->path, entry->name, ses_dtype_name(entry->dtype));
    char shape[256];
    ses_shape_text(entry->rank, entry->shape, shape, sizeof shape);
    size_t count;
    if (!count_elements(state, entry, &count))
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s': tensor '%s' (%s) repeats its elements beyond "
                        "the file's %zu bytes",
                        state->path, entry->name, shape, state->file.size);
    struct ses_tensor *tensor = ses_tensor_new(entry->rank, entry->shape);
    if (!tensor)
        return ses_fail(err, SES_ENOMEM, "no memory for tensor '%s' (%s)",
                        entry->name, shape);
    const uint8_t *data = state->storages[entry->storage].data;
    copy_elements(state, entry, data, tensor->data, count);
    size_t size = ses_dtype_size(entry->dtype);
    ses_file_forget(&state->file, data + entry->offset * size, count * size);
    if (state->file.size)
        state->elements_taken += count;
    entry->taken = true;
    *out = tensor;
    return SES_OK;
}
