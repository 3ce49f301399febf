/* Convolutions of small groups, a vector of outputs at a time: as many groups
 * as fill it. Rows of the map are copied so that of each pixel the first input
 * of these groups stands side by side, then the second, and so on: repeated
 * over a vector, which is a load like any other, they meet every group's
 * outputs. A group of one channel is a depthwise convolution. Between
 * conv-lanes.c and the kernels it chooses from (lanes-tile.inc). */
#ifndef SES_OPS_LANES_H
#define SES_OPS_LANES_H

#include <stddef.h>

#include "core/engine/gemm.h"

enum {
    SES_LANES_MOST = 16,      /* of a vector */
    SES_LANES_MOST_KERNEL = 5 /* rows of one */
};

/* `pixels` vectors at to, `step` floats apart, each a pixel's at x with its
 * lanes in an order (NULL: as they are). What a vector holds beyond `step` is
 * overwritten by the next one; so to has room for a vector after the last. */
typedef void ses_lanes_copy(const float *x, size_t channels, size_t pixels,
                            const int *order, float *to, size_t step);

/* Outputs side by side, as many as the kernel is for, `step` floats apart at
 * y. rows: of copies, one for each row of the kernel, from the first window's
 * first pixel on. w: [row][column][input] vectors, each [output of a group]
 * [group]. tail: of these outputs. */
typedef void ses_lanes_tile(const float *const *rows, const float *w, float *y,
                            size_t step, const struct ses_gemm_tail *tail);

struct ses_lanes_kernel {
    size_t inputs, outputs; /* of a group */
    size_t kernel, stride;
    ses_lanes_tile *many, *some, *one; /* pixels */
};

struct ses_lanes {
    size_t width;      /* lanes of a vector */
    size_t many, some; /* pixels of a tile */
    ses_lanes_copy *copy;
    struct ses_lanes_kernel kernels[20]; /* to the first of no inputs */
};

/* NULL where the compiler does not know the processor's instructions. */
extern const struct ses_lanes *const ses_lanes_avx512;
extern const struct ses_lanes *const ses_lanes_avx2;

#endif
