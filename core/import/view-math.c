/* Views: element by element. See view.h. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "core/import/arrange.h"

struct ses_view ses_view_activation(struct ses_graph *graph, const char *name,
                                    const struct ses_view *x,
                                    enum ses_activation activation,
                                    float alpha, float beta)
{
    struct ses_view view = *x;
    view.value = ses_graph_activation(graph, name, x->value, activation, alpha,
                                      beta);
    return view;
}

/* ---- two views ----------------------------------------------------------- */

/* How the result of a broadcast is laid out: in the order of memory of the
 * operand that has all its axes, if any, whose own split is kept. */
struct plan {
    int size[SES_MAX_RANK]; /* of the result */
    int order[SES_MAX_RANK];
    enum ses_axis of[SES_MAX_RANK]; /* where each axis goes */
};

static bool broadcast_sizes(const struct ses_view *a, const struct ses_view *b,
                            int *size)
{
    for (int i = 0; i < a->rank; i++) {
        if (a->size[i] != b->size[i] && a->size[i] != 1 && b->size[i] != 1)
            return false;
        size[i] = a->size[i] > b->size[i] ? a->size[i] : b->size[i];
    }
    return a->rank == b->rank;
}

/* Whether every part of the split is wholly there in x, or wholly 1. */
static bool suits(const struct ses_view *x, const struct plan *plan)
{
    int long_axes[3] = { 0 }, short_axes[3] = { 0 };
    for (int i = 1; i < x->rank; i++) {
        if (plan->size[i] == 1)
            continue;
        if (x->size[i] == 1)
            short_axes[plan->of[i]]++;
        else
            long_axes[plan->of[i]]++;
    }
    for (int i = 0; i < 3; i++)
        if (long_axes[i] && short_axes[i])
            return false;
    return true;
}

/* Both operands' axes, from the innermost on, into c, w and h: neighbours
 * that are there in the same operands go together, others apart. */
static bool make_split(const struct ses_view *a, const struct ses_view *b,
                       struct plan *plan)
{
    int group = 2, before = -1;
    for (int i = a->rank - 1; i > 0; i--) {
        int axis = plan->order[i];
        if (plan->size[axis] == 1)
            continue;
        int kind = 2 * (a->size[axis] > 1) + (b->size[axis] > 1);
        if (before >= 0 && kind != before && group-- == 0)
            return false;
        before = kind;
        plan->of[axis] = (enum ses_axis)group;
    }
    return true;
}

static bool make_plan(const struct ses_graph *graph, const struct ses_view *a,
                      const struct ses_view *b, struct plan *plan)
{
    memset(plan, 0, sizeof *plan);
    if (!broadcast_sizes(a, b, plan->size))
        return false;
    const struct ses_view *whole =
        ses_view_count(a) >= ses_view_count(b) ? a : b;
    const struct ses_view *other = whole == a ? b : a;
    memcpy(plan->order, whole->order, sizeof plan->order);
    struct ses_split split;
    size_t count = 1;
    for (int i = 1; i < a->rank; i++)
        count *= (size_t)plan->size[i];
    if (count == ses_view_count(whole) &&
        ses_split_own(graph, whole, &split)) {
        memcpy(plan->of, split.of, sizeof plan->of);
        if (suits(other, plan))
            return true;
    }
    return make_split(a, b, plan);
}

static int arrange_by(struct ses_graph *graph, const char *name,
                      const struct ses_view *x, const struct plan *plan)
{
    int size[3] = { 1, 1, 1 };
    for (int i = 1; i < x->rank; i++)
        if (x->size[i] > 1)
            size[plan->of[i]] *= x->size[i];
    return ses_arrange(graph, name, x, plan->order, size[SES_AXIS_H],
                       size[SES_AXIS_W], size[SES_AXIS_C]);
}

static struct ses_view cannot_join(struct ses_graph *graph, const char *name,
                                   const struct ses_view *a,
                                   const struct ses_view *b)
{
    const struct ses_view *both[] = { a, b };
    char text[2][96];
    for (int k = 0; k < 2; k++) {
        size_t shape[SES_MAX_RANK];
        for (int i = 0; i < both[k]->rank; i++)
            shape[i] = (size_t)both[k]->size[i];
        ses_shape_text(both[k]->rank, shape, text[k], sizeof text[k]);
    }
    return ses_view_fail(graph, name, SES_ESHAPE,
                         "its inputs are %s and %s (for one image), which do "
                         "not fit each other",
                         text[0], text[1]);
}

