/* Weights in files beside the model, as networks of more than 2 GiB have them.
 * The model names such a file; it must not be able to name any file of the
 * machine, so that opening a stranger's network reads nothing else. */
#include <limits.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/onnx/elements.h"

/* Whether a path stays in the model's folder. */
static bool is_inside(const char *location)
{
    if (*location == '/' || *location == '\\' || !*location)
        return false;
    for (const char *part = location; part;) {
        const char *end = strpbrk(part, "/\\");
        size_t length = end ? (size_t)(end - part) : strlen(part);
        if (length == 2 && part[0] == '.' && part[1] == '.')
            return false;
        part = end ? end + 1 : NULL;
    }
    return true;
}

static bool parse_size(const char *text, size_t *out)
{
    long number;
    if (!ses_parse_long(text, 0, LONG_MAX, &number))
        return false;
    *out = (size_t)number;
    return true;
}

static enum ses_status open_file(struct ses_onnx_external *external,
                                 const char *location,
                                 const struct ses_file **out,
                                 struct ses_error *err)
{
    for (size_t i = 0; i < external->count; i++)
        if (strcmp(external->files[i].location, location) == 0) {
            *out = &external->files[i].file;
            return SES_OK;
        }
    const char *slash = strrchr(external->path, '/');
    int folder = slash ? (int)(slash - external->path) + 1 : 0;
    char *path = ses_format("%.*s%s", folder, external->path, location);
    struct ses_onnx_external_file *files =
        ses_grow(external->files, external->count, &external->capacity,
                 sizeof *files);
    if (files)
        external->files = files;
    struct ses_onnx_external_file file = { .location = strdup(location) };
    enum ses_status status = SES_OK;
    if (!path || !files || !file.location)
        status = ses_fail_memory(err, "the name of a file of weights");
    if (!status)
        status = ses_file_map(path, &file.file, err);
    free(path);
    if (status) {
        free(file.location);
        return ses_error_context(err, "its weights are in another file");
    }
    external->files[external->count] = file;
    *out = &external->files[external->count++].file;
    return SES_OK;
}

enum ses_status ses_onnx_external_bytes(struct ses_onnx_external *external,
                                        const struct ses_onnx_tensor *tensor,
                                        size_t size, const uint8_t **out,
                                        struct ses_error *err)
{
    const char *location = tensor->location ? tensor->location : "";
    if (!is_inside(location))
        return ses_fail(err, SES_EUNSUPPORTED,
                        "its weights are said to be in '%s', expected a file "
                        "in the model's folder",
                        location);
    size_t offset = 0, length = size;
    if ((tensor->offset && !parse_size(tensor->offset, &offset)) ||
        (tensor->length && !parse_size(tensor->length, &length)))
        return ses_fail(err, SES_EFORMAT,
                        "its place in '%s' is offset '%s', length '%s', "
                        "expected numbers",
                        location, tensor->offset ? tensor->offset : "",
                        tensor->length ? tensor->length : "");
    if (length != size)
        return ses_fail(err, SES_EFORMAT,
                        "it has %zu bytes in '%s', expected %zu", length,
                        location, size);
    const struct ses_file *file = NULL;
    enum ses_status status = open_file(external, location, &file, err);
    if (status)
        return status;
    if (offset > file->size || size > file->size - offset)
        return ses_fail(err, SES_EFORMAT,
                        "it is bytes %zu to %zu of '%s', which has %zu",
                        offset, offset + size, location, file->size);
    *out = file->data + offset;
    return SES_OK;
}

void ses_onnx_external_release(struct ses_onnx_external *external)
{
    for (size_t i = 0; i < external->count; i++) {
        free(external->files[i].location);
        ses_file_release(&external->files[i].file);
    }
    free(external->files);
}
