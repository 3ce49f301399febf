/* 3 x 3 convolutions of stride 1 by F(2 x 2, 3 x 3): tiles of 4 x 4 pixels are
 * transformed, multiplied in 16 matrix products, and transformed back to
 * 2 x 2 outputs (Lavin and Gray, arXiv:1509.09308, section 4.1). This size of
 * tile needs additions only, so it rounds about as little as the direct sum.
 * See conv.h. */
#include <string.h>

#include "core/engine/vector.h"
#include "core/ops/conv.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"
#include "core/ops/window.h"

enum { POINTS = 16 };

size_t ses_winograd_floats(const struct ses_conv_plan *plan)
{
    return POINTS * ses_gemm_floats(plan->outputs, plan->inputs);
}

/* Floats from one point's matrix to the next: the same place in all 16 must
 * not fall into one set of the L1 cache, as it does 4 KiB apart. */
static size_t point_step(size_t floats)
{
    return (floats + 1023) / 1024 * 1024 + 80;
}

size_t ses_winograd_scratch(const struct ses_conv_plan *plan)
{
    return plan->inputs + plan->outputs +
           POINTS * (point_step(plan->rows * plan->inputs) +
                     point_step(plan->rows * plan->outputs));
}

/* G g of one direction: 3 numbers `step` apart become 4. */
static void filter_points(const double *g, size_t step, double out[4])
{
    double a = g[0], b = g[step], c = g[2 * step];
    out[0] = a;
    out[1] = (a + b + c) / 2;
    out[2] = (a - b + c) / 2;
    out[3] = c;
}

void ses_winograd_pack(const struct ses_node *node,
                       const struct ses_conv_plan *plan, float *packed)
{
    size_t inputs = plan->inputs, outputs = plan->outputs;
    size_t point = ses_gemm_floats(outputs, inputs);
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < inputs; i++) {
            const float *weight = node->weight->data + (o * inputs + i) * 9;
            size_t at = ses_gemm_index(outputs, inputs, i, o);
            double g[9], rows[3][4], columns[4];
            for (int n = 0; n < 9; n++)
                g[n] = (double)weight[n];
            for (int n = 0; n < 3; n++)
                filter_points(g + 3 * n, 1, rows[n]);
            for (size_t x = 0; x < 4; x++) {
                filter_points(&rows[0][x], 4, columns);
                for (size_t y = 0; y < 4; y++)
                    packed[(y * 4 + x) * point + at] = (float)columns[y];
            }
        }
}

/* B^T d B. d: 16 pixels of a tile; v: point n of the tile at v + n * step.
 * Written out, and with pointers in locals, so that it vectorises. */
#define COLUMN(x, a, b, e, f) \
    float t0##x = (a) - (e), t1##x = (b) + (e), t2##x = (e) - (b), \
          t3##x = (b) - (f)
#define ROW(y) \
    v[(4 * y) * step + c] = t##y##0 - t##y##2; \
    v[(4 * y + 1) * step + c] = t##y##1 + t##y##2; \
    v[(4 * y + 2) * step + c] = t##y##2 - t##y##1; \
    v[(4 * y + 3) * step + c] = t##y##1 - t##y##3
SES_VECTOR static void transform_input(const float *const d[POINTS],
                                       size_t channels, float *restrict v,
                                       size_t step)
{
    const float *d0 = d[0], *d1 = d[1], *d2 = d[2], *d3 = d[3], *d4 = d[4],
                *d5 = d[5], *d6 = d[6], *d7 = d[7], *d8 = d[8], *d9 = d[9],
                *d10 = d[10], *d11 = d[11], *d12 = d[12], *d13 = d[13],
                *d14 = d[14], *d15 = d[15];
    SES_VECTOR_LOOP
    for (size_t c = 0; c < channels; c++) {
        COLUMN(0, d0[c], d4[c], d8[c], d12[c]);
        COLUMN(1, d1[c], d5[c], d9[c], d13[c]);
        COLUMN(2, d2[c], d6[c], d10[c], d14[c]);
        COLUMN(3, d3[c], d7[c], d11[c], d15[c]);
        ROW(0);
        ROW(1);
        ROW(2);
        ROW(3);
    }
}
#undef COLUMN
#undef ROW

