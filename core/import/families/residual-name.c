/* What a residual network is called, and what it is given. See residual.h. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/import/families/residual.h"
#include "core/import/families/sizes.h"

/* Published unit counts of four stages. */
static const int published[][4] = {
    { 2, 2, 2, 2 },  { 3, 4, 6, 3 },   { 3, 4, 23, 3 },
    { 3, 8, 36, 3 }, { 3, 24, 36, 3 }, { 3, 30, 48, 8 },
};

int ses_residual_depth(const struct ses_residual *net)
{
    int layers = 0;
    for (int s = 0; s < net->stages; s++)
        layers += net->units[s] * (net->bottleneck ? 3 : 2);
    layers += 2; /* stem and classifier */
    if (net->stages == 3)
        return net->units[0] == net->units[1] && net->units[1] == net->units[2]
                   ? layers
                   : 0;
    if (net->stages != 4)
        return 0;
    for (size_t i = 0; i < sizeof published / sizeof *published; i++)
        if (!memcmp(net->units, published[i], sizeof published[i]))
            return layers;
    return 0;
}

void ses_residual_name(const struct ses_residual *net, char *out, size_t size)
{
    static const char *const placed[] = {
        [SES_PLACED_STANDARD] = "SE-",
        [SES_PLACED_PRE] = "SE-PRE-",
        [SES_PLACED_POST] = "SE-POST-",
        [SES_PLACED_IDENTITY] = "SE-Identity-",
    };
    bool grouped = net->groups > 1;
    char kind[24], width[24] = "";
    snprintf(kind, sizeof kind, "%sResNe%st",
             !net->gated    ? ""
             : net->across ? "ECA-"
                           : placed[net->placement],
             grouped ? "X" : "");
    if (grouped)
        snprintf(width, sizeof width, " %dx%dd", net->groups, net->group_width);
    const char *cifar = net->stem_kernel == 3 ? " CIFAR" : "";
    int depth = ses_residual_depth(net);
    if (depth) {
        snprintf(out, size, "%s-%d%s%s", kind, depth, width, cifar);
        return;
    }
    struct ses_text units = { 0 };
    for (int s = 0; s < net->stages; s++)
        ses_text_add(&units, "%s%d", s ? "," : "", net->units[s]);
    snprintf(out, size, "%s [%s] %s%s%s", kind,
             units.failed || !units.data ? "" : units.data,
             net->bottleneck ? "bottleneck" : "basic", width, cifar);
    ses_text_release(&units);
}

void ses_residual_preprocess(struct ses_build *build,
                             const struct ses_residual *net, int channels,
                             struct ses_preprocess *out)
{
    bool small = net->stem_kernel == 3;
    if (build->failed)
        return;
    if (ses_preprocess_preset(small ? "cifar10" : "torch", out, build->err)) {
        build->failed = true;
        return;
    }
    if (channels != 1)
        return;
    if (!small) {
        ses_sizes_imagenet_grey(build, out);
        return;
    }
    ses_sizes_grey(out, 0.2860, 0.3530);
    out->input_h = out->input_w = 28;
    ses_build_note(build, "grey 28x28 input with mean .2860 and std .3530 "
                          "assumed (Fashion-MNIST)");
}
