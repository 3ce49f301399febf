/* What is said on standard error, each on one line: `sescope: message`. */
#ifndef SES_CLI_DIAGNOSTICS_H
#define SES_CLI_DIAGNOSTICS_H

#include <stdbool.h>

#include "core/base/error.h"

/* Exit statuses (sescope(1)). */
enum ses_exit {
    SES_EXIT_OK = 0,
    SES_EXIT_FAILED = 1,    /* the work could not be done */
    SES_EXIT_USAGE = 2,     /* wrong usage */
    SES_EXIT_UNREADABLE = 3 /* finished, but some images were not read */
};

/* Print the error; returns the exit status that goes with it. */
int ses_report_error(const struct ses_error *err);

void ses_report_failure(const char *format, ...) SES_PRINTF(1, 2);
void ses_report_warning(const char *format, ...) SES_PRINTF(1, 2);
void ses_report_note(const char *format, ...) SES_PRINTF(1, 2);

/* Lines of a core function's notes (may be NULL), one note each. */
void ses_report_notes(const char *lines);

/* Notes are not printed any more (--quiet). */
void ses_report_quietly(bool quiet);

/* Print a text of any length; why a write failed is kept for
 * ses_close_stdout(). */
void ses_print(const char *text);

/* Standard output is complete: flush and close it. A write that failed (a
 * full disk) is reported and turns a status of 0 into 1. */
int ses_close_stdout(int status);

#endif
