/* What the frameworks that networks come from do to pictures, by name. */
#include "core/images/preprocess.h"

#include <string.h>

#include "core/base/text.h"

/* A new preset is one entry here. */
static const struct ses_preprocess presets[] = {
    { .name = "torch",
      .resize = 256, .crop_h = 224, .crop_w = 224,
      .input_h = 224, .input_w = 224,
      .filter = SES_FILTER_BILINEAR, .order = SES_ORDER_RGB,
      .scale = 1.0 / 255,
      .mean = { 0.485, 0.456, 0.406 }, .std = { 0.229, 0.224, 0.225 } },
    { .name = "caffe",
      .resize = 256, .crop_h = 224, .crop_w = 224,
      .input_h = 224, .input_w = 224,
      .filter = SES_FILTER_BILINEAR, .order = SES_ORDER_BGR,
      .scale = 1,
      .mean = { 104, 117, 123 }, .std = { 1, 1, 1 } },
    { .name = "keras-tf",
      .resize = 256, .crop_h = 224, .crop_w = 224,
      .input_h = 224, .input_w = 224,
      .filter = SES_FILTER_BILINEAR, .order = SES_ORDER_RGB,
      .scale = 1.0 / 127.5,
      .mean = { 1, 1, 1 }, .std = { 1, 1, 1 } },
    { .name = "cifar10",
      .input_h = 32, .input_w = 32,
      .filter = SES_FILTER_BILINEAR, .order = SES_ORDER_RGB,
      .scale = 1.0 / 255,
      .mean = { 0.4914, 0.4822, 0.4465 }, .std = { 0.2470, 0.2435, 0.2616 } },
    { .name = "none",
      .filter = SES_FILTER_BILINEAR, .order = SES_ORDER_RGB,
      .scale = 1,
      .std = { 1, 1, 1 } },
};
enum { PRESETS = sizeof presets / sizeof *presets };

enum ses_status ses_preprocess_preset(const char *name,
                                      struct ses_preprocess *out,
                                      struct ses_error *err)
{
    const char *names[PRESETS];
    for (int i = 0; i < PRESETS; i++) {
        if (strcmp(name, presets[i].name) == 0) {
            *out = presets[i];
            return SES_OK;
        }
        names[i] = presets[i].name;
    }
    char near[128];
    ses_suggest(name, names, PRESETS, near, sizeof near);
    return ses_fail(err, SES_EUSAGE,
                    "no preprocessing is named '%s', expected torch, caffe, "
                    "keras-tf, cifar10 or none%s",
                    name, near);
}

static bool same_numbers(const double a[3], const double b[3])
{
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

bool ses_preprocess_is_preset(const struct ses_preprocess *preprocess)
{
    const struct ses_preprocess *p = preprocess;
    for (int i = 0; i < PRESETS; i++) {
        const struct ses_preprocess *q = &presets[i];
        if (strcmp(p->name, q->name) != 0)
            continue;
        bool input = !q->input_h || (p->input_h == q->input_h &&
                                     p->input_w == q->input_w);
        return input && p->resize == q->resize && p->squash == q->squash &&
               p->squash_w == q->squash_w && p->crop_h == q->crop_h &&
               p->crop_w == q->crop_w && p->filter == q->filter &&
               p->order == q->order && p->scale == q->scale &&
               same_numbers(p->mean, q->mean) && same_numbers(p->std, q->std);
    }
    return false;
}
