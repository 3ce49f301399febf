/* Mean and largest value along one axis. Read axis. */
#include <math.h>

#include "core/ops/shape.h"
#include "core/ops/span.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    enum ses_status status = ses_infer_same(node, in, out, err);
    ses_axis_set(out, node->axis, 1);
    return status;
}

static float mean(const float *x, size_t size, size_t step)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += (double)x[i * step];
    return (float)(sum / (double)size);
}

static float largest(const float *x, size_t size, size_t step)
{
    float most = -INFINITY;
    for (size_t i = 0; i < size; i++) {
        float v = x[i * step];
        most = v > most || isnan(v) ? v : most;
    }
    return most;
}

static void reduce(const struct ses_run *run,
                   float (*of)(const float *x, size_t size, size_t step))
{
    struct ses_span span = ses_span(run->in[0], run->node->axis);
    size_t blocks = (size_t)run->batch * span.outer;
    float *y = run->y;
    for (size_t i = 0; i < blocks; i++)
        for (size_t j = 0; j < span.inner; j++)
            *y++ = of(run->x[0] + i * span.size * span.inner + j, span.size,
                      span.inner);
}

static void run_mean(const struct ses_run *run)
{
    reduce(run, mean);
}

static void run_max(const struct ses_run *run)
{
    reduce(run, largest);
}

const struct ses_op_class ses_op_axis_mean = { .name = "axis mean",
                                               .infer = infer,
                                               .run = run_mean };
const struct ses_op_class ses_op_axis_max = { .name = "axis max",
                                              .infer = infer,
                                              .run = run_max };
