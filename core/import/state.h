/* A state dict: named tensors of a PyTorch or safetensors file.
 *
 * Readers fill it from bytes; families take tensors out of it by name, and
 * what was neither taken nor ignored at the end is surplus. Tensor data stay
 * where the file has them until taken (converted to float32 then), so a large
 * file is not held twice. */
#ifndef SES_IMPORT_STATE_H
#define SES_IMPORT_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/file.h"
#include "core/graph/tensor.h"
#include "core/import/names.h"

#define SES_DTYPES(X) \
    X(F16, 2, "float16") \
    X(BF16, 2, "bfloat16") \
    X(F32, 4, "float32") \
    X(F64, 8, "float64") \
    X(I8, 1, "int8") \
    X(U8, 1, "uint8") \
    X(BOOL, 1, "bool") \
    X(I16, 2, "int16") \
    X(I32, 4, "int32") \
    X(I64, 8, "int64")

enum ses_dtype {
#define X(NAME, size, text) SES_##NAME,
    SES_DTYPES(X)
#undef X
    SES_DTYPE_COUNT
};

const char *ses_dtype_name(enum ses_dtype dtype);
size_t ses_dtype_size(enum ses_dtype dtype);

/* Elements of a storage, in little-endian order; no alignment is promised. */
struct ses_storage {
    const uint8_t *data; /* borrowed from the state's file, or owned */
    size_t size;         /* bytes */
    uint8_t *owned;      /* data when it had to be copied; else NULL */
};

struct ses_entry {
    char *name;
    enum ses_dtype dtype;
    int rank;
    size_t shape[SES_MAX_RANK];
    size_t stride[SES_MAX_RANK]; /* in elements */
    size_t offset;               /* first element, in elements */
    size_t storage;              /* index into storages */
    bool taken;
    bool aside; /* beside the network: may stay untaken, the notes name it */
};

struct ses_state {
    char *path; /* for messages */
    struct ses_file file;
    struct ses_entry *entries; /* in the file's order */
    size_t count, capacity;
    struct ses_storage *storages;
    size_t n_storages, storages_capacity;
    struct ses_names names; /* entries by name */
    size_t elements_taken;  /* so far; bounded by the file's size */
    char *arch;  /* what a checkpoint calls its network beside the weights, as
                  * training loops do ("tf_efficientnet_b0"); or NULL */
    char *notes; /* what was unwrapped or stripped, for people, one a line;
                    * or NULL */
};

/* What a file's bytes say it is. The last three are told so that they can be
 * refused with the right words. */
enum ses_file_kind {
    SES_FILE_TORCH_ZIP,    /* PyTorch 1.6 and later; any zip archive */
    SES_FILE_KERAS_ZIP,    /* Keras 3: an archive with a config.json */
    SES_FILE_TORCH_LEGACY, /* PyTorch 0.1.10 to 1.5: a sequence of pickles */
    SES_FILE_SAFETENSORS,
    SES_FILE_HDF5,
    SES_FILE_ONNX,
    SES_FILE_PROTOTXT,
    SES_FILE_CAFFEMODEL,
    SES_FILE_TAR,    /* PyTorch before 0.1.10 */
    SES_FILE_PICKLE, /* one pickle without a container */
    SES_FILE_UNKNOWN
};
enum ses_file_kind ses_file_kind(const uint8_t *data, size_t size);
/* "an ONNX network"; NULL for SES_FILE_UNKNOWN, for which there is
 * ses_foreign_tell(). */
const char *ses_file_kind_text(enum ses_file_kind kind);

/* Read a checkpoint of any of the three kinds. key names the wrapped dict to
 * use (NULL: the only or best-known one; two that could be meant are an error
 * that names both), levels parted by dots; what of it names no dict selects
 * the tensors whose names begin with it. Prefixes common to all names
 * (`module.`, `model.`, `_orig_mod.`, `backbone.`, ...) are stripped; a few
 * tensors beside `model.` are set aside. Errors name the path. Caller frees
 * with ses_state_free(). */
SES_MUST_CHECK enum ses_status ses_state_open(const char *path,
                                              const char *key,
                                              struct ses_state **out,
                                              struct ses_error *err);
void ses_state_free(struct ses_state *state);

/* An entry by name, or NULL. */
struct ses_entry *ses_state_find(const struct ses_state *state,
                                 const char *name);

/* The same, name made from a format. */
struct ses_entry *ses_state_findf(const struct ses_state *state,
                                  const char *format, ...) SES_PRINTF(2, 3);

/* A float32 copy of an entry's elements in row-major order, marked taken.
 * Integer tensors are an error that names the entry and its type. float64 is
 * rounded to nearest. All tensors taken of a file may together have as many
 * elements as it has bytes, so that one that repeats its elements (stride 0)
 * cannot fill the memory. Caller frees with ses_tensor_free(). */
SES_MUST_CHECK enum ses_status ses_state_take(struct ses_state *state,
                                              struct ses_entry *entry,
                                              struct ses_tensor **out,
                                              struct ses_error *err);

/* SES_ESHAPE naming the first surplus entries (not taken, and no
 * `num_batches_tracked`) when there are any. */
SES_MUST_CHECK enum ses_status ses_state_check_surplus(
    const struct ses_state *state, struct ses_error *err);

/* ---- for readers and tests --------------------------------------------- */

/* An empty state; path is for messages. */
struct ses_state *ses_state_new(const char *path);

/* Append a contiguous float32 tensor whose data are copied. */
SES_MUST_CHECK enum ses_status ses_state_add(struct ses_state *state,
                                             const char *name, int rank,
                                             const size_t *shape,
                                             const float *data,
                                             struct ses_error *err);

#endif
