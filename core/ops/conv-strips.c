/* Convolutions of few weights, such as a network's first: the map gets its
 * padding around it, and then every window is a few strips of it, which the
 * product reads where they lie. See conv.h. */
#include <string.h>

#include "core/ops/conv.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"
#include "core/ops/window.h"

/* The map with what windows read around it. */
struct padded {
    size_t rows, columns;
};

static struct padded padded(const struct ses_window *window,
                            const struct ses_value *out)
{
    return (struct padded){
        (size_t)(out->h - 1) * (size_t)window->stride_h +
            (size_t)window->kernel_h,
        (size_t)(out->w - 1) * (size_t)window->stride_w +
            (size_t)window->kernel_w,
    };
}

size_t ses_strips_scratch(const struct ses_node *node,
                          const struct ses_value *in,
                          const struct ses_value *out)
{
    struct padded map = padded(&node->window, out);
    return map.rows * map.columns * (size_t)in->c;
}

static void pad(const struct ses_value *in, const struct ses_window *window,
                struct padded map, const float *x, float *to)
{
    size_t channels = (size_t)in->c, top = (size_t)window->pad_top;
    size_t left = (size_t)window->pad_left, line = map.columns * channels;
    size_t width = (size_t)in->w;
    if (left + width > map.columns)
        width = left < map.columns ? map.columns - left : 0;
    memset(to, 0, map.rows * line * sizeof *to);
    for (size_t i = 0; i < (size_t)in->h && top + i < map.rows; i++)
        memcpy(to + (top + i) * line + (width ? left : 0) * channels,
               x + i * (size_t)in->w * channels,
               width * channels * sizeof *to);
}

void ses_conv_run_strips(const struct ses_run *run,
                         const struct ses_conv_plan *plan)
{
    const struct ses_value *in = run->in[0], *out = run->out;
    struct ses_window window =
        ses_window_padded(&run->node->window, in->h, in->w);
    struct padded map = padded(&window, out);
    size_t channels = (size_t)in->c, outputs = (size_t)out->c;
    size_t line = map.columns * channels, row = (size_t)out->w * outputs;
    struct ses_gemm_strips rows = { .lda = (size_t)window.stride_w * channels,
                                    .k = (size_t)window.kernel_w * channels,
                                    .strips = (size_t)window.kernel_h,
                                    .step = line };
    for (size_t image = 0; image < (size_t)run->batch; image++) {
        float *y = run->y + image * ses_floats(out);
        struct ses_gemm_tail tail;
        bool done = ses_tail_of_gemm(run, image, &tail);
        pad(in, &window, map, run->x[0] + image * ses_floats(in),
            run->scratch);
        for (size_t i = 0; i < (size_t)out->h; i++, y += row) {
            struct ses_gemm_tail own = ses_gemm_tail_at(&tail, i * row, 0);
            rows.x = run->scratch + i * (size_t)window.stride_h * line;
            ses_gemm_by_strips((size_t)out->w, outputs, &rows, run->packed, y,
                               outputs, &own);
            if (!done)
                ses_tail_activate(run, (size_t)out->w, y);
        }
    }
}
