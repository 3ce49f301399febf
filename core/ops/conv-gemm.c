/* Convolution as matrix products: rows of gathered pixels, a block that stays
 * in the L2 cache at a time, times the weights. See conv.h. */
#include <string.h>

#include "core/ops/conv.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"
#include "core/ops/window.h"

enum { APART = 16 }; /* floats between rows: an even length would have them
                      * share a few places of the caches */

size_t ses_gathered_floats(const struct ses_conv_plan *plan)
{
    return plan->k / plan->blocks + APART;
}

/* One kernel row of one output pixel: kernel_w pixels of `inputs` channels,
 * zeros beyond the map. x: the first channel wanted of the map's row. */
static void gather_row(const struct ses_run *run, const float *x,
                       struct ses_taps taps, size_t inputs, float *row)
{
    const struct ses_window *window = &run->node->window;
    size_t channels = (size_t)run->in[0]->c;
    size_t kernel = (size_t)window->kernel_w;
    size_t first = (size_t)taps.first, end = (size_t)taps.end;
    if (first >= end) {
        memset(row, 0, kernel * inputs * sizeof *row);
        return;
    }
    if (first)
        memset(row, 0, first * inputs * sizeof *row);
    size_t column = (size_t)(taps.start + (long long)taps.first *
                                              window->dilation_w);
    const float *from = x + column * channels;
    if (inputs == channels && window->dilation_w == 1) {
        memcpy(row + first * inputs, from,
               (end - first) * inputs * sizeof *row);
    } else {
        size_t step = (size_t)window->dilation_w * channels;
        for (size_t j = first; j < end; j++, from += step)
            memcpy(row + j * inputs, from, inputs * sizeof *row);
    }
    if (end < kernel)
        memset(row + end * inputs, 0, (kernel - end) * inputs * sizeof *row);
}

/* A part of the window of an output pixel: rows first .. end - 1 of the kernel.
 * x: the first channel wanted of the image. */
static void gather(const struct ses_run *run, const struct ses_conv_plan *plan,
                   const float *x, struct ses_taps rows,
                   struct ses_taps columns, int first, int end, float *to)
{
    const struct ses_window *window = &run->node->window;
    const struct ses_value *in = run->in[0];
    size_t length = (size_t)window->kernel_w * plan->inputs;
    for (int i = first; i < end; i++, to += length) {
        if (i < rows.first || i >= rows.end) {
            memset(to, 0, length * sizeof *to);
            continue;
        }
        size_t row = ses_tap_at(rows, i, window->dilation_h);
        gather_row(run, x + row * (size_t)in->w * (size_t)in->c, columns,
                   plan->inputs, to);
    }
}

/* Windows of pixels first .. first + count - 1, `stride` floats apart. */
static void gather_pixels(const struct ses_run *run,
                          const struct ses_conv_plan *plan, const float *x,
                          size_t first, size_t count, size_t block,
                          size_t stride)
{
    const struct ses_window *window = &run->node->window;
    int height = window->kernel_h / (int)plan->blocks;
    int top = height * (int)block, width = run->out->w;
    int i = (int)(first / (size_t)width), j = (int)(first % (size_t)width);
    struct ses_taps rows = ses_taps_h(window, run->in[0]->h, i);
    for (size_t p = 0; p < count; p++) {
        gather(run, plan, x, rows, ses_taps_w(window, run->in[0]->w, j), top,
               top + height, run->scratch + p * stride);
        if (++j == width) {
            j = 0;
            rows = ses_taps_h(window, run->in[0]->h, ++i);
        }
    }
}

/* Rows of pixels that are not where the matrix wants them. x, y: of a part. */
static void run_gathered(const struct ses_run *run,
                         const struct ses_conv_plan *plan, const float *x,
                         size_t first, size_t count, const float *weights,
                         float *y, const struct ses_gemm_tail *tail)
{
    size_t stride = ses_gathered_floats(plan), k = plan->k / plan->blocks;
    size_t channels = (size_t)run->out->c;
    for (size_t block = 0; block < plan->blocks; block++) {
        const struct ses_gemm_strips rows = { run->scratch, stride, k, 1, 0 };
        gather_pixels(run, plan, x, first, count, block, stride);
        if (plan->blocks == 1)
            ses_gemm(count, plan->outputs, k, run->scratch, stride, weights, y,
                     channels, tail);
        else
            ses_gemm_part(count, plan->outputs, &rows, weights, plan->k,
                          block * k, y, channels, tail);
    }
}

static void run_block(const struct ses_run *run,
                      const struct ses_conv_plan *plan, const float *x,
                      size_t image, size_t first, size_t count, float *y)
{
    size_t in_channels = (size_t)run->in[0]->c;
    size_t out_channels = (size_t)run->out->c, at = first * out_channels;
    struct ses_gemm_tail tail;
    bool done = ses_tail_of_gemm(run, image, &tail);
    y += at;
    for (size_t part = 0; part < plan->parts; part++) {
        const float *from = x + part * plan->inputs;
        const float *weights =
            run->packed + part * ses_gemm_floats(plan->outputs, plan->k);
        size_t column = part * plan->outputs;
        struct ses_gemm_tail own = ses_gemm_tail_at(&tail, at, column);
        if (plan->direct)
            ses_gemm(count, plan->outputs, plan->k, from + first * in_channels,
                     in_channels, weights, y + column, out_channels, &own);
        else
            run_gathered(run, plan, from, first, count, weights, y + column,
                         &own);
    }
    if (!done)
        ses_tail_activate(run, count, y);
}

void ses_conv_run_gemm(const struct ses_run *run,
                       const struct ses_conv_plan *plan)
{
    size_t pixels = ses_pixels(run->out), images = (size_t)run->batch;
    if (plan->direct && !run->gate && ses_gemm_rows_are_free()) {
        pixels *= images; /* one long image */
        images = 1;
    }
    for (size_t image = 0; image < images; image++) {
        const float *x = run->x[0] + image * ses_floats(run->in[0]);
        float *y = run->y + image * ses_floats(run->out);
        for (size_t first = 0; first < pixels; first += plan->rows) {
            size_t left = pixels - first;
            run_block(run, plan, x, image, first,
                      left < plan->rows ? left : plan->rows, y);
        }
    }
}
