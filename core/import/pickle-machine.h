/* The stack machine's inside, shared by the pickle-*.c files alone. */
#ifndef SES_IMPORT_PICKLE_MACHINE_H
#define SES_IMPORT_PICKLE_MACHINE_H

#include "core/import/pickle.h"

/* Bounds far above any checkpoint and far below what memory holds. */
enum {
    SES_PICKLE_MOST_BYTES = 64 << 20,
    SES_PICKLE_MOST_VALUES = 8 << 20,
    SES_PICKLE_MOST_STACKED = 2 << 20,
    SES_PICKLE_MOST_TENSORS = 256 << 10
};

struct ses_pickle_machine {
    struct ses_pickle *pickle;
    const uint8_t *data;
    size_t size, at;
    size_t base; /* what offsets in messages are counted from */
    bool cut;    /* there is more data than a pickle may have */
    struct ses_pickle_value **stack;
    size_t stacked, stack_capacity;
    struct ses_pickle_value **memo; /* NULL where nothing was put */
    size_t memo_count, memo_capacity;
    size_t values, tensors; /* made so far */
    size_t copied;          /* items copied from lists so far */
    struct ses_pickle_value *none, *no, *yes, *mark;
    struct ses_error *err;
};

/* What calling a global amounts to. */
enum ses_pickle_role {
    SES_PICKLE_CALL_OPAQUE,       /* an object nobody looks into */
    SES_PICKLE_CALL_DICT,         /* OrderedDict(pairs) and its kin */
    SES_PICKLE_CALL_TUPLE,        /* torch.Size(tuple) is its argument */
    SES_PICKLE_CALL_TENSOR,       /* (storage, offset, shape, stride, ...) */
    SES_PICKLE_CALL_TENSOR_V3,    /* the same with a dtype of its own */
    SES_PICKLE_CALL_PARAMETER,    /* (tensor, ...) is its tensor */
    SES_PICKLE_CALL_TYPED,        /* (function, class, arguments, state) */
    SES_PICKLE_CALL_OTHER_TENSOR, /* a tensor of a kind that is not supported */
    SES_PICKLE_STORAGE_TYPE,
    SES_PICKLE_DTYPE
};

struct ses_pickle_global {
    const char *module, *name;
    enum ses_pickle_role role;
    const char *words;           /* OTHER_TENSOR: "a sparse tensor" */
    struct ses_pickle_type type; /* STORAGE_TYPE, DTYPE */
};

/* ---- pickle-values.c: functions return NULL or false with err filled ---- */

/* Damage at the current instruction: "damaged pickle at byte N: <why>". */
void ses_pickle_damaged(struct ses_pickle_machine *machine, const char *why);

struct ses_pickle_value *ses_pickle_new(struct ses_pickle_machine *machine,
                                        enum ses_pickle_kind kind);
struct ses_pickle_value *ses_pickle_new_integer(
    struct ses_pickle_machine *machine, int64_t integer);
bool ses_pickle_append(struct ses_pickle_machine *machine,
                       struct ses_pickle_value *list,
                       struct ses_pickle_value *item);
bool ses_pickle_string_is(const struct ses_pickle_value *value,
                          const char *text);

/* ---- pickle-stack.c: the same ------------------------------------------- */

/* Push a value; NULL is a failure that was already told. */
bool ses_pickle_push(struct ses_pickle_machine *machine,
                     struct ses_pickle_value *value);
struct ses_pickle_value *ses_pickle_top(struct ses_pickle_machine *machine);
struct ses_pickle_value *ses_pickle_pop(struct ses_pickle_machine *machine);

/* Make a container of the values above the last mark, or a tuple of the
 * topmost few (at most three). */
bool ses_pickle_collect(struct ses_pickle_machine *machine,
                        enum ses_pickle_kind kind);
bool ses_pickle_collect_few(struct ses_pickle_machine *machine, size_t count);

/* Move the values above the last mark, or the topmost few, into the container
 * below them. */
bool ses_pickle_extend(struct ses_pickle_machine *machine,
                       enum ses_pickle_kind kind);
bool ses_pickle_extend_few(struct ses_pickle_machine *machine, size_t count,
                           enum ses_pickle_kind kind);

/* Drop the values above the last mark; push an object in their place or not.
 */
bool ses_pickle_forget(struct ses_pickle_machine *machine, bool make_object);

bool ses_pickle_memo_put(struct ses_pickle_machine *machine, uint64_t number);
bool ses_pickle_memo_get(struct ses_pickle_machine *machine, uint64_t number);

/* ---- pickle-globals.c --------------------------------------------------- */

/* A GLOBAL by its name when it is on the list, else refused by its name. */
struct ses_pickle_value *ses_pickle_find_global(
    struct ses_pickle_machine *machine, const char *module,
    size_t module_length, const char *name, size_t name_length);

/* ---- pickle-calls.c ----------------------------------------------------- */

struct ses_pickle_value *ses_pickle_call(
    struct ses_pickle_machine *machine, const struct ses_pickle_value *callable,
    const struct ses_pickle_value *args);

/* The storage that a persistent id names. */
struct ses_pickle_value *ses_pickle_find_storage(
    struct ses_pickle_machine *machine, const struct ses_pickle_value *id);

#endif
