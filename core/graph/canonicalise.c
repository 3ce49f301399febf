/* One way to say what frameworks say in many (see passes.h): a sweep of rules
 * over the nodes, then what nobody reads is dropped. */
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/graph/passes.h"
#include "core/graph/permute.h"
#include "core/graph/rules.h"

/* Linear functions go together in a second sweep: the first wants to see each
 * by itself. */
static ses_rule *const recognise[] = {
    ses_rule_permute_chain, ses_rule_idle_permute,    ses_rule_repeated,
    ses_rule_whole_pool,    ses_rule_axis,            ses_rule_global,
    ses_rule_maximum,       ses_rule_idle_activation, ses_rule_clip,
    ses_rule_hard_sigmoid,  ses_rule_product,         NULL,
};
static ses_rule *const tidy[] = { ses_rule_linear_chain,
                                  ses_rule_idle_activation, NULL };

/* What stands for the node's value. */
static int apply(struct ses_graph *graph, struct ses_node *node,
                 ses_rule *const *rules)
{
    for (size_t i = 0; rules[i];) {
        int value = rules[i](graph, node);
        if (value >= 0 && value != node->output)
            return value;
        i = value < 0 ? i + 1 : 0;
    }
    return node->output;
}

/* instead: of each value, filled. */
static void sweep(struct ses_graph *graph, ses_rule *const *rules,
                  int *instead)
{
    for (size_t i = 0; i < graph->n_nodes; i++) {
        struct ses_node *node = &graph->nodes[i];
        for (int j = 0; j < node->n_inputs; j++)
            node->inputs[j] = instead[node->inputs[j]];
        int value = apply(graph, node, rules);
        instead[node->output] = value;
        if (value == node->output)
            continue;
        ses_producer(graph, value)->parameters += node->parameters;
        node->parameters = 0;
    }
    graph->output = instead[graph->output];
    graph->logits = instead[graph->logits];
}

/* The vector behind orders that only rename, or the value itself. */
static int behind_names(const struct ses_graph *graph, int value)
{
    for (int at = value;;) {
        const struct ses_node *node = ses_producer(graph, at);
        if (node->op != SES_OP_PERMUTE || !ses_permute_renames(&node->permute))
            return value;
        at = node->inputs[0];
        const struct ses_value *shape = &graph->values[at];
        if (shape->h == 1 && shape->w == 1)
            value = at;
    }
}

/* What a softmax at the end took, whatever its result is called. */
static void find_logits(struct ses_graph *graph)
{
    int last = behind_names(graph, graph->output);
    const struct ses_node *node = ses_producer(graph, last);
    if (node->op == SES_OP_SOFTMAX)
        last = behind_names(graph, node->inputs[0]);
    graph->logits = last;
}

enum ses_status ses_drop_dead(struct ses_graph *graph, struct ses_error *err)
{
    bool *read = ses_calloc(graph->n_values, sizeof *read);
    bool *dead = ses_calloc(graph->n_nodes, sizeof *dead);
    enum ses_status status = SES_OK;
    if (!read || !dead) {
        status = ses_fail_memory(err, "dropping layers");
        goto out;
    }
    read[graph->output] = read[graph->logits] = true;
    for (size_t i = graph->n_nodes; i-- > 0;) {
        const struct ses_node *node = &graph->nodes[i];
        dead[i] = !read[node->output] && node->op != SES_OP_INPUT;
        for (int j = 0; j < node->n_inputs && !dead[i]; j++)
            read[node->inputs[j]] = true;
    }
    ses_graph_compact(graph, dead);
out:
    free(read);
    free(dead);
    return status;
}

enum ses_status ses_graph_canonicalise(struct ses_graph *graph,
                                       struct ses_error *err)
{
    int *instead = ses_calloc(graph->n_values, sizeof *instead);
    if (!instead)
        return ses_fail_memory(err, "recognising layers");
    sweep(graph, recognise, instead);
    sweep(graph, tidy, instead);
    free(instead);
    find_logits(graph);
    return ses_drop_dead(graph, err);
}
