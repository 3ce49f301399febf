/* Layers that scale and shift: batch normalisation, and what stands before a
 * network to bring pixels to its range. */
#include <math.h>
#include <string.h>

#include "core/import/keras/layer.h"

struct norm {
    struct ses_tensor *gamma, *beta, *mean, *variance;
};

static bool take_norm(struct ses_keras_layer *layer, size_t n,
                      struct norm *norm)
{
    const struct {
        enum ses_keras_role role;
        struct ses_tensor **to;
    } all[] = {
        { SES_KERAS_GAMMA, &norm->gamma },
        { SES_KERAS_BETA, &norm->beta },
        { SES_KERAS_MOVING_MEAN, &norm->mean },
        { SES_KERAS_MOVING_VARIANCE, &norm->variance },
    };
    bool taken = true;
    *norm = (struct norm){ 0 };
    for (size_t i = 0; i < 4 && taken; i++) {
        if (!ses_keras_needs_role(layer, all[i].role))
            continue;
        *all[i].to = ses_keras_take(layer, all[i].role, 1, &n,
                                    SES_KERAS_AS_IS);
        taken = *all[i].to != NULL;
    }
    return taken;
}

/* Over the channels of a map: as the graph says it. */
static struct ses_view over_channels(struct ses_keras_layer *layer,
                                     enum ses_layout layout,
                                     const struct norm *norm, bool taken,
                                     double epsilon)
{
    const struct ses_view *in = &layer->in[0];
    int map = taken ? ses_view_map(layer->graph, layer->name, in, layout) : -1;
    int value = ses_graph_batch_norm(layer->graph, layer->name, map,
                                     norm->gamma, norm->beta, norm->mean,
                                     norm->variance, epsilon);
    return ses_view_of(layer->graph, value, in->rank, layout);
}

/* Over another axis: gamma / sqrt(variance + epsilon) and what is left. */
static struct ses_view over_axis(struct ses_keras_layer *layer, int axis,
                                 struct norm *norm, bool taken,
                                 double epsilon)
{
    struct ses_view none = ses_view_failed();
    for (size_t i = 0; taken && i < norm->mean->count; i++) {
        double gamma = norm->gamma ? (double)norm->gamma->data[i] : 1;
        double beta = norm->beta ? (double)norm->beta->data[i] : 0;
        double factor =
            gamma / sqrt((double)norm->variance->data[i] + epsilon);
        norm->mean->data[i] =
            (float)(beta - (double)norm->mean->data[i] * factor);
        norm->variance->data[i] = (float)factor;
    }
    ses_tensor_free(norm->gamma);
    ses_tensor_free(norm->beta);
    return ses_view_affine(layer->graph, layer->name,
                           taken ? &layer->in[0] : &none, axis,
                           norm->variance, norm->mean, true);
}

struct ses_view ses_keras_build_batch_norm(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    int axis, mode;
    double epsilon;
    struct norm norm;
    if (!ses_keras_axis(layer, json_object_get(layer->config, "axis"), -1,
                        in->rank, &axis) ||
        !ses_keras_number(layer, "epsilon", 1e-3, &epsilon) ||
        !ses_keras_int(layer, "mode", 0, 0, 2, &mode))
        return ses_view_failed();
    if (mode == 1) /* Keras 1: over each sample, as in training */
        return ses_keras_fail(layer, SES_EUNSUPPORTED,
                              "mode 1 (sample-wise) is not supported");
    bool taken = take_norm(layer, (size_t)in->size[axis], &norm);
    if (in->rank <= 4 && axis == in->rank - 1)
        return over_channels(layer, SES_CHANNELS_LAST, &norm, taken, epsilon);
    if (in->rank <= 4 && axis == 1)
        return over_channels(layer, SES_CHANNELS_FIRST, &norm, taken, epsilon);
    return over_axis(layer, axis, &norm, taken, epsilon);
}

