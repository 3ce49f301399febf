/* What the library of C lacks of arithmetic. */
#ifndef SES_BASE_NUMBER_H
#define SES_BASE_NUMBER_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* Size of the equal parts, of at most `most`, that a total of at least 1 is cut
 * into. */
static inline size_t ses_level(size_t total, size_t most)
{
    return ses_divide_up(total, ses_divide_up(total, most));
}

/* *sum += a * b; false, with *sum as it was, when that overflows. */
static inline bool ses_add_product(uintmax_t *sum, uintmax_t a, uintmax_t b)
{
    uintmax_t product, total;
    if (__builtin_mul_overflow(a, b, &product) ||
        __builtin_add_overflow(*sum, product, &total))
        return false;
    *sum = total;
    return true;
}

static inline bool ses_are_finite(const float *values, size_t n)
{
    bool finite = true;
    for (size_t i = 0; i < n; i++)
        finite &= isfinite(values[i]) != 0;
    return finite;
}

#endif
