/* PyTorch 0.1.10 to 1.5, and later on request: five pickles in a row (a magic
 * number, the protocol, facts of the system, the object, the keys of its
 * storages), then the storages in the order of their keys, each a count of
 * elements in 64 bits and the elements. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/torch.h"

enum { PROTOCOL = 1001 };

struct container {
    const struct ses_file *file;
    size_t at;                /* next byte to read */
    struct ses_pickle pickle; /* the object */
    const uint8_t **data;     /* of the pickle's storages; NULL: not there */
};

static enum ses_status next_pickle(struct container *container,
                                   struct ses_pickle *out, const char *what,
                                   struct ses_error *err)
{
    const struct ses_file *file = container->file;
    size_t used;
    enum ses_status status =
        ses_pickle_read(file->data + container->at, file->size - container->at,
                        container->at, out, &used, err);
    if (status)
        return ses_error_context(err, "%s", what);
    container->at += used;
    return SES_OK;
}

static enum ses_status read_protocol(struct container *container,
                                     struct ses_error *err)
{
    struct ses_pickle pickle;
    enum ses_status status =
        next_pickle(container, &pickle, "the container's protocol", err);
    if (status)
        return status;
    if (pickle.root->kind != SES_PICKLE_INT || pickle.root->integer != PROTOCOL)
        status = ses_fail(err, SES_EUNSUPPORTED,
                          "the container's protocol is not %d", PROTOCOL);
    ses_pickle_release(&pickle);
    return status;
}

static enum ses_status read_system(struct container *container,
                                   struct ses_error *err)
{
    static const char name[] = "little_endian";
    struct ses_pickle pickle;
    enum ses_status status =
        next_pickle(container, &pickle, "the container's system", err);
    if (status)
        return status;
    const struct ses_pickle_value *little =
        pickle.root->kind == SES_PICKLE_DICT
            ? ses_pickle_lookup(pickle.root, name, sizeof name - 1)
            : NULL;
    if (!little || little->kind != SES_PICKLE_BOOL)
        status = ses_fail(
            err, SES_EFORMAT,
            "the container does not say whether its numbers are little-endian");
    else if (!little->integer)
        status = ses_fail(err, SES_EUNSUPPORTED,
                          "its numbers are big-endian, expected little-endian");
    ses_pickle_release(&pickle);
    return status;
}

/* One storage: its count must be what the object's pickle said. */
static enum ses_status read_storage(struct container *container,
                                    const struct ses_pickle_value *key,
                                    struct ses_error *err)
{
    const struct ses_file *file = container->file;
    size_t index, size;
    if (key->kind != SES_PICKLE_STRING ||
        !ses_names_find(&container->pickle.storage_names, key->string.data,
                        key->string.size, &index))
        return ses_fail(err, SES_EFORMAT,
                        "its list of storages has one that no tensor uses");
    const struct ses_pickle_storage *storage =
        &container->pickle.storages[index];
    int shown = storage->key_length < 64 ? (int)storage->key_length : 64;
    if (!ses_multiply(storage->count, (size_t)storage->type->size, &size))
        size = SIZE_MAX;
    size_t left = file->size - container->at;
    if (left < 8 || left - 8 < size)
        return ses_fail(err, SES_EFORMAT,
                        "cut short: %zu bytes, storage '%.*s' at byte %zu "
                        "should have %" PRIu64 " elements of %s",
                        file->size, shown, storage->key, container->at,
                        storage->count, storage->type->name);
    uint64_t count;
    memcpy(&count, file->data + container->at, sizeof count);
    if (count != storage->count)
        return ses_fail(err, SES_EFORMAT,
                        "storage '%.*s' at byte %zu has %" PRIu64
                        " elements, expected %" PRIu64,
                        shown, storage->key, container->at, count,
                        storage->count);
    container->data[index] = file->data + container->at + 8;
    container->at += 8 + size;
    return SES_OK;
}

static enum ses_status read_storages(struct container *container,
                                     struct ses_error *err)
{
    struct ses_pickle keys;
    enum ses_status status =
        next_pickle(container, &keys, "the list of storages", err);
    if (status)
        return status;
    container->data =
        ses_calloc(container->pickle.n_storages, sizeof *container->data);
    if (!container->data)
        status = ses_fail_memory(err, "the storages of the tensors");
    else if (keys.root->kind != SES_PICKLE_LIST)
        status = ses_fail(err, SES_EFORMAT, "its list of storages is %s",
                          ses_pickle_kind_name(keys.root->kind));
    for (size_t i = 0; !status && i < keys.root->list.count; i++)
        status = read_storage(container, keys.root->list.items[i], err);
    ses_pickle_release(&keys);
    return status;
}

static enum ses_status find_storage(void *context, size_t index,
                                    struct ses_storage *out,
                                    struct ses_error *err)
{
    const struct container *container = context;
    const struct ses_pickle_storage *storage =
        &container->pickle.storages[index];
    if (!container->data[index])
        return ses_fail(err, SES_EFORMAT, "storage '%.*s' is not in the file",
                        storage->key_length < 64 ? (int)storage->key_length
                                                 : 64,
                        storage->key);
    out->data = container->data[index];
    out->size = (size_t)storage->count * (size_t)storage->type->size;
    return SES_OK;
}

enum ses_status ses_torch_legacy_read(struct ses_state *state, const char **key,
                                      struct ses_error *err)
{
    struct container container = { .file = &state->file };
    container.at = ses_torch_legacy_magic(state->file.data, state->file.size);
    enum ses_status status = read_protocol(&container, err);
    if (!status)
        status = read_system(&container, err);
    if (!status)
        status =
            next_pickle(&container, &container.pickle, "the checkpoint", err);
    if (!status)
        status = read_storages(&container, err);
    if (!status)
        status = ses_torch_entries(state, &container.pickle, key, find_storage,
                                   &container, err);
    ses_pickle_release(&container.pickle);
    free(container.data);
    return status;
}
