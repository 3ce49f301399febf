/* The importer's side of reading HDF5: a process that does it, and what it
 * said. See h5.h. */
#include "core/import/keras/h5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/keras/reader.h"

/* Repeated elements (layers that are called twice) may be this many times the
 * file's bytes, and small files that are packed may unpack to this. */
enum { FLOATS_A_BYTE = 2, FLOATS_FREE = 1 << 24 };

/* What the reader may use: seconds of work, and bytes, these and so many times
 * the file's. */
enum { LONGEST = 120, ROOM_LEAST = 1 << 28, ROOM_SHARE = 4 };

/* ---- the process --------------------------------------------------------- */

/* In the child: it lives as long as the file is open, so it holds nothing else
 * open of its parent's. */
static void become_reader(int given, void *user)
{
    const struct ses_keras_h5 *h5 = user;
    enum { SOCKET = 3 };
    int socket = dup2(given, SOCKET);
    close_range(SOCKET + 1, ~0U, 0);
    ses_keras_reader(socket, h5->data, h5->size);
}

static enum ses_status start_reader(struct ses_keras_h5 *h5,
                                    struct ses_error *err)
{
    struct ses_child_limits limits = { 0, LONGEST };
    if (__builtin_mul_overflow(h5->size, ROOM_SHARE, &limits.memory) ||
        __builtin_add_overflow(limits.memory, ROOM_LEAST, &limits.memory))
        limits.memory = SIZE_MAX;
    return ses_child_start(&h5->reader, &limits, become_reader, h5, err);
}

static enum ses_status fail_damaged(struct ses_error *err)
{
    return ses_fail(err, SES_EFORMAT,
                    "it is damaged: reading it as HDF5 failed without an "
                    "answer");
}

/* ---- what it says -------------------------------------------------------- */

static void free_texts(struct ses_keras_texts *texts)
{
    free(texts->key);
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i]);
    free(texts->items);
}

/* The list that a numbered part belongs to: "weight_names3" to
 * "weight_names". */
static void drop_number(char *key)
{
    size_t length = strlen(key);
    while (length && key[length - 1] >= '0' && key[length - 1] <= '9')
        length--;
    char *attribute = strrchr(key, '\n');
    if (attribute && (size_t)(attribute - key) + 1 < length)
        key[length] = '\0';
}

static bool take_texts(struct ses_keras_h5 *h5, struct ses_stream *wire)
{
    char *key = ses_stream_receive_text(wire);
    uint64_t n = ses_stream_receive_number(wire);
    size_t at;
    /* every text has at least its length */
    if (!key || wire->failed || n > wire->left / sizeof n) {
        free(key);
        return false;
    }
    drop_number(key);
    if (ses_names_find(&h5->texts_by_key, key, strlen(key), &at)) {
        free(key);
    } else {
        struct ses_keras_texts *texts = ses_grow(
            h5->texts, h5->n_texts, &h5->texts_capacity, sizeof *texts);
        if (texts)
            h5->texts = texts;
        if (!texts || !ses_names_add(&h5->texts_by_key, key, strlen(key),
                                     h5->n_texts)) {
            free(key);
            return false;
        }
        at = h5->n_texts++;
        texts[at] = (struct ses_keras_texts){ .key = key };
    }
    struct ses_keras_texts *list = &h5->texts[at];
    char **items =
        ses_realloc(list->items, list->count + (size_t)n + 1, sizeof *items);
    if (!items)
        return false;
    list->items = items;
    for (uint64_t i = 0; i < n; i++) {
        items[list->count] = ses_stream_receive_text(wire);
        if (!items[list->count])
            return false;
        list->count++;
    }
    return true;
}

