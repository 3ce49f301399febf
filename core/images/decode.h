/* What ses_image_decode() calls: one decoder a format. Each takes the whole
 * file, and leaves *out untouched on failure. */
#ifndef SES_IMAGES_DECODE_H
#define SES_IMAGES_DECODE_H

#include "core/images/image.h"


/* least_side: see ses_image_decode_fast(). */
SES_MUST_CHECK enum ses_status ses_jpeg_decode(const uint8_t *data,
                                               size_t size, int least_side,
                                               struct ses_image *out,
                                               struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_png_decode(const uint8_t *data,
                                              size_t size,
                                              struct ses_image *out,
                                              struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_webp_decode(const uint8_t *data,
                                               size_t size,
                                               struct ses_image *out,
                                               struct ses_error *err);

/* The EXIF orientation (1..8) of a JPEG, PNG or WebP file; 1 when there is
 * none, or when it makes no sense. */
int ses_exif_orientation(const uint8_t *data, size_t size);

/* Turn and mirror *image upright, given its EXIF orientation. */
SES_MUST_CHECK enum ses_status ses_image_orient(struct ses_image *image,
                                                int orientation,
                                                struct ses_error *err);

/* Whether a file of so many bytes may hold such a picture, where a coder sets
 * no bound (a lossless picture of one colour takes no bits at all): a small
 * picture always, a large one at a byte for every 4096 pixels. */
bool ses_claim_is_likely(size_t width, size_t height, size_t size);

/* "is a damaged JPEG file: <what a library says>"; its capital is made
 * small. */
enum ses_status ses_fail_damaged(struct ses_error *err, const char *format,
                                 const char *said);

#endif
