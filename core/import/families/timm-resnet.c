/* The SE members of timm's resnet.py: gates se.fc1, se.fc2 of 1x1
 * convolutions (or ECA's se.conv), plain or deep stems (three 3x3), shortcuts
 * that average before their convolution ("d", "t"), and ResNet-RS, whose stem
 * pool is a convolution. Stride 2 is in the 3x3 convolution, the max pool is
 * padded.
 *
 * Anti-aliased members ("aa") have the keys of others, so that only --arch
 * tells them. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/family.h"
#include "core/import/families/residual.h"

static const struct ses_member members[] = {
    { "seresnet18", "seresnet18" },
    { "seresnet34", "seresnet34" },
    { "seresnet50", "seresnet50" },
    { "seresnet50t", "seresnet50t" },
    { "seresnet101", "seresnet101" },
    { "seresnet152", "seresnet152" },
    { "seresnet152d", "seresnet152d" },
    { "seresnet200d", "seresnet200d" },
    { "seresnet269d", "seresnet269d" },
    { "seresnetaa50d", "seresnetaa50d" },
    { "seresnext26d_32x4d", "seresnext26d_32x4d" },
    { "seresnext26t_32x4d", "seresnext26t_32x4d" },
    { "seresnext26tn_32x4d", "seresnext26t_32x4d" },
    { "seresnext50_32x4d", "seresnext50_32x4d" },
    { "seresnext101_32x4d", "seresnext101_32x4d" },
    { "seresnext101_32x8d", "seresnext101_32x8d" },
    { "seresnext101_64x4d", "seresnext101_64x4d" },
    { "seresnext101d_32x8d", "seresnext101d_32x8d" },
    { "seresnextaa101d_32x8d", "seresnextaa101d_32x8d" },
    { "seresnextaa201d_32x8d", "seresnextaa201d_32x8d" },
    { "senet154", "senet154" },
    { "ecaresnet26t", "ecaresnet26t" },
    { "ecaresnet50d", "ecaresnet50d" },
    { "ecaresnet50t", "ecaresnet50t" },
    { "ecaresnet101d", "ecaresnet101d" },
    { "ecaresnet200d", "ecaresnet200d" },
    { "ecaresnet269d", "ecaresnet269d" },
    { "ecaresnetlight", "ecaresnetlight" },
    { "ecaresnext26t_32x4d", "ecaresnext26t_32x4d" },
    { "ecaresnext50t_32x4d", "ecaresnext50t_32x4d" },
    { "resnetrs50", "resnetrs50" },
    { "resnetrs101", "resnetrs101" },
    { "resnetrs152", "resnetrs152" },
    { "resnetrs200", "resnetrs200" },
    { "resnetrs270", "resnetrs270" },
    { "resnetrs350", "resnetrs350" },
    { "resnetrs420", "resnetrs420" },
    { NULL, NULL },
};

static const struct ses_gate_dialect dialects[] = {
    { .module = "se",
      .down = "fc1",
      .up = "fc2",
      .down_norm = "bn",
      .inner = SES_ACT_RELU,
      .gate = SES_ACT_SIGMOID },
    { .module = "se", .across = "conv", .gate = SES_ACT_SIGMOID },
};

static const char *const stem[3] = { "conv1.0", "conv1.3", "conv1.6" };

/* Input sizes that published weights were made for: the shorter side is
 * input / crop_pct, rounded down. What is not here has 256 and 224. */
static const struct {
    const char *name, *weights;
    int resize, input;
} sizes[] = {
    { "seresnet50", "seresnet50.a1_in1k", 235, 224 },
    { "seresnet152d", "seresnet152d.ra2_in1k", 269, 256 },
    { "seresnext101_32x8d", "seresnext101_32x8d.ah_in1k", 235, 224 },
    { "seresnext101d_32x8d", "seresnext101d_32x8d.ah_in1k", 235, 224 },
    { "seresnextaa101d_32x8d", "seresnextaa101d_32x8d.ah_in1k", 235, 224 },
    { "seresnextaa201d_32x8d", "seresnextaa201d_32x8d.sw_in12k_ft_in1k_384",
      384, 384 },
    { "ecaresnet26t", "ecaresnet26t.ra2_in1k", 292, 256 },
    { "ecaresnet50t", "ecaresnet50t.ra2_in1k", 292, 256 },
    { "ecaresnet200d", "ecaresnet200d", 269, 256 },
    { "ecaresnet269d", "ecaresnet269d.ra2_in1k", 336, 320 },
    { "resnetrs50", "resnetrs50.tf_in1k", 175, 160 },
    { "resnetrs101", "resnetrs101.tf_in1k", 204, 192 },
    { "resnetrs152", "resnetrs152.tf_in1k", 256, 256 },
    { "resnetrs200", "resnetrs200.tf_in1k", 256, 256 },
    { "resnetrs270", "resnetrs270.tf_in1k", 256, 256 },
    { "resnetrs350", "resnetrs350.tf_in1k", 288, 288 },
    { "resnetrs420", "resnetrs420.tf_in1k", 320, 320 },
};

