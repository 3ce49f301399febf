/* Operations that move floats as operators of ONNX. Ours have channels last in
 * memory, ONNX's first. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/export/emit.h"
#include "core/graph/permute.h"

/* Place of an axis in N x C x H x W. */
static int64_t axis_of(enum ses_axis axis)
{
    return axis == SES_AXIS_C ? 1 : axis == SES_AXIS_H ? 2 : 3;
}

static void emit_slice(struct ses_emit *emit, const char *word,
                       const char *from, const char *to, int64_t axis,
                       int64_t first, int64_t step, int64_t length)
{
    char words[4][32];
    static const char *const names[4] = { "starts", "ends", "axes", "steps" };
    for (int i = 0; i < 4; i++)
        snprintf(words[i], sizeof words[i], "%s%s", word, names[i]);
    int64_t end = first + step * length;
    if (end < 0)
        end = INT64_MIN; /* before the first: -1 would be the last */
    const char *inputs[] = { from,
                             ses_emit_integers(emit, words[0], 1, &first),
                             ses_emit_integers(emit, words[1], 1, &end),
                             ses_emit_integers(emit, words[2], 1, &axis),
                             ses_emit_integers(emit, words[3], 1, &step),
                             NULL };
    ses_emit_begin(emit, "Slice");
    ses_emit_end(emit, to, inputs);
}

static enum ses_status emit_concat(struct ses_emit *emit)
{
    const struct ses_node *node = ses_emit_node(emit);
    const struct ses_graph *graph = emit->graph;
    const char **inputs =
        ses_calloc((size_t)node->n_inputs + 1, sizeof *inputs);
    if (!inputs)
        return ses_fail_memory(emit->err, "a layer's inputs");
    enum ses_status status = SES_OK;
    for (int i = 0; i < node->n_inputs; i++) {
        int from = graph->values[node->inputs[i]].producer;
        inputs[i] = ses_emit_input(emit, i);
        if (graph->nodes[from].op == SES_OP_CONSTANT)
            status = ses_emit_refuse(emit, "a constant beside maps of any "
                                           "number of images");
    }
    ses_emit_begin(emit, "Concat");
    ses_emit_int(emit, "axis", axis_of(node->axis));
    ses_emit_end(emit, ses_emit_output(emit), inputs);
    free(inputs);
    return status;
}

static int64_t above_zero(int pad)
{
    return pad > 0 ? pad : 0;
}

/* What pads below 0 leave of the map. */
static const char *emit_crop(struct ses_emit *emit)
{
    const struct ses_window *w = &ses_emit_node(emit)->window;
    const struct ses_value *from = ses_emit_from(emit);
    const char *map = ses_emit_input(emit, 0);
    int64_t top = above_zero(-w->pad_top), left = above_zero(-w->pad_left);
    int64_t bottom = above_zero(-w->pad_bottom);
    int64_t right = above_zero(-w->pad_right);
    if (top || bottom) {
        const char *to = ses_emit_name(emit, "rows");
        emit_slice(emit, "row-", map, to, 2, top, 1, from->h - top - bottom);
        map = to;
    }
    if (left || right) {
        const char *to = ses_emit_name(emit, "columns");
        emit_slice(emit, "column-", map, to, 3, left, 1,
                   from->w - left - right);
        map = to;
    }
    return map;
}

static void emit_pad(struct ses_emit *emit)
{
    static const char *const modes[] = { [SES_PAD_CONSTANT] = "constant",
                                         [SES_PAD_REFLECT] = "reflect",
                                         [SES_PAD_EDGE] = "edge" };
    const struct ses_node *node = ses_emit_node(emit);
    const struct ses_window *w = &node->window;
    int64_t pads[8] = { 0, 0, above_zero(w->pad_top), above_zero(w->pad_left),
                        0, 0, above_zero(w->pad_bottom),
                        above_zero(w->pad_right) };
    const char *inputs[4] = { emit_crop(emit),
                              ses_emit_integers(emit, "pads", 8, pads) };
    if (node->padding == SES_PAD_CONSTANT)
        inputs[2] = ses_emit_number(emit, "constant", node->alpha);
    ses_emit_begin(emit, "Pad");
    ses_emit_text(emit, "mode", modes[node->padding]);
    ses_emit_end(emit, ses_emit_output(emit), inputs);
}

/* The scale that gives a runtime, which rounds in * scale down, the size. */
static float scale_of(int in, int out, double scale, int wanted)
{
    if (!wanted)
        return (float)scale;
    float exact = (float)out / (float)in;
    while (floorf((float)in * exact) < (float)out)
        exact = nextafterf(exact, INFINITY);
    return exact;
}

