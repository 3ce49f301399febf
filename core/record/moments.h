/* Running mean, standard deviation, minimum and maximum of every channel in
 * every class, one image at a time (Welford 1962: no cancellation, whatever
 * the mean). */
#ifndef SES_RECORD_MOMENTS_H
#define SES_RECORD_MOMENTS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

struct ses_moments {
    size_t classes, channels;
    uint64_t *count; /* [classes] */
    double *mean;    /* [classes][channels] */
    double *square;  /* [classes][channels]: sum of squared distances from the
                      * mean */
    float *min, *max; /* [classes][channels] */
};

/* Empty moments: 24 bytes a channel and class. */
SES_MUST_CHECK enum ses_status ses_moments_init(struct ses_moments *moments,
                                                size_t classes,
                                                size_t channels,
                                                struct ses_error *err);
void ses_moments_release(struct ses_moments *moments);

/* Take in one image; row is [channels]. A NaN makes its channel's mean, std,
 * min and max NaN, as in numpy. */
void ses_moments_add(struct ses_moments *moments, size_t class,
                     const float *row);

/* The sample standard deviation (divisor n - 1) is 0 for fewer than two
 * images; mean, min and max of none are NaN. Any of the arrays may be NULL. */
void ses_moments_result(const struct ses_moments *moments, float *mean,
                        float *std, float *min, float *max);

#endif
