/* See engine.h. */
#include "core/engine/engine.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/parallel.h"
#include "core/engine/engine-data.h"
#include "core/engine/gemm.h"
#include "core/ops/conv.h"
#include "core/ops/shape.h"

static void need_scratch(struct ses_engine *engine, size_t node, size_t floats)
{
    if (floats <= engine->scratch)
        return;
    engine->scratch = floats;
    engine->thirstiest = node;
}

/* Scratch of one node, and room for its weights. */
static enum ses_status measure(struct ses_engine *engine, size_t i,
                               const struct ses_value **in, size_t *weights,
                               struct ses_error *err)
{
    const struct ses_graph *graph = engine->graph;
    const struct ses_node *node = &graph->nodes[i];
    const struct ses_op_class *class = ses_op_class(node->op);
    const struct ses_value *out = &graph->values[node->output];
    if (node->op == SES_OP_INPUT)
        return SES_OK;
    if (!class->run)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "layer '%s' (%s) cannot be run by itself", node->name,
                        class->name);
    if (class->scratch_floats)
        need_scratch(engine, i, class->scratch_floats(node, in, out));
    if (engine->steps[i].kind == SES_STEP_SQUEEZE)
        need_scratch(engine, i,
                     ses_conv_squeeze_scratch(
                         &graph->nodes[engine->steps[i].head]));
    engine->packed[i] = *weights;
    if (class->pack) /* each from a cache line's beginning */
        *weights += (class->packed_floats(node, in, out) + 15) / 16 * 16;
    return SES_OK;
}

static enum ses_status check_request(const struct ses_graph *graph,
                                     const int *keep, size_t n_keep,
                                     int max_batch, struct ses_error *err)
{
    if (max_batch < 1)
        return ses_fail(err, SES_EUSAGE,
                        "a batch of %d images, expected at least 1",
                        max_batch);
    for (size_t i = 0; i < n_keep; i++) {
        if (keep[i] < 0 || (size_t)keep[i] >= graph->n_values)
            return ses_fail(err, SES_EUSAGE, "there is no value %d", keep[i]);
        if (graph->values[keep[i]].producer < 0)
            return ses_fail(err, SES_EUSAGE,
                            "'%s' is not made by any layer any more",
                            graph->values[keep[i]].name);
    }
    return SES_OK;
}

/* A file may ask for maps larger than any memory. Said here, before memory is
 * asked for: filling more than there is ends the process without a word. */
static enum ses_status check_memory(const struct ses_engine *engine,
                                    struct ses_error *err)
{
    const struct ses_graph *graph = engine->graph;
    size_t most = ses_memory_bytes();
    size_t needed, largest = 0;
    bool fits = !__builtin_add_overflow(engine->plan.floats, engine->scratch,
                                        &needed) &&
                ses_multiply(needed, sizeof(float), &needed);
    if (fits && needed <= most)
        return SES_OK;
    for (size_t i = 1; i < graph->n_nodes; i++)
        if (ses_floats(&graph->values[graph->nodes[i].output]) >
            ses_floats(&graph->values[graph->nodes[largest].output]))
            largest = i;
    if (engine->scratch > engine->plan.floats)
        largest = engine->thirstiest;
    const struct ses_value *map =
        &graph->values[graph->nodes[largest].output];
    return ses_fail(err, SES_ENOMEM,
                    "the network needs %zu bytes for %d image%s at a time, "
                    "but this machine has %zu; most of it for layer '%s', "
                    "whose map is %dx%dx%d (height x width x channels)",
                    fits ? needed : SIZE_MAX, engine->max_batch,
                    engine->max_batch > 1 ? "s" : "", most,
                    graph->nodes[largest].name, map->h, map->w, map->c);
}

/* Weights of node i into their layout. */
static void pack_node(void *user, size_t i, size_t thread)
{
    const struct ses_engine *engine = user;
    const struct ses_graph *graph = engine->graph;
    const struct ses_node *node = &graph->nodes[i];
    const struct ses_op_class *class = ses_op_class(node->op);
    if (!class->pack)
        return;
    const struct ses_value *in[1] = { &graph->values[node->inputs[0]] };
    class->pack(node, in, &graph->values[node->output],
                engine->weights + engine->packed[i]);
}

static enum ses_status prepare_all(struct ses_engine *engine, size_t threads,
                                   struct ses_error *err)
{
    const struct ses_graph *graph = engine->graph;
    for (size_t i = 0; i < graph->n_nodes; i++)
        if ((size_t)graph->nodes[i].n_inputs > engine->most_inputs)
            engine->most_inputs = (size_t)graph->nodes[i].n_inputs;
    const struct ses_value **in = ses_calloc(engine->most_inputs, sizeof *in);
    if (!in)
        return ses_fail_memory(err, "an engine");
    enum ses_status status = SES_OK;
    size_t weights = 0;
    for (size_t i = 0; i < graph->n_nodes && !status; i++) {
        ses_node_inputs(graph, &graph->nodes[i], in);
        status = measure(engine, i, in, &weights, err);
    }
    free(in);
    if (status)
        return status;
    engine->weights = ses_calloc_floats(weights);
    if (!engine->weights)
        return ses_fail_memory(err, "weights");
    ses_parallel(threads, graph->n_nodes, pack_node, engine);
    return SES_OK;
}

