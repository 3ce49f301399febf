/* Non-linearities. See operators.h. */
#include <math.h>

#include "core/import/onnx/operators.h"

static struct ses_view apply(const struct ses_onnx_call *call,
                             const struct ses_view *x,
                             enum ses_activation activation, float alpha,
                             float beta)
{
    return ses_view_activation(call->net->graph, call->name, x, activation,
                               alpha, beta);
}

/* Those that are one function of one number. alpha and beta are attributes of
 * that name where `named`, with these defaults. */
static const struct {
    const char *op;
    enum ses_activation activation;
    bool named;
    float alpha, beta;
} simple[] = {
    { "Elu", SES_ACT_ELU, true, 1, 0 },
    { "Erf", SES_ACT_ERF, false, 0, 0 },
    { "Exp", SES_ACT_EXP, false, 0, 0 },
    { "HardSigmoid", SES_ACT_HARD_SIGMOID, true, 0.2f, 0.5f },
    { "HardSwish", SES_ACT_HARD_SWISH, false, 0, 0 },
    { "LeakyRelu", SES_ACT_LEAKY_RELU, true, 0.01f, 0 },
    { "Mish", SES_ACT_MISH, false, 0, 0 },
    { "Neg", SES_ACT_LINEAR, false, -1, 0 },
    { "Reciprocal", SES_ACT_POWER, false, -1, 0 },
    { "Relu", SES_ACT_RELU, false, 0, 0 },
    { "Sigmoid", SES_ACT_SIGMOID, false, 0, 0 },
    { "Softplus", SES_ACT_SOFTPLUS, false, 0, 0 },
    { "Sqrt", SES_ACT_POWER, false, 0.5f, 0 },
    { "Tanh", SES_ACT_TANH, false, 0, 0 },
};

struct ses_view ses_onnx_build_activation(const struct ses_onnx_call *call)
{
    size_t i = 0;
    while (strcmp(simple[i].op, call->node->op) != 0)
        i++;
    float alpha = simple[i].alpha, beta = simple[i].beta;
    if (simple[i].named) {
        alpha = ses_onnx_float(call, "alpha", alpha);
        beta = ses_onnx_float(call, "beta", beta);
    }
    struct ses_view x = ses_onnx_data(call, 0);
    return apply(call, &x, simple[i].activation, alpha, beta);
}

struct ses_view ses_onnx_build_clip(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_onnx_list low, high;
    if (x.value < 0 || !ses_onnx_list(call, 1, "min", &low) ||
        !ses_onnx_list(call, 2, "max", &high))
        return ses_view_failed();
    return apply(call, &x, SES_ACT_CLIP,
                 low.n ? (float)low.at[0].value : -INFINITY,
                 high.n ? (float)high.at[0].value : INFINITY);
}

/* x * sigmoid(alpha x). */
struct ses_view ses_onnx_build_swish(const struct ses_onnx_call *call)
{
    bool quick = strcmp(call->node->op, "QuickGelu") == 0;
    float alpha = ses_onnx_float(call, "alpha", quick ? 1.702f : 1);
    struct ses_view x = ses_onnx_data(call, 0);
    if (alpha == 1)
        return apply(call, &x, SES_ACT_SILU, 0, 0);
    struct ses_view gate = apply(call, &x, SES_ACT_LINEAR, alpha, 0);
    gate = apply(call, &gate, SES_ACT_SIGMOID, 0, 0);
    return ses_view_binary(call->net->graph, call->name, SES_OP_MULTIPLY, &x,
                           &gate);
}

struct ses_view ses_onnx_build_gelu(const struct ses_onnx_call *call)
{
    bool fast = strcmp(call->node->op, "FastGelu") == 0;
    const char *how =
        ses_onnx_text(call, "approximate", fast ? "tanh" : "none");
    if (ses_onnx_input(call, 1))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "it holds a bias, which onnxruntime's "
                               "optimiser put there; open the file from "
                               "before it");
    struct ses_view x = ses_onnx_data(call, 0);
    return apply(call, &x,
                 strcmp(how, "tanh") == 0 ? SES_ACT_GELU_TANH : SES_ACT_GELU,
                 0, 0);
}

