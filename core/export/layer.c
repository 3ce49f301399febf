/* Every operation by its translation, and those that need a few lines. */
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/export/emit.h"

/* h x w x c to 1 x C x H x W. */
static void emit_constant(struct ses_emit *emit)
{
    const struct ses_tensor *value = ses_emit_node(emit)->weight;
    size_t pixels = value->shape[0] * value->shape[1], n = value->shape[2];
    float *turned = ses_calloc_floats(value->count);
    for (size_t c = 0; c < n && turned; c++)
        for (size_t i = 0; i < pixels; i++)
            turned[c * pixels + i] = value->data[i * n + c];
    int64_t shape[4] = { 1, (int64_t)n, (int64_t)value->shape[0],
                         (int64_t)value->shape[1] };
    const char *name = ses_emit_own(emit, "constant", 4, shape, turned);
    ses_emit_call(emit, "Identity", ses_emit_output(emit), name, NULL);
}

/* An array of a batch norm, or that of one number where it has none. */
static const char *statistic(struct ses_emit *emit, const char *word,
                             const struct ses_tensor *tensor, size_t channels,
                             float otherwise)
{
    int64_t shape[1] = { (int64_t)channels };
    if (tensor)
        return ses_emit_floats(emit, word, 1, shape, tensor->data);
    float *all = ses_calloc_floats(channels);
    for (size_t i = 0; i < channels && all; i++)
        all[i] = otherwise;
    return ses_emit_own(emit, word, 1, shape, all);
}

static void emit_batch_norm(struct ses_emit *emit)
{
    const struct ses_node *node = ses_emit_node(emit);
    size_t n = node->mean->count;
    const char *inputs[] = { ses_emit_input(emit, 0),
                             statistic(emit, "scale", node->scale, n, 1),
                             statistic(emit, "shift", node->shift, n, 0),
                             statistic(emit, "mean", node->mean, n, 0),
                             statistic(emit, "variance", node->variance, n, 1),
                             NULL };
    ses_emit_begin(emit, "BatchNormalization");
    ses_emit_float(emit, "epsilon", (float)node->epsilon);
    ses_emit_end(emit, ses_emit_output(emit), inputs);
}

static void emit_softmax(struct ses_emit *emit)
{
    const char *inputs[] = { ses_emit_input(emit, 0), NULL };
    ses_emit_begin(emit, "Softmax");
    ses_emit_int(emit, "axis", 1);
    ses_emit_end(emit, ses_emit_output(emit), inputs);
}

static enum ses_status emit_lrn(struct ses_emit *emit)
{
    const struct ses_node *node = ses_emit_node(emit);
    const char *inputs[] = { ses_emit_input(emit, 0), NULL };
    int size = node->window.kernel_h;
    if (size % 2 == 0)
        return ses_emit_refuse(emit, "an even number of channels, %d,", size);
    ses_emit_begin(emit, "LRN");
    ses_emit_int(emit, "size", size);
    ses_emit_float(emit, "alpha", node->alpha);
    ses_emit_float(emit, "beta", node->beta);
    ses_emit_float(emit, "bias", (float)node->epsilon);
    ses_emit_end(emit, ses_emit_output(emit), inputs);
    return SES_OK;
}

static void emit_operator(struct ses_emit *emit, const char *operator)
{
    bool two = ses_emit_node(emit)->n_inputs > 1;
    ses_emit_call(emit, operator, ses_emit_output(emit),
                  ses_emit_input(emit, 0),
                  two ? ses_emit_input(emit, 1) : NULL);
}

enum ses_status ses_emit_layer(struct ses_emit *emit)
{
    const struct ses_node *node = ses_emit_node(emit);
    switch (node->op) {
    case SES_OP_INPUT:
        break;
    case SES_OP_CONSTANT:
        emit_constant(emit);
        break;
    case SES_OP_CONV:
        return ses_emit_conv(emit);
    case SES_OP_BATCH_NORM:
        emit_batch_norm(emit);
        break;
    case SES_OP_ACTIVATION:
        ses_emit_activation(emit, ses_emit_input(emit, 0),
                            ses_emit_output(emit));
        break;
    case SES_OP_ADD:
        emit_operator(emit, "Add");
        break;
    case SES_OP_SUBTRACT:
        emit_operator(emit, "Sub");
        break;
    case SES_OP_MULTIPLY:
        emit_operator(emit, "Mul");
        break;
    case SES_OP_DIVIDE:
        emit_operator(emit, "Div");
        break;
    case SES_OP_MAXIMUM:
        emit_operator(emit, "Max");
        break;
    case SES_OP_MAX_POOL:
    case SES_OP_AVERAGE_POOL:
        return ses_emit_pool(emit);
    case SES_OP_GLOBAL_MEAN:
        emit_operator(emit, "GlobalAveragePool");
        break;
    case SES_OP_GLOBAL_MAX:
        emit_operator(emit, "GlobalMaxPool");
        break;
    case SES_OP_SOFTMAX:
        emit_softmax(emit);
        break;
    case SES_OP_LRN:
        return emit_lrn(emit);
    case SES_OP_AXIS_MEAN:
    case SES_OP_AXIS_MAX:
    case SES_OP_CONCAT:
    case SES_OP_SLICE:
    case SES_OP_PAD:
    case SES_OP_RESIZE:
    case SES_OP_PERMUTE:
        return ses_emit_shape(emit);
    case SES_OP_COUNT:
        break;
    }
    return SES_OK;
}
