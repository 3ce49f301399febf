/* A .caffemodel: the weights of a Caffe network, by layer name.
 *
 * Both of its encodings are read: `layer` with blobs of any shape, and the
 * older `layers` with blobs of four axes. The network that stands in it beside
 * the weights is not used: it is the one that was trained, with its data and
 * losses, and not the one that is to be run.
 *
 * The file stays mapped, and its numbers stay there until a layer takes them,
 * so that they are held in memory once. */
#ifndef SES_IMPORT_CAFFE_CAFFEMODEL_H
#define SES_IMPORT_CAFFE_CAFFEMODEL_H

#include <stdbool.h>

#include "core/base/file.h"
#include "core/graph/tensor.h"
#include "core/import/wire.h"
#include "core/import/names.h"

enum { SES_CAFFE_BLOBS = 16 }; /* of a layer, at most; BatchNorm has 5 */

struct ses_caffemodel_layer {
    char *name;
    struct ses_wire blobs[SES_CAFFE_BLOBS];
    int n_blobs;
    bool used;
};

struct ses_caffemodel {
    const char *path; /* borrowed */
    struct ses_file file;
    struct ses_caffemodel_layer *layers; /* that have weights */
    size_t count, capacity;
    struct ses_names names;
};

/* Map a file and find its layers' blobs. Errors name the path, which is
 * borrowed. Caller frees with ses_caffemodel_free(). */
SES_MUST_CHECK enum ses_status ses_caffemodel_open(const char *path,
                                                   struct ses_caffemodel **out,
                                                   struct ses_error *err);
void ses_caffemodel_free(struct ses_caffemodel *model);

/* A layer's weights, or NULL. */
struct ses_caffemodel_layer *ses_caffemodel_find(
    const struct ses_caffemodel *model, const char *name);

/* How long a blob's axes are. Axes of 1 at the front of four may be the old
 * encoding's own. */
struct ses_caffe_shape {
    int rank;
    size_t size[SES_MAX_RANK];
};
SES_MUST_CHECK enum ses_status ses_caffe_blob_shape(
    const struct ses_wire *blob, struct ses_caffe_shape *out,
    struct ses_error *err);

/* A blob's numbers as float32, in a tensor of the shape expected. Its own
 * shape must be the same but for axes of 1. Errors tell both. Caller frees
 * with ses_tensor_free(). */
SES_MUST_CHECK enum ses_status ses_caffe_blob_take(
    const struct ses_wire *blob, const struct ses_caffe_shape *expected,
    struct ses_tensor **out, struct ses_error *err);

#endif