/* Selu: gamma * elu(x, alpha); Celu: alpha * elu(x / alpha, 1). */
struct ses_view ses_onnx_build_scaled_elu(const struct ses_onnx_call *call)
{
    bool celu = strcmp(call->node->op, "Celu") == 0;
    float alpha = ses_onnx_float(call, "alpha", celu ? 1 : 1.67326324f);
    float gamma = celu ? alpha : ses_onnx_float(call, "gamma", 1.05070102f);
    struct ses_view x = ses_onnx_data(call, 0);
    if (celu)
        x = apply(call, &x, SES_ACT_LINEAR, 1 / alpha, 0);
    x = apply(call, &x, SES_ACT_ELU, celu ? 1 : alpha, 0);
    return apply(call, &x, SES_ACT_LINEAR, gamma, 0);
}

/* The larger of x and -x. */
struct ses_view ses_onnx_build_abs(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_view other = apply(call, &x, SES_ACT_LINEAR, -1, 0);
    return ses_view_binary(call->net->graph, call->name, SES_OP_MAXIMUM, &x,
                           &other);
}

/* The one axis of x along which slopes differ; 0 for one slope, -1 for
 * several. Some files have channels' slopes without axes of 1 behind. */
static int slope_axis(const struct ses_view *x,
                      const struct ses_onnx_constant *slope)
{
    int axis = 0;
    if (slope->rank == 1 && x->rank > 1 &&
        slope->shape[0] == (size_t)x->size[1])
        return slope->count > 1 ? 1 : 0;
    for (int i = 0; i < slope->rank; i++) {
        if (slope->shape[i] == 1)
            continue;
        int at = x->rank - slope->rank + i;
        if (axis || at < 1 || slope->shape[i] != (size_t)x->size[at])
            return -1;
        axis = at;
    }
    return axis;
}

struct ses_view ses_onnx_build_prelu(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_graph *graph = call->net->graph;
    const struct ses_onnx_constant *slope = ses_onnx_constant_input(call, 1);
    if (x.value < 0)
        return x;
    if (!slope)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "its slopes are computed from the image");
    int axis = slope_axis(&x, slope);
    if (axis < 0 || (axis > 1 && axis != x.rank - 1))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "slopes along more than the channels");
    enum ses_layout layout =
        axis > 1 ? SES_CHANNELS_LAST : SES_CHANNELS_FIRST;
    size_t parameters = ses_onnx_parameters(call, slope);
    struct ses_view view = x;
    int map = axis ? ses_view_map(graph, call->name, &x, layout) : x.value;
    struct ses_tensor *tensor = ses_onnx_take(call, slope);
    int made = ses_graph_prelu(graph, call->name, map, tensor);
    ses_onnx_set_parameters(call, made, parameters);
    if (axis)
        return ses_view_of(graph, made, x.rank, layout);
    view.value = made;
    return view;
}

/* Over one axis since operator set 13, over all from one on before. */
struct ses_view ses_onnx_build_softmax(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_graph *graph = call->net->graph;
    bool single = call->net->model.opset >= 13;
    int64_t at = ses_onnx_int(call, "axis", single ? -1 : 1);
    int axis;
    if (strcmp(call->node->op, "LogSoftmax") == 0 &&
        ses_onnx_output(call, 0) != &call->net->values[call->net->output])
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "log-softmax anywhere but at the end");
    if (x.value < 0 || !ses_onnx_axis(call, (double)at, x.rank, &axis))
        return ses_view_failed();
    if (!axis)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "softmax over the images of a batch");
    int rest = 1;
    for (int i = axis + 1; i < x.rank; i++)
        rest *= x.size[i];
    if (single || rest == 1)
        return ses_view_softmax(graph, call->name, &x, axis);
    struct ses_view flat = x;
    flat.rank = axis + 1;
    flat.size[axis] = x.size[axis] * rest;
    flat = ses_view_reshape(graph, call->name, &x, axis + 1, flat.size);
    flat = ses_view_softmax(graph, call->name, &flat, axis);
    return ses_view_reshape(graph, call->name, &flat, x.rank, x.size);
}
