/* See plan.h. */
#include "core/engine/plan.h"

#include <stdint.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/graph/permute.h"
#include "core/ops/conv.h"
#include "core/ops/shape.h"

enum { ALIGNMENT = 16 }; /* floats: 64 bytes, a cache line */

/* Memory that one value, or a chain of values in place, occupies. */
struct block {
    size_t floats; /* 0: no block */
    size_t offset;
    size_t first, last; /* nodes: from making it to the last reading */
};

struct planner {
    const struct ses_graph *graph;
    const struct ses_step *steps;
    struct block *blocks; /* of each value that owns one */
    size_t *owners;       /* of each value: whose block it lives in */
    size_t *last;         /* the plan's */
    bool *whole;          /* the plan's */
    const struct ses_segment **segments; /* of each node */
    int max_batch;
    struct block **order;  /* largest first */
    struct block **placed; /* by offset */
};

static enum ses_status value_floats(const struct ses_value *value,
                                    int max_batch, size_t *out,
                                    struct ses_error *err)
{
    size_t floats = 0;
    if (value->h < 1 || value->w < 1 || value->c < 1 ||
        !ses_multiply((size_t)value->h, (size_t)value->w, &floats) ||
        !ses_multiply(floats, (size_t)value->c, &floats) ||
        !ses_multiply(floats, (size_t)max_batch, &floats) ||
        floats > SIZE_MAX / sizeof(float) - ALIGNMENT)
        return ses_fail(err, SES_ESHAPE,
                        "'%s' of %dx%dx%d (height x width x channels) for %d "
                        "images has no size in memory",
                        value->name, value->h, value->w, value->c, max_batch);
    *out = (floats + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return SES_OK;
}

static bool runs_in_place(const struct ses_node *node)
{
    return ses_op_class(node->op)->in_place ||
           (node->op == SES_OP_PERMUTE && ses_permute_renames(&node->permute));
}

/* Images that a value has room for. */
static int room(const struct planner *planner, int value)
{
    int producer = planner->graph->values[value].producer;
    return planner->whole[value] ? planner->max_batch
                                 : planner->segments[producer]->images;
}

/* Whether nobody needs a value after node i, and it has the size of what the
 * node makes. */
static bool is_free(const struct planner *planner, size_t i, int input)
{
    const struct ses_graph *graph = planner->graph;
    return planner->last[input] == i &&
           room(planner, input) ==
               room(planner, graph->nodes[i].output) &&
           ses_floats(&graph->values[input]) ==
               ses_floats(&graph->values[graph->nodes[i].output]);
}

/* The value in whose block a group may put its output, or -1. */
static int group_replaces(const struct planner *planner, size_t i)
{
    const struct ses_graph *graph = planner->graph;
    const struct ses_step *step = &planner->steps[i];
    const struct ses_node *head = &graph->nodes[step->head];
    bool add = step->add >= 0 && is_free(planner, i, step->add);
    if (head->op != SES_OP_CONV)
        return is_free(planner, i, step->x) ? step->x : add ? step->add : -1;
    bool apart =
        add && planner->owners[step->add] != planner->owners[step->x];
    return apart && ses_conv_adds_in_place(
                        head, &graph->values[step->x],
                        &graph->values[graph->nodes[i].output])
               ? step->add
               : -1;
}

/* The value in whose block node i may put its output, or -1. */
static int replaces(const struct planner *planner, size_t i)
{
    const struct ses_node *node = &planner->graph->nodes[i];
    if (planner->steps[i].kind == SES_STEP_GROUP)
        return group_replaces(planner, i);
    bool can = planner->steps[i].kind == SES_STEP_RUN &&
               node->n_inputs >= 1 && runs_in_place(node) &&
               is_free(planner, i, node->inputs[0]);
    return can ? node->inputs[0] : -1;
}

static void find_whole(const struct planner *planner)
{
    const struct ses_graph *graph = planner->graph;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        int value = graph->nodes[i].output;
        planner->whole[value] =
            planner->last[value] >= planner->segments[i]->end;
    }
}

/* The first and the last node that run while a value must be there: nodes of
 * a segment that takes a part of the batch run again for the next part. */
static void find_life(const struct planner *planner, size_t made, int value,
                      struct block *block)
{
    const struct ses_segment *segment = planner->segments[made];
    size_t last = planner->last[value];
    *block = (struct block){ .first = made, .last = last };
    if (!planner->whole[value])
        return;
    if (segment->images < planner->max_batch)
        block->first = segment->begin;
    if (last < planner->graph->n_nodes &&
        planner->segments[last]->images < planner->max_batch)
        block->last = planner->segments[last]->end - 1;
}

