/* Convolutions of every kind, and fully connected layers. */
#include <string.h>

#include "core/import/keras/layer.h"
#include "core/import/keras/window.h"

static struct ses_view finish(struct ses_keras_layer *layer,
                              const struct ses_view *view)
{
    return ses_keras_activation(layer, view,
                                json_object_get(layer->config, "activation"));
}

static bool is_one_dimensional(const struct ses_keras_layer *layer)
{
    return strstr(layer->class_name, "1D") != NULL;
}

/* The input as a map, and its window; false when it does not fit. */
static bool prepare(struct ses_keras_layer *layer, struct ses_window *at,
                    enum ses_layout *layout, int *map, size_t *channels)
{
    const struct ses_view *in = &layer->in[0];
    int rank = is_one_dimensional(layer) ? 3 : 4;
    *layout = ses_keras_layout(layer);
    if (in->rank != rank) {
        ses_keras_fail(layer, SES_ESHAPE,
                       "its input has %d axes, expected %d", in->rank, rank);
        return false;
    }
    *channels = (size_t)in->size[*layout == SES_CHANNELS_FIRST ? 1 : rank - 1];
    if (!ses_keras_window(layer, in, "kernel_size", at))
        return false;
    *map = ses_view_map(layer->graph, layer->name, in, *layout);
    return *map >= 0;
}

/* A kernel's sizes in the file: [spatial...] x inputs x outputs. */
static void kernel_size(const struct ses_window *at, int rank,
                        size_t inputs, size_t outputs, size_t *size)
{
    int n = 0;
    if (rank == 4)
        size[n++] = (size_t)at->kernel_h;
    size[n++] = (size_t)at->kernel_w;
    size[n++] = inputs;
    size[n] = outputs;
}

/* Outputs x inputs x height x width. */
static struct ses_tensor *as_planar(struct ses_tensor *kernel)
{
    if (kernel && kernel->rank == 3) {
        kernel->shape[3] = kernel->shape[2];
        kernel->shape[2] = 1;
        kernel->rank = 4;
    }
    return kernel;
}

static struct ses_tensor *take_bias(struct ses_keras_layer *layer,
                                    size_t outputs, bool *taken)
{
    *taken = true;
    if (!ses_keras_needs_role(layer, SES_KERAS_BIAS))
        return NULL;
    struct ses_tensor *bias = ses_keras_take(layer, SES_KERAS_BIAS, 1,
                                             &outputs, SES_KERAS_AS_IS);
    *taken = bias != NULL;
    return bias;
}

/* A convolution with what is left of a layer: its bias. */
static struct ses_view convolve(struct ses_keras_layer *layer, int map,
                                const struct ses_window *window, int groups,
                                struct ses_tensor *kernel,
                                enum ses_layout layout, int rank)
{
    bool taken = false;
    struct ses_tensor *bias = NULL;
    if (kernel)
        bias = take_bias(layer, kernel->shape[0], &taken);
    int value = ses_graph_conv(layer->graph, layer->name, taken ? map : -1,
                               *window, groups, kernel, bias);
    return ses_view_of(layer->graph, value, rank, layout);
}

struct ses_view ses_keras_build_conv(struct ses_keras_layer *layer)
{
    struct ses_window at;
    enum ses_layout layout;
    int map, groups, filters, rank = layer->in[0].rank;
    size_t channels, size[4];
    if (!prepare(layer, &at, &layout, &map, &channels) ||
        !ses_keras_int(layer, "groups", 1, 1, 1 << 20, &groups) ||
        !ses_keras_int(layer, "filters", 0, 1, 1 << 20, &filters))
        return ses_view_failed();
    if (channels % (size_t)groups)
        return ses_keras_fail(layer, SES_ESHAPE,
                              "%zu channels in %d groups do not divide",
                              channels, groups);
    struct ses_tensor *kernel;
    size_t inputs = channels / (size_t)groups;
    if (layer->keras->version == 1 && layout == SES_CHANNELS_FIRST) {
        const size_t first[] = { (size_t)filters, inputs,
                                 (size_t)at.kernel_h,
                                 (size_t)at.kernel_w };
        kernel = ses_keras_take(layer, SES_KERAS_KERNEL, rank, first,
                                SES_KERAS_AS_IS);
    } else {
        kernel_size(&at, rank, inputs, (size_t)filters, size);
        kernel = ses_keras_take(layer, SES_KERAS_KERNEL, rank, size,
                                SES_KERAS_AS_KERNEL);
    }
    struct ses_view view = convolve(layer, map, &at, groups,
                                    as_planar(kernel), layout, rank);
    return finish(layer, &view);
}

