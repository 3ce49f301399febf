/* Walking from a multiply back to the squeeze. See gate.h. */
#include "core/graph/gate.h"

#include <math.h>

#include "core/graph/permute.h"
#include "core/graph/rules.h"

int ses_behind_names(const struct ses_graph *graph, int value)
{
    const struct ses_node *node = ses_producer(graph, value);
    while (node->op == SES_OP_PERMUTE && ses_permute_renames(&node->permute)) {
        value = node->inputs[0];
        node = ses_producer(graph, value);
    }
    return value;
}

/* A gate's last non-linearity: those of the paper's own ablation (table 11)
 * and of later networks. */
static bool makes_a_gate(const struct ses_node *node)
{
    switch (node->activation) {
    case SES_ACT_SIGMOID:
    case SES_ACT_HARD_SIGMOID:
    case SES_ACT_TANH:
    case SES_ACT_RELU:
    case SES_ACT_RELU6:
        return true;
    case SES_ACT_CLIP:
        return isfinite(node->alpha) && isfinite(node->beta);
    default:
        return false;
    }
}

/* A number a channel, wherever the channels lie. */
static bool is_vector(const struct ses_value *value)
{
    return (value->h > 1) + (value->w > 1) + (value->c > 1) <= 1;
}

static int floats(const struct ses_value *value)
{
    return value->h * value->w * value->c; /* of a vector: cannot overflow */
}

/* What was met on the way from the gate. */
struct branch {
    bool bounded;   /* the gate's non-linearity */
    bool has_layer; /* something learnt */
    int inner;      /* what the convolution met last takes; -1 */
    int bottleneck, reduced;
};

/* The vector between two convolutions, when it is the narrowest. */
static void consider_bottleneck(const struct ses_graph *graph,
                                struct branch *branch)
{
    if (branch->inner < 0)
        return;
    int value = ses_behind_names(graph, branch->inner);
    int width = floats(&graph->values[value]);
    if (branch->bottleneck >= 0 && branch->reduced <= width)
        return;
    branch->bottleneck = value;
    branch->reduced = width;
}

/* False when there are too many. */
static bool add_node(const struct ses_graph *graph, int node,
                     struct ses_gate *gate)
{
    for (int i = 0; i < gate->n_nodes; i++)
        if (gate->nodes[i] == node)
            return true;
    if (gate->n_nodes == SES_GATE_NODES)
        return false;
    gate->nodes[gate->n_nodes++] = node;
    gate->parameters += graph->nodes[node].parameters;
    return true;
}

/* A squeeze was reached. Of a mean and a max, the mean's layers count. */
static void arrive(const struct ses_node *node, const struct branch *branch,
                   struct ses_gate *gate)
{
    bool mean = node->op == SES_OP_GLOBAL_MEAN;
    if (gate->mean < 0) {
        gate->bottleneck = branch->bottleneck;
        gate->reduced = branch->reduced;
    }
    if (mean)
        gate->mean = node->output;
    else
        gate->max = node->output;
}

int ses_gate_input(const struct ses_graph *graph, const struct ses_node *node)
{
    int found = -1;
    for (int i = 0; i < node->n_inputs; i++) {
        if (ses_producer(graph, node->inputs[i])->op == SES_OP_CONSTANT)
            continue;
        if (found >= 0)
            return -1;
        found = node->inputs[i];
    }
    return found;
}

/* Take a node in, which is none that branches; false when it has no place in
 * a gate. */
static bool pass(const struct ses_graph *graph, const struct ses_node *node,
                 struct branch *branch, struct ses_gate *gate)
{
    switch (node->op) {
    case SES_OP_CONV:
        consider_bottleneck(graph, branch);
        branch->inner = node->inputs[0];
        branch->has_layer = true;
        return branch->bounded; /* else it is a linear function at its end */
    case SES_OP_BATCH_NORM:
        branch->has_layer = true;
        return true;
    case SES_OP_ACTIVATION:
        if (node->activation == SES_ACT_LINEAR || branch->bounded)
            return true;
        if (gate->activation == SES_ACT_IDENTITY) {
            gate->activation = node->activation;
            gate->pregate = node->inputs[0];
        } else if (gate->pregate != node->inputs[0]) {
            gate->pregate = -1;
        }
        branch->bounded = true;
        return makes_a_gate(node);
    case SES_OP_PERMUTE:
        return ses_permute_renames(&node->permute);
    case SES_OP_ADD:
    case SES_OP_SUBTRACT:
    case SES_OP_MULTIPLY: /* with a constant */
        return true;
    default:
        return false;
    }
}

/* From value to squeezes of the gate's map, whichever way. steps bounds what
 * sums of sums may cost. */
static bool walk(const struct ses_graph *graph, int value,
                 struct branch branch, int *steps, struct ses_gate *gate)
{
    while ((*steps)-- > 0 && is_vector(&graph->values[value])) {
        int index = graph->values[value].producer;
        const struct ses_node *node = &graph->nodes[index];
        if (!add_node(graph, index, gate))
            return false;
        if (node->op == SES_OP_GLOBAL_MEAN || node->op == SES_OP_GLOBAL_MAX) {
            value = node->inputs[0];
            const struct ses_value *from = &graph->values[value];
            if (ses_behind_names(graph, value) == gate->map &&
                from->c == gate->channels) {
                arrive(node, &branch, gate);
                return branch.bounded && branch.has_layer;
            }
            if (from->h != 1 || from->w != 1)
                return false;
            continue; /* of a vector, it is that vector */
        }
        if (node->n_inputs < 1 || !pass(graph, node, &branch, gate))
            return false;
        value = ses_gate_input(graph, node);
        if (value < 0)
            return node->op == SES_OP_ADD &&
                   walk(graph, node->inputs[0], branch, steps, gate) &&
                   walk(graph, node->inputs[1], branch, steps, gate);
    }
    return false;
}

static bool is_gate(const struct ses_graph *graph, int value, int map,
                    struct ses_gate *out)
{
    const struct ses_value *vector = &graph->values[value];
    int steps = 4 * SES_GATE_NODES;
    *out = (struct ses_gate){ .value = value,
                              .pregate = -1,
                              .map = ses_behind_names(graph, map),
                              .channels = graph->values[map].c,
                              .mean = -1,
                              .max = -1,
                              .bottleneck = -1 };
    return vector->h == 1 && vector->w == 1 &&
           vector->c == graph->values[map].c &&
           walk(graph, value, (struct branch){ .inner = -1, .bottleneck = -1 },
                &steps, out);
}

int ses_gate_of(const struct ses_graph *graph, const struct ses_node *multiply,
                struct ses_gate *out)
{
    if (multiply->op != SES_OP_MULTIPLY)
        return -1;
    for (int side = 0; side < 2; side++) {
        int map = multiply->inputs[1 - side];
        if (is_gate(graph, multiply->inputs[side], map, out))
            return map;
    }
    return -1;
}
