/* See arrange.h. */
#include "core/import/arrange.h"

#include <string.h>

static bool of_one_image(const struct ses_graph *graph,
                         const struct ses_view *x)
{
    const struct ses_value *value = &graph->values[x->value];
    return (size_t)value->h * (size_t)value->w * (size_t)value->c ==
           ses_view_count(x);
}

bool ses_split_own(const struct ses_graph *graph, const struct ses_view *x,
                   struct ses_split *out)
{
    const struct ses_value *value = &graph->values[x->value];
    *out = (struct ses_split){ .h = value->h, .w = value->w, .c = value->c };
    static const enum ses_axis inner_first[] = { SES_AXIS_C, SES_AXIS_W,
                                                 SES_AXIS_H };
    const int sizes[] = { value->c, value->w, value->h };
    int group = 0, filled = 1;
    for (int i = x->rank - 1; i > 0; i--) {
        int axis = x->order[i], size = x->size[axis];
        if (size == 1)
            continue;
        while (group < 3 && filled == sizes[group]) {
            group++;
            filled = 1;
        }
        if (group == 3 || sizes[group] / filled < size ||
            sizes[group] % (filled * size))
            return false;
        filled *= size;
        out->of[axis] = inner_first[group];
    }
    return of_one_image(graph, x);
}

/* Whether an axis has its part of a split for itself. */
static bool is_apart(const struct ses_view *x, const struct ses_split *split,
                     int axis)
{
    int size = split->of[axis] == SES_AXIS_H   ? split->h
               : split->of[axis] == SES_AXIS_W ? split->w
                                               : split->c;
    return size == x->size[axis];
}

struct ses_split ses_split_apart(const struct ses_graph *graph,
                                 const struct ses_view *x, int axis)
{
    struct ses_split split;
    if (x->size[axis] > 1 && ses_split_own(graph, x, &split) &&
        is_apart(x, &split, axis))
        return split;
    memset(&split, 0, sizeof split);
    int before = 1, behind = 1;
    bool met = false;
    for (int i = 1; i < x->rank; i++) {
        int at = x->order[i];
        if (at == axis)
            met = true;
        else
            *(met ? &behind : &before) *= x->size[at];
    }
    if (behind == 1) {
        split = (struct ses_split){ .h = 1, .w = before, .c = x->size[axis] };
        split.of[axis] = SES_AXIS_C;
    } else {
        split = (struct ses_split){ .h = before,
                                    .w = x->size[axis],
                                    .c = behind };
        split.of[axis] = SES_AXIS_W;
    }
    return split;
}

int ses_arrange(struct ses_graph *graph, const char *name,
                const struct ses_view *x, const int *order, int h, int w,
                int c)
{
    if (x->value < 0)
        return -1;
    struct ses_permute permute = { .h = h, .w = w, .c = c };
    int place[SES_MAX_RANK]; /* of an axis among those that have a size */
    for (int i = 1; i < x->rank; i++) {
        int axis = x->order[i];
        if (x->size[axis] == 1)
            continue;
        place[axis] = permute.n;
        permute.size[permute.n++] = x->size[axis];
    }
    int n = 0;
    bool moves = false;
    for (int i = 1; i < x->rank; i++) {
        if (x->size[order[i]] == 1)
            continue;
        moves |= place[order[i]] != n;
        permute.perm[n++] = place[order[i]];
    }
    const struct ses_value *value = &graph->values[x->value];
    if (!moves && value->h == h && value->w == w && value->c == c)
        return x->value;
    if (!moves) {
        permute.n = 1;
        permute.size[0] = (int)ses_view_count(x);
        permute.perm[0] = 0;
    }
    return ses_graph_permute(graph, name, x->value, &permute);
}

void ses_order_last(const struct ses_view *x, int axis, int *order)
{
    int n = 0;
    for (int i = 0; i < x->rank; i++)
        if (x->order[i] != axis)
            order[n++] = x->order[i];
    order[n] = axis;
}
