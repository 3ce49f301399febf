/* Rules for non-linearities that other ones make up. See rules.h. */
#include "core/graph/rules.h"

#include <float.h>
#include <math.h>

void ses_become_activation(struct ses_node *node, int input,
                           enum ses_activation activation, float alpha,
                           float beta)
{
    node->op = SES_OP_ACTIVATION;
    node->inputs[0] = input;
    node->n_inputs = 1;
    node->activation = activation;
    node->alpha = alpha;
    node->beta = beta;
}

bool ses_nearly(double a, double b)
{
    return fabs(a - b) <= 2e-6 * (fabs(b) > 1 ? fabs(b) : 1);
}

/* ---- linear functions ---------------------------------------------------- */

int ses_rule_idle_activation(struct ses_graph *graph, struct ses_node *node)
{
    bool idle = ses_is_activation(node, SES_ACT_IDENTITY) ||
                (ses_is_activation(node, SES_ACT_LINEAR) &&
                 node->alpha == 1 && node->beta == 0) ||
                (ses_is_activation(node, SES_ACT_POWER) && node->alpha == 1);
    return idle ? node->inputs[0] : -1;
}

int ses_rule_linear_chain(struct ses_graph *graph, struct ses_node *node)
{
    if (!ses_is_activation(node, SES_ACT_LINEAR))
        return -1;
    struct ses_node *inner = ses_producer(graph, node->inputs[0]);
    if (!ses_is_activation(inner, SES_ACT_LINEAR))
        return -1;
    node->beta += node->alpha * inner->beta;
    node->alpha *= inner->alpha;
    node->inputs[0] = inner->inputs[0];
    return node->output;
}

/* ---- clips --------------------------------------------------------------- */

struct range {
    float low, high;
};

/* Whether a node does nothing but keep values in a range. */
static bool is_clip(const struct ses_node *node, struct range *range)
{
    if (ses_is_activation(node, SES_ACT_CLIP))
        *range = (struct range){ node->alpha, node->beta };
    else if (ses_is_activation(node, SES_ACT_RELU))
        *range = (struct range){ 0, INFINITY };
    else if (ses_is_activation(node, SES_ACT_RELU6))
        *range = (struct range){ 0, 6 };
    else
        return false;
    return true;
}

static bool is_zero(const struct ses_node *node)
{
    if (node->op != SES_OP_CONSTANT)
        return false;
    for (size_t i = 0; i < node->weight->count; i++)
        if (node->weight->data[i] != 0)
            return false;
    return true;
}

/* The larger of x and 0. */
int ses_rule_maximum(struct ses_graph *graph, struct ses_node *node)
{
    if (node->op != SES_OP_MAXIMUM)
        return -1;
    for (int side = 0; side < 2; side++) {
        int x = node->inputs[side];
        if (!is_zero(ses_producer(graph, node->inputs[1 - side])) ||
            !ses_same_shape(&graph->values[x], &graph->values[node->output]))
            continue;
        ses_become_activation(node, x, SES_ACT_RELU, 0, 0);
        return node->output;
    }
    return -1;
}

/* A clip of a clip is one; those that have a name get it. */
int ses_rule_clip(struct ses_graph *graph, struct ses_node *node)
{
    struct range outer, inner;
    if (!is_clip(node, &outer))
        return -1;
    const struct ses_node *before = ses_producer(graph, node->inputs[0]);
    if (is_clip(before, &inner) && inner.low <= outer.high &&
        outer.low <= inner.high) {
        ses_become_activation(node, before->inputs[0], SES_ACT_CLIP,
                              fmaxf(outer.low, inner.low),
                              fminf(outer.high, inner.high));
        return node->output;
    }
    if (node->activation != SES_ACT_CLIP)
        return -1;
    bool endless = outer.high >= FLT_MAX;
    if (endless && outer.low <= -FLT_MAX)
        return node->inputs[0];
    if (outer.low != 0 || (!endless && outer.high != 6))
        return -1;
    ses_become_activation(node, node->inputs[0],
                          endless ? SES_ACT_RELU : SES_ACT_RELU6, 0, 0);
    return node->output;
}

/* ---- hard sigmoids ------------------------------------------------------- */

/* value = alpha * x + beta, by a linear function before it, or by two that
 * scale and shift in turn. */
struct line {
    int x;
    double alpha, beta;
};

static struct line line_of(const struct ses_graph *graph, int value)
{
    struct line line = { value, 1, 0 };
    const struct ses_node *node = ses_producer(graph, value);
    if (!ses_is_activation(node, SES_ACT_LINEAR))
        return line;
    line = (struct line){ node->inputs[0], (double)node->alpha,
                          (double)node->beta };
    node = ses_producer(graph, line.x);
    bool scales = node->beta == 0, shifts = node->alpha == 1;
    if (!ses_is_activation(node, SES_ACT_LINEAR) ||
        !((line.alpha == 1 && scales) || (line.beta == 0 && shifts)))
        return line;
    return (struct line){ node->inputs[0], line.alpha * (double)node->alpha,
                          line.alpha * (double)node->beta + line.beta };
}

/* A linear function of a clip, or a clip, whose range is 0..1. */
int ses_rule_hard_sigmoid(struct ses_graph *graph, struct ses_node *node)
{
    const struct ses_node *clip = node;
    double factor = 1, offset = 0;
    if (ses_is_activation(node, SES_ACT_LINEAR)) {
        factor = (double)node->alpha;
        offset = (double)node->beta;
        clip = ses_producer(graph, node->inputs[0]);
    }
    struct range range;
    if (!is_clip(clip, &range) || factor <= 0 ||
        !ses_nearly(factor * (double)range.low + offset, 0) ||
        !ses_nearly(factor * (double)range.high + offset, 1))
        return -1;
    struct line line = line_of(graph, clip->inputs[0]);
    if (node == clip && line.x == clip->inputs[0])
        return -1; /* a plain clip at 0 and 1 */
    ses_become_activation(node, line.x, SES_ACT_HARD_SIGMOID,
                          (float)(factor * line.alpha),
                          (float)(factor * line.beta + offset));
    return node->output;
}
