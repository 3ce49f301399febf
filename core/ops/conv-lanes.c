/* Convolutions of small groups by vectors of outputs: the rows of the map that
 * a window reaches are kept in the L1 cache, as lanes.h wants them and with
 * zeros around the map, a new row taking the place of the uppermost. See
 * conv.h. */
#include <string.h>

#include "core/ops/conv.h"
#include "core/ops/lanes.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"
#include "core/ops/window.h"

enum { BAND = 160 * 1024 }; /* floats of rows that all channels go through */

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

static const struct ses_lanes_kernel *find_kernel(
    const struct ses_lanes *lanes, const struct ses_window *window,
    const struct ses_conv_plan *plan)
{
    if (!lanes || window->kernel_h != window->kernel_w ||
        window->stride_h != window->stride_w || window->dilation_h != 1 ||
        window->dilation_w != 1)
        return NULL;
    for (const struct ses_lanes_kernel *kernel = lanes->kernels;
         kernel->inputs; kernel++)
        if (kernel->inputs == plan->inputs &&
            kernel->outputs == plan->outputs &&
            kernel->kernel == (size_t)window->kernel_h &&
            kernel->stride == (size_t)window->stride_h)
            return kernel;
    return NULL;
}

/* Of a row with its padding. */
static size_t columns_of(const struct ses_window *window, int width)
{
    return (size_t)(width - 1) * (size_t)window->stride_w +
           (size_t)window->kernel_w;
}

bool ses_lanes_plan(const struct ses_node *node, const struct ses_value *in,
                    const struct ses_value *out, struct ses_conv_plan *plan)
{
    const struct ses_lanes *lanes = chosen();
    if (!find_kernel(lanes, &node->window, plan) ||
        (size_t)in->c < lanes->width || (size_t)out->c < lanes->width)
        return false;
    size_t stride = (size_t)node->window.stride_h;
    size_t row = (size_t)in->w * (size_t)in->c * stride +
                 (size_t)out->w * (size_t)out->c;
    plan->way = SES_CONV_LANES;
    plan->rows = row < BAND ? BAND / row : 1;
    return true;
}

/* Floats of a pixel of a copied row. */
static size_t pixel_of(const struct ses_conv_plan *plan)
{
    return chosen()->width / plan->outputs * plan->inputs;
}

/* Of a copied row: its pixels, and what the last one is copied with. */
static size_t row_of(const struct ses_node *node, const struct ses_value *out,
                     const struct ses_conv_plan *plan)
{
    return columns_of(&node->window, out->w) * pixel_of(plan) +
           chosen()->width;
}

size_t ses_lanes_scratch(const struct ses_node *node,
                         const struct ses_value *out,
                         const struct ses_conv_plan *plan)
{
    return ((size_t)node->window.kernel_h + 1) * row_of(node, out, plan);
}

/* The first output of a vector. The last vector ends with the last output, so
 * it may make some of the outputs before it anew. */
static size_t first_of(size_t vector, size_t width, size_t outputs)
{
    size_t first = vector * width;
    return first + width <= outputs ? first : outputs - width;
}

static size_t vectors_of(size_t outputs, size_t width)
{
    return (outputs + width - 1) / width;
}

size_t ses_lanes_floats(const struct ses_node *node)
{
    size_t width = chosen()->width, outputs = node->weight->shape[0];
    return vectors_of(outputs, width) * width * node->weight->count / outputs;
}

/* [vector][kernel][input][output of a group][group] */
void ses_lanes_pack(const struct ses_node *node, float *packed)
{
    const size_t *shape = node->weight->shape;
    size_t width = chosen()->width, inputs = shape[1];
    size_t kernel = shape[2] * shape[3];
    size_t outputs = shape[0] / (size_t)node->groups, groups = width / outputs;
    for (size_t v = 0; v < vectors_of(shape[0], width); v++)
        for (size_t n = 0; n < kernel * inputs; n++)
            for (size_t lane = 0; lane < width; lane++) {
                size_t o = first_of(v, width, shape[0]) +
                           lane % groups * outputs + lane / groups;
                *packed++ = node->weight->data[(o * inputs + n % inputs) *
                                                   kernel + n / inputs];
            }
}

