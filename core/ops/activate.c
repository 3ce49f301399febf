/* See activate.h. A loop a kind, so that each vectorises by itself; a product
 * and a sum are one instruction where the processor has it. */
#pragma GCC optimize("fp-contract=fast")
#include "core/ops/activate.h"

#include <math.h>

#include "core/engine/vector.h"

/* Comparisons are written so that NaN passes through. */
static inline float clamp(float v, float low, float high)
{
    v = v < low ? low : v;
    return v > high ? high : v;
}

/* Limits lose NaN (vector.h), which comes back where v is a factor. */
#define FORMULA(name, expression) \
    static inline float name(float v, float alpha, float beta) \
    { \
        return expression; \
    }
FORMULA(identity, v)
FORMULA(relu, v < 0.0f ? 0.0f : v)
FORMULA(relu6, clamp(v, 0.0f, 6.0f))
FORMULA(leaky_relu, v < 0.0f ? alpha * v : v)
FORMULA(sigmoid, ses_sigmoid(v))
FORMULA(hard_sigmoid, clamp(alpha * v + beta, 0.0f, 1.0f))
FORMULA(hyperbolic_tangent, ses_tanh(v))
FORMULA(silu, v / ses_sigmoid_divisor(v))
FORMULA(hard_swish, v * (ses_limit(v + 3.0f, -0.0f, 6.0f) * 0.16666667f))
FORMULA(gelu, 0.5f * v * (1.0f + ses_erf(v * 0.70710678f)))
/* (1 + tanh(u)) / 2 is the sigmoid of 2 u. */
FORMULA(gelu_tanh,
        v / ses_sigmoid_divisor(v * (1.5957691f + 0.071354816f * (v * v))))
/* tanh(softplus(v)) is n / (n + 2) for n = e (e + 2), e = exp(v); 1 from 20
 * on. */
static inline float mish(float v, float alpha, float beta)
{
    float e = ses_exp_within(ses_limit(v, -88.0f, 20.0f));
    float n = e * (e + 2.0f);
    return v * (n / (n + 2.0f));
}
/* expf and its kin go one by one; these stand in few places. */
FORMULA(softplus, v > 20.0f ? v : log1pf(expf(v)))
FORMULA(elu,
        v < 0.0f ? alpha * ses_expm1_within(ses_limit(v, -88.0f, 88.0f)) : v)
FORMULA(linear, alpha * v + beta)
FORMULA(clip, clamp(v, alpha, beta))
FORMULA(power, powf(v, alpha))
FORMULA(exponential, expf(v))
FORMULA(error_function, ses_erf(v))

/* The loop of every kind: inlined, so that f is known and vectorises. */
static inline __attribute__((always_inline)) void apply(
    float (*f)(float, float, float), const float *x, float *y, size_t rows,
    size_t channels, const float *bias, float alpha, float beta)
{
    if (!bias) {
        SES_VECTOR_LOOP
        for (size_t i = 0; i < rows * channels; i++)
            y[i] = f(x[i], alpha, beta);
        return;
    }
    for (size_t row = 0; row < rows; row++, x += channels, y += channels) {
        SES_VECTOR_LOOP
        for (size_t c = 0; c < channels; c++)
            y[c] = f(x[c] + bias[c], alpha, beta);
    }
}

#define LOOP(name) \
    SES_VECTOR static void name##_loop( \
        const float *x, float *y, size_t rows, size_t channels, \
        const float *bias, float alpha, float beta) \
    { \
        apply(name, x, y, rows, channels, bias, alpha, beta); \
    }
LOOP(identity)
LOOP(relu)
LOOP(relu6)
LOOP(leaky_relu)
LOOP(sigmoid)
LOOP(hard_sigmoid)
LOOP(hyperbolic_tangent)
LOOP(silu)
LOOP(hard_swish)
LOOP(gelu)
LOOP(gelu_tanh)
LOOP(softplus)
LOOP(mish)
LOOP(elu)
LOOP(linear)
LOOP(clip)
LOOP(power)
LOOP(exponential)
LOOP(error_function)

SES_VECTOR static void prelu(const float *x, float *y, size_t rows,
                             size_t channels, const float *bias,
                             const float *slope)
{
    for (size_t row = 0; row < rows; row++) {
        const float *from = x + row * channels;
        float *to = y + row * channels;
        SES_VECTOR_LOOP
        for (size_t c = 0; c < channels; c++) {
            float v = bias ? from[c] + bias[c] : from[c];
            to[c] = v < 0.0f ? slope[c] * v : v;
        }
    }
}

void ses_activate(const struct ses_node *node, const float *bias,
                  const float *x, float *y, size_t rows, size_t channels)
{
    static void (*const functions[SES_ACT_COUNT])(
        const float *, float *, size_t, size_t, const float *, float,
        float) = {
        [SES_ACT_IDENTITY] = identity_loop,
        [SES_ACT_RELU] = relu_loop,
        [SES_ACT_RELU6] = relu6_loop,
        [SES_ACT_LEAKY_RELU] = leaky_relu_loop,
        [SES_ACT_PRELU] = leaky_relu_loop, /* one slope for all channels */
        [SES_ACT_SIGMOID] = sigmoid_loop,
        [SES_ACT_HARD_SIGMOID] = hard_sigmoid_loop,
        [SES_ACT_TANH] = hyperbolic_tangent_loop,
        [SES_ACT_SILU] = silu_loop,
        [SES_ACT_HARD_SWISH] = hard_swish_loop,
        [SES_ACT_GELU] = gelu_loop,
        [SES_ACT_GELU_TANH] = gelu_tanh_loop,
        [SES_ACT_MISH] = mish_loop,
        [SES_ACT_ELU] = elu_loop,
        [SES_ACT_SOFTPLUS] = softplus_loop,
        [SES_ACT_LINEAR] = linear_loop,
        [SES_ACT_CLIP] = clip_loop,
        [SES_ACT_POWER] = power_loop,
        [SES_ACT_EXP] = exponential_loop,
        [SES_ACT_ERF] = error_function_loop,
    };
    float alpha = node->alpha;
    if (node->activation == SES_ACT_IDENTITY && !bias && x == y)
        return;
    if (node->activation == SES_ACT_PRELU) {
        if (node->slope->count > 1) {
            prelu(x, y, rows, channels, bias, node->slope->data);
            return;
        }
        alpha = node->slope->data[0];
    }
    functions[node->activation](x, y, rows, channels, bias, alpha,
                                node->beta);
}

enum ses_status ses_activate_check(const struct ses_node *node, int channels,
                                   struct ses_error *err)
{
    if (node->activation != SES_ACT_PRELU)
        return SES_OK;
    size_t found = node->slope ? node->slope->count : 0;
    if (found == 1 || found == (size_t)channels)
        return SES_OK;
    return ses_fail(err, SES_ESHAPE,
                    "prelu has %zu slopes, expected 1 or %d", found,
                    channels);
}
