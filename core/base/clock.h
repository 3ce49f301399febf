/* Time that goes by, whatever the clock on the wall is set to. */
#ifndef SES_BASE_CLOCK_H
#define SES_BASE_CLOCK_H

#include <time.h>

/* Seconds since some moment that stays the same. */
static inline double ses_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
