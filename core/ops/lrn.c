/* Local response normalisation across channels (Krizhevsky et al. 2012).
 * Reads window.kernel_h: how many channels; alpha, beta, epsilon: k. */
#include <math.h>

#include "core/ops/shape.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    if (node->window.kernel_h < 1)
        return ses_fail(err, SES_ESHAPE, "%d channels, expected at least 1",
                        node->window.kernel_h);
    return ses_infer_same(node, in, out, err);
}

static void normalise(const struct ses_node *node, const float *x, float *y,
                      int channels)
{
    int size = node->window.kernel_h;
    double alpha = (double)node->alpha / size;
    for (int c = 0; c < channels; c++) {
        int first = c - (size - 1) / 2, end = first + size;
        double sum = 0;
        for (int i = first < 0 ? 0 : first; i < end && i < channels; i++)
            sum += (double)x[i] * (double)x[i];
        y[c] = (float)((double)x[c] *
                       pow(node->epsilon + alpha * sum, -(double)node->beta));
    }
}

static void run(const struct ses_run *run)
{
    size_t rows = (size_t)run->batch * ses_pixels(run->in[0]);
    size_t channels = (size_t)run->in[0]->c;
    for (size_t i = 0; i < rows; i++)
        normalise(run->node, run->x[0] + i * channels, run->y + i * channels,
                  (int)channels);
}

const struct ses_op_class ses_op_lrn = { .name = "local response norm",
                                         .infer = infer,
                                         .run = run };
