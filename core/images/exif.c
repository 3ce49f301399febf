/* The one EXIF tag that matters here, the camera's orientation. Photographs
 * on the web carry EXIF of every damaged sort; none may cost a picture. */
#include <stdlib.h>
#include <string.h>

#include "core/images/decode.h"

struct bytes {
    const uint8_t *data;
    size_t size;
    bool little; /* byte order of numbers */
};

/* A number of 2 or 4 bytes; false past the end. */
static bool get(const struct bytes *bytes, size_t at, int length,
                uint32_t *out)
{
    if (at > bytes->size || bytes->size - at < (size_t)length)
        return false;
    *out = 0;
    for (int i = 0; i < length; i++) {
        int from = bytes->little ? length - 1 - i : i;
        *out = *out << 8 | bytes->data[at + (size_t)from];
    }
    return true;
}

/* The orientation in a TIFF block: an entry of its first directory. */
static int orientation_of(const uint8_t *data, size_t size)
{
    enum { ORIENTATION = 0x112, SHORT = 3, LONG = 4 };
    if (size >= 6 && memcmp(data, "Exif\0", 6) == 0) {
        data += 6;
        size -= 6;
    }
    struct bytes tiff = { data, size, size > 0 && data[0] == 'I' };
    uint32_t at, count, tag, type, value;
    if (size < 8 ||
        (memcmp(data, "II*", 4) != 0 && memcmp(data, "MM\0*", 4) != 0) ||
        !get(&tiff, 4, 4, &at) || !get(&tiff, at, 2, &count))
        return 1;
    for (uint32_t i = 0; i < count; i++) {
        size_t entry = (size_t)at + 2 + 12 * (size_t)i;
        if (!get(&tiff, entry, 2, &tag) || !get(&tiff, entry + 2, 2, &type))
            return 1;
        if (tag != ORIENTATION)
            continue;
        if ((type == SHORT || type == LONG) &&
            get(&tiff, entry + 8, type == SHORT ? 2 : 4, &value) &&
            value >= 1 && value <= 8)
            return (int)value;
        return 1;
    }
    return 1;
}

static int find_in_jpeg(const uint8_t *data, size_t size)
{
    enum { START_OF_SCAN = 0xda, APP1 = 0xe1 };
    size_t at = 2;
    while (at + 4 <= size && data[at] == 0xff) {
        if (data[at + 1] == 0xff) { /* filling */
            at++;
            continue;
        }
        int marker = data[at + 1];
        size_t length = (size_t)data[at + 2] << 8 | data[at + 3];
        const uint8_t *body = data + at + 4;
        if (marker == START_OF_SCAN || length < 2 || length > size - at - 2)
            return 1;
        if (marker == APP1 && length >= 8 && memcmp(body, "Exif\0", 6) == 0)
            return orientation_of(body, length - 2);
        at += 2 + length;
    }
    return 1;
}

static int find_in_png(const uint8_t *data, size_t size)
{
    struct bytes png = { data, size, false };
    size_t at = 8;
    uint32_t length;
    while (at + 12 <= size && get(&png, at, 4, &length) &&
           length <= size - at - 12) {
        if (memcmp(data + at + 4, "eXIf", 4) == 0)
            return orientation_of(data + at + 8, length);
        at += 12 + (size_t)length;
    }
    return 1;
}

static int find_in_webp(const uint8_t *data, size_t size)
{
    struct bytes webp = { data, size, true };
    size_t at = 12;
    uint32_t length;
    while (at + 8 <= size && get(&webp, at + 4, 4, &length) &&
           length <= size - at - 8) {
        if (memcmp(data + at, "EXIF", 4) == 0)
            return orientation_of(data + at + 8, length);
        at += 8 + (size_t)length + (length & 1);
    }
    return 1;
}

int ses_exif_orientation(const uint8_t *data, size_t size)
{
    if (size > 2 && data[0] == 0xff)
        return find_in_jpeg(data, size);
    if (size > 8 && data[0] == 0x89)
        return find_in_png(data, size);
    if (size > 12 && data[0] == 'R')
        return find_in_webp(data, size);
    return 1;
}

enum ses_status ses_image_orient(struct ses_image *image, int orientation,
                                 struct ses_error *err)
{
    if (orientation <= 1 || orientation > 8)
        return SES_OK;
    /* What each of 2..8 does to get upright: swap rows and columns first,
     * then mirror columns, then mirror rows. */
    static const struct {
        bool swap, mirror_x, mirror_y;
    } steps[9] = {
        [2] = { false, true, false }, [3] = { false, true, true },
        [4] = { false, false, true }, [5] = { true, false, false },
        [6] = { true, true, false },  [7] = { true, true, true },
        [8] = { true, false, true },
    };
    bool swap = steps[orientation].swap;
    int width = swap ? image->height : image->width;
    int height = swap ? image->width : image->height;
    struct ses_image turned;
    enum ses_status status =
        ses_image_init(&turned, width, height, image->channels, err);
    if (status != SES_OK)
        return status;
    size_t channels = (size_t)image->channels;
    uint8_t *to = turned.pixels;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++, to += channels) {
            int from_x = steps[orientation].mirror_x ? width - 1 - x : x;
            int from_y = steps[orientation].mirror_y ? height - 1 - y : y;
            size_t from = swap ? (size_t)from_x * (size_t)image->width +
                                     (size_t)from_y
                               : (size_t)from_y * (size_t)image->width +
                                     (size_t)from_x;
            memcpy(to, image->pixels + from * channels, channels);
        }
    ses_image_release(image);
    *image = turned;
    return SES_OK;
}
