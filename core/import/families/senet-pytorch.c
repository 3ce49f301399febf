/* torchvision's ResNet keys with a gate in each unit: moskomule's
 * senet.pytorch (se.fc.0, se.fc.2; ImageNet and CIFAR networks),
 * miraclewkf's SENet-PyTorch (fc1, fc2 in the unit itself) and BangguWu's
 * ECANet (eca.conv). Stride 2 is in the
 * 3x3 convolution; the max pool after a 7x7 stem is padded. The same networks
 * without any gate open too, so that a command can say there is none. */
#include <stdio.h>
#include <string.h>

#include "core/import/families/family.h"
#include "core/import/families/residual.h"

/* Networks of the paper's comparison of places for the gate (section 6.5).
 * Their files have the standard one's names, so they have to be named. */
#define PLACED(depth, kind) \
    { "se_resnet" depth "_pre", "SE-PRE-ResNet-" depth kind }, \
        { "se_resnet" depth "_post", "SE-POST-ResNet-" depth kind }, \
        { "se_resnet" depth "_identity", "SE-Identity-ResNet-" depth kind }

static const struct ses_member members[] = {
    { "se_resnet18", "SE-ResNet-18" },
    { "se_resnet34", "SE-ResNet-34" },
    { "se_resnet50", "SE-ResNet-50" },
    { "se_resnet101", "SE-ResNet-101" },
    { "se_resnet152", "SE-ResNet-152" },
    { "se_resnet20", "SE-ResNet-20 CIFAR" },
    { "se_resnet32", "SE-ResNet-32 CIFAR" },
    { "se_resnet56", "SE-ResNet-56 CIFAR" },
    { "eca_resnet18", "ECA-ResNet-18" },
    { "eca_resnet34", "ECA-ResNet-34" },
    { "eca_resnet50", "ECA-ResNet-50" },
    { "eca_resnet101", "ECA-ResNet-101" },
    { "eca_resnet152", "ECA-ResNet-152" },
    PLACED("18", ""),
    PLACED("34", ""),
    PLACED("50", ""),
    PLACED("101", ""),
    PLACED("152", ""),
    PLACED("20", " CIFAR"),
    PLACED("32", " CIFAR"),
    PLACED("56", " CIFAR"),
    { NULL, NULL },
};

static const struct ses_gate_dialect dialects[] = {
    { .module = "se",
      .down = "fc.0",
      .up = "fc.2",
      .inner = SES_ACT_RELU,
      .gate = SES_ACT_SIGMOID },
    { .module = "",
      .down = "fc1",
      .up = "fc2",
      .inner = SES_ACT_RELU,
      .gate = SES_ACT_SIGMOID },
    { .module = "eca", .across = "conv", .gate = SES_ACT_SIGMOID },
};

static const char *const stem[3] = { "conv1", "", "" };

/* A unit with nothing in it but what this family knows. */
static bool is_plain_unit(const struct ses_state *state, const char *unit)
{
    static const char *const known[] = { "conv1.",        "conv2.",
                                         "conv3.",        "bn1.",
                                         "bn2.",          "bn3.",
                                         "downsample.0.", "downsample.1." };
    size_t length = strlen(unit);
    for (size_t i = 0; i < state->count; i++) {
        const char *name = state->entries[i].name;
        if (strncmp(name, unit, length))
            continue;
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            found |= !strncmp(name + length, known[k], strlen(known[k]));
        if (!found)
            return false;
    }
    return true;
}

static bool match(const struct ses_state *state)
{
    if (!ses_state_find(state, "conv1.weight") ||
        !ses_state_find(state, "layer1.0.conv1.weight"))
        return false;
    bool averages = false;
    for (size_t i = 0; i < state->count; i++) {
        const char *name = state->entries[i].name;
        if (!strncmp(name, "layer", 5) && (strstr(name, ".se.fc.0.weight") ||
                                           strstr(name, ".se.fc.2.weight") ||
                                           strstr(name, ".eca.conv.weight")))
            return true;
        averages |= strstr(name, ".downsample.2.") != NULL;
    }
    return !averages && (ses_build_below(state, "layer1.0.fc1") ||
                         is_plain_unit(state, "layer1.0."));
}

/* By the end of the member's name. */
static enum ses_placement place_of(const struct ses_member *member)
{
    const char *end = member ? strrchr(member->name, '_') : NULL;
    if (end && !strcmp(end, "_pre"))
        return SES_PLACED_PRE;
    if (end && !strcmp(end, "_post"))
        return SES_PLACED_POST;
    if (end && !strcmp(end, "_identity"))
        return SES_PLACED_IDENTITY;
    return SES_PLACED_STANDARD;
}

static enum ses_status build(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err)
{
    static const char *const heads[] = { "fc", "last_linear", "classifier",
                                         "linear" };
    struct ses_build b = ses_build_start(state, graph, err);
    struct ses_residual net = ses_residual_read(state, stem);
    net.placement = place_of(member);
    net.placements = "with a name that ends in _pre or _identity "
                     "(se_resnet50_pre)";
    struct ses_flow flow = ses_build_input(&b, stem[0]);
    int channels = flow.channels;
    flow = ses_residual_plain_stem(&b, &net, flow);
    flow = ses_residual_build(&b, &net, dialects, 3, flow);
    flow = ses_build_head(&b, flow, heads, 4, &result->classifier);

    char name[48];
    ses_residual_name(&net, name, sizeof name);
    snprintf(result->arch, sizeof result->arch, "%s (%s)", name,
             net.across  ? "ECANet"
             : net.gated ? "senet.pytorch"
                         : "torchvision");
    ses_residual_preprocess(&b, &net, channels, &result->preprocess);
    return ses_build_finish(&b, flow);
}

const struct ses_family ses_family_senet_pytorch = {
    .name = "senet.pytorch",
    .description = "SE-ResNet for ImageNet and CIFAR with torchvision's "
                   "keys (moskomule, miraclewkf), and ECA-ResNet",
    .signature = "conv1, layer1.0.se.fc.0 (or layer1.0.fc1, or "
                 "layer1.0.eca.conv)",
    .members = members,
    .match = match,
    .build = build,
};
