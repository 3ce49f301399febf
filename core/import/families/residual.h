/* The residual networks that three families share: layer1.0 ... layer4.2 of
 * basic or bottleneck units with a gate before the sum. What differs between
 * families is said in struct ses_residual; everything else is in the shapes. */
#ifndef SES_IMPORT_RESIDUAL_H
#define SES_IMPORT_RESIDUAL_H

#include "core/images/preprocess.h"
#include "core/import/families/build.h"

enum { SES_MAX_STAGES = 8 };

/* Where a unit's gate stands (Hu et al., figure 5): after the residual branch,
 * before it (the shortcut is not gated), after the sum's non-linearity, or on
 * the shortcut. */
enum ses_placement {
    SES_PLACED_STANDARD,
    SES_PLACED_PRE,
    SES_PLACED_POST,
    SES_PLACED_IDENTITY
};

/* What names and shapes say of a network, for its wiring and its name. */
struct ses_residual {
    int stages;
    int units[SES_MAX_STAGES];
    bool bottleneck;   /* three convolutions a unit, else two */
    int groups;        /* of the first unit's 3x3 convolution */
    int group_width;   /* its channels a group */
    int stem_kernel;   /* of the only stem convolution; 0: three of 3x3 */
    int stem_width[3]; /* channels of the stem's convolutions */
    int width;         /* channels into the first unit */
    bool average_down; /* shortcuts average before a 1x1 convolution */
    bool gated;        /* some unit has a gate ... */
    bool across;       /* ... and those are ECA's */

    /* The family's part. */
    bool stride_first;  /* bottleneck: stride in the first convolution */
    bool relu_in_basic; /* basic: non-linearity before the gate */
    bool anti_alias;    /* strides are average pools after the convolution */
    enum ses_placement placement; /* of the gates */
    const char *placements; /* names that give another, for a message; or
                             * NULL */
};

/* Read the counts. stem names the three (or one) stem convolutions. */
struct ses_residual ses_residual_read(const struct ses_state *state,
                                      const char *const stem[3]);

/* Build all stages. Where a stage has a gate (told by the dialects), each of
 * its units must. */
struct ses_flow ses_residual_build(struct ses_build *build,
                                   struct ses_residual *net,
                                   const struct ses_gate_dialect *dialects,
                                   size_t n_dialects, struct ses_flow in);

/* A stem convolution with its norm and ReLU. */
struct ses_flow ses_residual_stem(struct ses_build *build,
                                  struct ses_flow in, const char *conv,
                                  const char *norm, int kernel, int stride);

/* The same for a single convolution conv1, bn1 as the kernel says: 7x7 has
 * stride 2 and a padded max pool after it; 3x3 has neither, which is an
 * assumption that goes to the notes unless the network has three stages. */
struct ses_flow ses_residual_plain_stem(struct ses_build *build,
                                        const struct ses_residual *net,
                                        struct ses_flow in);

/* ---- names -------------------------------------------------------------- */

/* Layers, as names count them (50, 101, ...); 0 when no published network has
 * these units. */
int ses_residual_depth(const struct ses_residual *net);

/* "SE-ResNet-50", "ECA-ResNet-50", "SE-PRE-ResNet-50", "ResNet-50",
 * "SE-ResNeXt-50 32x4d", "SE-ResNet-20 CIFAR", "SE-ResNet [1,2,2,1]
 * bottleneck" into out. */
void ses_residual_name(const struct ses_residual *net, char *out,
                       size_t size);

/* Preprocessing for the network's input: the preset torch, or cifar10 for a
 * 3x3 stem; grey for one channel. Assumptions go to the notes. */
void ses_residual_preprocess(struct ses_build *build,
                             const struct ses_residual *net, int channels,
                             struct ses_preprocess *out);

#endif
