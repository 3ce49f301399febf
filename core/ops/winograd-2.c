/* F(2 x 2, 3 x 3): additions only, so it rounds about as little as the direct
 * sum. Loops are written out so that they vectorise. See winograd.h. */
#include "core/engine/vector.h"
#include "core/ops/winograd.h"

SES_VECTOR static void filter(const double *restrict g, size_t g_step,
                              double *restrict out, size_t out_step)
{
    for (size_t l = 0; l < SES_WINOGRAD_LANES; l++) {
        double a = g[l], b = g[g_step + l], c = g[2 * g_step + l];
        out[l] = a;
        out[out_step + l] = (a + b + c) / 2;
        out[2 * out_step + l] = (a - b + c) / 2;
        out[3 * out_step + l] = c;
    }
}

#define COLUMN(x) \
    float a##x = d[x * channels + c], b##x = d[row + x * channels + c], \
          e##x = d[2 * row + x * channels + c], \
          f##x = d[3 * row + x * channels + c], t0##x = a##x - e##x, \
          t1##x = b##x + e##x, t2##x = e##x - b##x, t3##x = b##x - f##x
#define ROW(y) \
    v[(4 * y) * step + c] = t##y##0 - t##y##2; \
    v[(4 * y + 1) * step + c] = t##y##1 + t##y##2; \
    v[(4 * y + 2) * step + c] = t##y##2 - t##y##1; \
    v[(4 * y + 3) * step + c] = t##y##1 - t##y##3
SES_VECTOR static void input(const float *d, size_t row, size_t channels,
                             float *v, size_t step)
{
    SES_VECTOR_LOOP
    for (size_t c = 0; c < channels; c++) {
        COLUMN(0);
        COLUMN(1);
        COLUMN(2);
        COLUMN(3);
        ROW(0);
        ROW(1);
        ROW(2);
        ROW(3);
    }
}
#undef COLUMN
#undef ROW

#define COLUMN(x) \
    float a##x = m[x * step + c], b##x = m[(4 + x) * step + c], \
          e##x = m[(8 + x) * step + c], f##x = m[(12 + x) * step + c], \
          t##x = a##x + b##x + e##x, u##x = b##x - e##x - f##x
SES_VECTOR static void output(const float *m, size_t step, size_t channels,
                              float *y, size_t row)
{
    SES_VECTOR_LOOP
    for (size_t c = 0; c < channels; c++) {
        COLUMN(0);
        COLUMN(1);
        COLUMN(2);
        COLUMN(3);
        y[c] = t0 + t1 + t2;
        y[channels + c] = t1 - t2 - t3;
        y[row + c] = u0 + u1 + u2;
        y[row + channels + c] = u1 - u2 - u3;
    }
}

const struct ses_winograd ses_winograd_2 = {
    .outputs = 2, .side = 4, .filter = filter, .input = input, .output = output
};
