/* Pooling. */
#include <string.h>

#include "core/import/keras/layer.h"
#include "core/import/keras/window.h"

static int expected_rank(const struct ses_keras_layer *layer)
{
    return strstr(layer->class_name, "1D") ? 3 : 4;
}

static bool check_rank(const struct ses_keras_layer *layer)
{
    int found = layer->in[0].rank, expected = expected_rank(layer);
    if (found != expected)
        ses_keras_fail(layer, SES_ESHAPE,
                       "its input has %d axes, expected %d", found, expected);
    return found == expected;
}

static bool is_mean(const struct ses_keras_layer *layer)
{
    return strstr(layer->class_name, "Average") != NULL;
}

/* Padding counts in no mean: count_include_pad stays false. */
struct ses_view ses_keras_build_pool(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    enum ses_layout layout = ses_keras_layout(layer);
    struct ses_window window;
    if (!check_rank(layer) ||
        !ses_keras_window(layer, in, "pool_size", &window))
        return ses_view_failed();
    int map = ses_view_map(layer->graph, layer->name, in, layout);
    int value = ses_graph_pool(
        layer->graph, layer->name, map,
        is_mean(layer) ? SES_OP_AVERAGE_POOL : SES_OP_MAX_POOL, window);
    return ses_view_of(layer->graph, value, in->rank, layout);
}

struct ses_view ses_keras_build_global_pool(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    bool axes[SES_MAX_RANK] = { false };
    if (!check_rank(layer))
        return ses_view_failed();
    int first = ses_keras_layout(layer) == SES_CHANNELS_FIRST ? 2 : 1;
    for (int i = 0; i < in->rank - 2; i++)
        axes[first + i] = true;
    return ses_view_reduce(layer->graph, layer->name, in,
                           is_mean(layer) ? SES_OP_GLOBAL_MEAN
                                          : SES_OP_GLOBAL_MAX,
                           axes, ses_keras_flag(layer, "keepdims", false));
}
