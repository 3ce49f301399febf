/* Mean and largest value along one axis. Read axis. */
#include <string.h>

#include "core/engine/vector.h"
#include "core/ops/mean.h"
#include "core/ops/shape.h"
#include "core/ops/span.h"

enum { LANES = 16 }; /* partial results of a row of channels */

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    enum ses_status status = ses_infer_same(node, in, out, err);
    ses_axis_set(out, node->axis, 1);
    return status;
}

/* Of size steps of inner floats each, inner results. */
typedef void reduction(const float *x, size_t size, size_t inner, float *y);

static void reduce(const struct ses_run *run, reduction *of)
{
    struct ses_span span = ses_span(run->in[0], run->node->axis);
    size_t blocks = (size_t)run->batch * span.outer;
    for (size_t i = 0; i < blocks; i++)
        of(run->x[0] + i * span.size * span.inner, span.size, span.inner,
           run->y + i * span.inner);
}

SES_VECTOR static float mean_of_row(const float *x, size_t n)
{
    double lanes[LANES] = { 0 }, sum = 0;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lanes[k] += (double)x[i + k];
    for (; i < n; i++)
        sum += (double)x[i];
    for (size_t k = 0; k < LANES; k++)
        sum += lanes[k];
    return (float)(sum / (double)n);
}

static void mean(const float *x, size_t size, size_t inner, float *y)
{
    if (inner == 1)
        *y = mean_of_row(x, size);
    else
        ses_mean(x, 1, size, size * inner, inner, inner, (double)size, y);
}

/* NaN wins, as in every framework. */
static inline float larger(float a, float b)
{
    return ((b > a) | (b != b)) ? b : a;
}

SES_VECTOR static float largest_of_row(const float *x, size_t n)
{
    float lanes[LANES];
    for (size_t k = 0; k < LANES; k++)
        lanes[k] = x[k < n ? k : 0];
    size_t i = LANES;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lanes[k] = larger(lanes[k], x[i + k]);
    float most = lanes[0];
    for (size_t k = 1; k < LANES; k++)
        most = larger(most, lanes[k]);
    for (; i < n; i++)
        most = larger(most, x[i]);
    return most;
}

SES_VECTOR static void raise_to(const float *x, size_t n, float *y)
{
    SES_VECTOR_LOOP
    for (size_t i = 0; i < n; i++)
        y[i] = larger(y[i], x[i]);
}

static void largest(const float *x, size_t size, size_t inner, float *y)
{
    if (inner == 1) {
        *y = largest_of_row(x, size);
        return;
    }
    memcpy(y, x, inner * sizeof *y);
    for (size_t i = 1; i < size; i++)
        raise_to(x + i * inner, inner, y);
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
