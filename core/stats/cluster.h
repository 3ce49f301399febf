/* Like vectors beside each other: average linkage (UPGMA; Sokal and Michener,
 * 1958) on correlation distance, by chains of nearest neighbours (Muellner,
 * arXiv:1109.2378). */
#ifndef SES_STATS_CLUSTER_H
#define SES_STATS_CLUSTER_H

#include <stddef.h>

#include "core/base/error.h"

/* Two clusters become one: 0 .. n - 1 are vectors, n + i is what merge i made.
 * first < second. */
struct ses_merge {
    size_t first, second;
    double distance;
};

/* Cluster n > 0 vectors of `length` numbers: number j of vector i is
 * values[i * vector_step + j * number_step].
 * Distance is 1 - Pearson's correlation; 1 from a vector that does not vary,
 * and 2, the largest, from one that has no number. Numbers that are missing
 * in some of the others are left out of all.
 * order: [n], the vectors as leaves of the tree, the cluster of the lower
 * number first, and those without a number behind the others.
 * merges: [n - 1], nearest first; NULL: not wanted.
 * The same values give the same order. SES_ENOMEM only. */
SES_MUST_CHECK enum ses_status ses_cluster(const double *values, size_t n,
                                           size_t length, size_t vector_step,
                                           size_t number_step, size_t *order,
                                           struct ses_merge *merges,
                                           struct ses_error *err);

#endif