/* Networks whose names do not follow from their layers. */
static const struct {
    int units[4];
    bool pool_conv; /* ResNet-RS */
    int groups;
    const char *name;
} special[] = {
    { { 3, 4, 6, 3 }, true, 1, "resnetrs50" },
    { { 3, 4, 23, 3 }, true, 1, "resnetrs101" },
    { { 3, 8, 36, 3 }, true, 1, "resnetrs152" },
    { { 3, 24, 36, 3 }, true, 1, "resnetrs200" },
    { { 4, 29, 53, 4 }, true, 1, "resnetrs270" },
    { { 4, 36, 72, 4 }, true, 1, "resnetrs350" },
    { { 4, 44, 87, 4 }, true, 1, "resnetrs420" },
    { { 3, 24, 36, 4 }, false, 32, "seresnextaa201d_32x8d" },
    { { 3, 8, 36, 3 }, false, 64, "senet154" },
};

static bool match(const struct ses_state *state)
{
    return (ses_state_find(state, "conv1.weight") ||
            ses_state_find(state, "conv1.0.weight")) &&
           ses_state_find(state, "layer1.0.conv1.weight") &&
           (ses_state_find(state, "layer1.0.se.fc1.weight") ||
            ses_state_find(state, "layer1.0.se.fc2.weight") ||
            ses_state_find(state, "layer1.0.se.conv.weight"));
}

/* timm's letter for a stem and its shortcuts; NULL for none it has. */
static const char *letter(const struct ses_residual *net)
{
    const int *w = net->stem_width;
    if (net->stem_kernel)
        return net->stem_kernel == 7 && !net->average_down ? "" : NULL;
    if (w[0] == 32 && w[1] == 32 && w[2] == 64)
        return net->average_down ? "d" : "c";
    if (w[0] == 24 && w[2] == 64)
        return net->average_down ? "t" : NULL;
    if (w[0] == 64 && w[1] == 64 && w[2] == 128)
        return net->average_down ? "e" : "s";
    return NULL;
}

static bool is_light(const struct ses_residual *net)
{
    static const int units[4] = { 1, 1, 11, 3 };
    return net->across && net->stages == 4 && net->bottleneck &&
           net->stem_kernel == 7 && net->average_down &&
           !memcmp(net->units, units, sizeof units);
}

/* timm's name, or the family-neutral one. */
static void name_network(const struct ses_residual *net, bool pool_conv,
                         char *out, size_t size)
{
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if (net->stages == 4 && net->bottleneck && !net->stem_kernel &&
            !net->across && special[i].pool_conv == pool_conv &&
            special[i].groups == net->groups &&
            !memcmp(special[i].units, net->units, sizeof special[i].units)) {
            snprintf(out, size, "%s", special[i].name);
            return;
        }
    if (is_light(net)) {
        snprintf(out, size, "ecaresnetlight");
        return;
    }
    const char *kind = net->across ? "eca" : "se";
    const char *suffix = letter(net);
    int depth = net->stages == 4 ? ses_residual_depth(net) : 0;
    if (!suffix || !depth || !net->gated || pool_conv) {
        ses_residual_name(net, out, size);
        return;
    }
    char width[24] = "";
    if (net->groups > 1)
        snprintf(width, sizeof width, "_%dx%dd", net->groups, net->group_width);
    snprintf(out, size, "%sresne%st%d%s%s", kind, net->groups > 1 ? "x" : "",
             depth, suffix, width);
}

