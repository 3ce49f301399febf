/* See child.h. */
#include "core/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A few bytes of a damaged file can unpack to all there is of memory. What the
 * process has already, its parent's, does not count. */
static void limit_memory(size_t room)
{
    struct rlimit limit;
    unsigned long long pages;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    FILE *counts = fopen("/proc/self/statm", "re");
    bool known = counts && fscanf(counts, "%*s %*s %*s %*s %*s %llu",
                                  &pages) == 1;
    if (counts)
        fclose(counts);
    if (!known || __builtin_add_overflow(room, pages * page, &room))
        return;
    limit.rlim_cur = limit.rlim_max = room;
    setrlimit(RLIMIT_DATA, &limit);
}

void ses_child_limit_time(unsigned seconds)
{
    struct rusage used;
    struct rlimit limit;
    if (getrusage(RUSAGE_SELF, &used) != 0 ||
        getrlimit(RLIMIT_CPU, &limit) != 0)
        return;
    limit.rlim_cur = (rlim_t)used.ru_utime.tv_sec +
                     (rlim_t)used.ru_stime.tv_sec + seconds + 1;
    if (limit.rlim_cur > limit.rlim_max)
        limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_CPU, &limit);
}

/* In the child: nothing of it may be seen but what goes through the socket. A
 * fault ends it, whatever its parent does about one, and so does its parent's
 * end; a key that is pressed is its parent's concern. */
static _Noreturn void become_child(int socket,
                                   const struct ses_child_limits *limits,
                                   ses_child_work *work, void *user)
{
    struct rlimit none = { 0, 0 };
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    for (int fd = 0; fd <= 2 && nowhere >= 0; fd++)
        if (fd != socket)
            dup2(nowhere, fd);
    setrlimit(RLIMIT_CORE, &none);
    ses_child_limit_time(limits->seconds);
    limit_memory(limits->memory);
    work(socket, user);
    _exit(0);
}

enum ses_status ses_child_start(struct ses_child *child,
                                const struct ses_child_limits *limits,
                                ses_child_work *work, void *user,
                                struct ses_error *err)
{
    int ends[2];
    *child = (struct ses_child){ 0 };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return ses_fail_errno(err, errno, "cannot start a process to read in");
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        become_child(ends[1], limits, work, user);
    }
    int problem = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return ses_fail_errno(err, problem, "cannot start a process to read in");
    }
    *child = (struct ses_child){ pid, ends[0] };
    return SES_OK;
}

/* Children only read, so they may be stopped whatever they are at. */
void ses_child_stop(struct ses_child *child)
{
    if (child->pid <= 0)
        return;
    close(child->socket);
    kill(child->pid, SIGKILL);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    child->pid = 0;
}

bool ses_send_bytes(int socket, const void *data, size_t size)
{
    const uint8_t *at = data;
    while (size) {
        ssize_t n = send(socket, at, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        size -= (size_t)n;
    }
    return true;
}

bool ses_receive_bytes(int socket, void *data, size_t size)
{
    uint8_t *at = data;
    while (size) {
        ssize_t n = recv(socket, at, size, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += n;
        size -= (size_t)n;
    }
    return true;
}
