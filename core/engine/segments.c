/* See segments.h.
 *
 * The cost of a node is bytes an image that come from beyond a core's own
 * caches: its weights, once for all images that go together; its maps, as far
 * as those of these images do not fit; and a call's fixed work, as bytes.
 * Between segments, maps that go on are written for the whole batch. The
 * cheapest division is found node by node: the best way to have come to each
 * number of images. */
#include "core/engine/segments.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/alloc.h"
#include "core/ops/ops.h"
#include "core/ops/shape.h"

enum {
    MOST_CHOICES = 16,     /* numbers of images that are tried */
    CALL = 16 * 1024,      /* bytes that could be read while one is made */
    FAR = 3,               /* what is beyond the shared part costs so much */
    OWN = 1 << 20,         /* where the machine does not tell */
    SHARED = 4 << 20
};

struct chooser {
    const struct ses_graph *graph;
    const struct ses_step *steps;
    const struct ses_caches *caches;
    int images[MOST_CHOICES];
    size_t n_images;
    bool *cut;    /* of each node: before it */
    double *alive; /* of each node: bytes of maps that go on before it */
    /* of each node and choice */
    double *cost;
    unsigned char *from; /* the choice of the node before, or MOST_CHOICES + it
                          * when a segment begins */
};

#ifdef _SC_LEVEL3_CACHE_SIZE
static size_t from_system(int name, size_t otherwise)
{
    long bytes = sysconf(name);
    return bytes > 0 ? (size_t)bytes : otherwise;
}
#endif

struct ses_caches ses_caches_here(void)
{
    struct ses_caches caches = { OWN, SHARED };
#ifdef _SC_LEVEL3_CACHE_SIZE
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    caches.own = from_system(_SC_LEVEL2_CACHE_SIZE, OWN);
    caches.shared = from_system(_SC_LEVEL3_CACHE_SIZE, SHARED) /
                    (size_t)(cores > 0 ? cores : 1);
#endif
    return caches;
}

enum ses_status ses_segments_whole(const struct ses_graph *graph,
                                   int max_batch, struct ses_segments *out,
                                   struct ses_error *err)
{
    out->items = ses_calloc(1, sizeof *out->items);
    if (!out->items)
        return ses_fail_memory(err, "a plan");
    out->items[0] = (struct ses_segment){ 0, graph->n_nodes, max_batch };
    out->count = 1;
    return SES_OK;
}

void ses_segments_release(struct ses_segments *segments)
{
    free(segments->items);
    *segments = (struct ses_segments){ 0 };
}

/* ---- the model ---------------------------------------------------------- */

static double value_bytes(const struct chooser *chooser, int value)
{
    const struct ses_value *v = &chooser->graph->values[value];
    return (double)v->h * v->w * v->c * sizeof(float);
}

static double weight_bytes(const struct chooser *chooser, size_t i)
{
    const struct ses_graph *graph = chooser->graph;
    const struct ses_node *node = &graph->nodes[chooser->steps[i].head];
    const struct ses_op_class *class = ses_op_class(node->op);
    const struct ses_value *in[1] = { NULL };
    if (!class->packed_floats || node->n_inputs != 1)
        return 0;
    in[0] = &graph->values[node->inputs[0]];
    return (double)class->packed_floats(node, in,
                                        &graph->values[node->output]) *
           sizeof(float);
}

/* The part of `bytes`, gone through again and again, that a cache misses. */
static double missed(double bytes, size_t cache)
{
    return bytes > (double)cache ? 1 - (double)cache / bytes : 0;
}

static double node_cost(const struct chooser *chooser, size_t i, int images)
{
    const struct ses_graph *graph = chooser->graph;
    const struct ses_caches *caches = chooser->caches;
    if (chooser->steps[i].kind == SES_STEP_NOTHING)
        return 0;
    double maps = value_bytes(chooser, graph->nodes[i].output);
    for (size_t j = 0; j < ses_step_count(graph, chooser->steps, i); j++)
        maps += value_bytes(chooser,
                            ses_step_input(graph, chooser->steps, i, j));
    double all = maps * images;
    return (weight_bytes(chooser, i) + CALL) / images +
           maps * (missed(all, caches->own) +
                   FAR * missed(all, caches->own + caches->shared));
}

