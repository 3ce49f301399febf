/* See engine.h. */
#include "core/engine/engine.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/engine/gemm.h"
#include "core/engine/plan.h"
#include "core/ops/conv.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"

struct ses_engine {
    const struct ses_graph *graph;
    int max_batch;
    struct ses_step *steps; /* of each node */
    struct ses_segments segments;
    struct ses_plan plan;
    float *weights;  /* packed ... */
    size_t *packed;  /* ... from here on, of each node */
    size_t scratch; /* floats */
    size_t thirstiest; /* node whose scratch that is */
    size_t most_inputs; /* of any node */
};

struct ses_worker {
    const struct ses_engine *engine;
    float *arena;
    float *scratch;
    /* of the node that runs */
    const struct ses_value **in;
    const float **x;
};

static void node_inputs(const struct ses_graph *graph,
                        const struct ses_node *node,
                        const struct ses_value **in)
{
    for (int j = 0; j < node->n_inputs; j++)
        in[j] = &graph->values[node->inputs[j]];
}

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

static enum ses_status prepare_all(struct ses_engine *engine,
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
        node_inputs(graph, &graph->nodes[i], in);
        status = measure(engine, i, in, &weights, err);
    }
    if (!status) {
        engine->weights = ses_calloc_floats(weights);
        status = engine->weights ? SES_OK : ses_fail_memory(err, "weights");
    }
    for (size_t i = 0; i < graph->n_nodes && !status; i++) {
        const struct ses_node *node = &graph->nodes[i];
        node_inputs(graph, node, in);
        if (ses_op_class(node->op)->pack)
            ses_op_class(node->op)->pack(node, in,
                                         &graph->values[node->output],
                                         engine->weights + engine->packed[i]);
    }
    free(in);
    return status;
}

/* How an engine goes about its work. */
struct manner {
    bool fuse;   /* several layers as one */
    bool blocks; /* the batch in parts */
    const size_t *cuts;
    size_t n_cuts;
    const struct ses_caches *caches; /* NULL: the machine's */
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
        status = prepare_all(engine, err);
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
    static const struct manner manner = { 0 };
    return make(graph, &manner, keep, n_keep, max_batch, out, err);
}

enum ses_status ses_engine_new_fused(const struct ses_graph *graph,
                                     const int *keep, size_t n_keep,
                                     int max_batch, struct ses_engine **out,
                                     struct ses_error *err)
{
    static const struct manner manner = { .fuse = true };
    return make(graph, &manner, keep, n_keep, max_batch, out, err);
}

