/* Workers, and the runs they make (engine.h). */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/engine/engine-data.h"
#include "core/ops/conv.h"
#include "core/ops/shape.h"
#include "core/ops/tail.h"

/* Values that were put aside. */
struct drawer {
    float *data;
    size_t floats; /* that it has room for */
};

struct ses_worker {
    const struct ses_engine *engine;
    float *arena;
    float *scratch;
    struct drawer *drawers;
    size_t n_drawers, most_drawers;
    /* of the node that runs */
    const struct ses_value **in;
    const float **x;
};

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
    for (size_t i = 0; i < worker->n_drawers; i++)
        free(worker->drawers[i].data);
    free(worker->drawers);
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
    ses_node_inputs(graph, node, worker->in);
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
        size_t from = ses_most(begin, segment->begin);
        size_t to = ses_least(end, segment->end);
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

/* Make room for so many drawers. */
static bool add_drawers(struct ses_worker *worker, size_t count)
{
    while (worker->n_drawers < count) {
        struct drawer *drawers =
            ses_grow(worker->drawers, worker->n_drawers, &worker->most_drawers,
                     sizeof *drawers);
        if (!drawers)
            return false;
        worker->drawers = drawers;
        drawers[worker->n_drawers++] = (struct drawer){ 0 };
    }
    return true;
}

static bool make_room(struct drawer *drawer, size_t floats)
{
    if (floats <= drawer->floats)
        return true;
    free(drawer->data);
    *drawer = (struct drawer){ .data = ses_calloc_floats(floats) };
    drawer->floats = drawer->data ? floats : 0;
    return drawer->data;
}

/* What is alive at a cut, into a drawer or out of it. */
static void copy_state(struct ses_worker *worker, size_t drawer, size_t at,
                       int batch, bool save)
{
    const struct ses_engine *engine = worker->engine;
    float *state = worker->drawers[drawer].data;
    for (size_t i = 0; i < at; i++) {
        size_t floats = (size_t)batch * alive(engine, i, at);
        float *value = ses_worker_value(worker,
                                        engine->graph->nodes[i].output);
        memcpy(save ? state : value, save ? value : state,
               floats * sizeof *state);
        state += floats;
    }
}

enum ses_status ses_worker_save(struct ses_worker *worker, size_t drawer,
                                size_t at, int batch, struct ses_error *err)
{
    const struct ses_engine *engine = worker->engine;
    size_t floats = 0;
    for (size_t i = 0; i < at; i++)
        floats += alive(engine, i, at);
    if (!ses_multiply(floats, (size_t)batch, &floats) ||
        !add_drawers(worker, drawer + 1) ||
        !make_room(&worker->drawers[drawer], floats))
        return ses_fail_memory(err, "feature maps to go on with");
    copy_state(worker, drawer, at, batch, true);
    return SES_OK;
}

void ses_worker_restore(struct ses_worker *worker, size_t drawer, size_t at,
                        int batch)
{
    copy_state(worker, drawer, at, batch, false);
}
