/* Convolutions of small groups, a vector of channels at a time: each lane of a
 * vector is an output channel, its inputs are lanes of the same vector. A
 * group of one channel is a depthwise convolution. Between conv-lanes.c and
 * the kernels it chooses from (lanes-tile.inc). */
#ifndef SES_OPS_LANES_H
#define SES_OPS_LANES_H

#include <stddef.h>

enum {
    SES_LANES_MOST = 16, /* of a vector */
    SES_LANES_PIXELS = 7 /* at a time: most maps' sides are multiples of it */
};

/* One row of `width` outputs. x: the first window's upper left pixel in a slab
 * of pixels of one vector each, rows being `row` floats apart; w: [channel of
 * a group][kernel][kernel] vectors; y: outputs, `step` floats apart. */
typedef void ses_lanes_row(const float *x, size_t row, const float *w,
                           float *y, size_t step, size_t width);

struct ses_lanes {
    size_t width; /* lanes of a vector */
    struct {
        size_t group, kernel, stride;
        ses_lanes_row *run;
    } rows[16]; /* to the first without run */
};

/* NULL where the compiler does not know the processor's instructions. */
extern const struct ses_lanes *const ses_lanes_avx512;
extern const struct ses_lanes *const ses_lanes_avx2;

#endif
