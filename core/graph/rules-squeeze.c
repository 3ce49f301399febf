/* Means and maxima of whole maps, however they are said. See rules.h. */
#include "core/graph/permute.h"
#include "core/graph/rules.h"
#include "core/ops/window.h"

static bool is_vector(const struct ses_value *value)
{
    return value->h == 1 && value->w == 1;
}

/* A pool whose one window is the whole map. Padding changes no maximum, and
 * no mean unless it is counted. */
int ses_rule_whole_pool(struct ses_graph *graph, struct ses_node *node)
{
    bool mean = node->op == SES_OP_AVERAGE_POOL;
    if (!mean && node->op != SES_OP_MAX_POOL)
        return -1;
    const struct ses_value *in = &graph->values[node->inputs[0]];
    const struct ses_value *out = &graph->values[node->output];
    struct ses_window window = ses_window_padded(&node->window, in->h, in->w);
    bool padded = window.pad_top || window.pad_left || window.pad_bottom ||
                  window.pad_right;
    bool dense = window.dilation_h == 1 && window.dilation_w == 1;
    bool covers = window.kernel_h - window.pad_top >= in->h &&
                  window.kernel_w - window.pad_left >= in->w;
    if (!is_vector(out) || !dense || !covers ||
        (mean && padded && window.count_include_pad))
        return -1;
    node->op = mean ? SES_OP_GLOBAL_MEAN : SES_OP_GLOBAL_MAX;
    return node->output;
}

/* Over an axis of 1: nothing; over the one axis that pixels lie on: global. */
int ses_rule_axis(struct ses_graph *graph, struct ses_node *node)
{
    bool mean = node->op == SES_OP_AXIS_MEAN;
    if (!mean && node->op != SES_OP_AXIS_MAX)
        return -1;
    const struct ses_value *in = &graph->values[node->inputs[0]];
    if (ses_same_shape(in, &graph->values[node->output]))
        return node->inputs[0];
    if (node->axis == SES_AXIS_C || (in->h != 1 && in->w != 1))
        return -1;
    node->op = mean ? SES_OP_GLOBAL_MEAN : SES_OP_GLOBAL_MAX;
    return node->output;
}

/* What the pixels of a map have in common with those of an earlier one: the
 * same kind of result along one axis before, or other names for its pixels. */
static bool goes_through(const struct ses_graph *graph,
                         const struct ses_node *node,
                         const struct ses_node *before)
{
    enum ses_op axis = node->op == SES_OP_GLOBAL_MEAN ? SES_OP_AXIS_MEAN
                                                      : SES_OP_AXIS_MAX;
    if (before->op == axis)
        return before->axis != SES_AXIS_C;
    return before->op == SES_OP_PERMUTE &&
           ses_permute_renames(&before->permute) &&
           graph->values[before->inputs[0]].c == before->permute.c;
}

/* A mean of means is one; that of a squeeze is the squeeze. (Of a map that is
 * 1x1 by itself it stays: it is the squeeze.) */
int ses_rule_global(struct ses_graph *graph, struct ses_node *node)
{
    if (node->op != SES_OP_GLOBAL_MEAN && node->op != SES_OP_GLOBAL_MAX)
        return -1;
    const struct ses_node *before = ses_producer(graph, node->inputs[0]);
    if (before->op == SES_OP_GLOBAL_MEAN || before->op == SES_OP_GLOBAL_MAX)
        return node->inputs[0];
    if (!goes_through(graph, node, before))
        return -1;
    node->inputs[0] = before->inputs[0];
    return node->output;
}
