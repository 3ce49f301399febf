/* The images of a record, found again. */
#ifndef SES_CLI_RUN_IMAGES_H
#define SES_CLI_RUN_IMAGES_H

#include "core/images/set.h"
#include "core/record/reader.h"

/* Open the set of a record: where it says it is, or at `images`; a list's
 * pictures at image_root. Either may be NULL. Caller frees with
 * ses_set_free(). */
SES_MUST_CHECK enum ses_status ses_run_images_open(
    const struct ses_run_file *run, const char *images,
    const char *image_root, struct ses_set **out, struct ses_error *err);

/* A square of at most `side` pixels from the middle of an image of the record,
 * red, green and blue. SES_ENOTFOUND when the set has none of its path. Caller
 * releases *out with ses_image_release(). */
SES_MUST_CHECK enum ses_status ses_run_images_thumbnail(
    const struct ses_run_file *run, const struct ses_set *set, size_t image,
    int side, struct ses_image *out, struct ses_error *err);

#endif
