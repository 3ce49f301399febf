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
 * for. The pixels are those where Pillow refuses, too. */
enum { SES_IMAGE_MAX_SIDE = 65500 };
#define SES_IMAGE_MAX_PIXELS ((size_t)178956970)

/* A zeroed image; caller releases with ses_image_release(). A size outside of
 * the bounds is SES_EUNSUPPORTED. */
SES_MUST_CHECK enum ses_status ses_image_init(struct ses_image *image,
                                              int width, int height,
                                              int channels,
                                              struct ses_error *err);
void ses_image_release(struct ses_image *image);

/* Decode JPEG, PNG or WebP, told by content, to the pixels that Pillow's
 * Image.open(...).convert('RGB') has ('L' for grey files, which stay one
 * channel): CMYK and YCCK with Adobe's inversion, palettes, alpha dropped.
 *
 * Where Pillow is not followed: of 16-bit grey PNGs the high byte is taken
 * (Pillow clips all above 255 to white, while it takes the high byte of 16-bit
 * colour); an animated WebP is SES_EUNSUPPORTED (Pillow takes the first
 * frame); and JPEGs whose compressed data are damaged or end early are
 * SES_EFORMAT even when an end marker follows (Pillow fills with grey). A file
 * that is cut anywhere is an error.
 *
 * A broken EXIF segment is nothing. exif_rotate applies its orientation as
 * Pillow's ImageOps.exif_transpose(). Errors do not name the file: they go
 * on after a name ("is a GIF picture, expected JPEG, PNG or WebP").
 * Thread-safe. Caller releases *out with ses_image_release(). */
SES_MUST_CHECK enum ses_status ses_image_decode(const uint8_t *data,
                                                size_t size, bool exif_rotate,
                                                struct ses_image *out,
                                                struct ses_error *err);

/* The same, but a JPEG may be decoded at a half, a quarter or an eighth of its
 * size (by fewer coefficients of its cosine transform) as long as its shorter
 * side keeps least_side pixels: quicker, and other pixels. 0: never. */
SES_MUST_CHECK enum ses_status ses_image_decode_fast(
    const uint8_t *data, size_t size, bool exif_rotate, int least_side,
    struct ses_image *out, struct ses_error *err);

#endif
