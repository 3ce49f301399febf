/* See state.h. */
#include "core/import/state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/import/reader.h"

enum { LONGEST_NAME = 1000 };

const char *ses_dtype_name(enum ses_dtype dtype)
{
    static const char *const names[] = {
#define X(NAME, size, text) [SES_##NAME] = text,
        SES_DTYPES(X)
#undef X
    };
    return names[dtype];
}

size_t ses_dtype_size(enum ses_dtype dtype)
{
    static const unsigned char sizes[] = {
#define X(NAME, size, text) [SES_##NAME] = size,
        SES_DTYPES(X)
#undef X
    };
    return sizes[dtype];
}

struct ses_state *ses_state_new(const char *path)
{
    struct ses_state *state = ses_calloc(1, sizeof *state);
    if (!state)
        return NULL;
    state->path = ses_format("%s", path);
    if (!state->path) {
        free(state);
        return NULL;
    }
    return state;
}

void ses_state_free(struct ses_state *state)
{
    if (!state)
        return;
    for (size_t i = 0; i < state->count; i++)
        free(state->entries[i].name);
    free(state->entries);
    for (size_t i = 0; i < state->n_storages; i++)
        free(state->storages[i].owned);
    free(state->storages);
    ses_names_release(&state->names);
    ses_file_release(&state->file);
    free(state->arch);
    free(state->notes);
    free(state->path);
    free(state);
}

struct ses_entry *ses_state_find(const struct ses_state *state,
                                 const char *name)
{
    size_t at;
    if (!ses_names_find(&state->names, name, strlen(name), &at))
        return NULL;
    return &state->entries[at];
}

struct ses_entry *ses_state_findf(const struct ses_state *state,
                                  const char *format, ...)
{
    /* Not on the heap: without memory it would look like a missing tensor. */
    char name[LONGEST_NAME + 1];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(name, sizeof name, format, args);
    va_end(args);
    if (length < 0 || length > LONGEST_NAME)
        return NULL;
    return ses_state_find(state, name);
}

void ses_state_note(struct ses_state *state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)ses_note_add(&state->notes, format, args);
    va_end(args);
}

enum ses_status ses_state_reindex(struct ses_state *state,
                                  struct ses_error *err)
{
    ses_names_release(&state->names);
    for (size_t i = 0; i < state->count; i++) {
        const char *name = state->entries[i].name;
        if (!ses_names_add(&state->names, name, strlen(name), i))
            return ses_fail_memory(err, "the names of the tensors");
    }
    return SES_OK;
}

enum ses_status ses_state_add_storage(struct ses_state *state,
                                      const struct ses_storage *storage,
                                      size_t *index, struct ses_error *err)
{
    struct ses_storage *grown =
        ses_grow(state->storages, state->n_storages, &state->storages_capacity,
                 sizeof *grown);
    if (!grown)
        return ses_fail_memory(err, "the storages of the tensors");
    state->storages = grown;
    *index = state->n_storages++;
    grown[*index] = *storage;
    return SES_OK;
}

void ses_contiguous_strides(int rank, const size_t *shape, size_t *stride)
{
    size_t step = 1;
    for (int i = rank - 1; i >= 0; i--) {
        stride[i] = step;
        if (!ses_multiply(step, shape[i] ? shape[i] : 1, &step))
            step = SIZE_MAX; /* no storage holds such a tensor */
    }
}

/* Whether the last element reached lies within a storage of size bytes. */
static bool within(const struct ses_entry *entry, size_t size)
{
    size_t last = entry->offset;
    for (int i = 0; i < entry->rank; i++) {
        size_t reach;
        if (entry->shape[i] == 0)
            return true;
        if (!ses_multiply(entry->shape[i] - 1, entry->stride[i], &reach) ||
            __builtin_add_overflow(last, reach, &last))
            return false;
    }
    return last < size / ses_dtype_size(entry->dtype);
}

/* A name goes into messages, terminals and C strings. */
static bool name_is_plain(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
            return false;
    return length > 0;
}

