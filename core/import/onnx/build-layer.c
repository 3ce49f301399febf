/* Layers with weights. See operators.h. */
#include <limits.h>

#include "core/import/onnx/operators.h"
#include "core/import/onnx/window.h"

/* A weight input; NULL with the error filled when it is none. */
static const struct ses_onnx_constant *weight_of(
    const struct ses_onnx_call *call, size_t k)
{
    const struct ses_onnx_constant *weight = ses_onnx_constant_input(call, k);
    if (!weight)
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "its weights (input %zu) are computed from the image, "
                        "expected constants",
                        k);
    return weight;
}

/* An optional vector of weights: false with the error filled when it is
 * computed. */
static bool optional_weight(const struct ses_onnx_call *call, size_t k,
                            const struct ses_onnx_constant **out)
{
    *out = NULL;
    if (ses_onnx_input(call, k))
        *out = weight_of(call, k);
    return *out || !ses_onnx_input(call, k);
}

struct ses_view ses_onnx_build_conv(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    const struct ses_onnx_constant *weight = NULL, *bias = NULL;
    if (x.value >= 0)
        weight = weight_of(call, 1);
    if (!weight || !optional_weight(call, 2, &bias))
        return ses_view_failed();
    int axes = x.rank - 2;
    if (axes < 1 || axes > 2 || weight->rank != x.rank)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "its input has %d axes and its weight %d, "
                               "expected 3 or 4 in both",
                               x.rank, weight->rank);
    struct ses_graph *graph = call->net->graph;
    int map = ses_view_map(graph, call->name, &x, SES_CHANNELS_FIRST);
    int kernel[2] = { 1, 1 };
    for (int i = 0; i < axes; i++) {
        size_t size = weight->shape[2 + i];
        kernel[2 - axes + i] = size > INT_MAX ? -1 : (int)size;
    }
    struct ses_window window;
    if (map < 0 || !ses_onnx_window(call, axes, kernel, &graph->values[map],
                                    &window))
        return ses_view_failed();
    int64_t groups = ses_onnx_int(call, "group", 1);
    size_t parameters = ses_onnx_parameters(call, weight) +
                        ses_onnx_parameters(call, bias);
    struct ses_tensor *w = ses_onnx_take(call, weight), *b = NULL;
    if (w && bias)
        b = ses_onnx_take(call, bias);
    if (!w || (bias && !b)) {
        ses_tensor_free(w);
        return ses_view_failed();
    }
    if (w->rank == 3) {
        w->rank = 4;
        w->shape[3] = w->shape[2];
        w->shape[2] = 1;
    }
    int made = ses_graph_conv(graph, call->name, map, window,
                              groups > 0 && groups < INT_MAX ? (int)groups : 0,
                              w, b);
    ses_onnx_set_parameters(call, made, parameters);
    return ses_view_of(graph, made, x.rank, SES_CHANNELS_FIRST);
}

struct ses_view ses_onnx_build_batch_norm(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    const struct ses_onnx_constant *in[4];
    struct ses_tensor *taken[4] = { NULL };
    struct ses_graph *graph = call->net->graph;
    size_t parameters = 0;
    if (ses_onnx_int(call, "training_mode", 0))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "it is in training mode; export the network "
                               "after model.eval()");
    if (!ses_onnx_int(call, "spatial", 1))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "statistics of single pixels (spatial=0)");
    int map = ses_view_map(graph, call->name, &x, SES_CHANNELS_FIRST);
    bool good = map >= 0;
    for (size_t k = 0; good && k < 4; k++) {
        in[k] = weight_of(call, k + 1);
        if (in[k] && k < 2)
            parameters += ses_onnx_parameters(call, in[k]);
        taken[k] = in[k] ? ses_onnx_take(call, in[k]) : NULL;
        good = taken[k];
    }
    if (!good) {
        for (int k = 0; k < 4; k++)
            ses_tensor_free(taken[k]);
        return ses_view_failed();
    }
    int made = ses_graph_batch_norm(
        graph, call->name, map, taken[0], taken[1], taken[2], taken[3],
        (double)ses_onnx_float(call, "epsilon", 1e-5f));
    ses_onnx_set_parameters(call, made, parameters);
    return ses_view_of(graph, made, x.rank, SES_CHANNELS_FIRST);
}

static void scale(struct ses_tensor *tensor, float factor)
{
    for (size_t i = 0; tensor && factor != 1 && i < tensor->count; i++)
        tensor->data[i] *= factor;
}

