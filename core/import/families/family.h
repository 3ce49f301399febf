/* Families of networks that come as state dicts.
 *
 * A state dict has names and shapes but no graph, so each family is one file
 * that knows how its members are wired. Depth, widths, groups, reduction,
 * biases, stem kind, classes and input channels are read from shapes; stride
 * positions, pooling rules, activations and epsilons are the family's.
 *
 * Adding a family: one file here with a `const struct ses_family`, one line in
 * SES_FAMILIES, the file in core/import/local.mk, a reference network in
 * scripts/reference. */
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
    X(minifasnet)

struct ses_family {
    const char *name;        /* for --arch, e.g. "cadene" */
    const char *description; /* one line for people: members and origin */
    const char *signature;   /* keys that tell it, for "families known" */

    /* Whether keys and shapes are this family's. Cheap; no messages. */
    bool (*match)(const struct ses_state *state);

    /* Build the graph (values named by layer path) and say what was found:
     * arch as "SE-ResNet-50 (cadene)", the default preprocessing. Missing
     * tensors and wrong shapes are errors that name them; surplus ones are the
     * caller's to check. */
    enum ses_status (*build)(struct ses_state *state, struct ses_graph *graph,
                             char arch[64], struct ses_preprocess *preprocess,
                             struct ses_error *err);
};

#define X(name) extern const struct ses_family ses_family_##name;
SES_FAMILIES(X)
#undef X

/* Find the family by name (NULL: by content) and build. A name may also be a
 * member's that the family accepts. When nothing matches, the error lists the
 * first keys with their shapes and the families known. */
SES_MUST_CHECK enum ses_status ses_family_build(
    struct ses_state *state, const char *arch_wanted, struct ses_graph *graph,
    char arch[64], struct ses_preprocess *preprocess, struct ses_error *err);

#endif
