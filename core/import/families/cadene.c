/* SENet-154, SE-ResNet and SE-ResNeXt with the keys of Cadene's
 * pretrained-models.pytorch (senet.py), which timm keeps as legacy_*: the
 * authors' Caffe networks in PyTorch. Stride 2 is in the first 1x1
 * convolution, but for grouped networks in the 3x3; the max pool has no
 * padding and rounds up, as Caffe's. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/family.h"
#include "core/import/families/residual.h"

static const struct ses_member members[] = {
    { "se_resnet50", "SE-ResNet-50" },
    { "se_resnet101", "SE-ResNet-101" },
    { "se_resnet152", "SE-ResNet-152" },
    { "se_resnext50_32x4d", "SE-ResNeXt-50 32x4d" },
    { "se_resnext101_32x4d", "SE-ResNeXt-101 32x4d" },
    { "senet154", "SENet-154" },
    { "legacy_seresnet18", "SE-ResNet-18" },
    { "legacy_seresnet34", "SE-ResNet-34" },
    { "legacy_seresnet50", "SE-ResNet-50" },
    { "legacy_seresnet101", "SE-ResNet-101" },
    { "legacy_seresnet152", "SE-ResNet-152" },
    { "legacy_seresnext26_32x4d", "SE-ResNeXt-26 32x4d" },
    { "legacy_seresnext50_32x4d", "SE-ResNeXt-50 32x4d" },
    { "legacy_seresnext101_32x4d", "SE-ResNeXt-101 32x4d" },
    { "legacy_senet154", "SENet-154" },
    { NULL, NULL },
};

static const struct ses_gate_dialect dialects[] = {
    { .module = "se_module",
      .down = "fc1",
      .up = "fc2",
      .inner = SES_ACT_RELU,
      .gate = SES_ACT_SIGMOID },
};

static const char *const stem[3] = { "layer0.conv1", "layer0.conv2",
                                     "layer0.conv3" };

static bool match(const struct ses_state *state)
{
    return ses_state_find(state, "layer0.conv1.weight") &&
           ses_build_below(state, "layer1.0");
}

static struct ses_flow build_stem(struct ses_build *build,
                                  const struct ses_residual *net,
                                  struct ses_flow in)
{
    if (net->stem_kernel)
        in = ses_residual_stem(build, in, stem[0], "layer0.bn1", 7, 2);
    for (int i = 0; i < 3 && !net->stem_kernel; i++)
        in = ses_residual_stem(build, in, stem[i],
                               ses_path("layer0.bn%d", i + 1).text, 3,
                               i == 0 ? 2 : 1);
    struct ses_window window = ses_window(3, 2, 0);
    window.ceil_mode = true;
    return ses_build_pool(build, in, "layer0.pool", SES_OP_MAX_POOL, window);
}

/* The two whose weights timm trained itself were given bicubic pixels. */
static bool is_bicubic(const char *arch)
{
    return !strcmp(arch, "SE-ResNet-18") ||
           !strcmp(arch, "SE-ResNeXt-26 32x4d");
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    static const char *const heads[] = { "last_linear", "fc", "classifier" };
    struct ses_build b = ses_build_start(state, graph, err);
    struct ses_residual net = ses_residual_read(state, stem);
    net.stride_first = net.groups == 1;
    net.relu_in_basic = true;
    struct ses_flow flow = ses_build_input(&b, stem[0]);
    int channels = flow.channels;
    flow = build_stem(&b, &net, flow);
    flow = ses_residual_build(&b, &net, dialects, 1, flow);
    flow = ses_build_head(&b, flow, heads, 3, &result->classifier);

    char name[48];
    ses_residual_name(&net, name, sizeof name);
    if (!net.stem_kernel && net.groups == 64 && net.gated &&
        ses_residual_depth(&net) == 152)
        snprintf(name, sizeof name, "SENet-154");
    snprintf(result->arch, sizeof result->arch, "%s (cadene)", name);
    ses_residual_preprocess(&b, &net, channels, &result->preprocess);
    if (is_bicubic(name))
        result->preprocess.filter = SES_FILTER_BICUBIC;
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_cadene = {
    .name = "cadene",
    .description = "SENet-154, SE-ResNet and SE-ResNeXt of "
                   "pretrained-models.pytorch and timm's legacy_*",
    .signature = "layer0.conv1, layer1.0.se_module.fc1",
    .members = members,
    .match = match,
    .build = build,
};
