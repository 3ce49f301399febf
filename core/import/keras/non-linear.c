/* Non-linearities: by name, and as layers of their own. */
#include <float.h>
#include <string.h>

#include "core/base/text.h"
#include "core/import/keras/config.h"
#include "core/import/keras/layer.h"

static struct ses_view act(const struct ses_keras_layer *layer,
                           const struct ses_view *x,
                           enum ses_activation activation, double alpha,
                           double beta)
{
    return ses_view_activation(layer->graph, layer->name, x, activation,
                               (float)alpha, (float)beta);
}

/* Names of functions, old and new, with what does not depend on anything. */
static const struct named {
    const char *name;
    enum ses_activation activation;
    double alpha, beta;
} named[] = {
    { "linear", SES_ACT_IDENTITY, 0, 0 },
    { "relu", SES_ACT_RELU, 0, 0 },
    { "relu6", SES_ACT_RELU6, 0, 0 },
    { "leaky_relu", SES_ACT_LEAKY_RELU, 0.2, 0 },
    { "sigmoid", SES_ACT_SIGMOID, 0, 0 },
    { "tanh", SES_ACT_TANH, 0, 0 },
    { "hard_tanh", SES_ACT_CLIP, -1, 1 },
    { "silu", SES_ACT_SILU, 0, 0 },
    { "swish", SES_ACT_SILU, 0, 0 },
    { "hard_silu", SES_ACT_HARD_SWISH, 0, 0 },
    { "hard_swish", SES_ACT_HARD_SWISH, 0, 0 },
    { "gelu", SES_ACT_GELU, 0, 0 },
    { "mish", SES_ACT_MISH, 0, 0 },
    { "elu", SES_ACT_ELU, 1, 0 },
    { "softplus", SES_ACT_SOFTPLUS, 0, 0 },
    { "exponential", SES_ACT_EXP, 0, 0 },
};

/* Keras 3 has relu6(x + 3) / 6, the ones before clip(0.2 x + 0.5, 0, 1). */
static struct ses_view hard_sigmoid(const struct ses_keras_layer *layer,
                                    const struct ses_view *x)
{
    double slope = layer->keras->version >= 3 ? 1.0 / 6 : 0.2;
    return act(layer, x, SES_ACT_HARD_SIGMOID, slope, 0.5);
}

static struct ses_view selu(const struct ses_keras_layer *layer,
                            const struct ses_view *x)
{
    const double alpha = 1.6732632423543772, scale = 1.0507009873554805;
    struct ses_view view = act(layer, x, SES_ACT_ELU, alpha, 0);
    return act(layer, &view, SES_ACT_LINEAR, scale, 0);
}

static struct ses_view by_name(const struct ses_keras_layer *layer,
                               const struct ses_view *x, const char *name)
{
    const char *names[sizeof named / sizeof *named];
    char near[128];
    for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
        names[i] = named[i].name;
        if (strcmp(name, named[i].name) != 0)
            continue;
        if (named[i].activation == SES_ACT_IDENTITY)
            return *x;
        return act(layer, x, named[i].activation, named[i].alpha,
                   named[i].beta);
    }
    if (strcmp(name, "hard_sigmoid") == 0)
        return hard_sigmoid(layer, x);
    if (strcmp(name, "selu") == 0)
        return selu(layer, x);
    if (strcmp(name, "softmax") == 0)
        return ses_view_softmax(layer->graph, layer->name, x, x->rank - 1);
    ses_suggest(name, names, sizeof named / sizeof *named, near, sizeof near);
    return ses_keras_fail(layer, SES_EUNSUPPORTED,
                          "non-linearity '%s' is not one that is known%s",
                          name, near);
}

struct ses_view ses_keras_activation(const struct ses_keras_layer *layer,
                                     const struct ses_view *x,
                                     json_t *activation)
{
    static const char *const layers[] = { "ReLU", "LeakyReLU", "ELU",
                                          "Softmax", "Activation" };
    if (x->value < 0 || !activation || json_is_null(activation))
        return *x;
    if (json_is_string(activation))
        return by_name(layer, x, json_string_value(activation));
    const char *class_name = ses_keras_config_class(activation);
    json_t *config = json_object_get(activation, "config");
    if (json_is_string(config) && strcmp(class_name, "function") == 0)
        return by_name(layer, x, json_string_value(config));
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        char why[SES_KERAS_WHY];
        if (strcmp(class_name, layers[i]) != 0 || !json_is_object(config))
            continue;
        struct ses_keras_layer inner = *layer;
        inner.class_name = class_name;
        inner.config = config;
        inner.in = x;
        inner.n_in = 1;
        return ses_keras_builder(activation, why)(&inner);
    }
    return ses_keras_fail(layer, SES_EUNSUPPORTED,
                          "its non-linearity is a '%s', which is not one that "
                          "is known",
                          class_name);
}

/* ---- layers -------------------------------------------------------------- */

struct ses_view ses_keras_build_activation(struct ses_keras_layer *layer)
{
    return ses_keras_activation(layer, &layer->in[0],
                                json_object_get(layer->config, "activation"));
}

/* 1 where x is at the threshold or above, else 0, exactly: the slope takes
 * the least difference beyond 1. `open` leaves the threshold itself out. */
static struct ses_view step(const struct ses_keras_layer *layer,
                            const struct ses_view *x, double threshold,
                            bool open)
{
    struct ses_view above = act(layer, x, SES_ACT_LINEAR, 1, -threshold);
    return act(layer, &above, SES_ACT_HARD_SIGMOID, FLT_MAX, open ? 0 : 1);
}

