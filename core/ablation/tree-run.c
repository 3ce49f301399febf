/* Walking a tree of variants, depth first (tree.h). */
#include "core/ablation/tree-data.h"

struct walk {
    const struct ses_tree *tree;
    struct ses_worker *worker;
    const float *x;
    int batch;
    const struct ses_tree_calls *calls;
    struct ses_error *err;
};

/* All variants of a fork are the network that ran to its end. */
static enum ses_status finish(const struct walk *walk,
                              const struct ses_fork *fork)
{
    const float *logits =
        ses_worker_value(walk->worker, walk->tree->graph->logits);
    enum ses_status status = SES_OK;
    for (size_t v = fork->low; v < fork->high && !status; v++)
        status = walk->calls->done(walk->calls->user, walk->tree->order[v],
                                   logits, walk->batch, walk->err);
    return status;
}

/* What the variants of a child do at its parent's event. */
static enum ses_status act(const struct walk *walk,
                           const struct ses_fork *child, size_t e)
{
    const struct ses_tree *tree = walk->tree;
    const struct ses_tree_calls *calls = walk->calls;
    const struct ses_tree_event *event = &tree->events[e];
    if (!ses_tree_actions(tree, child->low)[e])
        return SES_OK;
    size_t variant = tree->order[child->low];
    float *data = ses_worker_value(walk->worker,
                                   tree->graph->nodes[event->node].output);
    if (!event->scale)
        return calls->force(calls->user, variant, event->block, walk->batch,
                            data, walk->err);
    calls->scale(calls->user, variant, event->block, walk->batch, data);
    return SES_OK;
}

/* From node `begin` through everything below a fork. As deep as a variant has
 * events. Forks that keep a state use the drawers from `drawer` on; the last
 * branch needs it no more. */
static enum ses_status descend(const struct walk *walk, size_t index,
                               size_t begin, size_t drawer)
{
    const struct ses_tree *tree = walk->tree;
    const struct ses_fork *fork = &tree->forks[index];
    size_t end = ses_fork_end(tree, fork);
    /* two events at one node: nothing is left to run between them */
    enum ses_status status =
        ses_worker_run_part(walk->worker, walk->x, walk->batch, begin, end,
                            walk->err);
    if (status)
        return status;
    if (!fork->n_children)
        return finish(walk, fork);
    if (fork->n_children > 1)
        status = ses_worker_save(walk->worker, drawer, end, walk->batch,
                                 walk->err);
    for (size_t c = 0; c < fork->n_children && !status; c++) {
        size_t child = fork->first_child + c;
        bool last = c + 1 == fork->n_children;
        if (c)
            ses_worker_restore(walk->worker, drawer, end, walk->batch);
        status = act(walk, &tree->forks[child], fork->event);
        if (!status)
            status = descend(walk, child, end, drawer + !last);
    }
    return status;
}

enum ses_status ses_tree_run(const struct ses_tree *tree,
                             struct ses_worker *worker, const float *x,
                             int batch, const struct ses_tree_calls *calls,
                             struct ses_error *err)
{
    const struct walk walk = { tree, worker, x, batch, calls, err };
    return descend(&walk, 0, 0, 0);
}
