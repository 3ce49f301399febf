/* Pictures small enough to stand in a figure. */
#ifndef SES_IMAGES_THUMBNAIL_H
#define SES_IMAGES_THUMBNAIL_H

#include "core/images/image.h"

/* The square in the middle of a picture, in three channels; resized to `side`
 * when it is larger than that. Caller releases *out with ses_image_release().
 * Thread-safe. */
SES_MUST_CHECK enum ses_status ses_thumbnail(const struct ses_image *image,
                                             int side, struct ses_image *out,
                                             struct ses_error *err);

#endif
