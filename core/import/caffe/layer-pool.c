/* Caffe's pooling: sizes are rounded up, windows that would begin behind the
 * map are left out, and the mean's divisor counts padding. */
#include <limits.h>

#include "core/import/caffe/net.h"

/* Both sides at once, or each by its own field. */
static void read_sides(struct ses_caffe_net *net,
                       const struct ses_caffe_layer *layer, const char *both,
                       const char *h, const char *w, long fallback, long low,
                       int out[2])
{
    struct ses_prototxt *text = net->text;
    long given = ses_prototxt_integer(text, layer->param, both, -1, low,
                                      INT_MAX / 4);
    long side[2] = {
        ses_prototxt_integer(text, layer->param, h, -1, low, INT_MAX / 4),
        ses_prototxt_integer(text, layer->param, w, -1, low, INT_MAX / 4)
    };
    if (given >= 0 && (side[0] >= 0 || side[1] >= 0))
        ses_prototxt_fail(text, layer->param, SES_EFORMAT,
                          "both '%s' and '%s' or '%s' are said", both, h, w);
    for (int i = 0; i < 2; i++)
        out[i] = (int)(given >= 0     ? given
                       : side[i] >= 0 ? side[i]
                                      : fallback);
}

/* BVLC's newer `round_mode`, and the flag that others have for it. */
static bool rounds_up(struct ses_caffe_net *net,
                      const struct ses_caffe_layer *layer)
{
    static const char *const modes[] = { "CEIL", "FLOOR" };
    int mode = ses_prototxt_choice(net->text, layer->param, "round_mode",
                                   modes, 2, 0);
    return ses_prototxt_flag(net->text, layer->param, "ceil_mode", mode == 0);
}

/* Without padding Caffe keeps a window that begins behind the map, and makes
 * no number of it. */
static bool ends_in_nothing(int size, int kernel, int stride, int pad,
                            bool ceil_mode)
{
    if (pad || !ceil_mode || size < kernel)
        return false;
    int out = (size - kernel + stride - 1) / stride + 1;
    return (long long)(out - 1) * stride >= size;
}

void ses_caffe_pooling(struct ses_caffe_net *net,
                       const struct ses_caffe_layer *layer,
                       const struct ses_caffe_value *x,
                       struct ses_caffe_value *y)
{
    static const char *const methods[] = { "MAX", "AVE", "STOCHASTIC" };
    int kernel[2], stride[2], pad[2];
    struct ses_prototxt *text = net->text;
    int method = ses_prototxt_choice(text, layer->param, "pool", methods, 3,
                                     0);
    bool global = ses_prototxt_flag(text, layer->param, "global_pooling",
                                    false);
    read_sides(net, layer, "kernel_size", "kernel_h", "kernel_w", 0, 1,
               kernel);
    read_sides(net, layer, "stride", "stride_h", "stride_w", 1, 1, stride);
    read_sides(net, layer, "pad", "pad_h", "pad_w", 0, 0, pad);
    bool up = rounds_up(net, layer);
    if (ses_caffe_failed(net))
        return;
    if (method == 2 || layer->n_tops > 1 || x->view.rank != 4) {
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "%s of %d axes with %d tops, expected MAX or AVE "
                            "of 4 axes with one",
                            methods[method], x->view.rank, layer->n_tops);
        return;
    }
    int map = ses_caffe_map(net, layer, x);
    if (global) {
        map = ses_graph_unary(net->graph, layer->name, map,
                              method ? SES_OP_GLOBAL_MEAN : SES_OP_GLOBAL_MAX);
        *y = ses_caffe_of(net, map, 4);
        return;
    }
    for (int i = 0; i < 2; i++) {
        int size = x->view.size[2 + i];
        if (kernel[i] < 1 || pad[i] >= kernel[i] ||
            ends_in_nothing(size, kernel[i], stride[i], pad[i], up)) {
            *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                                "a window of %d, stride %d, padding %d over "
                                "%d pixels, expected one of more than its "
                                "padding that does not begin behind them",
                                kernel[i], stride[i], pad[i], size);
            return;
        }
    }
    struct ses_window window = {
        .kernel_h = kernel[0],  .kernel_w = kernel[1],
        .stride_h = stride[0],  .stride_w = stride[1],
        .dilation_h = 1,        .dilation_w = 1,
        .pad_top = pad[0],      .pad_bottom = pad[0],
        .pad_left = pad[1],     .pad_right = pad[1],
        .ceil_mode = up,        .count_include_pad = true,
    };
    map = ses_graph_pool(net->graph, layer->name, map,
                         method ? SES_OP_AVERAGE_POOL : SES_OP_MAX_POOL,
                         window);
    *y = ses_caffe_of(net, map, 4);
}
