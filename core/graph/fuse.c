/* Put activations into the convolutions before them (see passes.h). */
#include "core/graph/passes.h"

#include <stdlib.h>

#include "core/base/alloc.h"

static bool is_in(int value, const int *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (values[i] == value)
            return true;
    return false;
}

enum ses_status ses_fuse_activation_except(struct ses_graph *graph,
                                           const int *keep, size_t n_keep,
                                           struct ses_error *err)
{
    bool *dead = ses_calloc(graph->n_nodes, sizeof *dead);
    if (!dead)
        return ses_fail_memory(err, "fusing activations");
    for (size_t i = 0; i < graph->n_nodes; i++) {
        struct ses_node *act = &graph->nodes[i];
        if (act->op != SES_OP_ACTIVATION)
            continue;
        int input = act->inputs[0];
        struct ses_node *conv = &graph->nodes[graph->values[input].producer];
        if (conv->op != SES_OP_CONV || conv->activation != SES_ACT_IDENTITY ||
            ses_graph_readers(graph, input) != 1 ||
            is_in(input, keep, n_keep))
            continue;
        conv->activation = act->activation;
        conv->alpha = act->alpha;
        conv->beta = act->beta;
        conv->slope = act->slope;
        act->slope = NULL;
        conv->parameters += act->parameters;
        conv->output = act->output;
        graph->values[act->output].producer = (int)(conv - graph->nodes);
        dead[i] = true;
    }
    ses_graph_compact(graph, dead);
    free(dead);
    return SES_OK;
}

enum ses_status ses_fuse_activation(struct ses_graph *graph,
                                    struct ses_error *err)
{
    return ses_fuse_activation_except(graph, NULL, 0, err);
}
