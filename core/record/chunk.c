/* See chunk.h. */
#include "core/record/chunk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/record/score.h"

/* Images at a time when nobody says: about as many pixels as ten of 224x224,
 * so that small pictures are not handed out one by one. */
enum { BATCH_PIXELS = 1 << 19, MOST_BATCH = 32 };

/* ---- plan --------------------------------------------------------------- */

static size_t choose_batch(const struct ses_runner *runner)
{
    const struct ses_preprocess *to = &runner->model->preprocess;
    if (runner->batch > 0)
        return (size_t)runner->batch;
    size_t pixels = (size_t)to->input_h * (size_t)to->input_w;
    size_t batch = BATCH_PIXELS / (pixels ? pixels : 1);
    return batch < 1 ? 1 : batch > MOST_BATCH ? MOST_BATCH : batch;
}

static size_t floats_of(const struct ses_graph *graph, int value)
{
    const struct ses_value *v = &graph->values[value];
    return (size_t)v->h * (size_t)v->w * (size_t)v->c;
}

static void watch(struct ses_chunk_plan *plan, int value)
{
    for (size_t i = 0; i < plan->n_values; i++)
        if (plan->values[i] == value)
            return;
    plan->values[plan->n_values++] = value;
}

static enum ses_status add_target(struct ses_chunk_plan *plan, size_t block,
                                  int part, int value, int channels,
                                  struct ses_error *err)
{
    const struct ses_model *model = plan->runner->model;
    struct ses_target *target = &plan->targets[block][part];
    if (model->graph->values[value].producer < 0)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s' is not made by any layer any more",
                        model->graph->values[value].name);
    if (floats_of(model->graph, value) != (size_t)channels)
        return ses_fail(err, SES_ESHAPE,
                        "'%s' has %zu floats, expected %d",
                        model->graph->values[value].name,
                        floats_of(model->graph, value), channels);
    target->value = value;
    target->width = (size_t)channels;
    target->offset = plan->row_floats;
    plan->row_floats += target->width;
    watch(plan, value);
    return SES_OK;
}

static enum ses_status add_targets(struct ses_chunk_plan *plan,
                                   const struct ses_record_parts *parts,
                                   struct ses_error *err)
{
    const struct ses_runner *runner = plan->runner;
    const struct ses_blocks *blocks = &runner->model->blocks;
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < runner->n_blocks && status == SES_OK; i++) {
        const struct ses_block *block = &blocks->items[runner->blocks[i]];
        status = add_target(plan, i, SES_PART_GATE, block->gate,
                            block->channels, err);
        if (status == SES_OK && parts->squeeze)
            status = add_target(plan, i, SES_PART_SQUEEZE, block->squeeze,
                                block->channels, err);
        if (status == SES_OK && parts->bottleneck && block->reduced > 0)
            status = add_target(plan, i, SES_PART_BOTTLENECK,
                                block->bottleneck, block->reduced, err);
    }
    /* A block that is forced is seen whether or not it is recorded. */
    for (size_t b = 0; runner->force && b < blocks->count; b++)
        watch(plan, blocks->items[b].gate);
    return status;
}

enum ses_status ses_chunk_plan_init(struct ses_chunk_plan *plan,
                                    const struct ses_runner *runner,
                                    const struct ses_record_parts *parts,
                                    struct ses_error *err)
{
    const struct ses_model *model = runner->model;
    const struct ses_graph *graph = model->graph;
    *plan = (struct ses_chunk_plan){
        .runner = runner,
        .batch = choose_batch(runner),
        .input_floats = floats_of(graph, graph->input),
        .outputs = (size_t)model->outputs,
    };
    const struct ses_preprocess *to = &model->preprocess;
    size_t given = (size_t)to->input_h * (size_t)to->input_w *
                   (size_t)ses_preprocess_channels(to);
    if (given != plan->input_floats)
        return ses_fail(err, SES_ESHAPE,
                        "preprocessing makes %zu floats an image, the network "
                        "takes %zu",
                        given, plan->input_floats);
    if (plan->outputs && floats_of(graph, graph->logits) != plan->outputs)
        return ses_fail(err, SES_ESHAPE,
                        "the network has %zu outputs, expected %zu",
                        floats_of(graph, graph->logits), plan->outputs);
    plan->targets = ses_calloc(runner->n_blocks, sizeof *plan->targets);
    plan->values = ses_calloc(SES_PARTS * runner->n_blocks +
                                  model->blocks.count,
                              sizeof *plan->values);
    enum ses_status status = plan->targets && plan->values
                                 ? add_targets(plan, parts, err)
                                 : ses_fail_memory(err, "a run");
    if (status != SES_OK)
        ses_chunk_plan_release(plan);
    return status;
}

