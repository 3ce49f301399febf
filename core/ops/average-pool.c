/* Mean of every window. Reads window; with count_include_pad the divisor
 * counts padding too, but never what ceil_mode adds beyond it. A window
 * without any counted pixel gives 0. */
#include "core/ops/mean.h"
#include "core/ops/pool.h"

static void pool(const struct ses_run *run, const float *x, float *y,
                 struct ses_taps rows, struct ses_taps columns)
{
    const struct ses_window *window = &run->node->window;
    size_t channels = (size_t)run->in[0]->c;
    size_t width = (size_t)run->in[0]->w;
    bool empty = rows.first >= rows.end || columns.first >= columns.end;
    double divisor = (double)(rows.end - rows.first) *
                     (double)(columns.end - columns.first);
    if (window->count_include_pad)
        divisor = (double)rows.padded * (double)columns.padded;
    if (empty) {
        for (size_t c = 0; c < channels; c++)
            y[c] = 0;
        return;
    }
    size_t row = ses_tap_at(rows, rows.first, window->dilation_h);
    size_t column = ses_tap_at(columns, columns.first, window->dilation_w);
    ses_mean(x + (row * width + column) * channels,
             (size_t)(rows.end - rows.first),
             (size_t)(columns.end - columns.first),
             (size_t)window->dilation_h * width * channels,
             (size_t)window->dilation_w * channels, channels, divisor, y);
}

static void run(const struct ses_run *run)
{
    ses_pool_each(run, pool);
}

const struct ses_op_class ses_op_average_pool = { .name = "average pool",
                                                  .infer = ses_pool_infer,
                                                  .run = run };
