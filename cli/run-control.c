/* See run-control.h. */
#include "cli/run-control.h"

#include <signal.h>
#include <sys/stat.h>

#include "cli/diagnostics.h"

static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int number)
{
    stop_asked = 1;
}

void ses_catch_signals(void)
{
    struct sigaction action = { .sa_handler = ask_to_stop,
                                .sa_flags = SA_RESETHAND | SA_RESTART };
    sigemptyset(&action.sa_mask);
    static const int signals[] = { SIGINT, SIGTERM };
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct sigaction before;
        /* A shell's background jobs are started with SIGINT ignored. */
        if (sigaction(signals[i], NULL, &before) == 0 &&
            before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

bool ses_on_progress(void *user, const struct ses_progress *progress)
{
    ses_bar_update(user, progress);
    return !stop_asked;
}

void ses_on_unreadable(void *user, const char *path, const char *reason)
{
    /* reasons are written to follow the path */
    ses_report_failure("'%s' %s", path, reason);
}

static bool path_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

static bool is_no_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

bool ses_output_check(const struct ses_command *self,
                      const struct ses_output *output, int *exit_status)
{
    const char *path = output->path;
    if (output->resume && output->overwrite)
        *exit_status = ses_command_misuse(
            self, "--resume and --overwrite exclude each other");
    else if (path && is_no_file(path))
        *exit_status = ses_command_misuse(
            self, "'%s' exists and is no regular file", path);
    else if (path && !output->resume && !output->overwrite &&
             path_exists(path))
        *exit_status = ses_command_misuse(
            self, "'%s' exists; --resume continues it, --overwrite replaces "
                  "it",
            path);
    else
        return true;
    return false;
}

bool ses_output_is_new(const struct ses_output *output)
{
    if (!output->resume)
        return true;
    if (path_exists(output->path))
        return false;
    ses_report_note("'%s' does not exist yet and is begun", output->path);
    return true;
}

enum ses_status ses_run_outcome(enum ses_status status,
                                const uint8_t *statuses, size_t n, bool made,
                                bool *keep, struct ses_error *err)
{
    size_t done = 0;
    for (size_t i = 0; i < n; i++)
        done += statuses[i] == SES_IMAGE_DONE;
    *keep = done > 0 || !made || status == SES_ESTOPPED;
    if (!status && done == 0)
        return ses_fail(err, SES_EIO, "none of the %zu images could be read",
                        n);
    if (status == SES_ESTOPPED)
        return ses_fail(err, SES_ESTOPPED,
                        "stopped at %zu of %zu images; the same command with "
                        "--resume goes on",
                        done, n);
    return status;
}

void ses_report_result(const struct ses_run_result *result)
{
    if (result->not_finite)
        ses_report_warning("the network makes NaN or infinite numbers of %zu "
                           "of %zu images; is --preprocess right?",
                           result->not_finite, result->images);
    if (result->unreadable)
        ses_report_failure("%zu of %zu images could not be read",
                           result->unreadable, result->images);
    ses_report_run(result->images - result->resumed, result->seconds);
}

int ses_run_exit(enum ses_status status, const struct ses_run_result *result,
                 const struct ses_error *err)
{
    if (status)
        return ses_report_error(err);
    return result->unreadable ? SES_EXIT_UNREADABLE : SES_EXIT_OK;
}
