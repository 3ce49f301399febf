/* See parallel.h. */
#include "core/base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

enum { MOST = 256 };

struct crew {
    size_t n_tasks;
    atomic_size_t next;
    void (*work)(void *, size_t, size_t);
    void *user;
};

struct member {
    struct crew *crew;
    size_t thread;
    pthread_t id;
};

static void *take_part(void *argument)
{
    const struct member *member = argument;
    struct crew *crew = member->crew;
    for (;;) {
        size_t task = atomic_fetch_add(&crew->next, 1);
        if (task >= crew->n_tasks)
            return NULL;
        crew->work(crew->user, task, member->thread);
    }
}

size_t ses_threads(int wanted)
{
    long cores = wanted > 0 ? wanted : sysconf(_SC_NPROCESSORS_ONLN);
    if (cores < 1)
        return 1;
    return cores > MOST ? MOST : (size_t)cores;
}

void ses_parallel(size_t threads, size_t n_tasks,
                  void (*work)(void *user, size_t task, size_t thread),
                  void *user)
{
    struct crew crew = { .n_tasks = n_tasks, .work = work, .user = user };
    struct member members[MOST];
    size_t started = 1; /* the calling thread is the first */
    if (threads > n_tasks)
        threads = n_tasks;
    if (threads > MOST)
        threads = MOST;
    for (size_t i = 0; i < MOST; i++)
        members[i] = (struct member){ .crew = &crew, .thread = i };
    while (started < threads &&
           !pthread_create(&members[started].id, NULL, take_part,
                           &members[started]))
        started++;
    take_part(&members[0]);
    for (size_t i = 1; i < started; i++)
        pthread_join(members[i].id, NULL);
}
