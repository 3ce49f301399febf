/* Decoded pictures: 8 bits a sample, rows of interleaved channels. */
#ifndef SES_IMAGES_IMAGE_H
#define SES_IMAGES_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

struct ses_image {
    int width, height;
    int channels;    /* 1 (grey) or 3 (red, green, blue) */
    uint8_t *pixels; /* [height][width][channels], owned */
};

/* Largest picture that is decoded: bounds are checked before memory is asked
 * for. */
enum { SES_IMAGE_MAX_SIDE = 65500 };
#define SES_IMAGE_MAX_PIXELS ((size_t)1 << 28)

/* A zeroed image; caller releases with ses_image_release(). */
SES_MUST_CHECK enum ses_status ses_image_init(struct ses_image *image,
                                              int width, int height,
                                              int channels,
                                              struct ses_error *err);
void ses_image_release(struct ses_image *image);

/* Decode JPEG, PNG or WebP, told by content, to the pixels that Pillow's
 * Image.open(...).convert('RGB') has ('L' for grey files, which stay one
 * channel): CMYK and YCCK with Adobe's inversion, palettes, 16 bits, alpha
 * dropped. Truncated data are an error, never grey-filled. A broken EXIF
 * segment is nothing. exif_rotate applies its orientation. */
SES_MUST_CHECK enum ses_status ses_image_decode(const uint8_t *data,
                                                size_t size, bool exif_rotate,
                                                struct ses_image *out,
                                                struct ses_error *err);

#endif
