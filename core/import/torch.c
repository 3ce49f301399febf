/* See torch.h. */
#include "core/import/torch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

struct builder {
    struct ses_state *state;
    const struct ses_pickle *pickle;
    size_t *places; /* of the pickle's storages in the state; SIZE_MAX: not */
    ses_storage_finder *find;
    void *context;
};

/* The place in the state of a storage, which is read when first asked for. */
static enum ses_status place_storage(struct builder *builder, size_t index,
                                     size_t *place, struct ses_error *err)
{
    if (builder->places[index] == SIZE_MAX) {
        struct ses_storage storage = { 0 };
        enum ses_status status =
            builder->find(builder->context, index, &storage, err);
        if (status)
            return status;
        status = ses_state_add_storage(builder->state, &storage,
                                       &builder->places[index], err);
        if (status) {
            free(storage.owned);
            return status;
        }
    }
    *place = builder->places[index];
    return SES_OK;
}

static enum ses_status add_tensor(struct builder *builder,
                                  const struct ses_pickle_value *key,
                                  const struct ses_pickle_tensor *tensor,
                                  struct ses_error *err)
{
    const struct ses_pickle_view *view = &tensor->view;
    const char *name = key->string.data;
    size_t length = key->string.size;
    int shown = length < 200 ? (int)length : 200;
    const char *unsupported = tensor->unsupported;
    if (!unsupported && view->type->dtype < 0)
        unsupported = view->type->name;
    if (unsupported)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "tensor '%.*s' is %s, which is not supported", shown,
                        name, unsupported);
    struct ses_entry entry = { .dtype = (enum ses_dtype)view->type->dtype,
                               .rank = tensor->rank };
    memcpy(entry.shape, tensor->shape, sizeof entry.shape);
    memcpy(entry.stride, tensor->stride, sizeof entry.stride);
    if (__builtin_add_overflow(view->offset, tensor->offset, &entry.offset))
        return ses_fail(err, SES_EFORMAT,
                        "tensor '%.*s' begins at element %" PRIu64
                        ", beyond all bounds",
                        shown, name, tensor->offset);
    enum ses_status status =
        place_storage(builder, view->storage, &entry.storage, err);
    if (status)
        return ses_error_context(err, "tensor '%.*s'", shown, name);
    return ses_state_append(builder->state, name, length, &entry, err);
}

/* Training loops save the network's name beside its weights; a file without is
 * as good. */
static enum ses_status keep_arch(struct ses_state *state,
                                 const struct ses_pickle_value *root,
                                 struct ses_error *err)
{
    enum { LONGEST = 63 };
    if (root->kind != SES_PICKLE_DICT)
        return SES_OK;
    const struct ses_pickle_value *arch = ses_pickle_lookup(root, "arch", 4);
    if (!arch || arch->kind != SES_PICKLE_STRING ||
        arch->string.size > LONGEST)
        return SES_OK;
    state->arch = strndup(arch->string.data, arch->string.size);
    return state->arch ? SES_OK : ses_fail_memory(err, "a network's name");
}

enum ses_status ses_torch_entries(struct ses_state *state,
                                  const struct ses_pickle *pickle,
                                  const char **key, ses_storage_finder *find,
                                  void *context, struct ses_error *err)
{
    struct builder builder = {
        .state = state, .pickle = pickle, .find = find, .context = context
    };
    struct ses_pickle_value *dict;
    size_t others = 0;
    enum ses_status status =
        ses_torch_unwrap(state, pickle->root, key, &dict, err);
    if (!status)
        status = keep_arch(state, pickle->root, err);
    if (status)
        return status;
    builder.places = ses_calloc(pickle->n_storages, sizeof *builder.places);
    if (!builder.places)
        return ses_fail_memory(err, "the storages of the tensors");
    memset(builder.places, 0xff, pickle->n_storages * sizeof *builder.places);
    for (size_t i = 0; i < dict->list.count; i += 2) {
        const struct ses_pickle_value *name = dict->list.items[i];
        const struct ses_pickle_value *value = dict->list.items[i + 1];
        if (name->kind != SES_PICKLE_STRING ||
            value->kind != SES_PICKLE_TENSOR) {
            others++;
            continue;
        }
        status = add_tensor(&builder, name, value->tensor, err);
        if (status)
            break;
    }
    if (!status && others)
        ses_state_note(state, "left out %zu %s", others,
                       others == 1 ? "value that is no tensor"
                                   : "values that are no tensors");
    free(builder.places);
    return status;
}
