/* The kernels of lanes.h for one vector width: included by a file that has
 * chosen a target and says WIDTH, the floats of a vector. Sums of a few
 * neighbouring outputs stay in registers; a pixel that was loaded serves all
 * windows that hold it. */
#include <stddef.h>

#include "core/engine/tile.h"
#include "core/ops/lanes.h"

#ifdef WIDTH
enum { MOST_COLUMNS = 2 * SES_LANES_PIXELS + 4 };

/* Every lane the i-th of its group. */
static inline __attribute__((always_inline)) vector spread(vector x,
                                                           const size_t group,
                                                           size_t i)
{
    integers from;
    if (group == 1)
        return x;
    for (size_t lane = 0; lane < WIDTH; lane++)
        from[lane] = (int)(lane / group * group + i);
    return __builtin_shuffle(x, from);
}

/* `pixels` outputs side by side. */
static inline __attribute__((always_inline)) void outputs(
    const size_t pixels, const size_t group, const size_t kernel,
    const size_t stride, const float *restrict x, size_t row,
    const float *restrict w, float *restrict y, size_t step)
{
    const size_t columns = (pixels - 1) * stride + kernel;
    vector sums[SES_LANES_PIXELS], in[MOST_COLUMNS];
    ALL (j, pixels)
        sums[j] = (vector){ 0 };
    ALL (i, group)
        for (size_t r = 0; r < kernel; r++) {
            ALL (c, columns)
                in[c] = spread(*(const unaligned *)(x + r * row + c * WIDTH),
                               group, i);
            ALL (k, kernel) {
                vector weight =
                    *(const unaligned *)(w + ((i * kernel + r) * kernel + k) *
                                                 WIDTH);
                ALL (j, pixels)
                    sums[j] += in[j * stride + k] * weight;
            }
        }
    ALL (j, pixels)
        *(unaligned *)(y + j * step) = sums[j];
}

/* The last outputs of a row are made by stepping back, twice for some. */
static inline __attribute__((always_inline)) void whole_row(
    const size_t group, const size_t kernel, const size_t stride,
    const float *x, size_t row, const float *w, float *y, size_t step,
    size_t width)
{
    const size_t most = SES_LANES_PIXELS;
    for (size_t j = 0; width >= most && j < width; j += most) {
        size_t at = j + most <= width ? j : width - most;
        outputs(most, group, kernel, stride, x + at * stride * WIDTH, row, w,
                y + at * step, step);
    }
    for (size_t j = 0; width < most && j < width; j++)
        outputs(1, group, kernel, stride, x + j * stride * WIDTH, row, w,
                y + j * step, step);
}

#define ROW(group, kernel, stride) \
    static void row_##group##_##kernel##_##stride( \
        const float *x, size_t row, const float *w, float *y, size_t step, \
        size_t width) \
    { \
        whole_row(group, kernel, stride, x, row, w, y, step, width); \
    }
#define ENTRY(group, kernel, stride) \
    { group, kernel, stride, row_##group##_##kernel##_##stride },
#endif
