/* MobileNetV3 with the keys of torchvision: features.0, then units
 * features.N.block, a last convolution and two fully connected layers. Gates
 * (fc1, fc2) stand after the depthwise convolution's non-linearity. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/family.h"
#include "core/import/families/mobilenetv3.h"
#include "core/import/families/sizes.h"
#include "core/import/families/torchvision.h"

static const struct ses_member members[] = {
    { "mobilenet_v3_small", "mobilenet_v3_small" },
    { "mobilenet_v3_large", "mobilenet_v3_large" },
    { NULL, NULL },
};

static const struct ses_sizes sizes[] = {
    { "mobilenet_v3_large",
      "MobileNet_V3_Large_Weights.IMAGENET1K_V2 (V1: resize=256)", 232, 224,
      SES_FILTER_BILINEAR, false, false },
    { NULL, "MobileNet_V3_Small_Weights.IMAGENET1K_V1", 256, 224,
      SES_FILTER_BILINEAR, false, false },
};

static bool match(const struct ses_state *state)
{
    return ses_build_below(state, "features.0.0") &&
           ses_build_below(state, "features.1.block.0");
}

static void read_units(struct ses_build *build,
                       struct ses_inverted_list *units)
{
    int count = ses_build_count(build->state, "features");
    for (int i = 1; i < count; i++) {
        struct ses_path path = ses_path("features.%d", i);
        if (!ses_build_below(build->state,
                             ses_path("%s.block", path.text).text))
            break;
        struct ses_inverted *unit = ses_inverted_add(build, units);
        if (!unit)
            return;
        ses_torchvision_unit(build->state, path.text, unit);
        unit->gate.inner = SES_ACT_RELU;
        unit->gate.gate = SES_ACT_HARD_SIGMOID;
    }
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    struct ses_build b = ses_build_start(state, graph, err);
    struct ses_inverted_list units = { 0 };
    b.epsilon = 1e-3;
    read_units(&b, &units);
    const struct ses_mobile_rule *rule = ses_mobile_apply(
        &b, &units, member ? ses_mobile_wanted(member->name) : NULL,
        "'mobilenet_v3_small', 'mobilenet_v3_large'");

    struct ses_flow flow = ses_build_input(&b, "features.0.0");
    int channels = flow.channels;
    flow = ses_inverted_layer(&b, flow, "features.0.0", "features.0.1",
                              ses_conv_same(3, 2, 0), SES_ACT_HARD_SWISH);
    for (size_t i = 0; i < units.count && !b.failed; i++)
        flow = ses_inverted_build(&b, flow, &units.items[i]);
    struct ses_path last = ses_path("features.%zu", units.count + 1);
    flow = ses_mobile_head(&b, flow, last.text, &result->classifier);

    struct ses_path name =
        ses_path("mobilenet_v3_%s", rule ? rule->name : "");
    snprintf(result->arch, sizeof result->arch, "%.24s (torchvision%.24s)",
             name.text, ses_mobile_width(rule, &units).text);
    ses_sizes_preprocess(&b, sizes, name.text, channels, &result->preprocess);
    ses_inverted_release(&units);
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_torchvision_mobilenetv3 = {
    .name = "torchvision_mobilenetv3",
    .description = "MobileNetV3 of torchvision",
    .signature = "features.0.0, features.1.block.0.0",
    .members = members,
    .match = match,
    .build = build,
};