struct ses_view ses_view_binary(struct ses_graph *graph, const char *name,
                                enum ses_op op, const struct ses_view *a,
                                const struct ses_view *b)
{
    struct plan plan;
    if (a->value < 0 || b->value < 0)
        return ses_view_failed();
    if (!make_plan(graph, a, b, &plan))
        return cannot_join(graph, name, a, b);
    struct ses_view view = { .rank = a->rank };
    memcpy(view.size, plan.size, sizeof view.size);
    memcpy(view.order, plan.order, sizeof view.order);
    int left = arrange_by(graph, name, a, &plan);
    int right = arrange_by(graph, name, b, &plan);
    view.value = ses_graph_binary(graph, name, op, left, right);
    return view;
}

/* ---- a view and a constant ----------------------------------------------- */

static void count_parameters(struct ses_graph *graph, int value, size_t count)
{
    if (value >= 0)
        graph->nodes[graph->values[value].producer].parameters = count;
}

struct ses_view ses_view_constant(struct ses_graph *graph, const char *name,
                                  struct ses_tensor *value, bool learnt)
{
    if (!value)
        return ses_view_failed();
    int rank = value->rank;
    struct ses_view view = { .rank = rank + 1, .size = { 1 } };
    size_t map[3] = { 1, 1, 1 };
    if (rank + 1 > SES_MAX_RANK || value->count > INT_MAX ||
        value->count == 0) {
        ses_tensor_free(value);
        return ses_view_fail(graph, name, SES_EUNSUPPORTED,
                             "a constant of %d axes", rank);
    }
    for (int i = 0; i < rank; i++) {
        view.size[i + 1] = (int)value->shape[i];
        view.order[i + 1] = i + 1;
        map[i >= rank - 3 ? i - rank + 3 : 0] *= value->shape[i];
    }
    value->rank = 3;
    memcpy(value->shape, map, sizeof map);
    size_t count = value->count;
    view.value = ses_graph_constant(graph, name, value);
    count_parameters(graph, view.value, learnt ? count : 0);
    return view;
}

static struct ses_view with_number(struct ses_graph *graph, const char *name,
                                   enum ses_op op, const struct ses_view *x,
                                   float number, bool first)
{
    float alpha = 1, beta = 0;
    enum ses_activation activation = SES_ACT_LINEAR;
    switch (op) {
    case SES_OP_ADD:
        beta = number;
        break;
    case SES_OP_SUBTRACT:
        alpha = first ? -1 : 1;
        beta = first ? number : -number;
        break;
    case SES_OP_MULTIPLY:
        alpha = number;
        break;
    case SES_OP_MAXIMUM:
        activation = SES_ACT_CLIP;
        alpha = number;
        beta = INFINITY;
        break;
    default: /* divide */
        alpha = first ? number : 1 / number;
        break;
    }
    struct ses_view view = *x;
    if (op == SES_OP_DIVIDE && first)
        view = ses_view_activation(graph, name, x, SES_ACT_POWER, -1, 0);
    return ses_view_activation(graph, name, &view, activation, alpha, beta);
}

/* A vector of n numbers that are all the same. */
static struct ses_tensor *uniform(size_t n, float number)
{
    struct ses_tensor *tensor = ses_tensor_new(1, &n);
    for (size_t i = 0; tensor && i < n; i++)
        tensor->data[i] = number;
    return tensor;
}

