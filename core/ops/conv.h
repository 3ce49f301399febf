/* Convolution's parts: how a layer is computed (the plan), and the ways.
 *
 *   vector     1 x 1 output without padding: a row vector times a matrix
 *   depthwise  a filter a channel: loops over channels
 *   lanes      groups of fewer outputs than a vector, which they divide, in
 *              windows that there is a kernel for (lanes.h); depthwise too
 *   winograd   3 x 3, stride 1: F(4 x 4, 3 x 3) or F(2 x 2, 3 x 3), up to
 *              4 or 2.25 times fewer multiplications (winograd.h)
 *   strips     few weights a group: windows times the matrix, where they lie
 *              in a copy of the group's channels
 *   gemm       the rest: rows of pixels, gathered if need be, times a matrix;
 *              small groups are merged
 *
 * A plan depends on the layer and its map only, never on the batch. Ways go
 * image by image, or through all at once where a product's rows are computed
 * each by itself (gemm.h): that is why results do not depend on the batch. */
#ifndef SES_OPS_CONV_H
#define SES_OPS_CONV_H

#include "core/ops/ops.h"
#include "core/ops/winograd.h"

enum ses_conv_way {
    SES_CONV_VECTOR,
    SES_CONV_DEPTHWISE,
    SES_CONV_LANES,
    SES_CONV_WINOGRAD,
    SES_CONV_STRIPS,
    SES_CONV_GEMM,
    SES_CONV_WAYS
};

struct ses_conv_plan {
    enum ses_conv_way way;
    size_t kernel;          /* kernel_h * kernel_w */
    size_t parts;           /* products over channels: groups, some merged */
    size_t inputs, outputs; /* channels of one part */
    size_t k;               /* kernel * inputs: rows of a part's matrix */
    size_t rows;            /* pixels (winograd: tiles; lanes, strips: rows of
                             * them) at a time */
    bool direct;            /* gemm: pixels are used where they are */
    size_t blocks;          /* ... or gathered in so many steps, each of some
                             * rows of the kernel */
    const struct ses_winograd *winograd; /* which */
    size_t tiles;           /* of an image */
};

extern bool ses_conv_exact; /* no Winograd; see ses_kernels_exact() */

struct ses_conv_plan ses_conv_plan(const struct ses_node *node,
                                   const struct ses_value *in,
                                   const struct ses_value *out);

/* Whether each output pixel is a linear function of one input pixel. */
bool ses_conv_is_pixelwise(const struct ses_node *node);

/* Whether a run may write its output over the map it adds. */
bool ses_conv_adds_in_place(const struct ses_node *node,
                            const struct ses_value *in,
                            const struct ses_value *out);

/* The mean over all pixels of a pixelwise convolution's output, from its input
 * alone: y is [batch][c]. Needs ses_conv_squeeze_scratch() floats. */
void ses_conv_squeeze(const struct ses_run *run);
size_t ses_conv_squeeze_scratch(const struct ses_node *node);

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
/* Of one gathered row. */
size_t ses_gathered_floats(const struct ses_conv_plan *plan);
void ses_conv_run_gemm(const struct ses_run *run,
                       const struct ses_conv_plan *plan);

/* Lanes: whether that way suits, and then way and rows of the plan. */
bool ses_lanes_plan(const struct ses_node *node, const struct ses_value *in,
                    const struct ses_value *out, struct ses_conv_plan *plan);
size_t ses_lanes_floats(const struct ses_node *node);
void ses_lanes_pack(const struct ses_node *node, float *packed);
size_t ses_lanes_scratch(const struct ses_node *node,
                         const struct ses_value *out,
                         const struct ses_conv_plan *plan);
void ses_conv_run_lanes(const struct ses_run *run,
                        const struct ses_conv_plan *plan);

size_t ses_strips_rows(const struct ses_node *node,
                       const struct ses_value *out);
size_t ses_strips_scratch(const struct ses_node *node,
                          const struct ses_value *out,
                          const struct ses_conv_plan *plan);
void ses_conv_run_strips(const struct ses_run *run,
                         const struct ses_conv_plan *plan);

/* Winograd: weights are an inputs x outputs matrix a point, in gemm's
 * layout. */
size_t ses_winograd_floats(const struct ses_conv_plan *plan);
void ses_winograd_pack(const struct ses_node *node,
                       const struct ses_conv_plan *plan, float *packed);
size_t ses_winograd_scratch(const struct ses_conv_plan *plan);
void ses_conv_run_winograd(const struct ses_run *run,
                           const struct ses_conv_plan *plan);

#endif
