/* Counting multiply-adds. See tree.h. */
#include "core/ablation/tree.h"
#include "core/graph/gate.h"
#include "core/ops/shape.h"

double ses_node_madds(const struct ses_graph *graph, size_t index)
{
    const struct ses_node *node = &graph->nodes[index];
    if (node->op != SES_OP_CONV)
        return 0;
    return (double)ses_floats(&graph->values[node->output]) *
           (double)(node->weight->count / node->weight->shape[0]);
}

/* Whether a node makes the squeeze: of a vector, a mean is that vector. */
static bool squeezes(const struct ses_graph *graph,
                     const struct ses_node *node)
{
    const struct ses_value *from = &graph->values[node->inputs[0]];
    return (node->op == SES_OP_GLOBAL_MEAN ||
            node->op == SES_OP_GLOBAL_MAX) &&
           (from->h > 1 || from->w > 1);
}

/* The values from the gate back to the squeeze, each once. */
struct trail {
    int values[SES_GATE_NODES];
    size_t count;
};

static void follow(struct trail *trail, int value)
{
    for (size_t i = 0; i < trail->count; i++)
        if (trail->values[i] == value)
            return;
    if (trail->count < SES_GATE_NODES)
        trail->values[trail->count++] = value;
}

double ses_block_madds(const struct ses_graph *graph,
                       const struct ses_block *block)
{
    struct trail trail = { .count = 0 };
    double madds = 0;
    follow(&trail, block->gate);
    for (size_t i = 0; i < trail.count; i++) {
        int index = graph->values[trail.values[i]].producer;
        const struct ses_node *node = &graph->nodes[index];
        if (trail.values[i] == block->squeeze || node->n_inputs < 1 ||
            squeezes(graph, node))
            continue;
        madds += ses_node_madds(graph, (size_t)index);
        for (int j = 0; j < node->n_inputs; j++)
            follow(&trail, node->inputs[j]);
    }
    return madds;
}