/* Bytes an image of values that nodes before i made and others read. */
static void find_alive(const struct chooser *chooser, size_t *last)
{
    const struct ses_graph *graph = chooser->graph;
    ses_steps_last_readers(graph, chooser->steps, last);
    for (size_t i = 0; i < graph->n_nodes; i++) {
        int value = graph->nodes[i].output;
        if (chooser->steps[i].kind == SES_STEP_NOTHING)
            continue;
        for (size_t at = i + 1; at <= last[value] && at < graph->n_nodes;
             at++)
            chooser->alive[at] += value_bytes(chooser, value);
    }
}

/* ---- the cheapest division ---------------------------------------------- */

/* Costs of all ways to run node i, from those of the node before. */
static void step(struct chooser *chooser, size_t i)
{
    size_t n = chooser->n_images, best = 0;
    const double *before = chooser->cost + (i ? i - 1 : 0) * n;
    double *cost = chooser->cost + i * n;
    unsigned char *from = chooser->from + i * n;
    for (size_t c = 1; c < n; c++)
        best = before[c] < before[best] ? c : best;
    for (size_t c = 0; c < n; c++) {
        double own = node_cost(chooser, i, chooser->images[c]);
        double begun = i ? before[best] + 2 * chooser->alive[i] : 0;
        bool goes_on = i && !chooser->cut[i] && before[c] <= begun;
        cost[c] = own + (goes_on ? before[c] : begun);
        from[c] = (unsigned char)(goes_on ? c : MOST_CHOICES + best);
    }
}

/* Segments, last first, along the cheapest way. */
static void take(const struct chooser *chooser, struct ses_segments *out)
{
    size_t n = chooser->n_images, nodes = chooser->graph->n_nodes, c = 0;
    const double *cost = chooser->cost + (nodes - 1) * n;
    for (size_t i = 1; i < n; i++)
        c = cost[i] < cost[c] ? i : c;
    for (size_t i = nodes, end = nodes; i-- > 0;) {
        unsigned char from = chooser->from[i * n + c];
        if (from < MOST_CHOICES)
            continue;
        out->items[out->count++] =
            (struct ses_segment){ i, end, chooser->images[c] };
        c = from - MOST_CHOICES;
        end = i;
    }
    for (size_t i = 0; i < out->count / 2; i++) {
        struct ses_segment segment = out->items[i];
        out->items[i] = out->items[out->count - 1 - i];
        out->items[out->count - 1 - i] = segment;
    }
}

/* 1, 2, 4 ... and all. */
static void find_choices(struct chooser *chooser, int max_batch)
{
    int images = 1;
    for (; images < max_batch && chooser->n_images + 1 < MOST_CHOICES;
         images *= 2)
        chooser->images[chooser->n_images++] = images;
    chooser->images[chooser->n_images++] = max_batch;
}

enum ses_status ses_segments_make(const struct ses_graph *graph,
                                  const struct ses_step *steps,
                                  const size_t *cuts, size_t n_cuts,
                                  int max_batch,
                                  const struct ses_caches *caches,
                                  struct ses_segments *out,
                                  struct ses_error *err)
{
    size_t n = graph->n_nodes;
    struct chooser chooser = { .graph = graph, .steps = steps,
                               .caches = caches };
    find_choices(&chooser, max_batch);
    size_t ways = chooser.n_images;
    size_t *last = ses_calloc(graph->n_values, sizeof *last);
    *out = (struct ses_segments){ .items = ses_calloc(n, sizeof *out->items) };
    chooser.cut = ses_calloc(n, sizeof *chooser.cut);
    chooser.alive = ses_calloc(n, sizeof *chooser.alive);
    chooser.cost = ses_calloc(n, ways * sizeof *chooser.cost);
    chooser.from = ses_calloc(n, ways);
    enum ses_status status = SES_OK;
    if (!last || !out->items || !chooser.cut || !chooser.alive ||
        !chooser.cost || !chooser.from) {
        ses_segments_release(out);
        status = ses_fail_memory(err, "a plan");
        goto out;
    }
    for (size_t i = 0; i < n_cuts; i++)
        if (cuts[i] < n)
            chooser.cut[cuts[i]] = true;
    find_alive(&chooser, last);
    for (size_t i = 0; i < n; i++)
        step(&chooser, i);
    take(&chooser, out);
out:
    free(last);
    free(chooser.cut);
    free(chooser.alive);
    free(chooser.cost);
    free(chooser.from);
    return status;
}