/* x times weight (inputs x outputs, or its transpose) plus bias. */
static struct ses_view dense(const struct ses_onnx_call *call,
                             const struct ses_view *x,
                             const struct ses_onnx_constant *weight,
                             bool transposed, float alpha,
                             const struct ses_onnx_constant *bias, float beta)
{
    static const int turn[] = { 1, 0 };
    struct ses_onnx_constant turned = *weight, wide;
    if (!transposed)
        ses_onnx_permute(weight, turn, &turned);
    if (bias && !ses_onnx_broadcast(bias, bias->rank > 1 ? 2 : 1,
                                    bias->rank > 1
                                        ? (size_t[]){ 1, turned.shape[0] }
                                        : (size_t[]){ turned.shape[0] },
                                    &wide))
        return ses_onnx_refuse(call, SES_ESHAPE,
                               "its bias does not fit %zu outputs",
                               turned.shape[0]);
    size_t parameters = ses_onnx_parameters(call, weight) +
                        ses_onnx_parameters(call, bias);
    struct ses_tensor *w = ses_onnx_take(call, &turned), *b = NULL;
    if (w && bias)
        b = ses_onnx_take(call, &wide);
    if (!w || (bias && !b)) {
        ses_tensor_free(w);
        return ses_view_failed();
    }
    scale(w, alpha);
    scale(b, beta);
    struct ses_view view =
        ses_view_dense(call->net->graph, call->name, x, w, b);
    ses_onnx_set_parameters(call, view.value, parameters);
    return view;
}

struct ses_view ses_onnx_build_gemm(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    const struct ses_onnx_constant *weight = NULL;
    if (x.value >= 0)
        weight = weight_of(call, 1);
    if (!weight)
        return ses_view_failed();
    if (x.rank != 2 || weight->rank != 2 || ses_onnx_int(call, "transA", 0))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "an input of %d axes%s and a weight of %d, "
                               "expected 2 and 2",
                               x.rank,
                               ses_onnx_int(call, "transA", 0)
                                   ? " (transposed)"
                                   : "",
                               weight->rank);
    bool transposed = ses_onnx_int(call, "transB", 0);
    float alpha = ses_onnx_float(call, "alpha", 1);
    float beta = ses_onnx_float(call, "beta", 1);
    const struct ses_onnx_value *third = ses_onnx_input(call, 2);
    if (!third || third->state == SES_ONNX_CONSTANT)
        return dense(call, &x, weight, transposed, alpha,
                     third ? &third->constant : NULL, beta);
    struct ses_view sum = ses_onnx_data(call, 2);
    struct ses_view product =
        dense(call, &x, weight, transposed, alpha, NULL, 0);
    if (beta != 1)
        sum = ses_view_activation(call->net->graph, call->name, &sum,
                                  SES_ACT_LINEAR, beta, 0);
    if (sum.value >= 0 && sum.rank != 2)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "what it adds has %d axes, expected 2",
                               sum.rank);
    return ses_view_binary(call->net->graph, call->name, SES_OP_ADD, &product,
                           &sum);
}

struct ses_view ses_onnx_build_matmul(const struct ses_onnx_call *call)
{
    if (ses_onnx_constant_input(call, 0))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "a matrix times what is computed from the "
                               "image, expected it the other way round");
    struct ses_view x = ses_onnx_data(call, 0);
    if (x.value < 0)
        return x;
    const struct ses_onnx_constant *weight = ses_onnx_constant_input(call, 1);
    if (!weight)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "a product of two matrices that are both "
                               "computed from the image, as in attention");
    struct ses_onnx_constant flat = *weight;
    while (flat.rank > 2 && flat.rank <= x.rank && flat.shape[0] == 1) {
        flat.rank--;
        memmove(flat.shape, flat.shape + 1,
                sizeof flat.shape - sizeof *flat.shape);
        memmove(flat.stride, flat.stride + 1,
                sizeof flat.stride - sizeof *flat.stride);
    }
    if (flat.rank != 2 || x.rank < 2)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "a weight of %d axes and an input of %d, "
                               "expected 2 and at least 2",
                               weight->rank, x.rank);
    return dense(call, &x, &flat, false, 1, NULL, 0);
}

struct ses_view ses_onnx_build_lrn(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_graph *graph = call->net->graph;
    int64_t size = ses_onnx_int(call, "size", 0);
    if (size < 1 || size > INT_MAX)
        return ses_onnx_refuse(call, SES_EFORMAT, "it has no size");
    int map = ses_view_map(graph, call->name, &x, SES_CHANNELS_FIRST);
    int made = ses_graph_lrn(graph, call->name, map, (int)size,
                             ses_onnx_float(call, "alpha", 1e-4f),
                             ses_onnx_float(call, "beta", 0.75f),
                             ses_onnx_float(call, "bias", 1));
    return ses_view_of(graph, made, x.rank, SES_CHANNELS_FIRST);
}
