/* The weights of a Keras model: which the file has, and whose they are.
 *
 * Keras has kept them in two ways. Models saved as HDF5 have a group for each
 * layer, by its name, with a list of the names of its weights in the order the
 * layer made them; a nested model is one such layer with the weights of all
 * that is in it (struct ses_keras_nest). Archives number the layers of each
 * class in the order of the configuration: `layers/conv2d_1/vars/0`. */
#ifndef SES_IMPORT_KERAS_WEIGHTS_H
#define SES_IMPORT_KERAS_WEIGHTS_H

#include <jansson.h>

#include "core/import/keras/h5.h"
#include "core/import/names.h"

/* What a weight is to its layer. */
#define SES_KERAS_ROLES(X) \
    X(KERNEL, "kernel") \
    X(DEPTHWISE_KERNEL, "depthwise_kernel") \
    X(POINTWISE_KERNEL, "pointwise_kernel") \
    X(BIAS, "bias") \
    X(GAMMA, "gamma") \
    X(BETA, "beta") \
    X(MOVING_MEAN, "moving_mean") \
    X(MOVING_VARIANCE, "moving_variance") \
    X(ALPHA, "alpha") \
    X(MEAN, "mean") \
    X(VARIANCE, "variance") \
    X(COUNT, "count")

enum ses_keras_role {
#define X(NAME, text) SES_KERAS_##NAME,
    SES_KERAS_ROLES(X)
#undef X
    SES_KERAS_ROLE_COUNT
};

enum { SES_KERAS_MOST_WEIGHTS = 4 }; /* of a layer */

/* A layer's weights in the order it makes them. */
struct ses_keras_needs {
    enum ses_keras_role roles[SES_KERAS_MOST_WEIGHTS];
    int count; /* 0: none, or a class that is not known */
};
struct ses_keras_needs ses_keras_needs(const char *class_name,
                                       const json_t *config);
const char *ses_keras_role_name(enum ses_keras_role role);

/* The role that a weight's name ends in (SES_KERAS_ROLE_COUNT: none), and how
 * long the layer's part of the name is. */
enum ses_keras_role ses_keras_role_of(const char *name, size_t *layer_length);

struct ses_keras_weight {
    char *path;  /* of the dataset in the file */
    char *owner; /* the layer's name, or its path in an archive */
    char *name;  /* in the owner's list, or its number */
    bool taken;
};

struct ses_keras_weights {
    struct ses_keras_weight *items; /* an owner's stand together */
    size_t count, capacity;
    struct ses_names owners; /* the first weight of each */
    bool numbered;           /* those of an archive */
};

/* A file's lists: `group` is "model_weights" or, the root, empty. */
SES_MUST_CHECK enum ses_status ses_keras_weights_by_name(
    struct ses_keras_weights *out, const struct ses_keras_h5 *h5,
    const char *group, struct ses_error *err);

/* All that an archive's model.weights.h5 has of layers. */
SES_MUST_CHECK enum ses_status ses_keras_weights_by_number(
    struct ses_keras_weights *out, const struct ses_keras_h5 *h5,
    struct ses_error *err);

/* Owners' counts made anew, without gaps. */
SES_MUST_CHECK enum ses_status ses_keras_weights_renumber(
    struct ses_keras_weights *weights, struct ses_error *err);

void ses_keras_weights_release(struct ses_keras_weights *weights);

/* An owner's weights: returns how many, and the first one's index. */
size_t ses_keras_weights_of(const struct ses_keras_weights *weights,
                            const char *owner, size_t *first);

#define SES_KERAS_NONE ((size_t)-1)

/* Which weight fills each of a layer's needs, into index[needs->count]
 * (SES_KERAS_NONE for a `count`, which nothing needs). What is missing, or
 * cannot be told apart, is an error that names it. nest: of the nested model
 * that owns them, or NULL; path: the layer's below that model. */
struct ses_keras_nest;
SES_MUST_CHECK enum ses_status ses_keras_weights_bind(
    const struct ses_keras_weights *weights, const char *owner,
    const struct ses_keras_nest *nest, const char *path,
    const struct ses_keras_needs *needs, size_t *index, struct ses_error *err);

/* SES_ESHAPE that names the weights that no layer took, if any. */
SES_MUST_CHECK enum ses_status ses_keras_weights_check_surplus(
    const struct ses_keras_weights *weights, struct ses_error *err);

/* ---- nested models ------------------------------------------------------- */

/* Assign the weights of an owner to the layers of the model (its
 * configuration) that it is: by their names, or, where these do not say it,
 * by the order Keras lists them in, all that are trained before all that are
 * not. Caller frees with ses_keras_nest_free(). */
SES_MUST_CHECK enum ses_status ses_keras_nest_new(
    const struct ses_keras_weights *weights, const char *owner, json_t *model,
    struct ses_keras_nest **out, struct ses_error *err);
void ses_keras_nest_free(struct ses_keras_nest *nest);

/* The weight of a layer of a role, or SES_KERAS_NONE. */
size_t ses_keras_nest_find(const struct ses_keras_nest *nest, const char *path,
                           enum ses_keras_role role);

#endif
