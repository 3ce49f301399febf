/* What commands that run a network over images share: signals, progress, and
 * the file they write to. */
#ifndef SES_CLI_RUN_CONTROL_H
#define SES_CLI_RUN_CONTROL_H

#include "cli/progress.h"

/* From here on SIGINT and SIGTERM ask the run to stop; the second of a kind
 * ends the program at once. */
void ses_catch_signals(void);

/* For a runner's progress (user: a struct ses_bar) and unreadable. */
bool ses_on_progress(void *user, const struct ses_progress *progress);
void ses_on_unreadable(void *user, const char *path, const char *reason);

bool ses_path_exists(const char *path);

/* Something that results must not replace: a device, a folder. */
bool ses_path_is_no_file(const char *path);

#endif
