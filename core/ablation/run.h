/* An ablation run: image set -> tree of variants -> file, one worker a
 * thread. */
#ifndef SES_ABLATION_RUN_H
#define SES_ABLATION_RUN_H

#include "core/ablation/donor.h"
#include "core/ablation/file.h"
#include "core/ablation/tree.h"
#include "core/record/runner.h"

struct ses_ablation_runner {
    const struct ses_model *model;
    const struct ses_set *set;
    const struct ses_variants *variants;
    const struct ses_tree *tree;
    const struct ses_donor *donor;
    int threads; /* 0: one a core */
    int batch;   /* 0: by the size of the input */
    bool strict; /* the first unreadable image ends the run */
    bool (*progress)(void *user, const struct ses_progress *progress);
    void (*unreadable)(void *user, const char *path, const char *reason);
    void *user;
};

/* As ses_runner_run(): every pending image, in the set's order, the same
 * bytes for any number of threads and any batch. Of result, images,
 * unreadable, resumed, not_finite and seconds are filled. */
SES_MUST_CHECK enum ses_status ses_ablation_run(
    const struct ses_ablation_runner *runner,
    struct ses_ablation_writer *writer, struct ses_run_result *result,
    struct ses_error *err);

#endif
