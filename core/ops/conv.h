/* Convolution's parts: how a layer is computed (the plan), and the ways.
 *
 *   vector     1 x 1 output without padding: a row vector times a matrix
 *   depthwise  a filter a channel: loops over channels
 *   winograd   3 x 3, stride 1: F(2 x 2, 3 x 3) (Lavin and Gray,
 *              arXiv:1509.09308), 2.25 times fewer multiplications
 *   gemm       the rest: rows of pixels, gathered if need be, times a matrix
 *
 * A plan depends on the layer and its map only, never on the batch, and every
 * way goes image by image: that is why results do not depend on the batch. */
#ifndef SES_OPS_CONV_H
#define SES_OPS_CONV_H

#include "core/ops/ops.h"

enum ses_conv_way {
    SES_CONV_VECTOR,
    SES_CONV_DEPTHWISE,
    SES_CONV_WINOGRAD,
    SES_CONV_GEMM
};

struct ses_conv_plan {
    enum ses_conv_way way;
    size_t kernel;          /* kernel_h * kernel_w */
    size_t parts;           /* GEMMs over channels: groups, some merged */
    size_t inputs, outputs; /* channels of one part */
    size_t k;               /* kernel * inputs: rows of a part's matrix */
    size_t rows;            /* pixels (winograd: tiles) at a time */
    bool direct;            /* gemm: pixels are used where they are */
};

struct ses_conv_plan ses_conv_plan(const struct ses_node *node,
                                   const struct ses_value *in,
                                   const struct ses_value *out);

/* Weights as matrices: a k x outputs matrix a part, k being [kernel_h]
 * [kernel_w][inputs]; merged groups are blocks on its diagonal, with exact
 * zeros beside. In gemm's layout for gemm, else row-major; of depthwise:
 * [kernel][channels]. */
size_t ses_conv_matrix_floats(const struct ses_conv_plan *plan);
void ses_conv_matrix(const struct ses_node *node,
                     const struct ses_conv_plan *plan, float *matrix);

void ses_conv_run_vector(const struct ses_run *run,
                         const struct ses_conv_plan *plan);
void ses_conv_run_depthwise(const struct ses_run *run,
                            const struct ses_conv_plan *plan);
void ses_conv_run_gemm(const struct ses_run *run,
                       const struct ses_conv_plan *plan);

/* Winograd: weights are 16 inputs x outputs matrices in gemm's layout. */
size_t ses_winograd_floats(const struct ses_conv_plan *plan);
void ses_winograd_pack(const struct ses_node *node,
                       const struct ses_conv_plan *plan, float *packed);
size_t ses_winograd_scratch(const struct ses_conv_plan *plan);
void ses_conv_run_winograd(const struct ses_run *run,
                           const struct ses_conv_plan *plan);

#endif
