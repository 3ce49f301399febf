/* Attributes and datasets of HDF5; see h5.h. */
#include "core/record/h5.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/utf8.h"

/* No filter that HDF5 brings makes data smaller than by this factor, so a
 * dataset that claims more is not in its file. */
enum { MOST_COMPRESSION = 1100 };

static hid_t text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

static enum ses_status put(hid_t object, const char *name, hid_t file_type,
                           hid_t memory_type, const void *value,
                           struct ses_error *err)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, file_type, space, H5P_DEFAULT,
                                 H5P_DEFAULT);
    enum ses_status status = SES_OK;
    if (attribute < 0 || H5Awrite(attribute, memory_type, value) < 0)
        status = ses_h5_fail(err, "attribute '%s'", name);
    ses_h5_close(attribute);
    ses_h5_close(space);
    return status;
}

enum ses_status ses_h5_put_text(hid_t object, const char *name,
                                const char *value, struct ses_error *err)
{
    char *text = ses_utf8_escaped(value);
    if (!text)
        return ses_fail_memory(err, name);
    hid_t type = text_type();
    enum ses_status status = put(object, name, type, type, &text, err);
    ses_h5_close(type);
    free(text);
    return status;
}

enum ses_status ses_h5_put_int(hid_t object, const char *name, hid_t type,
                               int64_t value, struct ses_error *err)
{
    return put(object, name, type, H5T_NATIVE_INT64, &value, err);
}

enum ses_status ses_h5_put_double(hid_t object, const char *name, double value,
                                  struct ses_error *err)
{
    return put(object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value, err);
}

/* Open an attribute of one element; its class into *class. */
static enum ses_status open_attribute(hid_t object, const char *name,
                                      hid_t *attribute, hid_t *type,
                                      H5T_class_t *class,
                                      struct ses_error *err)
{
    *type = H5I_INVALID_HID;
    *attribute = H5Aopen(object, name, H5P_DEFAULT);
    if (*attribute < 0)
        return ses_h5_fail(err, "attribute '%s'", name);
    *type = H5Aget_type(*attribute);
    *class = H5Tget_class(*type);
    hid_t space = H5Aget_space(*attribute);
    hssize_t count = H5Sget_simple_extent_npoints(space);
    ses_h5_close(space);
    if (count != 1)
        return ses_fail(err, SES_EFORMAT,
                        "attribute '%s' has %lld elements, expected 1", name,
                        (long long)count);
    return SES_OK;
}

static enum ses_status read_text(hid_t attribute, hid_t type, char **out)
{
    if (H5Tis_variable_str(type) > 0) {
        char *text = NULL;
        if (H5Aread(attribute, type, &text) < 0)
            return SES_EIO;
        *out = strdup(text ? text : "");
        H5free_memory(text);
    } else {
        size_t size = H5Tget_size(type);
        char *text = ses_calloc(size + 1, 1);
        if (text && H5Aread(attribute, type, text) < 0) {
            free(text);
            return SES_EIO;
        }
        *out = text;
    }
    return *out ? SES_OK : SES_ENOMEM;
}

enum ses_status ses_h5_get_text(hid_t object, const char *name,
                                const char *fallback, char **out,
                                struct ses_error *err)
{
    hid_t attribute = H5I_INVALID_HID, type = H5I_INVALID_HID;
    H5T_class_t class;
    *out = NULL;
    if (H5Aexists(object, name) <= 0) {
        *out = strdup(fallback);
        return *out ? SES_OK : ses_fail_memory(err, name);
    }
    enum ses_status status =
        open_attribute(object, name, &attribute, &type, &class, err);
    if (status != SES_OK)
        goto out;
    if (class != H5T_STRING) {
        status = ses_fail(err, SES_EFORMAT,
                          "attribute '%s' is not text", name);
        goto out;
    }
    status = read_text(attribute, type, out);
    if (status == SES_ENOMEM)
        ses_fail_memory(err, name);
    else if (status != SES_OK)
        ses_h5_fail(err, "attribute '%s'", name);
out:
    ses_h5_close(type);
    ses_h5_close(attribute);
    return status;
}

static enum ses_status get_number(hid_t object, const char *name, hid_t memory,
                                  void *out, struct ses_error *err)
{
    hid_t attribute = H5I_INVALID_HID, type = H5I_INVALID_HID;
    H5T_class_t class;
    if (H5Aexists(object, name) <= 0)
        return SES_OK;
    enum ses_status status =
        open_attribute(object, name, &attribute, &type, &class, err);
    if (status != SES_OK)
        goto out;
    if (class != H5T_INTEGER && class != H5T_FLOAT)
        status = ses_fail(err, SES_EFORMAT,
                          "attribute '%s' is not a number", name);
    else if (H5Aread(attribute, memory, out) < 0)
        status = ses_h5_fail(err, "attribute '%s'", name);
out:
    ses_h5_close(type);
    ses_h5_close(attribute);
    return status;
}

