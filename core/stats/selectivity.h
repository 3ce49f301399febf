/* How much of a channel's variance lies between classes, and how sure that
 * is. */
#ifndef SES_STATS_SELECTIVITY_H
#define SES_STATS_SELECTIVITY_H

#include "core/stats/class-moments.h"

/* eta squared (Fisher, 1925) and omega squared (Hays, 1963) of sums of squares
 * between n_classes classes of n images and within them. 0 without variance;
 * eta is NaN of a single class, omega also of classes of one image each. */
void ses_selectivity(double between, double within, double n_classes, double n,
                     double *eta, double *omega);

/* Which images the draws of a bootstrap took: n of n with replacement, the
 * same for every block of a record (Efron, 1979). */
struct ses_image_draws {
    size_t draws; /* a multiple of SES_DRAWS_AT_ONCE */
    float *times; /* [n][draws]: how often an image is in a draw */
    float *sizes; /* [n_classes][draws]: of the classes, in a draw */
};
enum { SES_DRAWS_AT_ONCE = 100 };

SES_MUST_CHECK enum ses_status ses_image_draws_init(
    const struct ses_class_images *images, size_t draws, uint64_t seed,
    struct ses_image_draws *out, struct ses_error *err);
void ses_image_draws_release(struct ses_image_draws *draws);

/* Classes of images after their labels were shuffled. */
enum { SES_SHUFFLES_AT_ONCE = 4 };
struct ses_shuffles {
    size_t shuffles; /* a multiple of SES_SHUFFLES_AT_ONCE */
    int32_t *class; /* [shuffles][n] */
};
SES_MUST_CHECK enum ses_status ses_shuffles_init(
    const struct ses_class_images *images, size_t shuffles, uint64_t seed,
    struct ses_shuffles *out, struct ses_error *err);
void ses_shuffles_release(struct ses_shuffles *shuffles);

/* Both take rows [images->n][channels] less each channel's mean.
 *
 * Selectivity in every draw, means over channels; eta, omega: [draws]. */
SES_MUST_CHECK enum ses_status ses_selectivity_draws(
    const struct ses_class_images *images, const struct ses_image_draws *draws,
    size_t channels, const float *rows, size_t threads, double *eta,
    double *omega, struct ses_error *err);

/* eta squared under every shuffle, means over channels; total: [channels],
 * all squares; eta: [shuffles]. */
SES_MUST_CHECK enum ses_status ses_selectivity_shuffled(
    const struct ses_class_images *images, const struct ses_shuffles *shuffles,
    size_t channels, const float *rows, const double *total, size_t threads,
    double *eta, struct ses_error *err);

#endif