/* The kernel of every channel alone; *multiplier outputs of each. */
static struct ses_tensor *take_depthwise(struct ses_keras_layer *layer,
                                         const struct ses_window *at,
                                         size_t channels)
{
    int multiplier, rank = layer->in[0].rank;
    size_t size[4];
    if (!ses_keras_int(layer, "depth_multiplier", 1, 1, 1 << 12, &multiplier))
        return NULL;
    kernel_size(at, rank, channels, (size_t)multiplier, size);
    return as_planar(ses_keras_take(layer, SES_KERAS_DEPTHWISE_KERNEL, rank,
                                    size, SES_KERAS_AS_DEPTHWISE));
}

struct ses_view ses_keras_build_depthwise(struct ses_keras_layer *layer)
{
    struct ses_window at;
    enum ses_layout layout;
    int map;
    size_t channels;
    if (!prepare(layer, &at, &layout, &map, &channels))
        return ses_view_failed();
    struct ses_view view =
        convolve(layer, map, &at, (int)channels,
                 take_depthwise(layer, &at, channels), layout,
                 layer->in[0].rank);
    return finish(layer, &view);
}

/* Depthwise without a bias, then pointwise. */
struct ses_view ses_keras_build_separable(struct ses_keras_layer *layer)
{
    struct ses_window at;
    enum ses_layout layout;
    int map, filters, rank = layer->in[0].rank;
    size_t channels;
    if (!prepare(layer, &at, &layout, &map, &channels) ||
        !ses_keras_int(layer, "filters", 0, 1, 1 << 20, &filters))
        return ses_view_failed();
    struct ses_tensor *kernel = take_depthwise(layer, &at, channels);
    size_t inner = kernel ? kernel->shape[0] : 0;
    int value = ses_graph_conv(layer->graph, layer->name, map, at,
                               (int)channels, kernel, NULL);
    const size_t size[] = { 1, 1, inner, (size_t)filters };
    kernel = value < 0 ? NULL
                       : ses_keras_take(layer, SES_KERAS_POINTWISE_KERNEL,
                                        rank, rank == 4 ? size : size + 1,
                                        SES_KERAS_AS_KERNEL);
    struct ses_window one = ses_window(1, 1, 0);
    struct ses_view view = convolve(layer, value, &one, 1, as_planar(kernel),
                                    layout, rank);
    return finish(layer, &view);
}

struct ses_view ses_keras_build_dense(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    int units;
    bool taken = false;
    struct ses_tensor *bias = NULL;
    if (!ses_keras_int(layer, "units", 0, 1, 1 << 24, &units))
        return ses_view_failed();
    const size_t size[] = { (size_t)in->size[in->rank - 1], (size_t)units };
    struct ses_tensor *kernel = ses_keras_take(layer, SES_KERAS_KERNEL, 2, size,
                                               SES_KERAS_AS_KERNEL);
    if (kernel)
        bias = take_bias(layer, (size_t)units, &taken);
    struct ses_view none = ses_view_failed();
    struct ses_view view = ses_view_dense(layer->graph, layer->name,
                                          taken ? in : &none, kernel, bias);
    return finish(layer, &view);
}
