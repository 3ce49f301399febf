/* Arithmetic of sizes that the library of C lacks. */
#ifndef SES_BASE_NUMBER_H
#define SES_BASE_NUMBER_H

#include <stddef.h>

static inline size_t ses_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t ses_most(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* How many parts of `part` (not 0) n things make, the last one perhaps not
 * full. */
static inline size_t ses_divide_up(size_t n, size_t part)
{
    return n / part + (n % part > 0);
}

#endif
