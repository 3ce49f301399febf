/* Convolution of every channel by itself: for each output pixel, a sum of
 * input pixels weighted channel by channel. See conv.h. */
#include <string.h>

#include "core/engine/vector.h"
#include "core/ops/conv.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"
#include "core/ops/window.h"

enum { TAPS = 9 }; /* summed in one go */

/* Input pixels and their weights, [channels] each. */
struct taps {
    const float *x[TAPS], *w[TAPS];
    size_t count;
};

/* y += sum of 9 taps */
SES_VECTOR static void add_nine(const struct taps *taps, size_t channels,
                                float *restrict y)
{
    const float *const *x = taps->x, *const *w = taps->w;
    const float *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3], *x4 = x[4],
                *x5 = x[5], *x6 = x[6], *x7 = x[7], *x8 = x[8];
    const float *w0 = w[0], *w1 = w[1], *w2 = w[2], *w3 = w[3], *w4 = w[4],
                *w5 = w[5], *w6 = w[6], *w7 = w[7], *w8 = w[8];
    SES_VECTOR_LOOP
    for (size_t c = 0; c < channels; c++) {
        float sum = x0[c] * w0[c] + x1[c] * w1[c] + x2[c] * w2[c];
        sum += x3[c] * w3[c] + x4[c] * w4[c] + x5[c] * w5[c];
        sum += x6[c] * w6[c] + x7[c] * w7[c] + x8[c] * w8[c];
        y[c] += sum;
    }
}

SES_VECTOR static void add_one(const float *x, const float *w, size_t channels,
                               float *restrict y)
{
    SES_VECTOR_LOOP
    for (size_t c = 0; c < channels; c++)
        y[c] += x[c] * w[c];
}

/* y holds zeros. */
static void pixel(const struct ses_run *run, const float *x,
                  struct ses_taps rows, struct ses_taps columns, float *y)
{
    const struct ses_window *window = &run->node->window;
    size_t channels = (size_t)run->in[0]->c, width = (size_t)run->in[0]->w;
    struct taps taps = { .count = 0 };
    for (int i = rows.first; i < rows.end; i++)
        for (int j = columns.first; j < columns.end; j++) {
            size_t row = ses_tap_at(rows, i, window->dilation_h);
            size_t column = ses_tap_at(columns, j, window->dilation_w);
            taps.x[taps.count] = x + (row * width + column) * channels;
            taps.w[taps.count++] =
                run->packed +
                (size_t)(i * window->kernel_w + j) * channels;
            if (taps.count == TAPS) {
                add_nine(&taps, channels, y);
                taps.count = 0;
            }
        }
    for (size_t i = 0; i < taps.count; i++)
        add_one(taps.x[i], taps.w[i], channels, y);
}

void ses_conv_run_depthwise(const struct ses_run *run,
                            const struct ses_conv_plan *plan)
{
    const struct ses_window *window = &run->node->window;
    const struct ses_value *in = run->in[0], *out = run->out;
    size_t width = (size_t)out->w, channels = (size_t)out->c;
    float *y = run->y;
    for (size_t image = 0; image < (size_t)run->batch; image++) {
        const float *x = run->x[0] + image * ses_floats(in);
        for (int i = 0; i < out->h; i++) {
            struct ses_taps rows = ses_taps_h(window, in->h, i);
            for (int j = 0; j < out->w; j++) {
                float *to = y + (size_t)j * channels;
                memset(to, 0, channels * sizeof *to);
                pixel(run, x, rows, ses_taps_w(window, in->w, j), to);
            }
            ses_tail_apply(run, image, (size_t)i * width, width, y);
            y += width * channels;
        }
    }
}
