/* Maximum over h and w of every channel. */
#include <string.h>

#include "core/engine/vector.h"
#include "core/ops/shape.h"

SES_VECTOR static void largest(const float *x, size_t pixels, size_t channels,
                               float *y)
{
    memcpy(y, x, channels * sizeof *y);
    for (size_t i = 1; i < pixels; i++) {
        const float *pixel = x + i * channels;
        SES_VECTOR_LOOP
        for (size_t c = 0; c < channels; c++)
            y[c] = pixel[c] > y[c] || pixel[c] != pixel[c] ? pixel[c] : y[c];
    }
}

static void run(const struct ses_run *run)
{
    const struct ses_value *in = run->in[0];
    for (size_t image = 0; image < (size_t)run->batch; image++)
        largest(run->x[0] + image * ses_floats(in), ses_pixels(in),
                (size_t)in->c, run->y + image * (size_t)in->c);
}

const struct ses_op_class ses_op_global_max = { .name = "global max",
                                                .infer = ses_infer_global,
                                                .run = run };