/* x op the value of a key, when there is one. */
static struct ses_view with_key(const struct ses_keras_layer *layer,
                                enum ses_op op, const struct ses_view *x,
                                const char *key)
{
    const json_t *value = json_object_get(layer->config, key);
    if (!value || json_is_null(value) || x->value < 0)
        return *x;
    return ses_view_with_constant(layer->graph, layer->name, op, x,
                                  ses_keras_constant(layer, value), false,
                                  false);
}

struct ses_view ses_keras_build_rescaling(struct ses_keras_layer *layer)
{
    struct ses_view view =
        with_key(layer, SES_OP_MULTIPLY, &layer->in[0], "scale");
    return with_key(layer, SES_OP_ADD, &view, "offset");
}

/* Mean and variance, of the file's weights or of the configuration; each has
 * `n` elements, or is one for all (n: 1). */
static bool take_statistics(struct ses_keras_layer *layer, size_t n,
                            bool scalar, struct ses_tensor **mean,
                            struct ses_tensor **variance)
{
    *mean = *variance = NULL;
    if (ses_keras_needs_role(layer, SES_KERAS_MEAN)) {
        int rank = scalar ? 0 : 1;
        *mean = ses_keras_take(layer, SES_KERAS_MEAN, rank, &n,
                               SES_KERAS_AS_IS);
        if (*mean)
            *variance = ses_keras_take(layer, SES_KERAS_VARIANCE, rank, &n,
                                       SES_KERAS_AS_IS);
        for (int i = 0; i < layer->needs.count; i++)
            if (layer->needs.roles[i] == SES_KERAS_COUNT &&
                layer->weights[i] != SES_KERAS_NONE)
                layer->keras->weights.items[layer->weights[i]].taken = true;
    } else {
        *mean = ses_keras_constant(layer,
                                   json_object_get(layer->config, "mean"));
        if (*mean)
            *variance = ses_keras_constant(
                layer, json_object_get(layer->config, "variance"));
    }
    return *mean && *variance;
}

/* (x - mean) / sqrt(variance), or back: both arrays become what x is
 * multiplied by and what is added. */
static void as_affine(bool invert, struct ses_tensor *mean,
                      struct ses_tensor *variance)
{
    const double least = 1e-7; /* Keras's epsilon */
    for (size_t i = 0; i < mean->count; i++) {
        double deviation = fmax(sqrt((double)variance->data[i]), least);
        double shift = (double)mean->data[i];
        variance->data[i] = (float)(invert ? deviation : 1 / deviation);
        mean->data[i] = (float)(invert ? shift : -shift / deviation);
    }
}

struct ses_view ses_keras_build_normalization(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    const json_t *axes = json_object_get(layer->config, "axis");
    struct ses_tensor *mean, *variance;
    struct ses_view view = ses_view_failed();
    int axis = 0;
    bool scalar = json_is_null(axes) ||
                  (json_is_array(axes) && json_array_size(axes) == 0);
    if (!scalar && !ses_keras_axis(layer, axes, -1, in->rank, &axis))
        return view;
    size_t n = scalar ? 1 : (size_t)in->size[axis];
    if (!take_statistics(layer, n, scalar, &mean, &variance))
        goto out;
    if (mean->count != variance->count ||
        (mean->count != n && mean->count != 1)) {
        ses_keras_fail(layer, SES_ESHAPE,
                       "%zu means and %zu variances for an axis of %zu",
                       mean->count, variance->count, n);
        goto out;
    }
    as_affine(ses_keras_flag(layer, "invert", false), mean, variance);
    if (mean->count == 1) {
        view = ses_view_activation(layer->graph, layer->name, in,
                                   SES_ACT_LINEAR, variance->data[0],
                                   mean->data[0]);
        goto out;
    }
    /* lists of lists, as numpy broadcasts them */
    mean->rank = variance->rank = 1;
    mean->shape[0] = variance->shape[0] = n;
    return ses_view_affine(layer->graph, layer->name, in, axis, variance, mean,
                           false);
out:
    ses_tensor_free(mean);
    ses_tensor_free(variance);
    return view;
}
