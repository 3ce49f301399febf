/* See sizes.h. */
#include "core/import/families/sizes.h"

#include <string.h>

void ses_sizes_grey(struct ses_preprocess *preprocess, double mean, double std)
{
    preprocess->order = SES_ORDER_GREY;
    for (int c = 0; c < 3; c++) {
        preprocess->mean[c] = mean;
        preprocess->std[c] = std;
    }
}

void ses_sizes_imagenet_grey(struct ses_build *build,
                             struct ses_preprocess *preprocess)
{
    ses_sizes_grey(preprocess, 0.449, 0.226);
    ses_build_note(build, "grey input: mean .449 and std .226 assumed (the "
                          "mean of ImageNet's three channels)");
}

void ses_sizes_preprocess(struct ses_build *build,
                          const struct ses_sizes *table, const char *name,
                          int channels, struct ses_preprocess *out)
{
    const struct ses_sizes *row = table;
    while (row->name && strcmp(row->name, name))
        row++;
    if (build->failed)
        return;
    if (ses_preprocess_preset("torch", out, build->err)) {
        build->failed = true;
        return;
    }
    out->resize = row->resize;
    out->squash = row->squash;
    out->crop_h = out->crop_w = row->input;
    out->input_h = out->input_w = row->input;
    out->filter = row->filter;
    for (int c = 0; c < 3 && row->half; c++)
        out->mean[c] = out->std[c] = 0.5;
    ses_build_note(build, "preprocessing of '%s' assumed", row->weights);
    if (channels == 1)
        ses_sizes_imagenet_grey(build, out);
}
