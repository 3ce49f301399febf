/* Fold gates that are constant into convolutions (see passes.h). */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/graph/passes.h"

static struct ses_node *producer(const struct ses_graph *graph, int value)
{
    int index = graph->values[value].producer;
    return index < 0 ? NULL : &graph->nodes[index];
}

/* Multiply the map by a factor a channel, as a convolution, instead of by its
 * gate. */
static enum ses_status replace(struct ses_graph *graph,
                               const struct ses_constant_gate *gate,
                               struct ses_error *err)
{
    struct ses_node *node = producer(graph, gate->scaled);
    bool product = node && node->op == SES_OP_MULTIPLY;
    int side = product && node->inputs[0] == gate->gate ? 0 : 1;
    if (!product || node->inputs[side] != gate->gate)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' is not the product of a map and its gate",
                        graph->values[gate->scaled].name);
    int map = node->inputs[1 - side];
    size_t channels = (size_t)graph->values[map].c;
    size_t shape[4] = { channels, 1, 1, 1 };
    struct ses_tensor *weight = ses_tensor_new(4, shape);
    if (!weight)
        return ses_fail_memory(err, "a gate's constants");
    memcpy(weight->data, gate->value, channels * sizeof *weight->data);
    node->op = SES_OP_CONV;
    node->window = ses_window(1, 1, 0);
    node->groups = (int)channels;
    node->weight = weight;
    node->inputs[0] = map;
    node->n_inputs = 1;
    return SES_OK;
}

/* Whether f(s x) is s f(x) for all factors s there are. */
static bool passes_factors(const struct ses_node *conv,
                           const struct ses_tensor *factors)
{
    switch (conv->activation) {
    case SES_ACT_IDENTITY:
        return true;
    case SES_ACT_RELU:
    case SES_ACT_LEAKY_RELU:
    case SES_ACT_PRELU:
        for (size_t i = 0; i < factors->count; i++)
            if (factors->data[i] < 0)
                return false;
        return true;
    default:
        return false;
    }
}

static float product(float a, float b)
{
    return (float)((double)a * (double)b);
}

static bool fold_before(struct ses_graph *graph, struct ses_node *scale)
{
    int map = scale->inputs[0];
    struct ses_node *conv = producer(graph, map);
    const struct ses_tensor *factors = scale->weight;
    if (!conv || conv->op != SES_OP_CONV ||
        conv->weight->shape[0] != factors->count ||
        ses_graph_readers(graph, map) != 1 || !passes_factors(conv, factors))
        return false;
    size_t each = conv->weight->count / factors->count;
    for (size_t o = 0; o < factors->count; o++) {
        float *weight = conv->weight->data + o * each;
        for (size_t i = 0; i < each; i++)
            weight[i] = product(weight[i], factors->data[o]);
        if (conv->bias)
            conv->bias->data[o] = product(conv->bias->data[o],
                                          factors->data[o]);
    }
    conv->output = scale->output;
    graph->values[scale->output].producer = (int)(conv - graph->nodes);
    return true;
}

/* The one node that reads a value, or NULL. */
static struct ses_node *only_reader(const struct ses_graph *graph, int value)
{
    if (ses_graph_readers(graph, value) != 1)
        return NULL;
    for (size_t i = 0; i < graph->n_nodes; i++)
        for (int j = 0; j < graph->nodes[i].n_inputs; j++)
            if (graph->nodes[i].inputs[j] == value)
                return &graph->nodes[i];
    return NULL; /* the graph's output */
}

/* The convolution that took the factors up, or NULL. Zeros around the map stay
 * zeros, so windows beyond its edge are no matter. */
static const struct ses_node *fold_after(struct ses_graph *graph,
                                         const struct ses_node *scale)
{
    const struct ses_tensor *factors = scale->weight;
    struct ses_node *conv = only_reader(graph, scale->output);
    if (!conv || conv->op != SES_OP_CONV)
        return NULL;
    struct ses_tensor *weight = conv->weight;
    size_t outputs = weight->shape[0], inputs = weight->shape[1];
    size_t groups = (size_t)conv->groups;
    size_t taps = weight->shape[2] * weight->shape[3];
    if (inputs * groups != factors->count)
        return NULL;
    float *at = weight->data;
    for (size_t o = 0; o < outputs; o++) {
        size_t group = o / (outputs / groups);
        for (size_t i = 0; i < inputs; i++)
            for (size_t t = 0; t < taps; t++, at++)
                *at = product(*at, factors->data[group * inputs + i]);
    }
    conv->inputs[0] = scale->inputs[0];
    return conv;
}

/* scale is a node that replace() made; whether it is needed no more. */
static bool fold(struct ses_graph *graph, struct ses_node *scale,
                 struct ses_constant_gate *gate)
{
    gate->layer = scale->name;
    const struct ses_node *conv = NULL;
    if (fold_before(graph, scale)) {
        gate->where = SES_GATE_BEFORE;
        conv = producer(graph, gate->scaled);
    } else if ((conv = fold_after(graph, scale)) != NULL) {
        gate->where = SES_GATE_AFTER;
    }
    if (!conv)
        return false;
    gate->layer = conv->name;
    scale->n_inputs = 0; /* it reads nothing any more */
    return true;
}

enum ses_status ses_fold_gates(struct ses_graph *graph,
                               struct ses_constant_gate *gates,
                               size_t n_gates, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < n_gates && !status; i++)
        status = replace(graph, &gates[i], err);
    if (!status)
        status = ses_drop_dead(graph, err);
    if (status)
        return status;
    bool *dead = ses_calloc(graph->n_nodes, sizeof *dead);
    if (!dead)
        return ses_fail_memory(err, "folding gates");
    for (size_t i = 0; i < n_gates; i++) {
        int at = graph->values[gates[i].scaled].producer;
        gates[i].where = SES_GATE_LEFT;
        gates[i].layer = graph->values[gates[i].scaled].name;
        if (at >= 0) /* else nobody needs the map */
            dead[at] = fold(graph, &graph->nodes[at], &gates[i]);
    }
    ses_graph_compact(graph, dead);
    free(dead);
    return SES_OK;
}