enum ses_status ses_state_append(struct ses_state *state, const char *name,
                                 size_t length, const struct ses_entry *entry,
                                 struct ses_error *err)
{
    if (!name_is_plain(name, length))
        return ses_fail(
            err, SES_EFORMAT,
            "the name of tensor %zu is empty or holds control characters",
            state->count);
    if (length > LONGEST_NAME)
        return ses_fail(err, SES_EFORMAT,
                        "the name of tensor %zu has %zu bytes, expected at "
                        "most %d",
                        state->count, length, LONGEST_NAME);
    size_t other;
    int shown = (int)length;
    if (ses_names_find(&state->names, name, length, &other))
        return ses_fail(err, SES_EFORMAT, "tensor '%.*s' is there twice", shown,
                        name);
    size_t bytes = state->storages[entry->storage].size;
    if (!within(entry, bytes)) {
        char shape[256];
        return ses_fail(
            err, SES_EFORMAT,
            "tensor '%.*s' (%s %s, first element %zu) reaches beyond its "
            "storage of %zu elements",
            shown, name, ses_dtype_name(entry->dtype),
            ses_shape_text(entry->rank, entry->shape, shape, sizeof shape),
            entry->offset, bytes / ses_dtype_size(entry->dtype));
    }
    struct ses_entry *grown =
        ses_grow(state->entries, state->count, &state->capacity, sizeof *grown);
    if (!grown)
        return ses_fail_memory(err, "the list of tensors");
    state->entries = grown;
    char *copy = ses_format("%.*s", shown, name);
    if (!copy || !ses_names_add(&state->names, copy, length, state->count)) {
        free(copy);
        return ses_fail_memory(err, "the names of the tensors");
    }
    grown[state->count] = *entry;
    grown[state->count].name = copy;
    state->count++;
    return SES_OK;
}

enum ses_status ses_state_add(struct ses_state *state, const char *name,
                              int rank, const size_t *shape, const float *data,
                              struct ses_error *err)
{
    struct ses_entry entry = { .dtype = SES_F32, .rank = rank };
    if (rank < 0 || rank > SES_MAX_RANK)
        return ses_fail(err, SES_ESHAPE,
                        "tensor '%s' has %d dimensions, expected at most %d",
                        name, rank, SES_MAX_RANK);
    size_t bytes = sizeof(float);
    for (int i = 0; i < rank; i++) {
        entry.shape[i] = shape[i];
        if (!ses_multiply(bytes, shape[i], &bytes))
            return ses_fail_memory(err, name);
    }
    ses_contiguous_strides(rank, entry.shape, entry.stride);
    struct ses_storage storage = { .size = bytes };
    storage.owned = ses_calloc(bytes, 1);
    if (!storage.owned)
        return ses_fail_memory(err, name);
    if (bytes)
        memcpy(storage.owned, data, bytes);
    storage.data = storage.owned;
    enum ses_status status =
        ses_state_add_storage(state, &storage, &entry.storage, err);
    if (status) {
        free(storage.owned);
        return status;
    }
    return ses_state_append(state, name, strlen(name), &entry, err);
}

static bool is_surplus(const struct ses_entry *entry)
{
    static const char counter[] = "num_batches_tracked";
    if (entry->taken || entry->aside)
        return false;
    const char *dot = strrchr(entry->name, '.');
    return strcmp(dot ? dot + 1 : entry->name, counter) != 0;
}

enum ses_status ses_state_check_surplus(const struct ses_state *state,
                                        struct ses_error *err)
{
    enum { SHOWN = 5 };
    struct ses_text list = { 0 };
    size_t surplus = 0;
    for (size_t i = 0; i < state->count; i++) {
        const struct ses_entry *entry = &state->entries[i];
        if (!is_surplus(entry) || surplus++ >= SHOWN)
            continue;
        char shape[256];
        ses_text_add(
            &list, "%s'%s' (%s)", surplus > 1 ? ", " : "", entry->name,
            ses_shape_text(entry->rank, entry->shape, shape, sizeof shape));
    }
    if (surplus > SHOWN)
        ses_text_add(&list, " and %zu more", surplus - SHOWN);
    enum ses_status status = SES_OK;
    if (surplus)
        status = ses_fail(err, SES_ESHAPE, "'%s': %zu %s in the network: %s",
                          state->path, surplus,
                          surplus == 1 ? "tensor has no place"
                                       : "tensors have no place",
                          list.data ? list.data : "");
    ses_text_release(&list);
    return status;
}
