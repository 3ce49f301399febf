/* The channels whose gates mark a class out, and the images that drive
 * them. */
#ifndef SES_STATS_TOP_CHANNELS_H
#define SES_STATS_TOP_CHANNELS_H

#include "core/stats/analysis.h"
#include "core/stats/class-images.h"

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

/* A block's gates, read once for all of its classes. */
struct ses_top_block {
    const struct ses_run_file *run; /* borrowed */
    size_t channels;
    struct ses_class_images images;
    float *rows;                  /* [images.n][channels] */
    struct ses_class_part *parts; /* [channels][images.n_classes] */
};

/* Read the gates of the images of the n_classes classes (indices of run's;
 * NULL: all): one of them is told from the others. SES_ENOTFOUND without
 * rows or images. Caller frees with ses_top_block_release(), also after a
 * failure. */
SES_MUST_CHECK enum ses_status ses_top_block_init(
    const struct ses_run_file *run, size_t block, const size_t *classes,
    size_t n_classes, struct ses_top_block *out, struct ses_error *err);
void ses_top_block_release(struct ses_top_block *block);

/* The n channels of a block with the largest |d'| for one of its classes (an
 * index of the record's) against the others, largest first; *count of them,
 * fewer when the block has fewer. NaN intervals for a class of fewer than
 * SES_LEAST_DRAWN images. SES_ENOTFOUND for a class without images, or without
 * another. Thread-safe for distinct out. */
SES_MUST_CHECK enum ses_status ses_top_channels(
    const struct ses_top_block *block, size_t class_index, uint64_t seed,
    size_t n, size_t n_drivers, struct ses_top_channel *out, size_t *count,
    struct ses_error *err);

#endif
