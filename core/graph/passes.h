/* Rewrites of a graph that keep its results (to rounding) and its values'
 * names. Each is one file. */
#ifndef SES_GRAPH_PASSES_H
#define SES_GRAPH_PASSES_H

#include "core/graph/graph.h"

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