enum ses_status ses_h5_get_int(hid_t object, const char *name,
                               int64_t fallback, int64_t *out,
                               struct ses_error *err)
{
    *out = fallback;
    return get_number(object, name, H5T_NATIVE_INT64, out, err);
}

enum ses_status ses_h5_get_double(hid_t object, const char *name,
                                  double fallback, double *out,
                                  struct ses_error *err)
{
    *out = fallback;
    return get_number(object, name, H5T_NATIVE_DOUBLE, out, err);
}

static const char *class_name(H5T_class_t class)
{
    switch (class) {
    case H5T_INTEGER:
        return "integers";
    case H5T_FLOAT:
        return "floats";
    case H5T_STRING:
        return "text";
    default:
        return "something else";
    }
}

static enum ses_status check_shape(hid_t dataset, int rank, hsize_t *sizes,
                                   struct ses_error *err)
{
    hsize_t found[H5S_MAX_RANK];
    hid_t space = H5Dget_space(dataset);
    int found_rank = H5Sget_simple_extent_ndims(space);
    if (found_rank == rank)
        H5Sget_simple_extent_dims(space, found, NULL);
    ses_h5_close(space);
    if (found_rank != rank)
        return ses_fail(err, SES_ESHAPE, "has rank %d, expected %d",
                        found_rank, rank);
    for (int i = 0; i < rank; i++) {
        if (sizes[i] == SES_H5_ANY)
            sizes[i] = found[i];
        if (sizes[i] != found[i])
            return ses_fail(err, SES_ESHAPE,
                            "is %llu long on axis %d, expected %llu",
                            (unsigned long long)found[i], i,
                            (unsigned long long)sizes[i]);
    }
    return SES_OK;
}

/* Data must be in this file (another one could be anybody's), and there must
 * be enough of this file for them. */
static enum ses_status check_storage(hid_t file, hid_t dataset, int rank,
                                     const hsize_t *sizes,
                                     struct ses_error *err)
{
    hid_t list = H5Dget_create_plist(dataset);
    bool elsewhere = H5Pget_external_count(list) > 0 ||
                     H5Pget_layout(list) == H5D_VIRTUAL;
    ses_h5_close(list);
    if (elsewhere)
        return ses_fail(err, SES_EUNSUPPORTED, "keeps its data elsewhere");
    hid_t type = H5Dget_type(dataset);
    size_t bytes = H5Tget_size(type);
    ses_h5_close(type);
    hsize_t file_size = 0;
    H5Fget_filesize(file, &file_size);
    bool fits = bytes > 0;
    for (int i = 0; i < rank; i++)
        fits = fits && ses_multiply(bytes, sizes[i], &bytes);
    if (!fits || bytes / MOST_COMPRESSION > file_size)
        return ses_fail(err, SES_EFORMAT, "is larger than the file can hold");
    return SES_OK;
}

bool ses_h5_exists(hid_t file, const char *path)
{
    return H5Lexists(file, path, H5P_DEFAULT) > 0;
}

enum ses_status ses_h5_open_dataset(hid_t file, const char *path,
                                    H5T_class_t class, int rank,
                                    hsize_t *sizes, hid_t *out,
                                    struct ses_error *err)
{
    *out = H5I_INVALID_HID;
    ses_h5_silence();
    if (!ses_h5_exists(file, path))
        return ses_fail(err, SES_EFORMAT, "dataset '%s' is missing", path);
    hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
    if (dataset < 0)
        return ses_h5_fail(err, "dataset '%s'", path);
    hid_t type = H5Dget_type(dataset);
    H5T_class_t found = H5Tget_class(type);
    ses_h5_close(type);
    enum ses_status status;
    if (found != class)
        status = ses_fail(err, SES_EFORMAT, "holds %s, expected %s",
                          class_name(found), class_name(class));
    else
        status = check_shape(dataset, rank, sizes, err);
    if (status == SES_OK)
        status = check_storage(file, dataset, rank, sizes, err);
    if (status != SES_OK) {
        ses_h5_close(dataset);
        return ses_error_context(err, "dataset '%s'", path);
    }
    *out = dataset;
    return SES_OK;
}

