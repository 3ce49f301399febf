/* The stack machine's inside, shared by the pickle-*.c files alone. */
#ifndef SES_IMPORT_PICKLE_MACHINE_H
#define SES_IMPORT_PICKLE_MACHINE_H

#include "core/import/pickle.h"

/* Bounds far above any checkpoint and far below what memory holds. */
enum {
    PICKLE_MOST_BYTES = 64 << 20,
    PICKLE_MOST_VALUES = 8 << 20,
    PICKLE_MOST_STACKED = 2 << 20,
    PICKLE_MOST_TENSORS = 256 << 10
};

struct pickle_machine {
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
enum pickle_role {
    PICKLE_CALL_OPAQUE,     /* an object nobody looks into */
    PICKLE_CALL_DICT,       /* OrderedDict(pairs) and its kin */
    PICKLE_CALL_TUPLE,      /* torch.Size(tuple) is its argument */
    PICKLE_CALL_TENSOR,     /* (storage, offset, shape, stride, ...) */
    PICKLE_CALL_TENSOR_V3,  /* the same with a dtype of its own */
    PICKLE_CALL_PARAMETER,  /* (tensor, ...) is its tensor */
    PICKLE_CALL_TYPED,      /* (function, class, arguments, state) */
    PICKLE_CALL_OTHER_TENSOR, /* a tensor of a kind that is not supported */
    PICKLE_STORAGE_TYPE,
    PICKLE_DTYPE
};

struct ses_pickle_global {
    const char *module, *name;
    enum pickle_role role;
    const char *words;           /* OTHER_TENSOR: "a sparse tensor" */
    struct ses_pickle_type type; /* STORAGE_TYPE, DTYPE */
};

/* ---- pickle-values.c: functions return NULL or false with err filled ---- */

/* Damage at the current instruction: "damaged pickle at byte N: <why>". */
void pickle_damaged(struct pickle_machine *machine, const char *why);

struct ses_pickle_value *pickle_value(struct pickle_machine *machine,
                                      enum ses_pickle_kind kind);
struct ses_pickle_value *pickle_integer(struct pickle_machine *machine,
                                        int64_t integer);
bool pickle_append(struct pickle_machine *machine,
                   struct ses_pickle_value *list,
                   struct ses_pickle_value *item);
bool pickle_string_is(const struct ses_pickle_value *value, const char *text);

/* ---- pickle-stack.c: the same ------------------------------------------- */

/* Push a value; NULL is a failure that was already told. */
bool pickle_push(struct pickle_machine *machine,
                 struct ses_pickle_value *value);
struct ses_pickle_value *pickle_top(struct pickle_machine *machine);
struct ses_pickle_value *pickle_pop(struct pickle_machine *machine);

/* Make a container of the values above the last mark, or a tuple of the
 * topmost few (at most three). */
bool pickle_collect(struct pickle_machine *machine, enum ses_pickle_kind kind);
bool pickle_collect_few(struct pickle_machine *machine, size_t count);

/* Move the values above the last mark, or the topmost few, into the container
 * below them. */
bool pickle_extend(struct pickle_machine *machine, enum ses_pickle_kind kind);
bool pickle_extend_few(struct pickle_machine *machine, size_t count,
                       enum ses_pickle_kind kind);

/* Drop the values above the last mark; push an object in their place or not.
 */
bool pickle_forget(struct pickle_machine *machine, bool make_object);

bool pickle_memo_put(struct pickle_machine *machine, uint64_t number);
bool pickle_memo_get(struct pickle_machine *machine, uint64_t number);

/* ---- pickle-globals.c --------------------------------------------------- */

/* A GLOBAL by its name when it is on the list, else refused by its name. */
struct ses_pickle_value *pickle_global(struct pickle_machine *machine,
                                       const char *module,
                                       size_t module_length, const char *name,
                                       size_t name_length);

/* ---- pickle-calls.c ----------------------------------------------------- */

struct ses_pickle_value *pickle_call(struct pickle_machine *machine,
                                     const struct ses_pickle_value *callable,
                                     const struct ses_pickle_value *args);

/* The storage that a persistent id names. */
struct ses_pickle_value *pickle_storage(struct pickle_machine *machine,
                                        const struct ses_pickle_value *id);

#endif
