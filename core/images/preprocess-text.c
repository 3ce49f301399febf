/* Preprocessing as text: what --preprocess says, and what `inspect` shows and
 * a record keeps. */
#include "core/images/preprocess.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

static const char *const filters[] = {
    [SES_FILTER_NEAREST] = "nearest",   [SES_FILTER_BOX] = "area",
    [SES_FILTER_BILINEAR] = "bilinear", [SES_FILTER_BICUBIC] = "bicubic",
    [SES_FILTER_LANCZOS] = "lanczos",
};
_Static_assert(sizeof filters / sizeof *filters == SES_FILTER_LANCZOS + 1,
               "every filter has a name");
static const char *const orders[] = {
    [SES_ORDER_RGB] = "rgb",
    [SES_ORDER_BGR] = "bgr",
    [SES_ORDER_GREY] = "grey",
};
_Static_assert(sizeof orders / sizeof *orders == SES_ORDER_GREY + 1,
               "every order has a name");

const char *ses_filter_name(enum ses_filter filter)
{
    return filters[filter];
}

/* Index of word in names, or -1. */
static int find(const char *word, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(word, names[i]) == 0)
            return i;
    return -1;
}

static enum ses_status fail_value(const char *key, const char *value,
                                  const char *expected, struct ses_error *err)
{
    return ses_fail(err, SES_EUSAGE, "'%s=%s': expected %s", key, value,
                    expected);
}

static bool parse_side(const char *text, int low, int *out)
{
    long side;
    if (!ses_parse_long(text, low, SES_PREPROCESS_MAX_SIDE, &side))
        return false;
    *out = (int)side;
    return true;
}

/* "N" or "HxW". Changes value's text; it is the caller's own copy. */
static bool parse_size(char *value, int *h, int *w)
{
    char *x = strchr(value, 'x');
    if (x)
        *x = '\0';
    bool good = parse_side(value, 1, h) && parse_side(x ? x + 1 : value, 1, w);
    if (x)
        *x = 'x';
    return good;
}

/* A number or a fraction, "0.017" or "1/255". */
static bool parse_number(char *text, double *out)
{
    const double most = 1e9;
    double above, below = 1;
    char *slash = strchr(text, '/');
    if (slash)
        *slash = '\0';
    bool good = ses_parse_double(text, -most, most, &above) &&
                (!slash || ses_parse_double(slash + 1, -most, most, &below)) &&
                below != 0;
    if (slash)
        *slash = '/';
    if (good)
        *out = above / below;
    return good;
}

/* "A" for all channels, or "A:B:C". */
static bool parse_channels(char *text, double out[3])
{
    double values[3];
    int count = 0;
    char *part = text;
    for (;;) {
        char *colon = strchr(part, ':');
        if (colon)
            *colon = '\0';
        bool good = count < 3 && parse_number(part, &values[count++]);
        if (colon)
            *colon = ':';
        if (!good)
            return false;
        if (!colon)
            break;
        part = colon + 1;
    }
    if (count == 2)
        return false;
    for (int i = 0; i < 3; i++)
        out[i] = values[count == 3 ? i : 0];
    return true;
}

#define SIZE_EXPECTED "a size such as 224 or 224x192 (height x width), at " \
                      "most 8192"
_Static_assert(SES_PREPROCESS_MAX_SIDE == 8192, "see SIZE_EXPECTED");

static enum ses_status set_resize(struct ses_preprocess *to, char *value,
                                  struct ses_error *err)
{
    if (!parse_side(value, 0, &to->resize))
        return fail_value("resize", value,
                          "the shorter side's pixels, 0 (none) to 8192; for "
                          "both sides use squash=HxW", err);
    to->squash = false;
    to->squash_w = 0;
    return SES_OK;
}

static enum ses_status set_squash(struct ses_preprocess *to, char *value,
                                  struct ses_error *err)
{
    if (!parse_size(value, &to->resize, &to->squash_w))
        return fail_value("squash", value, SIZE_EXPECTED, err);
    to->squash = true;
    if (to->squash_w == to->resize)
        to->squash_w = 0;
    return SES_OK;
}

static enum ses_status set_crop(struct ses_preprocess *to, char *value,
                                struct ses_error *err)
{
    if (strcmp(value, "0") == 0) {
        to->crop_h = to->crop_w = 0;
        return SES_OK;
    }
    if (!parse_size(value, &to->crop_h, &to->crop_w))
        return fail_value("crop", value, SIZE_EXPECTED ", or 0 for none",
                          err);
    return SES_OK;
}

