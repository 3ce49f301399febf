/* See tree.h.
 *
 * What can be done to a network are events: a block's pre-gate value is made,
 * a block's gate is made. In the order of the nodes that make them, they are
 * the levels of the tree. Variants are sorted by what they do at the first
 * event, of equal ones at the second, and so on; every node of the tree is then
 * a range of them. */
#include "core/ablation/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/ablation/tree-data.h"
#include "core/base/alloc.h"

/* ---- events and actions ------------------------------------------------- */

static int by_node(const void *a, const void *b)
{
    const struct ses_tree_event *x = a, *y = b;
    if (x->node != y->node)
        return x->node < y->node ? -1 : 1;
    if (x->block != y->block)
        return x->block < y->block ? -1 : 1;
    return (int)y->scale - (int)x->scale;
}

/* Whether a variant does anything at an event. */
static bool acts(const struct ses_variant *variant, size_t block, bool scale)
{
    for (size_t i = 0; i < variant->n_forces; i++)
        if (variant->forces[i].block == block &&
            (variant->forces[i].kind == SES_FORCE_SCALE) == scale)
            return true;
    return false;
}

static bool anyone_acts(const struct ses_variants *variants, size_t block,
                        bool scale)
{
    for (size_t v = 0; v < variants->count; v++)
        if (acts(&variants->items[v], block, scale))
            return true;
    return false;
}

static enum ses_status add_event(struct ses_tree *tree,
                                 const struct ses_block *block, size_t index,
                                 bool scale, struct ses_error *err)
{
    int value = scale ? block->pregate : block->gate;
    assert(value >= 0); /* spec.c refuses to scale such a gate */
    int node = tree->graph->values[value].producer;
    if (node < 0)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s' is not made by any layer any more",
                        tree->graph->values[value].name);
    tree->events[tree->n_events++] =
        (struct ses_tree_event){ (size_t)node, index, scale };
    return SES_OK;
}

static enum ses_status find_events(struct ses_tree *tree,
                                   const struct ses_blocks *blocks,
                                   const struct ses_variants *variants,
                                   struct ses_error *err)
{
    tree->events = ses_calloc(2 * blocks->count, sizeof *tree->events);
    tree->cuts = ses_calloc(2 * blocks->count, sizeof *tree->cuts);
    if (!tree->events || !tree->cuts)
        return ses_fail_memory(err, "a tree of variants");
    enum ses_status status = SES_OK;
    for (size_t b = 0; b < 2 * blocks->count && !status; b++)
        if (anyone_acts(variants, b / 2, b % 2))
            status = add_event(tree, &blocks->items[b / 2], b / 2, b % 2, err);
    qsort(tree->events, tree->n_events, sizeof *tree->events, by_node);
    for (size_t e = 0; e < tree->n_events; e++)
        tree->cuts[e] = tree->events[e].node + 1;
    return status;
}

/* The next force of a variant at an event, from *at on, or NULL. */
static const struct ses_force *next_force(const struct ses_variant *variant,
                                          const struct ses_tree_event *event,
                                          size_t *at)
{
    while (*at < variant->n_forces) {
        const struct ses_force *force = &variant->forces[(*at)++];
        if (force->block == event->block &&
            (force->kind == SES_FORCE_SCALE) == event->scale)
            return force;
    }
    return NULL;
}

static bool same_action(const struct ses_variant *a,
                        const struct ses_variant *b,
                        const struct ses_tree_event *event, int channels)
{
    size_t i = 0, j = 0;
    for (;;) {
        const struct ses_force *x = next_force(a, event, &i);
        const struct ses_force *y = next_force(b, event, &j);
        if (!x || !y)
            return x == y;
        if (x->kind != y->kind || x->number != y->number ||
            memcmp(x->channel, y->channel,
                   (size_t)channels * sizeof *x->channel))
            return false;
    }
}

/* Number what the variants do at an event; first has room for them all. */
static void number_actions(struct ses_tree *tree, size_t e,
                           const struct ses_blocks *blocks,
                           const struct ses_variants *variants, size_t *first)
{
    const struct ses_tree_event *event = &tree->events[e];
    int channels = blocks->items[event->block].channels;
    uint32_t count = 0;
    for (size_t v = 0; v < variants->count; v++) {
        const struct ses_variant *variant = &variants->items[v];
        uint32_t action = 0;
        if (acts(variant, event->block, event->scale)) {
            while (action < count &&
                   !same_action(&variants->items[first[action]], variant,
                                event, channels))
                action++;
            if (action == count)
                first[count++] = v;
            action++;
        }
        tree->actions[v * tree->n_events + e] = action;
    }
}

static enum ses_status find_actions(struct ses_tree *tree,
                                    const struct ses_blocks *blocks,
                                    const struct ses_variants *variants,
                                    struct ses_error *err)
{
    size_t cells;
    tree->n_variants = variants->count;
    tree->order = ses_calloc(variants->count, sizeof *tree->order);
    if (ses_multiply(variants->count, tree->n_events, &cells))
        tree->actions = ses_calloc(cells, sizeof *tree->actions);
    if (!tree->order || !tree->actions)
        return ses_fail_memory(err, "a tree of variants");
    for (size_t e = 0; e < tree->n_events; e++)
        number_actions(tree, e, blocks, variants, tree->order);
    return SES_OK;
}

/* ---- forks -------------------------------------------------------------- */

static int by_actions(const void *a, const void *b, void *user)
{
    const struct ses_tree *tree = user;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    for (size_t e = 0; e < tree->n_events; e++) {
        uint32_t i = tree->actions[x * tree->n_events + e];
        uint32_t j = tree->actions[y * tree->n_events + e];
        if (i != j)
            return i < j ? -1 : 1;
    }
    return (x > y) - (x < y);
}

