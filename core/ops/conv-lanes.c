/* Convolutions of small groups by vectors of channels: a few rows of one
 * vector's channels are copied into a slab, with zeros around the map, and
 * filtered from there. See conv.h and lanes.h. */
#include <string.h>

#include "core/ops/conv.h"
#include "core/ops/lanes.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"
#include "core/ops/window.h"

enum { SLAB = 48 * 1024 }; /* floats, a part of the L2 cache */

static const struct ses_lanes *chosen(void)
{
    switch (ses_gemm_chosen()) {
    case SES_GEMM_AVX512:
        return ses_lanes_avx512;
    case SES_GEMM_AVX2:
        return ses_lanes_avx2;
    default:
        return NULL;
    }
}

static ses_lanes_row *find_row(const struct ses_lanes *lanes, size_t group,
                               const struct ses_window *window)
{
    for (size_t i = 0; lanes && lanes->rows[i].run; i++)
        if (lanes->rows[i].group == group &&
            lanes->rows[i].kernel == (size_t)window->kernel_h &&
            lanes->rows[i].stride == (size_t)window->stride_h)
            return lanes->rows[i].run;
    return NULL;
}

static size_t columns_of(const struct ses_window *window, int width)
{
    return (size_t)(width - 1) * (size_t)window->stride_w +
           (size_t)window->kernel_w;
}

/* Rows of a slab for so many rows of outputs. */
static size_t rows_of(const struct ses_window *window, size_t rows)
{
    return (rows - 1) * (size_t)window->stride_h + (size_t)window->kernel_h;
}

bool ses_lanes_plan(const struct ses_node *node, const struct ses_value *out,
                    struct ses_conv_plan *plan)
{
    const struct ses_window *window = &node->window;
    const struct ses_lanes *lanes = chosen();
    size_t group = node->weight->shape[1], *shape = node->weight->shape;
    if (shape[0] != group * (size_t)node->groups ||
        window->kernel_h != window->kernel_w ||
        window->stride_h != window->stride_w || window->dilation_h != 1 ||
        window->dilation_w != 1 || !find_row(lanes, group, window))
        return false;
    size_t line = columns_of(window, out->w) * lanes->width;
    plan->way = SES_CONV_LANES;
    plan->rows = 1;
    while (plan->rows < (size_t)out->h &&
           rows_of(window, plan->rows + 1) * line <= SLAB)
        plan->rows++;
    return true;
}

size_t ses_lanes_scratch(const struct ses_node *node,
                         const struct ses_value *out,
                         const struct ses_conv_plan *plan)
{
    size_t width = chosen()->width;
    return rows_of(&node->window, plan->rows) *
               columns_of(&node->window, out->w) * width +
           (size_t)out->w * width;
}

size_t ses_lanes_floats(const struct ses_node *node)
{
    size_t width = chosen()->width, outputs = node->weight->shape[0];
    size_t vectors = (outputs + width - 1) / width;
    return vectors * width * node->weight->count / outputs;
}

void ses_lanes_pack(const struct ses_node *node, float *packed)
{
    const size_t *shape = node->weight->shape;
    size_t width = chosen()->width, kernel = shape[2] * shape[3];
    for (size_t o = 0; o < shape[0]; o++)
        for (size_t n = 0; n < shape[1] * kernel; n++)
            packed[(o / width * shape[1] * kernel + n) * width + o % width] =
                node->weight->data[o * shape[1] * kernel + n];
}

/* `lanes` channels of each pixel of a row of the map, or zeros where there is
 * none, each to one vector. */
static void copy_row(const struct ses_value *in, const float *x, int row,
                     int left, size_t lanes, size_t width, size_t columns,
                     float *to)
{
    size_t channels = (size_t)in->c, first = (size_t)left;
    size_t end = first + (size_t)in->w < columns ? first + (size_t)in->w
                                                 : columns;
    if (row < 0 || row >= in->h || first >= end) {
        memset(to, 0, columns * width * sizeof *to);
        return;
    }
    const float *from = x + (size_t)row * (size_t)in->w * channels;
    memset(to, 0, first * width * sizeof *to);
    memset(to + end * width, 0, (columns - end) * width * sizeof *to);
    to += first * width;
    for (size_t j = first; j < end; j++, from += channels, to += width)
        if (lanes == 16 && width == 16)
            memcpy(to, from, 16 * sizeof *to);
        else if (lanes == 8 && width == 8)
            memcpy(to, from, 8 * sizeof *to);
        else
            for (size_t c = 0; c < width; c++)
                to[c] = c < lanes ? from[c] : 0;
}

struct job {
    const struct ses_run *run;
    const struct ses_conv_plan *plan;
    struct ses_window window;
    ses_lanes_row *filter;
    size_t width;   /* lanes of a vector */
    size_t columns; /* of a slab */
    float *slab, *line;
};

/* Output rows first .. first + rows - 1 of the channels from `channel` on. */
static void run_vector(const struct job *job, const float *x, float *y,
                       size_t first, size_t rows, size_t channel)
{
    const struct ses_run *run = job->run;
    size_t width = job->width, channels = (size_t)run->out->c;
    size_t left = channels - channel, lanes = left < width ? left : width;
    size_t slab_rows = rows_of(&job->window, rows);
    size_t row = job->columns * width, outputs = (size_t)run->out->w;
    size_t taps = run->node->weight->count / channels;
    int top = (int)first * job->window.stride_h - job->window.pad_top;
    const float *weights = run->packed + channel * taps;
    for (size_t i = 0; i < slab_rows; i++)
        copy_row(run->in[0], x + channel, top + (int)i, job->window.pad_left,
                 lanes, width, job->columns, job->slab + i * row);
    for (size_t i = 0; i < rows; i++) {
        const float *from =
            job->slab + i * (size_t)job->window.stride_h * row;
        float *to = y + (first + i) * outputs * channels + channel;
        if (lanes == width) {
            job->filter(from, row, weights, to, channels, outputs);
            continue;
        }
        job->filter(from, row, weights, job->line, width, outputs);
        for (size_t j = 0; j < outputs; j++)
            memcpy(to + j * channels, job->line + j * width,
                   lanes * sizeof *to);
    }
}

void ses_conv_run_lanes(const struct ses_run *run,
                        const struct ses_conv_plan *plan)
{
    const struct ses_value *in = run->in[0], *out = run->out;
    const struct ses_lanes *lanes = chosen();
    struct job job = {
        .run = run,
        .plan = plan,
        .window = ses_window_padded(&run->node->window, in->h, in->w),
        .filter = find_row(lanes, run->node->weight->shape[1],
                           &run->node->window),
        .width = lanes->width,
        .columns = columns_of(&run->node->window, out->w),
        .slab = run->scratch,
        .line = run->scratch + rows_of(&run->node->window, plan->rows) *
                                   columns_of(&run->node->window, out->w) *
                                   lanes->width,
    };
    size_t channels = (size_t)out->c, height = (size_t)out->h;
    for (size_t image = 0; image < (size_t)run->batch; image++) {
        const float *x = run->x[0] + image * ses_floats(in);
        float *y = run->y + image * ses_floats(out);
        for (size_t first = 0; first < height; first += plan->rows) {
            size_t left = height - first;
            size_t rows = left < plan->rows ? left : plan->rows;
            size_t at = first * (size_t)out->w;
            for (size_t c = 0; c < channels; c += job.width)
                run_vector(&job, x, y, first, rows, c);
            ses_tail_apply(run, image, at, rows * (size_t)out->w,
                           y + at * channels);
        }
    }
}