static enum ses_status set_input(struct ses_preprocess *to, char *value,
                                 struct ses_error *err)
{
    if (!parse_size(value, &to->input_h, &to->input_w))
        return fail_value("input", value, SIZE_EXPECTED, err);
    return SES_OK;
}

static enum ses_status set_interp(struct ses_preprocess *to, char *value,
                                  struct ses_error *err)
{
    int i = find(value, filters, sizeof filters / sizeof *filters);
    if (i < 0)
        return fail_value("interp", value,
                          "nearest, area, bilinear, bicubic or lanczos", err);
    to->filter = (enum ses_filter)i;
    return SES_OK;
}

static enum ses_status set_order(struct ses_preprocess *to, char *value,
                                 struct ses_error *err)
{
    int i = find(value, orders, sizeof orders / sizeof *orders);
    if (i < 0)
        return fail_value("order", value, "rgb, bgr or grey", err);
    to->order = (enum ses_colour_order)i;
    return SES_OK;
}

static enum ses_status set_scale(struct ses_preprocess *to, char *value,
                                 struct ses_error *err)
{
    double scale;
    if (!parse_number(value, &scale) || scale == 0)
        return fail_value("scale", value,
                          "a number other than 0 such as 0.017 or 1/255",
                          err);
    to->scale = scale;
    return SES_OK;
}

static enum ses_status set_mean(struct ses_preprocess *to, char *value,
                                struct ses_error *err)
{
    if (!parse_channels(value, to->mean))
        return fail_value("mean", value,
                          "one number, or three such as 104:117:123", err);
    return SES_OK;
}

static enum ses_status set_std(struct ses_preprocess *to, char *value,
                               struct ses_error *err)
{
    double std[3];
    if (!parse_channels(value, std) || std[0] <= 0 || std[1] <= 0 ||
        std[2] <= 0)
        return fail_value("std", value,
                          "one number above 0, or three such as "
                          "0.229:0.224:0.225", err);
    memcpy(to->std, std, sizeof std);
    return SES_OK;
}

static const struct setter {
    const char *key;
    enum ses_status (*set)(struct ses_preprocess *to, char *value,
                           struct ses_error *err);
} setters[] = {
    { "resize", set_resize }, { "squash", set_squash },
    { "crop", set_crop },     { "input", set_input },
    { "interp", set_interp }, { "order", set_order },
    { "scale", set_scale },   { "mean", set_mean },
    { "std", set_std },
};
enum { SETTERS = sizeof setters / sizeof *setters };

static enum ses_status set_pair(struct ses_preprocess *to, char *pair,
                                struct ses_error *err)
{
    char *equals = strchr(pair, '=');
    const char *keys[SETTERS];
    *equals = '\0';
    for (int i = 0; i < SETTERS; i++) {
        if (strcmp(pair, setters[i].key) == 0)
            return setters[i].set(to, equals + 1, err);
        keys[i] = setters[i].key;
    }
    char near[128];
    ses_suggest(pair, keys, SETTERS, near, sizeof near);
    return ses_fail(err, SES_EUSAGE,
                    "unknown key '%s', expected resize, squash, crop, input, "
                    "interp, order, scale, mean or std%s",
                    pair, near);
}

static enum ses_status set_preset(struct ses_preprocess *to, const char *name,
                                  struct ses_error *err)
{
    int h = to->input_h, w = to->input_w;
    enum ses_status status = ses_preprocess_preset(name, to, err);
    if (status == SES_OK && to->input_h == 0) {
        to->input_h = h;
        to->input_w = w;
    }
    return status;
}

/* What every pixel becomes must be a number the network can start from. */
static enum ses_status check_range(const struct ses_preprocess *to,
                                   struct ses_error *err)
{
    const double most = 1e30;
    for (int c = 0; c < ses_preprocess_channels(to); c++) {
        double black = -to->mean[c] / to->std[c];
        double white = (255 * to->scale - to->mean[c]) / to->std[c];
        if (!(fabs(black) <= most && fabs(white) <= most))
            return ses_fail(err, SES_EUSAGE,
                            "scale, mean and std make %g of a black pixel and "
                            "%g of a white one, expected at most %g",
                            black, white, most);
    }
    return SES_OK;
}

