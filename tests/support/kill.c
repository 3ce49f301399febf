/* See kill.h. */
#include "tests/support/kill.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check.h"

/* Calls that are still let through; below 0 all are. A torn write does half
 * of its work before the end. */
static long calls_left = -1;
static long calls_seen;
static bool torn;

static bool is_last(void)
{
    calls_seen++;
    return calls_left >= 0 && calls_left-- == 0;
}

/* These take the place of the C library's, in HDF5 as well. */
ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    bool last = is_last();
    const struct iovec piece = { (void *)(uintptr_t)data,
                                 last ? size / 2 : size };
    if (last && !torn)
        raise(SIGKILL);
    ssize_t done = pwritev(fd, &piece, 1, at);
    if (last)
        raise(SIGKILL);
    return done;
}

int rename(const char *from, const char *to)
{
    if (is_last())
        raise(SIGKILL);
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int unlink(const char *path)
{
    if (is_last())
        raise(SIGKILL);
    return unlinkat(AT_FDCWD, path, 0);
}

/* What is in the page cache outlives a killed process. */
int fdatasync(int fd)
{
    return 0;
}

int fsync(int fd)
{
    return 0;
}

typedef enum ses_status (*work_fn)(const void *user, struct ses_error *err);

long kill_seen(void)
{
    return calls_seen;
}

static pid_t start(work_fn work, const void *user, long n, bool tear)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    struct ses_error err = { 0 };
    calls_left = n;
    torn = tear;
    enum ses_status status = work(user, &err);
    if (status != SES_OK)
        fprintf(stderr, "%s\n", err.message);
    _exit(status == SES_OK ? 0 : 1);
}

bool kill_at(work_fn work, const void *user, long n, bool tear)
{
    pid_t child = start(work, user, n, tear);
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    if (WIFSIGNALED(result)) {
        assert_int_equal(WTERMSIG(result), SIGKILL);
        return true;
    }
    assert_int_equal(WEXITSTATUS(result), 0);
    return false;
}

void kill_after(work_fn work, const void *user, unsigned microseconds)
{
    pid_t child = start(work, user, -1, false);
    usleep(microseconds);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
