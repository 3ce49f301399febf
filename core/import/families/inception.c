/* Inception-v3 with the keys of torchvision, and senet.pytorch's
 * SE-Inception-v3, which adds a gate (SELayer.fc.0, SELayer.fc.2) to every
 * Mixed module but never calls it: its results are those of the plain network,
 * and so they are here. --arch se_inception_v3_applied calls the gates on what
 * the modules take (or give, when their widths are that), as the author may
 * have meant.
 *
 * Convolutions are without padding but for those that keep the map. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/family.h"
#include "core/import/families/inverted.h"
#include "core/import/families/sizes.h"

static const struct ses_member members[] = {
    { "inception_v3", "inception_v3" },
    { "se_inception_v3", "SE-Inception-v3" },
    { "se_inception_v3_applied", "SE-Inception-v3 applied" },
    { NULL, NULL },
};

static const struct ses_sizes sizes[] = {
    { "inception_v3", "Inception_V3_Weights.IMAGENET1K_V1", 342, 299,
      SES_FILTER_BILINEAR, true, false },
    { NULL, "se_inception_v3 (299 pixels, torchvision's transforms)", 299,
      299, SES_FILTER_BILINEAR, false, false },
};

static const struct ses_gate_dialect dialect = {
    .module = "SELayer",
    .down = "fc.0",
    .up = "fc.2",
    .inner = SES_ACT_RELU,
    .gate = SES_ACT_SIGMOID,
};

/* A branch of a module: layers after each other, whose ends are put side by
 * side. A layer's name begins with '/' when it halves the map without padding,
 * and with '+' when it goes beside the one before it, not after it. "max" and
 * "mean" are pools. */
enum { BRANCHES = 4, LAYERS = 6 };

struct module {
    const char *name;
    const char *branch[BRANCHES][LAYERS];
};

#define MODULE_A(name) \
    { name, { { "branch1x1" }, \
              { "branch5x5_1", "branch5x5_2" }, \
              { "branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3" }, \
              { "mean", "branch_pool" } } }
#define MODULE_C(name) \
    { name, { { "branch1x1" }, \
              { "branch7x7_1", "branch7x7_2", "branch7x7_3" }, \
              { "branch7x7dbl_1", "branch7x7dbl_2", "branch7x7dbl_3", \
                "branch7x7dbl_4", "branch7x7dbl_5" }, \
              { "mean", "branch_pool" } } }
#define MODULE_E(name) \
    { name, { { "branch1x1" }, \
              { "branch3x3_1", "branch3x3_2a", "+branch3x3_2b" }, \
              { "branch3x3dbl_1", "branch3x3dbl_2", "branch3x3dbl_3a", \
                "+branch3x3dbl_3b" }, \
              { "mean", "branch_pool" } } }

static const struct module modules[] = {
    MODULE_A("Mixed_5b"),
    MODULE_A("Mixed_5c"),
    MODULE_A("Mixed_5d"),
    { "Mixed_6a",
      { { "/branch3x3" },
        { "branch3x3dbl_1", "branch3x3dbl_2", "/branch3x3dbl_3" },
        { "max" } } },
    MODULE_C("Mixed_6b"),
    MODULE_C("Mixed_6c"),
    MODULE_C("Mixed_6d"),
    MODULE_C("Mixed_6e"),
    { "Mixed_7a",
      { { "branch3x3_1", "/branch3x3_2" },
        { "branch7x7x3_1", "branch7x7x3_2", "branch7x7x3_3",
          "/branch7x7x3_4" },
        { "max" } } },
    MODULE_E("Mixed_7b"),
    MODULE_E("Mixed_7c"),
};

enum { N_MODULES = sizeof modules / sizeof *modules };

static bool match(const struct ses_state *state)
{
    return ses_build_below(state, "Conv2d_1a_3x3.conv") &&
           ses_build_below(state, "Mixed_5b.branch1x1");
}

/* Convolution, norm and ReLU at path; valid: without padding. */
static struct ses_flow layer(struct ses_build *build, struct ses_flow in,
                             const char *path, int stride, bool valid)
{
    struct ses_conv how = { .kernel = valid ? 3 : 0, .stride = stride };
    return ses_inverted_layer(build, in, ses_path("%s.conv", path).text,
                              ses_path("%s.bn", path).text, how,
                              SES_ACT_RELU);
}

static struct ses_flow pool(struct ses_build *build, struct ses_flow in,
                            const char *path, bool mean)
{
    return ses_build_pool(build, in, path,
                          mean ? SES_OP_AVERAGE_POOL : SES_OP_MAX_POOL,
                          mean ? ses_window(3, 1, 1) : ses_window(3, 2, 0));
}

