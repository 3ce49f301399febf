/* How often a block's gates have which value, class by class: exact counts in
 * equal bins, so that nothing is smoothed beyond the data or across the bounds
 * of a gate. */
#ifndef SES_STATS_GATE_HISTOGRAM_H
#define SES_STATS_GATE_HISTOGRAM_H

#include "core/record/reader.h"

struct ses_gate_histogram {
    size_t n_classes, bins;
    double low, high;  /* of the first and last bin */
    uint64_t *counts;  /* [n_classes][bins]; a bin holds its lower edge, the
                        * last one both of its edges */
    uint64_t *total;   /* [n_classes] gates that are numbers */
    uint64_t *below, *above; /* [n_classes] < .01, > .99 */
    double *sum;       /* [n_classes] */
};

/* Smallest and largest gate of the classes into *low and *high, which are left
 * as they are where all gates lie between them. */
SES_MUST_CHECK enum ses_status ses_gate_range(
    const struct ses_run_file *run, size_t block, const size_t *classes,
    size_t n_classes, double *low, double *high, struct ses_error *err);

/* Gates of all channels and all done images of the classes (each at most
 * once); gates beyond low .. high count in the first and last bin.
 * SES_ENOTFOUND for a record without rows. Caller frees with
 * ses_gate_histogram_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_gate_histogram_init(
    const struct ses_run_file *run, size_t block, const size_t *classes,
    size_t n_classes, size_t bins, double low, double high,
    struct ses_gate_histogram *out, struct ses_error *err);
void ses_gate_histogram_release(struct ses_gate_histogram *histogram);

#endif
