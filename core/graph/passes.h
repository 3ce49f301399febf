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
 * other reader. */
SES_MUST_CHECK enum ses_status ses_fuse_activation(struct ses_graph *graph,
                                                   struct ses_error *err);

#endif
