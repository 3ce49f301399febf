/* How alike classes are to a block, and how alike blocks are: representational
 * dissimilarity (Kriegeskorte et al., 2008) and linear centred kernel
 * alignment (Kornblith et al., arXiv:1905.00414). */
#ifndef SES_STATS_SIMILARITY_H
#define SES_STATS_SIMILARITY_H

#include "core/record/reader.h"

/* Dissimilarity of classes: 1 - Pearson's correlation of the class-mean gate
 * vectors, [n_classes][n_classes], 0 on the diagonal; NaN for a class without
 * images or a vector that does not vary. */
SES_MUST_CHECK enum ses_status ses_class_dissimilarity(
    const struct ses_run_file *run, size_t block, const size_t *classes,
    size_t n_classes, double *out, struct ses_error *err);

/* Likeness of blocks, each out [n_blocks][n_blocks]: Spearman's correlation of
 * the upper triangles of their class dissimilarities (rsa), and linear CKA of
 * the gates of all images (cka; NaN without rows). Of records of many images and
 * thousands of channels CKA takes a sample; see gate-products.h: it is of
 * *cka_images, 0 without rows. Any of the three may be NULL. SES_ENOTFOUND when no class has an image. */
SES_MUST_CHECK enum ses_status ses_block_similarity(
    const struct ses_run_file *run, const size_t *blocks, size_t n_blocks,
    const size_t *classes, size_t n_classes, double *rsa, double *cka,
    size_t *cka_images, struct ses_error *err);

#endif
