/* MobileNetV3 with the keys of timm: units blocks.S.U with a gate
 * se.conv_reduce, se.conv_expand after the depthwise convolution's
 * non-linearity, and a last convolution after the global mean. Ports from
 * TensorFlow (tf_*) have the same tensors, as in timm-efficientnet.c. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/family.h"
#include "core/import/families/mobilenetv3.h"
#include "core/import/families/sizes.h"
#include "core/import/families/timm-units.h"

#define MEMBER(name) { name, name }
static const struct ses_member members[] = {
    MEMBER("mobilenetv3_large_075"),
    MEMBER("mobilenetv3_large_100"),
    MEMBER("mobilenetv3_large_150d"),
    MEMBER("mobilenetv3_rw"),
    MEMBER("mobilenetv3_small_050"),
    MEMBER("mobilenetv3_small_075"),
    MEMBER("mobilenetv3_small_100"),
    MEMBER("tf_mobilenetv3_large_075"),
    MEMBER("tf_mobilenetv3_large_100"),
    MEMBER("tf_mobilenetv3_large_minimal_100"),
    MEMBER("tf_mobilenetv3_small_075"),
    MEMBER("tf_mobilenetv3_small_100"),
    MEMBER("tf_mobilenetv3_small_minimal_100"),
    MEMBER("mobilenetv3_small"), /* of any width */
    MEMBER("mobilenetv3_large"),
    MEMBER("tf_mobilenetv3_small"),
    MEMBER("tf_mobilenetv3_large"),
    { NULL, NULL },
};

#define BICUBIC SES_FILTER_BICUBIC
#define BILINEAR SES_FILTER_BILINEAR
static const struct ses_sizes sizes[] = {
    { "mobilenetv3_large_075", "mobilenetv3_large_075",
      256, 224, BILINEAR, false, false },
    { "mobilenetv3_large_100", "mobilenetv3_large_100.ra_in1k",
      256, 224, BICUBIC, false, false },
    { "mobilenetv3_large_150d", "mobilenetv3_large_150d.ra4_e3600_r256_in1k",
      269, 256, BILINEAR, true, false },
    { "mobilenetv3_rw", "mobilenetv3_rw.rmsp_in1k",
      256, 224, BICUBIC, false, false },
    { "mobilenetv3_small_050", "mobilenetv3_small_050.lamb_in1k",
      256, 224, BICUBIC, false, false },
    { "mobilenetv3_small_075", "mobilenetv3_small_075.lamb_in1k",
      256, 224, BICUBIC, false, false },
    { "mobilenetv3_small_100", "mobilenetv3_small_100.lamb_in1k",
      256, 224, BICUBIC, false, false },
    { "tf_mobilenetv3_large_075", "tf_mobilenetv3_large_075.in1k",
      256, 224, BILINEAR, true, false },
    { "tf_mobilenetv3_large_100", "tf_mobilenetv3_large_100.in1k",
      256, 224, BILINEAR, true, false },
    { "tf_mobilenetv3_large_minimal_100",
      "tf_mobilenetv3_large_minimal_100.in1k",
      256, 224, BILINEAR, true, false },
    { "tf_mobilenetv3_small_075", "tf_mobilenetv3_small_075.in1k",
      256, 224, BILINEAR, true, false },
    { "tf_mobilenetv3_small_100", "tf_mobilenetv3_small_100.in1k",
      256, 224, BILINEAR, true, false },
    { "tf_mobilenetv3_small_minimal_100",
      "tf_mobilenetv3_small_minimal_100.in1k",
      256, 224, BILINEAR, true, false },
    { NULL, "mobilenetv3_large_100.ra_in1k", 256, 224, BICUBIC, false, false },
};

/* Channels of the last stage, and what a member's name has for them. */
static const struct {
    const char *rule;
    int out;
    const char *suffix;
} widths[] = {
    { "small", 48, "_050" },          { "small", 72, "_075" },
    { "small", 96, "_100" },          { "small_minimal", 96, "_100" },
    { "large", 120, "_075" },         { "large", 160, "_100" },
    { "large_minimal", 160, "_100" }, { "large", 240, "_150d" },
};

static bool match(const struct ses_state *state)
{
    return ses_timm_units_match(state) && !ses_build_below(state, "bn2") &&
           ses_build_below(state, "conv_head");
}

/* What the parts of the network have in common. */
struct network {
    struct ses_inverted_list units; /* without the last convolutions ... */
    size_t tail;                    /* ... which come after them */
    const struct ses_mobile_rule *rule;
    bool rw; /* mobilenetv3_rw: unrounded gates, epsilon 1e-3, no bias */
    bool ported, any;
    enum ses_activation activation; /* of stem, tail and head */
};

