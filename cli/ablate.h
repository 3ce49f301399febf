/* Inside of `sescope ablate`: what is asked for, what is to be done, and what
 * is said of it. */
#ifndef SES_CLI_ABLATE_H
#define SES_CLI_ABLATE_H

#include "cli/ablate-fields.h"
#include "cli/common.h"
#include "cli/record-plan.h"
#include "core/ablation/tree.h"

struct ses_ablate_args {
    const char *output, *blocks, *from, *sweep_values;
    struct ses_words force, groups;
    struct ses_model_options model;
    struct ses_image_args images;
    struct ses_run_args run;
    unsigned sweeps; /* a bit for each of ses_sweep_names */
    bool by_class, csv, json;
    bool resume, overwrite, dry_run, quiet;
};

/* Images that are measured together. */
struct ses_ablate_part {
    const char *kind; /* "all", "class" or "group" */
    char *name;       /* "" of all; owned */
    uint8_t *chosen;  /* [classes of the set]; NULL: all; owned */
};

/* A sound request. */
struct ses_ablate_job {
    struct ses_job job;
    struct ses_variants variants;
    const char **sweeps; /* [variants.count], borrowed names */
    struct ses_tree *tree;
    struct ses_ablate_part *parts; /* the first is all */
    size_t n_parts;
};

/* Everything that can be wrong with a request is found here, before an image
 * is read. Caller frees with ses_ablate_job_release(), also after a
 * failure. */
SES_MUST_CHECK enum ses_status ses_ablate_job_open(
    struct ses_ablate_job *job, const char *model,
    const struct ses_ablate_args *args, struct ses_error *err);
void ses_ablate_job_release(struct ses_ablate_job *job);

/* What the file says of itself, and the arrays that borrows besides the job's.
 * Caller frees with ses_ablate_plan_release(), also after a failure. */
struct ses_ablate_plan {
    struct ses_job_plan head; /* command is filled by the caller */
    struct ses_ablation_plan plan;
    struct ses_ablation_block *blocks;
    const char **forces;
    uint8_t *constant;
};
SES_MUST_CHECK enum ses_status ses_ablate_plan_fill(
    struct ses_ablate_plan *plan, const struct ses_ablate_job *job,
    struct ses_error *err);
void ses_ablate_plan_release(struct ses_ablate_plan *plan);

/* The plan of a run, in words (--dry-run). */
SES_MUST_CHECK enum ses_status ses_print_ablate_plan(
    const struct ses_ablate_job *job, struct ses_error *err);

/* What came out, read back from the file, to stdout. */
SES_MUST_CHECK enum ses_status ses_print_ablation(
    const char *path, const struct ses_ablate_job *job,
    const struct ses_ablate_args *args, struct ses_error *err);

/* The three forms of it; measures: [n_parts][n_variants]. */
SES_MUST_CHECK enum ses_status ses_print_ablation_text(
    const struct ses_ablation *ablation, const struct ses_ablate_part *parts,
    size_t n_parts, const struct ses_measure *measures,
    struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_print_ablation_csv(
    const struct ses_ablation *ablation, const struct ses_ablate_part *parts,
    size_t n_parts, const struct ses_measure *measures,
    struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_print_ablation_json(
    const struct ses_ablation *ablation, const struct ses_ablate_part *parts,
    size_t n_parts, const struct ses_measure *measures,
    struct ses_error *err);

#endif