/* The file's and the memory's space for some rows; false when HDF5 refuses. */
static bool select_rows(hid_t dataset, size_t first, size_t n, hid_t *file,
                        hid_t *memory)
{
    hsize_t sizes[H5S_MAX_RANK], start[H5S_MAX_RANK] = { first };
    *memory = H5I_INVALID_HID;
    *file = H5Dget_space(dataset);
    int rank = H5Sget_simple_extent_dims(*file, sizes, NULL);
    if (rank < 1)
        return false;
    sizes[0] = n;
    *memory = H5Screate_simple(rank, sizes, NULL);
    return *memory >= 0 && H5Sselect_hyperslab(*file, H5S_SELECT_SET, start,
                                               NULL, sizes, NULL) >= 0;
}

enum ses_status ses_h5_read_rows(hid_t dataset, hid_t memory, size_t first,
                                 size_t n, void *data, struct ses_error *err)
{
    hid_t there, here;
    enum ses_status status = SES_OK;
    if (!select_rows(dataset, first, n, &there, &here) ||
        H5Dread(dataset, memory, here, there, H5P_DEFAULT, data) < 0)
        status = ses_h5_fail(err, "cannot read rows %zu to %zu", first,
                             first + n);
    ses_h5_close(here);
    ses_h5_close(there);
    return status;
}

enum ses_status ses_h5_write_rows(hid_t dataset, hid_t memory, size_t first,
                                  size_t n, const void *data,
                                  struct ses_error *err)
{
    hid_t there, here;
    enum ses_status status = SES_OK;
    if (!select_rows(dataset, first, n, &there, &here) ||
        H5Dwrite(dataset, memory, here, there, H5P_DEFAULT, data) < 0)
        status = ses_h5_fail(err, "cannot write rows %zu to %zu", first,
                             first + n);
    ses_h5_close(here);
    ses_h5_close(there);
    return status;
}

static enum ses_status read_fixed(hid_t dataset, hid_t type, size_t first,
                                  size_t n, char **out, struct ses_error *err)
{
    size_t size = H5Tget_size(type);
    bool spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
    char *bytes = ses_calloc(n, size);
    enum ses_status status = SES_OK;
    if (!bytes)
        return ses_fail_memory(err, "names");
    status = ses_h5_read_rows(dataset, type, first, n, bytes, err);
    for (size_t i = 0; i < n && status == SES_OK; i++) {
        size_t length = strnlen(bytes + i * size, size);
        while (spaces && length && bytes[i * size + length - 1] == ' ')
            length--;
        out[i] = strndup(bytes + i * size, length);
        if (!out[i])
            status = ses_fail_memory(err, "names");
    }
    free(bytes);
    return status;
}

/* Many elements may point at one long string, so what all take together is
 * asked before any memory is. */
static enum ses_status read_variable(hid_t dataset, hid_t type, size_t first,
                                     size_t n, char **out,
                                     struct ses_error *err)
{
    hid_t there = H5I_INVALID_HID, here = H5I_INVALID_HID;
    hid_t file = H5Iget_file_id(dataset);
    hsize_t wanted = 0, file_size = 0;
    char **found = ses_calloc(n, sizeof *found);
    enum ses_status status = SES_OK;
    if (!found) {
        status = ses_fail_memory(err, "names");
        goto out;
    }
    H5Fget_filesize(file, &file_size);
    if (!select_rows(dataset, first, n, &there, &here) ||
        H5Dvlen_get_buf_size(dataset, type, there, &wanted) < 0) {
        status = ses_h5_fail(err, "cannot read text");
        goto out;
    }
    if (wanted > file_size) {
        status = ses_fail(err, SES_EFORMAT, "text is longer than the file");
        goto out;
    }
    if (H5Dread(dataset, type, here, there, H5P_DEFAULT, found) < 0) {
        status = ses_h5_fail(err, "cannot read text");
        goto out;
    }
    for (size_t i = 0; i < n && status == SES_OK; i++) {
        out[i] = strdup(found[i] ? found[i] : "");
        if (!out[i])
            status = ses_fail_memory(err, "names");
    }
    H5Dvlen_reclaim(type, here, H5P_DEFAULT, found);
out:
    free(found);
    ses_h5_close(here);
    ses_h5_close(there);
    ses_h5_close(file);
    return status;
}

enum ses_status ses_h5_read_strings(hid_t dataset, size_t first, size_t n,
                                    char **out, struct ses_error *err)
{
    hid_t type = H5Dget_type(dataset);
    memset(out, 0, n * sizeof *out);
    enum ses_status status =
        H5Tis_variable_str(type) > 0
            ? read_variable(dataset, type, first, n, out, err)
            : read_fixed(dataset, type, first, n, out, err);
    for (size_t i = 0; i < n && status != SES_OK; i++) {
        free(out[i]);
        out[i] = NULL;
    }
    ses_h5_close(type);
    return status;
}
