/* Text in attributes, in all the ways that versions of h5py and Keras have
 * written it. See reader.h. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/keras/reader.h"
#include "core/record/h5.h"

enum { REFERENCE = 16 }; /* bytes of a reference to text of variable length */

/* HDF5 gives text of variable length only resolved, and resolving it can
 * crash; see ses_keras_heap_text(). This conversion to opaque bytes resolves
 * nothing: the bytes are what the file has. */
static const char tag[] = "sescope: a reference as it stands in the file";

static herr_t leave_references(hid_t from, hid_t to, H5T_cdata_t *call,
                               size_t n, size_t stride, size_t background,
                               void *data, void *background_data, hid_t list)
{
    if (call->command != H5T_CONV_INIT)
        return 0;
    char *said = H5Tget_class(to) == H5T_OPAQUE ? H5Tget_tag(to) : NULL;
    bool ours = said && strcmp(said, tag) == 0 &&
                H5Tget_size(from) == REFERENCE && H5Tget_size(to) == REFERENCE;
    H5free_memory(said);
    call->need_bkg = H5T_BKG_NO;
    return ours ? 0 : -1;
}

struct texts {
    char **items;
    size_t count;
};

static void release(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
}

/* n elements of `size` bytes into *out; NULL there without memory, SES_EIO
 * when HDF5 refuses. */
static enum ses_status read_bytes(hid_t attribute, hid_t type, size_t n,
                                  size_t size, char **out)
{
    *out = ses_calloc(n, size);
    if (!*out)
        return SES_ENOMEM;
    return H5Aread(attribute, type, *out) < 0 ? SES_EIO : SES_OK;
}

static enum ses_status read_fixed(hid_t attribute, hid_t type,
                                  struct texts *out)
{
    size_t size = H5Tget_size(type);
    bool spaces = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
    char *bytes;
    enum ses_status status =
        read_bytes(attribute, type, out->count, size, &bytes);
    for (size_t i = 0; i < out->count && !status; i++) {
        const char *text = bytes + i * size;
        size_t length = strnlen(text, size);
        while (spaces && length && text[length - 1] == ' ')
            length--;
        out->items[i] = strndup(text, length);
        status = out->items[i] ? SES_OK : SES_ENOMEM;
    }
    free(bytes);
    return status;
}

/* Many references may lead to one long text, so all together may be no longer
 * than the file. */
static enum ses_status resolve(const struct ses_keras_image *image,
                               const uint8_t *references,
                               struct texts *out)
{
    size_t left = image->size;
    for (size_t i = 0; i < out->count; i++) {
        size_t length;
        const char *text =
            ses_keras_heap_text(image, references + i * REFERENCE, &length);
        if (length == 0)
            text = "";
        if (!text || length > left)
            return SES_EFORMAT;
        left -= length;
        out->items[i] = strndup(text, length);
        if (!out->items[i])
            return SES_ENOMEM;
    }
    return SES_OK;
}

static enum ses_status read_variable(const struct ses_keras_image *image,
                                     hid_t attribute,
                                     struct texts *out)
{
    hid_t opaque = H5Tcreate(H5T_OPAQUE, REFERENCE);
    hid_t text = H5Tcopy(H5T_C_S1);
    H5Tset_size(text, H5T_VARIABLE);
    H5Tset_tag(opaque, tag);
    H5Tregister(H5T_PERS_SOFT, "leave references", text, opaque,
                leave_references);
    char *references;
    enum ses_status status = read_bytes(attribute, opaque, out->count,
                                        REFERENCE, &references);
    H5Tunregister(H5T_PERS_SOFT, "leave references", text, opaque,
                  leave_references);
    if (!status)
        status = resolve(image, (const uint8_t *)references, out);
    free(references);
    ses_h5_close(text);
    ses_h5_close(opaque);
    return status;
}

/* How many elements; false when the file cannot have as many bytes. */
static bool count_elements(const struct ses_keras_image *image, hid_t attribute,
                           hid_t type, size_t *count)
{
    hid_t space = H5Aget_space(attribute);
    hssize_t n = H5Sget_simple_extent_npoints(space);
    ses_h5_close(space);
    *count = n > 0 ? (size_t)n : 0;
    size_t bytes;
    return n >= 0 && ses_multiply(*count, H5Tget_size(type), &bytes) &&
           bytes <= image->size;
}

static enum ses_status read_texts(const struct ses_keras_image *image,
                                  hid_t object, const char *attribute,
                                  struct texts *out, struct ses_error *err)
{
    *out = (struct texts){ 0 };
    hid_t type = H5I_INVALID_HID;
    enum ses_status status = SES_OK;
    hid_t id = H5Aopen(object, attribute, H5P_DEFAULT);
    if (id < 0)
        return ses_h5_fail(err, "attribute '%s'", attribute);
    type = H5Aget_type(id);
    size_t count;
    if (!count_elements(image, id, type, &count)) {
        status = ses_fail(err, SES_EFORMAT,
                          "attribute '%s' is larger than the file", attribute);
        goto out;
    }
    if (count == 0) /* numpy's empty list is one of float64 */
        goto out;
    if (H5Tget_class(type) != H5T_STRING)
        goto out;
    out->items = ses_calloc(count, sizeof *out->items);
    if (!out->items) {
        status = ses_fail_memory(err, attribute);
        goto out;
    }
    out->count = count;
    status = H5Tis_variable_str(type) > 0 ? read_variable(image, id, out)
                                          : read_fixed(id, type, out);
    if (status == SES_ENOMEM)
        ses_fail_memory(err, attribute);
    else if (status == SES_EFORMAT)
        ses_fail(err, SES_EFORMAT,
                 "attribute '%s' refers to text that is not in the file",
                 attribute);
    else if (status)
        ses_h5_fail(err, "attribute '%s'", attribute);
out:
    if (status)
        release(out);
    ses_h5_close(type);
    ses_h5_close(id);
    return status;
}

enum ses_status ses_keras_send_texts(const struct ses_keras_image *image,
                                     hid_t object, const char *path,
                                     const char *attribute,
                                     struct ses_stream *wire,
                                     struct ses_error *err)
{
    struct texts texts;
    if (H5Aexists(object, attribute) <= 0)
        return SES_OK;
    enum ses_status status =
        read_texts(image, object, attribute, &texts, err);
    if (status)
        return status;
    char *key = ses_format("%s\n%s", path, attribute);
    if (key) {
        ses_stream_send_number(wire, SES_KERAS_TEXTS);
        ses_stream_send_text(wire, key, strlen(key));
        ses_stream_send_number(wire, texts.count);
        for (size_t i = 0; i < texts.count; i++)
            ses_stream_send_text(wire, texts.items[i], strlen(texts.items[i]));
    }
    free(key);
    release(&texts);
    return key ? SES_OK : ses_fail_memory(err, attribute);
}
