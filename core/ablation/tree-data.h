/* Inside a tree: what tree.c, which makes it, and tree-run.c share. */
#ifndef SES_ABLATION_TREE_DATA_H
#define SES_ABLATION_TREE_DATA_H

#include <stdint.h>

#include "core/ablation/tree.h"

/* Something can be done to a block here. */
struct ses_tree_event {
    size_t node; /* of the graph; the value is its output */
    size_t block;
    bool scale; /* it is the pre-gate value */
};

/* Variants order[low..high), which did the same so far. */
struct ses_fork {
    size_t low, high;
    size_t event; /* where they part; n_events: nowhere */
    size_t first_child, n_children; /* the one with the most variants last */
};

struct ses_tree {
    const struct ses_graph *graph;
    struct ses_tree_event *events; /* by node */
    size_t *cuts;                  /* [n_events]: the nodes after them */
    size_t n_events, n_variants;
    uint32_t *actions; /* [n_variants][n_events]: 0 is nothing, equal numbers
                        * are equal deeds */
    size_t *order;     /* variants */
    struct ses_fork *forks; /* the first is the root */
    size_t n_forks, capacity;
    double *before; /* [n_nodes + 1]: multiply-adds of the nodes before */
};

/* What the variant at a place in the order does: [n_events]. */
const uint32_t *ses_tree_actions(const struct ses_tree *tree, size_t place);

/* Nodes that are run before the variants of a fork part. */
size_t ses_fork_end(const struct ses_tree *tree, const struct ses_fork *fork);

#endif
