/* A few images on their way: read, preprocessed, run and scored by a worker,
 * then written by the thread that has the record. */
#ifndef SES_RECORD_CHUNK_H
#define SES_RECORD_CHUNK_H

#include "core/engine/engine.h"
#include "core/record/runner.h"

/* Where a watched value of a block goes: gate, squeeze or bottleneck. */
struct ses_target {
    int value;
    size_t width;  /* floats an image */
    size_t offset; /* in a chunk's rows, times the batch */
};

enum { SES_PART_GATE, SES_PART_SQUEEZE, SES_PART_BOTTLENECK, SES_PARTS };

/* What all chunks of a run share. */
struct ses_chunk_plan {
    const struct ses_runner *runner;
    size_t batch;
    size_t input_floats;                     /* an image */
    size_t outputs;                          /* 0: no classifier */
    struct ses_target (*targets)[SES_PARTS]; /* [n_blocks]; width 0: none */
    size_t row_floats;                       /* of all targets, an image */
    int *values;                             /* watched, each once */
    size_t n_values;
};

struct ses_chunk_item {
    size_t item; /* of the set */
    size_t row;  /* in the chunk's results, of a readable one */
    enum ses_status status; /* of reading */
    char *reason; /* why it is unreadable; NULL without memory */
    bool finite;  /* all that is recorded of a readable one */
    float loss;
    int32_t top5[5];
};

struct ses_chunk {
    struct ses_chunk_item *items; /* [batch] */
    size_t n;
    float *rows;   /* each target [batch][width], at offset * batch */
    float *logits; /* [batch][outputs] */
    enum ses_status status; /* of running; then err says more */
    struct ses_error err;
};

/* One a thread. */
struct ses_chunk_worker {
    struct ses_worker *worker;
    float *input;  /* [batch][input_floats] */
    size_t *items; /* of the rows: [batch] */
};

SES_MUST_CHECK enum ses_status ses_chunk_plan_init(
    struct ses_chunk_plan *plan, const struct ses_runner *runner,
    const struct ses_record_parts *parts, struct ses_error *err);
void ses_chunk_plan_release(struct ses_chunk_plan *plan);

SES_MUST_CHECK enum ses_status ses_chunk_init(
    struct ses_chunk *chunk, const struct ses_chunk_plan *plan,
    struct ses_error *err);
void ses_chunk_release(struct ses_chunk *chunk);

/* Empty it for other images. */
void ses_chunk_begin(struct ses_chunk *chunk);

SES_MUST_CHECK enum ses_status ses_chunk_worker_init(
    struct ses_chunk_worker *worker, const struct ses_chunk_plan *plan,
    const struct ses_engine *engine, struct ses_error *err);
void ses_chunk_worker_release(struct ses_chunk_worker *worker);

/* Fill in the results of chunk->items[0..n). Thread-safe for distinct workers
 * and chunks. */
void ses_chunk_run(const struct ses_chunk_plan *plan,
                   struct ses_chunk_worker *worker, struct ses_chunk *chunk);

/* A part of a block of the image in a row: [width]. */
const float *ses_chunk_part(const struct ses_chunk_plan *plan,
                            const struct ses_chunk *chunk, size_t row,
                            size_t block, int part);

#endif
