/* Convolutions of few weights a group, such as a network's first and those of
 * many groups: a group's part of the map is copied with its padding around it,
 * and then every window is a few strips of the copy, which the product reads
 * where they lie. See conv.h. */
#include <string.h>

#include "core/ops/conv.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"
#include "core/ops/window.h"

enum { SLAB = 48 * 1024 }; /* floats of a copy, a part of the L2 cache */

/* Of a copy, for so many rows of outputs. */
static size_t rows_of(const struct ses_window *window, size_t rows)
{
    return (rows - 1) * (size_t)window->stride_h + (size_t)window->kernel_h;
}

static size_t line_of(const struct ses_window *window, int width,
                      size_t inputs)
{
    return ((size_t)(width - 1) * (size_t)window->stride_w +
            (size_t)window->kernel_w) *
           inputs;
}

size_t ses_strips_rows(const struct ses_node *node,
                       const struct ses_value *out)
{
    size_t line = line_of(&node->window, out->w, node->weight->shape[1]);
    size_t rows = 1;
    while (rows < (size_t)out->h &&
           rows_of(&node->window, rows + 1) * line <= SLAB)
        rows++;
    return rows;
}

size_t ses_strips_scratch(const struct ses_node *node,
                          const struct ses_value *out,
                          const struct ses_conv_plan *plan)
{
    return rows_of(&node->window, plan->rows) *
           line_of(&node->window, out->w, plan->inputs);
}

/* `inputs` channels of every pixel. */
static void copy_pixels(const float *x, size_t channels, size_t pixels,
                        size_t inputs, float *to)
{
    if (inputs == channels) {
        memcpy(to, x, pixels * inputs * sizeof *to);
        return;
    }
    for (size_t j = 0; j < pixels; j++, x += channels, to += inputs) {
        size_t c = 0;
        for (; c + 8 <= inputs; c += 8)
            memcpy(to + c, x + c, 8 * sizeof *to);
        for (; c < inputs; c++)
            to[c] = x[c];
    }
}

/* One run's window, sizes in floats. */
struct job {
    const struct ses_run *run;
    const struct ses_conv_plan *plan;
    struct ses_window window;
    size_t line; /* a row of the copy */
};

/* A row of the copy. x: the group's first channel of the image. */
static void copy_row(const struct job *job, const float *x, int row,
                     float *to)
{
    const struct ses_value *in = job->run->in[0];
    size_t channels = (size_t)in->c, inputs = job->plan->inputs;
    size_t columns = job->line / inputs, first = (size_t)job->window.pad_left;
    size_t end = first + (size_t)in->w < columns ? first + (size_t)in->w
                                                 : columns;
    if (row < 0 || row >= in->h || first >= end) {
        memset(to, 0, job->line * sizeof *to);
        return;
    }
    memset(to, 0, first * inputs * sizeof *to);
    copy_pixels(x + (size_t)row * (size_t)in->w * channels, channels,
                end - first, inputs, to + first * inputs);
    memset(to + end * inputs, 0, (columns - end) * inputs * sizeof *to);
}

/* Output rows first .. first + rows - 1 of one group. */
static void run_group(const struct job *job, const float *x, size_t group,
                      size_t first, size_t rows,
                      const struct ses_gemm_tail *tail, float *y)
{
    const struct ses_conv_plan *plan = job->plan;
    const struct ses_window *window = &job->window;
    size_t width = (size_t)job->run->out->w, stride = (size_t)window->stride_h;
    size_t channels = (size_t)job->run->out->c, column = group * plan->outputs;
    const float *weights =
        job->run->packed + group * ses_gemm_floats(plan->outputs, plan->k);
    struct ses_gemm_strips from = {
        .x = job->run->scratch,
        .lda = (size_t)window->stride_w * plan->inputs,
        .k = (size_t)window->kernel_w * plan->inputs,
        .strips = (size_t)window->kernel_h,
        .step = job->line
    };
    for (size_t i = 0; i < rows_of(window, rows); i++)
        copy_row(job, x + group * plan->inputs,
                 (int)(first * stride + i) - window->pad_top,
                 job->run->scratch + i * job->line);
    for (size_t i = 0; i < rows; i++, from.x += stride * job->line) {
        size_t at = (first + i) * width * channels;
        struct ses_gemm_tail own = ses_gemm_tail_at(tail, at, column);
        ses_gemm_by_strips(width, plan->outputs, &from, weights,
                           y + at + column, channels, &own);
    }
}

void ses_conv_run_strips(const struct ses_run *run,
                         const struct ses_conv_plan *plan)
{
    const struct ses_value *in = run->in[0], *out = run->out;
    struct job job = {
        .run = run,
        .plan = plan,
        .window = ses_window_padded(&run->node->window, in->h, in->w),
        .line = line_of(&run->node->window, out->w, plan->inputs),
    };
    size_t height = (size_t)out->h, row = (size_t)out->w * (size_t)out->c;
    for (size_t image = 0; image < (size_t)run->batch; image++) {
        const float *x = run->x[0] + image * ses_floats(in);
        float *y = run->y + image * ses_floats(out);
        struct ses_gemm_tail tail;
        bool done = ses_tail_of_gemm(run, image, &tail);
        for (size_t first = 0; first < height; first += plan->rows) {
            size_t left = height - first;
            size_t rows = left < plan->rows ? left : plan->rows;
            for (size_t group = 0; group < plan->parts; group++)
                run_group(&job, x, group, first, rows, &tail, y);
            if (!done)
                ses_tail_activate(run, rows * (size_t)out->w, y + first * row);
        }
    }
}
