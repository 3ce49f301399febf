/* Sharing work between variants: those that agree on the first blocks share
 * the network up to the first where they differ.
 *
 * Blocks in depth order are the levels of a tree; variants that do the same to
 * a block go the same way. A worker walks the tree depth first: at a fork it
 * keeps the values that are still needed, runs one branch to its end, puts
 * them back, and runs the next. */
#ifndef SES_ABLATION_TREE_H
#define SES_ABLATION_TREE_H

#include "core/ablation/sweep.h"
#include "core/engine/engine.h"

struct ses_tree;

/* Caller frees with ses_tree_free(). The graph's passes must have left every
 * pre-gate value that a variant scales (see ses_model_options). */
SES_MUST_CHECK enum ses_status ses_tree_new(const struct ses_graph *graph,
                                            const struct ses_blocks *blocks,
                                            const struct ses_variants *variants,
                                            struct ses_tree **out,
                                            struct ses_error *err);
void ses_tree_free(struct ses_tree *tree);

/* Forward passes an image costs, in multiply-adds of one whole pass; and what
 * running every variant by itself would (variants->count). */
double ses_tree_passes(const struct ses_tree *tree);

/* Multiply-adds an image: of a node, of the whole network, and of a block's
 * excitation (squeeze to gate). Of a convolution they are outputs x kernel x
 * inputs / groups; all else (pooling, sums, non-linearities, and the multiply
 * by the gate) counts 0, as is usual. */
double ses_node_madds(const struct ses_graph *graph, size_t node);
double ses_tree_madds(const struct ses_tree *tree);
double ses_block_madds(const struct ses_graph *graph,
                       const struct ses_block *block);

/* Where ses_tree_run() cuts a run (engine.h): nodes, the tree's own. */
const size_t *ses_tree_cuts(const struct ses_tree *tree, size_t *count);

/* Run a batch through all variants. force is called with every gate of a
 * block that some variant of a branch changes (and scale with what its
 * non-linearity is given); done with the logits [batch][outputs] of each
 * variant, in any order. Results are the same bits as of each variant run by
 * itself. */
struct ses_tree_calls {
    enum ses_status (*force)(void *user, size_t variant, size_t block,
                             int batch, float *data, struct ses_error *err);
    void (*scale)(void *user, size_t variant, size_t block, int batch,
                  float *data);
    enum ses_status (*done)(void *user, size_t variant, const float *logits,
                            int batch, struct ses_error *err);
    void *user;
};
SES_MUST_CHECK enum ses_status ses_tree_run(
    const struct ses_tree *tree, struct ses_worker *worker, const float *x,
    int batch, const struct ses_tree_calls *calls, struct ses_error *err);

#endif
