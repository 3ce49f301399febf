/* 3 x 3 convolutions of stride 1 by Winograd's way: tiles of all images, a
 * block that stays in the L2 cache at a time, are transformed, multiplied in
 * one product a point, and transformed back. See conv.h and winograd.h. */
#include <string.h>

#include "core/ops/conv.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"
#include "core/ops/window.h"

static size_t points(const struct ses_conv_plan *plan)
{
    return plan->winograd->side * plan->winograd->side;
}

size_t ses_winograd_floats(const struct ses_conv_plan *plan)
{
    return points(plan) * ses_gemm_floats(plan->outputs, plan->inputs);
}

/* Floats from one point's matrix to the next: the same place in all of them
 * must not fall into one set of the L1 cache, as it does 4 KiB apart. */
static size_t point_step(size_t floats)
{
    return (floats + 1023) / 1024 * 1024 + 80;
}

/* Parts of the scratch. */
struct parts {
    float *edge;   /* a tile with zeros beyond the map */
    float *beyond; /* outputs of a tile that hangs over the map */
    float *v, *m;  /* transformed: each point's tiles x channels */
    size_t v_step, m_step;
    size_t floats;
};

static struct parts parts(const struct ses_conv_plan *plan, float *scratch)
{
    size_t n = points(plan), side = plan->winograd->outputs;
    struct parts parts = { .edge = scratch,
                           .v_step = point_step(plan->rows * plan->inputs),
                           .m_step = point_step(plan->rows * plan->outputs) };
    size_t beyond = n * plan->inputs;
    size_t v = beyond + side * side * plan->outputs, m = v + n * parts.v_step;
    parts.floats = m + n * parts.m_step;
    if (scratch) {
        parts.beyond = scratch + beyond;
        parts.v = scratch + v;
        parts.m = scratch + m;
    }
    return parts;
}

size_t ses_winograd_scratch(const struct ses_conv_plan *plan)
{
    return parts(plan, NULL).floats;
}

/* G g G^T of the filters of one input for LANES outputs: g is [9][LANES], out
 * [points][LANES]. */
static void transform_filters(const struct ses_winograd *winograd,
                              const double *g, double *out)
{
    enum { LANES = SES_WINOGRAD_LANES, MOST = SES_WINOGRAD_MOST };
    double rows[3 * MOST * LANES];
    size_t side = winograd->side;
    for (size_t n = 0; n < 3; n++)
        winograd->filter(g + 3 * n * LANES, LANES, rows + n * side * LANES,
                         LANES);
    for (size_t x = 0; x < side; x++)
        winograd->filter(rows + x * LANES, side * LANES, out + x * LANES,
                         side * LANES);
}

void ses_winograd_pack(const struct ses_node *node,
                       const struct ses_conv_plan *plan, float *packed)
{
    enum { LANES = SES_WINOGRAD_LANES, MOST = SES_WINOGRAD_MOST };
    size_t inputs = plan->inputs, outputs = plan->outputs;
    size_t point = ses_gemm_floats(outputs, inputs);
    double g[9 * LANES] = { 0 }, u[MOST * MOST * LANES];
    for (size_t first = 0; first < outputs; first += LANES) {
        size_t lanes = outputs - first < LANES ? outputs - first : LANES;
        size_t at[LANES];
        for (size_t l = 0; l < lanes; l++)
            at[l] = ses_gemm_index(outputs, inputs, 0, first + l);
        size_t step = ses_gemm_index(outputs, inputs, 1, first) - at[0];
        for (size_t i = 0; i < inputs; i++) {
            for (size_t l = 0; l < lanes; l++) {
                const float *from =
                    node->weight->data + ((first + l) * inputs + i) * 9;
                for (size_t n = 0; n < 9; n++)
                    g[n * LANES + l] = (double)from[n];
            }
            transform_filters(plan->winograd, g, u);
            for (size_t n = 0; n < points(plan); n++)
                for (size_t l = 0; l < lanes; l++)
                    packed[n * point + i * step + at[l]] =
                        (float)u[n * LANES + l];
        }
    }
}

/* One tile's place. */
struct place {
    size_t image;
    int row, column; /* of its first output */
};

static struct place place(const struct ses_run *run,
                          const struct ses_conv_plan *plan, size_t tile)
{
    size_t m = plan->winograd->outputs;
    size_t across = ((size_t)run->out->w + m - 1) / m;
    size_t down = ((size_t)run->out->h + m - 1) / m;
    return (struct place){ .image = tile / (across * down),
                           .row = (int)(tile / across % down * m),
                           .column = (int)(tile % across * m) };
}

