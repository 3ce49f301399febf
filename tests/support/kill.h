/* Killing a process at a chosen system call of those that write. kill.c takes
 * the place of the C library's calls, in HDF5 as well, so it is a source of
 * the programs that use it and in no library. */
#ifndef SES_TESTS_KILL_H
#define SES_TESTS_KILL_H

#include <stdbool.h>

#include "core/base/error.h"

/* Calls that were made in this process. */
long kill_seen(void);

/* Run work in a child, to its n-th call from 0, or to its end with n below 0;
 * a torn write does half of its work before the end. False when it got to the
 * end, which must be SES_OK. */
bool kill_at(enum ses_status (*work)(const void *user, struct ses_error *err),
             const void *user, long n, bool tear);

/* The same, killed by the clock after some microseconds. */
void kill_after(enum ses_status (*work)(const void *user,
                                        struct ses_error *err),
                const void *user, unsigned microseconds);

#endif
