/* Resize, crop and normalise one picture, as torchvision does. */
#include "core/images/preprocess.h"

#include <limits.h>
#include <stdlib.h>

/* One side of the way from the resized picture to the network's input. */
struct span {
    int from;   /* first pixel of the resized picture that is used */
    int length; /* pixels used */
    int before; /* pixels of border in front of them */
};

/* torchvision's center_crop: a border of (crop - size) / 2, rounded down, or
 * an offset of (size - crop) / 2 whose halves go to the even number. */
static struct span crop_side(int size, int crop)
{
    if (crop > size)
        return (struct span){ 0, size, (crop - size) / 2 };
    int spare = size - crop;
    int offset = spare / 2;
    if (spare % 2 && offset % 2)
        offset++;
    return (struct span){ offset, crop, 0 };
}

static enum ses_status resized_size(const struct ses_preprocess *preprocess,
                                    const struct ses_image *image, int *width,
                                    int *height, struct ses_error *err)
{
    *width = image->width;
    *height = image->height;
    if (preprocess->resize == 0)
        return SES_OK;
    if (preprocess->squash) {
        *height = preprocess->resize;
        *width = preprocess->squash_w ? preprocess->squash_w
                                      : preprocess->resize;
        return SES_OK;
    }
    int64_t shorter = *width < *height ? *width : *height;
    int64_t longer = *width < *height ? *height : *width;
    longer = preprocess->resize * longer / shorter;
    if (longer > INT_MAX)
        return ses_fail(err, SES_ESHAPE,
                        "is %dx%d pixels, too long to be resized to a "
                        "shorter side of %d",
                        image->width, image->height, preprocess->resize);
    bool tall = *width < *height;
    *width = tall ? preprocess->resize : (int)longer;
    *height = tall ? (int)longer : preprocess->resize;
    return SES_OK;
}

/* Pillow's convert('L'): ITU-R 601 luma in 16-bit fixed point. */
static enum ses_status make_grey(const struct ses_image *image,
                                 struct ses_image *out, struct ses_error *err)
{
    enum ses_status status =
        ses_image_init(out, image->width, image->height, 1, err);
    if (status != SES_OK)
        return status;
    size_t count = (size_t)image->width * (size_t)image->height;
    const uint8_t *in = image->pixels;
    for (size_t i = 0; i < count; i++, in += 3)
        out->pixels[i] =
            (uint8_t)((in[0] * 19595 + in[1] * 38470 + in[2] * 7471 +
                       0x8000) >> 16);
    return SES_OK;
}

/* value of every pixel, in each of the network's channels */
static void make_table(const struct ses_preprocess *preprocess, int channels,
                       float table[3][256])
{
    for (int c = 0; c < channels; c++)
        for (int pixel = 0; pixel < 256; pixel++)
            table[c][pixel] = (float)((pixel * preprocess->scale -
                                       preprocess->mean[c]) /
                                      preprocess->std[c]);
}

static void fill_border(float *out, size_t pixels, int channels,
                        float table[3][256])
{
    for (size_t i = 0; i < pixels; i++)
        for (int c = 0; c < channels; c++)
            *out++ = table[c][0];
}

/* A row of pixels through the tables; `from` says which of a pixel's bytes
 * each of the network's channels is. */
static void normalise(const uint8_t *row, int width, int pixel_bytes,
                      int channels, const int from[3], float table[3][256],
                      float *restrict out)
{
    if (channels == 1) {
        for (int x = 0; x < width; x++)
            out[x] = table[0][row[x]];
        return;
    }
    for (int x = 0; x < width; x++, row += pixel_bytes, out += 3) {
        out[0] = table[0][row[from[0]]];
        out[1] = table[1][row[from[1]]];
        out[2] = table[2][row[from[2]]];
    }
}

int ses_preprocess_channels(const struct ses_preprocess *preprocess)
{
    return preprocess->order == SES_ORDER_GREY ? 1 : 3;
}

enum ses_status ses_preprocess_apply(const struct ses_preprocess *preprocess,
                                     const struct ses_image *image, float *out,
                                     struct ses_error *err)
{
    static const int orders[][3] = {
        [SES_ORDER_RGB] = { 0, 1, 2 },
        [SES_ORDER_BGR] = { 2, 1, 0 },
        [SES_ORDER_GREY] = { 0, 0, 0 },
    };
    int channels = ses_preprocess_channels(preprocess);
    int input_w = preprocess->input_w, input_h = preprocess->input_h;
    struct ses_image grey = { 0 }, part = { 0 };
    float table[3][256];
    int width, height;

    enum ses_status status =
        resized_size(preprocess, image, &width, &height, err);
    if (status != SES_OK)
        return status;
    if (preprocess->crop_h == 0 && (width != input_w || height != input_h))
        return ses_fail(err, SES_ESHAPE,
                        "is %dx%d pixels%s, expected the network's %dx%d",
                        width, height, preprocess->resize ? " resized" : "",
                        input_w, input_h);
    if (channels == 1 && image->channels == 3) {
        status = make_grey(image, &grey, err);
        if (status != SES_OK)
            return status;
        image = &grey;
    }

    struct span across = crop_side(width, input_w);
    struct span down = crop_side(height, input_h);
    size_t pixel_bytes = (size_t)image->channels;
    const uint8_t *pixels;
    size_t stride;
    if (width != image->width || height != image->height) {
        struct ses_rectangle rectangle = { across.from, down.from,
                                           across.length, down.length };
        status = ses_image_resize(image, width, height, preprocess->filter,
                                  rectangle, &part, err);
        if (status != SES_OK)
            goto out;
        stride = (size_t)part.width * pixel_bytes;
        pixels = part.pixels;
    } else {
        stride = (size_t)image->width * pixel_bytes;
        pixels = image->pixels + (size_t)down.from * stride +
                 (size_t)across.from * pixel_bytes;
    }

    static const int replicate[3] = { 0, 0, 0 };
    const int *order =
        image->channels == 1 ? replicate : orders[preprocess->order];
    size_t floats = (size_t)input_w * (size_t)channels;
    make_table(preprocess, channels, table);
    for (int y = 0; y < input_h; y++, out += floats) {
        int from = y - down.before;
        if (from < 0 || from >= down.length) {
            fill_border(out, (size_t)input_w, channels, table);
            continue;
        }
        int after = input_w - across.before - across.length;
        float *middle = out + across.before * channels;
        fill_border(out, (size_t)across.before, channels, table);
        normalise(pixels + (size_t)from * stride, across.length,
                  image->channels, channels, order, table, middle);
        fill_border(middle + across.length * channels, (size_t)after,
                    channels, table);
    }
out:
    ses_image_release(&part);
    ses_image_release(&grey);
    return status;
}
