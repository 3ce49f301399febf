/* The two parts every family shares: SE gates and the head. See build.h. */
#include "core/import/families/build.h"

#include <string.h>

static struct ses_flow unary(struct ses_build *build, struct ses_flow in,
                             const char *name, enum ses_op op)
{
    if (in.value < 0)
        return in;
    int value = ses_graph_unary(build->graph, name, in.value, op);
    if (value < 0)
        build->failed = true;
    return (struct ses_flow){ value, in.channels };
}

static bool ends_with(const char *name, const char *end)
{
    size_t length = strlen(name), tail = strlen(end);
    return length >= tail && !strcmp(name + length - tail, end);
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

struct ses_flow ses_build_gate(struct ses_build *build, struct ses_flow in,
                               const char *unit,
                               const struct ses_gate_dialect *dialect)
{
    struct ses_path module = ses_path(
        "%s%s%s", unit, dialect->module[0] ? "." : "", dialect->module);
    struct ses_flow gate =
        unary(build, in, ses_path("%s.squeeze", module.text).text,
              SES_OP_GLOBAL_MEAN);
    gate = gate_layer(build, gate, dialect, module.text, false, 0);
    gate = ses_build_activation(
        build, gate, ses_path("%s.relu", module.text).text, SES_ACT_RELU);
    gate = gate_layer(build, gate, dialect, module.text, true, in.channels);
    gate = ses_build_activation(
        build, gate, ses_path("%s.sigmoid", module.text).text, SES_ACT_SIGMOID);
    if (in.value < 0 || gate.value < 0)
        return (struct ses_flow){ -1, in.channels };
    int value =
        ses_graph_multiply(build->graph, module.text, in.value, gate.value);
    if (value < 0)
        build->failed = true;
    return (struct ses_flow){ value, in.channels };
}

struct ses_flow ses_build_head(struct ses_build *build, struct ses_flow in,
                               const char *const *names, size_t n_names,
                               bool *classifier)
{
    in = unary(build, in, "avgpool", SES_OP_GLOBAL_MEAN);
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
