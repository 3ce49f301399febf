/* The squeeze of a convolution that looks at one pixel at a time: the mean of
 * its output is what it makes of the mean of its input. See conv.h. */
#include "core/ops/conv.h"
#include "core/ops/mean.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"

enum { IMAGES = 8 }; /* that a row of weights serves */

size_t ses_conv_squeeze_scratch(const struct ses_node *node)
{
    return IMAGES * node->weight->shape[1];
}

void ses_conv_squeeze(const struct ses_run *run)
{
    const struct ses_value *in = run->in[0];
    const struct ses_tensor *bias = run->node->bias;
    const struct ses_gemm_tail tail = { .bias = bias ? bias->data : NULL };
    size_t inputs = (size_t)in->c, outputs = (size_t)run->out->c;
    size_t width = (size_t)in->w, batch = (size_t)run->batch;
    size_t most = ses_gemm_rows_are_free() ? IMAGES : 1;
    for (size_t first = 0; first < batch; first += most) {
        size_t images = batch - first < most ? batch - first : most;
        for (size_t i = 0; i < images; i++)
            ses_mean(run->x[0] + (first + i) * ses_floats(in), (size_t)in->h,
                     width, width * inputs, inputs, inputs,
                     (double)ses_pixels(in), run->scratch + i * inputs);
        ses_gemm(images, outputs, inputs, run->scratch, inputs, run->packed,
                 run->y + first * outputs, outputs, &tail);
    }
}