/* One layer of a branch by its name, as struct module has it. */
static struct ses_flow step(struct ses_build *build, struct ses_flow in,
                            const char *module, const char *name)
{
    bool halves = name[0] == '/';
    struct ses_path path =
        ses_path("%s.%s", module, name + (halves || name[0] == '+'));
    if (!strcmp(name, "max") || !strcmp(name, "mean"))
        return pool(build, in, path.text, name[1] == 'e');
    return layer(build, in, path.text, halves ? 2 : 1, halves);
}

static struct ses_flow run_module(struct ses_build *build, struct ses_flow in,
                                  const struct module *module)
{
    struct ses_flow ends[2 * BRANCHES];
    int n = 0;
    for (int b = 0; b < BRANCHES && module->branch[b][0]; b++) {
        struct ses_flow flow = in, before = in;
        for (int l = 0; l < LAYERS && module->branch[b][l]; l++) {
            const char *name = module->branch[b][l];
            if (name[0] == '+')
                ends[n++] = flow;
            else
                before = flow;
            flow = step(build, before, module->name, name);
        }
        ends[n++] = flow;
    }
    return ses_build_concat(build, ends, n, module->name);
}

static struct ses_flow stem(struct ses_build *build, struct ses_flow flow)
{
    flow = layer(build, flow, "Conv2d_1a_3x3", 2, true);
    flow = layer(build, flow, "Conv2d_2a_3x3", 1, true);
    flow = layer(build, flow, "Conv2d_2b_3x3", 1, false);
    flow = pool(build, flow, "maxpool1", false);
    flow = layer(build, flow, "Conv2d_3b_1x1", 1, false);
    flow = layer(build, flow, "Conv2d_4a_3x3", 1, true);
    return pool(build, flow, "maxpool2", false);
}

/* Channels that the gate of a module scales; 0 without one. */
static int gate_width(const struct ses_state *state, const char *module)
{
    const struct ses_entry *up = ses_build_peek(
        state, ses_path("%s.SELayer.fc.2", module).text, "weight");
    return up && up->rank == 2 ? (int)up->shape[0] : 0;
}

/* A gate that is called: on what the module takes or gives. */
static struct ses_flow gated_module(struct ses_build *build,
                                    struct ses_flow in,
                                    const struct module *module)
{
    int width = gate_width(build->state, module->name);
    bool before = width == in.channels;
    if (before)
        in = ses_build_gate(build, in, module->name, &dialect);
    struct ses_flow out = run_module(build, in, module);
    if (!before)
        out = ses_build_gate(build, out, module->name, &dialect);
    return out;
}

/* What no result depends on: the second classifier, and gates that are not
 * called. */
static void set_aside(struct ses_state *state, bool gates)
{
    for (size_t i = 0; i < state->count; i++) {
        struct ses_entry *entry = &state->entries[i];
        if (!strncmp(entry->name, "AuxLogits.", 10) ||
            (gates && strstr(entry->name, ".SELayer.")))
            entry->aside = true;
    }
}

static size_t count_gates(const struct ses_state *state)
{
    size_t count = 0;
    for (int i = 0; i < N_MODULES; i++)
        count += ses_build_has_gate(state, modules[i].name, &dialect);
    return count;
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    static const char *const heads[] = { "fc" };
    struct ses_build b = ses_build_start(state, graph, err);
    b.epsilon = 1e-3;
    size_t gates = count_gates(state);
    bool applied =
        member && !strcmp(member->name, "se_inception_v3_applied");
    struct ses_flow flow = ses_build_input(&b, "Conv2d_1a_3x3.conv");
    int channels = flow.channels;
    flow = stem(&b, flow);
    for (int i = 0; i < N_MODULES && !b.failed; i++)
        flow = applied ? gated_module(&b, flow, &modules[i])
                       : run_module(&b, flow, &modules[i]);
    flow = ses_build_head(&b, flow, heads, 1, &result->classifier);
    set_aside(state, !applied);

    if (gates && !applied)
        ses_build_note(&b, "the file has %zu SE layers, which the published "
                           "forward never calls: run as published, without "
                           "SE blocks; --arch se_inception_v3_applied calls "
                           "them",
                       gates);
    const char *name = applied  ? "SE-Inception-v3 applied"
                       : gates ? "SE-Inception-v3"
                                : "inception_v3";
    snprintf(result->arch, sizeof result->arch, "%s (%s)", name,
             gates || applied ? "senet.pytorch" : "torchvision");
    ses_sizes_preprocess(&b, sizes, name, channels, &result->preprocess);
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_inception = {
    .name = "inception",
    .description = "SE-Inception-v3 of senet.pytorch, Inception-v3 of "
                   "torchvision",
    .signature = "Conv2d_1a_3x3.conv, Mixed_5b.branch1x1.conv",
    .members = members,
    .match = match,
    .build = build,
};
