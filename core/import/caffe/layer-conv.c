/* Caffe's convolutions and fully connected layers. */
#include <limits.h>
#include <string.h>

#include "core/import/caffe/net.h"

/* One side of a window: said once for both, once for each, or as `pair`'s own
 * two fields. */
struct sides {
    long h, w;
};

static struct sides read_sides(struct ses_caffe_net *net,
                               const struct ses_caffe_layer *layer,
                               const char *both, const char *h, const char *w,
                               long fallback, long low)
{
    struct ses_prototxt *text = net->text;
    long given[2] = { fallback, fallback };
    int count = ses_prototxt_integers(text, layer->param, both, low, INT_MAX,
                                      given, 2);
    struct sides sides = { given[0], count == 2 ? given[1] : given[0] };
    if (!h)
        return sides;
    long only_h = ses_prototxt_integer(text, layer->param, h, -1, low, INT_MAX);
    long only_w = ses_prototxt_integer(text, layer->param, w, -1, low, INT_MAX);
    if (only_h < 0 && only_w < 0)
        return sides;
    if (count)
        ses_prototxt_fail(text, layer->param, SES_EFORMAT,
                          "both '%s' and '%s' or '%s' are said", both, h, w);
    return (struct sides){ only_h < 0 ? fallback : only_h,
                           only_w < 0 ? fallback : only_w };
}

static struct ses_window make_window(struct sides pad, struct sides stride,
                                     struct sides dilation)
{
    return (struct ses_window){
        .stride_h = (int)stride.h,
        .stride_w = (int)stride.w,
        .dilation_h = (int)dilation.h,
        .dilation_w = (int)dilation.w,
        .pad_top = (int)pad.h,
        .pad_bottom = (int)pad.h,
        .pad_left = (int)pad.w,
        .pad_right = (int)pad.w,
    };
}

static struct ses_tensor *take_bias(struct ses_caffe_net *net,
                                    const struct ses_caffe_layer *layer,
                                    long outputs)
{
    struct ses_caffe_shape shape = { 1, { (size_t)outputs } };
    return ses_caffe_take(net, layer, 1, "bias", &shape);
}

void ses_caffe_convolution(struct ses_caffe_net *net,
                           const struct ses_caffe_layer *layer,
                           const struct ses_caffe_value *x,
                           struct ses_caffe_value *y)
{
    struct ses_prototxt *text = net->text;
    size_t param = layer->param;
    long outputs = ses_prototxt_integer(text, param, "num_output", 0, 1,
                                        INT_MAX);
    long group = ses_prototxt_integer(text, param, "group", 1, 1, INT_MAX);
    bool bias = ses_prototxt_flag(text, param, "bias_term", true);
    struct sides kernel = read_sides(net, layer, "kernel_size", "kernel_h",
                                     "kernel_w", 0, 1);
    struct sides stride =
        read_sides(net, layer, "stride", "stride_h", "stride_w", 1, 1);
    struct sides pad = read_sides(net, layer, "pad", "pad_h", "pad_w", 0, 0);
    struct sides dilation = read_sides(net, layer, "dilation", NULL, NULL, 1,
                                       1);
    int axis = ses_caffe_axis(net, layer, "axis", x, 1);
    if (ses_caffe_failed(net))
        return;
    if (x->view.rank != 4 || axis != 1) {
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "a convolution over an input of %d axes from axis "
                            "%d on, expected 4 and 1",
                            x->view.rank, axis);
        return;
    }
    int channels = x->view.size[1];
    if (!outputs || !kernel.h || !kernel.w || channels % group ||
        outputs % group) {
        *y = ses_caffe_fail(net, layer, SES_ESHAPE,
                            "%ld outputs by a kernel of %ldx%ld from %d "
                            "channels in %ld groups, expected numbers above "
                            "0 that divide",
                            outputs, kernel.h, kernel.w, channels, group);
        return;
    }
    struct ses_caffe_shape shape = { 4,
                                     { (size_t)outputs,
                                       (size_t)(channels / group),
                                       (size_t)kernel.h, (size_t)kernel.w } };
    if (!ses_caffe_expect_blobs(net, layer, 1 + bias))
        return;
    struct ses_tensor *weight = ses_caffe_take(net, layer, 0, "weight", &shape);
    struct ses_tensor *offset = NULL;
    if (weight && bias && !(offset = take_bias(net, layer, outputs))) {
        ses_tensor_free(weight);
        weight = NULL;
    }
    if (!weight)
        return;
    int map = ses_graph_conv(net->graph, layer->name,
                             ses_caffe_map(net, layer, x),
                             make_window(pad, stride, dilation), (int)group,
                             weight, offset);
    *y = ses_caffe_of(net, map, 4);
}

