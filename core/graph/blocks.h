/* SE blocks, found by structure and not by name.
 *
 * From every channel-wise multiply, walk back from its 1x1 side: through small
 * layers on vectors, the last non-linearity of which makes the gate, to a
 * spatial mean or max (the squeeze) of the map that is multiplied (Hu et al.,
 * arXiv:1709.01507, eq. 2 to 4). Any number of layers, biases, batch norms
 * and gate functions is an SE block, a convolution across channels (ECA,
 * arXiv:1910.03151) and the sum of two branches (the channels' half of CBAM,
 * arXiv:1807.06521), too; x * sigmoid(x) and a softmax are not. */
#ifndef SES_GRAPH_BLOCKS_H
#define SES_GRAPH_BLOCKS_H

#include "core/graph/graph.h"

/* What is taken of each channel of the map. */
enum ses_squeeze { SES_SQUEEZE_MEAN, SES_SQUEEZE_MAX, SES_SQUEEZE_MEAN_MAX };

/* "mean", "max", "mean+max". */
const char *ses_squeeze_name(enum ses_squeeze squeeze);

struct ses_block {
    char *name;   /* SE_<stage>_<unit>, or the source; owned */
    char *source; /* layer path in the model file: the multiply's; owned */
    int stage, unit; /* as in the name; -1 when the block has a path only */
    int scaled;      /* value: the map times its gate */
    int squeeze;     /* value: 1 x 1 x channels, of the map; of mean and max
                      * the mean */
    int bottleneck;  /* value: reduced floats, after its non-linearity; -1
                      * when the gate has no inner layer */
    int pregate;     /* value: what the gate's non-linearity is given; -1 when
                      * the gate is made by several */
    int gate;        /* value: 1 x 1 x channels, what multiplies the map */
    int channels, reduced; /* reduced: 0 without an inner layer */
    int height, width;     /* of the map */
    enum ses_activation activation; /* the gate's */
    enum ses_squeeze squeezed_by;
    size_t parameters; /* of squeeze to gate */
    char *structure;   /* "mean > conv 64>4 > relu > conv 4>64 > sigmoid";
                        * owned */
};

struct ses_blocks {
    struct ses_block *items; /* in depth order */
    size_t count;
};

/* Find and name the blocks of a graph whose shapes are inferred and which is
 * canonical (passes.h), before other passes. Units and stages follow the paper
 * (the stem is stage 1; a new stage begins where resolution or width change)
 * when every residual unit of the network has exactly one block; else name =
 * source. */
SES_MUST_CHECK enum ses_status ses_blocks_find(const struct ses_graph *graph,
                                               struct ses_blocks *out,
                                               struct ses_error *err);
void ses_blocks_release(struct ses_blocks *blocks);

/* Whether two blocks, one behind the other, stand in one stage; those without
 * one do when their maps are of one size. */
bool ses_same_stage(const struct ses_block *a, const struct ses_block *b);

/* The last block of every stage into index[] (room for blocks->count);
 * returns how many. */
size_t ses_blocks_last_of_stage(const struct ses_blocks *blocks,
                                size_t *index);

#endif
