/* WebP by libwebp; alpha is dropped. */
#include <webp/decode.h>

#include "core/images/decode.h"

/* A lossy macroblock of 16x16 pixels takes a bit at least, so that a short
 * file cannot ask for the memory of a large picture. */
static enum ses_status check_claim(const WebPBitstreamFeatures *features,
                                   size_t size, struct ses_error *err)
{
    enum { LOSSY = 1 };
    size_t width = (size_t)features->width, height = (size_t)features->height;
    size_t blocks = ((width + 15) / 16) * ((height + 15) / 16);
    if (features->format == LOSSY ? blocks / 8 <= size
                                  : ses_claim_is_likely(width, height, size))
        return SES_OK;
    return ses_fail(err, SES_EFORMAT,
                    "is a damaged WebP file: it claims %dx%d pixels, but has "
                    "%zu bytes only",
                    features->width, features->height, size);
}

static enum ses_status fail_code(VP8StatusCode code, size_t size,
                                 struct ses_error *err)
{
    switch (code) {
    case VP8_STATUS_OUT_OF_MEMORY:
        return ses_fail_memory(err, "a WebP picture");
    case VP8_STATUS_NOT_ENOUGH_DATA:
    case VP8_STATUS_SUSPENDED:
        return ses_fail(err, SES_EFORMAT,
                        "is a truncated WebP file: its %zu bytes end within "
                        "the picture",
                        size);
    case VP8_STATUS_UNSUPPORTED_FEATURE:
        return ses_fail(err, SES_EUNSUPPORTED,
                        "is a WebP file of an unknown kind");
    default:
        return ses_fail_damaged(err, "WebP", "bad data");
    }
}

enum ses_status ses_webp_decode(const uint8_t *data, size_t size,
                                struct ses_image *out, struct ses_error *err)
{
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config))
        return ses_fail(err, SES_EUNSUPPORTED,
                        "is a WebP file, but the WebP library is of another "
                        "version than the one built for");
    VP8StatusCode code = WebPGetFeatures(data, size, &config.input);
    if (code != VP8_STATUS_OK)
        return fail_code(code, size, err);
    if (config.input.has_animation)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "is an animated WebP picture, expected a still one");
    struct ses_image image = { 0 };
    enum ses_status status = check_claim(&config.input, size, err);
    if (status == SES_OK)
        status = ses_image_init(&image, config.input.width,
                                config.input.height, 3, err);
    if (status != SES_OK)
        return status;
    int stride = image.width * 3;
    config.output.colorspace = MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = image.pixels;
    config.output.u.RGBA.stride = stride;
    config.output.u.RGBA.size = (size_t)stride * (size_t)image.height;
    code = WebPDecode(data, size, &config);
    WebPFreeDecBuffer(&config.output);
    if (code != VP8_STATUS_OK) {
        ses_image_release(&image);
        return fail_code(code, size, err);
    }
    *out = image;
    return SES_OK;
}
