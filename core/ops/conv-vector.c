/* A fully connected layer: a vector of k floats an image, times a k x outputs
 * matrix. Bound by reading the matrix, so a few of its rows at a time serve
 * all images; each image still sums in the same order. See conv.h. */
#include <string.h>

#include "core/engine/vector.h"
#include "core/ops/conv.h"
#include "core/ops/tail.h"

enum { ROWS = 8 };

/* y += x[8] * w[8][n] */
SES_VECTOR static void add_rows(const float *restrict x,
                                const float *restrict w, size_t n,
                                float *restrict y)
{
    const float *w1 = w + n, *w2 = w1 + n, *w3 = w2 + n, *w4 = w3 + n,
                *w5 = w4 + n, *w6 = w5 + n, *w7 = w6 + n;
    for (size_t o = 0; o < n; o++) {
        float low = x[0] * w[o] + x[1] * w1[o] + (x[2] * w2[o] + x[3] * w3[o]);
        float high = x[4] * w4[o] + x[5] * w5[o] +
                     (x[6] * w6[o] + x[7] * w7[o]);
        y[o] += low + high;
    }
}

SES_VECTOR static void add_row(float x, const float *restrict w, size_t n,
                               float *restrict y)
{
    for (size_t o = 0; o < n; o++)
        y[o] += x * w[o];
}

void ses_conv_run_vector(const struct ses_run *run,
                         const struct ses_conv_plan *plan)
{
    const float *weights = run->packed;
    size_t n = plan->outputs, k = plan->k, batch = (size_t)run->batch;
    memset(run->y, 0, batch * n * sizeof *run->y);
    size_t row = 0;
    for (; row + ROWS <= k; row += ROWS)
        for (size_t i = 0; i < batch; i++)
            add_rows(run->x[0] + i * k + row, weights + row * n, n,
                     run->y + i * n);
    for (; row < k; row++)
        for (size_t i = 0; i < batch; i++)
            add_row(run->x[0][i * k + row], weights + row * n, n,
                    run->y + i * n);
    for (size_t i = 0; i < batch; i++)
        ses_tail_apply(run, i, 0, 1, run->y + i * n);
}
