/* Class means of one block over a choice of channels: the lines of the
 * activation figure (Hu et al., arXiv:1709.01507, section 6). */
#ifndef SES_STATS_CLASS_CURVES_H
#define SES_STATS_CLASS_CURVES_H

#include <stdbool.h>

#include "core/record/reader.h"

struct ses_class_curves {
    size_t n_classes, n_channels;
    double *mean; /* [n_classes][n_channels]; NaN: a class without images */
    double *std;  /* the same shape, sample standard deviations over images;
                   * NaN: a class of fewer than two images */
    double *low, *high; /* the same shape, 95 % bootstrap intervals over
                         * images; NaN: a class of fewer than two images;
                         * NULL: not asked for */
    double *overall; /* [n_channels]: mean of the class means, over all classes
                      * of the record that have images, so that a class counts
                      * the same whatever its number of images */
    size_t overall_classes;
};

/* classes: indices of the record's classes to draw; channels: of the block's
 * channels. bands needs a record with rows. Caller frees with
 * ses_class_curves_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_class_curves_init(
    const struct ses_run_file *run, size_t block, const size_t *classes,
    size_t n_classes, const int *channels, size_t n_channels, bool bands,
    uint64_t seed, struct ses_class_curves *out, struct ses_error *err);
void ses_class_curves_release(struct ses_class_curves *curves);

#endif
