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

bool ses_path_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

bool ses_path_is_no_file(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}
