/* EfficientNet with the keys of timm: V1, Lite and V2, whose units are
 * blocks.S.U with a gate se.conv_reduce, se.conv_expand.
 *
 * Networks ported from TensorFlow (tf_*) have the same tensors, but pad as
 * TensorFlow does and have another epsilon: only a name tells them. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/efficientnet.h"
#include "core/import/families/family.h"
#include "core/import/families/sizes.h"
#include "core/import/families/timm-units.h"

#define MEMBER(name) { name, name }
static const struct ses_member members[] = {
    MEMBER("efficientnet_b0"),
    MEMBER("efficientnet_b1"),
    MEMBER("efficientnet_b2"),
    MEMBER("efficientnet_b3"),
    MEMBER("efficientnet_b4"),
    MEMBER("efficientnet_b5"),
    MEMBER("efficientnet_b6"),
    MEMBER("efficientnet_b7"),
    MEMBER("efficientnet_b8"),
    MEMBER("efficientnet_l2"),
    MEMBER("efficientnet_b1_pruned"),
    MEMBER("efficientnet_b2_pruned"),
    MEMBER("efficientnet_b3_pruned"),
    MEMBER("efficientnet_lite0"),
    MEMBER("efficientnet_lite1"),
    MEMBER("efficientnet_lite2"),
    MEMBER("efficientnet_lite3"),
    MEMBER("efficientnet_lite4"),
    MEMBER("efficientnetv2_rw_t"),
    MEMBER("efficientnetv2_rw_s"),
    MEMBER("efficientnetv2_rw_m"),
    MEMBER("efficientnetv2_s"),
    MEMBER("efficientnetv2_m"),
    MEMBER("efficientnetv2_l"),
    MEMBER("efficientnetv2_xl"),
    MEMBER("efficientnet"),
    MEMBER("tf_efficientnet_b0"),
    MEMBER("tf_efficientnet_b1"),
    MEMBER("tf_efficientnet_b2"),
    MEMBER("tf_efficientnet_b3"),
    MEMBER("tf_efficientnet_b4"),
    MEMBER("tf_efficientnet_b5"),
    MEMBER("tf_efficientnet_b6"),
    MEMBER("tf_efficientnet_b7"),
    MEMBER("tf_efficientnet_b8"),
    MEMBER("tf_efficientnet_l2"),
    MEMBER("tf_efficientnet_lite0"),
    MEMBER("tf_efficientnet_lite1"),
    MEMBER("tf_efficientnet_lite2"),
    MEMBER("tf_efficientnet_lite3"),
    MEMBER("tf_efficientnet_lite4"),
    MEMBER("tf_efficientnetv2_b0"),
    MEMBER("tf_efficientnetv2_b1"),
    MEMBER("tf_efficientnetv2_b2"),
    MEMBER("tf_efficientnetv2_b3"),
    MEMBER("tf_efficientnetv2_s"),
    MEMBER("tf_efficientnetv2_m"),
    MEMBER("tf_efficientnetv2_l"),
    MEMBER("tf_efficientnetv2_xl"),
    MEMBER("tf_efficientnet"),
    { NULL, NULL },
};

#define BICUBIC SES_FILTER_BICUBIC
#define BILINEAR SES_FILTER_BILINEAR
static const struct ses_sizes sizes[] = {
    { "efficientnet_b0", "efficientnet_b0.ra_in1k",
      256, 224, BICUBIC, false, false },
    { "efficientnet_b1", "efficientnet_b1.ra4_e3600_r240_in1k",
      266, 240, BICUBIC, true, false },
    { "efficientnet_b2", "efficientnet_b2.ra_in1k",
      292, 256, BICUBIC, false, false },
    { "efficientnet_b3", "efficientnet_b3.ra2_in1k",
      329, 288, BICUBIC, false, false },
    { "efficientnet_b4", "efficientnet_b4.ra2_in1k",
      365, 320, BICUBIC, false, false },
    { "efficientnet_b5", "efficientnet_b5.sw_in12k_ft_in1k",
      448, 448, BICUBIC, false, true },
    { "efficientnet_b6", "efficientnet_b6", 560, 528, BICUBIC, false, false },
    { "efficientnet_b7", "efficientnet_b7", 632, 600, BICUBIC, false, false },
    { "efficientnet_b8", "efficientnet_b8", 704, 672, BICUBIC, false, false },
    { "efficientnet_l2", "efficientnet_l2", 832, 800, BICUBIC, false, false },
    { "efficientnet_b1_pruned", "efficientnet_b1_pruned.in1k",
      272, 240, BICUBIC, true, false },
    { "efficientnet_b2_pruned", "efficientnet_b2_pruned.in1k",
      292, 260, BICUBIC, true, false },
    { "efficientnet_b3_pruned", "efficientnet_b3_pruned.in1k",
      331, 300, BICUBIC, true, false },
    { "efficientnet_lite0", "efficientnet_lite0.ra_in1k",
      256, 224, BICUBIC, false, false },
    { "efficientnet_lite1", "efficientnet_lite1",
      272, 240, BICUBIC, false, false },
    { "efficientnet_lite2", "efficientnet_lite2",
      292, 260, BICUBIC, false, false },
    { "efficientnet_lite3", "efficientnet_lite3",
      331, 300, BICUBIC, false, false },
    { "efficientnet_lite4", "efficientnet_lite4",
      412, 380, BICUBIC, false, false },
    { "efficientnetv2_rw_t", "efficientnetv2_rw_t.ra2_in1k",
      224, 224, BICUBIC, false, false },
    { "efficientnetv2_rw_s", "efficientnetv2_rw_s.ra2_in1k",
      288, 288, BICUBIC, false, false },
    { "efficientnetv2_rw_m", "efficientnetv2_rw_m.agc_in1k",
      320, 320, BICUBIC, false, false },
    { "efficientnetv2_s", "efficientnetv2_s", 288, 288, BICUBIC, false, false },
    { "efficientnetv2_m", "efficientnetv2_m", 320, 320, BICUBIC, false, false },
    { "efficientnetv2_l", "efficientnetv2_l", 384, 384, BICUBIC, false, false },
    { "efficientnetv2_xl", "efficientnetv2_xl",
      384, 384, BICUBIC, false, false },
    { "tf_efficientnet_b0", "tf_efficientnet_b0.ns_jft_in1k",
      256, 224, BICUBIC, false, false },
    { "tf_efficientnet_b1", "tf_efficientnet_b1.ns_jft_in1k",
      272, 240, BICUBIC, false, false },
    { "tf_efficientnet_b2", "tf_efficientnet_b2.ns_jft_in1k",
      292, 260, BICUBIC, false, false },
    { "tf_efficientnet_b3", "tf_efficientnet_b3.ns_jft_in1k",
      331, 300, BICUBIC, false, false },
    { "tf_efficientnet_b4", "tf_efficientnet_b4.ns_jft_in1k",
      412, 380, BICUBIC, false, false },
    { "tf_efficientnet_b5", "tf_efficientnet_b5.ns_jft_in1k",
      488, 456, BICUBIC, false, false },
    { "tf_efficientnet_b6", "tf_efficientnet_b6.ns_jft_in1k",
      560, 528, BICUBIC, false, false },
    { "tf_efficientnet_b7", "tf_efficientnet_b7.ns_jft_in1k",
      632, 600, BICUBIC, false, false },
    { "tf_efficientnet_b8", "tf_efficientnet_b8.ap_in1k",
      704, 672, BICUBIC, true, false },
    { "tf_efficientnet_l2", "tf_efficientnet_l2.ns_jft_in1k_475",
      507, 475, BICUBIC, false, false },
    { "tf_efficientnet_lite0", "tf_efficientnet_lite0.in1k",
      256, 224, BICUBIC, true, false },
    { "tf_efficientnet_lite1", "tf_efficientnet_lite1.in1k",
      272, 240, BICUBIC, true, false },
    { "tf_efficientnet_lite2", "tf_efficientnet_lite2.in1k",
      292, 260, BICUBIC, true, false },
    { "tf_efficientnet_lite3", "tf_efficientnet_lite3.in1k",
      331, 300, BILINEAR, true, false },
    { "tf_efficientnet_lite4", "tf_efficientnet_lite4.in1k",
      413, 380, BILINEAR, true, false },
    { "tf_efficientnetv2_b0", "tf_efficientnetv2_b0.in1k",
      219, 192, BICUBIC, false, false },
    { "tf_efficientnetv2_b1", "tf_efficientnetv2_b1.in1k",
      217, 192, BICUBIC, false, false },
    { "tf_efficientnetv2_b2", "tf_efficientnetv2_b2.in1k",
      233, 208, BICUBIC, false, false },
    { "tf_efficientnetv2_b3", "tf_efficientnetv2_b3.in21k_ft_in1k",
      266, 240, BICUBIC, true, true },
    { "tf_efficientnetv2_s", "tf_efficientnetv2_s.in21k_ft_in1k",
      300, 300, BICUBIC, true, false },
    { "tf_efficientnetv2_m", "tf_efficientnetv2_m.in21k_ft_in1k",
      384, 384, BICUBIC, true, true },
    { "tf_efficientnetv2_l", "tf_efficientnetv2_l.in21k_ft_in1k",
      384, 384, BICUBIC, true, true },
    { "tf_efficientnetv2_xl", "tf_efficientnetv2_xl.in21k_ft_in1k",
      384, 384, BICUBIC, true, true },
    { NULL, "efficientnet_b0.ra_in1k", 256, 224, BICUBIC, false, false },
};

/* MobileNetV3 has no norm after its last convolution. */
static bool match(const struct ses_state *state)
{
    return ses_timm_units_match(state) && ses_build_below(state, "bn2");
}

