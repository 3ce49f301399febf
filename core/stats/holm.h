/* Holm's correction (Holm, 1979): p of several tests, so that the chance of
 * one false finding among all of them stays what it is for one. */
#ifndef SES_STATS_HOLM_H
#define SES_STATS_HOLM_H

#include <stddef.h>

#include "core/base/error.h"

/* p, out: [n], which may be the same. NaN is no test and stays. SES_ENOMEM
 * only. */
SES_MUST_CHECK enum ses_status ses_holm(const double *p, size_t n, double *out,
                                        struct ses_error *err);

#endif
