/* Products of x and a function of x that have a name. See rules.h. */
#include "core/graph/rules.h"

/* A value as factor * y + offset, by a linear function before it or none. */
struct part {
    int y;
    double factor, offset;
};

static struct part whole(int value)
{
    return (struct part){ value, 1, 0 };
}

static struct part part_of(const struct ses_graph *graph, int value)
{
    const struct ses_node *node = ses_producer(graph, value);
    if (!ses_is_activation(node, SES_ACT_LINEAR))
        return whole(value);
    return (struct part){ node->inputs[0], (double)node->alpha,
                          (double)node->beta };
}

/* Whether value is alpha * x + beta. */
static bool is_line(const struct ses_graph *graph, int value, int x,
                    double alpha, double beta)
{
    struct part part = part_of(graph, value);
    return part.y == x && ses_nearly(part.factor, alpha) &&
           ses_nearly(part.offset, beta);
}

/* factor * x * g, where g's own factor is counted in. */
static bool is_silu(const struct ses_graph *graph, int x, struct part g,
                    double factor)
{
    const struct ses_node *node = ses_producer(graph, g.y);
    return ses_is_activation(node, SES_ACT_SIGMOID) && node->inputs[0] == x &&
           g.offset == 0 && ses_nearly(factor, 1);
}

static bool is_hard_swish(const struct ses_graph *graph, int x, struct part g,
                          double factor)
{
    const struct ses_node *node = ses_producer(graph, g.y);
    if (g.offset != 0)
        return false;
    if (ses_is_activation(node, SES_ACT_RELU6))
        return is_line(graph, node->inputs[0], x, 1, 3) &&
               ses_nearly(factor, 1.0 / 6);
    return ses_is_activation(node, SES_ACT_HARD_SIGMOID) &&
           node->inputs[0] == x && ses_nearly((double)node->alpha, 1.0 / 6) &&
           ses_nearly((double)node->beta, 0.5) && ses_nearly(factor, 1);
}

static bool is_mish(const struct ses_graph *graph, int x, struct part g,
                    double factor)
{
    const struct ses_node *node = ses_producer(graph, g.y);
    if (!ses_is_activation(node, SES_ACT_TANH))
        return false;
    node = ses_producer(graph, node->inputs[0]);
    return ses_is_activation(node, SES_ACT_SOFTPLUS) &&
           node->inputs[0] == x && g.offset == 0 && ses_nearly(factor, 1);
}

static bool is_gelu(const struct ses_graph *graph, int x, struct part g,
                    double factor)
{
    const struct ses_node *node = ses_producer(graph, g.y);
    return ses_is_activation(node, SES_ACT_ERF) &&
           is_line(graph, node->inputs[0], x, 0.70710678118654752, 0) &&
           ses_nearly(g.offset, g.factor) && ses_nearly(factor, 0.5);
}

/* The same by the linear functions before it: more than any product has a
 * name with. */
static struct part innermost(const struct ses_graph *graph, int value)
{
    enum { MOST = 8 };
    struct part all = part_of(graph, value);
    struct part next = part_of(graph, all.y);
    for (int i = 0; i < MOST && next.y != all.y;
         i++, next = part_of(graph, all.y))
        all = (struct part){ next.y, all.factor * next.factor,
                             all.factor * next.offset + all.offset };
    return all;
}

/* What scale * x * g(x) is; IDENTITY for nothing known. */
static enum ses_activation recognise(const struct ses_graph *graph, int x,
                                     int g, double scale)
{
    struct part part = innermost(graph, g);
    double factor = scale * part.factor;
    return is_silu(graph, x, part, factor)         ? SES_ACT_SILU
           : is_hard_swish(graph, x, part, factor) ? SES_ACT_HARD_SWISH
           : is_mish(graph, x, part, factor)       ? SES_ACT_MISH
           : is_gelu(graph, x, part, factor)       ? SES_ACT_GELU
                                                   : SES_ACT_IDENTITY;
}

/* x may be scaled before the product, the product after it. */
int ses_rule_product(struct ses_graph *graph, struct ses_node *node)
{
    const struct ses_node *product = node;
    double scale = 1;
    if (ses_is_activation(node, SES_ACT_LINEAR) && node->beta == 0) {
        scale = (double)node->alpha;
        product = ses_producer(graph, node->inputs[0]);
    }
    if (product->op != SES_OP_MULTIPLY)
        return -1;
    for (int side = 0; side < 2; side++) {
        int p = product->inputs[side], g = product->inputs[1 - side];
        struct part scaled = part_of(graph, p);
        struct part sides[] = { whole(p), scaled };
        for (int i = 0; i < (scaled.y == p || scaled.offset != 0 ? 1 : 2);
             i++) {
            enum ses_activation found =
                recognise(graph, sides[i].y, g, scale * sides[i].factor);
            if (found == SES_ACT_IDENTITY)
                continue;
            ses_become_activation(node, sides[i].y, found, 0, 0);
            return node->output;
        }
    }
    return -1;
}
