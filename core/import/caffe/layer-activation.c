/* Caffe's non-linearities. */
#include <limits.h>

#include "core/import/caffe/net.h"

/* Element by element: the axes stay, whatever they are. */
static void activate(struct ses_caffe_net *net,
                     const struct ses_caffe_layer *layer,
                     const struct ses_caffe_value *x,
                     enum ses_activation activation, double alpha, double beta,
                     struct ses_caffe_value *y)
{
    *y = *x;
    if (!ses_caffe_failed(net))
        y->view = ses_view_activation(net->graph, layer->name, &x->view,
                                      activation, (float)alpha, (float)beta);
}

static double number(struct ses_caffe_net *net,
                     const struct ses_caffe_layer *layer, const char *name,
                     double fallback)
{
    return ses_prototxt_number(net->text, layer->param, name, fallback);
}

void ses_caffe_relu(struct ses_caffe_net *net,
                    const struct ses_caffe_layer *layer,
                    const struct ses_caffe_value *x,
                    struct ses_caffe_value *y)
{
    double slope = number(net, layer, "negative_slope", 0);
    activate(net, layer, x, slope != 0 ? SES_ACT_LEAKY_RELU : SES_ACT_RELU,
             slope, 0, y);
}

void ses_caffe_relu6(struct ses_caffe_net *net,
                     const struct ses_caffe_layer *layer,
                     const struct ses_caffe_value *x,
                     struct ses_caffe_value *y)
{
    activate(net, layer, x, SES_ACT_RELU6, 0, 0, y);
}

void ses_caffe_sigmoid(struct ses_caffe_net *net,
                       const struct ses_caffe_layer *layer,
                       const struct ses_caffe_value *x,
                       struct ses_caffe_value *y)
{
    activate(net, layer, x, SES_ACT_SIGMOID, 0, 0, y);
}

void ses_caffe_tanh(struct ses_caffe_net *net,
                    const struct ses_caffe_layer *layer,
                    const struct ses_caffe_value *x,
                    struct ses_caffe_value *y)
{
    activate(net, layer, x, SES_ACT_TANH, 0, 0, y);
}

void ses_caffe_elu(struct ses_caffe_net *net,
                   const struct ses_caffe_layer *layer,
                   const struct ses_caffe_value *x, struct ses_caffe_value *y)
{
    activate(net, layer, x, SES_ACT_ELU, number(net, layer, "alpha", 1), 0, y);
}

void ses_caffe_clip(struct ses_caffe_net *net,
                    const struct ses_caffe_layer *layer,
                    const struct ses_caffe_value *x,
                    struct ses_caffe_value *y)
{
    size_t least = ses_prototxt_only(net->text, layer->param, "min");
    size_t most = ses_prototxt_only(net->text, layer->param, "max");
    if (!least || !most) {
        *y = ses_caffe_fail(net, layer, SES_EFORMAT,
                            "no 'min' or no 'max' in 'clip_param'");
        return;
    }
    activate(net, layer, x, SES_ACT_CLIP, number(net, layer, "min", 0),
             number(net, layer, "max", 0), y);
}

void ses_caffe_swish(struct ses_caffe_net *net,
                     const struct ses_caffe_layer *layer,
                     const struct ses_caffe_value *x,
                     struct ses_caffe_value *y)
{
    double beta = number(net, layer, "beta", 1);
    if (beta == 1)
        activate(net, layer, x, SES_ACT_SILU, 0, 0, y);
    else
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "a beta of %g, expected 1", beta);
}

/* (shift + scale * x) ^ power */
void ses_caffe_power(struct ses_caffe_net *net,
                     const struct ses_caffe_layer *layer,
                     const struct ses_caffe_value *x,
                     struct ses_caffe_value *y)
{
    double power = number(net, layer, "power", 1);
    double scale = number(net, layer, "scale", 1);
    double shift = number(net, layer, "shift", 0);
    struct ses_caffe_value linear;
    activate(net, layer, x, SES_ACT_LINEAR, scale, shift, &linear);
    if (power == 1)
        *y = linear;
    else
        activate(net, layer, &linear, SES_ACT_POWER, power, 0, y);
}

/* A slope a channel, or one for all. */
void ses_caffe_prelu(struct ses_caffe_net *net,
                     const struct ses_caffe_layer *layer,
                     const struct ses_caffe_value *x,
                     struct ses_caffe_value *y)
{
    bool shared = ses_prototxt_flag(net->text, layer->param, "channel_shared",
                                    false);
    if (ses_caffe_failed(net) || !ses_caffe_expect_blobs(net, layer, 1))
        return;
    if (x->view.rank < 2) {
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "an input without channels");
        return;
    }
    struct ses_caffe_shape shape = {
        1, { shared ? 1 : (size_t)x->view.size[1] }
    };
    struct ses_tensor *slope = ses_caffe_take(net, layer, 0, "slope", &shape);
    if (!slope)
        return;
    int map = ses_graph_prelu(net->graph, layer->name,
                              ses_caffe_map(net, layer, x), slope);
    *y = ses_caffe_of(net, map, x->view.rank);
}

void ses_caffe_softmax(struct ses_caffe_net *net,
                       const struct ses_caffe_layer *layer,
                       const struct ses_caffe_value *x,
                       struct ses_caffe_value *y)
{
    int axis = ses_caffe_axis(net, layer, "axis", x, 1);
    if (ses_caffe_failed(net))
        return;
    if (axis < 1 || axis >= x->view.rank)
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "a softmax over axis %d of %d, expected one of "
                            "one image",
                            axis, x->view.rank);
    else
        y->view = ses_view_softmax(net->graph, layer->name, &x->view, axis);
}
