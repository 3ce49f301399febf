/* The HDF5 of a Keras model, read where its bytes are mapped.
 *
 * Everything is read from memory, so that the bytes that were hashed are the
 * bytes that are read, and an HDF5 file inside an archive needs no copy. What
 * stands in the file is believed only as far as the file has bytes for it.
 *
 * Errors do not name the file. As for all of HDF5 here, one thread at a time
 * (core/record/h5.h). */
#ifndef SES_IMPORT_KERAS_H5_H
#define SES_IMPORT_KERAS_H5_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/graph/tensor.h"

struct ses_keras_h5 {
    const uint8_t *data; /* borrowed */
    size_t size;
    hid_t file;
    size_t floats_left; /* that may still be read of it, repeats counted */
};

SES_MUST_CHECK enum ses_status ses_keras_h5_open(const uint8_t *data,
                                                 size_t size,
                                                 struct ses_keras_h5 *out,
                                                 struct ses_error *err);
void ses_keras_h5_close(struct ses_keras_h5 *h5);

/* ---- attributes ---------------------------------------------------------- */

struct ses_keras_texts {
    char **items;
    size_t count;
};
void ses_keras_texts_release(struct ses_keras_texts *texts);

bool ses_keras_h5_has(hid_t object, const char *attribute);

/* Text of fixed or variable length, padded whichever way, as a scalar or an
 * array; one that holds nothing has no items, whatever its type. */
SES_MUST_CHECK enum ses_status ses_keras_h5_texts(
    const struct ses_keras_h5 *h5, hid_t object, const char *attribute,
    struct ses_keras_texts *out, struct ses_error *err);

/* The same of an attribute that Keras may have cut into `<attribute>0`,
 * `<attribute>1`, ... as one of HDF5's usual kind holds 64 KiB. */
SES_MUST_CHECK enum ses_status ses_keras_h5_names(
    const struct ses_keras_h5 *h5, hid_t object, const char *attribute,
    struct ses_keras_texts *out, struct ses_error *err);

/* A single text, or NULL in *out when there is no such attribute. Caller frees
 * with free(). */
SES_MUST_CHECK enum ses_status ses_keras_h5_text(const struct ses_keras_h5 *h5,
                                                 hid_t object,
                                                 const char *attribute,
                                                 char **out,
                                                 struct ses_error *err);

/* A reference to text of variable length as it stands in the file, 16 bytes:
 * its length, and the address and number of an object in a global heap.
 * Returns the object's bytes, *length of them, or NULL when they are not all
 * there. HDF5's own reader copies as many bytes as the heap says into room for
 * as many as the reference says (1.10.8), so it is not asked. */
const char *ses_keras_heap_text(const struct ses_keras_h5 *h5,
                                const uint8_t reference[16], size_t *length);

/* ---- datasets ------------------------------------------------------------ */

/* Called for every dataset; anything but SES_OK ends the walk. */
typedef enum ses_status ses_keras_visit(void *user, const char *path,
                                        struct ses_error *err);

/* Every dataset of a file that is reached by its own groups, in the order of
 * names; links to elsewhere are passed by. */
SES_MUST_CHECK enum ses_status ses_keras_h5_walk(struct ses_keras_h5 *h5,
                                                 ses_keras_visit *visit,
                                                 void *user,
                                                 struct ses_error *err);

/* How elements are put into a tensor. */
enum ses_keras_order {
    SES_KERAS_AS_IS,     /* as they are */
    SES_KERAS_AS_KERNEL,    /* [spatial...] x I x O to O x I x [spatial...] */
    SES_KERAS_AS_DEPTHWISE, /* [spatial...] x I x M to IM x 1 x [spatial...] */
};

/* A dataset of numbers that must have `rank` sizes, as floats. `flip` turns
 * the spatial axes of a kernel around. Errors name the dataset. Caller frees
 * with ses_tensor_free(). */
SES_MUST_CHECK enum ses_status ses_keras_h5_read(
    struct ses_keras_h5 *h5, const char *path, int rank, const size_t *size,
    enum ses_keras_order order, bool flip, struct ses_tensor **out,
    struct ses_error *err);

#endif
