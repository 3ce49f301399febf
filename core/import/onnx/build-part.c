/* Parts of tensors, and tensors side by side. See operators.h. */
#include <limits.h>

#include "core/import/onnx/operators.h"
#include "core/import/onnx/shape.h"

struct ses_view ses_onnx_build_concat(const struct ses_onnx_call *call)
{
    size_t n = call->node->n_inputs;
    struct ses_arena *arena = &call->net->model.arena;
    struct ses_view *views = ses_arena_alloc(arena, n, sizeof *views);
    const struct ses_view **parts = ses_arena_alloc(arena, n, sizeof *parts);
    int rank = 0, axis;
    if (!views || !parts) {
        ses_fail_memory(call->net->err, "a list of inputs");
        return ses_view_failed();
    }
    for (size_t k = 0; k < n; k++) {
        const struct ses_onnx_value *value = ses_onnx_input(call, k);
        if (value && value->state == SES_ONNX_COMPUTED)
            rank = value->view.rank;
    }
    if (!ses_onnx_axis(call, (double)ses_onnx_int(call, "axis", 1), rank,
                       &axis))
        return ses_view_failed();
    for (size_t k = 0; k < n; k++) {
        views[k] = ses_onnx_operand(call, k, rank);
        if (views[k].value < 0)
            return views[k];
        parts[k] = &views[k];
    }
    if (n == 1)
        return views[0];
    return ses_view_concat(call->net->graph, call->name, parts,
                           n > INT_MAX ? 0 : (int)n, axis);
}

/* Sizes of a Split's parts: given, or equal with a smaller last. */
static bool split_sizes(const struct ses_onnx_call *call, int size,
                        int64_t *out)
{
    size_t n = call->node->n_outputs;
    struct ses_onnx_list list;
    int64_t sum = 0;
    if (!ses_onnx_list(call, 1, "split", &list))
        return false;
    if (list.given && list.n != n) {
        ses_onnx_refuse(call, SES_EFORMAT, "%zu sizes for %zu outputs", list.n,
                        n);
        return false;
    }
    int64_t equal = n ? (size + (int64_t)n - 1) / (int64_t)n : 0;
    for (size_t i = 0; i < n; i++) {
        out[i] = equal < size - sum ? equal : size - sum;
        if (list.given && !ses_onnx_whole(call, list.at[i], &out[i]))
            return false;
        if (out[i] < 1 || out[i] > size - sum) {
            ses_onnx_refuse(call, SES_ESHAPE,
                            "its parts do not fit an axis of %d", size);
            return false;
        }
        sum += out[i];
    }
    return true;
}

struct ses_view ses_onnx_build_split(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0), first = ses_view_failed();
    size_t n = call->node->n_outputs;
    int64_t *sizes =
        ses_arena_alloc(&call->net->model.arena, n, sizeof *sizes);
    int axis, at = 0;
    if (!sizes)
        ses_fail_memory(call->net->err, "the sizes of parts");
    if (x.value < 0 || !sizes ||
        !ses_onnx_axis(call, (double)ses_onnx_int(call, "axis", 0), x.rank,
                       &axis))
        return ses_view_failed();
    if (axis == 0)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "it parts the images of a batch");
    if (!split_sizes(call, x.size[axis], sizes))
        return ses_view_failed();
    for (size_t i = 0; i < n; i++) {
        struct ses_onnx_value *out = ses_onnx_output(call, i);
        if (out || i == 0) {
            struct ses_view part =
                ses_view_slice(call->net->graph, call->name, &x, axis, at, 1,
                               (int)sizes[i]);
            if (part.value < 0)
                return part;
            if (i == 0)
                first = part;
            if (out) {
                out->view = part;
                out->state = SES_ONNX_COMPUTED;
            }
        }
        at += (int)sizes[i];
    }
    return first;
}

/* All images of the batch, whatever their number. */
static bool is_whole_batch(const struct ses_onnx_net *net,
                           const struct ses_onnx_cut *cut)
{
    bool end = ses_onnx_is_batch(net, cut->end) || cut->end.value >= INT_MAX;
    return cut->start.value == 0 && end && cut->step == 1;
}

struct ses_view ses_onnx_build_slice(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_onnx_cut cuts[SES_MAX_RANK];
    if (x.value < 0 || !ses_onnx_cuts(call, x.rank, cuts))
        return ses_view_failed();
    if (cuts[0].given && !is_whole_batch(call->net, &cuts[0]))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "it takes part of the images of a batch");
    for (int i = 1; i < x.rank && x.value >= 0; i++) {
        struct ses_onnx_range range;
        if (!cuts[i].given)
            continue;
        if (!ses_onnx_cut_range(call, &cuts[i], x.size[i], &range))
            return ses_view_failed();
        if (range.length < 1)
            return ses_onnx_refuse(call, SES_ESHAPE,
                                   "nothing of axis %d is left", i);
        if (range.length == 1)
            range.step = 1;
        x = ses_view_slice(call->net->graph, call->name, &x, i,
                           (int)range.first, (int)range.step,
                           (int)range.length);
    }
    return x;
}

/* One element of an axis, which goes, or several at equal distances. */
struct ses_view ses_onnx_build_gather(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    const struct ses_onnx_constant *indices = ses_onnx_constant_input(call, 1);
    struct ses_onnx_list list;
    int axis, size[SES_MAX_RANK], rank = 0;
    if (x.value < 0 || !ses_onnx_list(call, 1, NULL, &list) ||
        !ses_onnx_axis(call, (double)ses_onnx_int(call, "axis", 0), x.rank,
                       &axis))
        return ses_view_failed();
    if (axis == 0 || !indices || indices->rank > 1 || list.n < 1 ||
        list.n > INT_MAX)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "elements of axis %d by a table of %d axes",
                               axis, indices ? indices->rank : 0);
    int64_t first = 0, step = 1;
    for (size_t i = 0; i < list.n; i++) {
        int64_t at;
        if (!ses_onnx_whole(call, list.at[i], &at))
            return ses_view_failed();
        at += at < 0 ? x.size[axis] : 0;
        if (at < 0 || at >= x.size[axis])
            return ses_onnx_refuse(call, SES_ESHAPE,
                                   "element %lld of an axis of %d",
                                   (long long)at, x.size[axis]);
        if (i == 0)
            first = at;
        if (i == 1)
            step = at - first;
        if (at != first + (int64_t)i * step || (i == 1 && step == 0))
            return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                                   "elements in no regular order");
    }
    struct ses_view part =
        ses_view_slice(call->net->graph, call->name, &x, axis, (int)first,
                       (int)step, (int)list.n);
    if (indices->rank == 1 || part.value < 0)
        return part;
    for (int i = 0; i < x.rank; i++)
        if (i != axis)
            size[rank++] = x.size[i];
    return ses_view_reshape(call->net->graph, call->name, &part, rank, size);
}
