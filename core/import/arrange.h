/* How a view's axes lie in its value's memory, and bringing them into another
 * order: what the files of view.h share. */
#ifndef SES_IMPORT_ARRANGE_H
#define SES_IMPORT_ARRANGE_H

#include "core/import/view.h"

/* Which of h, w and c an axis belongs to. */
struct ses_split {
    int h, w, c;                     /* sizes */
    enum ses_axis of[SES_MAX_RANK]; /* of each axis longer than 1 */
};

/* The axes' share in the value's own h, w and c; false when an axis is spread
 * over two of them. */
bool ses_split_own(const struct ses_graph *graph, const struct ses_view *x,
                   struct ses_split *out);

/* A split in which an axis has one of h, w and c for itself: the value's own,
 * where it is one, else what lies before and behind it in memory. */
struct ses_split ses_split_apart(const struct ses_graph *graph,
                                 const struct ses_view *x, int axis);

/* The value with x's axes in another memory order, as a map of h x w x c
 * (whose product is x's): x's own where nothing changes, else a PERMUTE. */
int ses_arrange(struct ses_graph *graph, const char *name,
                const struct ses_view *x, const int *order, int h, int w,
                int c);

/* The order of x with one axis moved to the end. */
void ses_order_last(const struct ses_view *x, int axis, int *order);

#endif
