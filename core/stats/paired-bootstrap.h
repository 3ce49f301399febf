/* Bootstrap of several means over the same images (Efron, 1979; percentile
 * method): an image is drawn with all its results, so that differences between
 * them are paired. */
#ifndef SES_STATS_PAIRED_BOOTSTRAP_H
#define SES_STATS_PAIRED_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "core/stats/bootstrap.h"

/* rows: [n_rows] of [n] values, n > 0; borrowed. out: [n_rows]
 * [SES_BOOTSTRAP_DRAWS] means of draws of n images with replacement, the same
 * draws for every row. They depend on seed and n alone. SES_ENOMEM only. */
SES_MUST_CHECK enum ses_status ses_bootstrap_draws(
    const float *const *rows, size_t n_rows, size_t n, uint64_t seed,
    double *out, struct ses_error *err);

/* The 2.5 % and 97.5 % points of SES_BOOTSTRAP_DRAWS values, which are sorted;
 * NaN when one is. */
void ses_bootstrap_interval(double *draws, double *low, double *high);

#endif
