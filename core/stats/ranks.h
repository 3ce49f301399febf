/* Spearman's rank correlation (1904). */
#ifndef SES_STATS_RANKS_H
#define SES_STATS_RANKS_H

#include <stddef.h>

#include "core/base/error.h"

/* Ranks from 1 on of values [n], none of them NaN; equal ones share the mean
 * of theirs. SES_ENOMEM only. */
SES_MUST_CHECK enum ses_status ses_ranks(const double *values, size_t n,
                                         double *ranks, struct ses_error *err);

/* Pearson's correlation of two rows of n; NaN when one does not vary. Of
 * ranks, this is Spearman's. */
double ses_correlation(const double *a, const double *b, size_t n);

#endif