static enum ses_status find_lives(struct planner *planner,
                                  struct ses_error *err)
{
    const struct ses_graph *graph = planner->graph;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        size_t value = (size_t)graph->nodes[i].output;
        struct block life;
        find_life(planner, i, (int)value, &life);
        int replaced = replaces(planner, i);
        if (planner->steps[i].kind == SES_STEP_NOTHING) {
            planner->owners[value] = value;
            continue;
        }
        if (replaced >= 0) {
            size_t owner = planner->owners[replaced];
            planner->owners[value] = owner;
            if (life.last > planner->blocks[owner].last)
                planner->blocks[owner].last = life.last;
            continue;
        }
        struct block *block = &planner->blocks[value];
        planner->owners[value] = value;
        *block = life;
        enum ses_status status =
            value_floats(&graph->values[value], room(planner, (int)value),
                         &block->floats, err);
        if (status)
            return status;
    }
    return SES_OK;
}

static bool meet(const struct block *a, const struct block *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* The tightest gap between placed blocks whose lives meet this one's; else
 * after them. placed is sorted by offset. */
static bool place(struct block **placed, size_t count, struct block *block)
{
    size_t end = 0, best = SIZE_MAX, best_size = SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct block *other = placed[i];
        if (!meet(block, other))
            continue;
        size_t gap = other->offset > end ? other->offset - end : 0;
        if (gap >= block->floats && gap < best_size) {
            best = end;
            best_size = gap;
        }
        size_t other_end = other->offset + other->floats;
        end = other_end > end ? other_end : end;
    }
    block->offset = best_size < SIZE_MAX ? best : end;
    if (block->floats > SIZE_MAX / sizeof(float) - block->offset)
        return false;
    size_t at = count;
    for (; at && placed[at - 1]->offset > block->offset; at--)
        placed[at] = placed[at - 1];
    placed[at] = block;
    return true;
}

/* Largest first; of equals, the earliest. */
static int by_size(const void *a, const void *b)
{
    const struct block *x = *(struct block *const *)a;
    const struct block *y = *(struct block *const *)b;
    if (x->floats != y->floats)
        return x->floats > y->floats ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

static enum ses_status place_all(struct planner *planner, size_t *floats,
                                 struct ses_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < planner->graph->n_values; i++)
        if (planner->blocks[i].floats)
            planner->order[count++] = &planner->blocks[i];
    qsort(planner->order, count, sizeof *planner->order, by_size);
    for (size_t i = 0; i < count; i++) {
        struct block *block = planner->order[i];
        if (!place(planner->placed, i, block))
            return ses_fail_memory(err, "feature maps");
        size_t end = block->offset + block->floats;
        *floats = end > *floats ? end : *floats;
    }
    return SES_OK;
}

enum ses_status ses_plan_make(const struct ses_graph *graph,
                              const struct ses_step *steps,
                              const struct ses_segments *segments,
                              const int *keep, size_t n_keep, int max_batch,
                              struct ses_plan *out, struct ses_error *err)
{
    size_t n = graph->n_values;
    struct ses_plan plan = { .offsets = ses_calloc(n, sizeof(size_t)),
                             .last = ses_calloc(n, sizeof(size_t)),
                             .whole = ses_calloc(n, sizeof(bool)) };
    struct planner planner = {
        .graph = graph,
        .steps = steps,
        .blocks = ses_calloc(n, sizeof *planner.blocks),
        .owners = ses_calloc(n, sizeof *planner.owners),
        .last = plan.last,
        .whole = plan.whole,
        .max_batch = max_batch,
        .segments = ses_calloc(graph->n_nodes, sizeof *planner.segments),
        .order = ses_calloc(n, sizeof *planner.order),
        .placed = ses_calloc(n, sizeof *planner.placed),
    };
    enum ses_status status;
    if (!plan.offsets || !plan.last || !plan.whole || !planner.blocks ||
        !planner.owners || !planner.segments || !planner.order ||
        !planner.placed) {
        status = ses_fail_memory(err, "a memory plan");
        goto out;
    }
    for (size_t i = 0; i < segments->count; i++)
        for (size_t at = segments->items[i].begin; at < segments->items[i].end;
             at++)
            planner.segments[at] = &segments->items[i];
    ses_steps_last_readers(graph, steps, planner.last);
    for (size_t i = 0; i < n_keep; i++)
        planner.last[keep[i]] = graph->n_nodes;
    find_whole(&planner);
    status = find_lives(&planner, err);
    if (!status)
        status = place_all(&planner, &plan.floats, err);
    if (status)
        goto out;
    for (size_t i = 0; i < graph->n_nodes; i++) {
        int value = graph->nodes[i].output;
        plan.offsets[value] =
            planner.blocks[planner.owners[value]].offset;
    }
    *out = plan;
    plan = (struct ses_plan){ 0 };
out:
    ses_plan_release(&plan);
    free(planner.blocks);
    free(planner.owners);
    free(planner.segments);
    free(planner.order);
    free(planner.placed);
    return status;
}

void ses_plan_release(struct ses_plan *plan)
{
    free(plan->offsets);
    free(plan->last);
    free(plan->whole);
    *plan = (struct ses_plan){ 0 };
}
