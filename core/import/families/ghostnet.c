/* GhostNet (Han et al., arXiv:1911.11907) with the keys of its authors and of
 * timm: units blocks.S.U of two ghost modules, each a convolution and a
 * depthwise one of its output, put side by side. A unit has a strided
 * depthwise convolution between them or none, so strides are seen; gates
 * (hard-sigmoid) stand before the second module. */
#include <stdio.h>

#include "core/import/families/family.h"
#include "core/import/families/inverted.h"
#include "core/import/families/sizes.h"

static const struct ses_member members[] = {
    { "ghostnet_050", "ghostnet_050" },
    { "ghostnet_100", "ghostnet_100" },
    { "ghostnet_130", "ghostnet_130" },
    { NULL, NULL },
};

static const struct ses_sizes sizes[] = {
    { NULL, "ghostnet_100.in1k", 256, 224, SES_FILTER_BICUBIC, false, false },
};

static const struct ses_gate_dialect dialect = {
    .module = "se",
    .down = "conv_reduce",
    .up = "conv_expand",
    .inner = SES_ACT_RELU,
    .gate = SES_ACT_HARD_SIGMOID,
};

static bool match(const struct ses_state *state)
{
    return ses_build_below(state, "conv_stem") &&
           (ses_build_below(state, "blocks.0.0.ghost1") ||
            ses_build_below(state, "blocks.0.0.ghost2"));
}

/* A convolution with its norm: <path>.<conv> and <path>.<norm>. kernel as in
 * struct ses_conv; depth: depthwise. */
static struct ses_flow layer(struct ses_build *build, struct ses_flow in,
                             const char *conv, const char *norm, int kernel,
                             int stride, bool depth)
{
    struct ses_conv how = { .kernel = kernel, .stride = stride,
                            .grouped = depth };
    in = ses_build_conv(build, in, conv, how);
    return ses_build_norm(build, in, norm);
}

static struct ses_flow relu(struct ses_build *build, struct ses_flow in,
                            const char *path, bool active)
{
    if (!active)
        return in;
    return ses_build_activation(build, in, ses_path("%s.2", path).text,
                                SES_ACT_RELU);
}

static struct ses_flow ghost(struct ses_build *build, struct ses_flow in,
                             const char *path, bool active)
{
    struct ses_path primary = ses_path("%s.primary_conv", path);
    struct ses_path cheap = ses_path("%s.cheap_operation", path);
    struct ses_flow parts[2];
    parts[0] = layer(build, in, ses_path("%s.0", primary.text).text,
                     ses_path("%s.1", primary.text).text, 1, 1, false);
    parts[0] = relu(build, parts[0], primary.text, active);
    parts[1] = layer(build, parts[0], ses_path("%s.0", cheap.text).text,
                     ses_path("%s.1", cheap.text).text, 0, 1, true);
    parts[1] = relu(build, parts[1], cheap.text, active);
    return ses_build_concat(build, parts, 2, path);
}

/* A depthwise and a plain convolution where the shape changes. */
static struct ses_flow shortcut(struct ses_build *build, struct ses_flow in,
                                const char *unit, int stride)
{
    struct ses_path path = ses_path("%s.shortcut", unit);
    in = layer(build, in, ses_path("%s.0", path.text).text,
               ses_path("%s.1", path.text).text, 0, stride, true);
    return layer(build, in, ses_path("%s.2", path.text).text,
                 ses_path("%s.3", path.text).text, 1, 1, false);
}

static struct ses_flow unit(struct ses_build *build, struct ses_flow in,
                            const char *path)
{
    struct ses_path depth = ses_path("%s.conv_dw", path);
    struct ses_path norm = ses_path("%s.bn_dw", path);
    bool strided = ses_build_below(build->state, depth.text) ||
                   ses_build_below(build->state, norm.text);
    int stride = strided ? 2 : 1;
    struct ses_flow out =
        ghost(build, in, ses_path("%s.ghost1", path).text, true);
    if (strided)
        out = layer(build, out, depth.text, norm.text, 0, 2, true);
    if (ses_build_has_gate(build->state, path, &dialect))
        out = ses_build_gate(build, out, path, &dialect);
    out = ghost(build, out, ses_path("%s.ghost2", path).text, false);
    bool changes = strided || (out.value >= 0 && out.channels != in.channels) ||
                   ses_build_below(build->state,
                                   ses_path("%s.shortcut", path).text);
    if (changes)
        in = shortcut(build, in, path, stride);
    return ses_build_add(build, out, in, ses_path("%s.add", path).text);
}

/* A unit of one convolution ends the last stage. */
static struct ses_flow units(struct ses_build *build, struct ses_flow flow)
{
    int stages = ses_build_count(build->state, "blocks");
    for (int s = 0; s < stages; s++) {
        struct ses_path stage = ses_path("blocks.%d", s);
        int count = ses_build_count(build->state, stage.text);
        for (int u = 0; u < count && !build->failed; u++) {
            struct ses_path path = ses_path("%s.%d", stage.text, u);
            struct ses_path conv = ses_path("%s.conv", path.text);
            struct ses_path norm = ses_path("%s.bn1", path.text);
            bool single = ses_build_below(build->state, conv.text) ||
                          ses_build_below(build->state, norm.text);
            flow = single ? ses_inverted_layer(build, flow, conv.text,
                                               norm.text,
                                               ses_conv_same(1, 1, 0),
                                               SES_ACT_RELU)
                          : unit(build, flow, path.text);
        }
    }
    return flow;
}

static struct ses_flow head(struct ses_build *build, struct ses_flow in,
                            bool *classifier)
{
    static const char *const names[] = { "classifier", "fc" };
    in = ses_build_global_mean(build, in, "global_pool");
    ses_build_need(build, "conv_head", "bias");
    in = ses_build_dense(build, in, "conv_head", 0);
    in = ses_build_activation(build, in, "act2", SES_ACT_RELU);
    return ses_build_classifier(build, in, names, 2, classifier);
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    struct ses_build b = ses_build_start(state, graph, err);
    struct ses_flow flow = ses_build_input(&b, "conv_stem");
    int channels = flow.channels;
    flow = ses_inverted_layer(&b, flow, "conv_stem", "bn1",
                              ses_conv_same(3, 2, 0), SES_ACT_RELU);
    flow = units(&b, flow);
    int width = flow.channels; /* 960 at width 1 */
    flow = head(&b, flow, &result->classifier);
    const char *name = width == 480    ? "ghostnet_050"
                       : width == 960  ? "ghostnet_100"
                       : width == 1248 ? "ghostnet_130"
                                       : "ghostnet";
    snprintf(result->arch, sizeof result->arch, "%s (timm)", name);
    ses_sizes_preprocess(&b, sizes, name, channels, &result->preprocess);
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_ghostnet = {
    .name = "ghostnet",
    .description = "GhostNet of its authors and of timm",
    .signature = "conv_stem, blocks.0.0.ghost1.primary_conv.0",
    .members = members,
    .match = match,
    .build = build,
};
