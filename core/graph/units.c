/* See units.h. */
#include "core/graph/units.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"

/* Node indices of the sums that end the units; returns how many. */
static size_t find_units(const struct ses_graph *graph, int *sum)
{
    size_t n = 0;
    for (size_t i = 0; i < graph->n_nodes; i++)
        if (graph->nodes[i].op == SES_OP_ADD)
            sum[n++] = (int)i;
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
    if (!sum)
        return false;
    size_t n = find_units(graph, sum);
    if (take_turns(graph, blocks, sum, n))
        number_units(graph, blocks, sum);
    free(sum);
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