/* Told by two things, as each alone could be another's fault: no bias in the
 * last convolution, and a gate whose width is no multiple of 8. */
static bool is_rw(const struct ses_state *state,
                  const struct ses_inverted_list *units)
{
    if (ses_build_peek(state, "conv_head", "bias"))
        return false;
    for (size_t i = 0; i < units->count; i++) {
        const char *path = units->items[i].path.text;
        int reduced = ses_build_dimension(
            state, ses_path("%s.se.conv_reduce", path).text, 0);
        if (reduced)
            return reduced % 8 != 0;
    }
    return false;
}

static void read_network(struct ses_build *build,
                         const struct ses_member *member, struct network *net)
{
    struct ses_inverted_list *units = &net->units;
    const char *name = member ? member->name : "";
    net->ported = ses_timm_port(build, member ? name : NULL);
    name += strncmp(name, "tf_", 3) ? 0 : 3;
    net->any = !strcmp(name, "mobilenetv3_small") ||
               !strcmp(name, "mobilenetv3_large");
    ses_timm_units(build, units, SES_ACT_HARD_SIGMOID);
    while (units->count && units->items[units->count - 1].layers == 1) {
        units->count--;
        net->tail++;
    }
    net->rule = ses_mobile_apply(build, units,
                                 net->any ? ses_mobile_wanted(name) : NULL,
                                 "'mobilenetv3_small', 'mobilenetv3_large'");
    net->rw = is_rw(build->state, units);
    net->activation = net->rule && net->rule->minimal ? SES_ACT_RELU
                                                      : SES_ACT_HARD_SWISH;
    if (net->rw)
        build->epsilon = 1e-3;
}

static struct ses_flow build_units(struct ses_build *build,
                                   struct network *net, struct ses_flow flow)
{
    flow = ses_inverted_layer(build, flow, "conv_stem", "bn1",
                              ses_conv_same(3, 2, 0), net->activation);
    size_t count = net->units.count;
    for (size_t i = 0; i < count + net->tail && !build->failed; i++) {
        struct ses_inverted *unit = &net->units.items[i];
        unit->gate.inner = net->rw ? unit->activation : SES_ACT_RELU;
        unit->no_skip = net->rw && unit->stage == 0;
        if (i >= count) {
            unit->stride = 1;
            unit->activation = net->activation;
            unit->no_skip = true;
        }
        flow = ses_inverted_build(build, flow, unit);
    }
    return flow;
}

/* A convolution with a bias and no norm, after the mean. */
static struct ses_flow head(struct ses_build *build,
                            const struct network *net, struct ses_flow in,
                            bool *classifier)
{
    static const char *const names[] = { "classifier", "fc" };
    in = ses_build_global_mean(build, in, "global_pool");
    if (!net->rw)
        ses_build_need(build, "conv_head", "bias");
    in = ses_build_dense(build, in, "conv_head", 0);
    in = ses_build_activation(build, in, "act2", net->activation);
    return ses_build_classifier(build, in, names, 2, classifier);
}

static struct ses_path name_network(const struct network *net)
{
    const char *prefix = net->ported ? "tf_" : "", *suffix = NULL;
    const char *rule = net->rule ? net->rule->name : "";
    size_t count = net->units.count;
    int out = count ? net->units.items[count - 1].out : 0;
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        if (out == widths[i].out && !strcmp(rule, widths[i].rule))
            suffix = widths[i].suffix;
    if (net->rw && suffix && !net->any)
        return ses_path("%smobilenetv3_rw", prefix);
    return ses_path("%smobilenetv3_%s%s", prefix, rule,
                    suffix && !net->any ? suffix : "");
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    struct ses_build b = ses_build_start(state, graph, err);
    struct network net = { 0 };
    read_network(&b, member, &net);
    struct ses_flow flow = ses_build_input(&b, "conv_stem");
    int channels = flow.channels;
    flow = build_units(&b, &net, flow);
    flow = head(&b, &net, flow, &result->classifier);

    struct ses_path name = name_network(&net);
    snprintf(result->arch, sizeof result->arch, "%.40s (timm)", name.text);
    if (!member && !net.rw && !net.ported)
        ses_timm_note_port(&b, name.text);
    ses_sizes_preprocess(&b, sizes, name.text, channels, &result->preprocess);
    ses_inverted_release(&net.units);
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_timm_mobilenetv3 = {
    .name = "timm_mobilenetv3",
    .description = "mobilenetv3_* and their tf_ ports of timm",
    .signature = "conv_stem, blocks.0.0, conv_head without bn2",
    .members = members,
    .match = match,
    .build = build,
};
