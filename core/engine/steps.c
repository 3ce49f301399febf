/* See steps.h. */
#include "core/engine/steps.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/ops/conv.h"
#include "core/ops/shape.h"

struct finder {
    const struct ses_graph *graph;
    struct ses_step *steps;
    const int *keep;
    size_t n_keep;
    /* of each value: nodes that read it, and the first two of them */
    struct readers {
        size_t count;
        size_t nodes[2];
    } *readers;
    bool *taken; /* nodes that are in a group or a squeeze */
};

static void find_readers(struct finder *finder)
{
    const struct ses_graph *graph = finder->graph;
    for (size_t i = 0; i < graph->n_nodes; i++)
        for (int j = 0; j < graph->nodes[i].n_inputs; j++) {
            struct readers *readers =
                &finder->readers[graph->nodes[i].inputs[j]];
            if (readers->count < 2)
                readers->nodes[readers->count] = i;
            readers->count++;
        }
}

/* Whether a value need not be there: nobody looks at it. */
static bool is_hidden(const struct finder *finder, int value)
{
    const struct ses_graph *graph = finder->graph;
    if (value == graph->output || value == graph->logits ||
        ses_pixels(&graph->values[value]) == 1)
        return false;
    for (size_t i = 0; i < finder->n_keep; i++)
        if (finder->keep[i] == value)
            return false;
    return true;
}

static bool same_shape(const struct ses_graph *graph, int a, int b)
{
    const struct ses_value *x = &graph->values[a], *y = &graph->values[b];
    return x->h == y->h && x->w == y->w && x->c == y->c;
}

/* The other operand of a product of a map and a vector of its channels, or of
 * a sum of two maps of one shape; -1 when it is neither. */
static int operand(const struct ses_graph *graph, const struct ses_node *node,
                   int map)
{
    if (node->n_inputs != 2 || node->inputs[0] == node->inputs[1] ||
        !same_shape(graph, map, node->output))
        return -1;
    int other = node->inputs[node->inputs[0] == map];
    const struct ses_value *value = &graph->values[other];
    if (node->op == SES_OP_ADD)
        return same_shape(graph, map, other) ? other : -1;
    bool gate = node->op == SES_OP_MULTIPLY && ses_pixels(value) == 1 &&
                value->c == graph->values[map].c;
    return gate ? other : -1;
}

/* Take a node that follows into a group, if it can be. `value` is what the
 * group makes so far. */
static bool extend(const struct finder *finder, struct ses_step *group,
                   size_t next, int value)
{
    const struct ses_graph *graph = finder->graph;
    const struct ses_node *node = &graph->nodes[next];
    int other = operand(graph, node, value);
    if (finder->taken[next])
        return false;
    if (node->op == SES_OP_MULTIPLY && other >= 0 && group->gate < 0 &&
        group->add < 0) {
        group->gate = other;
        return true;
    }
    if (node->op == SES_OP_ADD && other >= 0 && group->add < 0) {
        group->add = other;
        return true;
    }
    return false;
}

/* The node after `at` in a group, or n_nodes. A convolution's output may have
 * its squeeze as a second reader, when that can be had without it: squeeze. */
static size_t find_next(const struct finder *finder, size_t at,
                        size_t *squeeze)
{
    const struct ses_graph *graph = finder->graph;
    const struct ses_node *node = &graph->nodes[at];
    const struct readers *readers = &finder->readers[node->output];
    *squeeze = graph->n_nodes;
    if (!is_hidden(finder, node->output))
        return graph->n_nodes;
    if (readers->count == 1)
        return readers->nodes[0];
    if (readers->count != 2 || node->op != SES_OP_CONV ||
        !ses_conv_is_pixelwise(node))
        return graph->n_nodes;
    for (size_t i = 0; i < 2; i++)
        if (graph->nodes[readers->nodes[i]].op == SES_OP_GLOBAL_MEAN) {
            *squeeze = readers->nodes[i];
            return readers->nodes[!i];
        }
    return graph->n_nodes;
}

