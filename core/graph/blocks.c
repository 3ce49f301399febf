/* Finding SE blocks by structure (see blocks.h). */
#include "core/graph/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/graph/gate.h"
#include "core/graph/units.h"

const char *ses_squeeze_name(enum ses_squeeze squeeze)
{
    static const char *const names[] = { "mean", "max", "mean+max" };
    return names[squeeze];
}

/* Fill a block for a multiply, when one of its sides is the other's gate. */
static bool is_block(const struct ses_graph *graph,
                     const struct ses_node *node, struct ses_block *block)
{
    struct ses_gate gate;
    int map = ses_gate_of(graph, node, &gate);
    if (map < 0)
        return false;
    const struct ses_value *value = &graph->values[map];
    *block = (struct ses_block){
        .stage = -1,
        .unit = -1,
        .scaled = node->output,
        .squeeze = gate.mean >= 0 ? gate.mean : gate.max,
        .bottleneck = gate.bottleneck,
        .pregate = gate.pregate,
        .gate = gate.value,
        .channels = value->c,
        .reduced = gate.reduced,
        .height = value->h,
        .width = value->w,
        .activation = gate.activation,
        .squeezed_by = gate.max < 0    ? SES_SQUEEZE_MEAN
                       : gate.mean < 0 ? SES_SQUEEZE_MAX
                                       : SES_SQUEEZE_MEAN_MAX,
        .parameters = gate.parameters,
    };
    block->structure = ses_gate_text(graph, &gate);
    block->source = strdup(node->name);
    return true;
}

enum ses_status ses_blocks_find(const struct ses_graph *graph,
                                struct ses_blocks *out, struct ses_error *err)
{
    memset(out, 0, sizeof *out);
    size_t capacity = 0;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        const struct ses_node *node = &graph->nodes[i];
        struct ses_block block;
        if (node->op != SES_OP_MULTIPLY || !is_block(graph, node, &block))
            continue;
        struct ses_block *items =
            ses_grow(out->items, out->count, &capacity, sizeof *items);
        if (!items) {
            free(block.source);
            free(block.structure);
            goto no_memory;
        }
        out->items = items;
        out->items[out->count++] = block;
        if (!block.source || !block.structure)
            goto no_memory;
    }
    if (!ses_units_name(graph, out))
        goto no_memory;
    return SES_OK;
no_memory:
    ses_blocks_release(out);
    return ses_fail_memory(err, "the list of SE blocks");
}

void ses_blocks_release(struct ses_blocks *blocks)
{
    for (size_t i = 0; i < blocks->count; i++) {
        free(blocks->items[i].name);
        free(blocks->items[i].source);
        free(blocks->items[i].structure);
    }
    free(blocks->items);
    memset(blocks, 0, sizeof *blocks);
}

bool ses_same_stage(const struct ses_block *a, const struct ses_block *b)
{
    if (a->stage >= 0)
        return a->stage == b->stage;
    return a->height == b->height && a->width == b->width;
}

size_t ses_blocks_last_of_stage(const struct ses_blocks *blocks,
                                size_t *index)
{
    size_t n = 0;
    for (size_t i = 0; i < blocks->count; i++)
        if (i + 1 == blocks->count ||
            !ses_same_stage(&blocks->items[i], &blocks->items[i + 1]))
            index[n++] = i;
    return n;
}
