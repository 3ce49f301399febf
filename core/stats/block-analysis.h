/* One block's numbers, its findings, and what they come to over all blocks:
 * the parts of ses_analyse(). */
#ifndef SES_STATS_BLOCK_ANALYSIS_H
#define SES_STATS_BLOCK_ANALYSIS_H

#include "core/stats/analysis.h"
#include "core/stats/decodability.h"
#include "core/stats/selectivity.h"

/* What all blocks share. */
struct ses_analysis_plan {
    const struct ses_run_file *run;
    size_t threads;
    struct ses_class_images images;
    struct ses_image_draws draws;
    struct ses_shuffles shuffles;
    struct ses_folds folds;
    double *omega_draws; /* [n_blocks][draws], around the values */
};

/* Fill a block from its rows, which are then less each channel's mean; rows
 * is NULL for a record of summaries. omega_draws: [draws], NaN where there are
 * none. */
SES_MUST_CHECK enum ses_status ses_block_analyse(
    const struct ses_analysis_plan *plan, float *rows, double *omega_draws,
    struct ses_block_analysis *out, struct ses_error *err);

/* Means over pairs of classes: Euclidean distance over the root of channels,
 * and correlation of class means; NaN without a pair. */
SES_MUST_CHECK enum ses_status ses_class_distances(
    const struct ses_class_moments *moments, size_t threads, double *distance,
    double *correlation, struct ses_error *err);

/* Say what stands out in a block's numbers. */
SES_MUST_CHECK enum ses_status ses_block_findings(
    const struct ses_analysis_plan *plan, struct ses_block_analysis *block,
    struct ses_error *err);

/* The trend of analysis->blocks. */
SES_MUST_CHECK enum ses_status ses_depth_trend_fill(
    const struct ses_analysis_plan *plan, struct ses_analysis *analysis,
    struct ses_error *err);

#endif
