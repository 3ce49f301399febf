/* Python pickles, as far as they build containers of tensors.
 *
 * A pickle is a program for a small stack machine that may import and call
 * anything. This interpreter calls nothing: it knows by name the few functions
 * that checkpoints use, does itself what those that make tensors would have
 * done, keeps a few harmless ones as opaque values, and refuses every other
 * name.
 *
 * Memory is bounded by the pickle's size: an instruction makes one value, and
 * strings stay where they are. */
#ifndef SES_IMPORT_PICKLE_H
#define SES_IMPORT_PICKLE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/graph/tensor.h"
#include "core/import/names.h"

enum ses_pickle_kind {
    SES_PICKLE_NONE,
    SES_PICKLE_MARK, /* never seen outside the machine */
    SES_PICKLE_BOOL,
    SES_PICKLE_INT,
    SES_PICKLE_STRING, /* text or bytes */
    SES_PICKLE_TUPLE,
    SES_PICKLE_LIST,
    SES_PICKLE_DICT, /* items are key, value, key, value, ... */
    SES_PICKLE_GLOBAL,
    SES_PICKLE_STORAGE,
    SES_PICKLE_TENSOR,
    SES_PICKLE_OPAQUE /* some object; floats, sets, long integers too */
};

/* Whether a dict has tensors in it or below; worked out when asked. */
enum ses_pickle_leads {
    SES_PICKLE_UNSEEN,
    SES_PICKLE_LEADS_NOWHERE,
    SES_PICKLE_LEADS_TO_TENSORS
};

/* A named thing of Python that a pickle may mention; see pickle-globals.c. */
struct ses_pickle_global;

/* A storage type of torch: what the elements are. */
struct ses_pickle_type {
    const char *name; /* of the elements, for people: "complex64" */
    int dtype;        /* enum ses_dtype, or -1 when unsupported */
    int size;         /* bytes an element */
};

/* A part of a storage; old files name such parts. */
struct ses_pickle_view {
    size_t storage; /* index into the pickle's storages */
    const struct ses_pickle_type *type;
    uint64_t offset, count; /* elements */
};

struct ses_pickle_tensor {
    const char *unsupported; /* "a sparse tensor", or NULL */
    struct ses_pickle_view view;
    int rank;
    size_t shape[SES_MAX_RANK], stride[SES_MAX_RANK];
    uint64_t offset; /* elements, within the view */
};

struct ses_pickle_value {
    enum ses_pickle_kind kind;
    union {
        int64_t integer; /* also BOOL */
        struct {
            const char *data; /* borrowed from the pickle; no NUL at its end */
            size_t size;
        } string;
        struct {
            struct ses_pickle_value **items;
            size_t count, capacity;
            enum ses_pickle_leads leads; /* of a DICT, for unwrap.c */
        } list; /* TUPLE, LIST, DICT */
        const struct ses_pickle_global *global;
        struct ses_pickle_view view;      /* STORAGE */
        struct ses_pickle_tensor *tensor; /* owned */
    };
};

/* What a pickle's tensors are views of. */
struct ses_pickle_storage {
    const char *key; /* borrowed from the pickle; no NUL at its end */
    size_t key_length;
    const struct ses_pickle_type *type;
    uint64_t count; /* elements */
};

struct ses_pickle_block;

struct ses_pickle {
    struct ses_pickle_value *root;
    struct ses_pickle_storage *storages; /* in the order first mentioned */
    size_t n_storages, storages_capacity;
    struct ses_names storage_names;  /* storages by key */
    struct ses_pickle_block *blocks; /* all values, in blocks of many */
};

/* Run the pickle at the start of data, which is borrowed and must outlive the
 * values. *used is its length in bytes. Errors give offsets, counted from the
 * start of data plus base. */
SES_MUST_CHECK enum ses_status ses_pickle_read(const uint8_t *data,
                                               size_t size, size_t base,
                                               struct ses_pickle *out,
                                               size_t *used,
                                               struct ses_error *err);
void ses_pickle_release(struct ses_pickle *pickle);

/* A dict's value by key, or NULL. When a key was set twice the last counts. */
struct ses_pickle_value *ses_pickle_lookup(
    const struct ses_pickle_value *dict, const char *key, size_t length);

/* "a list", "a tensor": what a value is, for messages. */
const char *ses_pickle_kind_name(enum ses_pickle_kind kind);

#endif
