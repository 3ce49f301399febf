/* Local response normalisation across channels (Krizhevsky et al. 2012).
 * Reads window.kernel_h: how many channels; alpha, beta, epsilon: k.
 *
 * An even number of channels has no middle. Ours is ONNX's rule: one more
 * after the channel than before it. (PyTorch has one more before; Caffe and
 * ONNX Runtime take odd numbers only.) */
#include <math.h>

#include "core/engine/vector.h"
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

/* How many channels around each are summed; beyond the map there are none. */
struct reach {
    size_t before, after;
};

static struct reach reach(const struct ses_node *node, size_t channels)
{
    size_t size = (size_t)node->window.kernel_h;
    size_t before = (size - 1) / 2, after = size / 2;
    return (struct reach){ before < channels ? before : channels,
                           after < channels ? after : channels };
}

/* The squares of a pixel's channels, zeros around them; and their sums. */
static size_t scratch_floats(const struct ses_node *node,
                             const struct ses_value *const *in,
                             const struct ses_value *out)
{
    size_t channels = (size_t)in[0]->c;
    struct reach around = reach(node, channels);
    return around.before + channels + around.after + channels;
}

SES_VECTOR static void square(const float *x, size_t n, float *y)
{
    SES_VECTOR_LOOP
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] * x[i];
}

SES_VECTOR static void add(const float *restrict x, size_t n,
                           float *restrict y)
{
    for (size_t i = 0; i < n; i++)
        y[i] += x[i];
}

/* The usual beta has roots alone. */
SES_VECTOR static void divide_by_three_quarters(const float *restrict x,
                                                const float *restrict sums,
                                                float k, float alpha,
                                                size_t n, float *restrict y)
{
    for (size_t i = 0; i < n; i++) {
        float base = k + alpha * sums[i];
        float root = sqrtf(base);
        y[i] = x[i] / (root * sqrtf(root));
    }
}

static void divide_by_power(const float *x, const float *sums, float k,
                            float alpha, float beta, size_t n, float *y)
{
    for (size_t i = 0; i < n; i++)
        y[i] = x[i] / powf(k + alpha * sums[i], beta);
}

static void run(const struct ses_run *run)
{
    const struct ses_node *node = run->node;
    size_t rows = (size_t)run->batch * ses_pixels(run->in[0]);
    size_t n = (size_t)run->in[0]->c;
    struct reach around = reach(node, n);
    size_t width = around.before + around.after;
    float alpha = (float)((double)node->alpha / node->window.kernel_h);
    float k = (float)node->epsilon;
    float *squares = run->scratch, *sums = squares + n + width;
    for (size_t i = 0; i < n + width; i++)
        squares[i] = 0;
    for (size_t row = 0; row < rows; row++) {
        const float *x = run->x[0] + row * n;
        float *y = run->y + row * n;
        square(x, n, squares + around.before);
        for (size_t i = 0; i < n; i++)
            sums[i] = squares[i];
        for (size_t i = 1; i <= width; i++)
            add(squares + i, n, sums);
        if (node->beta == 0.75f)
            divide_by_three_quarters(x, sums, k, alpha, n, y);
        else
            divide_by_power(x, sums, k, alpha, node->beta, n, y);
    }
}

const struct ses_op_class ses_op_lrn = { .name = "local response norm",
                                         .infer = infer,
                                         .scratch_floats = scratch_floats,
                                         .run = run };
