/* Views: making them, and seeing them otherwise. See view.h. */
#include "core/import/view.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/import/arrange.h"

struct ses_view ses_view_failed(void)
{
    return (struct ses_view){ .value = -1 };
}

struct ses_view ses_view_fail(struct ses_graph *graph, const char *name,
                              enum ses_status status, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    ses_fail(graph->error, status, "layer '%s': %s", name, text);
    return ses_view_failed();
}

size_t ses_view_count(const struct ses_view *x)
{
    size_t count = 1;
    for (int i = 1; i < x->rank; i++)
        count *= (size_t)x->size[i];
    return count;
}

/* Axes of h, w and c for a rank; -1 for none. */
struct places {
    int h, w, c;
};

static bool find_places(int rank, enum ses_layout layout, struct places *out)
{
    bool first = layout == SES_CHANNELS_FIRST;
    switch (rank) {
    case 2:
        *out = (struct places){ -1, -1, 1 };
        return true;
    case 3:
        *out = first ? (struct places){ -1, 2, 1 }
                     : (struct places){ -1, 1, 2 };
        return true;
    case 4:
        *out = first ? (struct places){ 2, 3, 1 }
                     : (struct places){ 1, 2, 3 };
        return true;
    default:
        return false;
    }
}

/* Batch, then h, w, c as far as there are such axes. */
static void map_order(const struct places *places, int *order)
{
    int n = 0;
    order[n++] = 0;
    if (places->h > 0)
        order[n++] = places->h;
    if (places->w > 0)
        order[n++] = places->w;
    order[n] = places->c;
}

struct ses_view ses_view_input(struct ses_graph *graph, const char *name,
                               int rank, const int *size,
                               enum ses_layout layout)
{
    struct places at;
    if (!find_places(rank, layout, &at))
        return ses_view_fail(graph, name, SES_EUNSUPPORTED,
                             "an input of %d axes, expected 4", rank);
    for (int i = 1; i < rank; i++)
        if (size[i] < 1)
            return ses_view_fail(graph, name, SES_ESHAPE,
                                 "axis %d of the input is %d long", i,
                                 size[i]);
    int value = ses_graph_input(graph, name, size[at.c]);
    if (value < 0)
        return ses_view_failed();
    ses_graph_size_input(graph, at.h > 0 ? size[at.h] : 1,
                         at.w > 0 ? size[at.w] : 1);
    struct ses_error unheard = { 0 };
    if (ses_graph_infer_node(graph, graph->n_nodes - 1,
                             graph->error ? graph->error : &unheard))
        return ses_view_failed();
    return ses_view_of(graph, value, rank, layout);
}

struct ses_view ses_view_of(struct ses_graph *graph, int value, int rank,
                            enum ses_layout layout)
{
    struct places at;
    if (value < 0 || !find_places(rank, layout, &at))
        return ses_view_failed();
    const struct ses_value *map = &graph->values[value];
    if ((at.h < 0 && map->h != 1) || (at.w < 0 && map->w != 1))
        return ses_view_fail(graph, map->name, SES_ESHAPE,
                             "a map of %dx%d where a vector was expected",
                             map->h, map->w);
    struct ses_view view = { .value = value, .rank = rank, .size = { 1 } };
    view.size[at.c] = map->c;
    if (at.h > 0)
        view.size[at.h] = map->h;
    if (at.w > 0)
        view.size[at.w] = map->w;
    map_order(&at, view.order);
    return view;
}

int ses_view_map(struct ses_graph *graph, const char *name,
                 const struct ses_view *x, enum ses_layout layout)
{
    struct places at;
    if (x->value < 0)
        return -1;
    if (!find_places(x->rank, layout, &at))
        return ses_view_fail(graph, name, SES_ESHAPE,
                             "its input has %d axes, expected 2 to 4",
                             x->rank)
            .value;
    int order[SES_MAX_RANK];
    map_order(&at, order);
    return ses_arrange(graph, name, x, order, at.h > 0 ? x->size[at.h] : 1,
                       at.w > 0 ? x->size[at.w] : 1, x->size[at.c]);
}