void ses_chunk_plan_release(struct ses_chunk_plan *plan)
{
    free(plan->targets);
    free(plan->values);
    memset(plan, 0, sizeof *plan);
}

/* ---- chunks and workers ------------------------------------------------- */

static float *floats(size_t a, size_t b)
{
    size_t count;
    return ses_multiply(a, b, &count) ? ses_calloc_floats(count) : NULL;
}

enum ses_status ses_chunk_init(struct ses_chunk *chunk,
                               const struct ses_chunk_plan *plan,
                               struct ses_error *err)
{
    memset(chunk, 0, sizeof *chunk);
    chunk->items = ses_calloc(plan->batch, sizeof *chunk->items);
    chunk->rows = floats(plan->batch, plan->row_floats);
    chunk->logits = floats(plan->batch, plan->outputs);
    if (chunk->items && chunk->rows && chunk->logits)
        return SES_OK;
    ses_chunk_release(chunk);
    return ses_fail(err, SES_ENOMEM, "no memory for batches of %zu images",
                    plan->batch);
}

static void forget(struct ses_chunk *chunk)
{
    for (size_t i = 0; i < chunk->n; i++) {
        free(chunk->items[i].reason);
        chunk->items[i].reason = NULL;
    }
    chunk->n = 0;
}

void ses_chunk_release(struct ses_chunk *chunk)
{
    forget(chunk);
    free(chunk->items);
    free(chunk->rows);
    free(chunk->logits);
    memset(chunk, 0, sizeof *chunk);
}

void ses_chunk_begin(struct ses_chunk *chunk)
{
    forget(chunk);
    chunk->status = SES_OK;
}

enum ses_status ses_chunk_worker_init(struct ses_chunk_worker *worker,
                                      const struct ses_chunk_plan *plan,
                                      const struct ses_engine *engine,
                                      struct ses_error *err)
{
    memset(worker, 0, sizeof *worker);
    worker->input = floats(plan->batch, plan->input_floats);
    worker->items = ses_calloc(plan->batch, sizeof *worker->items);
    enum ses_status status =
        worker->input && worker->items
            ? ses_worker_new(engine, &worker->worker, err)
            : ses_fail(err, SES_ENOMEM, "no memory for batches of %zu images",
                       plan->batch);
    if (status != SES_OK)
        ses_chunk_worker_release(worker);
    return status;
}

void ses_chunk_worker_release(struct ses_chunk_worker *worker)
{
    ses_worker_free(worker->worker);
    free(worker->input);
    free(worker->items);
    memset(worker, 0, sizeof *worker);
}

/* ---- running ------------------------------------------------------------ */

struct seeing {
    const struct ses_chunk_plan *plan;
    struct ses_chunk_worker *worker;
    struct ses_chunk *chunk;
};

static enum ses_status seen(void *user, size_t at, float *data, int batch,
                            size_t first, struct ses_error *err)
{
    const struct seeing *seeing = user;
    const struct ses_chunk_plan *plan = seeing->plan;
    const struct ses_runner *runner = plan->runner;
    const struct ses_blocks *blocks = &runner->model->blocks;
    int value = plan->values[at];
    for (size_t b = 0; runner->force && b < blocks->count; b++) {
        if (blocks->items[b].gate != value)
            continue;
        enum ses_status status =
            runner->force(runner->force_user, b, seeing->worker->items, batch,
                          data, err);
        if (status != SES_OK)
            return status;
    }
    for (size_t i = 0; i < runner->n_blocks; i++)
        for (int part = 0; part < SES_PARTS; part++) {
            const struct ses_target *target = &plan->targets[i][part];
            if (target->width && target->value == value)
                memcpy(seeing->chunk->rows + target->offset * plan->batch,
                       data, (size_t)batch * target->width * sizeof *data);
        }
    return SES_OK;
}