/* A^T m A. Point n of the tile at m + n * step; y: the four output pixels. */
#define COLUMN(x) \
    float a##x = m[x * step + c], b##x = m[(4 + x) * step + c], \
          e##x = m[(8 + x) * step + c], f##x = m[(12 + x) * step + c], \
          t##x = a##x + b##x + e##x, u##x = b##x - e##x - f##x
SES_VECTOR static void transform_output(const float *m, size_t step,
                                        size_t channels, float *const y[4])
{
    float *y0 = y[0], *y1 = y[1], *y2 = y[2], *y3 = y[3];
    SES_VECTOR_LOOP
    for (size_t c = 0; c < channels; c++) {
        COLUMN(0);
        COLUMN(1);
        COLUMN(2);
        COLUMN(3);
        y0[c] = t0 + t1 + t2;
        y1[c] = t1 - t2 - t3;
        y2[c] = u0 + u1 + u2;
        y3[c] = u1 - u2 - u3;
    }
}
#undef COLUMN

/* Pixels of the tile whose upper left one is (row, column), `zeros` beyond
 * the map. */
static void locate(const struct ses_value *in, const float *x, int row,
                   int column, const float *zeros, const float *d[POINTS])
{
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            int y = row + i, z = column + j;
            bool on_map = y >= 0 && y < in->h && z >= 0 && z < in->w;
            d[i * 4 + j] = on_map ? x + ((size_t)y * (size_t)in->w +
                                         (size_t)z) * (size_t)in->c
                                  : zeros;
        }
}

/* Tile rows first .. end - 1 of one image. */
static void run_block(const struct ses_run *run,
                      const struct ses_conv_plan *plan, const float *x,
                      float *y, int first, int end)
{
    const struct ses_value *in = run->in[0], *out = run->out;
    struct ses_window window =
        ses_window_padded(&run->node->window, in->h, in->w);
    size_t inputs = plan->inputs, outputs = plan->outputs;
    int across = (out->w + 1) / 2;
    size_t tiles = (size_t)(end - first) * (size_t)across;
    const float *weights = run->packed, *zeros = run->scratch;
    float *beyond = run->scratch + inputs; /* outputs beyond the map */
    size_t v_step = point_step(plan->rows * inputs);
    size_t m_step = point_step(plan->rows * outputs);
    float *v = beyond + outputs, *m = v + POINTS * v_step;

    for (size_t t = 0; t < tiles; t++) {
        const float *d[POINTS];
        int i = first + (int)t / across, j = (int)t % across;
        locate(in, x, 2 * i - window.pad_top, 2 * j - window.pad_left,
               zeros, d);
        transform_input(d, inputs, v + t * inputs, v_step);
    }
    for (size_t n = 0; n < POINTS; n++)
        ses_gemm(tiles, outputs, inputs, v + n * v_step, inputs,
                 weights + n * ses_gemm_floats(outputs, inputs),
                 m + n * m_step, outputs, NULL);
    for (size_t t = 0; t < tiles; t++) {
        float *to[4];
        int i = 2 * (first + (int)t / across), j = 2 * ((int)t % across);
        for (int n = 0; n < 4; n++) {
            int row = i + n / 2, column = j + n % 2;
            bool on_map = row < out->h && column < out->w;
            to[n] = on_map ? y + ((size_t)row * (size_t)out->w +
                                  (size_t)column) * outputs
                           : beyond;
        }
        transform_output(m + t * outputs, m_step, outputs, to);
    }
}

void ses_conv_run_winograd(const struct ses_run *run,
                           const struct ses_conv_plan *plan)
{
    const struct ses_value *out = run->out;
    int down = (out->h + 1) / 2, across = (out->w + 1) / 2;
    int block = (int)plan->rows / across;
    size_t line = (size_t)out->w * (size_t)out->c;
    memset(run->scratch, 0, plan->inputs * sizeof *run->scratch);
    for (size_t image = 0; image < (size_t)run->batch; image++) {
        const float *x = run->x[0] + image * ses_floats(run->in[0]);
        float *y = run->y + image * ses_floats(out);
        for (int first = 0; first < down; first += block) {
            int end = first + block < down ? first + block : down;
            int top = 2 * first, bottom = 2 * end < out->h ? 2 * end : out->h;
            run_block(run, plan, x, y, first, end);
            float *rows = y + (size_t)top * line;
            ses_tail_apply(run, image, (size_t)top * (size_t)out->w,
                           (size_t)(bottom - top) * (size_t)out->w, rows);
        }
    }
}