static void sort_variants(struct ses_tree *tree)
{
    for (size_t v = 0; v < tree->n_variants; v++)
        tree->order[v] = v;
    qsort_r(tree->order, tree->n_variants, sizeof *tree->order, by_actions,
            tree);
}

static enum ses_status add_fork(struct ses_tree *tree, size_t low, size_t high,
                                size_t event, struct ses_error *err)
{
    struct ses_fork *forks = ses_grow(tree->forks, tree->n_forks,
                                      &tree->capacity, sizeof *forks);
    if (!forks)
        return ses_fail_memory(err, "a tree of variants");
    tree->forks = forks;
    forks[tree->n_forks++] = (struct ses_fork){ low, high, event, 0, 0 };
    return SES_OK;
}

/* The first event from a fork's on at which one of its variants acts. */
static size_t next_event(const struct ses_tree *tree,
                         const struct ses_fork *fork)
{
    for (size_t e = fork->event; e < tree->n_events; e++)
        for (size_t v = fork->low; v < fork->high; v++)
            if (ses_tree_actions(tree, v)[e])
                return e;
    return tree->n_events;
}

/* Give a fork its children. The largest goes last, when what was saved for it
 * is needed no more: so a worker holds few states at once. */
static enum ses_status part(struct ses_tree *tree, size_t index,
                            struct ses_error *err)
{
    struct ses_fork fork = tree->forks[index];
    enum ses_status status = SES_OK;
    size_t largest = 0, e = fork.event = next_event(tree, &fork);
    fork.first_child = tree->n_forks;
    for (size_t v = fork.low; e < tree->n_events && v < fork.high && !status;) {
        size_t low = v;
        while (v < fork.high &&
               ses_tree_actions(tree, v)[e] == ses_tree_actions(tree, low)[e])
            v++;
        status = add_fork(tree, low, v, e + 1, err);
    }
    fork.n_children = tree->n_forks - fork.first_child;
    tree->forks[index] = fork;
    if (status || !fork.n_children)
        return status;
    struct ses_fork *children = tree->forks + fork.first_child;
    for (size_t i = 0; i < fork.n_children; i++)
        if (children[i].high - children[i].low >
            children[largest].high - children[largest].low)
            largest = i;
    struct ses_fork last = children[largest];
    children[largest] = children[fork.n_children - 1];
    children[fork.n_children - 1] = last;
    return SES_OK;
}

/* ---- making ------------------------------------------------------------- */

static enum ses_status count_madds(struct ses_tree *tree,
                                   struct ses_error *err)
{
    const struct ses_graph *graph = tree->graph;
    tree->before = ses_calloc(graph->n_nodes + 1, sizeof *tree->before);
    if (!tree->before)
        return ses_fail_memory(err, "a tree of variants");
    for (size_t i = 0; i < graph->n_nodes; i++)
        tree->before[i + 1] = tree->before[i] + ses_node_madds(graph, i);
    return SES_OK;
}

enum ses_status ses_tree_new(const struct ses_graph *graph,
                             const struct ses_blocks *blocks,
                             const struct ses_variants *variants,
                             struct ses_tree **out, struct ses_error *err)
{
    struct ses_tree *tree = ses_calloc(1, sizeof *tree);
    if (!tree)
        return ses_fail_memory(err, "a tree of variants");
    tree->graph = graph;
    enum ses_status status = find_events(tree, blocks, variants, err);
    if (!status)
        status = find_actions(tree, blocks, variants, err);
    if (!status) {
        sort_variants(tree);
        status = add_fork(tree, 0, variants->count, 0, err);
    }
    for (size_t i = 0; i < tree->n_forks && !status; i++)
        status = part(tree, i, err);
    if (!status)
        status = count_madds(tree, err);
    if (status) {
        ses_tree_free(tree);
        return status;
    }
    *out = tree;
    return SES_OK;
}

void ses_tree_free(struct ses_tree *tree)
{
    if (!tree)
        return;
    free(tree->events);
    free(tree->cuts);
    free(tree->actions);
    free(tree->order);
    free(tree->forks);
    free(tree->before);
    free(tree);
}

const uint32_t *ses_tree_actions(const struct ses_tree *tree, size_t place)
{
    return tree->actions + tree->order[place] * tree->n_events;
}

const size_t *ses_tree_cuts(const struct ses_tree *tree, size_t *count)
{
    *count = tree->n_events;
    return tree->cuts;
}

size_t ses_fork_end(const struct ses_tree *tree, const struct ses_fork *fork)
{
    return fork->event < tree->n_events ? tree->cuts[fork->event]
                                        : tree->graph->n_nodes;
}

/* ---- costs -------------------------------------------------------------- */

double ses_tree_madds(const struct ses_tree *tree)
{
    return tree->before[tree->graph->n_nodes];
}

double ses_tree_passes(const struct ses_tree *tree)
{
    double sum = tree->before[ses_fork_end(tree, &tree->forks[0])];
    for (size_t i = 0; i < tree->n_forks; i++) {
        const struct ses_fork *fork = &tree->forks[i];
        size_t begin = ses_fork_end(tree, fork);
        for (size_t c = 0; c < fork->n_children; c++)
            sum += tree->before[ses_fork_end(
                       tree, &tree->forks[fork->first_child + c])] -
                   tree->before[begin];
    }
    double whole = ses_tree_madds(tree);
    return whole > 0 ? sum / whole : (double)tree->n_variants;
}
