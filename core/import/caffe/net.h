/* A Caffe network on its way to a graph: what the layers' builders see.
 *
 * Adding a layer type: a line in layers.c, a builder in the layer-*.c of its
 * kind, and a network in scripts/reference/caffe.py that has one. */
#ifndef SES_IMPORT_CAFFE_NET_H
#define SES_IMPORT_CAFFE_NET_H

#include "core/import/caffe/caffemodel.h"
#include "core/import/caffe/prototxt.h"
#include "core/import/source.h"
#include "core/import/view.h"

/* What a blob of the prototxt holds. Caffe's axes are the view's, the images'
 * first; where a Reshape left that out (for one image), they are those from
 * the view's second on. */
struct ses_caffe_value {
    struct ses_view view;
    bool without_images;
};

/* A blob's name and its latest value: layers may work in place. */
struct ses_caffe_top {
    const char *name;
    struct ses_caffe_value value;
    bool read;
};

struct ses_caffe_layer {
    size_t at;          /* its message */
    const char *name, *type_name;
    const struct ses_caffe_type *type; /* NULL: unknown */
    size_t param;       /* the message of its own parameters, or absent */
    const struct ses_caffemodel_layer *weights; /* NULL: none in the file */
    int n_bottoms, n_tops;
};

struct ses_caffe_net {
    struct ses_source *source;
    struct ses_graph *graph;
    struct ses_prototxt *text;
    struct ses_caffemodel *weights;
    struct ses_error *err;
    const char *name;
    struct ses_caffe_layer *layers; /* of the test phase, in order */
    size_t n_layers, layers_capacity;
    struct ses_caffe_top *tops;
    size_t n_tops, tops_capacity;
    struct ses_names top_names;
    int images; /* the batch the prototxt was written for */
};

/* x: n_bottoms inputs; y: n_tops, to be filled. On failure y[0].view is a
 * failed one (or anything, when the text's status says so) and net->err is
 * filled. */
typedef void ses_caffe_builder(struct ses_caffe_net *net,
                               const struct ses_caffe_layer *layer,
                               const struct ses_caffe_value *x,
                               struct ses_caffe_value *y);

enum ses_caffe_role {
    SES_CAFFE_LAYER,
    SES_CAFFE_SOURCE, /* gives the network its images */
    SES_CAFFE_LOSS    /* for training or counting: left out */
};

struct ses_caffe_type {
    const char *name;
    const char *v1;    /* the enum's name of the `layers` format, or NULL */
    const char *param; /* the field of its parameters, or NULL */
    enum ses_caffe_role role;
    int least_bottoms, most_bottoms;
    ses_caffe_builder *build;
    bool learns;         /* needs weights when it has one bottom */
    bool without_images; /* takes values that have no axis of images */
    const char *const *ignored; /* fields of param that change nothing */
};

enum { SES_CAFFE_MANY = 1024 };

/* The type by its name in the `layer` or the `layers` format, or NULL. */
const struct ses_caffe_type *ses_caffe_type(const char *name);
/* Names near to an unknown one, for its message. */
void ses_caffe_suggest_type(const char *name, char *out, size_t size);

ses_caffe_builder ses_caffe_convolution, ses_caffe_inner_product;
ses_caffe_builder ses_caffe_batch_norm, ses_caffe_scale, ses_caffe_bias,
    ses_caffe_lrn;
ses_caffe_builder ses_caffe_relu, ses_caffe_relu6, ses_caffe_prelu,
    ses_caffe_sigmoid, ses_caffe_tanh, ses_caffe_elu, ses_caffe_power,
    ses_caffe_clip, ses_caffe_swish, ses_caffe_softmax;
ses_caffe_builder ses_caffe_pooling;
ses_caffe_builder ses_caffe_axpy, ses_caffe_eltwise, ses_caffe_concat,
    ses_caffe_slice;
ses_caffe_builder ses_caffe_same, ses_caffe_reshape, ses_caffe_flatten,
    ses_caffe_permute;

/* ---- for builders -------------------------------------------------------- */

/* A failed value after saying why; the layer and its line are named. */
struct ses_caffe_value ses_caffe_fail(struct ses_caffe_net *net,
                                      const struct ses_caffe_layer *layer,
                                      enum ses_status status,
                                      const char *format, ...)
    SES_PRINTF(4, 5);

/* Whether something the layer asked its text for failed. */
bool ses_caffe_failed(const struct ses_caffe_net *net);

/* Weights number `index` of the layer, called `what` in messages; NULL on
 * failure. */
struct ses_tensor *ses_caffe_take(struct ses_caffe_net *net,
                                  const struct ses_caffe_layer *layer,
                                  int index, const char *what,
                                  const struct ses_caffe_shape *expected);

/* Whether the layer's weights are `count`; a failure says what was found. */
bool ses_caffe_expect_blobs(struct ses_caffe_net *net,
                            const struct ses_caffe_layer *layer, int count);

/* A map of a value of 2 to 4 axes, and the other way, of a rank. */
int ses_caffe_map(struct ses_caffe_net *net,
                  const struct ses_caffe_layer *layer,
                  const struct ses_caffe_value *x);
struct ses_caffe_value ses_caffe_of(struct ses_caffe_net *net, int map,
                                    int rank);

/* The field `name`, an axis of x counted from the front, or from the end when
 * below 0. */
int ses_caffe_axis(struct ses_caffe_net *net,
                   const struct ses_caffe_layer *layer, const char *name,
                   const struct ses_caffe_value *x, int fallback);

/* A sentence for the user; what stands in files is made printable. */
void ses_caffe_note(struct ses_caffe_net *net, const char *format, ...)
    SES_PRINTF(2, 3);

/* ---- the parts of an import ---------------------------------------------- */

/* Fill net->layers with what the test phase has, of known types. */
SES_MUST_CHECK enum ses_status ses_caffe_find_layers(struct ses_caffe_net *net);

/* All layers that learn have weights, and weights without a layer are told. */
SES_MUST_CHECK enum ses_status ses_caffe_match_weights(
    struct ses_caffe_net *net);

/* Settle the preprocessing and make the input. */
SES_MUST_CHECK enum ses_status ses_caffe_make_input(struct ses_caffe_net *net);

/* A blob has a new value. */
SES_MUST_CHECK enum ses_status ses_caffe_set_top(
    struct ses_caffe_net *net, const char *name,
    const struct ses_caffe_value *value);

/* Say whose class order the outputs have, once the graph is finished. */
void ses_caffe_settle_labels(struct ses_caffe_net *net);

#endif
