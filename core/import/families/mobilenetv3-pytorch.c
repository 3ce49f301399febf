/* MobileNetV3 with the keys of d-li14's mobilenetv3.pytorch: units
 * features.N.conv, one sequence of layers each. Where the unit expands, the
 * gate (fc.0, fc.2) stands before the depthwise convolution's non-linearity;
 * where it does not, after it. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/family.h"
#include "core/import/families/mobilenetv3.h"
#include "core/import/families/sizes.h"

static const struct ses_member members[] = {
    { "mobilenetv3_small", "mobilenetv3_small" },
    { "mobilenetv3_large", "mobilenetv3_large" },
    { NULL, NULL },
};

static const struct ses_sizes sizes[] = {
    { NULL, "mobilenetv3.pytorch's own test", 256, 224, SES_FILTER_BILINEAR,
      false, false },
};

/* Whether a unit of a network with this key has a gate: others keep their
 * layers under features.N.conv, too. */
static bool match(const struct ses_state *state)
{
    if (!ses_state_find(state, "features.0.0.weight"))
        return false;
    for (size_t i = 0; i < state->count; i++) {
        const char *name = state->entries[i].name;
        if (!strncmp(name, "features.", 9) && strstr(name, ".conv.") &&
            strstr(name, ".fc."))
            return true;
    }
    return false;
}

/* Fill from the numbers of the layers: conv, norm, act, conv, norm, gate, act,
 * conv, norm; or without the first three and gate after act. */
static void fill(const struct ses_state *state, const char *path,
                 struct ses_inverted *unit)
{
    bool expands = ses_build_below(state, ses_path("%s.conv.7", path).text) ||
                   ses_build_below(state, ses_path("%s.conv.8", path).text);
    static const int wide[] = { 0, 3, 7 }, narrow[] = { 0, 4 };
    const int *at = expands ? wide : narrow;
    unit->path = ses_path("%s", path);
    unit->layers = expands ? 3 : 2;
    unit->depthwise = true;
    unit->gate_first = expands;
    for (int i = 0; i < unit->layers; i++) {
        unit->conv[i] = ses_path("%s.conv.%d", path, at[i]);
        unit->norm[i] = ses_path("%s.conv.%d", path, at[i] + 1);
    }
    unit->gate = (struct ses_gate_dialect){
        .module = expands ? "conv.5" : "conv.3",
        .down = "fc.0",
        .up = "fc.2",
        .inner = SES_ACT_RELU,
        .gate = SES_ACT_HARD_SIGMOID,
    };
    unit->gated = ses_build_has_gate(state, path, &unit->gate);
    ses_inverted_measure(state, unit);
}

/* A gate elsewhere in the sequence is of another network, whose layers would
 * be wired wrongly. */
static void refuse_other_places(struct ses_build *build,
                                const struct ses_inverted *unit)
{
    for (int i = 0; i < 12; i++) {
        struct ses_path place = ses_path("conv.%d", i);
        struct ses_gate_dialect other = { .module = place.text,
                                          .down = "fc.0",
                                          .up = "fc.2" };
        if (!strcmp(place.text, unit->gate.module) ||
            !ses_build_has_gate(build->state, unit->path.text, &other))
            continue;
        ses_build_fail(build, SES_EUNSUPPORTED,
                       "'%s' has a gate at '%s', where mobilenetv3.pytorch "
                       "has it at '%s', between the depthwise convolution and "
                       "the projection",
                       unit->path.text, place.text, unit->gate.module);
    }
}

static void read_units(struct ses_build *build,
                       struct ses_inverted_list *units)
{
    int count = ses_build_count(build->state, "features");
    for (int i = 1; i < count; i++) {
        struct ses_path path = ses_path("features.%d", i);
        struct ses_inverted *unit = ses_inverted_add(build, units);
        if (!unit)
            return;
        fill(build->state, path.text, unit);
        refuse_other_places(build, unit);
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
    read_units(&b, &units);
    const struct ses_mobile_rule *rule = ses_mobile_apply(
        &b, &units, member ? ses_mobile_wanted(member->name) : NULL,
        "'mobilenetv3_small', 'mobilenetv3_large'");

    struct ses_flow flow = ses_build_input(&b, "features.0.0");
    int channels = flow.channels;
    flow = ses_inverted_layer(&b, flow, "features.0.0", "features.0.1",
                              ses_conv_same(3, 2, 0), SES_ACT_HARD_SWISH);
    for (size_t i = 0; i < units.count && !b.failed; i++)
        flow = ses_inverted_build(&b, flow, &units.items[i]);
    flow = ses_mobile_head(&b, flow, "conv", &result->classifier);

    snprintf(result->arch, sizeof result->arch, "mobilenetv3_%s (d-li14%.24s)",
             rule ? rule->name : "", ses_mobile_width(rule, &units).text);
    ses_sizes_preprocess(&b, sizes, "", channels, &result->preprocess);
    ses_inverted_release(&units);
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_mobilenetv3_pytorch = {
    .name = "mobilenetv3.pytorch",
    .description = "MobileNetV3 of d-li14's mobilenetv3.pytorch",
    .signature = "features.0.0, features.4.conv.5.fc.0",
    .members = members,
    .match = match,
    .build = build,
};
