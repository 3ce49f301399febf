/* A few images on their way: read, preprocessed and run by a worker, then
 * written by the thread that called the pipeline. */
#ifndef SES_RECORD_CHUNK_H
#define SES_RECORD_CHUNK_H

#include "core/record/pipeline.h"

struct ses_chunk_item {
    size_t item; /* of the set */
    size_t row;  /* in the chunk's results, of a readable one */
    enum ses_status status; /* of reading */
    char *reason; /* why it is unreadable; NULL without memory */
};

struct ses_chunk {
    struct ses_chunk_item *items; /* [batch] */
    size_t n;
    void *results; /* the job's */
    enum ses_status status; /* of running; then err says more */
    struct ses_error err;
};

/* One a thread. */
struct ses_chunk_worker {
    struct ses_worker *worker;
    float *input;  /* [batch][h][w][c] */
    size_t *items; /* of the rows: [batch] */
};

/* SES_ESHAPE when preprocessing does not make what the network takes, or the
 * network not the outputs that it should have. */
SES_MUST_CHECK enum ses_status ses_chunk_check(
    const struct ses_pipeline *pipeline, struct ses_error *err);

SES_MUST_CHECK enum ses_status ses_chunk_init(
    struct ses_chunk *chunk, const struct ses_pipeline *pipeline,
    struct ses_error *err);
void ses_chunk_release(struct ses_chunk *chunk,
                       const struct ses_pipeline *pipeline);

/* Empty it for other images. */
void ses_chunk_begin(struct ses_chunk *chunk);

SES_MUST_CHECK enum ses_status ses_chunk_worker_init(
    struct ses_chunk_worker *worker, const struct ses_pipeline *pipeline,
    const struct ses_engine *engine, struct ses_error *err);
void ses_chunk_worker_release(struct ses_chunk_worker *worker);

/* Fill in the results of chunk->items[0..n). Thread-safe for distinct workers
 * and chunks. */
void ses_chunk_run(const struct ses_pipeline *pipeline,
                   struct ses_chunk_worker *worker, struct ses_chunk *chunk);

#endif
