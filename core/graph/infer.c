/* Shapes of all values for a given input size, by every op's own rule. */
#include "core/graph/graph.h"
#include "core/ops/ops.h"

/* Bounds what a hostile file can ask for: a map has at most 2^28 floats, as
 * one of 2048x2048 pixels and 64 channels. */
static bool sane(const struct ses_value *value)
{
    size_t size;
    return value->h > 0 && value->w > 0 && value->c > 0 &&
           !__builtin_mul_overflow((size_t)value->h * (size_t)value->w,
                                   (size_t)value->c, &size) &&
           size <= ((size_t)1 << 28);
}

enum ses_status ses_graph_infer(struct ses_graph *graph, int h, int w,
                                struct ses_error *err)
{
    graph->values[graph->input].h = h;
    graph->values[graph->input].w = w;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        const struct ses_node *node = &graph->nodes[i];
        struct ses_value *out = &graph->values[node->output];
        const struct ses_value *in[2] = { 0 };
        for (int j = 0; j < node->n_inputs; j++)
            in[j] = &graph->values[node->inputs[j]];
        const struct ses_op_class *class = ses_op_class(node->op);
        enum ses_status status = SES_OK;
        if (node->op != SES_OP_INPUT)
            status = class->infer(node, in, out, err);
        if (status)
            return ses_error_context(err, "layer '%s' (%s)", node->name,
                                     class->name);
        if (!sane(out))
            return ses_fail(err, SES_ESHAPE,
                            "layer '%s' (%s) would make a map of %dx%dx%d "
                            "(height x width x channels) from an input of "
                            "%dx%d",
                            node->name, class->name, out->h, out->w, out->c,
                            h, w);
    }
    return SES_OK;
}
