/* A recording job, and what its record says of itself. */
#ifndef SES_CLI_RECORD_PLAN_H
#define SES_CLI_RECORD_PLAN_H

#include "cli/common.h"
#include "core/ablation/donor.h"
#include "core/base/text.h"
#include "core/images/set.h"
#include "core/import/model.h"
#include "core/record/record.h"

/* What a run is made of, once the request is known to be sound. */
struct ses_job {
    struct ses_model *model;
    struct ses_set *set;
    size_t *blocks; /* indices of the model's */
    size_t n_blocks;
    struct ses_variant force; /* no force: the network as it is */
    struct ses_donor *donor;  /* of what is forced */
    const char *from;         /* the record it has gates of; "" for none */
    char from_sha256[65];
    int64_t seed;
    struct ses_record_parts parts;
};

/* What of a command line says which network is run, and how. */
struct ses_job_args {
    const char *model, *blocks;
    const struct ses_model_options *options;
    const struct ses_run_args *run;
    long seed;
};

/* Open the network of a zeroed job, with its notes printed, and choose its
 * blocks; errors as of ses_model_open() and ses_choose_blocks(). Caller frees
 * with ses_job_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_job_open(struct ses_job *job,
                                            const struct ses_job_args *args,
                                            struct ses_error *err);
void ses_job_release(struct ses_job *job);

/* The plan of a record, and the arrays it borrows besides the job's. */
struct ses_job_plan {
    struct ses_record_plan plan;
    struct ses_text command; /* the command line; filled by the caller */
    struct ses_record_block *blocks;
    const char **class_names, **class_ids, **paths;
    int32_t *class_outputs, *image_classes;
    char *preprocess;
    char host[256], kernels[128];
};

/* The job is borrowed as long as the plan is used. Caller frees with
 * ses_job_plan_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_job_plan_fill(
    struct ses_job_plan *plan, const struct ses_job *job,
    struct ses_error *err);
void ses_job_plan_release(struct ses_job_plan *plan);

#endif
