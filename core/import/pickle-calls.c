/* What calls in a pickle amount to: tensors are noted as views of storages,
 * dicts are made, everything else is opaque. */
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/import/pickle-machine.h"

static struct ses_pickle_value *fail(struct ses_pickle_machine *machine,
                                     const char *why)
{
    ses_pickle_damaged(machine, why);
    return NULL;
}

static const struct ses_pickle_value *item(const struct ses_pickle_value *list,
                                           size_t i, enum ses_pickle_kind kind)
{
    if (i >= list->list.count || list->list.items[i]->kind != kind)
        return NULL;
    return list->list.items[i];
}

/* A whole number that is not negative. */
static bool read_count(const struct ses_pickle_value *value, uint64_t *out)
{
    if (!value || value->kind != SES_PICKLE_INT || value->integer < 0)
        return false;
    *out = (uint64_t)value->integer;
    return true;
}

/* ---- storages ----------------------------------------------------------- */

static bool find_storage(struct ses_pickle_machine *machine,
                         const struct ses_pickle_storage *wanted, size_t *index)
{
    struct ses_pickle *pickle = machine->pickle;
    if (ses_names_find(&pickle->storage_names, wanted->key, wanted->key_length,
                       index)) {
        const struct ses_pickle_storage *known = &pickle->storages[*index];
        if (known->type == wanted->type && known->count == wanted->count)
            return true;
        fail(machine, "a storage is described in two ways");
        return false;
    }
    struct ses_pickle_storage *grown =
        ses_grow(pickle->storages, pickle->n_storages,
                 &pickle->storages_capacity, sizeof *grown);
    if (grown) {
        pickle->storages = grown;
        if (ses_names_add(&pickle->storage_names, wanted->key,
                          wanted->key_length, pickle->n_storages)) {
            *index = pickle->n_storages++;
            grown[*index] = *wanted;
            return true;
        }
    }
    ses_fail_memory(machine->err, "the storages of the pickle");
    return false;
}

/* Files of before 0.4 name a part of a storage: (key, offset, count). */
static bool narrow(const struct ses_pickle_value *part,
                   struct ses_pickle_view *view)
{
    uint64_t offset, count;
    if (part->kind == SES_PICKLE_NONE)
        return true;
    if (part->kind != SES_PICKLE_TUPLE || part->list.count != 3 ||
        !read_count(part->list.items[1], &offset) ||
        !read_count(part->list.items[2], &count) || offset > view->count ||
        count > view->count - offset)
        return false;
    view->offset = offset;
    view->count = count;
    return true;
}

struct ses_pickle_value *ses_pickle_find_storage(
    struct ses_pickle_machine *machine, const struct ses_pickle_value *id)
{
    if (id->kind != SES_PICKLE_TUPLE || id->list.count < 1)
        return fail(machine, "a persistent id that is no tuple");
    struct ses_pickle_value **items = id->list.items;
    if (ses_pickle_string_is(items[0], "module")) {
        ses_fail(machine->err, SES_EUNSUPPORTED,
                 "holds a whole network with its classes, which sescope never "
                 "runs; save model.state_dict() instead of the model");
        return NULL;
    }
    const struct ses_pickle_value *type = item(id, 1, SES_PICKLE_GLOBAL);
    const struct ses_pickle_value *key = item(id, 2, SES_PICKLE_STRING);
    struct ses_pickle_storage storage = { 0 };
    if (!ses_pickle_string_is(items[0], "storage") || id->list.count < 5 ||
        !type || type->global->role != SES_PICKLE_STORAGE_TYPE || !key ||
        !read_count(items[4], &storage.count))
        return fail(machine, "a persistent id that is no storage's");
    storage.key = key->string.data;
    storage.key_length = key->string.size;
    storage.type = &type->global->type;
    struct ses_pickle_view view = { .type = storage.type,
                                    .count = storage.count };
    if (!find_storage(machine, &storage, &view.storage))
        return NULL;
    if (id->list.count > 5 && !narrow(items[5], &view))
        return fail(machine, "a part of a storage that is not within it");
    struct ses_pickle_value *value =
        ses_pickle_new(machine, SES_PICKLE_STORAGE);
    if (value)
        value->view = view;
    return value;
}

/* ---- tensors ------------------------------------------------------------ */

static struct ses_pickle_value *new_tensor(struct ses_pickle_machine *machine)
{
    if (machine->tensors++ >= SES_PICKLE_MOST_TENSORS)
        return fail(machine, "more tensors than a checkpoint has");
    struct ses_pickle_tensor *tensor = ses_calloc(1, sizeof *tensor);
    if (!tensor) {
        ses_fail_memory(machine->err, "the tensors of the pickle");
        return NULL;
    }
    struct ses_pickle_value *value = ses_pickle_new(machine, SES_PICKLE_TENSOR);
    if (value)
        value->tensor = tensor;
    else
        free(tensor);
    return value;
}

static bool read_sizes(const struct ses_pickle_value *list, size_t *out)
{
    for (size_t i = 0; i < list->list.count; i++) {
        uint64_t size;
        if (!read_count(list->list.items[i], &size))
            return false;
        out[i] = (size_t)size;
    }
    return true;
}