/* A run, sizes in floats. */
struct job {
    const struct ses_run *run;
    const struct ses_conv_plan *plan;
    const struct ses_lanes *lanes;
    const struct ses_lanes_kernel *kernel;
    struct ses_window window;
    size_t pixel, row; /* copied */
    const float *zeros; /* a row */
};

/* A vector of outputs: its first one, the first of a vector that its inputs
 * are in, and the order they are copied in. */
struct lanes {
    size_t output, input;
    const int *order; /* NULL: as they are */
    int inputs[SES_LANES_MOST];
};

static void find_lanes(const struct job *job, size_t vector,
                       struct lanes *lanes)
{
    size_t inputs = job->plan->inputs, outputs = job->plan->outputs;
    size_t width = job->lanes->width, groups = width / outputs;
    size_t channels = (size_t)job->run->in[0]->c;
    lanes->output = first_of(vector, width, (size_t)job->run->out->c);
    size_t first = lanes->output / outputs * inputs;
    lanes->input = first + width <= channels ? first : channels - width;
    for (size_t lane = 0; lane < width; lane++) {
        size_t input = lane / groups, group = lane % groups;
        lanes->inputs[lane] =
            lane < job->pixel
                ? (int)(first - lanes->input + group * inputs + input)
                : 0;
    }
    lanes->order = outputs == 1 ? NULL : lanes->inputs;
}

/* The rows that the windows of one row reach: each in a place of its own, or
 * that of zeros. */
struct rows {
    float *places[SES_LANES_MOST_KERNEL];
    const float *at[SES_LANES_MOST_KERNEL];
};

/* Copies a row of the map to where zeros are around it. x: the image. */
static void copy_row(const struct job *job, const struct lanes *lanes,
                     const float *x, size_t row, float *to)
{
    const struct ses_value *in = job->run->in[0];
    size_t channels = (size_t)in->c, pixel = job->pixel;
    size_t columns = columns_of(&job->window, job->run->out->w);
    size_t first = (size_t)job->window.pad_left, end = first + (size_t)in->w;
    end = end < columns ? end : columns;
    if (first >= end)
        return;
    job->lanes->copy(x + row * (size_t)in->w * channels + lanes->input,
                     channels, end - first, lanes->order, to + first * pixel,
                     pixel);
    if (pixel < job->lanes->width)
        memset(to + end * pixel, 0, (columns - end) * pixel * sizeof *to);
}

/* The uppermost row makes place for a next one, counted without padding. */
static void roll(const struct job *job, const struct lanes *lanes,
                 const float *x, int row, struct rows *rows)
{
    size_t last = job->kernel->kernel - 1;
    float *place = rows->places[0];
    for (size_t r = 0; r < last; r++) {
        rows->places[r] = rows->places[r + 1];
        rows->at[r] = rows->at[r + 1];
    }
    rows->places[last] = place;
    rows->at[last] = job->zeros;
    if (row < 0 || row >= job->run->in[0]->h)
        return;
    rows->at[last] = place;
    copy_row(job, lanes, x, (size_t)row, place);
}

/* Outputs of a row from a column on, `pixels` of them. */
static void filter(const struct job *job, ses_lanes_tile *tile,
                   const float *const *rows, size_t column,
                   const float *weights, float *y,
                   const struct ses_gemm_tail *tail)
{
    size_t step = (size_t)job->run->out->c;
    const float *from[SES_LANES_MOST_KERNEL];
    for (size_t r = 0; r < job->kernel->kernel; r++)
        from[r] = rows[r] + column * job->kernel->stride * job->pixel;
    struct ses_gemm_tail own = ses_gemm_tail_at(tail, column * step, 0);
    tile(from, weights, y + column * step, step, &own);
}