/* A group that begins at a node, its head's step not being taken. */
static void find_group(struct finder *finder, size_t head)
{
    const struct ses_graph *graph = finder->graph;
    const struct ses_node *node = &graph->nodes[head];
    struct ses_step group = { .kind = SES_STEP_GROUP, .head = head,
                              .x = node->inputs[0], .gate = -1, .add = -1 };
    size_t members[4] = { head }, count = 1, squeeze = graph->n_nodes;
    if (node->op != SES_OP_CONV) {
        group.x = node->inputs[0];
        if (operand(graph, node, group.x) < 0)
            group.x = node->inputs[1];
        if (operand(graph, node, group.x) < 0 ||
            !extend(finder, &group, head, group.x))
            return;
    } else if (node->activation != SES_ACT_IDENTITY ||
               ses_pixels(&graph->values[node->output]) == 1) {
        return;
    }
    for (size_t at = head; count < 4; count++) {
        size_t found, next = find_next(finder, at, &found);
        if (next == graph->n_nodes || finder->taken[next])
            break;
        bool last = graph->nodes[next].op == SES_OP_ACTIVATION;
        if (!last && !extend(finder, &group, next, graph->nodes[at].output))
            break;
        if (found < graph->n_nodes)
            squeeze = found;
        members[count] = at = next;
        if (last) {
            count++;
            break;
        }
    }
    if (count == 1)
        return;
    for (size_t i = 0; i < count; i++) {
        finder->taken[members[i]] = true;
        finder->steps[members[i]].kind = SES_STEP_NOTHING;
    }
    finder->steps[members[count - 1]] = group;
    if (squeeze == graph->n_nodes)
        return;
    finder->taken[squeeze] = true;
    finder->steps[squeeze] =
        (struct ses_step){ .kind = SES_STEP_SQUEEZE, .head = head,
                           .x = group.x, .gate = -1, .add = -1 };
}

enum ses_status ses_steps_make(const struct ses_graph *graph, bool fuse,
                               const int *keep, size_t n_keep,
                               struct ses_step **out, struct ses_error *err)
{
    struct finder finder = {
        .graph = graph,
        .keep = keep,
        .n_keep = n_keep,
        .steps = ses_calloc(graph->n_nodes, sizeof *finder.steps),
        .readers = ses_calloc(graph->n_values, sizeof *finder.readers),
        .taken = ses_calloc(graph->n_nodes, sizeof *finder.taken),
    };
    enum ses_status status = SES_OK;
    if (!finder.steps || !finder.readers || !finder.taken) {
        status = ses_fail_memory(err, "an engine");
        goto out;
    }
    find_readers(&finder);
    for (size_t i = 0; i < graph->n_nodes; i++)
        finder.steps[i] = (struct ses_step){ .head = i, .x = -1, .gate = -1,
                                             .add = -1 };
    for (size_t i = 0; fuse && i < graph->n_nodes; i++) {
        enum ses_op op = graph->nodes[i].op;
        if (!finder.taken[i] && (op == SES_OP_CONV || op == SES_OP_MULTIPLY ||
                                 op == SES_OP_ADD))
            find_group(&finder, i);
    }
    *out = finder.steps;
    finder.steps = NULL;
out:
    free(finder.steps);
    free(finder.readers);
    free(finder.taken);
    return status;
}

size_t ses_step_count(const struct ses_graph *graph,
                      const struct ses_step *steps, size_t node)
{
    const struct ses_step *step = &steps[node];
    switch (step->kind) {
    case SES_STEP_RUN:
        return (size_t)graph->nodes[node].n_inputs;
    case SES_STEP_NOTHING:
        return 0;
    default:
        return 1 + (step->gate >= 0) + (step->add >= 0);
    }
}

int ses_step_input(const struct ses_graph *graph, const struct ses_step *steps,
                   size_t node, size_t i)
{
    const struct ses_step *step = &steps[node];
    if (step->kind == SES_STEP_RUN)
        return graph->nodes[node].inputs[i];
    if (i == 0)
        return step->x;
    return i == 1 && step->gate >= 0 ? step->gate : step->add;
}

void ses_steps_last_readers(const struct ses_graph *graph,
                            const struct ses_step *steps, size_t *last)
{
    for (size_t i = 0; i < graph->n_nodes; i++) {
        last[graph->nodes[i].output] = i;
        for (size_t j = 0; j < ses_step_count(graph, steps, i); j++)
            last[ses_step_input(graph, steps, i, j)] = i;
    }
    last[graph->logits] = graph->n_nodes;
}
