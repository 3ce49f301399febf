/* The channels whose gates mark a class out, and the images that drive
 * them. */
#ifndef SES_STATS_TOP_CHANNELS_H
#define SES_STATS_TOP_CHANNELS_H

#include "core/stats/analysis.h"

enum {
    SES_MOST_DRIVERS = 8,
    /* A class of fewer images has no interval of d': draws of so few are often
     * one image over and over, and say nothing of its spread. */
    SES_LEAST_DRAWN = 5
};

struct ses_top_channel {
    int channel;
    double mean, others; /* of the class; mean of the other classes' means */
    /* d': mean - others, over the root mean of the variances within the class
     * and within the others (pooled). */
    struct ses_estimate d_prime;
    size_t n_drivers;
    size_t drivers[SES_MOST_DRIVERS]; /* images of the record, of the class,
                                       * strongest first (weakest when d' is
                                       * negative) */
    float gates[SES_MOST_DRIVERS];    /* what the gate said of them */
};

/* The n channels of a block with the largest |d'| for a class (an index of
 * run's), largest first; *count of them, fewer when the block has fewer. others
 * are the n_classes classes (the class itself is left out of them). NaN
 * intervals for a class of fewer than SES_LEAST_DRAWN images. SES_ENOTFOUND without rows. */
SES_MUST_CHECK enum ses_status ses_top_channels(
    const struct ses_run_file *run, size_t block, size_t class_index,
    const size_t *classes, size_t n_classes, uint64_t seed, size_t n,
    size_t n_drivers, struct ses_top_channel *out, size_t *count,
    struct ses_error *err);

#endif
