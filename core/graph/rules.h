/* What canonicalise.c does to one node at a time.
 *
 * Nodes are met in topological order, so what a node reads is canonical
 * already. A rule looks back from a node, and
 *   - returns -1 when it has nothing to say,
 *   - changes the node (never its output) and returns node->output, or
 *   - returns another value that is the same as the node's: all who read the
 *     node will read that.
 * Nodes that nobody reads any more are dropped at the end, so a rule may leave
 * them. Every change must bring the graph nearer to an end: rules are tried
 * again until none has anything to say. */
#ifndef SES_GRAPH_RULES_H
#define SES_GRAPH_RULES_H

#include "core/graph/graph.h"

typedef int ses_rule(struct ses_graph *graph, struct ses_node *node);

/* rules-activation.c: clips that have a name, and what changes nothing. */
ses_rule ses_rule_idle_activation, ses_rule_maximum, ses_rule_clip,
    ses_rule_hard_sigmoid, ses_rule_linear_chain;

/* rules-product.c: x * sigmoid(x) and its kin. */
ses_rule ses_rule_product;

/* rules-squeeze.c: means and maxima of whole maps. */
ses_rule ses_rule_whole_pool, ses_rule_axis, ses_rule_global;

/* rules-permute.c: orders of floats, and maps that repeat a vector. */
ses_rule ses_rule_permute_chain, ses_rule_idle_permute, ses_rule_repeated;

static inline struct ses_node *ses_producer(const struct ses_graph *graph,
                                            int value)
{
    return &graph->nodes[graph->values[value].producer];
}

static inline bool ses_is_activation(const struct ses_node *node,
                                     enum ses_activation activation)
{
    return node->op == SES_OP_ACTIVATION && node->activation == activation;
}

static inline bool ses_same_shape(const struct ses_value *a,
                                  const struct ses_value *b)
{
    return a->h == b->h && a->w == b->w && a->c == b->c;
}

/* Make an activation of a node, for a value made before it. */
void ses_become_activation(struct ses_node *node, int input,
                           enum ses_activation activation, float alpha,
                           float beta);

/* Equal to float rounding. */
bool ses_nearly(double a, double b);

#endif
