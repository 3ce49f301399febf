/* The HDF5 of a Keras model: the text in its attributes and its arrays.
 *
 * Files come from strangers, and libhdf5 (1.10.8 was tried) overruns its
 * memory on about one in three hundred of those with a few bytes changed: in
 * object headers, B-trees, local heaps, attributes. So it runs in a process of
 * its own (reader.h), forked for one file, and this side believes what that
 * one says only as far as the file has bytes for it. Arrays that lie in the
 * file in one piece (Keras writes no others) are taken from the mapped file,
 * so the bytes that were hashed are the bytes that are used.
 *
 * Errors do not name the file. */
#ifndef SES_IMPORT_KERAS_H5_H
#define SES_IMPORT_KERAS_H5_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/child.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/graph/tensor.h"
#include "core/import/names.h"

/* An attribute of a group: as many texts as it has. Those that are no text
 * have none. */
struct ses_keras_texts {
    char *key; /* "group path" '\n' "attribute"; the root's path is empty */
    char **items;
    size_t count;
};

/* Where an array's elements are. */
enum ses_keras_place {
    SES_KERAS_UNPACKED,   /* only the reader can tell */
    SES_KERAS_FLOATS,     /* in the file in one piece, as float32 ... */
    SES_KERAS_HALF_FLOATS /* ... or as float16 */
};

struct ses_keras_array {
    char *path; /* "model_weights/conv/kernel:0" */
    int rank;
    size_t size[SES_MAX_RANK];
    bool usable;   /* numbers of floating point, kept in this file */
    enum ses_keras_place place;
    size_t at;     /* bytes into the HDF5, unless only the reader can tell */
};

struct ses_keras_h5 {
    const struct ses_file *file; /* borrowed */
    const uint8_t *data; /* borrowed: of the file, or unpacked of it */
    size_t size;
    struct ses_child reader;
    struct ses_keras_texts *texts;
    size_t n_texts, texts_capacity;
    struct ses_names texts_by_key;
    struct ses_keras_array *arrays; /* in the order of paths */
    size_t n_arrays, arrays_capacity;
    struct ses_names arrays_by_path;
    size_t floats_left; /* that may still be read of it, repeats counted */
};

/* Read all that an HDF5 in a mapped file has but the arrays' elements. Caller
 * closes, also on failure. */
SES_MUST_CHECK enum ses_status ses_keras_h5_open(
    const struct ses_file *file, const uint8_t *data, size_t size,
    struct ses_keras_h5 *out, struct ses_error *err);
void ses_keras_h5_close(struct ses_keras_h5 *h5);

/* An attribute of a group, or NULL. Of `layer_names` and `weight_names` this
 * is the whole list, also when Keras has cut it (`weight_names0`, ...). */
const struct ses_keras_texts *ses_keras_h5_texts(const struct ses_keras_h5 *h5,
                                                 const char *group,
                                                 const char *attribute);

/* One of the root that is a single text; NULL when it is not. */
const char *ses_keras_h5_text(const struct ses_keras_h5 *h5,
                              const char *attribute);

/* How elements are put into a tensor. */
enum ses_keras_order {
    SES_KERAS_AS_IS,
    SES_KERAS_AS_KERNEL,    /* [spatial...] x I x O: O x I x [spatial...] */
    SES_KERAS_AS_DEPTHWISE, /* [spatial...] x I x M: IM x 1 x [spatial...] */
};

/* An array that must have `rank` sizes, as floats. `flip` turns the spatial
 * axes of a kernel around. Errors name the array. Caller frees with
 * ses_tensor_free(). */
SES_MUST_CHECK enum ses_status ses_keras_h5_read(
    struct ses_keras_h5 *h5, const char *path, int rank, const size_t *size,
    enum ses_keras_order order, bool flip, struct ses_tensor **out,
    struct ses_error *err);

#endif
