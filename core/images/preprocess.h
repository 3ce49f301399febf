/* From a decoded picture to the numbers a network was trained on. */
#ifndef SES_IMAGES_PREPROCESS_H
#define SES_IMAGES_PREPROCESS_H

#include "core/base/error.h"
#include "core/images/image.h"

/* Pillow's resampling filters, to the byte. */
enum ses_filter {
    SES_FILTER_NEAREST,
    SES_FILTER_BOX, /* "area" */
    SES_FILTER_BILINEAR,
    SES_FILTER_BICUBIC,
    SES_FILTER_LANCZOS
};

/* As --preprocess has it: "bilinear". */
const char *ses_filter_name(enum ses_filter filter);

enum ses_colour_order {
    SES_ORDER_RGB,
    SES_ORDER_BGR,
    SES_ORDER_GREY /* Pillow's L: one channel, made before resizing */
};

/* Largest side of what is resized to, cropped, or given to a network. */
enum { SES_PREPROCESS_MAX_SIDE = 8192 };

/* value = (pixel * scale - mean[c]) / std[c], pixel 0..255. Geometry is
 * torchvision's: shorter side to `resize` (long side rounded down), centre
 * crop of `crop` (offset rounds halves to even; a picture smaller than the
 * crop gets a border of pixel 0 first). */
struct ses_preprocess {
    char name[32];          /* preset it started from, "torch", ...;
                             * ses_preprocess_is_preset() */
    int resize;             /* shorter side; 0: none */
    bool squash;            /* resize both sides to `resize`, aspect lost */
    int squash_w;           /* with squash: the width; 0: `resize`, too */
    int crop_h, crop_w;     /* 0: the picture's own size must be input_h/w */
    int input_h, input_w;   /* what the network is given; the crop, if any */
    enum ses_filter filter;
    enum ses_colour_order order;
    double scale;
    double mean[3], std[3]; /* in the order of `order`; grey: the first */
};

/* Fill from a preset (torch, caffe, keras-tf, cifar10, none) or fail naming
 * the presets. `none` leaves input_h and input_w 0: the caller sets the
 * network's. */
SES_MUST_CHECK enum ses_status ses_preprocess_preset(
    const char *name, struct ses_preprocess *out, struct ses_error *err);

/* Whether it still is the preset it is named after. The input's size is the
 * network's own where a preset (`none`) leaves it open. */
bool ses_preprocess_is_preset(const struct ses_preprocess *preprocess);

/* Change *preprocess as --preprocess says: a preset, key=value pairs, or a
 * preset followed by pairs ("torch,crop=288,resize=320"). Keys:
 *
 *     resize=N       shorter side, aspect kept; 0: none
 *     squash=N|HxW   both sides, aspect lost; the input follows when there
 *                    is no crop
 *     crop=N|HxW     centre crop; the input follows; 0: none
 *     input=N|HxW    what the network is given, for those that do not crop
 *     interp=bilinear|bicubic|nearest|area|lanczos
 *     order=rgb|bgr|grey
 *     scale=X  mean=A:B:C  std=A:B:C
 *
 * Numbers may be fractions ("1/255"); one number for mean or std is for all
 * channels. The preset `none` keeps the input size there was. Unknown keys and
 * values out of range are SES_EUSAGE and leave *preprocess as it was. */
SES_MUST_CHECK enum ses_status ses_preprocess_parse(
    const char *text, struct ses_preprocess *preprocess,
    struct ses_error *err);

/* The whole of it but the name, as key=value pairs that
 * ses_preprocess_parse() reads back to the same values, whatever was there
 * before. Caller frees with free(); NULL without memory. */
char *ses_preprocess_text(const struct ses_preprocess *preprocess);

/* Channels a network is given: 1 for grey, else 3. */
int ses_preprocess_channels(const struct ses_preprocess *preprocess);

/* Apply to a picture: out is [input_h][input_w][channels], caller-allocated;
 * undefined on failure. A picture of another size than the network's, when
 * neither resized nor cropped, is SES_ESHAPE with both sizes. Thread-safe. */
SES_MUST_CHECK enum ses_status ses_preprocess_apply(
    const struct ses_preprocess *preprocess, const struct ses_image *image,
    float *out, struct ses_error *err);

struct ses_rectangle {
    int left, top, width, height;
};

/* Pillow's Image.resize for 8-bit images to width x height, to the byte; part
 * of it, at the cost of this part alone. Caller releases *out. */
SES_MUST_CHECK enum ses_status ses_image_resize(
    const struct ses_image *image, int width, int height,
    enum ses_filter filter, struct ses_rectangle part, struct ses_image *out,
    struct ses_error *err);

#endif
