/* What a variant costs and saves, against the network as it is, on the same
 * images. */
#ifndef SES_ABLATION_MEASURE_H
#define SES_ABLATION_MEASURE_H

#include "core/ablation/file.h"

/* Differences are forced minus unforced; intervals are 95 % bootstrap
 * intervals over images (paired: an image is drawn with both its results). */
struct ses_measure {
    size_t images;            /* done */
    size_t labelled;          /* of them, those whose class has an output */
    double top1, top5, loss;  /* shares 0..1, nats; NaN without labels */
    double top1_low, top1_high;
    double top1_change, top1_change_low, top1_change_high;
    double loss_change, loss_change_low, loss_change_high;
    double agreement;         /* share of images predicted as unforced */
    double divergence;        /* mean KL(unforced || forced), nats */
    double probability_change; /* of the true class, mean */
    size_t lost, gained; /* right before and wrong now; wrong and right now */
    double p;            /* McNemar's exact test, two-sided */
    double p_holm;       /* corrected over the variants of its sweep; p itself
                          * of what belongs to none */
    int64_t parameters_saved, madds_saved;
    double over_plain; /* SE parameters kept, over the network without any; NaN
                        * when it has nothing else */
};

/* An image counts for top-1, top-5, loss and probability when its class has an
 * output. Intervals and tests need labelled images; without any they are NaN.
 * The first variant is what the others are compared with: its differences are
 * 0, and p is NaN.
 *
 * Over the images marked in chosen [n_images] (NULL: all) that are done.
 * out [n_variants]. */
SES_MUST_CHECK enum ses_status ses_measure(const struct ses_ablation *ablation,
                                           const uint8_t *chosen,
                                           uint64_t seed,
                                           struct ses_measure *out,
                                           struct ses_error *err);

#endif
