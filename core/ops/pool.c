/* See pool.h. */
#include "core/ops/pool.h"

#include "core/ops/shape.h"

enum ses_status ses_pool_infer(const struct ses_node *node,
                               const struct ses_value *const *in,
                               struct ses_value *out, struct ses_error *err)
{
    out->c = in[0]->c;
    return ses_window_infer(&node->window, in[0]->h, in[0]->w, &out->h,
                            &out->w, err);
}

void ses_pool_each(const struct ses_run *run,
                   void (*pool)(const struct ses_run *run, const float *x,
                                float *y, struct ses_taps rows,
                                struct ses_taps columns))
{
    const struct ses_window *window = &run->node->window;
    const struct ses_value *in = run->in[0], *out = run->out;
    float *y = run->y;
    for (size_t image = 0; image < (size_t)run->batch; image++) {
        const float *x = run->x[0] + image * ses_floats(in);
        for (int i = 0; i < out->h; i++) {
            struct ses_taps rows = ses_taps_h(window, in->h, i);
            for (int j = 0; j < out->w; j++, y += out->c)
                pool(run, x, y, rows, ses_taps_w(window, in->w, j));
        }
    }
}