/* Read one image to where the next readable one goes. */
static enum ses_status read_item(const struct ses_chunk_plan *plan,
                                 size_t item, float *input,
                                 struct ses_error *err)
{
    struct ses_image image = { 0 };
    enum ses_status status =
        ses_set_read(plan->runner->set, item, &image, err);
    if (status == SES_OK)
        status = ses_preprocess_apply(&plan->runner->model->preprocess, &image,
                                      input, err);
    ses_image_release(&image);
    return status;
}

static bool are_finite(const float *values, size_t n)
{
    bool finite = true;
    for (size_t i = 0; i < n; i++)
        finite &= isfinite(values[i]) != 0;
    return finite;
}

/* Sums that overflow make infinities, and those make NaN: nothing stops, and
 * without being told nobody sees it in a large record. */
static void check_finite(const struct ses_chunk_plan *plan,
                         struct ses_chunk *chunk)
{
    for (size_t i = 0; i < chunk->n; i++) {
        struct ses_chunk_item *item = &chunk->items[i];
        if (item->status != SES_OK)
            continue;
        item->finite = are_finite(chunk->logits + item->row * plan->outputs,
                                  plan->outputs);
        for (size_t b = 0; b < plan->runner->n_blocks; b++)
            for (int part = 0; part < SES_PARTS; part++)
                item->finite &=
                    are_finite(ses_chunk_part(plan, chunk, item->row, b, part),
                               plan->targets[b][part].width);
    }
}

static void score(const struct ses_chunk_plan *plan, struct ses_chunk *chunk)
{
    const struct ses_set *set = plan->runner->set;
    for (size_t i = 0; i < chunk->n && plan->outputs; i++) {
        struct ses_chunk_item *item = &chunk->items[i];
        if (item->status != SES_OK)
            continue;
        const float *logits = chunk->logits + item->row * plan->outputs;
        int label = set->classes[set->items[item->item].class].output;
        ses_top5(logits, plan->outputs, item->top5);
        item->loss = label >= 0 && (size_t)label < plan->outputs
                         ? (float)ses_cross_entropy(logits, plan->outputs,
                                                    (size_t)label)
                         : NAN;
    }
}

void ses_chunk_run(const struct ses_chunk_plan *plan,
                   struct ses_chunk_worker *worker, struct ses_chunk *chunk)
{
    struct seeing seeing = { plan, worker, chunk };
    const struct ses_watch watch = { plan->values, plan->n_values, seen,
                                     &seeing };
    size_t rows = 0;
    for (size_t i = 0; i < chunk->n; i++) {
        struct ses_chunk_item *item = &chunk->items[i];
        struct ses_error err = { 0 };
        item->status = read_item(plan, item->item,
                                 worker->input + rows * plan->input_floats,
                                 &err);
        if (item->status == SES_ENOMEM) {
            chunk->status = item->status;
            chunk->err = err;
            return;
        }
        if (item->status != SES_OK) {
            item->reason = strdup(err.message);
            continue;
        }
        worker->items[rows] = item->item;
        item->row = rows++;
    }
    if (rows > 0)
        chunk->status = ses_worker_run(worker->worker, worker->input,
                                       (int)rows, 0, &watch,
                                       plan->outputs ? chunk->logits : NULL,
                                       &chunk->err);
    if (chunk->status != SES_OK)
        return;
    check_finite(plan, chunk);
    score(plan, chunk);
}

const float *ses_chunk_part(const struct ses_chunk_plan *plan,
                            const struct ses_chunk *chunk, size_t row,
                            size_t block, int part)
{
    const struct ses_target *target = &plan->targets[block][part];
    return chunk->rows + target->offset * plan->batch + row * target->width;
}
