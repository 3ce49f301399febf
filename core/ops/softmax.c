/* Softmax over the channels of every pixel, shifted by the largest so that
 * nothing overflows. */
#include <math.h>

#include "core/ops/shape.h"

static void softmax(const float *x, float *y, size_t channels)
{
    float largest = x[0];
    for (size_t c = 1; c < channels; c++)
        largest = x[c] > largest ? x[c] : largest;
    double sum = 0;
    for (size_t c = 0; c < channels; c++) {
        y[c] = expf(x[c] - largest);
        sum += (double)y[c];
    }
    for (size_t c = 0; c < channels; c++)
        y[c] = (float)((double)y[c] / sum);
}

static void run(const struct ses_run *run)
{
    size_t channels = (size_t)run->in[0]->c;
    size_t rows = (size_t)run->batch * ses_pixels(run->in[0]);
    for (size_t i = 0; i < rows; i++)
        softmax(run->x[0] + i * channels, run->y + i * channels, channels);
}

const struct ses_op_class ses_op_softmax = { .name = "softmax",
                                             .in_place = true,
                                             .infer = ses_infer_same,
                                             .run = run };
