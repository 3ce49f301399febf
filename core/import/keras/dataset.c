/* Arrays of weights out of HDF5, in the order the graph keeps them. An array
 * that lies in the file as one piece of float32 is taken from there in one
 * go; any other is unpacked and converted by HDF5. See h5.h. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/keras/h5.h"
#include "core/record/h5.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "elements are read as files hold them, little-endian first");

/* Where in the file the elements lie as they are wanted, or NULL. */
static const uint8_t *in_place(const struct ses_keras_h5 *h5, hid_t dataset,
                               size_t count)
{
    hid_t type = H5Dget_type(dataset), list = H5Dget_create_plist(dataset);
    bool plain = H5Tequal(type, H5T_IEEE_F32LE) > 0 &&
                 H5Pget_layout(list) == H5D_CONTIGUOUS;
    ses_h5_close(list);
    ses_h5_close(type);
    if (!plain)
        return NULL;
    haddr_t at = H5Dget_offset(dataset);
    size_t bytes = count * sizeof(float);
    if (at == HADDR_UNDEF || at > h5->size || bytes > h5->size - at)
        return NULL;
    return h5->data + at;
}

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

/* Rows become columns. A strip of columns is one line of the cache, so that
 * every line is read once and written once. */
static void turn(const struct grid *grid, const uint8_t *in, float *out)
{
    enum { STRIP = 16 };
    size_t rows = grid->spatial * grid->inputs;
    for (size_t first = 0; first < grid->columns; first += STRIP) {
        size_t n = grid->columns - first;
        n = n < STRIP ? n : STRIP;
        for (size_t row = 0; row < rows; row++) {
            float strip[STRIP];
            size_t input = row / grid->spatial, place = row % grid->spatial;
            if (grid->flip)
                place = grid->spatial - 1 - place;
            size_t from = place * grid->inputs + input;
            memcpy(strip, in + (from * grid->columns + first) * sizeof *strip,
                   n * sizeof *strip);
            for (size_t i = 0; i < n; i++)
                out[(first + i) * rows + row] = strip[i];
        }
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

static enum ses_status check_size(hid_t dataset, int rank, const size_t *size,
                                  struct ses_error *err)
{
    hsize_t found[H5S_MAX_RANK];
    size_t shape[H5S_MAX_RANK];
    char is[256], expected[256];
    hid_t space = H5Dget_space(dataset);
    int found_rank = H5Sget_simple_extent_ndims(space);
    bool same = found_rank == rank;
    if (found_rank > 0)
        H5Sget_simple_extent_dims(space, found, NULL);
    ses_h5_close(space);
    for (int i = 0; i < found_rank; i++)
        shape[i] = found[i];
    for (int i = 0; i < rank && same; i++)
        same = shape[i] == size[i];
    if (same)
        return SES_OK;
    return ses_fail(err, SES_ESHAPE, "is %s, expected %s",
                    ses_shape_text(found_rank > 0 ? found_rank : 0, shape, is,
                                   sizeof is),
                    ses_shape_text(rank, size, expected, sizeof expected));
}

/* Open, and check that it is what is expected and is in the file at all. */
static enum ses_status open_checked(struct ses_keras_h5 *h5, const char *path,
                                    int rank, const size_t *size, hid_t *out,
                                    struct ses_error *err)
{
    hsize_t sizes[SES_MAX_RANK];
    hid_t dataset = H5Dopen2(h5->file, path, H5P_DEFAULT);
    *out = H5I_INVALID_HID;
    if (dataset < 0)
        return ses_h5_fail(err, "cannot be opened");
    enum ses_status status = check_size(dataset, rank, size, err);
    ses_h5_close(dataset);
    if (status)
        return status;
    for (int i = 0; i < rank; i++)
        sizes[i] = size[i];
    return ses_h5_open_dataset(h5->file, path, H5T_FLOAT, rank, sizes, out,
                               err);
}

static enum ses_status read_open(struct ses_keras_h5 *h5, hid_t dataset,
                                 int rank, const size_t *size,
                                 enum ses_keras_order order, bool flip,
                                 struct ses_tensor **out,
                                 struct ses_error *err)
{
    size_t shape[SES_MAX_RANK];
    float *unpacked = NULL;
    enum ses_status status = SES_OK;
    put_shape(rank, size, order, shape);
    struct ses_tensor *tensor = ses_tensor_new(rank, shape);
    if (!tensor)
        return ses_fail_memory(err, "its elements");
    const uint8_t *from = in_place(h5, dataset, tensor->count);
    if (!from) {
        unpacked = order == SES_KERAS_AS_IS ? tensor->data
                                            : ses_calloc_floats(tensor->count);
        if (!unpacked)
            status = ses_fail_memory(err, "its elements");
        else if (H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL,
                         H5P_DEFAULT, unpacked) < 0)
            status = ses_h5_fail(err, "cannot be read");
        from = (const uint8_t *)unpacked;
    }
    if (!status && order != SES_KERAS_AS_IS) {
        struct grid grid = lay_out(rank, size, order, flip);
        turn(&grid, from, tensor->data);
    } else if (!status) {
        if (!unpacked)
            memcpy(tensor->data, from, tensor->count * sizeof(float));
        if (flip)
            flip_plain(tensor);
    }
    if (unpacked != tensor->data)
        free(unpacked);
    if (status) {
        ses_tensor_free(tensor);
        return status;
    }
    h5->floats_left -= tensor->count;
    *out = tensor;
    return SES_OK;
}

enum ses_status ses_keras_h5_read(struct ses_keras_h5 *h5, const char *path,
                                  int rank, const size_t *size,
                                  enum ses_keras_order order, bool flip,
                                  struct ses_tensor **out,
                                  struct ses_error *err)
{
    hid_t dataset;
    *out = NULL;
    size_t count = 1;
    bool fits = true;
    enum ses_status status =
        open_checked(h5, path, rank, size, &dataset, err);
    for (int i = 0; i < rank; i++)
        fits = fits && ses_multiply(count, size[i], &count);
    if (!status && (!fits || count > h5->floats_left))
        status = ses_fail(err, SES_EFORMAT,
                          "repeats its elements beyond the file's %zu bytes",
                          h5->size);
    if (!status)
        status = read_open(h5, dataset, rank, size, order, flip, out, err);
    ses_h5_close(dataset);
    if (status)
        return ses_error_context(err, "weight '%s'", path);
    return SES_OK;
}
