/* Bootstrap intervals of means (Efron, 1979; percentile method): images are
 * drawn with replacement, seeded, so that the same inputs give the same
 * interval on every machine. */
#ifndef SES_STATS_BOOTSTRAP_H
#define SES_STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

enum { SES_BOOTSTRAP_DRAWS = 1000 };

/* rows: [n][channels], n > 0; borrowed. low, high: [channels], the 2.5 % and
 * 97.5 % points of the means of SES_BOOTSTRAP_DRAWS draws of n rows (linear
 * between order statistics). SES_ENOMEM only. */
SES_MUST_CHECK enum ses_status ses_bootstrap_mean(const float *rows, size_t n,
                                                  size_t channels,
                                                  uint64_t seed, double *low,
                                                  double *high,
                                                  struct ses_error *err);

double ses_average(const double *values, size_t n);

/* Of n > 0 sorted values, p in 0..1: linear between order statistics. */
double ses_quantile(const double *sorted, size_t n, double p);

/* For qsort(), of double; NaN is in no order. */
int ses_compare_doubles(const void *a, const void *b);

/* The 2.5 % and 97.5 % points of n > 0 values (linear between order
 * statistics), none of them NaN; they are sorted. */
void ses_percentile_interval(double *values, size_t n, double *low,
                             double *high);

#endif
