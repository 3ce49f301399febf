/* What `sescope stats` has to print. */
#ifndef SES_CLI_STATS_H
#define SES_CLI_STATS_H

#include "core/stats/analysis.h"
#include "core/stats/top-channels.h"

/* The top channels of a class in a block. */
struct ses_stats_top {
    size_t block, class_index; /* of the analysis's blocks; of the record */
    size_t count;
    struct ses_top_channel *channels;
};

struct ses_stats {
    const struct ses_run_file *run;
    struct ses_analysis analysis;
    double *rsa, *cka; /* [n_blocks][n_blocks]; NULL: not asked for */
    size_t cka_images; /* that CKA is of */
    size_t n_tops;
    struct ses_stats_top *tops; /* block by block; NULL: not asked for */
    char **paths;               /* [run->n_images]; with tops */
};

/* A number that is known of every block: printed by --csv and --json. */
struct ses_stats_field {
    const char *name;
    bool whole;
    double (*value)(const struct ses_stats *stats, size_t block);
};
extern const struct ses_stats_field ses_stats_fields[]; /* ends with NULL */

/* Each to standard output. */
SES_MUST_CHECK enum ses_status ses_print_stats_text(
    const struct ses_stats *stats, struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_print_stats_csv(
    const struct ses_stats *stats, struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_print_stats_json(
    const struct ses_stats *stats, struct ses_error *err);

#endif
