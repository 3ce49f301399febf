/* A gate in words. See gate.h. */
#include <stdlib.h>

#include "core/base/text.h"
#include "core/graph/gate.h"
#include "core/graph/rules.h"

static bool all_are(const struct ses_tensor *tensor, float number)
{
    for (size_t i = 0; i < tensor->count; i++)
        if (tensor->data[i] != number)
            return false;
    return true;
}

/* A factor and an offset a channel that a file gave apart look like a norm of
 * nothing. */
static const char *norm_name(const struct ses_node *node)
{
    if (node->epsilon != 0 || !all_are(node->mean, 0) ||
        !all_are(node->variance, 1))
        return "batch-norm";
    return !node->scale ? "bias" : !node->shift ? "scale" : "affine";
}

static void add_conv(const struct ses_node *node, struct ses_text *text)
{
    const struct ses_window *window = &node->window;
    ses_text_add(text, "conv %zu>%zu",
                 node->weight->shape[1] * (size_t)node->groups,
                 node->weight->shape[0]);
    if (window->kernel_h != 1 || window->kernel_w != 1)
        ses_text_add(text, " %dx%d", window->kernel_h, window->kernel_w);
    if (node->groups > 1)
        ses_text_add(text, " groups %d", node->groups);
}

static void add_layer(const struct ses_node *node, struct ses_text *text)
{
    ses_text_add(text, " > ");
    switch (node->op) {
    case SES_OP_CONV:
        add_conv(node, text);
        break;
    case SES_OP_BATCH_NORM:
        ses_text_add(text, "%s", norm_name(node));
        break;
    case SES_OP_ACTIVATION:
        ses_text_add(text, "%s", ses_activation_name(node->activation));
        break;
    case SES_OP_MULTIPLY:
        ses_text_add(text, "scale");
        break;
    default:
        ses_text_add(text, "bias");
        break;
    }
}

/* What leads to value, from the squeeze on. */
static void add_path(const struct ses_graph *graph, int value, int map,
                     struct ses_text *text)
{
    const struct ses_node *node = ses_producer(graph, value);
    bool squeezes = node->op == SES_OP_GLOBAL_MEAN ||
                    node->op == SES_OP_GLOBAL_MAX;
    if (squeezes && ses_behind_names(graph, node->inputs[0]) == map) {
        ses_text_add(text, "%s",
                     node->op == SES_OP_GLOBAL_MEAN ? "mean" : "max");
        return;
    }
    int before = ses_gate_input(graph, node);
    if (before < 0) {
        ses_text_add(text, "(");
        add_path(graph, node->inputs[0], map, text);
        ses_text_add(text, ") + (");
        add_path(graph, node->inputs[1], map, text);
        ses_text_add(text, ")");
        return;
    }
    add_path(graph, before, map, text);
    if (!squeezes && node->op != SES_OP_PERMUTE)
        add_layer(node, text);
}

char *ses_gate_text(const struct ses_graph *graph, const struct ses_gate *gate)
{
    struct ses_text text = { 0 };
    add_path(graph, gate->value, gate->map, &text);
    if (!text.failed)
        return text.data;
    ses_text_release(&text);
    return NULL;
}
