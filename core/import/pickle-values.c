/* Values of a pickle: made in blocks, so that a pickle is freed without a walk
 * along references that may go round in circles. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/import/pickle-machine.h"

enum { BLOCK = 512 };

struct ses_pickle_block {
    struct ses_pickle_block *next;
    size_t used;
    struct ses_pickle_value values[BLOCK];
};

void ses_pickle_damaged(struct ses_pickle_machine *machine, const char *why)
{
    ses_fail(machine->err, SES_EFORMAT, "damaged pickle at byte %zu: %s",
             machine->base + machine->at, why);
}

struct ses_pickle_value *ses_pickle_new(struct ses_pickle_machine *machine,
                                        enum ses_pickle_kind kind)
{
    struct ses_pickle *pickle = machine->pickle;
    if (machine->values >= SES_PICKLE_MOST_VALUES) {
        ses_pickle_damaged(machine, "more objects than a checkpoint has");
        return NULL;
    }
    if (!pickle->blocks || pickle->blocks->used == BLOCK) {
        struct ses_pickle_block *block = ses_calloc(1, sizeof *block);
        if (!block) {
            ses_fail_memory(machine->err, "the objects of the pickle");
            return NULL;
        }
        block->next = pickle->blocks;
        pickle->blocks = block;
    }
    machine->values++;
    struct ses_pickle_value *value =
        &pickle->blocks->values[pickle->blocks->used++];
    value->kind = kind;
    return value;
}

struct ses_pickle_value *ses_pickle_new_integer(
    struct ses_pickle_machine *machine, int64_t integer)
{
    struct ses_pickle_value *value = ses_pickle_new(machine, SES_PICKLE_INT);
    if (value)
        value->integer = integer;
    return value;
}

bool ses_pickle_append(struct ses_pickle_machine *machine,
                       struct ses_pickle_value *list,
                       struct ses_pickle_value *item)
{
    struct ses_pickle_value **grown =
        ses_grow(list->list.items, list->list.count, &list->list.capacity,
                 sizeof *grown);
    if (!grown) {
        ses_fail_memory(machine->err, "the objects of the pickle");
        return false;
    }
    list->list.items = grown;
    grown[list->list.count++] = item;
    return true;
}

bool ses_pickle_string_is(const struct ses_pickle_value *value,
                          const char *text)
{
    return value->kind == SES_PICKLE_STRING &&
           value->string.size == strlen(text) &&
           memcmp(value->string.data, text, value->string.size) == 0;
}

struct ses_pickle_value *ses_pickle_lookup(const struct ses_pickle_value *dict,
                                           const char *key, size_t length)
{
    for (size_t i = dict->list.count; i >= 2; i -= 2) {
        const struct ses_pickle_value *name = dict->list.items[i - 2];
        if (name->kind == SES_PICKLE_STRING && name->string.size == length &&
            memcmp(name->string.data, key, length) == 0)
            return dict->list.items[i - 1];
    }
    return NULL;
}

const char *ses_pickle_kind_name(enum ses_pickle_kind kind)
{
    static const char *const names[] = {
        [SES_PICKLE_NONE] = "None",         [SES_PICKLE_MARK] = "a mark",
        [SES_PICKLE_BOOL] = "a bool",       [SES_PICKLE_INT] = "an integer",
        [SES_PICKLE_STRING] = "a string",   [SES_PICKLE_TUPLE] = "a tuple",
        [SES_PICKLE_LIST] = "a list",       [SES_PICKLE_DICT] = "a dict",
        [SES_PICKLE_GLOBAL] = "a function", [SES_PICKLE_STORAGE] = "a storage",
        [SES_PICKLE_TENSOR] = "a tensor",   [SES_PICKLE_OPAQUE] = "an object",
    };
    return names[kind];
}

static void release_value(struct ses_pickle_value *value)
{
    if (value->kind == SES_PICKLE_TUPLE || value->kind == SES_PICKLE_LIST ||
        value->kind == SES_PICKLE_DICT)
        free(value->list.items);
    else if (value->kind == SES_PICKLE_TENSOR)
        free(value->tensor);
}

void ses_pickle_release(struct ses_pickle *pickle)
{
    while (pickle->blocks) {
        struct ses_pickle_block *block = pickle->blocks;
        pickle->blocks = block->next;
        for (size_t i = 0; i < block->used; i++)
            release_value(&block->values[i]);
        free(block);
    }
    ses_names_release(&pickle->storage_names);
    free(pickle->storages);
    memset(pickle, 0, sizeof *pickle);
}
