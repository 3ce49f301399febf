/* F(4 x 4, 3 x 3): four times fewer multiplications than the direct sum. Its
 * points are 0, the square roots of 1/2 and of 2 with both signs, and infinity:
 * the numbers 1, -1, 2, -2 that are used elsewhere cost as much, and round
 * three times worse. Loops are written out so that they vectorise. See
 * winograd.h. */
#include "core/engine/vector.h"
#include "core/ops/winograd.h"

#define P 0.70710678118654752440 /* square root of 1/2 */
#define Q 1.41421356237309504880 /* of 2 */

SES_VECTOR static void filter(const double *restrict g, size_t g_step,
                              double *restrict out, size_t out_step)
{
    for (size_t l = 0; l < SES_WINOGRAD_LANES; l++) {
        double a = g[l], b = g[g_step + l], c = g[2 * g_step + l];
        out[l] = a;
        out[out_step + l] = (a + P * b + c / 2) / -1.5;
        out[2 * out_step + l] = (a - P * b + c / 2) / -1.5;
        out[3 * out_step + l] = (a + Q * b + 2 * c) / 6;
        out[4 * out_step + l] = (a - Q * b + 2 * c) / 6;
        out[5 * out_step + l] = c;
    }
}

/* Six numbers in, out0 .. out5 made of them. */
#define INPUT(out, a, b, e, f, g, h) \
    float out##0 = a - 2.5f * e + g, out##p = g - 2.0f * e, \
          out##q = (float)P * (f - 2.0f * b), out##1 = out##p + out##q, \
          out##2 = out##p - out##q, out##r = g - 0.5f * e, \
          out##s = (float)Q * (f - 0.5f * b), out##3 = out##r + out##s, \
          out##4 = out##r - out##s, out##5 = b - 2.5f * f + h
#define PIXEL(y, x) d[(y) * row + (x) * channels + c]
#define COLUMN(x) \
    INPUT(t##x, PIXEL(0, x), PIXEL(1, x), PIXEL(2, x), PIXEL(3, x), \
          PIXEL(4, x), PIXEL(5, x))
#define ROW(y) \
    INPUT(u##y, t0##y, t1##y, t2##y, t3##y, t4##y, t5##y); \
    v[(6 * y) * step + c] = u##y##0; \
    v[(6 * y + 1) * step + c] = u##y##1; \
    v[(6 * y + 2) * step + c] = u##y##2; \
    v[(6 * y + 3) * step + c] = u##y##3; \
    v[(6 * y + 4) * step + c] = u##y##4; \
    v[(6 * y + 5) * step + c] = u##y##5
SES_VECTOR static void input(const float *d, size_t row, size_t channels,
                             float *v, size_t step)
{
    SES_VECTOR_LOOP
    for (size_t c = 0; c < channels; c++) {
        COLUMN(0);
        COLUMN(1);
        COLUMN(2);
        COLUMN(3);
        COLUMN(4);
        COLUMN(5);
        ROW(0);
        ROW(1);
        ROW(2);
        ROW(3);
        ROW(4);
        ROW(5);
    }
}
#undef COLUMN
#undef ROW

/* Six numbers in, out0 .. out3 made of them. */
#define OUTPUT(out, a, b, e, f, g, h) \
    float out##p = b + e, out##q = (float)P * (b - e), out##r = f + g, \
          out##s = (float)Q * (f - g), out##0 = a + out##p + out##r, \
          out##1 = out##q + out##s, \
          out##2 = 0.5f * out##p + 2.0f * out##r, \
          out##3 = 0.5f * out##q + 2.0f * out##s + h
#define POINT(y, x) m[(6 * (y) + (x)) * step + c]
#define COLUMN(x) \
    OUTPUT(t##x, POINT(0, x), POINT(1, x), POINT(2, x), POINT(3, x), \
           POINT(4, x), POINT(5, x))
#define ROW(i) \
    OUTPUT(u##i, t0##i, t1##i, t2##i, t3##i, t4##i, t5##i); \
    y[i * row + c] = u##i##0; \
    y[i * row + channels + c] = u##i##1; \
    y[i * row + 2 * channels + c] = u##i##2; \
    y[i * row + 3 * channels + c] = u##i##3
SES_VECTOR static void output(const float *m, size_t step, size_t channels,
                              float *y, size_t row)
{
    SES_VECTOR_LOOP
    for (size_t c = 0; c < channels; c++) {
        COLUMN(0);
        COLUMN(1);
        COLUMN(2);
        COLUMN(3);
        COLUMN(4);
        COLUMN(5);
        ROW(0);
        ROW(1);
        ROW(2);
        ROW(3);
    }
}

const struct ses_winograd ses_winograd_4 = {
    .outputs = 4, .side = 6, .filter = filter, .input = input, .output = output
};
