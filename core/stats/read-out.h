/* Linear read-outs: a score for every class, of which the highest wins. */
#ifndef SES_STATS_READ_OUT_H
#define SES_STATS_READ_OUT_H

#include "core/stats/decodability.h"

/* score of class k: weight[k] . x + offset[k]; -INFINITY as the offset of a
 * class that is not to be said. */
struct ses_read_out {
    double *weight; /* [n_classes][channels] */
    double *offset; /* [n_classes] */
};

/* How many images of a fold it tells right, in float32 where that is enough
 * and in double where two scores are close. SES_ENOMEM only. */
SES_MUST_CHECK enum ses_status ses_read_out_test(
    const struct ses_read_out *read_out, const struct ses_class_images *images,
    const struct ses_folds *folds, size_t fold, size_t channels,
    const float *rows, size_t threads, size_t *right, struct ses_error *err);

/* The same of ridge regression, learnt from the other folds. sums:
 * [SES_FOLDS][n_classes][channels], of the rows of each fold's classes. */
SES_MUST_CHECK enum ses_status ses_ridge_fit(
    const struct ses_class_images *images, const struct ses_folds *folds,
    size_t channels, const float *rows, const double *sums, size_t threads,
    struct ses_read_out *out, struct ses_error *err);

/* Images of a class that are not in a fold, of those in any. */
double ses_learnt_from(const struct ses_class_images *images,
                       const struct ses_folds *folds, size_t class,
                       size_t fold);

#endif
