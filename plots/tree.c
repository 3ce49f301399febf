/* See tree.h. */
#include "plots/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

enum ses_status ses_tree_init(struct ses_tree *tree,
                              const struct ses_branch *branches,
                              const size_t *order, size_t n,
                              struct ses_error *err)
{
    *tree = (struct ses_tree){ .n = n, .branches = branches };
    tree->at = ses_calloc(2 * n, sizeof *tree->at);
    if (!tree->at)
        return ses_fail_memory(err, "a tree");
    for (size_t i = 0; i < n; i++)
        tree->at[order[i]] = ((double)i + 0.5) / (double)n;
    for (size_t i = 0; i + 1 < n; i++) {
        const struct ses_branch *b = &branches[i];
        tree->at[n + i] = (tree->at[b->first] + tree->at[b->second]) / 2;
        if (isfinite(b->height))
            tree->most = fmax(tree->most, b->height);
    }
    return SES_OK;
}

void ses_tree_release(struct ses_tree *tree)
{
    free(tree->at);
    memset(tree, 0, sizeof *tree);
}

static void go(const struct ses_tree *tree, const struct ses_rect *room,
               bool down, size_t node, double height, bool line, cairo_t *cr)
{
    double at = tree->at[node], up = height / tree->most;
    double x = down ? room->x + up * room->width : room->x + at * room->width;
    double y = down ? room->y + at * room->height
                    : room->y + (1 - up) * room->height;
    if (line)
        cairo_line_to(cr, x, y);
    else
        cairo_move_to(cr, x, y);
}

void ses_tree_draw(const struct ses_tree *tree, const struct ses_rect *room,
                   bool down, cairo_t *cr)
{
    if (!(tree->most > 0))
        return;
    for (size_t i = 0; i + 1 < tree->n; i++) {
        const struct ses_branch *b = &tree->branches[i];
        if (!isfinite(b->height))
            continue;
        const size_t ends[2] = { b->first, b->second };
        double foot[2];
        for (int k = 0; k < 2; k++)
            foot[k] = ends[k] < tree->n
                          ? 0
                          : tree->branches[ends[k] - tree->n].height;
        go(tree, room, down, ends[0], foot[0], false, cr);
        go(tree, room, down, ends[0], b->height, true, cr);
        go(tree, room, down, ends[1], b->height, true, cr);
        go(tree, room, down, ends[1], foot[1], true, cr);
    }
    cairo_stroke(cr);
}
