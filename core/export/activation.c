/* Non-linearities as operators of ONNX (operator set 13). */
#include "core/export/emit.h"

/* An operator of ONNX that is the activation by itself, or NULL. */
static const char *operator_of(enum ses_activation activation)
{
    static const char *const names[SES_ACT_COUNT] = {
        [SES_ACT_IDENTITY] = "Identity", [SES_ACT_RELU] = "Relu",
        [SES_ACT_SIGMOID] = "Sigmoid",   [SES_ACT_TANH] = "Tanh",
        [SES_ACT_SOFTPLUS] = "Softplus", [SES_ACT_EXP] = "Exp",
        [SES_ACT_ERF] = "Erf",
    };
    return names[activation];
}

/* Names of what lies between: each is used once a layer. */
static const char *call(struct ses_emit *emit, const char *operator,
                        const char *word, const char *a, const char *b)
{
    return ses_emit_call(emit, operator, ses_emit_name(emit, word), a, b);
}

static const char *number(struct ses_emit *emit, const char *word, float value)
{
    return ses_emit_number(emit, word, value);
}

/* An operator with alpha, and maybe beta. */
static const char *with_slope(struct ses_emit *emit, const char *operator,
                              const char *from, const char *to, float alpha,
                              const float *beta)
{
    const char *inputs[] = { from, NULL };
    ses_emit_begin(emit, operator);
    ses_emit_float(emit, "alpha", alpha);
    if (beta)
        ses_emit_float(emit, "beta", *beta);
    ses_emit_end(emit, to, inputs);
    return to;
}

static void clip(struct ses_emit *emit, const char *from, const char *to,
                 float low, float high)
{
    const char *inputs[] = { from, number(emit, "least", low),
                             number(emit, "most", high), NULL };
    ses_emit_begin(emit, "Clip");
    ses_emit_end(emit, to, inputs);
}

static void prelu(struct ses_emit *emit, const char *from, const char *to)
{
    const struct ses_tensor *slope = ses_emit_node(emit)->slope;
    int64_t shape[3] = { (int64_t)slope->count, 1, 1 };
    const char *slopes =
        ses_emit_floats(emit, "slope", 3, shape, slope->data);
    ses_emit_call(emit, "PRelu", to, from, slopes);
}

/* x / 2 * (1 + y), where y is named. */
static void half_of(struct ses_emit *emit, const char *from, const char *y,
                    const char *to)
{
    const char *one = number(emit, "one", 1);
    const char *sum = call(emit, "Add", "one-plus", y, one);
    const char *half = call(emit, "Mul", "half-x", from,
                            number(emit, "half", 0.5f));
    ses_emit_call(emit, "Mul", to, half, sum);
}

static void gelu(struct ses_emit *emit, const char *from, const char *to)
{
    const char *x = call(emit, "Mul", "x-by-root", from,
                         number(emit, "root-half", 0.70710678f));
    half_of(emit, from, call(emit, "Erf", "erf", x, NULL), to);
}

/* tanh(c (x + 0.044715 x^3)) */
static void gelu_tanh(struct ses_emit *emit, const char *from, const char *to)
{
    const char *square = call(emit, "Mul", "square", from, from);
    const char *cube = call(emit, "Mul", "cube", square, from);
    const char *part = call(emit, "Mul", "part", cube,
                            number(emit, "third", 0.044715f));
    const char *sum = call(emit, "Add", "sum", from, part);
    const char *inner = call(emit, "Mul", "inner", sum,
                             number(emit, "root", 0.79788456f));
    half_of(emit, from, call(emit, "Tanh", "tanh", inner, NULL), to);
}

static void linear(struct ses_emit *emit, const char *from, const char *to,
                   float alpha, float beta)
{
    const char *product =
        call(emit, "Mul", "product", from, number(emit, "alpha", alpha));
    ses_emit_call(emit, "Add", to, product, number(emit, "beta", beta));
}

void ses_emit_activation(struct ses_emit *emit, const char *from,
                         const char *to)
{
    const struct ses_node *node = ses_emit_node(emit);
    const char *operator = operator_of(node->activation);
    static const float half = 0.5f; /* of a hard swish's gate */
    if (operator) {
        ses_emit_call(emit, operator, to, from, NULL);
        return;
    }
    switch (node->activation) {
    case SES_ACT_RELU6:
        clip(emit, from, to, 0, 6);
        break;
    case SES_ACT_CLIP:
        clip(emit, from, to, node->alpha, node->beta);
        break;
    case SES_ACT_LEAKY_RELU:
        with_slope(emit, "LeakyRelu", from, to, node->alpha, NULL);
        break;
    case SES_ACT_ELU:
        with_slope(emit, "Elu", from, to, node->alpha, NULL);
        break;
    case SES_ACT_PRELU:
        prelu(emit, from, to);
        break;
    case SES_ACT_HARD_SIGMOID:
        with_slope(emit, "HardSigmoid", from, to, node->alpha, &node->beta);
        break;
    case SES_ACT_HARD_SWISH:
        ses_emit_call(emit, "Mul", to, from,
                      with_slope(emit, "HardSigmoid", from,
                                 ses_emit_name(emit, "gate"), 1.0f / 6,
                                 &half));
        break;
    case SES_ACT_SILU:
        ses_emit_call(emit, "Mul", to, from,
                      call(emit, "Sigmoid", "gate", from, NULL));
        break;
    case SES_ACT_MISH:
        ses_emit_call(emit, "Mul", to, from,
                      call(emit, "Tanh", "gate",
                           call(emit, "Softplus", "softplus", from, NULL),
                           NULL));
        break;
    case SES_ACT_GELU:
        gelu(emit, from, to);
        break;
    case SES_ACT_GELU_TANH:
        gelu_tanh(emit, from, to);
        break;
    case SES_ACT_POWER:
        ses_emit_call(emit, "Pow", to, from,
                      number(emit, "exponent", node->alpha));
        break;
    case SES_ACT_LINEAR:
        linear(emit, from, to, node->alpha, node->beta);
        break;
    case SES_ACT_IDENTITY:
    case SES_ACT_RELU:
    case SES_ACT_SIGMOID:
    case SES_ACT_TANH:
    case SES_ACT_SOFTPLUS:
    case SES_ACT_EXP:
    case SES_ACT_ERF: /* operators by themselves */
    case SES_ACT_COUNT:
        break;
    }
}
