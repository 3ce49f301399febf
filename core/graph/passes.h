/* Rewrites of a graph that keep its results (to rounding) and its values'
 * names. Each is one file. */
#ifndef SES_GRAPH_PASSES_H
#define SES_GRAPH_PASSES_H

#include "core/graph/graph.h"

/* One way to say what frameworks say in many, for a graph whose shapes are
 * inferred; results stay to rounding, and logits are found anew.
 *   - x * sigmoid(x), x * hard_sigmoid(x), x * tanh(softplus(x)) and GELU by
 *     erf become one activation; clips and linear functions that make up a
 *     hard sigmoid, ReLU or ReLU6 become that; those that change nothing go
 *   - pools and means that take in the whole map become GLOBAL_MEAN and
 *     GLOBAL_MAX, chains of them one
 *   - chains of PERMUTE become one, those that change nothing go
 *   - nodes that lead nowhere go, but for the input.
 * Adding a rule: see rules.h. */
SES_MUST_CHECK enum ses_status ses_graph_canonicalise(struct ses_graph *graph,
                                                      struct ses_error *err);

/* Leave out nodes whose values neither output nor logits need. */
SES_MUST_CHECK enum ses_status ses_drop_dead(struct ses_graph *graph,
                                             struct ses_error *err);

/* Fold every batch norm into the convolution before it, where that one has no
 * other reader (arithmetic in double). One that has none before it becomes a
 * 1x1 depthwise convolution, so that no engine needs to know batch norm. */
SES_MUST_CHECK enum ses_status ses_fold_batch_norm(struct ses_graph *graph,
                                                   struct ses_error *err);

/* Put an activation into the convolution before it, where that one has no
 * other reader; not where it takes one of the values in keep[], which stay to
 * be seen and changed. */
SES_MUST_CHECK enum ses_status ses_fuse_activation_except(
    struct ses_graph *graph, const int *keep, size_t n_keep,
    struct ses_error *err);

/* The same, and none stays. */
SES_MUST_CHECK enum ses_status ses_fuse_activation(struct ses_graph *graph,
                                                   struct ses_error *err);

/* A gate that is the same for every image. */
struct ses_constant_gate {
    int scaled, gate;   /* values: of a block (blocks.h) */
    const float *value; /* [channels] of the map; borrowed, finite */

    /* Filled: where it went, and the name of the layer that took it up
     * (borrowed from the graph). */
    enum {
        SES_GATE_BEFORE, /* into the convolution that makes the map */
        SES_GATE_AFTER,  /* into the one convolution that reads it */
        SES_GATE_LEFT    /* a factor a channel is left in its place */
    } where;
    const char *layer;
};

/* Put constants in the place of gates and leave out what made these, where
 * nothing else needs it. A convolution takes a constant up where that changes
 * rounding alone: the one before, whose map nothing else reads and whose
 * activation, if any, is linear on each side of 0 (and no factor is below 0),
 * else the one after, when it alone reads the product. A depthwise convolution
 * of 1x1 stands where there is neither. Best after the passes above.
 * SES_ENOTFOUND when a scaled value is not the product of its gate and a
 * map. */
SES_MUST_CHECK enum ses_status ses_fold_gates(struct ses_graph *graph,
                                              struct ses_constant_gate *gates,
                                              size_t n_gates,
                                              struct ses_error *err);

#endif
