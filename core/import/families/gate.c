/* The two parts every family shares: gates and the head. See build.h. */
#include "core/import/families/build.h"

#include <string.h>

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && !strcmp(name + length - tail, end);
}

static struct ses_path module_path(const char *unit,
                                   const struct ses_gate_dialect *dialect)
{
    return ses_path("%s%s%s", unit, dialect->module[0] ? "." : "",
                    dialect->module);
}

bool ses_build_has_gate(const struct ses_state *state, const char *unit,
                        const struct ses_gate_dialect *dialect)
{
    const char *const layers[] = { dialect->down, dialect->up,
                                   dialect->across };
    struct ses_path module = module_path(unit, dialect);
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++)
        if (layers[i] && ses_build_below(state, ses_path("%s.%s", module.text,
                                                         layers[i]).text))
            return true;
    return false;
}

/* A gate's layers have a bias or not as all others of their kind have: one
 * that is missing must not pass for a network without. */
static bool needs_bias(const struct ses_state *state, const char *layer)
{
    struct ses_path end = ses_path(".%s.bias", layer);
    for (size_t i = 0; i < state->count; i++)
        if (ends_with(state->entries[i].name, end.text))
            return true;
    return false;
}

/* A layer of the gate, and the norm after it when the file has one. */
static struct ses_flow gate_layer(struct ses_build *build, struct ses_flow in,
                                  const struct ses_gate_dialect *dialect,
                                  const char *module, bool up, int out)
{
    const char *layer = up ? dialect->up : dialect->down;
    const char *norm = up ? dialect->up_norm : dialect->down_norm;
    struct ses_path path = ses_path("%s.%s", module, layer);
    if (needs_bias(build->state, layer))
        ses_build_need(build, path.text, "bias");
    in = ses_build_dense(build, in, path.text, out);
    path = ses_path("%s.%s", module, norm ? norm : "");
    if (!norm || !ses_build_below(build->state, path.text))
        return in;
    return ses_build_norm(build, in, path.text);
}

/* Two layers with a non-linearity between. */
static struct ses_flow excite(struct ses_build *build, struct ses_flow in,
                              const struct ses_gate_dialect *dialect,
                              const char *module)
{
    const char *name = ses_activation_name(dialect->inner);
    int channels = in.channels;
    in = gate_layer(build, in, dialect, module, false, 0);
    in = ses_build_activation(build, in, ses_path("%s.%s", module, name).text,
                              dialect->inner);
    return gate_layer(build, in, dialect, module, true, channels);
}

/* A vector of as many channels as it had, or a row of as many pixels. */
static struct ses_flow turn(struct ses_build *build, struct ses_flow in,
                            int channels, const char *path, bool row)
{
    struct ses_permute permute = { .n = 1,
                                   .size = { (size_t)channels },
                                   .h = 1,
                                   .w = row ? channels : 1,
                                   .c = row ? 1 : channels };
    if (in.value < 0)
        return in;
    int value = ses_graph_permute(build->graph, path, in.value, &permute);
    if (value < 0)
        build->failed = true;
    return (struct ses_flow){ value, permute.c };
}

/* A convolution over the channels as if they were pixels of a row. */
static struct ses_flow attend(struct ses_build *build, struct ses_flow in,
                              const struct ses_gate_dialect *dialect,
                              const char *module)
{
    struct ses_path path = ses_path("%s.%s", module, dialect->across);
    int channels = in.channels;
    struct ses_tensor *weight = ses_build_take(build, path.text, "weight", 3,
                                               (size_t[]){ 1, 1, 0 });
    if (weight && (weight->shape[2] % 2 == 0 || weight->shape[2] > 255))
        ses_build_fail(build, SES_ESHAPE,
                       "tensor '%s.weight' has a kernel of %zu, expected an "
                       "odd one up to 255",
                       path.text, weight->shape[2]);
    if (!weight || build->failed || in.value < 0) {
        ses_tensor_free(weight);
        return (struct ses_flow){ -1, channels };
    }
    weight->rank = 4;
    weight->shape[3] = weight->shape[2];
    weight->shape[2] = 1;
    struct ses_window window = ses_window(1, 1, 0);
    window.pad_left = window.pad_right = (int)weight->shape[3] / 2;
    in = turn(build, in, channels, ses_path("%s.row", module).text, true);
    int value = ses_graph_conv(build->graph, path.text, in.value, window, 1,
                               weight, NULL);
    if (in.value >= 0 && value < 0)
        build->failed = true;
    return turn(build, (struct ses_flow){ value, 1 }, channels,
                ses_path("%s.vector", module).text, false);
}

struct ses_flow ses_build_gate(struct ses_build *build, struct ses_flow in,
                               const char *unit,
                               const struct ses_gate_dialect *dialect)
{
    struct ses_path module = module_path(unit, dialect);
    struct ses_flow gate = ses_build_global_mean(
        build, in, ses_path("%s.squeeze", module.text).text);
    gate = dialect->across ? attend(build, gate, dialect, module.text)
                           : excite(build, gate, dialect, module.text);
    const char *name = ses_activation_name(dialect->gate);
    gate = ses_build_activation(build, gate,
                                ses_path("%s.%s", module.text, name).text,
                                dialect->gate);
    if (in.value < 0 || gate.value < 0)
        return (struct ses_flow){ -1, in.channels };
    int value =
        ses_graph_multiply(build->graph, module.text, in.value, gate.value);
    if (value < 0)
        build->failed = true;
    return (struct ses_flow){ value, in.channels };
}

struct ses_flow ses_build_classifier(struct ses_build *build,
                                     struct ses_flow in,
                                     const char *const *names, size_t n_names,
                                     bool *classifier)
{
    *classifier = false;
    for (size_t i = 0; i < n_names && !*classifier; i++) {
        if (!ses_build_peek(build->state, names[i], "weight"))
            continue;
        *classifier = true;
        if (i > 0)
            ses_build_note(build, "classifier '%s' taken for '%s'", names[i],
                           names[0]);
        in = ses_build_dense(build, in, names[i], 0);
    }
    if (!*classifier)
        ses_build_note(build, "no classifier: '%s' is not in the file",
                       names[0]);
    return in;
}

struct ses_flow ses_build_head(struct ses_build *build, struct ses_flow in,
                               const char *const *names, size_t n_names,
                               bool *classifier)
{
    in = ses_build_global_mean(build, in, "avgpool");
    return ses_build_classifier(build, in, names, n_names, classifier);
}
