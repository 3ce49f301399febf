/* Pictures in memory, and which decoder a file needs: told by its first
 * bytes, since file names lie (the ImageNet set has a PNG named .JPEG). */
#include "core/images/image.h"

#include <assert.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/images/decode.h"

enum ses_status ses_image_init(struct ses_image *image, int width, int height,
                               int channels, struct ses_error *err)
{
    assert(channels == 1 || channels == 3);
    memset(image, 0, sizeof *image);
    if (width < 1 || height < 1)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "is %dx%d pixels, expected at least 1x1", width,
                        height);
    if (width > SES_IMAGE_MAX_SIDE || height > SES_IMAGE_MAX_SIDE ||
        (size_t)width * (size_t)height > SES_IMAGE_MAX_PIXELS)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "is %dx%d pixels, expected at most %d a side and %zu "
                        "in all",
                        width, height, SES_IMAGE_MAX_SIDE,
                        SES_IMAGE_MAX_PIXELS);
    size_t count = (size_t)width * (size_t)height;
    uint8_t *pixels = ses_calloc(count, (size_t)channels);
    if (!pixels)
        return ses_fail_memory(err, "a picture");
    *image = (struct ses_image){
        .width = width, .height = height, .channels = channels,
        .pixels = pixels
    };
    return SES_OK;
}

void ses_image_release(struct ses_image *image)
{
    free(image->pixels);
    memset(image, 0, sizeof *image);
}

bool ses_claim_is_likely(size_t width, size_t height, size_t size)
{
    size_t pixels;
    return ses_multiply(width, height, &pixels) &&
           (pixels <= (size_t)1 << 24 || pixels / 4096 <= size);
}

enum ses_status ses_fail_damaged(struct ses_error *err, const char *format,
                                 const char *said)
{
    bool word = said[0] && islower((unsigned char)said[1]);
    return ses_fail(err, SES_EFORMAT, "is a damaged %s file: %c%s", format,
                    word ? tolower((unsigned char)said[0]) : said[0],
                    said[0] ? said + 1 : "");
}

struct magic {
    size_t at, length;
    const char *bytes;
    const char *name;
};

static bool has_magic(const uint8_t *data, size_t size,
                      const struct magic *magic)
{
    return size >= magic->at + magic->length &&
           memcmp(data + magic->at, magic->bytes, magic->length) == 0;
}

/* Neither control characters nor what never is in UTF-8, in the first
 * bytes. */
static bool looks_like_text(const uint8_t *data, size_t size)
{
    size_t most = size < 512 ? size : 512;
    for (size_t i = 0; i < most; i++)
        if ((data[i] < 0x20 && !isspace(data[i])) || data[i] >= 0xf5)
            return false;
    return true;
}

static enum ses_status fail_unknown(const uint8_t *data, size_t size,
                                    struct ses_error *err)
{
    static const struct magic others[] = {
        { 0, 2, "\x1f\x8b", "gzip-compressed (gunzip it first)" },
        { 0, 4, "GIF8", "a GIF picture" },
        { 0, 4, "II*\0", "a TIFF picture" },
        { 0, 4, "MM\0*", "a TIFF picture" },
        { 4, 4, "jP  ", "a JPEG 2000 picture" },
        { 4, 8, "ftypavif", "an AVIF picture" },
        { 4, 8, "ftypheic", "a HEIC picture" },
        { 0, 4, "%PDF", "a PDF document" },
        { 0, 4, "PK\3\4", "a ZIP archive" },
        { 0, 5, "<html", "an HTML page" },
        { 0, 5, "<!DOC", "an HTML page" },
        { 0, 5, "<!doc", "an HTML page" },
        { 0, 2, "BM", "a BMP picture" },
    };
    bool text = looks_like_text(data, size);
    const char *what = size == 0 ? "empty"
                       : text    ? "a text file"
                                 : "of an unknown kind";
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        /* A text may begin with two letters of any kind. */
        bool sure = others[i].length > 2 || !text;
        if (sure && has_magic(data, size, &others[i])) {
            what = others[i].name;
            break;
        }
    }
    return ses_fail(err, SES_EUNSUPPORTED,
                    "is %s, expected JPEG, PNG or WebP", what);
}

enum ses_status ses_image_decode_fast(const uint8_t *data, size_t size,
                                      bool exif_rotate, int least_side,
                                      struct ses_image *out,
                                      struct ses_error *err)
{
    static const struct magic jpeg = { 0, 3, "\xff\xd8\xff", "JPEG" };
    static const struct magic png = { 0, 8, "\x89PNG\r\n\x1a\n", "PNG" };
    static const struct magic riff = { 0, 4, "RIFF", "RIFF" };
    static const struct magic webp = { 8, 4, "WEBP", "WebP" };
    struct ses_image image = { 0 };
    enum ses_status status;

    memset(out, 0, sizeof *out);
    if (has_magic(data, size, &jpeg))
        status = ses_jpeg_decode(data, size, least_side, &image, err);
    else if (has_magic(data, size, &png))
        status = ses_png_decode(data, size, &image, err);
    else if (has_magic(data, size, &riff) && has_magic(data, size, &webp))
        status = ses_webp_decode(data, size, &image, err);
    else
        status = fail_unknown(data, size, err);
    if (status == SES_OK && exif_rotate)
        status = ses_image_orient(&image, ses_exif_orientation(data, size),
                                  err);
    if (status == SES_OK)
        *out = image;
    else
        ses_image_release(&image);
    return status;
}

enum ses_status ses_image_decode(const uint8_t *data, size_t size,
                                 bool exif_rotate, struct ses_image *out,
                                 struct ses_error *err)
{
    return ses_image_decode_fast(data, size, exif_rotate, 0, out, err);
}
