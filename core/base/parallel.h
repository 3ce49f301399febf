/* The same work on many things, by several threads. */
#ifndef SES_BASE_PARALLEL_H
#define SES_BASE_PARALLEL_H

#include <stddef.h>

/* As many threads as were asked for, or as there are cores for 0. */
size_t ses_threads(int wanted);

/* work(user, task, thread) of tasks 0 .. n_tasks - 1, each once, in no order
 * that can be relied on; thread is below `threads`, and one task at a time has
 * it. Returns when all are done. A thread that cannot be started is done
 * without: the calling one works, too. */
void ses_parallel(size_t threads, size_t n_tasks,
                  void (*work)(void *user, size_t task, size_t thread),
                  void *user);

#endif