static bool take_array(struct ses_keras_h5 *h5, struct ses_stream *wire)
{
    struct ses_keras_array array = { .path = ses_stream_receive_text(wire) };
    uint64_t rank = ses_stream_receive_number(wire);
    bool sound = array.path && rank <= SES_MAX_RANK;
    array.rank = sound ? (int)rank : 0;
    for (int i = 0; i < array.rank; i++)
        array.size[i] = (size_t)ses_stream_receive_number(wire);
    array.usable = ses_stream_receive_number(wire) == 1;
    uint64_t place = ses_stream_receive_number(wire);
    sound = sound && place <= SES_KERAS_HALF_FLOATS;
    array.place = sound ? (enum ses_keras_place)place : SES_KERAS_UNPACKED;
    array.at = (size_t)ses_stream_receive_number(wire);
    struct ses_keras_array *arrays = ses_grow(
        h5->arrays, h5->n_arrays, &h5->arrays_capacity, sizeof *arrays);
    if (arrays)
        h5->arrays = arrays;
    if (!arrays || !sound || wire->failed ||
        !ses_names_add(&h5->arrays_by_path, array.path, strlen(array.path),
                       h5->n_arrays)) {
        free(array.path);
        return false;
    }
    arrays[h5->n_arrays++] = array;
    return true;
}

static enum ses_status take_failure(struct ses_stream *wire,
                                    struct ses_error *err)
{
    uint64_t status = ses_stream_receive_number(wire);
    char *words = ses_stream_receive_text(wire);
    bool sound = words && status > SES_OK && status <= SES_ESTOPPED;
    if (sound)
        ses_fail(err, (enum ses_status)status, "%s", words);
    free(words);
    return sound ? (enum ses_status)status : fail_damaged(err);
}

static enum ses_status hear(struct ses_keras_h5 *h5, struct ses_error *err)
{
    struct ses_stream *wire = ses_calloc(1, sizeof *wire);
    if (!wire)
        return ses_fail_memory(err, "reading HDF5");
    wire->socket = h5->reader.socket;
    /* paths repeat, but no file has names without end */
    if (__builtin_mul_overflow(h5->size, 8, &wire->left) ||
        wire->left < 1 << 24)
        wire->left = 1 << 24;
    enum ses_status status = SES_OK;
    for (bool more = true; more && !status;) {
        switch (ses_stream_receive_number(wire)) {
        case SES_KERAS_TEXTS:
            more = take_texts(h5, wire);
            break;
        case SES_KERAS_ARRAY:
            more = take_array(h5, wire);
            break;
        case SES_KERAS_FAILURE:
            status = take_failure(wire, err);
            break;
        case SES_KERAS_END:
            free(wire);
            return SES_OK;
        default:
            more = false;
            break;
        }
    }
    free(wire);
    return status ? status : fail_damaged(err);
}

enum ses_status ses_keras_h5_open(const struct ses_file *file,
                                  const uint8_t *data, size_t size,
                                  struct ses_keras_h5 *out,
                                  struct ses_error *err)
{
    *out = (struct ses_keras_h5){ .file = file, .data = data, .size = size };
    if (__builtin_mul_overflow(size, FLOATS_A_BYTE, &out->floats_left) ||
        out->floats_left < FLOATS_FREE)
        out->floats_left = FLOATS_FREE;
    enum ses_status status = start_reader(out, err);
    return status ? status : hear(out, err);
}

void ses_keras_h5_close(struct ses_keras_h5 *h5)
{
    ses_child_stop(&h5->reader);
    for (size_t i = 0; i < h5->n_texts; i++)
        free_texts(&h5->texts[i]);
    for (size_t i = 0; i < h5->n_arrays; i++)
        free(h5->arrays[i].path);
    free(h5->texts);
    free(h5->arrays);
    ses_names_release(&h5->texts_by_key);
    ses_names_release(&h5->arrays_by_path);
    *h5 = (struct ses_keras_h5){ 0 };
}

const struct ses_keras_texts *ses_keras_h5_texts(const struct ses_keras_h5 *h5,
                                                 const char *group,
                                                 const char *attribute)
{
    size_t at;
    char *key = ses_format("%s\n%s", group, attribute);
    bool found = key && ses_names_find(&h5->texts_by_key, key, strlen(key),
                                       &at);
    free(key);
    return found ? &h5->texts[at] : NULL;
}

const char *ses_keras_h5_text(const struct ses_keras_h5 *h5,
                              const char *attribute)
{
    const struct ses_keras_texts *texts =
        ses_keras_h5_texts(h5, "", attribute);
    return texts && texts->count == 1 ? texts->items[0] : NULL;
}
