/* Fold batch norms (see passes.h). */
#include "core/graph/passes.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"

/* A batch norm is y = factor * x + offset a channel. */
static void affine(const struct ses_node *norm, size_t channel,
                   double *factor, double *offset)
{
    double gamma = norm->scale ? norm->scale->data[channel] : 1;
    double beta = norm->shift ? norm->shift->data[channel] : 0;
    *factor = gamma / sqrt((double)norm->variance->data[channel] +
                           norm->epsilon);
    *offset = beta - *factor * norm->mean->data[channel];
}

/* Scale the convolution's outputs; its channel count is the norm's. */
static void fold_into(struct ses_node *conv, const struct ses_node *norm)
{
    size_t outputs = conv->weight->shape[0];
    size_t each = conv->weight->count / outputs;
    for (size_t o = 0; o < outputs; o++) {
        double factor, offset;
        affine(norm, o, &factor, &offset);
        float *weight = conv->weight->data + o * each;
        for (size_t i = 0; i < each; i++)
            weight[i] = (float)(factor * weight[i]);
        conv->bias->data[o] = (float)(factor * conv->bias->data[o] + offset);
    }
    conv->parameters += norm->parameters;
}

/* Turn a norm into a depthwise 1x1 convolution of weight one, to fold into. */
static enum ses_status as_conv(struct ses_node *norm, struct ses_error *err)
{
    size_t channels = norm->mean->count;
    size_t shape[4] = { channels, 1, 1, 1 };
    struct ses_node conv = *norm;
    conv.op = SES_OP_CONV;
    conv.window = ses_window(1, 1, 0);
    conv.groups = (int)channels;
    conv.parameters = 0;
    conv.scale = conv.shift = conv.mean = conv.variance = NULL;
    conv.weight = ses_tensor_new(4, shape);
    conv.bias = ses_tensor_new(1, shape);
    if (!conv.weight || !conv.bias) {
        ses_tensor_free(conv.weight);
        ses_tensor_free(conv.bias);
        return ses_fail_memory(err, "a batch norm");
    }
    for (size_t i = 0; i < channels; i++)
        conv.weight->data[i] = 1;
    fold_into(&conv, norm);
    ses_tensor_free(norm->scale);
    ses_tensor_free(norm->shift);
    ses_tensor_free(norm->mean);
    ses_tensor_free(norm->variance);
    *norm = conv;
    return SES_OK;
}

enum ses_status ses_fold_batch_norm(struct ses_graph *graph,
                                    struct ses_error *err)
{
    bool *dead = ses_calloc(graph->n_nodes, sizeof *dead);
    if (!dead)
        return ses_fail_memory(err, "folding batch norms");
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < graph->n_nodes && !status; i++) {
        struct ses_node *norm = &graph->nodes[i];
        if (norm->op != SES_OP_BATCH_NORM)
            continue;
        int input = norm->inputs[0];
        struct ses_node *conv = &graph->nodes[graph->values[input].producer];
        bool foldable = conv->op == SES_OP_CONV &&
                        conv->activation == SES_ACT_IDENTITY &&
                        conv->weight->shape[0] == norm->mean->count &&
                        ses_graph_readers(graph, input) == 1;
        if (!foldable) {
            status = as_conv(norm, err);
            continue;
        }
        if (!conv->bias) {
            conv->bias = ses_tensor_new(1, conv->weight->shape);
            if (!conv->bias) {
                status = ses_fail_memory(err, "a folded bias");
                continue;
            }
        }
        fold_into(conv, norm);
        conv->output = norm->output;
        graph->values[norm->output].producer = (int)(conv - graph->nodes);
        dead[i] = true;
    }
    ses_graph_compact(graph, dead);
    free(dead);
    return status;
}
