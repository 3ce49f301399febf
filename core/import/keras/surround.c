/* Layers that change a map's height and width: borders, and larger maps. */
#include <string.h>

#include "core/import/keras/layer.h"

/* Pixels at top, bottom, left and right: ((t, b), (l, r)), (p, q) for both
 * sides each, [t, b, l, r], one number for all, or (l, r) of one dimension. */
static bool read_border(const struct ses_keras_layer *layer, const char *key,
                        int n, int *border)
{
    json_t *value = json_object_get(layer->config, key);
    int pair[2];
    memset(border, 0, 4 * sizeof *border);
    if (n == 1) { /* one number is for both ends */
        return ses_keras_ints(layer, key, 2, 1, 0, border + 2);
    }
    if (json_array_size(value) == 4)
        return ses_keras_ints(layer, key, 4, 0, 0, border);
    if (!json_is_array(json_array_get(value, 0))) {
        if (!ses_keras_ints(layer, key, 2, 1, 0, pair))
            return false;
        border[0] = border[1] = pair[0];
        border[2] = border[3] = pair[1];
        return true;
    }
    /* each side as if it were the whole of the key */
    for (size_t i = 0; i < 2; i++) {
        struct ses_keras_layer side = *layer;
        side.config = json_pack("{s:O}", key, json_array_get(value, i));
        bool read = side.config &&
                    ses_keras_ints(&side, key, 2, 0, 0, border + 2 * i);
        if (!side.config)
            ses_keras_fail(layer, SES_EFORMAT,
                           "%s is not ((top, bottom), (left, right))", key);
        json_decref(side.config);
        if (!read)
            return false;
    }
    return true;
}

static struct ses_view surround(struct ses_keras_layer *layer, const char *key,
                                int sign)
{
    const struct ses_view *in = &layer->in[0];
    int n = strstr(layer->class_name, "1D") ? 1 : 2, border[4];
    enum ses_layout layout = ses_keras_layout(layer);
    if (in->rank != n + 2)
        return ses_keras_fail(layer, SES_ESHAPE,
                              "its input has %d axes, expected %d", in->rank,
                              n + 2);
    if (!read_border(layer, key, n, border))
        return ses_view_failed();
    struct ses_window window = ses_window(1, 1, 0);
    window.pad_top = sign * border[0];
    window.pad_bottom = sign * border[1];
    window.pad_left = sign * border[2];
    window.pad_right = sign * border[3];
    int map = ses_view_map(layer->graph, layer->name, in, layout);
    int value = ses_graph_pad(layer->graph, layer->name, map, window,
                              SES_PAD_CONSTANT, 0);
    return ses_view_of(layer->graph, value, in->rank, layout);
}

struct ses_view ses_keras_build_zero_padding(struct ses_keras_layer *layer)
{
    return surround(layer, "padding", 1);
}

struct ses_view ses_keras_build_cropping(struct ses_keras_layer *layer)
{
    return surround(layer, "cropping", -1);
}

struct ses_view ses_keras_build_up_sampling(struct ses_keras_layer *layer)
{
    const struct ses_view *in = &layer->in[0];
    enum ses_layout layout = ses_keras_layout(layer);
    const char *how = ses_keras_text(layer, "interpolation", "nearest");
    int times[2];
    bool linear = strcmp(how, "bilinear") == 0;
    if (in->rank != 4)
        return ses_keras_fail(layer, SES_ESHAPE,
                              "its input has %d axes, expected 4", in->rank);
    if (!ses_keras_ints(layer, "size", 2, 2, 1, times))
        return ses_view_failed();
    if (!linear && strcmp(how, "nearest") != 0)
        return ses_keras_fail(layer, SES_EUNSUPPORTED,
                              "interpolation is '%s', expected 'nearest' or "
                              "'bilinear'",
                              how);
    struct ses_resize resize = {
        .mode = linear ? SES_RESIZE_LINEAR : SES_RESIZE_NEAREST,
        .coordinate = linear && !layer->keras->old_resize
                          ? SES_COORDINATE_HALF_PIXEL
                          : SES_COORDINATE_ASYMMETRIC,
        .nearest = SES_NEAREST_FLOOR,
        .scale_h = times[0],
        .scale_w = times[1],
    };
    int map = ses_view_map(layer->graph, layer->name, in, layout);
    int value = ses_graph_resize(layer->graph, layer->name, map, &resize);
    return ses_view_of(layer->graph, value, in->rank, layout);
}
