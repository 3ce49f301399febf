/* Families of networks that come as state dicts.
 *
 * A state dict has names and shapes but no graph, so each family is one file
 * that knows how its members are wired. Depth, widths, groups, reduction,
 * biases, stem kind, classes and input channels are read from shapes; stride
 * positions, pooling rules, activations and epsilons are the family's.
 *
 * Adding a family: one file here with a `const struct ses_family`, one line in
 * SES_FAMILIES, the file in core/import/local.mk, a reference network in
 * scripts/reference/networks.py (or mobile.py) and its golden in
 * tests/data/families. */
#ifndef SES_IMPORT_FAMILY_H
#define SES_IMPORT_FAMILY_H

#include "core/base/error.h"
#include "core/graph/graph.h"
#include "core/images/preprocess.h"
#include "core/import/state.h"

/* In the order they are asked: the first that matches builds. */
#define SES_FAMILIES(X) \
    X(cadene) \
    X(senet_pytorch) \
    X(timm_resnet) \
    X(minifasnet) \
    X(torchvision_mobilenetv3) \
    X(torchvision_efficientnet) \
    X(torchvision_regnet) \
    X(timm_mobilenetv3) \
    X(timm_efficientnet) \
    X(timm_regnet) \
    X(ghostnet) \
    X(mobilenetv3_pytorch) \
    X(inception)

/* What a family found in a state dict. */
struct ses_family_result {
    char arch[64]; /* "SE-ResNet-50 (cadene)" */
    struct ses_preprocess preprocess; /* the family's default */
    bool classifier; /* false: the output is the pooled features */
};

/* A name that people know a member by, and the arch it must turn out to be
 * (without the family in brackets). */
struct ses_member {
    const char *name; /* "se_resnet50" */
    const char *arch; /* "SE-ResNet-50" */
};

struct ses_family {
    const char *name;        /* for --arch, e.g. "cadene" */
    const char *description; /* one line for people: members and origin */
    const char *signature;   /* keys that tell it, for "families known" */
    const struct ses_member *members; /* ends with a NULL name */

    /* Whether keys and shapes are this family's. Cheap; no messages. */
    bool (*match)(const struct ses_state *state);

    /* Build the graph (values named by layer path) and say what was found.
     * member is the name asked for, or NULL; only what shapes cannot tell is
     * taken from it. Assumptions go to the state's notes. Missing tensors and
     * wrong shapes are errors that name them; surplus ones are the caller's to
     * check. */
    enum ses_status (*build)(struct ses_state *state,
                             const struct ses_member *member,
                             struct ses_graph *graph,
                             struct ses_family_result *result,
                             struct ses_error *err);
};

#define X(name) extern const struct ses_family ses_family_##name;
SES_FAMILIES(X)
#undef X

/* Find the family and build. arch_wanted is NULL (told by content), a
 * family's name, or a member's, which the network must then be. When nothing
 * matches, the error lists the first keys with their shapes and the families
 * known. */
SES_MUST_CHECK enum ses_status ses_family_build(
    struct ses_state *state, const char *arch_wanted, struct ses_graph *graph,
    struct ses_family_result *result, struct ses_error *err);

#endif
