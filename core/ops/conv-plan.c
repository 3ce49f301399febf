/* How a convolution is computed, and its weights as matrices; see conv.h.
 * Numbers here were measured on Zen 4 and Skylake-X kernels of OpenBLAS. */
#include "core/base/number.h"
#include "core/engine/gemm.h"
#include "core/ops/conv.h"
#include "core/ops/shape.h"

enum {
    MERGED = 16,    /* outputs a product has at least, by merging groups ... */
    MOST_MERGED = 64, /* ... of which fewer than these are */
    FEW_ROWS = 49,  /* rows of a product for which weights are read ... */
    MANY_ROWS = 192, /* ... and as many as help it */
    CHANNELS = 16,  /* from here on Winograd's transforms pay */
    FEWEST_TILES = 28, /* of Winograd at a time */
    TRANSFORM = 4,  /* a channel's, in multiply-adds of its tile */
    FEW_WEIGHTS = 32 * 1024, /* of a group: the L2 cache keeps them */
    OUTPUTS = 4,    /* of a group that need not be merged with others */
    DEEP = 4096,    /* rows of a matrix that are better met in blocks */
    COLUMNS = 16,   /* of a matrix that are laid out together */
    BLOCK = 128 * 1024, /* floats of gathered rows: half of a 1 MiB L2 */
};

bool ses_conv_exact;

static bool is_plain(const struct ses_window *window)
{
    return window->kernel_h == 1 && window->kernel_w == 1 &&
           window->stride_h == 1 && window->stride_w == 1 &&
           !window->pad_top && !window->pad_left && !window->pad_bottom &&
           !window->pad_right;
}

bool ses_conv_is_pixelwise(const struct ses_node *node)
{
    return is_plain(&node->window) && node->groups == 1;
}

/* The one window is the whole map, so the map is the row of the matrix. */
static bool is_whole_map(const struct ses_window *window,
                         const struct ses_value *in,
                         const struct ses_value *out)
{
    return out->h == 1 && out->w == 1 && window->kernel_h == in->h &&
           window->kernel_w == in->w && !window->pad_top &&
           !window->pad_left && (window->dilation_h == 1 || in->h == 1) &&
           (window->dilation_w == 1 || in->w == 1);
}

static bool suits_winograd(const struct ses_window *window,
                           const struct ses_conv_plan *plan)
{
    return !ses_conv_exact && window->kernel_h == 3 &&
           window->kernel_w == 3 && window->stride_h == 1 &&
           window->stride_w == 1 && window->dilation_h == 1 &&
           window->dilation_w == 1 && plan->inputs >= CHANNELS &&
           plan->outputs >= CHANNELS;
}

static size_t clamp(size_t n, size_t low, size_t high)
{
    n = n < low ? low : n;
    return n > high ? high : n;
}

static bool suits_strips(const struct ses_window *window,
                         const struct ses_conv_plan *plan)
{
    return !plan->direct && window->dilation_h == 1 &&
           window->dilation_w == 1 && plan->k * plan->outputs <= FEW_WEIGHTS &&
           (plan->parts == 1 || plan->outputs >= OUTPUTS) &&
           ses_gemm_rows_are_free();
}

/* The form of Winograd's way that multiplies least; false when the direct sum
 * costs less. */
static bool plan_winograd(struct ses_conv_plan *plan,
                          const struct ses_value *out)
{
    static const struct ses_winograd *const forms[] = { &ses_winograd_4,
                                                        &ses_winograd_2 };
    size_t work = plan->inputs * plan->outputs;
    size_t least = ses_pixels(out) * plan->kernel * work;
    size_t more = TRANSFORM * (plan->inputs + plan->outputs);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t m = forms[i]->outputs, points = forms[i]->side * forms[i]->side;
        size_t tiles =
            ((size_t)out->w + m - 1) / m * (((size_t)out->h + m - 1) / m);
        size_t cost = tiles * points * (work + more);
        if (cost >= least)
            continue;
        least = cost;
        plan->way = SES_CONV_WINOGRAD;
        plan->winograd = forms[i];
        plan->tiles = tiles;
        /* where reading weights anew and writing tiles cost the same */
        plan->rows =
            clamp(work / (plan->inputs + plan->outputs), FEWEST_TILES, work);
    }
    return plan->winograd;
}

/* The fewest groups that make MERGED outputs and divide all groups. Merging
 * takes as many times the weights' memory, so it has an end: 16411 groups,
 * which nothing divides, stay apart. */
static size_t fewest(size_t groups, size_t outputs)
{
    for (size_t merged = 1; merged <= groups && merged < MOST_MERGED; merged++)
        if (groups % merged == 0 &&
            (merged * outputs >= MERGED || merged == groups))
            return merged;
    return 1;
}

