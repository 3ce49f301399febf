/* Pad: pixels around a map, or zeros beside other axes. See operators.h. */
#include <limits.h>

#include "core/import/onnx/operators.h"

/* How much comes before and after each axis. */
struct pads {
    int before[SES_MAX_RANK], after[SES_MAX_RANK];
};

static bool to_int(const struct ses_onnx_call *call,
                   struct ses_onnx_number number, int *out)
{
    int64_t whole;
    if (!ses_onnx_whole(call, number, &whole))
        return false;
    if (whole < -INT_MAX / 4 || whole > INT_MAX / 4) {
        ses_onnx_refuse(call, SES_EFORMAT, "padding of %lld",
                        (long long)whole);
        return false;
    }
    *out = (int)whole;
    return true;
}

static bool read_pads(const struct ses_onnx_call *call, int rank,
                      struct pads *out)
{
    struct ses_onnx_list pads, axes;
    *out = (struct pads){ { 0 }, { 0 } };
    if (!ses_onnx_list(call, 1, "pads", &pads) ||
        !ses_onnx_list(call, 3, NULL, &axes))
        return false;
    size_t n = axes.given ? axes.n : (size_t)rank;
    if (pads.n != 2 * n || n > SES_MAX_RANK) {
        ses_onnx_refuse(call, SES_EFORMAT,
                        "%zu numbers of padding, expected %zu", pads.n, 2 * n);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        int axis = (int)i;
        if (axes.given &&
            !ses_onnx_axis(call, axes.at[i].value, rank, &axis))
            return false;
        if (!to_int(call, pads.at[i], &out->before[axis]) ||
            !to_int(call, pads.at[n + i], &out->after[axis]))
            return false;
    }
    return true;
}

/* What is below 0 is cut off. */
static struct ses_view crop(const struct ses_onnx_call *call,
                            struct ses_view x, struct pads *pads)
{
    for (int i = 1; i < x.rank && x.value >= 0; i++) {
        int before = pads->before[i] < 0 ? -pads->before[i] : 0;
        int after = pads->after[i] < 0 ? -pads->after[i] : 0;
        if (!before && !after)
            continue;
        if (before + after >= x.size[i])
            return ses_onnx_refuse(call, SES_ESHAPE,
                                   "nothing of axis %d is left", i);
        x = ses_view_slice(call->net->graph, call->name, &x, i, before, 1,
                           x.size[i] - before - after);
        pads->before[i] = pads->before[i] < 0 ? 0 : pads->before[i];
        pads->after[i] = pads->after[i] < 0 ? 0 : pads->after[i];
    }
    return x;
}

/* A block of one number, as large as x but for one axis. */
static struct ses_view block(const struct ses_onnx_call *call,
                             const struct ses_view *x, int axis, int size,
                             float number)
{
    size_t shape[SES_MAX_RANK];
    struct ses_onnx_constant wide = { .type = SES_ONNX_FLOAT,
                                      .data = (const uint8_t *)&number,
                                      .origin = -1 };
    for (int i = 1; i < x->rank; i++)
        shape[i - 1] = (size_t)(i == axis ? size : x->size[i]);
    if (!ses_onnx_broadcast(&wide, x->rank - 1, shape, &wide))
        return ses_onnx_refuse(call, SES_ESHAPE, "too much padding");
    return ses_view_constant(call->net->graph, call->name,
                             ses_onnx_take(call, &wide), false);
}

/* Axes that are no pixels, as channels of a shortcut without weights. */
static struct ses_view pad_axis(const struct ses_onnx_call *call,
                                const struct ses_view *x, int axis, int before,
                                int after, float number)
{
    struct ses_view parts[3];
    const struct ses_view *all[3];
    int n = 0;
    if (before)
        parts[n++] = block(call, x, axis, before, number);
    parts[n++] = *x;
    if (after)
        parts[n++] = block(call, x, axis, after, number);
    for (int i = 0; i < n; i++) {
        if (parts[i].value < 0)
            return parts[i];
        all[i] = &parts[i];
    }
    return ses_view_concat(call->net->graph, call->name, all, n, axis);
}

static struct ses_view pad_pixels(const struct ses_onnx_call *call,
                                  const struct ses_view *x, bool last,
                                  const struct pads *pads,
                                  enum ses_padding padding, float number)
{
    struct ses_graph *graph = call->net->graph;
    enum ses_layout layout = last ? SES_CHANNELS_LAST : SES_CHANNELS_FIRST;
    int w = last ? x->rank - 2 : x->rank - 1;
    int h = x->rank == 4 ? w - 1 : 0;
    struct ses_window window = ses_window(1, 1, 0);
    window.pad_top = h ? pads->before[h] : 0;
    window.pad_bottom = h ? pads->after[h] : 0;
    window.pad_left = pads->before[w];
    window.pad_right = pads->after[w];
    int map = ses_view_map(graph, call->name, x, layout);
    int made =
        ses_graph_pad(graph, call->name, map, window, padding, number);
    return ses_view_of(graph, made, x->rank, layout);
}

static bool find_padding(const struct ses_onnx_call *call,
                         enum ses_padding *out)
{
    const char *mode = ses_onnx_text(call, "mode", "constant");
    if (strcmp(mode, "constant") == 0)
        *out = SES_PAD_CONSTANT;
    else if (strcmp(mode, "reflect") == 0)
        *out = SES_PAD_REFLECT;
    else if (strcmp(mode, "edge") == 0)
        *out = SES_PAD_EDGE;
    else {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "mode '%s', expected constant, reflect or edge", mode);
        return false;
    }
    return true;
}

static bool any(const struct pads *pads, int axis)
{
    return pads->before[axis] || pads->after[axis];
}

struct ses_view ses_onnx_build_pad(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct pads pads;
    struct ses_onnx_list value;
    enum ses_padding padding;
    if (x.value < 0 || !find_padding(call, &padding) ||
        !read_pads(call, x.rank, &pads) ||
        !ses_onnx_list(call, 2, "value", &value))
        return ses_view_failed();
    float number = value.n ? (float)value.at[0].value : 0;
    if (any(&pads, 0))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "it adds images to a batch");
    x = crop(call, x, &pads);
    bool map = x.rank == 3 || x.rank == 4;
    /* channels last when the last axis stays and the second does not */
    bool last = map && !any(&pads, x.rank - 1) && any(&pads, 1);
    int channels = last ? x.rank - 1 : 1;
    bool pixels = false;
    for (int i = 1; i < x.rank; i++)
        pixels = pixels || (map && i != channels && any(&pads, i));
    if (x.value >= 0 && pixels)
        x = pad_pixels(call, &x, last, &pads, padding, number);
    for (int i = 1; i < x.rank && x.value >= 0; i++) {
        if (!any(&pads, i) || (map && i != channels))
            continue;
        if (padding != SES_PAD_CONSTANT)
            return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                                   "channels that are mirrored or repeated");
        x = pad_axis(call, &x, i, pads.before[i], pads.after[i], number);
    }
    return x;
}