/* How an engine goes about its work. */
struct manner {
    bool fuse;   /* several layers as one */
    bool blocks; /* the batch in parts */
    const size_t *cuts;
    size_t n_cuts;
    const struct ses_caches *caches; /* NULL: the machine's */
    size_t threads; /* that lay out weights */
};

static enum ses_status divide(struct ses_engine *engine,
                              const struct manner *manner,
                              struct ses_error *err)
{
    if (!manner->blocks)
        return ses_segments_whole(engine->graph, engine->max_batch,
                                  &engine->segments, err);
    struct ses_caches caches =
        manner->caches ? *manner->caches : ses_caches_here();
    return ses_segments_make(engine->graph, engine->steps, manner->cuts,
                             manner->n_cuts, engine->max_batch, &caches,
                             &engine->segments, err);
}

static enum ses_status make(const struct ses_graph *graph,
                            const struct manner *manner, const int *keep,
                            size_t n_keep, int max_batch,
                            struct ses_engine **out, struct ses_error *err)
{
    enum ses_status status =
        check_request(graph, keep, n_keep, max_batch, err);
    if (status)
        return status;
    ses_gemm_setup();
    struct ses_engine *engine = ses_calloc(1, sizeof *engine);
    if (!engine)
        return ses_fail_memory(err, "an engine");
    engine->graph = graph;
    engine->max_batch = max_batch;
    engine->packed = ses_calloc(graph->n_nodes, sizeof *engine->packed);
    status = engine->packed
                 ? ses_steps_make(graph, manner->fuse, keep, n_keep,
                                  &engine->steps, err)
                 : ses_fail_memory(err, "an engine");
    if (!status)
        status = divide(engine, manner, err);
    if (!status)
        status = ses_plan_make(graph, engine->steps, &engine->segments, keep,
                               n_keep, max_batch, &engine->plan, err);
    if (!status)
        status = prepare_all(engine, manner->threads, err);
    if (!status)
        status = check_memory(engine, err);
    if (status) {
        ses_engine_free(engine);
        return status;
    }
    *out = engine;
    return SES_OK;
}

enum ses_status ses_engine_new(const struct ses_graph *graph, const int *keep,
                               size_t n_keep, int max_batch,
                               struct ses_engine **out, struct ses_error *err)
{
    static const struct manner manner = { .threads = 1 };
    return make(graph, &manner, keep, n_keep, max_batch, out, err);
}

enum ses_status ses_engine_new_fused(const struct ses_graph *graph,
                                     const int *keep, size_t n_keep,
                                     int max_batch, struct ses_engine **out,
                                     struct ses_error *err)
{
    static const struct manner manner = { .fuse = true, .threads = 1 };
    return make(graph, &manner, keep, n_keep, max_batch, out, err);
}

enum ses_status ses_engine_new_blocked(const struct ses_graph *graph,
                                       const size_t *cuts, size_t n_cuts,
                                       int max_batch,
                                       const struct ses_caches *caches,
                                       size_t threads,
                                       struct ses_engine **out,
                                       struct ses_error *err)
{
    const struct manner manner = {
        true, true, cuts, n_cuts, caches, threads
    };
    return make(graph, &manner, NULL, 0, max_batch, out, err);
}

void ses_engine_free(struct ses_engine *engine)
{
    if (!engine)
        return;
    free(engine->steps);
    free(engine->weights);
    free(engine->packed);
    ses_segments_release(&engine->segments);
    ses_plan_release(&engine->plan);
    free(engine);
}

size_t ses_engine_arena(const struct ses_engine *engine)
{
    return (engine->plan.floats + engine->scratch) * sizeof(float);
}

void ses_kernels_exact(bool exact)
{
    ses_conv_exact = exact;
}

static const char exact_text[] = ", exact convolutions";

void ses_kernels_text(char *out, size_t size)
{
    ses_gemm_setup();
    ses_gemm_name(out, size);
    size_t length = strlen(out);
    if (ses_conv_exact && length < size)
        snprintf(out + length, size - length, "%s", exact_text);
}

bool ses_kernels_are_exact(const char *text)
{
    size_t length = strlen(text), tail = sizeof exact_text - 1;
    return length >= tail && strcmp(text + length - tail, exact_text) == 0;
}
