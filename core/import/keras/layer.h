/* Layers of Keras: what builds them, and what they are built from.
 *
 * Adding a layer: a builder in one of the files here, a line for each of its
 * names in layers.c, its weights, if it has any, in roles.c, and a net with it
 * in scripts/reference/keras-nets.js. */
#ifndef SES_IMPORT_KERAS_LAYER_H
#define SES_IMPORT_KERAS_LAYER_H

#include <jansson.h>

#include "core/import/keras/weights.h"
#include "core/import/source.h"
#include "core/import/view.h"

/* An import. */
struct ses_keras {
    struct ses_source *source;
    struct ses_graph *graph;
    struct ses_keras_h5 h5;
    struct ses_keras_weights weights;
    struct ses_error *err;
    int version;              /* of Keras: 1, 2 or 3 */
    bool old_resize;          /* bilinear as TensorFlow 1 had it */
    bool theano;              /* kernels are to be turned around */
    enum ses_layout layout;   /* of layers that do not say theirs */
    size_t built;             /* layers so far, for each time they are called */
};

/* One call of a layer. */
struct ses_keras_scope;
struct ses_keras_layer {
    struct ses_keras *keras;
    struct ses_graph *graph;
    const char *name;       /* "inner/conv": of nodes, and for messages */
    const char *class_name;
    json_t *config;         /* borrowed; may be NULL */
    const struct ses_view *in; /* tensors it is called with, in order */
    size_t n_in;
    struct ses_keras_needs needs;
    size_t weights[SES_KERAS_MOST_WEIGHTS]; /* that fill them */
    const struct ses_keras_scope *scope;
    json_t *call; /* see ses_keras_call(); NULL in a Sequential */
};

typedef struct ses_view ses_keras_build(struct ses_keras_layer *layer);

/* The builder of a class: of a layer, or of an operation that Keras 3 or
 * tf.keras keeps as one. NULL when there is none; why then goes on from "layer
 * 'x' is a <class>, ". */
enum { SES_KERAS_WHY = 512 };
ses_keras_build *ses_keras_builder(const json_t *layer,
                                   char why[SES_KERAS_WHY]);

/* Whether a layer lets its input through unchanged when nothing is trained. */
bool ses_keras_is_idle(const char *class_name);

/* ---- for builders -------------------------------------------------------- */

/* A failed view after saying why; the layer is named. */
struct ses_view ses_keras_fail(const struct ses_keras_layer *layer,
                               enum ses_status status, const char *format, ...)
    SES_PRINTF(3, 4);

/* Of its configuration; absent or null keys are the fallback. What is not as
 * expected fails the graph and returns false. */
bool ses_keras_flag(const struct ses_keras_layer *layer, const char *key,
                    bool fallback);
bool ses_keras_int(const struct ses_keras_layer *layer, const char *key,
                   int fallback, int low, int high, int *out);
bool ses_keras_number(const struct ses_keras_layer *layer, const char *key,
                      double fallback, double *out);

/* n numbers of a list, or one number for all; each at least `low`. */
bool ses_keras_ints(const struct ses_keras_layer *layer, const char *key,
                    int n, int fallback, int low, int *out);
const char *ses_keras_text(const struct ses_keras_layer *layer,
                           const char *key, const char *fallback);
enum ses_layout ses_keras_layout(const struct ses_keras_layer *layer);

/* An axis of a tensor of `rank`, which may be counted from the end or be a
 * list of one; not the batch's. */
bool ses_keras_axis(const struct ses_keras_layer *layer, const json_t *value,
                    int fallback, int rank, int *out);

/* Numbers of JSON, a number or lists of lists of them, as a tensor; NULL and a
 * failed graph when it is something else. */
struct ses_tensor *ses_keras_constant(const struct ses_keras_layer *layer,
                                      const json_t *value);

/* A weight of the layer, which must be of `rank` sizes; NULL and a failed
 * graph when it is not. */
struct ses_tensor *ses_keras_take(struct ses_keras_layer *layer,
                                  enum ses_keras_role role, int rank,
                                  const size_t *size,
                                  enum ses_keras_order order);
bool ses_keras_needs_role(const struct ses_keras_layer *layer,
                          enum ses_keras_role role);

/* A non-linearity by the name or the object that a configuration has, on x.
 * NULL is none. */
struct ses_view ses_keras_activation(const struct ses_keras_layer *layer,
                                     const struct ses_view *x,
                                     json_t *activation);

/* Sum, product, ... of views whose ranks may differ. */
struct ses_view ses_keras_binary(const struct ses_keras_layer *layer,
                                 enum ses_op op, const struct ses_view *a,
                                 const struct ses_view *b);

/* ---- operations ---------------------------------------------------------- */

/* An argument by its place or name; NULL when there is none. */
json_t *ses_keras_argument(const struct ses_keras_layer *layer, size_t place,
                           const char *name);

/* The tensor an argument is; false when it is none. */
bool ses_keras_tensor(const struct ses_keras_layer *layer,
                      const json_t *argument, struct ses_view *out);

/* ---- builders, by file --------------------------------------------------- */

#define SES_KERAS_BUILDERS(X) \
    X(conv) X(depthwise) X(separable) X(dense)                    /* conv.c */ \
    X(batch_norm) X(rescaling) X(normalization)                   /* scale.c */ \
    X(activation) X(relu) X(leaky_relu) X(thresholded_relu) \
    X(prelu) X(elu) X(softmax)                                /* non-linear.c */ \
    X(pool) X(global_pool)                                        /* pool.c */ \
    X(zero_padding) X(cropping) X(up_sampling)                /* surround.c */ \
    X(reshape) X(permute) X(flatten) X(idle)                      /* shape.c */ \
    X(merge) X(subtract) X(average) X(minimum) X(concatenate)     /* merge.c */ \
    X(operation)                                              /* operation.c */
#define X(name) ses_keras_build ses_keras_build_##name;
SES_KERAS_BUILDERS(X)
#undef X

#endif
