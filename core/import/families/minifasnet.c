/* MiniFASNet of minivision's Silent-Face-Anti-Spoofing: depthwise residual
 * units with PReLU. In the SE members the last unit of each of three stages
 * has a gate after its projection's norm, with batch norms inside the gate. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/build.h"
#include "core/import/families/family.h"

static const struct ses_member members[] = {
    { "MiniFASNetV1", "MiniFASNetV1" },
    { "MiniFASNetV2", "MiniFASNetV2" },
    { "MiniFASNetV1SE", "MiniFASNetV1SE" },
    { "MiniFASNetV2SE", "MiniFASNetV2SE" },
    { NULL, NULL },
};

static const struct ses_gate_dialect dialect = {
    .module = "se_module",
    .down = "fc1",
    .up = "fc2",
    .down_norm = "bn1",
    .up_norm = "bn2",
    .inner = SES_ACT_RELU,
    .gate = SES_ACT_SIGMOID,
};

static bool match(const struct ses_state *state)
{
    return ses_state_find(state, "conv2_dw.conv.weight") &&
           ses_state_find(state, "conv_23.conv_dw.conv.weight") &&
           ses_build_below(state, "conv_3.model.0");
}

/* Convolution and norm at <path>.conv and <path>.bn, with a PReLU or not. */
static struct ses_flow conv_block(struct ses_build *build, struct ses_flow in,
                                  const char *path, struct ses_conv conv,
                                  bool prelu)
{
    in = ses_build_conv(build, in, ses_path("%s.conv", path).text, conv);
    in = ses_build_norm(build, in, ses_path("%s.bn", path).text);
    if (!prelu)
        return in;
    return ses_build_prelu(build, in, ses_path("%s.prelu", path).text);
}

static struct ses_conv depthwise(int stride)
{
    struct ses_conv conv = ses_conv_same(3, stride, 0);
    conv.grouped = true;
    return conv;
}

/* Expand, depthwise, project; out: channels that must come out, or 0. */
static struct ses_flow depthwise_unit(struct ses_build *build,
                                      struct ses_flow in, const char *path,
                                      int stride, int out)
{
    in = conv_block(build, in, ses_path("%s.conv", path).text,
                    ses_conv_same(1, 1, 0), true);
    in = conv_block(build, in, ses_path("%s.conv_dw", path).text,
                    depthwise(stride), true);
    return conv_block(build, in, ses_path("%s.project", path).text,
                      ses_conv_same(1, 1, out), false);
}

/* Units with a shortcut; the last has a gate before the sum in a gated
 * network. */
static struct ses_flow residual_stage(struct ses_build *build,
                                      struct ses_flow in, const char *path,
                                      bool gated)
{
    struct ses_path model = ses_path("%s.model", path);
    int units = ses_build_count(build->state, model.text);
    for (int i = 0; i < units && !build->failed; i++) {
        struct ses_path unit = ses_path("%s.%d", model.text, i);
        struct ses_flow out =
            depthwise_unit(build, in, unit.text, 1, in.channels);
        if (gated && i == units - 1)
            out = ses_build_gate(build, out, unit.text, &dialect);
        in = ses_build_add(build, in, out, ses_path("%s.add", unit.text).text);
    }
    return in;
}

/* A depthwise convolution as large as the map, then one or two fully
 * connected layers. The map is a sixteenth of the input. */
static struct ses_flow head(struct ses_build *build, struct ses_flow in,
                            int kernel, bool *classifier)
{
    in = conv_block(build, in, "conv_6_sep", ses_conv_same(1, 1, 0), true);
    struct ses_conv whole = { .kernel = kernel, .stride = 1, .grouped = true };
    in = conv_block(build, in, "conv_6_dw", whole, false);
    if (ses_build_peek(build->state, "linear", "weight"))
        in = ses_build_dense(build, in, "linear", 0);
    in = ses_build_norm(build, in, "bn");
    *classifier = ses_build_peek(build->state, "prob", "weight");
    if (*classifier)
        return ses_build_dense(build, in, "prob", 0);
    ses_build_note(build, "no classifier: 'prob' is not in the file");
    return in;
}

static bool is_gated(const struct ses_state *state)
{
    for (size_t i = 0; i < state->count; i++)
        if (strstr(state->entries[i].name, ".se_module."))
            return true;
    return false;
}

/* Which of the two width tables, by the first unit that differs. */
static int version(const struct ses_state *state)
{
    const struct ses_entry *entry =
        ses_state_find(state, "conv_3.model.1.conv.conv.weight");
    return entry && entry->rank == 4 && entry->shape[0] == 26 ? 1 : 2;
}

static enum ses_status choose_preprocess(struct ses_build *build, int side,
                                         struct ses_preprocess *out)
{
    enum ses_status status = ses_preprocess_preset("none", out, build->err);
    if (status)
        return status;
    out->resize = side;
    out->squash = true;
    out->crop_h = out->crop_w = 0;
    out->input_h = out->input_w = side;
    out->filter = SES_FILTER_BILINEAR;
    out->order = SES_ORDER_BGR;
    out->scale = 1;
    for (int i = 0; i < 3; i++) {
        out->mean[i] = 0;
        out->std[i] = 1;
    }
    return SES_OK;
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    struct ses_build b = ses_build_start(state, graph, err);
    const struct ses_entry *last =
        ses_build_peek(state, "conv_6_dw.conv", "weight");
    int kernel = last && last->rank == 4 && last->shape[2] <= 64
                     ? (int)last->shape[2]
                     : 5;
    bool gated = is_gated(state);
    struct ses_flow flow = ses_build_input(&b, "conv1.conv");
    flow = conv_block(&b, flow, "conv1", ses_conv_same(3, 2, 0), true);
    flow = conv_block(&b, flow, "conv2_dw", depthwise(1), true);
    flow = depthwise_unit(&b, flow, "conv_23", 2, 0);
    flow = residual_stage(&b, flow, "conv_3", gated);
    flow = depthwise_unit(&b, flow, "conv_34", 2, 0);
    flow = residual_stage(&b, flow, "conv_4", gated);
    flow = depthwise_unit(&b, flow, "conv_45", 2, 0);
    flow = residual_stage(&b, flow, "conv_5", gated);
    flow = head(&b, flow, kernel, &result->classifier);
    snprintf(result->arch, sizeof result->arch, "MiniFASNetV%d%s (minivision)",
             version(state), gated ? "SE" : "");
    if (!b.failed && choose_preprocess(&b, 16 * kernel, &result->preprocess))
        b.failed = true;
    ses_build_note(&b, "BGR pixels 0..255 of a face crop assumed, as in "
                       "minivision's own test");
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_minifasnet = {
    .name = "minifasnet",
    .description = "MiniFASNet V1 and V2, with and without SE (minivision)",
    .signature = "conv2_dw.conv, conv_23.conv_dw.conv, conv_3.model.0",
    .members = members,
    .match = match,
    .build = build,
};
