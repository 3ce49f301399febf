/* EfficientNet with the keys of torchvision: features.0, then stages of units
 * features.S.U.block, and a last convolution. Gates (fc1, fc2) have SiLU
 * inside. Epsilons are 1e-5 up to B4 and 1e-3 beyond and in V2. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/efficientnet.h"
#include "core/import/families/family.h"
#include "core/import/families/sizes.h"
#include "core/import/families/torchvision.h"

static const struct ses_member members[] = {
    { "efficientnet_b0", "efficientnet_b0" },
    { "efficientnet_b1", "efficientnet_b1" },
    { "efficientnet_b2", "efficientnet_b2" },
    { "efficientnet_b3", "efficientnet_b3" },
    { "efficientnet_b4", "efficientnet_b4" },
    { "efficientnet_b5", "efficientnet_b5" },
    { "efficientnet_b6", "efficientnet_b6" },
    { "efficientnet_b7", "efficientnet_b7" },
    { "efficientnet_v2_s", "efficientnet_v2_s" },
    { "efficientnet_v2_m", "efficientnet_v2_m" },
    { "efficientnet_v2_l", "efficientnet_v2_l" },
    { "efficientnet", "efficientnet" }, /* of any size */
    { NULL, NULL },
};

#define BICUBIC SES_FILTER_BICUBIC
#define BILINEAR SES_FILTER_BILINEAR
static const struct ses_sizes sizes[] = {
    { "efficientnet_b0", "EfficientNet_B0_Weights.IMAGENET1K_V1", 256, 224,
      BICUBIC, false, false },
    { "efficientnet_b1",
      "EfficientNet_B1_Weights.IMAGENET1K_V2 (V1: resize=256,interp=bicubic)",
      255, 240, BILINEAR, false, false },
    { "efficientnet_b2", "EfficientNet_B2_Weights.IMAGENET1K_V1", 288, 288,
      BICUBIC, false, false },
    { "efficientnet_b3", "EfficientNet_B3_Weights.IMAGENET1K_V1", 320, 300,
      BICUBIC, false, false },
    { "efficientnet_b4", "EfficientNet_B4_Weights.IMAGENET1K_V1", 384, 380,
      BICUBIC, false, false },
    { "efficientnet_b5", "EfficientNet_B5_Weights.IMAGENET1K_V1", 456, 456,
      BICUBIC, false, false },
    { "efficientnet_b6", "EfficientNet_B6_Weights.IMAGENET1K_V1", 528, 528,
      BICUBIC, false, false },
    { "efficientnet_b7", "EfficientNet_B7_Weights.IMAGENET1K_V1", 600, 600,
      BICUBIC, false, false },
    { "efficientnet_v2_s", "EfficientNet_V2_S_Weights.IMAGENET1K_V1", 384,
      384, BILINEAR, false, false },
    { "efficientnet_v2_m", "EfficientNet_V2_M_Weights.IMAGENET1K_V1", 480,
      480, BILINEAR, false, false },
    { "efficientnet_v2_l", "EfficientNet_V2_L_Weights.IMAGENET1K_V1", 480,
      480, BICUBIC, true, false },
    { NULL, "EfficientNet_B0_Weights.IMAGENET1K_V1", 256, 224, BICUBIC, false,
      false },
};

static bool match(const struct ses_state *state)
{
    return ses_build_below(state, "features.0.0") &&
           ses_build_below(state, "features.1.0.block.0");
}

static void read_units(struct ses_build *build,
                       struct ses_inverted_list *units)
{
    int stages = ses_build_count(build->state, "features");
    for (int s = 1; s < stages; s++) {
        struct ses_path stage = ses_path("features.%d", s);
        int count = ses_build_count(build->state, stage.text);
        for (int u = 0; u < count; u++) {
            struct ses_path path = ses_path("%s.%d", stage.text, u);
            if (!ses_build_below(build->state,
                                 ses_path("%s.block", path.text).text))
                return;
            struct ses_inverted *unit = ses_inverted_add(build, units);
            if (!unit)
                return;
            ses_torchvision_unit(build->state, path.text, unit);
            unit->stage = s - 1;
            unit->activation = unit->gate.inner = SES_ACT_SILU;
            unit->gate.gate = SES_ACT_SIGMOID;
        }
    }
}

/* 1e-3 in the largest of V1 and in V2. */
static bool is_coarse(const char *size, enum ses_efficientnet_kind kind)
{
    return kind == SES_EFFICIENTNET_V2 ||
           (size && size[0] == 'b' && size[1] >= '5');
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    static const char *const heads[] = { "classifier.1", "classifier", "fc" };
    struct ses_build b = ses_build_start(state, graph, err);
    struct ses_inverted_list units = { 0 };
    read_units(&b, &units);
    bool any = member && !strcmp(member->name, "efficientnet");
    enum ses_efficientnet_kind kind =
        ses_efficientnet_apply(&b, &units, any, "efficientnet");
    const char *size = ses_efficientnet_size(&units, kind);
    if (is_coarse(size, kind))
        b.epsilon = 1e-3;

    struct ses_flow flow = ses_build_input(&b, "features.0.0");
    int channels = flow.channels;
    flow = ses_inverted_layer(&b, flow, "features.0.0", "features.0.1",
                              ses_conv_same(3, 2, 0), SES_ACT_SILU);
    for (size_t i = 0; i < units.count && !b.failed; i++)
        flow = ses_inverted_build(&b, flow, &units.items[i]);
    int stages = units.count ? units.items[units.count - 1].stage + 1 : 0;
    struct ses_path last = ses_path("features.%d", stages + 1);
    flow = ses_inverted_layer(&b, flow, ses_path("%s.0", last.text).text,
                              ses_path("%s.1", last.text).text,
                              ses_conv_same(1, 1, 0), SES_ACT_SILU);
    flow = ses_build_head(&b, flow, heads, 3, &result->classifier);

    struct ses_path name = ses_path("efficientnet%s%s",
                                    size && !any ? "_" : "",
                                    size && !any ? size : "");
    snprintf(result->arch, sizeof result->arch, "%.32s (torchvision)",
             name.text);
    if (!size)
        ses_build_note(&b, "no published size of EfficientNet: its strides, "
                           "SiLU and epsilon %g assumed",
                       b.epsilon);
    ses_sizes_preprocess(&b, sizes, name.text, channels, &result->preprocess);
    ses_inverted_release(&units);
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_torchvision_efficientnet = {
    .name = "torchvision_efficientnet",
    .description = "EfficientNet B0 to B7 and V2 of torchvision",
    .signature = "features.0.0, features.1.0.block.0",
    .members = members,
    .match = match,
    .build = build,
};
