/* Mean over h and w of every channel: the squeeze (Hu et al., eq. 2). */
#include "core/ops/mean.h"
#include "core/ops/shape.h"

static void run(const struct ses_run *run)
{
    const struct ses_value *in = run->in[0];
    size_t channels = (size_t)in->c, width = (size_t)in->w;
    for (size_t image = 0; image < (size_t)run->batch; image++)
        ses_mean(run->x[0] + image * ses_floats(in), (size_t)in->h, width,
                 width * channels, channels, channels,
                 (double)ses_pixels(in), run->y + image * channels);
}

const struct ses_op_class ses_op_global_mean = { .name = "global mean",
                                                 .infer = ses_infer_global,
                                                 .run = run };