struct ses_view ses_view_transpose(struct ses_graph *graph, const char *name,
                                   const struct ses_view *x, const int *perm)
{
    if (x->value < 0)
        return *x;
    unsigned seen = 0;
    for (int i = 0; i < x->rank; i++)
        if (perm[i] >= 0 && perm[i] < x->rank)
            seen |= 1u << perm[i];
    if (seen != (1u << x->rank) - 1)
        return ses_view_fail(graph, name, SES_EFORMAT,
                             "no order of its input's %d axes", x->rank);
    if (perm[0] != 0)
        return ses_view_fail(graph, name, SES_EUNSUPPORTED,
                             "it moves the batch's axis to another place");
    struct ses_view view = { .value = x->value, .rank = x->rank };
    int now[SES_MAX_RANK]; /* where each axis of x is in the view */
    for (int i = 0; i < x->rank; i++) {
        view.size[i] = x->size[perm[i]];
        now[perm[i]] = i;
    }
    for (int i = 0; i < x->rank; i++)
        view.order[i] = now[x->order[i]];
    return view;
}

static bool same_count(const struct ses_view *x, int rank, const int *size)
{
    size_t count = 1;
    for (int i = 1; i < rank; i++)
        if (size[i] < 1 ||
            __builtin_mul_overflow(count, (size_t)size[i], &count))
            return false;
    return count == ses_view_count(x);
}

/* Axes [first, end) of x and [to, to_end) of the shape hold the same
 * elements. */
struct piece {
    int first, end, to, to_end;
    int memory; /* where it begins in x's memory order */
};

/* Whether the axes of a piece stand side by side in memory, in their order. */
static bool lies_together(const struct ses_view *x, struct piece *piece)
{
    int next = -1;
    piece->memory = x->rank;
    for (int axis = piece->first; axis < piece->end; axis++) {
        if (x->size[axis] == 1)
            continue;
        int at = 1, before = 0;
        for (; x->order[at] != axis; at++)
            before += x->size[x->order[at]] > 1;
        if (next >= 0 && before != next)
            return false;
        if (next < 0)
            piece->memory = before;
        next = before + 1;
    }
    return true;
}

/* Cut both shapes where their products meet. Returns how many pieces. */
static int cut(const struct ses_view *x, int rank, const int *size,
               struct piece *pieces)
{
    int n = 0, i = 1, j = 1;
    while (i < x->rank || j < rank) {
        struct piece piece = { .first = i, .to = j };
        size_t a = 1, b = 1;
        do {
            if ((a <= b && i < x->rank) || j == rank)
                a *= (size_t)x->size[i++];
            else
                b *= (size_t)size[j++];
        } while (a != b);
        piece.end = i;
        piece.to_end = j;
        pieces[n++] = piece;
    }
    return n;
}

/* The shape as a view of the same memory; false when floats must move. */
static bool reshape_in_place(const struct ses_view *x, int rank,
                             const int *size, struct ses_view *out)
{
    struct piece pieces[2 * SES_MAX_RANK];
    int n = cut(x, rank, size, pieces);
    for (int i = 0; i < n; i++)
        if (!lies_together(x, &pieces[i]))
            return false;
    *out = (struct ses_view){ .value = x->value, .rank = rank };
    int place = 1;
    /* pieces by where they lie; those of single elements come last */
    for (int memory = 0; memory <= x->rank; memory++)
        for (int i = 0; i < n; i++)
            if (pieces[i].memory == memory)
                for (int axis = pieces[i].to; axis < pieces[i].to_end; axis++)
                    out->order[place++] = axis;
    return true;
}

struct ses_view ses_view_reshape(struct ses_graph *graph, const char *name,
                                 const struct ses_view *x, int rank,
                                 const int *size)
{
    if (x->value < 0)
        return *x;
    if (rank < 1 || rank > SES_MAX_RANK)
        return ses_view_fail(graph, name, SES_EUNSUPPORTED,
                             "a shape of %d axes, expected at most %d", rank,
                             SES_MAX_RANK);
    if (!same_count(x, rank, size))
        return ses_view_fail(graph, name, SES_ESHAPE,
                             "%zu elements of an image do not fit the shape "
                             "asked for",
                             ses_view_count(x));
    struct ses_view view;
    if (!reshape_in_place(x, rank, size, &view)) {
        int order[SES_MAX_RANK], h = 1, w = 1, c = 1;
        for (int i = 0; i < x->rank; i++)
            order[i] = i;
        for (int i = 1; i < rank; i++)
            *(i == rank - 1 ? &c : i == rank - 2 ? &w : &h) *= size[i];
        view = (struct ses_view){ .rank = rank };
        view.value = ses_arrange(graph, name, x, order, h, w, c);
        for (int i = 0; i < rank; i++)
            view.order[i] = i;
    }
    view.size[0] = 1;
    for (int i = 1; i < rank; i++)
        view.size[i] = size[i];
    return view;
}
