/* See units.h. */
#include "core/graph/units.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"

/* Whether a node makes, of vectors that a global mean or maximum made, another
 * such vector: what gates and classifiers are of. */
static bool keeps_pooled(const struct ses_graph *graph,
                         const struct ses_node *node, const bool *pooled)
{
    if (node->op == SES_OP_GLOBAL_MEAN || node->op == SES_OP_GLOBAL_MAX)
        return true;
    int others = 0;
    for (int i = 0; i < node->n_inputs; i++) {
        int value = node->inputs[i];
        bool constant =
            graph->nodes[graph->values[value].producer].op == SES_OP_CONSTANT;
        if (!constant && !pooled[value])
            return false;
        others += !constant;
    }
    return others > 0;
}

/* Sums of two maps of one size end units; biases, sums inside gates and of
 * vectors behind the last mean do not. */
static bool ends_unit(const struct ses_graph *graph,
                      const struct ses_node *node, const bool *pooled)
{
    if (node->op != SES_OP_ADD || pooled[node->output])
        return false;
    const struct ses_value *a = &graph->values[node->inputs[0]];
    const struct ses_value *b = &graph->values[node->inputs[1]];
    return a->h == b->h && a->w == b->w && a->c == b->c &&
           graph->nodes[a->producer].op != SES_OP_CONSTANT &&
           graph->nodes[b->producer].op != SES_OP_CONSTANT;
}

/* Node indices of the sums that end the units; returns how many. pooled: of
 * each value, all false. */
static size_t find_units(const struct ses_graph *graph, bool *pooled, int *sum)
{
    size_t n = 0;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        const struct ses_node *node = &graph->nodes[i];
        pooled[node->output] = keeps_pooled(graph, node, pooled);
        if (ends_unit(graph, node, pooled))
            sum[n++] = (int)i;
    }
    return n;
}

/* Blocks and sums take turns: block, sum, block, sum ... (a gate inside the
 * unit or on its shortcut) or sum, block, ... (a gate after the sum). */
static bool take_turns(const struct ses_graph *graph,
                       const struct ses_blocks *blocks, const int *sum,
                       size_t n)
{
    if (n == 0 || n != blocks->count)
        return false;
    int first = graph->values[blocks->items[0].scaled].producer;
    bool inside = first < sum[0];
    for (size_t i = 0; i < n; i++) {
        int at = graph->values[blocks->items[i].scaled].producer;
        int low = inside ? (i ? sum[i - 1] : -1) : sum[i];
        int high = inside        ? sum[i]
                   : i + 1 < n ? sum[i + 1]
                               : (int)graph->n_nodes;
        if (at <= low || at >= high)
            return false;
    }
    return true;
}

static void number_units(const struct ses_graph *graph,
                         struct ses_blocks *blocks, const int *sum)
{
    int stage = 1, unit = 0;
    const struct ses_value *before = NULL;
    for (size_t i = 0; i < blocks->count; i++) {
        const struct ses_value *now =
            &graph->values[graph->nodes[sum[i]].output];
        if (!before || before->h != now->h || before->w != now->w ||
            before->c != now->c) {
            stage++;
            unit = 0;
        }
        blocks->items[i].stage = stage;
        blocks->items[i].unit = ++unit;
        before = now;
    }
}

bool ses_units_name(const struct ses_graph *graph, struct ses_blocks *blocks)
{
    int *sum = ses_calloc(graph->n_nodes, sizeof *sum);
    bool *pooled = ses_calloc(graph->n_values, sizeof *pooled);
    bool ready = sum && pooled;
    if (ready) {
        size_t n = find_units(graph, pooled, sum);
        if (take_turns(graph, blocks, sum, n))
            number_units(graph, blocks, sum);
    }
    free(sum);
    free(pooled);
    if (!ready)
        return false;
    for (size_t i = 0; i < blocks->count; i++) {
        struct ses_block *block = &blocks->items[i];
        block->name = block->stage < 0 ? strdup(block->source)
                                       : ses_format("SE_%d_%d", block->stage,
                                                    block->unit);
        if (!block->name)
            return false;
    }
    return true;
}