/* Below the threshold t: slope * (x - t); else x. That is leaky(x - t), plus
 * t where x is not below it. */
static struct ses_view with_threshold(const struct ses_keras_layer *layer,
                                      const struct ses_view *x, double slope,
                                      double threshold, bool open)
{
    struct ses_view at = step(layer, x, threshold, open);
    struct ses_view shifted = act(layer, x, SES_ACT_LINEAR, 1, -threshold);
    struct ses_view kept = act(layer, &at, SES_ACT_LINEAR, threshold, 0);
    struct ses_view leaky =
        act(layer, &shifted, SES_ACT_LEAKY_RELU, slope, 0);
    return ses_view_binary(layer->graph, layer->name, SES_OP_ADD, &leaky,
                           &kept);
}

struct ses_view ses_keras_build_relu(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    double slope, threshold, most;
    const json_t *max_value = json_object_get(layer->config, "max_value");
    bool bounded = max_value && !json_is_null(max_value);
    if (!ses_keras_number(layer, "negative_slope", 0, &slope) ||
        !ses_keras_number(layer, "threshold", 0, &threshold) ||
        !ses_keras_number(layer, "max_value", 0, &most))
        return ses_view_failed();
    if (threshold == 0 && slope == 0 && bounded && most == 6)
        return act(layer, in, SES_ACT_RELU6, 0, 0);
    if (threshold == 0 && slope == 0 && bounded)
        return act(layer, in, SES_ACT_CLIP, 0, most);
    struct ses_view view;
    if (threshold != 0)
        view = with_threshold(layer, in, slope, threshold, false);
    else if (slope != 0)
        view = act(layer, in, SES_ACT_LEAKY_RELU, slope, 0);
    else
        view = act(layer, in, SES_ACT_RELU, 0, 0);
    return bounded ? act(layer, &view, SES_ACT_CLIP, -FLT_MAX, most) : view;
}

struct ses_view ses_keras_build_leaky_relu(struct ses_keras_layer *layer)
{
    bool new = json_object_get(layer->config, "negative_slope") != NULL;
    double slope;
    if (!ses_keras_number(layer, new ? "negative_slope" : "alpha", 0.3,
                          &slope))
        return ses_view_failed();
    return act(layer, &layer->in[0], SES_ACT_LEAKY_RELU, slope, 0);
}

struct ses_view ses_keras_build_thresholded_relu(struct ses_keras_layer *layer)
{
    double threshold;
    if (!ses_keras_number(layer, "theta", 1, &threshold))
        return ses_view_failed();
    return with_threshold(layer, &layer->in[0], 0, threshold, true);
}

struct ses_view ses_keras_build_elu(struct ses_keras_layer *layer)
{
    double alpha;
    if (!ses_keras_number(layer, "alpha", 1, &alpha))
        return ses_view_failed();
    return act(layer, &layer->in[0], SES_ACT_ELU, alpha, 0);
}

struct ses_view ses_keras_build_softmax(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    int axis;
    if (!ses_keras_axis(layer, json_object_get(layer->config, "axis"), -1,
                        in->rank, &axis))
        return ses_view_failed();
    return ses_view_softmax(layer->graph, layer->name, in, axis);
}

/* Slopes of an image's shape, 1 along the axes that share them. */
static bool slope_size(const struct ses_keras_layer *layer, size_t *size)
{
    const struct ses_view *in = &layer->in[0];
    json_t *axis, *axes = json_object_get(layer->config, "shared_axes");
    size_t i;
    for (int k = 1; k < in->rank; k++)
        size[k - 1] = (size_t)in->size[k];
    json_array_foreach (axes, i, axis) {
        int k;
        if (!ses_keras_axis(layer, axis, 0, in->rank, &k))
            return false;
        size[k - 1] = 1;
    }
    return true;
}

/* max(x, 0) - slope * max(-x, 0), for slopes that no node has. */
static struct ses_view prelu_of_parts(struct ses_keras_layer *layer,
                                      struct ses_tensor *slope)
{
    const struct ses_view *in = &layer->in[0];
    struct ses_view above = act(layer, in, SES_ACT_RELU, 0, 0);
    struct ses_view below = act(layer, in, SES_ACT_LINEAR, -1, 0);
    below = act(layer, &below, SES_ACT_RELU, 0, 0);
    below = ses_view_with_constant(layer->graph, layer->name, SES_OP_MULTIPLY,
                                   &below, slope, false, true);
    return ses_view_binary(layer->graph, layer->name, SES_OP_SUBTRACT, &above,
                           &below);
}

/* Whether slopes differ along one axis at most, of an image's rank - 1. */
static bool only(const size_t *size, int rank, int axis)
{
    for (int i = 0; i < rank - 1; i++)
        if (i != axis && size[i] != 1)
            return false;
    return true;
}

struct ses_view ses_keras_build_prelu(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    int rank = in->rank;
    size_t size[SES_MAX_RANK];
    if (!slope_size(layer, size))
        return ses_view_failed();
    struct ses_tensor *slope = ses_keras_take(layer, SES_KERAS_ALPHA, rank - 1,
                                              size, SES_KERAS_AS_IS);
    if (!slope)
        return ses_view_failed();
    bool last = only(size, rank, rank - 2);
    bool first = only(size, rank, 0);
    if (rank > 4 || (!last && !first))
        return prelu_of_parts(layer, slope);
    enum ses_layout layout = last ? SES_CHANNELS_LAST : SES_CHANNELS_FIRST;
    int map = ses_view_map(layer->graph, layer->name, in, layout);
    int value = ses_graph_prelu(layer->graph, layer->name, map, slope);
    return ses_view_of(layer->graph, value, rank, layout);
}
