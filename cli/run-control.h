/* What commands that run a network over images share: signals, progress, and
 * the file they write to. */
#ifndef SES_CLI_RUN_CONTROL_H
#define SES_CLI_RUN_CONTROL_H

#include "cli/commands.h"
#include "cli/progress.h"
#include "core/base/error.h"

/* From here on SIGINT and SIGTERM ask the run to stop; the second of a kind
 * ends the program at once. */
void ses_catch_signals(void);

/* For a runner's progress (user: a struct ses_bar) and unreadable. */
bool ses_on_progress(void *user, const struct ses_progress *progress);
void ses_on_unreadable(void *user, const char *path, const char *reason);

/* The file of results that a command writes. */
struct ses_output {
    const char *path; /* NULL: none is written (--dry-run) */
    bool resume, overwrite;
};

/* Whether it may be written: false, with the misuse told, for a device or a
 * folder, and for a file that neither --resume nor --overwrite speaks of. */
bool ses_output_check(const struct ses_command *self,
                      const struct ses_output *output, int *exit_status);

/* Whether it is made anew, not gone on with; notes that --resume found none. */
bool ses_output_is_new(const struct ses_output *output);

/* What a run came to, of n images with these statuses: none done is a failure,
 * and SES_ESTOPPED says how to go on. *keep: whether the file stays; one that
 * this run made and that holds nothing does not. */
SES_MUST_CHECK enum ses_status ses_run_outcome(enum ses_status status,
                                               const uint8_t *statuses,
                                               size_t n, bool made, bool *keep,
                                               struct ses_error *err);

/* Say what is to be said of a finished run: numbers that are none, images that
 * could not be read, time. */
void ses_report_result(const struct ses_run_result *result);

/* The exit status of a run, after err is printed if it failed. */
int ses_run_exit(enum ses_status status, const struct ses_run_result *result,
                 const struct ses_error *err);

#endif