/* A row of outputs. The last tile ends with the row, so it may make some of
 * what is before it anew. */
static void filter_row(const struct job *job, const float *const *rows,
                       const float *weights, float *y,
                       const struct ses_gemm_tail *tail)
{
    const struct ses_lanes_kernel *kernel = job->kernel;
    size_t width = (size_t)job->run->out->w;
    size_t many = job->lanes->many, some = job->lanes->some;
    for (size_t j = 0; j < width;) {
        size_t left = width - j;
        ses_lanes_tile *tile = kernel->one;
        size_t pixels = 1;
        if (width >= many && left > some) {
            tile = kernel->many;
            pixels = many;
        } else if (width >= some) {
            tile = kernel->some;
            pixels = some;
        }
        filter(job, tile, rows, left < pixels ? width - pixels : j, weights, y,
               tail);
        j += pixels;
    }
}

/* Output rows first .. end - 1 of a vector of channels. y, tail: the image's.
 */
static void run_vector(const struct job *job, const float *x, size_t vector,
                       size_t first, size_t end,
                       const struct ses_gemm_tail *tail, float *y)
{
    const struct ses_run *run = job->run;
    size_t kernel = job->kernel->kernel, stride = job->kernel->stride;
    int next = (int)(first * stride) - job->window.pad_top; /* row to copy */
    const float *weights =
        run->packed +
        vector * kernel * kernel * job->plan->inputs * job->lanes->width;
    struct lanes lanes;
    find_lanes(job, vector, &lanes);
    struct rows rows;
    for (size_t r = 0; r < kernel; r++)
        rows.places[r] = run->scratch + r * job->row;
    for (size_t r = stride; r < kernel; r++)
        roll(job, &lanes, x, next++, &rows);
    for (size_t i = first; i < end; i++) {
        size_t at = i * (size_t)run->out->w * (size_t)run->out->c;
        for (size_t r = 0; r < stride; r++)
            roll(job, &lanes, x, next++, &rows);
        struct ses_gemm_tail own = ses_gemm_tail_at(tail, at, lanes.output);
        filter_row(job, rows.at, weights, y + at + lanes.output, &own);
    }
}

void ses_conv_run_lanes(const struct ses_run *run,
                        const struct ses_conv_plan *plan)
{
    const struct ses_value *in = run->in[0], *out = run->out;
    struct job job = {
        .run = run,
        .plan = plan,
        .lanes = chosen(),
        .kernel = find_kernel(chosen(), &run->node->window, plan),
        .window = ses_window_padded(&run->node->window, in->h, in->w),
        .pixel = pixel_of(plan),
        .row = row_of(run->node, out, plan),
        .zeros = run->scratch + (size_t)run->node->window.kernel_h *
                                    row_of(run->node, out, plan),
    };
    size_t height = (size_t)out->h, row = (size_t)out->w * (size_t)out->c;
    size_t vectors = vectors_of((size_t)out->c, job.lanes->width);
    memset(run->scratch, 0,
           ses_lanes_scratch(run->node, out, plan) * sizeof *run->scratch);
    for (size_t image = 0; image < (size_t)run->batch; image++) {
        const float *x = run->x[0] + image * ses_floats(in);
        float *y = run->y + image * ses_floats(out);
        struct ses_gemm_tail tail;
        bool done = ses_tail_of_gemm(run, image, &tail);
        for (size_t first = 0; first < height; first += plan->rows) {
            size_t left = height - first;
            size_t rows = left < plan->rows ? left : plan->rows;
            for (size_t v = 0; v < vectors; v++)
                run_vector(&job, x, v, first, first + rows, &tail, y);
            if (!done)
                ses_tail_activate(run, rows * (size_t)out->w, y + first * row);
        }
    }
}
