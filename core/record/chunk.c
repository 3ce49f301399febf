/* See chunk.h. */
#include "core/record/chunk.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/ops/shape.h"

/* Images at a time when nobody says: as many pixels as eight of 224x224. They
 * go together where weights are large, fewer at a time where maps are
 * (core/engine/segments.h). */
enum { BATCH_PIXELS = 8 * 224 * 224, MOST_BATCH = 32 };

size_t ses_pipeline_batch(const struct ses_model *model, int wanted)
{
    const struct ses_preprocess *to = &model->preprocess;
    if (wanted > 0)
        return (size_t)wanted;
    size_t pixels = (size_t)to->input_h * (size_t)to->input_w;
    size_t batch = BATCH_PIXELS / (pixels ? pixels : 1);
    return batch < 1 ? 1 : batch > MOST_BATCH ? MOST_BATCH : batch;
}

static size_t input_floats(const struct ses_pipeline *pipeline)
{
    const struct ses_graph *graph = pipeline->model->graph;
    return ses_floats(&graph->values[graph->input]);
}

enum ses_status ses_chunk_check(const struct ses_pipeline *pipeline,
                                struct ses_error *err)
{
    const struct ses_model *model = pipeline->model;
    const struct ses_graph *graph = model->graph;
    const struct ses_preprocess *to = &model->preprocess;
    size_t outputs = (size_t)model->outputs;
    size_t logits = ses_floats(&graph->values[graph->logits]);
    size_t given = (size_t)to->input_h * (size_t)to->input_w *
                   (size_t)ses_preprocess_channels(to);
    if (given != input_floats(pipeline))
        return ses_fail(err, SES_ESHAPE,
                        "preprocessing makes %zu floats an image, the network "
                        "takes %zu",
                        given, input_floats(pipeline));
    if (outputs && logits != outputs)
        return ses_fail(err, SES_ESHAPE,
                        "the network has %zu outputs, expected %zu", logits,
                        outputs);
    return SES_OK;
}

/* ---- chunks and workers ------------------------------------------------- */

static enum ses_status fail_batch(const struct ses_pipeline *pipeline,
                                  struct ses_error *err)
{
    return ses_fail(err, SES_ENOMEM, "no memory for batches of %zu images",
                    pipeline->batch);
}

enum ses_status ses_chunk_init(struct ses_chunk *chunk,
                               const struct ses_pipeline *pipeline,
                               struct ses_error *err)
{
    memset(chunk, 0, sizeof *chunk);
    chunk->items = ses_calloc(pipeline->batch, sizeof *chunk->items);
    if (!chunk->items)
        return fail_batch(pipeline, err);
    enum ses_status status =
        pipeline->job.make(pipeline->job.user, &chunk->results, err);
    if (status != SES_OK)
        ses_chunk_release(chunk, pipeline);
    return status;
}

static void forget(struct ses_chunk *chunk)
{
    for (size_t i = 0; i < chunk->n; i++) {
        free(chunk->items[i].reason);
        chunk->items[i].reason = NULL;
    }
    chunk->n = 0;
}

void ses_chunk_release(struct ses_chunk *chunk,
                       const struct ses_pipeline *pipeline)
{
    forget(chunk);
    free(chunk->items);
    pipeline->job.discard(chunk->results);
    memset(chunk, 0, sizeof *chunk);
}

void ses_chunk_begin(struct ses_chunk *chunk)
{
    forget(chunk);
    chunk->status = SES_OK;
}

enum ses_status ses_chunk_worker_init(struct ses_chunk_worker *worker,
                                      const struct ses_pipeline *pipeline,
                                      const struct ses_engine *engine,
                                      struct ses_error *err)
{
    size_t floats;
    memset(worker, 0, sizeof *worker);
    if (ses_multiply(pipeline->batch, input_floats(pipeline), &floats))
        worker->input = ses_calloc_floats(floats);
    worker->items = ses_calloc(pipeline->batch, sizeof *worker->items);
    enum ses_status status =
        worker->input && worker->items
            ? ses_worker_new(engine, &worker->worker, err)
            : fail_batch(pipeline, err);
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

/* Read one image to where the next readable one goes. */
static enum ses_status read_item(const struct ses_pipeline *pipeline,
                                 size_t item, float *input,
                                 struct ses_error *err)
{
    struct ses_image image = { 0 };
    enum ses_status status = ses_set_read(pipeline->set, item, &image, err);
    if (status == SES_OK)
        status = ses_preprocess_apply(&pipeline->model->preprocess, &image,
                                      input, err);
    ses_image_release(&image);
    return status;
}

void ses_chunk_run(const struct ses_pipeline *pipeline,
                   struct ses_chunk_worker *worker, struct ses_chunk *chunk)
{
    const struct ses_pipeline_job *job = &pipeline->job;
    size_t rows = 0, floats = input_floats(pipeline);
    for (size_t i = 0; i < chunk->n; i++) {
        struct ses_chunk_item *item = &chunk->items[i];
        struct ses_error err = { 0 };
        item->status = read_item(pipeline, item->item,
                                 worker->input + rows * floats, &err);
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
        chunk->status = job->run(job->user, worker->worker, worker->input,
                                 worker->items, rows, chunk->results,
                                 &chunk->err);
}
