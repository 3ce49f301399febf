/* Which classes and blocks of a record an option means, by the same rules as
 * for a set and a network; and the analysis of them. */
#ifndef SES_CLI_RUN_CHOICE_H
#define SES_CLI_RUN_CHOICE_H

#include "cli/common.h"
#include "core/stats/analysis.h"

/* index: room for run->n_blocks; in depth order. Errors as
 * ses_blocks_select()'s; SES_ENOTFOUND for a record without blocks. */
SES_MUST_CHECK enum ses_status ses_run_choose_blocks(
    const struct ses_run_file *run, const char *pattern, size_t *index,
    size_t *count, struct ses_error *err);

/* index: room for run->n_classes; in the order named. names: the text of
 * --classes; NULL or `all`: all. Errors as ses_set_select()'s. */
SES_MUST_CHECK enum ses_status ses_run_choose_classes(
    const struct ses_run_file *run, const char *names, size_t *index,
    size_t *count, struct ses_error *err);

/* Analyse what args choose; progress may be NULL, and has no user. Errors as
 * of these two and of ses_analyse(). Caller frees with
 * ses_analysis_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_run_analyse(
    const struct ses_run_file *run, const struct ses_record_args *args,
    void (*progress)(void *user, double share), struct ses_analysis *out,
    struct ses_error *err);

#endif