enum ses_status ses_engine_new_blocked(const struct ses_graph *graph,
                                       const size_t *cuts, size_t n_cuts,
                                       int max_batch,
                                       const struct ses_caches *caches,
                                       struct ses_engine **out,
                                       struct ses_error *err)
{
    const struct manner manner = { true, true, cuts, n_cuts, caches };
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

enum ses_status ses_worker_new(const struct ses_engine *engine,
                               struct ses_worker **out, struct ses_error *err)
{
    struct ses_worker *worker = ses_calloc(1, sizeof *worker);
    if (!worker)
        return ses_fail_memory(err, "a worker");
    worker->engine = engine;
    worker->arena = ses_calloc_floats(engine->plan.floats);
    worker->scratch = ses_calloc_floats(engine->scratch);
    worker->in = ses_calloc(engine->most_inputs, sizeof *worker->in);
    worker->x = ses_calloc(engine->most_inputs, sizeof *worker->x);
    if (!worker->arena || !worker->scratch || !worker->in || !worker->x) {
        ses_worker_free(worker);
        return ses_fail(err, SES_ENOMEM,
                        "no memory for feature maps (%zu bytes for %d images)",
                        ses_engine_arena(engine), engine->max_batch);
    }
    *out = worker;
    return SES_OK;
}

void ses_worker_free(struct ses_worker *worker)
{
    if (!worker)
        return;
    free(worker->arena);
    free(worker->scratch);
    free(worker->in);
    free(worker->x);
    free(worker);
}

/* Images of a batch that go through a segment together. */
struct slice {
    int first, images;
};

/* A value of those images; NULL when there is no value. */
static float *value_of(const struct ses_worker *worker, int value,
                       const struct slice *slice)
{
    const struct ses_plan *plan = &worker->engine->plan;
    if (value < 0)
        return NULL;
    size_t at = plan->whole[value] ? (size_t)slice->first : 0;
    return worker->arena + plan->offsets[value] +
           at * ses_floats(&worker->engine->graph->values[value]);
}

static void run_node(struct ses_worker *worker, size_t i,
                     const struct slice *slice)
{
    const struct ses_engine *engine = worker->engine;
    const struct ses_graph *graph = engine->graph;
    const struct ses_step *step = &engine->steps[i];
    const struct ses_node *node = &graph->nodes[step->head];
    struct ses_run run = {
        .node = node,
        .last = &graph->nodes[i],
        .in = worker->in,
        .x = worker->x,
        .out = &graph->values[graph->nodes[i].output],
        .y = value_of(worker, graph->nodes[i].output, slice),
        .gate = value_of(worker, step->gate, slice),
        .add = value_of(worker, step->add, slice),
        .batch = slice->images,
        .packed = engine->weights + engine->packed[step->head],
        .scratch = worker->scratch,
    };
    if (step->kind == SES_STEP_NOTHING)
        return;
    node_inputs(graph, node, worker->in);
    for (int j = 0; j < node->n_inputs; j++)
        worker->x[j] = value_of(worker, node->inputs[j], slice);
    if (step->kind == SES_STEP_RUN) {
        ses_op_class(node->op)->run(&run);
        return;
    }
    worker->in[0] = &graph->values[step->x];
    worker->x[0] = value_of(worker, step->x, slice);
    if (step->kind == SES_STEP_SQUEEZE)
        ses_conv_squeeze(&run);
    else if (node->op == SES_OP_CONV)
        ses_op_class(node->op)->run(&run);
    else
        ses_tail_run(&run);
}

/* What a run is given beside its worker. */
struct request {
    const float *x;
    size_t first; /* the batch's first image, to a watcher */
    const struct ses_watch *watch;
};

/* Show a value that was just made to whoever watches it. */
static enum ses_status show(struct ses_worker *worker, int value,
                            const struct slice *slice,
                            const struct request *request,
                            struct ses_error *err)
{
    const struct ses_watch *watch = request->watch;
    float *data = value_of(worker, value, slice);
    for (size_t i = 0; watch && i < watch->count; i++) {
        if (watch->values[i] != value)
            continue;
        enum ses_status status =
            watch->seen(watch->user, i, data, slice->images,
                        request->first + (size_t)slice->first, err);
        if (status)
            return status;
    }
    return SES_OK;
}

static enum ses_status run_slice(struct ses_worker *worker,
                                 const struct slice *slice, size_t begin,
                                 size_t end, const struct request *request,
                                 struct ses_error *err)
{
    const struct ses_engine *engine = worker->engine;
    const struct ses_graph *graph = engine->graph;
    for (size_t i = begin; i < end; i++) {
        int value = graph->nodes[i].output;
        size_t floats = ses_floats(&graph->values[value]);
        if (graph->nodes[i].op == SES_OP_INPUT)
            memcpy(value_of(worker, value, slice),
                   request->x + (size_t)slice->first * floats,
                   (size_t)slice->images * floats * sizeof(float));
        else
            run_node(worker, i, slice);
        enum ses_status status =
            engine->steps[i].kind == SES_STEP_NOTHING
                ? SES_OK
                : show(worker, value, slice, request, err);
        if (status)
            return status;
    }
    return SES_OK;
}

static size_t most(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A segment that holds `at` within it lets no run end or begin there. */
static enum ses_status check_cut(const struct ses_segment *segment, size_t at,
                                 int batch, struct ses_error *err)
{
    if (at <= segment->begin || at >= segment->end || segment->images >= batch)
        return SES_OK;
    return ses_fail(err, SES_EUSAGE,
                    "a run cannot be cut at node %zu, which is within nodes "
                    "%zu to %zu that run %d images at a time",
                    at, segment->begin, segment->end, segment->images);
}

static enum ses_status run_nodes(struct ses_worker *worker,
                                 const struct request *request, int batch,
                                 size_t begin, size_t end,
                                 struct ses_error *err)
{
    const struct ses_engine *engine = worker->engine;
    enum ses_status status = SES_OK;
    if (batch < 1 || batch > engine->max_batch)
        return ses_fail(err, SES_EUSAGE,
                        "a batch of %d images, expected 1 to %d", batch,
                        engine->max_batch);
    for (size_t s = 0; s < engine->segments.count && !status; s++) {
        const struct ses_segment *segment = &engine->segments.items[s];
        size_t from = most(begin, segment->begin);
        size_t to = least(end, segment->end);
        if (from >= to)
            continue;
        status = check_cut(segment, from, batch, err);
        if (!status)
            status = check_cut(segment, to, batch, err);
        struct slice slice = { 0 };
        for (; slice.first < batch && !status; slice.first += slice.images) {
            int left = batch - slice.first;
            slice.images = left < segment->images ? left : segment->images;
            status = run_slice(worker, &slice, from, to, request, err);
        }
    }
    return status;
}

/* What is watched must be made. */
static enum ses_status check_watch(const struct ses_engine *engine,
                                   const struct ses_watch *watch,
                                   struct ses_error *err)
{
    const struct ses_graph *graph = engine->graph;
    for (size_t i = 0; watch && i < watch->count; i++) {
        const struct ses_value *value = &graph->values[watch->values[i]];
        if (value->producer >= 0 &&
            engine->steps[value->producer].kind == SES_STEP_NOTHING)
            return ses_fail(err, SES_EUSAGE,
                            "'%s' is not made by itself; name it among those "
                            "to keep",
                            value->name);
    }
    return SES_OK;
}

enum ses_status ses_worker_run(struct ses_worker *worker, const float *x,
                               int batch, size_t first,
                               const struct ses_watch *watch, float *output,
                               struct ses_error *err)
{
    const struct ses_graph *graph = worker->engine->graph;
    const struct request request = { x, first, watch };
    enum ses_status status = check_watch(worker->engine, watch, err);
    if (!status)
        status = run_nodes(worker, &request, batch, 0, graph->n_nodes, err);
    if (!status && output)
        memcpy(output, ses_worker_value(worker, graph->logits),
               (size_t)batch * ses_floats(&graph->values[graph->logits]) *
                   sizeof *output);
    return status;
}

/* ---- a run in parts ----------------------------------------------------- */

enum ses_status ses_worker_run_part(struct ses_worker *worker, const float *x,
                                    int batch, size_t begin, size_t end,
                                    struct ses_error *err)
{
    const struct request request = { .x = x };
    return run_nodes(worker, &request, batch, begin, end, err);
}

float *ses_worker_value(struct ses_worker *worker, int value)
{
    static const struct slice all = { 0 };
    return value_of(worker, value, &all);
}

/* Floats an image of what node i made, when nodes from `at` on, or nobody but
 * the caller, read it; else 0. */
static size_t alive(const struct ses_engine *engine, size_t i, size_t at)
{
    int value = engine->graph->nodes[i].output;
    return engine->plan.last[value] >= at
               ? ses_floats(&engine->graph->values[value])
               : 0;
}

size_t ses_engine_state(const struct ses_engine *engine, size_t at)
{
    size_t floats = 0;
    for (size_t i = 0; i < at; i++)
        floats += alive(engine, i, at);
    return floats;
}

void ses_worker_save(const struct ses_worker *worker, size_t at, int batch,
                     float *state)
{
    const struct ses_engine *engine = worker->engine;
    for (size_t i = 0; i < at; i++) {
        size_t floats = (size_t)batch * alive(engine, i, at);
        int value = engine->graph->nodes[i].output;
        memcpy(state, worker->arena + engine->plan.offsets[value],
               floats * sizeof *state);
        state += floats;
    }
}

void ses_worker_restore(struct ses_worker *worker, size_t at, int batch,
                        const float *state)
{
    const struct ses_engine *engine = worker->engine;
    for (size_t i = 0; i < at; i++) {
        size_t floats = (size_t)batch * alive(engine, i, at);
        int value = engine->graph->nodes[i].output;
        memcpy(worker->arena + engine->plan.offsets[value], state,
               floats * sizeof *state);
        state += floats;
    }
}

const struct ses_engine *ses_worker_engine(const struct ses_worker *worker)
{
    return worker->engine;
}

void ses_kernels_exact(bool exact)
{
    ses_conv_exact = exact;
}

void ses_kernels_text(char *out, size_t size)
{
    ses_gemm_setup();
    ses_gemm_name(out, size);
    size_t length = strlen(out);
    if (ses_conv_exact && length < size)
        snprintf(out + length, size - length, ", exact convolutions");
}