/* The input's size is the crop's, or what is squashed to. */
static enum ses_status settle_input(struct ses_preprocess *to, bool given,
                                    struct ses_error *err)
{
    int h = to->crop_h, w = to->crop_w;
    if (h == 0 && to->squash) {
        h = to->resize;
        w = to->squash_w ? to->squash_w : to->resize;
    }
    if (h == 0)
        return SES_OK;
    if (given && (to->input_h != h || to->input_w != w))
        return ses_fail(err, SES_EUSAGE,
                        "input=%dx%d differs from %s=%dx%d, which it follows",
                        to->input_h, to->input_w,
                        to->crop_h ? "crop" : "squash", h, w);
    to->input_h = h;
    to->input_w = w;
    return SES_OK;
}

enum ses_status ses_preprocess_parse(const char *text,
                                     struct ses_preprocess *preprocess,
                                     struct ses_error *err)
{
    struct ses_preprocess changed = *preprocess;
    enum ses_status status = SES_OK;
    char *copy = ses_format("%s", text);
    if (!copy)
        return ses_fail_memory(err, "preprocessing");
    char *rest = copy, *item;
    bool input_given = false;
    for (bool first = true; status == SES_OK && (item = strsep(&rest, ","));
         first = false) {
        input_given |= strncmp(item, "input=", 6) == 0;
        if (strchr(item, '='))
            status = set_pair(&changed, item, err);
        else if (first)
            status = set_preset(&changed, item, err);
        else
            status = ses_fail(err, SES_EUSAGE,
                              "'%s' is no key=value pair, expected a "
                              "preset's name at the front only",
                              item);
    }
    if (status == SES_OK)
        status = settle_input(&changed, input_given, err);
    if (status == SES_OK)
        status = check_range(&changed, err);
    free(copy);
    if (status != SES_OK)
        return ses_error_context(err, "preprocessing");
    *preprocess = changed;
    return SES_OK;
}

/* The shortest decimals that read back to the same double. */
static void print_shortest(double value, char *out, size_t size)
{
    for (int digits = 1; digits <= 17; digits++) {
        double back;
        snprintf(out, size, "%.*g", digits, value);
        if (ses_parse_double(out, -1e300, 1e300, &back) && back == value)
            return;
    }
}

/* A number as people write it: 0.229, 1/255. */
static void add_number(struct ses_text *text, double value)
{
    enum { SHORT = 9 };
    char plain[32], below[32];
    double divisor;
    print_shortest(value, plain, sizeof plain);
    if (strlen(plain) > SHORT && value != 0) {
        snprintf(below, sizeof below, "%.6g", 1 / value);
        if (ses_parse_double(below, -1e9, 1e9, &divisor) &&
            1 / divisor == value) {
            ses_text_add(text, "1/%s", below);
            return;
        }
    }
    ses_text_add(text, "%s", plain);
}

static void add_channels(struct ses_text *text, const char *key,
                         const double values[3])
{
    ses_text_add(text, ",%s=", key);
    add_number(text, values[0]);
    if (values[1] == values[0] && values[2] == values[0])
        return;
    ses_text_add(text, ":");
    add_number(text, values[1]);
    ses_text_add(text, ":");
    add_number(text, values[2]);
}

/* "224", or "224x192" */
static void add_size(struct ses_text *text, const char *key, int h, int w)
{
    ses_text_add(text, "%s=%d", key, h);
    if (w != h)
        ses_text_add(text, "x%d", w);
}

char *ses_preprocess_text(const struct ses_preprocess *preprocess)
{
    const struct ses_preprocess *p = preprocess;
    struct ses_text text = { 0 };
    if (p->squash)
        add_size(&text, "squash", p->resize,
                 p->squash_w ? p->squash_w : p->resize);
    else
        ses_text_add(&text, "resize=%d", p->resize);
    add_size(&text, ",crop", p->crop_h, p->crop_w);
    if (p->crop_h == 0 && p->input_h > 0)
        add_size(&text, ",input", p->input_h, p->input_w);
    ses_text_add(&text, ",interp=%s,order=%s,scale=", filters[p->filter],
                 orders[p->order]);
    add_number(&text, p->scale);
    add_channels(&text, "mean", p->mean);
    add_channels(&text, "std", p->std);
    if (text.failed)
        ses_text_release(&text);
    return text.data;
}
