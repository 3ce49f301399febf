/* The tree of a clustering beside what it orders: the leaves in the order
 * shown, branches as long as things are apart. */
#ifndef SES_PLOTS_TREE_H
#define SES_PLOTS_TREE_H

#include <stdbool.h>

#include "plots/canvas.h"

/* Two become one: 0 .. n - 1 are leaves, n + i is what branch i made. height
 * NaN: not drawn. */
struct ses_branch {
    size_t first, second;
    double height;
};

struct ses_tree {
    size_t n;                          /* leaves; 0: no tree */
    const struct ses_branch *branches; /* [n - 1] borrowed */
    double *at;                        /* [2 n - 1] of 0 .. 1, in the order */
    double most;                       /* height of the highest */
};

/* order: [n] the leaves as shown. Caller frees with ses_tree_release(). */
SES_MUST_CHECK enum ses_status ses_tree_init(
    struct ses_tree *tree, const struct ses_branch *branches,
    const size_t *order, size_t n, struct ses_error *err);
void ses_tree_release(struct ses_tree *tree);

/* In the current pen. Leaves are along the lower edge of room, from left to
 * right; or (down) along its left edge, from above. */
void ses_tree_draw(const struct ses_tree *tree, const struct ses_rect *room,
                   bool down, cairo_t *cr);

#endif
