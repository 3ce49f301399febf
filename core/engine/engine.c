/* See engine.h. */
#include "core/engine/engine.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/engine/gemm.h"
#include "core/engine/plan.h"
#include "core/ops/ops.h"
#include "core/ops/shape.h"

struct ses_engine {
    const struct ses_graph *graph;
    int max_batch;
    struct ses_plan plan;
    void **packed;  /* of each node */
    size_t scratch; /* floats */
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

/* Weights and scratch of one node. */
static enum ses_status prepare(struct ses_engine *engine, size_t i,
                               const struct ses_value **in,
                               struct ses_error *err)
{
    const struct ses_graph *graph = engine->graph;
    const struct ses_node *node = &graph->nodes[i];
    const struct ses_op_class *class = ses_op_class(node->op);
    const struct ses_value *out = &graph->values[node->output];
    node_inputs(graph, node, in);
    if (node->op == SES_OP_INPUT)
        return SES_OK;
    if (!class->run)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "layer '%s' (%s) cannot be run by itself", node->name,
                        class->name);
    if (class->scratch_floats) {
        size_t floats = class->scratch_floats(node, in, out);
        engine->scratch = floats > engine->scratch ? floats : engine->scratch;
    }
    if (class->pack && class->pack(node, in, out, &engine->packed[i], err))
        return ses_error_context(err, "layer '%s' (%s)", node->name,
                                 class->name);
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
    for (size_t i = 0; i < graph->n_nodes && !status; i++)
        status = prepare(engine, i, in, err);
    free(in);
    return status;
}

enum ses_status ses_engine_new(const struct ses_graph *graph, const int *keep,
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
    status = engine->packed ? ses_plan_make(graph, keep, n_keep, max_batch,
                                            &engine->plan, err)
                            : ses_fail_memory(err, "an engine");
    if (!status)
        status = prepare_all(engine, err);
    if (status) {
        ses_engine_free(engine);
        return status;
    }
    *out = engine;
    return SES_OK;
}

void ses_engine_free(struct ses_engine *engine)
{
    if (!engine)
        return;
    for (size_t i = 0; engine->packed && i < engine->graph->n_nodes; i++)
        free(engine->packed[i]);
    free(engine->packed);
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

static void run_node(struct ses_worker *worker, size_t i, int batch)
{
    const struct ses_engine *engine = worker->engine;
    const struct ses_graph *graph = engine->graph;
    const struct ses_node *node = &graph->nodes[i];
    const size_t *offsets = engine->plan.offsets;
    struct ses_run run = {
        .node = node,
        .last = node,
        .in = worker->in,
        .x = worker->x,
        .out = &graph->values[node->output],
        .y = worker->arena + offsets[node->output],
        .batch = batch,
        .packed = engine->packed[i],
        .scratch = worker->scratch,
    };
    node_inputs(graph, node, worker->in);
    for (int j = 0; j < node->n_inputs; j++)
        worker->x[j] = worker->arena + offsets[node->inputs[j]];
    ses_op_class(node->op)->run(&run);
}

/* Show a value that was just made to whoever watches it. */
static enum ses_status show(struct ses_worker *worker, int value, int batch,
                            size_t first, const struct ses_watch *watch,
                            struct ses_error *err)
{
    float *data = ses_worker_value(worker, value);
    for (size_t i = 0; watch && i < watch->count; i++) {
        if (watch->values[i] != value)
            continue;
        enum ses_status status =
            watch->seen(watch->user, i, data, batch, first, err);
        if (status)
            return status;
    }
    return SES_OK;
}

static enum ses_status run_nodes(struct ses_worker *worker, const float *x,
                                 int batch, size_t begin, size_t end,
                                 size_t first, const struct ses_watch *watch,
                                 struct ses_error *err)
{
    const struct ses_engine *engine = worker->engine;
    const struct ses_graph *graph = engine->graph;
    if (batch < 1 || batch > engine->max_batch)
        return ses_fail(err, SES_EUSAGE,
                        "a batch of %d images, expected 1 to %d", batch,
                        engine->max_batch);
    for (size_t i = begin; i < end; i++) {
        int value = graph->nodes[i].output;
        if (graph->nodes[i].op == SES_OP_INPUT)
            memcpy(ses_worker_value(worker, value), x,
                   (size_t)batch * ses_floats(&graph->values[value]) *
                       sizeof *x);
        else
            run_node(worker, i, batch);
        enum ses_status status = show(worker, value, batch, first, watch, err);
        if (status)
            return status;
    }
    return SES_OK;
}

enum ses_status ses_worker_run(struct ses_worker *worker, const float *x,
                               int batch, size_t first,
                               const struct ses_watch *watch, float *output,
                               struct ses_error *err)
{
    const struct ses_graph *graph = worker->engine->graph;
    enum ses_status status = run_nodes(worker, x, batch, 0, graph->n_nodes,
                                       first, watch, err);
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
    return run_nodes(worker, x, batch, begin, end, 0, NULL, err);
}

float *ses_worker_value(struct ses_worker *worker, int value)
{
    return worker->arena + worker->engine->plan.offsets[value];
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

void ses_kernels_text(char *out, size_t size)
{
    ses_gemm_name(out, size);
}
