/* How much of the class can be told from a block's gates alone: accuracy of
 * the nearest class mean and of a linear read-out, each learnt from four
 * fifths of the images and tried on the others (stratified cross-validation).
 * Classes of one image have nothing to learn from and are left out. */
#ifndef SES_STATS_DECODABILITY_H
#define SES_STATS_DECODABILITY_H

#include "core/stats/class-images.h"

enum { SES_FOLDS = 5 };

/* The parts of a cross-validation. */
struct ses_folds {
    size_t n_classes; /* with two images and more */
    size_t n;         /* images of them */
    double chance;    /* share of the largest of these classes: what one gets
                       * who always says it */
    uint8_t *fold;    /* [images->n]; SES_FOLDS: left out */
    size_t *row[SES_FOLDS]; /* images of a fold, ascending: places in images */
    size_t size[SES_FOLDS];
};

/* Images of a class are shuffled and dealt out in turn. Caller frees with
 * ses_folds_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_folds_init(
    const struct ses_class_images *images, uint64_t seed,
    struct ses_folds *out, struct ses_error *err);
void ses_folds_release(struct ses_folds *folds);

/* How many images are told right. rows: [images->n][channels], less each
 * channel's mean; folds of two classes and more.
 *
 * nearest: Euclidean distance to the class means; of two at the same distance
 * the first class. ridge: least squares on one column a class (1 for its
 * images, else 0) with an intercept, and a penalty of the sum of all
 * variances over the channels: as much noise as there is signal. */
SES_MUST_CHECK enum ses_status ses_decode(
    const struct ses_class_images *images, const struct ses_folds *folds,
    size_t channels, const float *rows, size_t threads, size_t *nearest,
    size_t *ridge, struct ses_error *err);

/* The 95 % interval of a share of n, over all draws of n with replacement: the
 * points of the binomial distribution, which is what ever more draws of a
 * bootstrap come to. */
void ses_share_interval(size_t right, size_t n, double *low, double *high);

#endif
