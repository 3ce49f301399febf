/* Squared length of X'Y, over all pairs of blocks, of their gates X and Y less
 * each channel's mean: what linear CKA is made of. */
#ifndef SES_STATS_GATE_PRODUCTS_H
#define SES_STATS_GATE_PRODUCTS_H

#include "core/record/reader.h"

enum { SES_SAMPLE = 2000 };

/* out: [n_blocks][n_blocks]. Of all images of the classes; where these and
 * the channels are too many, of SES_SAMPLE images that lie evenly in the order
 * of classes. *n_images: of how many in the end. */
SES_MUST_CHECK enum ses_status ses_gate_products(
    const struct ses_run_file *run, const size_t *blocks, size_t n_blocks,
    const size_t *classes, size_t n_classes, double *out,
    size_t *n_images, struct ses_error *err);

#endif
