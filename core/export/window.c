/* Convolution and pooling as operators of ONNX. Pads are written as numbers,
 * for the size of map the graph was inferred for. */
#include "core/export/emit.h"
#include "core/ops/window.h"

/* Pads in ONNX's order: top, left, bottom, right. */
struct pads {
    int64_t of[4];
};

static struct pads pads_of(const struct ses_window *window)
{
    return (struct pads){ { window->pad_top, window->pad_left,
                            window->pad_bottom, window->pad_right } };
}

static void emit_window(struct ses_emit *emit, const struct ses_window *window,
                        const struct pads *pads)
{
    int64_t kernel[2] = { window->kernel_h, window->kernel_w };
    int64_t strides[2] = { window->stride_h, window->stride_w };
    ses_emit_ints(emit, "kernel_shape", 2, kernel);
    ses_emit_ints(emit, "strides", 2, strides);
    ses_emit_ints(emit, "pads", 4, pads->of);
}

static void emit_dilations(struct ses_emit *emit,
                           const struct ses_window *window)
{
    int64_t dilations[2] = { window->dilation_h, window->dilation_w };
    ses_emit_ints(emit, "dilations", 2, dilations);
}

/* A factor a channel, and nothing else. */
static bool only_scales(const struct ses_node *node)
{
    const struct ses_window *w = &node->window;
    return !node->bias && node->weight->shape[1] == 1 &&
           (size_t)node->groups == node->weight->shape[0] &&
           w->kernel_h == 1 && w->kernel_w == 1 && w->stride_h == 1 &&
           w->stride_w == 1 && !w->pad_top && !w->pad_left &&
           !w->pad_bottom && !w->pad_right;
}

static void emit_scale(struct ses_emit *emit, const char *to)
{
    const struct ses_tensor *weight = ses_emit_node(emit)->weight;
    int64_t shape[4] = { 1, (int64_t)weight->count, 1, 1 };
    const char *factors =
        ses_emit_floats(emit, "scale", 4, shape, weight->data);
    ses_emit_call(emit, "Mul", to, ses_emit_input(emit, 0), factors);
}

static void emit_product(struct ses_emit *emit, const char *to)
{
    const struct ses_node *node = ses_emit_node(emit);
    const struct ses_value *from = ses_emit_from(emit);
    struct ses_window window =
        ses_window_padded(&node->window, from->h, from->w);
    struct pads pads = pads_of(&window);
    int64_t shape[4];
    for (int i = 0; i < 4; i++)
        shape[i] = (int64_t)node->weight->shape[i];
    const char *inputs[4] = { ses_emit_input(emit, 0) };
    inputs[1] = ses_emit_floats(emit, "weight", 4, shape, node->weight->data);
    if (node->bias)
        inputs[2] = ses_emit_floats(emit, "bias", 1, shape, node->bias->data);
    ses_emit_begin(emit, "Conv");
    emit_window(emit, &window, &pads);
    emit_dilations(emit, &window);
    ses_emit_int(emit, "group", node->groups);
    ses_emit_end(emit, to, inputs);
}

enum ses_status ses_emit_conv(struct ses_emit *emit)
{
    const struct ses_node *node = ses_emit_node(emit);
    bool plain = node->activation == SES_ACT_IDENTITY;
    const char *to =
        plain ? ses_emit_output(emit) : ses_emit_name(emit, "linear");
    if (only_scales(node))
        emit_scale(emit, to);
    else
        emit_product(emit, to);
    if (!plain)
        ses_emit_activation(emit, to, ses_emit_output(emit));
    return SES_OK;
}

/* How far the last window reaches beyond a padded map: what a size that is
 * rounded up adds. */
static int beyond(int out, int stride, int kernel, int dilation, int padded)
{
    long long reach = (out - 1LL) * stride + dilation * (kernel - 1LL) + 1;
    return reach > padded ? (int)(reach - padded) : 0;
}

/* Zeros around the map, which count in means. */
static const char *emit_zeros(struct ses_emit *emit, const struct pads *pads)
{
    int64_t all[8] = { 0, 0, pads->of[0], pads->of[1],
                       0, 0, pads->of[2], pads->of[3] };
    const char *padded = ses_emit_name(emit, "padded");
    return ses_emit_call(emit, "Pad", padded, ses_emit_input(emit, 0),
                         ses_emit_integers(emit, "pads", 8, all));
}

enum ses_status ses_emit_pool(struct ses_emit *emit)
{
    const struct ses_node *node = ses_emit_node(emit);
    const struct ses_value *from = ses_emit_from(emit);
    const struct ses_value *to = ses_emit_to(emit);
    bool mean = node->op == SES_OP_AVERAGE_POOL;
    struct ses_window w = ses_window_padded(&node->window, from->h, from->w);
    if (mean && (w.dilation_h > 1 || w.dilation_w > 1))
        return ses_emit_refuse(emit, "a dilation of %dx%d", w.dilation_h,
                               w.dilation_w);
    int below = beyond(to->h, w.stride_h, w.kernel_h, w.dilation_h,
                       from->h + w.pad_top + w.pad_bottom);
    int right = beyond(to->w, w.stride_w, w.kernel_w, w.dilation_w,
                       from->w + w.pad_left + w.pad_right);
    struct pads pads = pads_of(&w);
    const char *inputs[] = { ses_emit_input(emit, 0), NULL };
    bool counted = mean && w.count_include_pad;
    /* Padding counts, but not what rounding up adds to it. */
    if (counted && (below || right)) {
        inputs[0] = emit_zeros(emit, &pads);
        pads = (struct pads){ { 0 } };
        counted = false;
    }
    pads.of[2] += below;
    pads.of[3] += right;
    int64_t kernel[2] = { w.kernel_h, w.kernel_w };
    for (int i = 0; i < 4; i++)
        if (pads.of[i] >= kernel[i % 2])
            return ses_emit_refuse(emit, "padding as large as the window");
    ses_emit_begin(emit, mean ? "AveragePool" : "MaxPool");
    emit_window(emit, &w, &pads);
    if (mean)
        ses_emit_int(emit, "count_include_pad", counted);
    else
        emit_dilations(emit, &w);
    ses_emit_end(emit, ses_emit_output(emit), inputs);
    return SES_OK;
}