/* An untyped storage's bytes, seen as the dtype in argument 6. */
static bool retype(const struct ses_pickle_value *args,
                   struct ses_pickle_view *view)
{
    const struct ses_pickle_value *dtype = item(args, 6, SES_PICKLE_GLOBAL);
    if (!dtype || dtype->global->role != SES_PICKLE_DTYPE)
        return false;
    const struct ses_pickle_type *type = &dtype->global->type;
    if (view->offset % (unsigned)type->size != 0 || view->type->size != 1)
        return false;
    view->type = type;
    view->offset /= (unsigned)type->size;
    view->count /= (unsigned)type->size;
    return true;
}

static struct ses_pickle_value *call_tensor(struct ses_pickle_machine *machine,
                                            const struct ses_pickle_value *args,
                                            bool own_dtype)
{
    const struct ses_pickle_value *storage = item(args, 0, SES_PICKLE_STORAGE);
    const struct ses_pickle_value *shape = item(args, 2, SES_PICKLE_TUPLE);
    const struct ses_pickle_value *stride = item(args, 3, SES_PICKLE_TUPLE);
    struct ses_pickle_value *value = new_tensor(machine);
    if (!value)
        return NULL;
    struct ses_pickle_tensor *tensor = value->tensor;
    if (!storage || !shape || !stride ||
        !read_count(args->list.items[1], &tensor->offset) ||
        shape->list.count != stride->list.count)
        return fail(machine,
                    "a tensor without storage, offset, shape or strides");
    tensor->view = storage->view;
    if (own_dtype && !retype(args, &tensor->view))
        return fail(machine, "a tensor without a type");
    if (shape->list.count > SES_MAX_RANK) {
        tensor->unsupported = "a tensor of more than 8 dimensions";
        return value;
    }
    tensor->rank = (int)shape->list.count;
    if (!read_sizes(shape, tensor->shape) ||
        !read_sizes(stride, tensor->stride))
        tensor->unsupported = "a tensor with a negative size or stride";
    return value;
}

/* ---- calls -------------------------------------------------------------- */

/* OrderedDict([[key, value], ...]), as Python 2 wrote it, or empty. Copying a
 * list costs more than the instruction that asks for it, so it is bounded. */
static struct ses_pickle_value *call_dict(struct ses_pickle_machine *machine,
                                          const struct ses_pickle_value *args)
{
    struct ses_pickle_value *dict = ses_pickle_new(machine, SES_PICKLE_DICT);
    const struct ses_pickle_value *pairs = item(args, 0, SES_PICKLE_LIST);
    if (!dict || !pairs)
        return dict;
    machine->copied += pairs->list.count;
    if (machine->copied > machine->size)
        return fail(machine, "a list is copied too often");
    for (size_t i = 0; i < pairs->list.count; i++) {
        const struct ses_pickle_value *pair = pairs->list.items[i];
        if ((pair->kind != SES_PICKLE_LIST && pair->kind != SES_PICKLE_TUPLE) ||
            pair->list.count != 2)
            return fail(machine, "a dict of what are no pairs");
        if (!ses_pickle_append(machine, dict, pair->list.items[0]) ||
            !ses_pickle_append(machine, dict, pair->list.items[1]))
            return NULL;
    }
    return dict;
}

static struct ses_pickle_value *call_typed(struct ses_pickle_machine *machine,
                                           const struct ses_pickle_value *args)
{
    const struct ses_pickle_value *function = item(args, 0, SES_PICKLE_GLOBAL);
    const struct ses_pickle_value *inner = item(args, 2, SES_PICKLE_TUPLE);
    if (!function || !inner || function->global->role == SES_PICKLE_CALL_TYPED)
        return fail(machine, "a tensor without a function that makes it");
    return ses_pickle_call(machine, function, inner);
}

struct ses_pickle_value *ses_pickle_call(
    struct ses_pickle_machine *machine, const struct ses_pickle_value *callable,
    const struct ses_pickle_value *args)
{
    if (callable->kind != SES_PICKLE_GLOBAL || args->kind != SES_PICKLE_TUPLE)
        return fail(machine, "a call of what is no function");
    const struct ses_pickle_global *global = callable->global;
    struct ses_pickle_value *value = NULL;
    switch (global->role) {
    case SES_PICKLE_CALL_OPAQUE:
        return ses_pickle_new(machine, SES_PICKLE_OPAQUE);
    case SES_PICKLE_CALL_DICT:
        return call_dict(machine, args);
    case SES_PICKLE_CALL_TUPLE:
        return item(args, 0, SES_PICKLE_TUPLE)
                   ? args->list.items[0]
                   : fail(machine, "a shape that is no tuple");
    case SES_PICKLE_CALL_TENSOR:
        return call_tensor(machine, args, false);
    case SES_PICKLE_CALL_TENSOR_V3:
        return call_tensor(machine, args, true);
    case SES_PICKLE_CALL_PARAMETER:
        return item(args, 0, SES_PICKLE_TENSOR)
                   ? args->list.items[0]
                   : fail(machine, "a parameter that is no tensor");
    case SES_PICKLE_CALL_TYPED:
        return call_typed(machine, args);
    case SES_PICKLE_CALL_OTHER_TENSOR:
        value = new_tensor(machine);
        if (value)
            value->tensor->unsupported = global->words;
        return value;
    case SES_PICKLE_STORAGE_TYPE:
    case SES_PICKLE_DTYPE:
        break;
    }
    return fail(machine, "a call of what is no function");
}
