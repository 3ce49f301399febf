/* safetensors: a length, a JSON header of that length, and one buffer that
 * the tensors cover from end to end without gaps. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/reader.h"

enum { LARGEST_HEADER = 16 << 20 };

struct span {
    size_t begin, end;
    const char *name; /* borrowed from the JSON */
};

struct header {
    json_t *json;
    const uint8_t *buffer;
    size_t buffer_size;
};

static enum ses_status read_header(const struct ses_file *file,
                                   struct header *header, struct ses_error *err)
{
    uint64_t length = 0;
    for (int i = 7; i >= 0; i--)
        length = length << 8 | file->data[i];
    if (length > LARGEST_HEADER)
        return ses_fail(err, SES_EFORMAT,
                        "its header should have %" PRIu64
                        " bytes, expected at most %d",
                        length, LARGEST_HEADER);
    if (length > file->size - 8)
        return ses_fail(
            err, SES_EFORMAT,
            "cut short: %zu bytes, its header should end at byte %" PRIu64,
            file->size, length + 8);
    json_error_t problem;
    header->json = json_loadb((const char *)file->data + 8, (size_t)length,
                              JSON_REJECT_DUPLICATES, &problem);
    if (!header->json && json_error_code(&problem) == json_error_out_of_memory)
        return ses_fail_memory(err, "the header");
    if (!header->json)
        return ses_fail(err, SES_EFORMAT,
                        "its header is no JSON: %s at byte %d", problem.text,
                        8 + problem.position);
    if (!json_is_object(header->json))
        return ses_fail(err, SES_EFORMAT, "its header is no JSON object");
    header->buffer = file->data + 8 + length;
    header->buffer_size = file->size - 8 - (size_t)length;
    return SES_OK;
}

static bool read_size(const json_t *json, size_t *out)
{
    json_int_t value = json_integer_value(json);
    if (!json_is_integer(json) || value < 0)
        return false;
    *out = (size_t)value;
    return true;
}

static enum ses_status read_dtype(const char *name, const json_t *tensor,
                                  enum ses_dtype *dtype, struct ses_error *err)
{
    static const char *const known[] = {
#define X(NAME, size, text) [SES_##NAME] = #NAME,
        SES_DTYPES(X)
#undef X
    };
    const char *found = json_string_value(json_object_get(tensor, "dtype"));
    if (!found)
        return ses_fail(err, SES_EFORMAT, "tensor '%s' has no dtype", name);
    for (int i = 0; i < SES_DTYPE_COUNT; i++) {
        if (strcmp(found, known[i]) == 0) {
            *dtype = (enum ses_dtype)i;
            return SES_OK;
        }
    }
    return ses_fail(err, SES_EUNSUPPORTED,
                    "tensor '%s' is %s, expected one of F16, BF16, F32, F64 "
                    "and the integers up to 64 bits",
                    name, found);
}

static enum ses_status read_shape(const char *name, const json_t *tensor,
                                  struct ses_entry *entry, size_t *bytes,
                                  struct ses_error *err)
{
    const json_t *shape = json_object_get(tensor, "shape");
    if (!json_is_array(shape))
        return ses_fail(err, SES_EFORMAT, "tensor '%s' has no shape", name);
    size_t rank = json_array_size(shape);
    if (rank > SES_MAX_RANK)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "tensor '%s' has %zu dimensions, expected at most %d",
                        name, rank, SES_MAX_RANK);
    entry->rank = (int)rank;
    *bytes = ses_dtype_size(entry->dtype);
    for (size_t i = 0; i < rank; i++)
        if (!read_size(json_array_get(shape, i), &entry->shape[i]) ||
            !ses_multiply(*bytes, entry->shape[i], bytes))
            return ses_fail(err, SES_EFORMAT,
                            "tensor '%s' has a shape beyond all bounds", name);
    ses_contiguous_strides(entry->rank, entry->shape, entry->stride);
    return SES_OK;
}

