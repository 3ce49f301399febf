/* The images that statistics are of: those done, in the order of their
 * classes, so that a class is one stretch. */
#ifndef SES_STATS_CLASS_IMAGES_H
#define SES_STATS_CLASS_IMAGES_H

#include "core/record/reader.h"

struct ses_class_images {
    size_t n_classes, *classes; /* of the record, ascending, each with images */
    size_t *start;   /* [n_classes + 1]: class k has images start[k] on */
    size_t n;
    size_t *image;   /* [n]: of the record; ascending within a class */
    int32_t *class;  /* [n]: place in classes */
};

/* Of these classes (NULL: all). SES_ENOTFOUND when no image of them is done.
 * Caller frees with ses_class_images_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_class_images_init(
    const struct ses_run_file *run, const size_t *classes, size_t n_classes,
    struct ses_class_images *out, struct ses_error *err);
void ses_class_images_release(struct ses_class_images *images);

size_t ses_class_size(const struct ses_class_images *images, size_t class);

/* All excitations of a block into out [n][channels], which is the caller's:
 * zeroed before, if need be. */
SES_MUST_CHECK enum ses_status ses_class_rows(
    const struct ses_class_images *images, const struct ses_run_file *run,
    size_t block, float *out, struct ses_error *err);

#endif
