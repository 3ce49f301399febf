/* A recording run: image set -> engine -> record, one worker a thread. */
#ifndef SES_RECORD_RUNNER_H
#define SES_RECORD_RUNNER_H

#include "core/images/set.h"
#include "core/import/model.h"
#include "core/record/record.h"

struct ses_progress {
    size_t done, total; /* images */
    size_t unreadable;
    double seconds;
};

struct ses_runner {
    const struct ses_model *model;
    const struct ses_set *set;
    const size_t *blocks; /* indices of the model's blocks to record */
    size_t n_blocks;
    int threads; /* 0: one a core */
    int batch;   /* 0: the engine's choice */
    bool strict; /* the first unreadable image ends the run */
    /* Called now and then from the calling thread; return false to stop. */
    bool (*progress)(void *user, const struct ses_progress *progress);
    /* Called in image order for each unreadable image. */
    void (*unreadable)(void *user, const char *path, const char *reason);
    void *user;
};

struct ses_run_result {
    size_t images, unreadable, resumed; /* resumed: done before this run */
    double seconds;
    double top1, top5, loss; /* over labelled images; NaN without any */
};

/* Run every pending image of the set and write it, in the set's order, with
 * the same bytes for any number of threads and any batch. The writer was made
 * from the same set and blocks. Stopped by progress: SES_ESTOPPED, all that
 * was finished is in the record. */
SES_MUST_CHECK enum ses_status ses_runner_run(
    const struct ses_runner *runner, const struct ses_record_parts *parts,
    struct ses_record_writer *writer, struct ses_run_result *result,
    struct ses_error *err);

#endif
