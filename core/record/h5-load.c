/* Whole datasets into new memory, and columns of them; see h5.h. */
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/record/h5.h"

enum ses_status ses_h5_load_texts(hid_t file, const char *path, size_t n,
                                  char ***out, struct ses_error *err)
{
    hsize_t sizes[1] = { n };
    hid_t dataset = H5I_INVALID_HID;
    enum ses_status status =
        ses_h5_open_dataset(file, path, H5T_STRING, 1, sizes, &dataset, err);
    if (status != SES_OK)
        return status;
    *out = ses_calloc(n, sizeof **out);
    status = *out ? ses_h5_read_strings(dataset, 0, n, *out, err)
                  : ses_fail_memory(err, "names");
    if (status != SES_OK)
        ses_error_context(err, "dataset '%s'", path);
    ses_h5_close(dataset);
    return status;
}

enum ses_status ses_h5_load_numbers(hid_t file, const char *path, hid_t type,
                                    size_t size, hsize_t *n, void **out,
                                    struct ses_error *err)
{
    hid_t dataset = H5I_INVALID_HID;
    enum ses_status status =
        ses_h5_open_dataset(file, path, H5T_INTEGER, 1, n, &dataset, err);
    if (status != SES_OK)
        return status;
    *out = ses_calloc(*n, size);
    if (!*out)
        status = ses_fail_memory(err, "a list of numbers");
    else if (*n > 0)
        status = ses_h5_read_rows(dataset, type, 0, *n, *out, err);
    if (status != SES_OK)
        ses_error_context(err, "dataset '%s'", path);
    ses_h5_close(dataset);
    return status;
}

enum ses_status ses_h5_write_columns(hid_t dataset, hid_t memory, size_t first,
                                     size_t n, size_t stride, const void *data,
                                     struct ses_error *err)
{
    hsize_t sizes[2] = { 0, 0 };
    const hsize_t there_start[2] = { 0, first }, here_start[2] = { 0, 0 };
    hid_t there = H5Dget_space(dataset), here = H5I_INVALID_HID;
    bool sound = H5Sget_simple_extent_ndims(there) == 2 &&
                 H5Sget_simple_extent_dims(there, sizes, NULL) == 2;
    if (sound) {
        sizes[1] = stride;
        here = H5Screate_simple(2, sizes, NULL);
        sizes[1] = n;
        sound = here >= 0 &&
                H5Sselect_hyperslab(there, H5S_SELECT_SET, there_start, NULL,
                                    sizes, NULL) >= 0 &&
                H5Sselect_hyperslab(here, H5S_SELECT_SET, here_start, NULL,
                                    sizes, NULL) >= 0;
    }
    enum ses_status status = SES_OK;
    if (!sound || H5Dwrite(dataset, memory, here, there, H5P_DEFAULT, data) < 0)
        status = ses_h5_fail(err, "cannot write columns %zu to %zu", first,
                             first + n);
    ses_h5_close(here);
    ses_h5_close(there);
    return status;
}

static bool is_plain_type(hid_t type)
{
    if (H5Tget_class(type) == H5T_STRING)
        return H5Tis_variable_str(type) == 0;
    hid_t native = H5Tget_native_type(type, H5T_DIR_ASCEND);
    bool same = native >= 0 && H5Tequal(native, type) > 0;
    ses_h5_close(native);
    return same;
}

bool ses_h5_is_plain(hid_t dataset)
{
    hid_t type = H5Dget_type(dataset);
    hid_t list = H5Dget_create_plist(dataset);
    bool plain = H5Pget_layout(list) == H5D_CONTIGUOUS &&
                 H5Dget_offset(dataset) != HADDR_UNDEF && is_plain_type(type);
    ses_h5_close(list);
    ses_h5_close(type);
    return plain;
}
