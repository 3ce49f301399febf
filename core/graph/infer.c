/* Shapes of all values for a given input size, by every op's own rule. */
#include "core/graph/graph.h"

#include <stdlib.h>

#include "core/base/alloc.h"
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

enum ses_status ses_graph_infer_node(struct ses_graph *graph, size_t index,
                                     struct ses_error *err)
{
    const struct ses_node *node = &graph->nodes[index];
    struct ses_value *out = &graph->values[node->output];
    const struct ses_value **in =
        ses_calloc((size_t)node->n_inputs, sizeof *in);
    if (!in)
        return ses_fail_memory(err, "shapes");
    for (int j = 0; j < node->n_inputs; j++)
        in[j] = &graph->values[node->inputs[j]];
    const struct ses_op_class *class = ses_op_class(node->op);
    enum ses_status status = SES_OK;
    if (node->op != SES_OP_INPUT)
        status = class->infer(node, in, out, err);
    free(in);
    if (status)
        return ses_error_context(err, "layer '%s' (%s)", node->name,
                                 class->name);
    if (!sane(out))
        return ses_fail(err, SES_ESHAPE,
                        "layer '%s' (%s) would make a map of %dx%dx%d "
                        "(height x width x channels)",
                        node->name, class->name, out->h, out->w, out->c);
    return SES_OK;
}

enum ses_status ses_graph_infer(struct ses_graph *graph, int h, int w,
                                struct ses_error *err)
{
    ses_graph_size_input(graph, h, w);
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < graph->n_nodes && !status; i++)
        status = ses_graph_infer_node(graph, i, err);
    if (status)
        return ses_error_context(err, "for an input of %dx%d", h, w);
    return SES_OK;
}
