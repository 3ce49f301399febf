/* Finding SE blocks by structure (see blocks.h). */
#include "core/graph/blocks.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/graph/units.h"

/* Gates of the paper's own ablation (table 11) and of later networks. */
static bool bounds_a_gate(enum ses_activation activation)
{
    return activation == SES_ACT_SIGMOID ||
           activation == SES_ACT_HARD_SIGMOID ||
           activation == SES_ACT_TANH;
}

static bool is_vector(const struct ses_value *value)
{
    return value->h == 1 && value->w == 1;
}

/* A small layer on vectors that may stand between squeeze and gate. */
static bool is_inner(const struct ses_node *node)
{
    return node->op == SES_OP_CONV || node->op == SES_OP_BATCH_NORM ||
           node->op == SES_OP_ACTIVATION;
}

/* The inner vector is what the narrowest layer makes, after its
 * non-linearity. node is met on the way back from the gate, so a convolution
 * comes after the activation that follows it. */
static void consider_bottleneck(const struct ses_graph *graph,
                                const struct ses_node *node,
                                struct ses_block *block)
{
    int c = graph->values[node->output].c;
    bool narrower = block->bottleneck < 0 || c < block->reduced;
    if (narrower) {
        block->bottleneck = node->output;
        block->reduced = c;
    }
}

/* Walk from a gate back to the squeeze of map; false when it is no gate. */
static bool walk(const struct ses_graph *graph, int gate, int map,
                 struct ses_block *block)
{
    memset(block, 0, sizeof *block);
    block->gate = gate;
    block->bottleneck = -1;
    bool bounded = false, past_layer = false;
    for (int value = gate;;) {
        if (!is_vector(&graph->values[value]))
            return false;
        const struct ses_node *node =
            &graph->nodes[graph->values[value].producer];
        if (node->op == SES_OP_GLOBAL_MEAN || node->op == SES_OP_GLOBAL_MAX) {
            block->squeeze = value;
            block->squeeze_max = node->op == SES_OP_GLOBAL_MAX;
            return bounded && past_layer && node->inputs[0] == map;
        }
        if (!is_inner(node))
            return false;
        if (node->op == SES_OP_ACTIVATION && !bounded) {
            if (!bounds_a_gate(node->activation))
                return false;
            bounded = true;
            block->activation = node->activation;
        } else if (past_layer && bounded) {
            consider_bottleneck(graph, node, block);
        }
        past_layer |= node->op == SES_OP_CONV;
        block->parameters += node->parameters;
        value = node->inputs[0];
    }
}

/* Fill a block for a multiply, when one of its sides is the other's gate. */
static bool is_block(const struct ses_graph *graph,
                     const struct ses_node *node, struct ses_block *block)
{
    for (int side = 0; side < 2; side++) {
        int gate = node->inputs[side], map = node->inputs[1 - side];
        if (!walk(graph, gate, map, block))
            continue;
        const struct ses_value *value = &graph->values[map];
        block->scaled = node->output;
        block->channels = value->c;
        block->height = value->h;
        block->width = value->w;
        block->stage = block->unit = -1;
        return true;
    }
    return false;
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
        if (!items)
            goto no_memory;
        out->items = items;
        block.source = strdup(node->name);
        out->items[out->count++] = block;
        if (!block.source)
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
    }
    free(blocks->items);
    memset(blocks, 0, sizeof *blocks);
}

/* Whether two neighbouring blocks stand in one stage. */
static bool same_stage(const struct ses_block *a, const struct ses_block *b)
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
            !same_stage(&blocks->items[i], &blocks->items[i + 1]))
            index[n++] = i;
    return n;
}