/* A tile that hangs over the map, into `to` with zeros beyond. */
static void copy_edge(const struct ses_value *in, const float *x, int row,
                      int column, size_t side, float *to)
{
    size_t channels = (size_t)in->c;
    int first = column < 0 ? -column : 0, end = in->w - column;
    end = end > (int)side ? (int)side : end;
    memset(to, 0, side * side * channels * sizeof *to);
    for (int i = 0; i < (int)side; i++, to += side * channels) {
        int y = row + i;
        if (y < 0 || y >= in->h || first >= end)
            continue;
        const float *from =
            x + ((size_t)y * (size_t)in->w + (size_t)(column + first)) *
                    channels;
        memcpy(to + (size_t)first * channels, from,
               (size_t)(end - first) * channels * sizeof *to);
    }
}

static void transform(const struct ses_run *run,
                      const struct ses_conv_plan *plan,
                      const struct parts *parts, struct ses_window window,
                      size_t tile, size_t at)
{
    const struct ses_value *in = run->in[0];
    const struct ses_winograd *winograd = plan->winograd;
    size_t channels = plan->inputs;
    int side = (int)winograd->side;
    struct place to = place(run, plan, tile);
    int row = to.row - window.pad_top, column = to.column - window.pad_left;
    const float *x = run->x[0] + to.image * ses_floats(in);
    size_t line = (size_t)in->w * channels;
    if (row < 0 || column < 0 || row + side > in->h || column + side > in->w) {
        copy_edge(in, x, row, column, (size_t)side, parts->edge);
        x = parts->edge;
        line = (size_t)side * channels;
    } else {
        x += (size_t)row * line + (size_t)column * channels;
    }
    winograd->input(x, line, channels, parts->v + at * channels,
                    parts->v_step);
}

static void transform_back(const struct ses_run *run,
                           const struct ses_conv_plan *plan,
                           const struct parts *parts, size_t tile, size_t at)
{
    const struct ses_value *out = run->out;
    const struct ses_winograd *winograd = plan->winograd;
    size_t channels = plan->outputs;
    int side = (int)winograd->outputs;
    struct place to = place(run, plan, tile);
    int rows = out->h - to.row < side ? out->h - to.row : side;
    int columns = out->w - to.column < side ? out->w - to.column : side;
    size_t line = (size_t)out->w * channels;
    size_t pixel = (size_t)to.row * (size_t)out->w + (size_t)to.column;
    float *y = run->y + to.image * ses_floats(out) + pixel * channels;
    const float *m = parts->m + at * channels;
    bool whole = rows == side && columns == side;
    if (whole)
        winograd->output(m, parts->m_step, channels, y, line);
    else
        winograd->output(m, parts->m_step, channels, parts->beyond,
                         (size_t)side * channels);
    for (int i = 0; i < rows; i++, y += line, pixel += (size_t)out->w) {
        if (!whole)
            memcpy(y, parts->beyond + (size_t)(i * side) * channels,
                   (size_t)columns * channels * sizeof *y);
        ses_tail_apply(run, to.image, pixel, (size_t)columns, y);
    }
}

static void run_block(const struct ses_run *run,
                      const struct ses_conv_plan *plan,
                      const struct parts *parts, size_t first, size_t tiles)
{
    const struct ses_value *in = run->in[0];
    struct ses_window window =
        ses_window_padded(&run->node->window, in->h, in->w);
    size_t inputs = plan->inputs, outputs = plan->outputs;
    const float *weights = run->packed;
    size_t point = ses_gemm_floats(outputs, inputs);
    for (size_t t = 0; t < tiles; t++)
        transform(run, plan, parts, window, first + t, t);
    for (size_t n = 0; n < points(plan); n++)
        ses_gemm(tiles, outputs, inputs, parts->v + n * parts->v_step, inputs,
                 weights + n * point, parts->m + n * parts->m_step, outputs,
                 NULL);
    for (size_t t = 0; t < tiles; t++)
        transform_back(run, plan, parts, first + t, t);
}

void ses_conv_run_winograd(const struct ses_run *run,
                           const struct ses_conv_plan *plan)
{
    struct parts own = parts(plan, run->scratch);
    size_t images = (size_t)run->batch, tiles = plan->tiles;
    if (ses_gemm_rows_are_free()) {
        tiles *= images; /* one long image */
        images = 1;
    }
    for (size_t i = 0; i < images; i++)
        for (size_t first = 0; first < tiles; first += plan->rows) {
            size_t left = tiles - first;
            run_block(run, plan, &own, i * tiles + first,
                      left < plan->rows ? left : plan->rows);
        }
}