/* Whether strides are average pools. Shapes cannot tell, and weights of both
 * kinds are published for one network: that one has to be named. */
static void decide_anti_alias(struct ses_build *build,
                              const struct ses_member *member, char *name,
                              size_t size, struct ses_residual *net)
{
    if (!strcmp(name, "seresnextaa201d_32x8d")) {
        net->anti_alias = true;
        return;
    }
    bool deep50 = !strcmp(name, "seresnet50d");
    bool deep101 = !strcmp(name, "seresnext101d_32x8d");
    if (!deep50 && !deep101)
        return;
    const char *aa = deep50 ? "seresnetaa50d" : "seresnextaa101d_32x8d";
    if (member && !strcmp(member->name, aa)) {
        net->anti_alias = true;
        snprintf(name, size, "%s", aa);
    } else if (deep101 && !member) {
        ses_build_fail(build, SES_EUSAGE,
                       "the tensors fit 'seresnext101d_32x8d' and "
                       "'seresnextaa101d_32x8d' (average pooling instead of "
                       "strides); say which with --arch");
    }
}

static struct ses_flow build_stem(struct ses_build *build,
                                  const struct ses_residual *net,
                                  bool pool_conv, struct ses_flow in)
{
    if (net->stem_kernel)
        return ses_residual_plain_stem(build, net, in);
    in = ses_residual_stem(build, in, stem[0], "conv1.1", 3, 2);
    in = ses_residual_stem(build, in, stem[1], "conv1.4", 3, 1);
    in = ses_residual_stem(build, in, stem[2], "bn1", 3, 1);
    if (pool_conv)
        return ses_residual_stem(build, in, "maxpool.0", "maxpool.1", 3, 2);
    if (net->anti_alias)
        return ses_build_pool(build, in, "maxpool", SES_OP_AVERAGE_POOL,
                              ses_window(2, 2, 0));
    return ses_build_pool(build, in, "maxpool", SES_OP_MAX_POOL,
                          ses_window(3, 2, 1));
}

static void choose_preprocess(struct ses_build *build, const char *name,
                              const struct ses_residual *net, int channels,
                              struct ses_preprocess *out)
{
    ses_residual_preprocess(build, net, channels, out);
    if (net->stem_kernel == 3)
        return;
    out->filter = SES_FILTER_BICUBIC;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (strcmp(sizes[i].name, name))
            continue;
        out->resize = sizes[i].resize;
        out->crop_h = out->crop_w = sizes[i].input;
        out->input_h = out->input_w = sizes[i].input;
        ses_build_note(build, "preprocessing of '%s' assumed",
                       sizes[i].weights);
        return;
    }
    ses_build_note(build, "preprocessing of timm's 224-pixel weights "
                          "assumed (bicubic, resize 256)");
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    static const char *const heads[] = { "fc", "last_linear", "classifier" };
    bool deep = ses_state_find(state, "conv1.0.weight");
    bool pool_conv = ses_state_find(state, "maxpool.0.weight");
    struct ses_build b = ses_build_start(state, graph, err);
    struct ses_residual net = ses_residual_read(
        state, deep ? stem : (const char *const[3]){ "conv1", "", "" });
    net.gated = true;
    net.across = ses_state_find(state, "layer1.0.se.conv.weight");
    char name[48];
    name_network(&net, pool_conv, name, sizeof name);
    decide_anti_alias(&b, member, name, sizeof name, &net);

    struct ses_flow flow = ses_build_input(&b, deep ? stem[0] : "conv1");
    int channels = flow.channels;
    flow = build_stem(&b, &net, pool_conv, flow);
    flow = ses_residual_build(&b, &net, dialects, 2, flow);
    flow = ses_build_head(&b, flow, heads, 3, &result->classifier);
    snprintf(result->arch, sizeof result->arch, "%s (timm)", name);
    choose_preprocess(&b, name, &net, channels, &result->preprocess);
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_timm_resnet = {
    .name = "timm_resnet",
    .description = "seresnet*, seresnext*, ecaresnet*, senet154 and "
                   "resnetrs* of timm",
    .signature = "conv1 (or conv1.0), layer1.0.se.fc1 (or .se.conv)",
    .members = members,
    .match = match,
    .build = build,
};
