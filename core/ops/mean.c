/* See mean.h. */
#include "core/ops/mean.h"

#include "core/engine/vector.h"

/* Channels at a time: 4 KiB of a pixel, which the processor fetches ahead, and
 * sums that stay in the L1 cache. */
enum { WIDTH = 1024 };

/* sums += columns pixels. By eights, added up in pairs, which rounds three
 * times only. */
SES_VECTOR static void add_row(const float *x, size_t columns, size_t step,
                               size_t width, double *restrict sums)
{
    size_t j = 0;
    for (; j + 8 <= columns; j += 8, x += 8 * step) {
        const float *x1 = x + step, *x2 = x1 + step, *x3 = x2 + step,
                    *x4 = x3 + step, *x5 = x4 + step, *x6 = x5 + step,
                    *x7 = x6 + step;
        for (size_t c = 0; c < width; c++) {
            float low = (x[c] + x1[c]) + (x2[c] + x3[c]);
            float high = (x4[c] + x5[c]) + (x6[c] + x7[c]);
            sums[c] += (double)(low + high);
        }
    }
    for (; j < columns; j++, x += step)
        for (size_t c = 0; c < width; c++)
            sums[c] += (double)x[c];
}

void ses_mean(const float *x, size_t rows, size_t columns, size_t row_step,
              size_t step, size_t channels, double divisor, float *y)
{
    double sums[WIDTH];
    if (row_step == columns * step) { /* one long row */
        columns *= rows;
        rows = 1;
    }
    for (size_t from = 0; from < channels; from += WIDTH) {
        size_t width = channels - from < WIDTH ? channels - from : WIDTH;
        for (size_t c = 0; c < width; c++)
            sums[c] = 0;
        for (size_t i = 0; i < rows; i++)
            add_row(x + i * row_step + from, columns, step, width, sums);
        for (size_t c = 0; c < width; c++)
            y[from + c] = (float)(sums[c] / divisor);
    }
}
