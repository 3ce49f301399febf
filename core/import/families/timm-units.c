/* See timm-units.h. */
#include "core/import/families/timm-units.h"

#include <string.h>

/* Names of the layers of the four kinds of units. */
struct kind {
    int layers;
    const char *conv[SES_UNIT_LAYERS], *norm[SES_UNIT_LAYERS];
    bool depthwise;
};

static const struct kind inverted = {
    3, { "conv_pw", "conv_dw", "conv_pwl" }, { "bn1", "bn2", "bn3" }, true
};
static const struct kind separable = {
    2, { "conv_dw", "conv_pw" }, { "bn1", "bn2" }, true
};
static const struct kind fused = {
    2, { "conv_exp", "conv_pwl" }, { "bn1", "bn2" }, false
};
static const struct kind single = { 1, { "conv" }, { "bn1" }, false };

bool ses_timm_units_match(const struct ses_state *state)
{
    return ses_build_below(state, "conv_stem") &&
           ses_build_below(state, "blocks.0.0") &&
           !ses_build_below(state, "blocks.0.0.ghost1");
}

/* By any of the layers that others have not, so that one that is missing is
 * missed. */
static const struct kind *find_kind(const struct ses_state *state,
                                    const char *unit)
{
    bool has[4];
    static const char *const names[4] = { "conv_exp", "conv_dw", "conv_pwl",
                                          "bn3" };
    for (int i = 0; i < 4; i++)
        has[i] = ses_build_below(state, ses_path("%s.%s", unit, names[i]).text);
    if (has[0] || (has[2] && !has[1] && !has[3]))
        return &fused;
    if (has[2] || has[3])
        return &inverted;
    if (has[1] || ses_build_below(state, ses_path("%s.conv_pw", unit).text))
        return &separable;
    return &single;
}

static void fill(struct ses_build *build, const char *path, int stage,
                 enum ses_activation gate, struct ses_inverted *unit)
{
    const struct kind *kind = find_kind(build->state, path);
    unit->path = ses_path("%s", path);
    unit->stage = stage;
    unit->layers = kind->layers;
    unit->depthwise = kind->depthwise;
    for (int i = 0; i < kind->layers; i++) {
        unit->conv[i] = ses_path("%s.%s", path, kind->conv[i]);
        unit->norm[i] = ses_path("%s.%s", path, kind->norm[i]);
    }
    unit->gate = (struct ses_gate_dialect){ .module = "se",
                                            .down = "conv_reduce",
                                            .up = "conv_expand",
                                            .gate = gate };
    unit->gated = ses_build_has_gate(build->state, path, &unit->gate);
    ses_inverted_measure(build->state, unit);
}

void ses_timm_units(struct ses_build *build, struct ses_inverted_list *units,
                    enum ses_activation gate)
{
    int stages = ses_build_count(build->state, "blocks");
    for (int s = 0; s < stages; s++) {
        struct ses_path stage = ses_path("blocks.%d", s);
        int count = ses_build_count(build->state, stage.text);
        for (int u = 0; u < count; u++) {
            struct ses_path path = ses_path("%s.%d", stage.text, u);
            struct ses_inverted *unit = ses_inverted_add(build, units);
            if (!unit)
                return;
            fill(build, path.text, s, gate, unit);
        }
    }
}

bool ses_timm_port(struct ses_build *build, const char *member)
{
    const char *own = build->state->arch;
    if (strncmp(member ? member : own ? own : "", "tf_", 3))
        return false;
    if (!member)
        ses_build_note(build, "the file calls itself '%s': read as a port from "
                              "TensorFlow",
                       own);
    build->same = true;
    build->epsilon = 1e-3;
    return true;
}

void ses_timm_note_port(struct ses_build *build, const char *name)
{
    ses_build_note(build, "PyTorch's padding and epsilon 1e-5 assumed: weights "
                          "ported from TensorFlow have the same tensors; say "
                          "--arch tf_%s for them",
                   name);
}
