/* Views: along their axes. See view.h. */
#include <string.h>

#include "core/import/arrange.h"

/* ---- reductions ---------------------------------------------------------- */

/* One axis of x to 1. */
static struct ses_view reduce_axis(struct ses_graph *graph, const char *name,
                                   const struct ses_view *x, enum ses_op op,
                                   int axis)
{
    struct ses_split split = ses_split_apart(graph, x, axis);
    int map = ses_arrange(graph, name, x, x->order, split.h, split.w, split.c);
    struct ses_view view = *x;
    view.size[axis] = 1;
    view.value = ses_graph_reduce(
        graph, name, map,
        op == SES_OP_GLOBAL_MEAN ? SES_OP_AXIS_MEAN : SES_OP_AXIS_MAX,
        split.of[axis]);
    return view;
}

/* Whether the axes marked are just the value's height and width. */
static bool is_global(const struct ses_graph *graph, const struct ses_view *x,
                      const bool *axes)
{
    struct ses_split split;
    if (!ses_split_own(graph, x, &split))
        return false;
    for (int i = 1; i < x->rank; i++)
        if (x->size[i] > 1 && axes[i] == (split.of[i] == SES_AXIS_C))
            return false;
    return true;
}

/* Without the axes marked, all of which are 1. */
static struct ses_view without_axes(const struct ses_view *x, const bool *axes)
{
    struct ses_view view = { .value = x->value };
    int now[SES_MAX_RANK];
    for (int i = 0; i < x->rank; i++) {
        now[i] = view.rank;
        if (i == 0 || !axes[i])
            view.size[view.rank++] = x->size[i];
    }
    int n = 0;
    for (int i = 0; i < x->rank; i++)
        if (x->order[i] == 0 || !axes[x->order[i]])
            view.order[n++] = now[x->order[i]];
    return view;
}

struct ses_view ses_view_reduce(struct ses_graph *graph, const char *name,
                                const struct ses_view *x, enum ses_op op,
                                const bool *axes, bool keep_axes)
{
    if (x->value < 0)
        return *x;
    struct ses_view view = *x;
    if (is_global(graph, x, axes)) {
        view.value = ses_graph_unary(graph, name, x->value, op);
        for (int i = 1; i < x->rank; i++)
            view.size[i] = axes[i] ? 1 : x->size[i];
    }
    for (int i = 1; i < x->rank && view.value >= 0; i++)
        if (axes[i] && view.size[i] > 1)
            view = reduce_axis(graph, name, &view, op, i);
    return keep_axes ? view : without_axes(&view, axes);
}

/* ---- parts --------------------------------------------------------------- */

static bool same_but(const struct ses_view *a, const struct ses_view *b,
                     int axis)
{
    for (int i = 1; i < a->rank; i++)
        if (i != axis && a->size[i] != b->size[i])
            return false;
    return a->rank == b->rank;
}

struct ses_view ses_view_concat(struct ses_graph *graph, const char *name,
                                const struct ses_view *const *x, int n,
                                int axis)
{
    enum { MOST = 1024 };
    int maps[MOST], sum = 0;
    if (n < 1 || n > MOST || axis < 1 || axis >= x[0]->rank)
        return ses_view_fail(graph, name, SES_EUNSUPPORTED,
                             "%d inputs side by side along axis %d", n, axis);
    const struct ses_view *like = x[0];
    for (int i = 0; i < n; i++) {
        if (x[i]->value < 0)
            return *x[i];
        if (!same_but(x[0], x[i], axis))
            return ses_view_fail(graph, name, SES_ESHAPE,
                                 "its inputs differ along more than axis %d",
                                 axis);
        if (like->size[axis] == 1)
            like = x[i];
    }
    struct ses_split split = ses_split_apart(graph, like, axis);
    for (int i = 0; i < n; i++) {
        int size[3] = { split.h, split.w, split.c };
        size[split.of[axis]] = x[i]->size[axis];
        maps[i] = ses_arrange(graph, name, x[i], like->order, size[SES_AXIS_H],
                              size[SES_AXIS_W], size[SES_AXIS_C]);
        if (maps[i] < 0)
            return ses_view_failed();
        if (__builtin_add_overflow(sum, x[i]->size[axis], &sum))
            return ses_view_fail(graph, name, SES_ESHAPE,
                                 "its inputs are too long along axis %d",
                                 axis);
    }
    struct ses_view view = *like;
    view.size[axis] = sum;
    view.value = ses_graph_concat(graph, name, maps, n, split.of[axis]);
    return view;
}

struct ses_view ses_view_slice(struct ses_graph *graph, const char *name,
                               const struct ses_view *x, int axis, int first,
                               int step, int length)
{
    if (x->value < 0)
        return *x;
    if (axis < 1 || axis >= x->rank)
        return ses_view_fail(graph, name, SES_EUNSUPPORTED,
                             "a part along axis %d of %d", axis, x->rank);
    if (first == 0 && step == 1 && length == x->size[axis])
        return *x;
    struct ses_split split = ses_split_apart(graph, x, axis);
    int map = ses_arrange(graph, name, x, x->order, split.h, split.w, split.c);
    struct ses_view view = *x;
    view.size[axis] = length;
    view.value = ses_graph_slice(graph, name, map, split.of[axis], first, step,
                                 length);
    return view;
}

/* ---- along the channels -------------------------------------------------- */

/* x with an axis as the value's channels: its own height and width where it
 * is them already. */
static int as_channels(struct ses_graph *graph, const char *name,
                       const struct ses_view *x, int axis,
                       struct ses_view *view)
{
    struct ses_split split;
    int size = x->size[axis];
    *view = *x;
    ses_order_last(x, axis, view->order);
    bool own = ses_split_own(graph, x, &split) && split.c == size &&
               (size == 1 || split.of[axis] == SES_AXIS_C);
    if (!own)
        split = (struct ses_split){
            .h = 1, .w = (int)(ses_view_count(x) / (size_t)size), .c = size
        };
    return ses_arrange(graph, name, x, view->order, split.h, split.w, split.c);
}

struct ses_view ses_view_softmax(struct ses_graph *graph, const char *name,
                                 const struct ses_view *x, int axis)
{
    if (x->value < 0)
        return *x;
    if (axis < 1 || axis >= x->rank)
        return ses_view_fail(graph, name, SES_EUNSUPPORTED,
                             "softmax over axis %d of %d", axis, x->rank);
    struct ses_view view;
    int map = as_channels(graph, name, x, axis, &view);
    view.value = ses_graph_unary(graph, name, map, SES_OP_SOFTMAX);
    return view;
}

struct ses_view ses_view_dense(struct ses_graph *graph, const char *name,
                               const struct ses_view *x,
                               struct ses_tensor *weight,
                               struct ses_tensor *bias)
{
    int axis = x->rank - 1;
    bool fits = x->value >= 0 && weight && weight->rank == 2 && axis > 0 &&
                weight->shape[1] == (size_t)x->size[axis];
    if (!fits) {
        if (x->value >= 0 && weight && weight->rank == 2 && axis > 0)
            ses_view_fail(graph, name, SES_ESHAPE,
                          "a weight for %zu inputs, found %d",
                          weight->shape[1], x->size[axis]);
        ses_tensor_free(weight);
        ses_tensor_free(bias);
        return ses_view_failed();
    }
    struct ses_view view;
    int map = as_channels(graph, name, x, axis, &view);
    view.size[axis] = (int)weight->shape[0];
    view.value = ses_graph_conv(graph, name, map, ses_window(1, 1, 0), 1,
                                weight, bias);
    return view;
}
