/* Pooling, and reductions over axes. See operators.h. */
#include "core/import/onnx/operators.h"
#include "core/import/onnx/shape.h"
#include "core/import/onnx/window.h"

static struct ses_view pool(const struct ses_onnx_call *call, enum ses_op op)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_graph *graph = call->net->graph;
    if (x.value < 0)
        return x;
    if (x.rank != 3 && x.rank != 4)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "its input has %d axes, expected 3 or 4",
                               x.rank);
    int map = ses_view_map(graph, call->name, &x, SES_CHANNELS_FIRST);
    int kernel[2];
    struct ses_window window;
    if (map < 0 || !ses_onnx_kernel(call, x.rank - 2, kernel) ||
        !ses_onnx_window(call, x.rank - 2, kernel, &graph->values[map],
                         &window))
        return ses_view_failed();
    int made = ses_graph_pool(graph, call->name, map, op, window);
    return ses_view_of(graph, made, x.rank, SES_CHANNELS_FIRST);
}

struct ses_view ses_onnx_build_average_pool(const struct ses_onnx_call *call)
{
    return pool(call, SES_OP_AVERAGE_POOL);
}

struct ses_view ses_onnx_build_max_pool(const struct ses_onnx_call *call)
{
    return pool(call, SES_OP_MAX_POOL);
}

struct ses_view ses_onnx_build_global_pool(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    bool axes[SES_MAX_RANK] = { false };
    for (int i = 2; i < x.rank; i++)
        axes[i] = true;
    bool largest = strcmp(call->node->op, "GlobalMaxPool") == 0;
    return ses_view_reduce(call->net->graph, call->name, &x,
                           largest ? SES_OP_GLOBAL_MAX : SES_OP_GLOBAL_MEAN,
                           axes, true);
}

static struct ses_view apply(const struct ses_onnx_call *call,
                             struct ses_view x, enum ses_activation activation,
                             float alpha)
{
    return ses_view_activation(call->net->graph, call->name, &x, activation,
                               alpha, 0);
}

/* Axes to reduce over; false when it is all of them and the batch, too. */
static bool reduced_axes(const struct ses_onnx_call *call,
                         const struct ses_view *x, bool *axes)
{
    struct ses_onnx_list list;
    if (!ses_onnx_list(call, 1, "axes", &list) ||
        !ses_onnx_mark_axes(call, &list, x->rank, axes))
        return false;
    bool all = !list.n && !ses_onnx_int(call, "noop_with_empty_axes", 0);
    if (all || axes[0]) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "it reduces over the images of a batch");
        return false;
    }
    return true;
}

/* Means and maxima are what the graph has; others are made of them. */
struct ses_view ses_onnx_build_reduce(const struct ses_onnx_call *call)
{
    const char *kind = call->node->op + strlen("Reduce");
    struct ses_graph *graph = call->net->graph;
    struct ses_view x = ses_onnx_data(call, 0);
    bool axes[SES_MAX_RANK];
    if (x.value < 0 || !reduced_axes(call, &x, axes))
        return ses_view_failed();
    bool keep = ses_onnx_int(call, "keepdims", 1);
    bool least = strcmp(kind, "Min") == 0;
    bool largest = least || strcmp(kind, "Max") == 0;
    bool length = strcmp(kind, "L2") == 0;
    float count = 1;
    for (int i = 1; i < x.rank; i++)
        count *= axes[i] ? (float)x.size[i] : 1;
    if (least)
        x = apply(call, x, SES_ACT_LINEAR, -1);
    if (length || strcmp(kind, "SumSquare") == 0)
        x = apply(call, x, SES_ACT_POWER, 2);
    if (strcmp(kind, "L1") == 0) {
        struct ses_view other = apply(call, x, SES_ACT_LINEAR, -1);
        x = ses_view_binary(graph, call->name, SES_OP_MAXIMUM, &x, &other);
    }
    x = ses_view_reduce(graph, call->name, &x,
                        largest ? SES_OP_GLOBAL_MAX : SES_OP_GLOBAL_MEAN, axes,
                        keep);
    if (least)
        x = apply(call, x, SES_ACT_LINEAR, -1);
    if (!largest && strcmp(kind, "Mean") != 0)
        x = apply(call, x, SES_ACT_LINEAR, count);
    if (length)
        x = apply(call, x, SES_ACT_POWER, 0.5f);
    return x;
}
