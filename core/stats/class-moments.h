/* Means and squares of every channel within every class, in double: what
 * selectivity, distances and spreads are made of. One pass over the gates
 * (Welford, 1962), and classes put together after Chan et al. (1983). */
#ifndef SES_STATS_CLASS_MOMENTS_H
#define SES_STATS_CLASS_MOMENTS_H

#include "core/stats/class-images.h"

struct ses_class_moments {
    size_t n_classes, channels;
    double n, *count; /* of images; [n_classes] */
    double *mean;     /* [n_classes][channels] */
    double *square;   /* the same: sums of squared distances from the mean */
};

/* What gates said, by value: sums over images and channels. */
struct ses_gate_sums {
    double n, below, above; /* gates; of them < .01, > .99 */
    double from_one;        /* |1 - gate| */
    double entropy, coins;  /* bits of gates in 0..1, and how many these are */
};

/* Of rows [images->n][channels] as ses_class_rows() gives them. */
SES_MUST_CHECK enum ses_status ses_class_moments_of_rows(
    const struct ses_class_images *images, size_t channels, const float *rows,
    size_t threads, struct ses_class_moments *out, struct ses_gate_sums *sums,
    struct ses_error *err);

/* Of a record's own moments (float32). Both: caller frees with
 * ses_class_moments_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_class_moments_of_summary(
    const struct ses_class_images *images, const struct ses_run_file *run,
    size_t block, struct ses_class_moments *out, struct ses_error *err);
void ses_class_moments_release(struct ses_class_moments *moments);

/* mean, between, within: [channels]; sums of squares between classes and
 * within them. */
void ses_class_moments_total(const struct ses_class_moments *moments,
                             double *mean, double *between, double *within);

#endif
