/* See thumbnail.h. */
#include "core/images/thumbnail.h"

#include <string.h>

#include "core/images/preprocess.h"

/* The middle square as it is, in as many channels as there are. */
static enum ses_status cut(const struct ses_image *image, int side,
                           struct ses_image *out, struct ses_error *err)
{
    enum ses_status status =
        ses_image_init(out, side, side, image->channels, err);
    size_t channels = (size_t)image->channels;
    size_t left = (size_t)(image->width - side) / 2;
    size_t top = (size_t)(image->height - side) / 2;
    size_t row = (size_t)side * channels;
    for (size_t y = 0; !status && y < (size_t)side; y++)
        memcpy(out->pixels + y * row,
               image->pixels +
                   ((top + y) * (size_t)image->width + left) * channels,
               row);
    return status;
}

/* The middle square of the picture, resized so that its shorter side is
 * `side`. */
static enum ses_status shrink(const struct ses_image *image, int shorter,
                              int side, struct ses_image *out,
                              struct ses_error *err)
{
    int width = (int)((int64_t)image->width * side / shorter);
    int height = (int)((int64_t)image->height * side / shorter);
    const struct ses_rectangle middle = { (width - side) / 2,
                                          (height - side) / 2, side, side };
    return ses_image_resize(image, width, height, SES_FILTER_BILINEAR, middle,
                            out, err);
}

static enum ses_status colour(struct ses_image *image, struct ses_error *err)
{
    struct ses_image grey = *image;
    if (grey.channels == 3)
        return SES_OK;
    enum ses_status status =
        ses_image_init(image, grey.width, grey.height, 3, err);
    size_t pixels = (size_t)grey.width * (size_t)grey.height;
    for (size_t i = 0; !status && i < 3 * pixels; i++)
        image->pixels[i] = grey.pixels[i / 3];
    ses_image_release(&grey);
    return status;
}

enum ses_status ses_thumbnail(const struct ses_image *image, int side,
                              struct ses_image *out, struct ses_error *err)
{
    int shorter =
        image->width < image->height ? image->width : image->height;
    memset(out, 0, sizeof *out);
    enum ses_status status =
        shorter > side ? shrink(image, shorter, side, out, err)
                       : cut(image, shorter, out, err);
    if (!status)
        status = colour(out, err);
    if (status)
        ses_image_release(out);
    return status;
}
