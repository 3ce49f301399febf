/* Images on their way through a network: read, preprocessed and run by one
 * worker a thread, then written in the set's order by the thread that called.
 * What is run and what is written is the job's: recording gates is one,
 * ablating them another. */
#ifndef SES_RECORD_PIPELINE_H
#define SES_RECORD_PIPELINE_H

#include "core/engine/engine.h"
#include "core/images/set.h"
#include "core/import/model.h"
#include "core/record/record.h"
#include "core/record/runner.h"

/* What is done with images. All get user first. */
struct ses_pipeline_job {
    /* Room for what a batch gives; freed with discard(). */
    enum ses_status (*make)(void *user, void **results,
                            struct ses_error *err);
    void (*discard)(void *results);
    /* From a worker's thread: x is [n][h][w][c], row i of the set's item
     * items[i]. */
    enum ses_status (*run)(void *user, struct ses_worker *worker,
                           const float *x, const size_t *items, size_t n,
                           void *results, struct ses_error *err);
    /* From the calling thread, in the set's order: a row of results, or an
     * image that could not be read. *finite: no number of it is NaN or
     * infinite (true before the call). */
    enum ses_status (*write)(void *user, size_t item,
                             enum ses_image_status status, const void *results,
                             size_t row, bool *finite, struct ses_error *err);
    /* From the calling thread, while it waits. May be NULL. */
    enum ses_status (*settle)(void *user, struct ses_error *err);
    void *user;
};

struct ses_pipeline {
    const struct ses_model *model;
    const struct ses_set *set;
    const uint8_t *statuses; /* of all items; write() changes them, or not */
    int threads; /* 0: one a core */
    size_t batch;
    const size_t *cuts; /* where the job cuts a run (engine.h) */
    size_t n_cuts;
    bool strict; /* the first unreadable image ends the run */
    const struct ses_caches *caches; /* see runner.h */
    bool (*progress)(void *user, const struct ses_progress *progress);
    void (*unreadable)(void *user, const char *path, const char *reason);
    void *user; /* of progress and unreadable; see runner.h */
    struct ses_pipeline_job job;
};

/* Images a worker takes at a time when `wanted` is 0: by the size of the
 * network's input. */
size_t ses_pipeline_batch(const struct ses_model *model, int wanted);

/* Run every pending image and write it, the same for any number of threads
 * and any batch. Of several failures the first in the set's order is
 * reported. Stopped by progress: SES_ESTOPPED. Of result, images, unreadable,
 * resumed, not_finite and seconds are filled, also after a failure; the rest
 * is 0. */
SES_MUST_CHECK enum ses_status ses_pipeline_run(
    const struct ses_pipeline *pipeline, struct ses_run_result *result,
    struct ses_error *err);

#endif
