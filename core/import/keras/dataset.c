/* Arrays of weights, in the order the graph keeps them. One that lies in the
 * file in one piece is taken from there in one go; any other is unpacked and
 * converted by the reader. See h5.h. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/half.h"
#include "core/import/keras/h5.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "elements are read as files hold them, little-endian first");

/* An array as rows of `columns` elements side by side. */
struct grid {
    size_t spatial, inputs; /* rows */
    size_t columns;
    bool flip;
};

static struct grid lay_out(int rank, const size_t *size,
                           enum ses_keras_order order, bool flip)
{
    struct grid grid = { 1, 1, 1, flip };
    for (int i = 0; i < rank - 2; i++)
        grid.spatial *= size[i];
    grid.inputs = size[rank - 2];
    grid.columns = size[rank - 1];
    if (order == SES_KERAS_AS_DEPTHWISE) {
        grid.columns *= grid.inputs;
        grid.inputs = 1;
    }
    return grid;
}

/* n elements as floats. */
static void convert(const uint8_t *in, enum ses_keras_place place, size_t n,
                    float *out)
{
    if (place != SES_KERAS_HALF_FLOATS) {
        memcpy(out, in, n * sizeof *out);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint16_t half;
        memcpy(&half, in + i * sizeof half, sizeof half);
        out[i] = ses_half_to_float(half);
    }
}

static size_t element_size(enum ses_keras_place place)
{
    return place == SES_KERAS_HALF_FLOATS ? sizeof(uint16_t) : sizeof(float);
}

/* Rows from..to of the result's columns. A strip of columns is one line of the
 * cache, so that every line is read once and written once. */
static void turn_rows(const struct grid *grid, const uint8_t *in,
                      enum ses_keras_place place, size_t from, size_t to,
                      float *out)
{
    enum { STRIP = 16 };
    size_t size = element_size(place);
    size_t rows = grid->spatial * grid->inputs;
    for (size_t first = 0; first < grid->columns; first += STRIP) {
        size_t n = grid->columns - first;
        n = n < STRIP ? n : STRIP;
        for (size_t row = from; row < to; row++) {
            float strip[STRIP];
            size_t input = row / grid->spatial, pixel = row % grid->spatial;
            if (grid->flip)
                pixel = grid->spatial - 1 - pixel;
            size_t at = pixel * grid->inputs + input;
            convert(in + (at * grid->columns + first) * size, place, n, strip);
            for (size_t i = 0; i < n; i++)
                out[(first + i) * rows + row] = strip[i];
        }
    }
}

/* Rows become columns, so many at a time that little of the file is in memory.
 */
static void turn(const struct ses_keras_h5 *h5, const struct grid *grid,
                 const uint8_t *in, enum ses_keras_place place, float *out)
{
    enum { ELEMENTS = 1 << 18, INPUTS = 16 };
    size_t input = grid->spatial * grid->columns; /* elements */
    size_t rows = grid->spatial * grid->inputs;
    if (input == 0)
        return;
    size_t step = (ELEMENTS / input / INPUTS + 1) * INPUTS * grid->spatial;
    for (size_t from = 0; from < rows; from += step) {
        size_t to = rows - from < step ? rows : from + step;
        turn_rows(grid, in, place, from, to, out);
        ses_file_forget(h5->file, in,
                        input * grid->inputs * element_size(place));
    }
}

/* A kernel that has its outputs first already. */
static void flip_plain(struct ses_tensor *tensor)
{
    size_t spatial = 1;
    for (int i = 2; i < tensor->rank; i++)
        spatial *= tensor->shape[i];
    for (size_t first = 0; first < tensor->count; first += spatial)
        for (size_t i = 0; i < spatial / 2; i++) {
            float *a = &tensor->data[first + i];
            float *b = &tensor->data[first + spatial - 1 - i];
            float held = *a;
            *a = *b;
            *b = held;
        }
}

static void put_shape(int rank, const size_t *size, enum ses_keras_order order,
                      size_t *shape)
{
    if (order == SES_KERAS_AS_IS) {
        memcpy(shape, size, (size_t)rank * sizeof *shape);
        return;
    }
    struct grid grid = lay_out(rank, size, order, false);
    shape[0] = grid.columns;
    shape[1] = grid.inputs;
    memcpy(shape + 2, size, (size_t)(rank - 2) * sizeof *shape);
}

