/* What `sescope record` prints on standard output: the plan of a run before
 * it (--dry-run), or what came out of it. */
#ifndef SES_CLI_RECORD_REPORT_H
#define SES_CLI_RECORD_REPORT_H

#include "cli/record-plan.h"

/* Preprocessing, blocks and classes, and nothing that needs an image. */
SES_MUST_CHECK enum ses_status ses_print_plan(const struct ses_job *job,
                                              struct ses_error *err);

/* Accuracy by class and a look at every block's gates, read back from the
 * finished record, with warnings for what looks wrong. */
SES_MUST_CHECK enum ses_status ses_print_record(const char *path,
                                                struct ses_error *err);

#endif
