/* Orders of floats, and maps that repeat a vector. See rules.h. */
#include "core/graph/permute.h"
#include "core/graph/rules.h"

int ses_rule_permute_chain(struct ses_graph *graph, struct ses_node *node)
{
    if (node->op != SES_OP_PERMUTE)
        return -1;
    const struct ses_node *before = ses_producer(graph, node->inputs[0]);
    struct ses_permute merged;
    if (before->op != SES_OP_PERMUTE ||
        !ses_permute_merge(&before->permute, &node->permute, &merged))
        return -1;
    node->permute = merged;
    node->inputs[0] = before->inputs[0];
    return node->output;
}

int ses_rule_idle_permute(struct ses_graph *graph, struct ses_node *node)
{
    bool idle = node->op == SES_OP_PERMUTE &&
                ses_permute_renames(&node->permute) &&
                ses_same_shape(&graph->values[node->inputs[0]],
                               &graph->values[node->output]);
    return idle ? node->inputs[0] : -1;
}

/* A vector that was made as large as the other side: it is repeated without.
 */
int ses_rule_repeated(struct ses_graph *graph, struct ses_node *node)
{
    switch (node->op) {
    case SES_OP_ADD:
    case SES_OP_SUBTRACT:
    case SES_OP_MULTIPLY:
    case SES_OP_DIVIDE:
    case SES_OP_MAXIMUM:
        break;
    default:
        return -1;
    }
    for (int side = 0; side < 2; side++) {
        const struct ses_node *before = ses_producer(graph, node->inputs[side]);
        if (before->op != SES_OP_RESIZE)
            continue;
        const struct ses_value *vector = &graph->values[before->inputs[0]];
        const struct ses_value *other = &graph->values[node->inputs[1 - side]];
        const struct ses_value *out = &graph->values[node->output];
        if (vector->h != 1 || vector->w != 1 || other->h != out->h ||
            other->w != out->w)
            continue;
        node->inputs[side] = before->inputs[0];
        return node->output;
    }
    return -1;
}