struct ses_view ses_view_affine(struct ses_graph *graph, const char *name,
                                const struct ses_view *x, int axis,
                                struct ses_tensor *factor,
                                struct ses_tensor *offset, bool learnt)
{
    size_t n = x->value < 0 ? 0 : (size_t)x->size[axis];
    size_t count = (factor ? factor->count : 0) + (offset ? offset->count : 0);
    if (x->value >= 0 && ((factor && factor->count != n) ||
                          (offset && offset->count != n)))
        ses_view_fail(graph, name, SES_ESHAPE,
                      "%zu numbers for an axis of %zu",
                      (factor ? factor : offset)->count, n);
    bool fits = n && (!factor || factor->count == n) &&
                (!offset || offset->count == n);
    struct ses_view view = *x;
    int map = -1;
    if (fits) {
        int order[SES_MAX_RANK];
        struct ses_split split;
        ses_order_last(x, axis, order);
        memcpy(view.order, order, sizeof view.order);
        view.value = x->value;
        /* the value's own height and width, where the axis is its channels */
        if (!(ses_split_own(graph, x, &split) && split.c == (int)n &&
              (n == 1 || split.of[axis] == SES_AXIS_C)))
            split = (struct ses_split){
                .h = 1, .w = (int)(ses_view_count(x) / n), .c = (int)n
            };
        map = ses_arrange(graph, name, x, order, split.h, split.w, split.c);
    }
    struct ses_tensor *mean = uniform(n ? n : 1, 0);
    struct ses_tensor *variance = uniform(n ? n : 1, 1);
    view.value = ses_graph_batch_norm(graph, name, map, factor, offset, mean,
                                      variance, 0);
    count_parameters(graph, view.value, learnt ? count : 0);
    return view;
}

/* The one axis of x along which a constant differs, aligned at the end; 0
 * when there are several or it is longer than x. */
static int only_axis(const struct ses_view *x, const struct ses_tensor *tensor)
{
    int found = 0;
    for (int i = 0; i < tensor->rank; i++) {
        int axis = x->rank - tensor->rank + i;
        if (tensor->shape[i] == 1)
            continue;
        if (found || axis < 1 || (size_t)x->size[axis] != tensor->shape[i])
            return 0;
        found = axis;
    }
    return found;
}

static struct ses_view along_axis(struct ses_graph *graph, const char *name,
                                  enum ses_op op, const struct ses_view *x,
                                  int axis, struct ses_tensor *constant,
                                  bool first, bool learnt)
{
    if (op == SES_OP_DIVIDE)
        for (size_t i = 0; i < constant->count; i++)
            constant->data[i] = 1 / constant->data[i];
    if (op == SES_OP_MULTIPLY || op == SES_OP_DIVIDE)
        return ses_view_affine(graph, name, x, axis, constant, NULL, learnt);
    if (op == SES_OP_SUBTRACT && !first)
        for (size_t i = 0; i < constant->count; i++)
            constant->data[i] = -constant->data[i];
    struct ses_tensor *factor =
        op == SES_OP_SUBTRACT && first ? uniform(constant->count, -1) : NULL;
    return ses_view_affine(graph, name, x, axis, factor, constant, learnt);
}

struct ses_view ses_view_with_constant(struct ses_graph *graph,
                                       const char *name, enum ses_op op,
                                       const struct ses_view *x,
                                       struct ses_tensor *constant,
                                       bool constant_first, bool learnt)
{
    if (x->value < 0 || !constant) {
        ses_tensor_free(constant);
        return ses_view_failed();
    }
    if (constant->count == 1 && constant->rank <= x->rank) {
        float number = constant->data[0];
        ses_tensor_free(constant);
        struct ses_view view =
            with_number(graph, name, op, x, number, constant_first);
        count_parameters(graph, view.value, learnt ? 1 : 0);
        return view;
    }
    int axis = only_axis(x, constant);
    bool divides_it = op == SES_OP_DIVIDE && constant_first;
    if (axis && !divides_it && op != SES_OP_MAXIMUM)
        return along_axis(graph, name, op, x, axis, constant, constant_first,
                          learnt);
    /* the batch's axis, when the constant has it, is 1; axes it lacks are */
    struct ses_tensor aligned = *constant;
    int lead = x->rank - 1 - constant->rank;
    if (lead < -1 || (lead == -1 && constant->shape[0] != 1)) {
        ses_tensor_free(constant);
        return ses_view_fail(graph, name, SES_ESHAPE,
                             "a constant of %d axes does not fit its input of "
                             "%d",
                             aligned.rank, x->rank);
    }
    constant->rank = x->rank - 1;
    for (int i = 0; i < constant->rank; i++)
        constant->shape[i] = i < lead ? 1 : aligned.shape[i - lead];
    struct ses_view other = ses_view_constant(graph, name, constant, learnt);
    return constant_first ? ses_view_binary(graph, name, op, &other, x)
                          : ses_view_binary(graph, name, op, x, &other);
}
