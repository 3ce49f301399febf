/* See diagnostics.h. Names in messages come from files that others made, so
 * control characters are shown as escapes: a layer name can neither forge a
 * second line nor talk to the terminal. */
#include "cli/diagnostics.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/progress.h"
#include "core/base/text.h"

static bool silent;
static bool stdout_closed;
static int stdout_errno; /* of the first write that failed */

void ses_report_quietly(bool quiet)
{
    silent = quiet;
}

static void flush_stdout(void)
{
    if (!stdout_closed && fflush(stdout) != 0 && !stdout_errno)
        stdout_errno = errno;
}

static void put_line(const char *kind, const char *text)
{
    struct ses_text line = { 0 };
    ses_text_add(&line, "sescope: %s", kind);
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            ses_text_add(&line, "\\x%02x", (unsigned)(unsigned char)*c);
        else
            ses_text_add(&line, "%c", *c);
    }
    ses_text_add(&line, "\n");
    ses_bar_hide();
    /* In the order they were written, where both streams go to one file. */
    flush_stdout();
    fputs(line.failed ? "sescope: no memory\n" : line.data, stderr);
    ses_text_release(&line);
}

SES_PRINTF(2, 0)
static void put_format(const char *kind, const char *format, va_list args)
{
    char text[SES_ERROR_SIZE];
    vsnprintf(text, sizeof text, format, args);
    put_line(kind, text);
}

int ses_report_error(const struct ses_error *err)
{
    put_line("", err->message);
    return err->status == SES_EUSAGE ? SES_EXIT_USAGE : SES_EXIT_FAILED;
}

void ses_report_failure(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_format("", format, args);
    va_end(args);
}

void ses_report_warning(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    put_format("warning: ", format, args);
    va_end(args);
}

void ses_report_note(const char *format, ...)
{
    if (silent)
        return;
    va_list args;
    va_start(args, format);
    put_format("note: ", format, args);
    va_end(args);
}

void ses_report_notes(const char *lines)
{
    while (lines && *lines) {
        size_t length = strcspn(lines, "\n");
        if (length)
            ses_report_note("%.*s", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

void ses_print(const char *text)
{
    if (fputs(text, stdout) == EOF && !stdout_errno)
        stdout_errno = errno;
}

int ses_close_stdout(int status)
{
    flush_stdout();
    bool failed = ferror(stdout) != 0;
    stdout_closed = true;
    if (fclose(stdout) != 0 && !stdout_errno)
        stdout_errno = errno;
    if (failed || stdout_errno) {
        ses_report_failure("cannot write to standard output: %s",
                           stdout_errno ? strerror(stdout_errno)
                                        : "a write failed");
        if (status == SES_EXIT_OK)
            status = SES_EXIT_FAILED;
    }
    return status;
}