static enum ses_activation activation_of(enum ses_efficientnet_kind kind)
{
    return kind == SES_EFFICIENTNET_LITE ? SES_ACT_RELU6 : SES_ACT_SILU;
}

static bool is_any(const struct ses_member *member)
{
    return member && (!strcmp(member->name, "efficientnet") ||
                      !strcmp(member->name, "tf_efficientnet"));
}

/* "tf_efficientnet_b0", "efficientnetv2_s", "efficientnet". */
static struct ses_path name_network(const char *size, bool ported, bool any)
{
    const char *prefix = ported ? "tf_" : "";
    if (!size || any)
        return ses_path("%sefficientnet", prefix);
    return ses_path("%sefficientnet%s%s", prefix, size[0] == 'v' ? "" : "_",
                    size);
}

static struct ses_flow build_units(struct ses_build *build,
                                   struct ses_inverted_list *units,
                                   enum ses_activation activation,
                                   struct ses_flow flow)
{
    flow = ses_inverted_layer(build, flow, "conv_stem", "bn1",
                              ses_conv_same(3, 2, 0), activation);
    for (size_t i = 0; i < units->count && !build->failed; i++) {
        struct ses_inverted *unit = &units->items[i];
        unit->activation = unit->gate.inner = activation;
        flow = ses_inverted_build(build, flow, unit);
    }
    return ses_inverted_layer(build, flow, "conv_head", "bn2",
                              ses_conv_same(1, 1, 0), activation);
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    static const char *const heads[] = { "classifier", "fc" };
    struct ses_build b = ses_build_start(state, graph, err);
    struct ses_inverted_list units = { 0 };
    bool ported = ses_timm_port(&b, member ? member->name : NULL);
    ses_timm_units(&b, &units, SES_ACT_SIGMOID);
    enum ses_efficientnet_kind kind = ses_efficientnet_apply(
        &b, &units, is_any(member), "efficientnet (or tf_efficientnet)");
    const char *size = ses_efficientnet_size(&units, kind);
    struct ses_path name = name_network(size, ported, is_any(member));
    bool pruned = size && strstr(size, "_pruned");
    if (pruned) { /* from ports, whose name they lost */
        b.same = true;
        b.epsilon = 1e-3;
    }

    struct ses_flow flow = ses_build_input(&b, "conv_stem");
    int channels = flow.channels;
    flow = build_units(&b, &units, activation_of(kind), flow);
    flow = ses_build_head(&b, flow, heads, 2, &result->classifier);
    snprintf(result->arch, sizeof result->arch, "%.40s (timm)", name.text);
    if (!size)
        ses_build_note(&b, "no published size of EfficientNet: its strides and "
                           "%s assumed",
                       ses_activation_name(activation_of(kind)));
    if (!member && !ported && !pruned)
        ses_timm_note_port(&b, name.text);
    ses_sizes_preprocess(&b, sizes, name.text, channels, &result->preprocess);
    ses_inverted_release(&units);
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_timm_efficientnet = {
    .name = "timm_efficientnet",
    .description = "efficientnet_*, efficientnetv2_* and their tf_ ports of "
                   "timm",
    .signature = "conv_stem, blocks.0.0, bn2",
    .members = members,
    .match = match,
    .build = build,
};