static enum ses_status read_offsets(const struct header *header,
                                    const char *name, const json_t *tensor,
                                    struct span *span, struct ses_error *err)
{
    const json_t *offsets = json_object_get(tensor, "data_offsets");
    span->name = name;
    if (json_array_size(offsets) != 2 ||
        !read_size(json_array_get(offsets, 0), &span->begin) ||
        !read_size(json_array_get(offsets, 1), &span->end) ||
        span->begin > span->end)
        return ses_fail(err, SES_EFORMAT,
                        "tensor '%s' has no data_offsets of a begin and an end",
                        name);
    if (span->end > header->buffer_size)
        return ses_fail(err, SES_EFORMAT,
                        "tensor '%s' ends at byte %zu of the data, which have "
                        "%zu bytes: the file is cut short or damaged",
                        name, span->end, header->buffer_size);
    return SES_OK;
}

static enum ses_status read_tensor(struct ses_state *state,
                                   const struct header *header,
                                   const char *name, const json_t *tensor,
                                   struct span *span, struct ses_error *err)
{
    struct ses_entry entry = { 0 };
    size_t bytes;
    enum ses_status status = read_dtype(name, tensor, &entry.dtype, err);
    if (!status)
        status = read_shape(name, tensor, &entry, &bytes, err);
    if (!status)
        status = read_offsets(header, name, tensor, span, err);
    if (status)
        return status;
    if (bytes != span->end - span->begin) {
        char shape[256];
        return ses_fail(
            err, SES_EFORMAT,
            "tensor '%s' (%s %s) has %zu bytes of data, expected %zu", name,
            ses_dtype_name(entry.dtype),
            ses_shape_text(entry.rank, entry.shape, shape, sizeof shape),
            span->end - span->begin, bytes);
    }
    struct ses_storage storage = { .data = header->buffer + span->begin,
                                   .size = bytes };
    status = ses_state_add_storage(state, &storage, &entry.storage, err);
    if (!status)
        status = ses_state_append(state, name, strlen(name), &entry, err);
    return status;
}

static int by_place(const void *a, const void *b)
{
    const struct span *p = a, *q = b;
    if (p->begin != q->begin)
        return p->begin < q->begin ? -1 : 1;
    return p->end < q->end ? -1 : p->end > q->end;
}

/* The format allows neither two tensors in one place nor bytes of none. */
static enum ses_status check_cover(struct span *spans, size_t count,
                                   size_t size, struct ses_error *err)
{
    size_t covered = 0;
    qsort(spans, count, sizeof *spans, by_place);
    for (size_t i = 0; i < count; i++) {
        if (spans[i].begin < covered)
            return ses_fail(err, SES_EFORMAT, "tensors '%s' and '%s' overlap",
                            spans[i - 1].name, spans[i].name);
        if (spans[i].begin > covered)
            break;
        covered = spans[i].end;
    }
    if (covered < size)
        return ses_fail(
            err, SES_EFORMAT,
            "byte %zu of its %zu bytes of data belongs to no tensor", covered,
            size);
    return SES_OK;
}

enum ses_status ses_safetensors_read(struct ses_state *state,
                                     struct ses_error *err)
{
    struct header header = { 0 };
    struct span *spans = NULL;
    size_t count = 0;
    const char *name;
    json_t *tensor;
    enum ses_status status = read_header(&state->file, &header, err);
    if (status)
        goto out;
    spans = ses_calloc(json_object_size(header.json), sizeof *spans);
    if (!spans) {
        status = ses_fail_memory(err, "the places of the tensors");
        goto out;
    }
    json_object_foreach(header.json, name, tensor) {
        if (strcmp(name, "__metadata__") == 0)
            continue;
        status =
            read_tensor(state, &header, name, tensor, &spans[count++], err);
        if (status)
            goto out;
    }
    status = check_cover(spans, count, header.buffer_size, err);
    if (!status && count == 0)
        status = ses_fail(err, SES_EFORMAT, "holds no tensors");
out:
    free(spans);
    json_decref(header.json);
    return status;
}
