/* Largest value of every window. Padding never wins, whatever the values.
 * Reads window. */
#include <math.h>

#include "core/engine/vector.h"
#include "core/ops/pool.h"

enum { TAPS = 9 }; /* compared in one go */

/* y = the largest of y and 9 pixels; NaN wins. */
#define LARGER(m, v) m = (((v) > m) | ((v) != (v))) ? (v) : m
SES_VECTOR static void raise_to_nine(const float *const x[TAPS],
                                     size_t channels, float *restrict y)
{
    const float *x0 = x[0], *x1 = x[1], *x2 = x[2], *x3 = x[3], *x4 = x[4],
                *x5 = x[5], *x6 = x[6], *x7 = x[7], *x8 = x[8];
    SES_VECTOR_LOOP
    for (size_t c = 0; c < channels; c++) {
        float m = y[c];
        LARGER(m, x0[c]);
        LARGER(m, x1[c]);
        LARGER(m, x2[c]);
        LARGER(m, x3[c]);
        LARGER(m, x4[c]);
        LARGER(m, x5[c]);
        LARGER(m, x6[c]);
        LARGER(m, x7[c]);
        LARGER(m, x8[c]);
        y[c] = m;
    }
}
#undef LARGER

static void pool(const struct ses_run *run, const float *x, float *y,
                 struct ses_taps rows, struct ses_taps columns)
{
    const struct ses_window *window = &run->node->window;
    size_t channels = (size_t)run->in[0]->c, width = (size_t)run->in[0]->w;
    const float *taps[TAPS];
    size_t count = 0;
    for (size_t c = 0; c < channels; c++)
        y[c] = -INFINITY;
    for (int i = rows.first; i < rows.end; i++)
        for (int j = columns.first; j < columns.end; j++) {
            size_t row = ses_tap_at(rows, i, window->dilation_h);
            size_t column = ses_tap_at(columns, j, window->dilation_w);
            taps[count++] = x + (row * width + column) * channels;
            if (count == TAPS) {
                raise_to_nine(taps, channels, y);
                count = 0;
            }
        }
    for (size_t i = count; count && i < TAPS; i++)
        taps[i] = taps[0];
    if (count)
        raise_to_nine(taps, channels, y);
}

static void run(const struct ses_run *run)
{
    ses_pool_each(run, pool);
}

const struct ses_op_class ses_op_max_pool = { .name = "max pool",
                                              .infer = ses_pool_infer,
                                              .run = run };
