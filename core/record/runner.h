/* A recording run: image set -> engine -> record, one worker a thread. */
#ifndef SES_RECORD_RUNNER_H
#define SES_RECORD_RUNNER_H

#include "core/images/set.h"
#include "core/import/model.h"
#include "core/record/record.h"

struct ses_caches;

struct ses_progress {
    size_t done, total; /* images; done counts those before a resume, too */
    size_t unreadable;
    double seconds; /* of this run */
};

struct ses_runner {
    const struct ses_model *model;
    const struct ses_set *set;
    const size_t *blocks; /* indices of the model's blocks to record */
    size_t n_blocks;
    int threads; /* 0: one a core */
    int batch;   /* 0: by the size of the input */
    bool strict; /* the first unreadable image ends the run */
    /* What batches are divided for (segments.h); NULL: this machine's. */
    const struct ses_caches *caches;
    /* Called some ten times a second from the calling thread; return false to
     * stop. May be NULL. */
    bool (*progress)(void *user, const struct ses_progress *progress);
    /* Called in image order for each unreadable image, also for those of the
     * run that is resumed. The reason goes on after the path: "is ...". May be
     * NULL. */
    void (*unreadable)(void *user, const char *path, const char *reason);
    void *user;
    /* Called from a worker's thread with every gate as it is made, of all the
     * model's blocks: data is [batch][channels], row i is of the set's item
     * items[i]. What is written there is what the network goes on with and
     * what is recorded. NULL: no gate is forced. */
    enum ses_status (*force)(void *user, size_t block, const size_t *items,
                             int batch, float *data, struct ses_error *err);
    /* Likewise, before it, with what the gate's non-linearity is given. NULL:
     * no gate is scaled. */
    void (*scale)(void *user, size_t block, int batch, float *data);
    void *force_user; /* of both */
};

struct ses_run_result {
    size_t images;     /* with a status now, the unreadable among them */
    size_t unreadable; /* of images */
    size_t resumed;    /* of images, before this run */
    size_t not_finite; /* of this run: a gate, logit or other recorded number is
                        * NaN or infinite */
    double seconds;
    /* Over all labelled and readable images, shares 0..1 and nats; NaN without
     * any. */
    double top1, top5, loss;
};

/* Run every pending image of the set and write it, in the set's order, with
 * the same bytes for any number of threads and any batch. The writer was made
 * from the same set and blocks. Stopped by progress: SES_ESTOPPED, all that
 * was finished is in the record and counted in the result. Of several failures
 * the first in the set's order is reported. Only the calling thread touches
 * the writer. */
SES_MUST_CHECK enum ses_status ses_runner_run(
    const struct ses_runner *runner, const struct ses_record_parts *parts,
    struct ses_record_writer *writer, struct ses_run_result *result,
    struct ses_error *err);

#endif