static void plan_gemm(const struct ses_window *window,
                      const struct ses_value *out, struct ses_conv_plan *plan)
{
    size_t merged = fewest(plan->parts, plan->outputs);
    plan->way = SES_CONV_GEMM;
    plan->parts /= merged;
    plan->inputs *= merged;
    plan->outputs *= merged;
    plan->k *= merged;
    if (!plan->direct && plan->k > DEEP && ses_gemm_rows_are_free())
        plan->blocks = (size_t)window->kernel_h;
    plan->rows = clamp(BLOCK / (plan->k / plan->blocks + plan->outputs),
                       FEW_ROWS, MANY_ROWS);
    plan->rows = ses_level(ses_pixels(out), plan->rows);
}

struct ses_conv_plan ses_conv_plan(const struct ses_node *node,
                                   const struct ses_value *in,
                                   const struct ses_value *out)
{
    const struct ses_window *window = &node->window;
    const size_t *shape = node->weight->shape;
    size_t groups = (size_t)node->groups;
    struct ses_conv_plan plan = {
        .kernel = shape[2] * shape[3],
        .parts = groups,
        .inputs = shape[1],
        .outputs = shape[0] / groups,
        .k = shape[1] * shape[2] * shape[3],
        .direct = is_plain(window) && in->c % SES_GEMM_SPAN != 0,
        .blocks = 1,
    };
    if (groups > 1 && ses_lanes_plan(node, in, out, &plan))
        return plan;
    if (groups > 1 && plan.inputs == 1 && plan.outputs == 1) {
        plan.way = SES_CONV_DEPTHWISE;
        plan.outputs = groups;
    } else if (groups == 1 && is_whole_map(window, in, out)) {
        plan.way = SES_CONV_VECTOR;
    } else if (groups == 1 && suits_winograd(window, &plan) &&
               plan_winograd(&plan, out)) {
        return plan;
    } else if (suits_strips(window, &plan)) {
        plan.way = SES_CONV_STRIPS;
        plan.rows = ses_strips_rows(node, out);
    } else {
        plan_gemm(window, out, &plan);
    }
    return plan;
}

bool ses_conv_adds_in_place(const struct ses_node *node,
                            const struct ses_value *in,
                            const struct ses_value *out)
{
    struct ses_conv_plan plan = ses_conv_plan(node, in, out);
    return plan.way == SES_CONV_GEMM && plan.blocks == 1 &&
           ses_gemm_rows_are_free();
}

size_t ses_conv_matrix_floats(const struct ses_conv_plan *plan)
{
    if (plan->way == SES_CONV_DEPTHWISE)
        return plan->kernel * plan->outputs;
    return plan->parts * ses_gemm_floats(plan->outputs, plan->k);
}

static void depthwise_matrix(const struct ses_node *node,
                             const struct ses_conv_plan *plan, float *matrix)
{
    for (size_t c = 0; c < plan->outputs; c++)
        for (size_t tap = 0; tap < plan->kernel; tap++)
            matrix[tap * plan->outputs + c] =
                node->weight->data[c * plan->kernel + tap];
}

/* Where element (row, column) of a part's matrix goes. */
static size_t place(const struct ses_conv_plan *plan, size_t row,
                    size_t column)
{
    if (plan->way == SES_CONV_VECTOR)
        return row * plan->outputs + column;
    return ses_gemm_index(plan->outputs, plan->k, row, column);
}

/* Some columns of a part's matrix, which stand side by side in it: outputs
 * from o on, column by column in each row, as the layout has them. */
static void lay_columns(const struct ses_node *node,
                        const struct ses_conv_plan *plan, size_t o,
                        size_t count, float *part)
{
    size_t inputs = node->weight->shape[1]; /* of one group */
    size_t group_outputs = node->weight->shape[0] / (size_t)node->groups;
    size_t at[COLUMNS], step = 0;
    for (size_t j = 0; j < count; j++) {
        size_t column = o % plan->outputs + j;
        size_t first = column / group_outputs * inputs; /* of the part */
        at[j] = place(plan, first, column);
        step = place(plan, first + 1, column) - at[j];
    }
    for (size_t tap = 0; tap < plan->kernel; tap++)
        for (size_t i = 0; i < inputs; i++) {
            const float *from =
                node->weight->data + (o * inputs + i) * plan->kernel + tap;
            float *row = part + (tap * plan->inputs + i) * step;
            for (size_t j = 0; j < count; j++)
                row[at[j]] = from[j * inputs * plan->kernel];
        }
}

void ses_conv_matrix(const struct ses_node *node,
                     const struct ses_conv_plan *plan, float *matrix)
{
    size_t part_floats = ses_gemm_floats(plan->outputs, plan->k);
    if (plan->way == SES_CONV_DEPTHWISE) {
        depthwise_matrix(node, plan, matrix);
        return;
    }
    for (size_t part = 0; part < plan->parts; part++)
        for (size_t j = 0; j < plan->outputs; j += COLUMNS) {
            size_t left = plan->outputs - j;
            lay_columns(node, plan, part * plan->outputs + j,
                        left < COLUMNS ? left : COLUMNS,
                        matrix + part * part_floats);
        }
}