/* Find it, and check that it is what is expected. */
static enum ses_status find(const struct ses_keras_h5 *h5, const char *path,
                            int rank, const size_t *size,
                            const struct ses_keras_array **out,
                            struct ses_error *err)
{
    char is[256], expected[256];
    size_t at;
    if (!ses_names_find(&h5->arrays_by_path, path, strlen(path), &at))
        return ses_fail(err, SES_ENOTFOUND, "is not in the file");
    const struct ses_keras_array *array = &h5->arrays[at];
    if (!array->usable)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "is no array of floating-point numbers in this file");
    bool same = array->rank == rank;
    for (int i = 0; i < rank && same; i++)
        same = array->size[i] == size[i];
    *out = array;
    if (same)
        return SES_OK;
    return ses_fail(err, SES_ESHAPE, "is %s, expected %s",
                    ses_shape_text(array->rank, array->size, is, sizeof is),
                    ses_shape_text(rank, size, expected, sizeof expected));
}

/* The elements in the file, or NULL. */
static const uint8_t *in_place(const struct ses_keras_h5 *h5,
                               const struct ses_keras_array *array,
                               size_t count)
{
    size_t bytes = count * element_size(array->place);
    if (array->place == SES_KERAS_UNPACKED || array->at > h5->size ||
        bytes > h5->size - array->at)
        return NULL;
    return h5->data + array->at;
}

/* The elements as the reader unpacks them. */
static enum ses_status ask(struct ses_keras_h5 *h5,
                           const struct ses_keras_array *array, float *out,
                           size_t count, struct ses_error *err)
{
    uint64_t length = strlen(array->path), n = count, answer = 0;
    if (ses_send_bytes(h5->reader.socket, &length, sizeof length) &&
        ses_send_bytes(h5->reader.socket, array->path, (size_t)length) &&
        ses_send_bytes(h5->reader.socket, &n, sizeof n) &&
        ses_receive_bytes(h5->reader.socket, &answer, sizeof answer) &&
        answer == 1 &&
        ses_receive_bytes(h5->reader.socket, out, count * sizeof *out))
        return SES_OK;
    return ses_fail(err, SES_EFORMAT, "cannot be read, the file is damaged");
}

static enum ses_status fill(struct ses_keras_h5 *h5,
                            const struct ses_keras_array *array,
                            enum ses_keras_order order, bool flip,
                            struct ses_tensor *tensor, struct ses_error *err)
{
    float *unpacked = NULL;
    enum ses_status status = SES_OK;
    enum ses_keras_place place = array->place;
    const uint8_t *from = in_place(h5, array, tensor->count);
    if (!from) {
        place = SES_KERAS_FLOATS;
        unpacked = order == SES_KERAS_AS_IS ? tensor->data
                                            : ses_calloc_floats(tensor->count);
        status = unpacked ? ask(h5, array, unpacked, tensor->count, err)
                          : ses_fail_memory(err, "its elements");
        from = (const uint8_t *)unpacked;
    }
    if (!status && order != SES_KERAS_AS_IS) {
        struct grid grid = lay_out(array->rank, array->size, order, flip);
        turn(h5, &grid, from, place, tensor->data);
    } else if (!status) {
        if (!unpacked)
            convert(from, place, tensor->count, tensor->data);
        if (flip)
            flip_plain(tensor);
        ses_file_forget(h5->file, from, tensor->count * element_size(place));
    }
    if (unpacked != tensor->data)
        free(unpacked);
    return status;
}

static enum ses_status read_array(struct ses_keras_h5 *h5,
                                  const struct ses_keras_array *array,
                                  enum ses_keras_order order, bool flip,
                                  struct ses_tensor **out,
                                  struct ses_error *err)
{
    size_t shape[SES_MAX_RANK], count = 1;
    bool fits = true;
    for (int i = 0; i < array->rank; i++)
        fits = fits && ses_multiply(count, array->size[i], &count);
    if (!fits || count > h5->floats_left)
        return ses_fail(err, SES_EFORMAT,
                        "has more elements than the file's %zu bytes can hold",
                        h5->size);
    put_shape(array->rank, array->size, order, shape);
    struct ses_tensor *tensor = ses_tensor_new(array->rank, shape);
    if (!tensor)
        return ses_fail_memory(err, "its elements");
    enum ses_status status = fill(h5, array, order, flip, tensor, err);
    if (status) {
        ses_tensor_free(tensor);
        return status;
    }
    h5->floats_left -= count;
    *out = tensor;
    return SES_OK;
}

enum ses_status ses_keras_h5_read(struct ses_keras_h5 *h5, const char *path,
                                  int rank, const size_t *size,
                                  enum ses_keras_order order, bool flip,
                                  struct ses_tensor **out,
                                  struct ses_error *err)
{
    const struct ses_keras_array *array;
    *out = NULL;
    enum ses_status status = find(h5, path, rank, size, &array, err);
    if (!status)
        status = read_array(h5, array, order, flip, out, err);
    if (status)
        return ses_error_context(err, "weight '%s'", path);
    return SES_OK;
}