/* inputs x outputs to outputs x inputs. Takes the tensor. */
static struct ses_tensor *transpose(struct ses_caffe_net *net,
                                    struct ses_tensor *from)
{
    if (!from)
        return NULL;
    size_t rows = from->shape[0], columns = from->shape[1];
    const size_t shape[] = { columns, rows };
    struct ses_tensor *to = ses_tensor_new(2, shape);
    if (!to)
        ses_fail_memory(net->err, "weights");
    for (size_t i = 0; to && i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to->data[j * rows + i] = from->data[i * columns + j];
    ses_tensor_free(from);
    return to;
}

/* As a convolution of the map's size, whose weight has the same order. */
static struct ses_caffe_value over_map(struct ses_caffe_net *net,
                                       const struct ses_caffe_layer *layer,
                                       const struct ses_caffe_value *x,
                                       struct ses_tensor *weight,
                                       struct ses_tensor *bias)
{
    weight->rank = 4;
    for (int i = 1; i < 4; i++)
        weight->shape[i] = (size_t)x->view.size[i];
    int map = ses_graph_conv(net->graph, layer->name,
                             ses_caffe_map(net, layer, x),
                             ses_window(1, 1, 0), 1, weight, bias);
    return ses_caffe_of(net, map, 2);
}

/* Over the axes from `axis` on, which become one. */
static struct ses_caffe_value over_axes(struct ses_caffe_net *net,
                                        const struct ses_caffe_layer *layer,
                                        const struct ses_caffe_value *x,
                                        int axis, int inputs,
                                        struct ses_tensor *weight,
                                        struct ses_tensor *bias)
{
    int size[SES_MAX_RANK];
    memcpy(size, x->view.size, sizeof size);
    size[axis] = inputs;
    struct ses_view flat = ses_view_reshape(net->graph, layer->name, &x->view,
                                            axis + 1, size);
    return (struct ses_caffe_value){
        .view = ses_view_dense(net->graph, layer->name, &flat, weight, bias)
    };
}

void ses_caffe_inner_product(struct ses_caffe_net *net,
                             const struct ses_caffe_layer *layer,
                             const struct ses_caffe_value *x,
                             struct ses_caffe_value *y)
{
    struct ses_prototxt *text = net->text;
    size_t param = layer->param;
    long outputs = ses_prototxt_integer(text, param, "num_output", 0, 1,
                                        INT_MAX);
    bool bias = ses_prototxt_flag(text, param, "bias_term", true);
    bool transposed = ses_prototxt_flag(text, param, "transpose", false);
    int axis = ses_caffe_axis(net, layer, "axis", x, 1);
    if (ses_caffe_failed(net))
        return;
    if (axis < 1 || !outputs) {
        *y = ses_caffe_fail(net, layer, SES_EUNSUPPORTED,
                            "%ld outputs from axis %d of %d on, expected 1 "
                            "or more of one image",
                            outputs, axis, x->view.rank);
        return;
    }
    int inputs = 1; /* at most as many as the value has elements */
    for (int i = axis; i < x->view.rank; i++)
        inputs *= x->view.size[i];
    struct ses_caffe_shape shape = { 2, { (size_t)outputs, (size_t)inputs } };
    if (transposed)
        shape = (struct ses_caffe_shape){ 2,
                                          { (size_t)inputs,
                                            (size_t)outputs } };
    if (!ses_caffe_expect_blobs(net, layer, 1 + bias))
        return;
    struct ses_tensor *weight = ses_caffe_take(net, layer, 0, "weight", &shape);
    if (transposed)
        weight = transpose(net, weight);
    struct ses_tensor *offset = NULL;
    if (weight && bias && !(offset = take_bias(net, layer, outputs))) {
        ses_tensor_free(weight);
        weight = NULL;
    }
    if (!weight)
        return;
    *y = axis == 1 && x->view.rank == 4
             ? over_map(net, layer, x, weight, offset)
             : over_axes(net, layer, x, axis, inputs, weight, offset);
}