static void emit_resize(struct ses_emit *emit)
{
    static const char *const modes[] = { [SES_RESIZE_NEAREST] = "nearest",
                                         [SES_RESIZE_LINEAR] = "linear" };
    static const char *const coordinates[] = {
        [SES_COORDINATE_HALF_PIXEL] = "half_pixel",
        [SES_COORDINATE_PYTORCH_HALF_PIXEL] = "pytorch_half_pixel",
        [SES_COORDINATE_ASYMMETRIC] = "asymmetric",
        [SES_COORDINATE_ALIGN_CORNERS] = "align_corners",
    };
    static const char *const nearest[] = {
        [SES_NEAREST_ROUND_PREFER_FLOOR] = "round_prefer_floor",
        [SES_NEAREST_ROUND_PREFER_CEIL] = "round_prefer_ceil",
        [SES_NEAREST_FLOOR] = "floor",
        [SES_NEAREST_CEIL] = "ceil",
    };
    const struct ses_resize *r = &ses_emit_node(emit)->resize;
    const struct ses_value *from = ses_emit_from(emit);
    const struct ses_value *to = ses_emit_to(emit);
    float of[4] = { 1, 1, scale_of(from->h, to->h, r->scale_h, r->h),
                    scale_of(from->w, to->w, r->scale_w, r->w) };
    const char *inputs[] = { ses_emit_input(emit, 0), "",
                             ses_emit_list(emit, "scales", 4, of), NULL };
    ses_emit_begin(emit, "Resize");
    ses_emit_text(emit, "mode", modes[r->mode]);
    ses_emit_text(emit, "coordinate_transformation_mode",
                  coordinates[r->coordinate]);
    ses_emit_text(emit, "nearest_mode", nearest[r->nearest]);
    ses_emit_end(emit, ses_emit_output(emit), inputs);
}

static const char *transpose(struct ses_emit *emit, const char *from,
                             const char *to, size_t n, const int64_t *perm)
{
    const char *inputs[] = { from, NULL };
    ses_emit_begin(emit, "Transpose");
    ses_emit_ints(emit, "perm", n, perm);
    ses_emit_end(emit, to, inputs);
    return to;
}

/* Whether channels first and last are the same floats in the same order. */
static bool one_order(int h, int w, int c)
{
    return c == 1 || (h == 1 && w == 1);
}

/* The floats as ours lie in memory, their axes reordered, and back. */
static void emit_permute(struct ses_emit *emit)
{
    static const int64_t channels_last[4] = { 0, 2, 3, 1 };
    static const int64_t channels_first[4] = { 0, 3, 1, 2 };
    const struct ses_permute *whole = &ses_emit_node(emit)->permute;
    const struct ses_value *from = ses_emit_from(emit);
    struct ses_permute p = ses_permute_simplify(whole);
    const char *at = ses_emit_input(emit, 0);
    if (!one_order(from->h, from->w, from->c))
        at = transpose(emit, at, ses_emit_name(emit, "last"), 4,
                       channels_last);
    if (p.n > 1) {
        int64_t shape[SES_MAX_RANK + 1] = { 0 };
        int64_t perm[SES_MAX_RANK + 1] = { 0 };
        for (int i = 0; i < p.n; i++) {
            shape[i + 1] = p.size[i];
            perm[i + 1] = p.perm[i] + 1;
        }
        size_t n = (size_t)p.n + 1;
        at = ses_emit_call(emit, "Reshape", ses_emit_name(emit, "axes"), at,
                           ses_emit_integers(emit, "split", n, shape));
        at = transpose(emit, at, ses_emit_name(emit, "ordered"), n, perm);
    }
    bool same = one_order(whole->h, whole->w, whole->c);
    int64_t shape[4] = { 0, same ? whole->c : whole->h,
                         same ? whole->h : whole->w,
                         same ? whole->w : whole->c };
    const char *to = same ? ses_emit_output(emit)
                          : ses_emit_name(emit, "map");
    at = ses_emit_call(emit, "Reshape", to, at,
                       ses_emit_integers(emit, "joined", 4, shape));
    if (!same)
        transpose(emit, at, ses_emit_output(emit), 4, channels_first);
}

static void emit_reduce(struct ses_emit *emit, const char *operator)
{
    int64_t axis = axis_of(ses_emit_node(emit)->axis);
    const char *inputs[] = { ses_emit_input(emit, 0), NULL };
    ses_emit_begin(emit, operator);
    ses_emit_ints(emit, "axes", 1, &axis);
    ses_emit_int(emit, "keepdims", 1);
    ses_emit_end(emit, ses_emit_output(emit), inputs);
}

enum ses_status ses_emit_shape(struct ses_emit *emit)
{
    const struct ses_node *node = ses_emit_node(emit);
    switch (node->op) {
    case SES_OP_CONCAT:
        return emit_concat(emit);
    case SES_OP_SLICE:
        emit_slice(emit, "", ses_emit_input(emit, 0), ses_emit_output(emit),
                   axis_of(node->axis), node->first, node->step,
                   node->length);
        break;
    case SES_OP_PAD:
        emit_pad(emit);
        break;
    case SES_OP_RESIZE:
        emit_resize(emit);
        break;
    case SES_OP_PERMUTE:
        emit_permute(emit);
        break;
    case SES_OP_AXIS_MEAN:
        emit_reduce(emit, "ReduceMean");
        break;
    default: /* AXIS_MAX */
        emit_reduce(emit, "ReduceMax");
        break;
    }
    return SES_OK;
}
