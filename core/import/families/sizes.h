/* What pictures published weights were made for. A state dict does not say,
 * so each family has a table by member. */
#ifndef SES_IMPORT_SIZES_H
#define SES_IMPORT_SIZES_H

#include "core/images/preprocess.h"
#include "core/import/families/build.h"

struct ses_sizes {
    const char *name;    /* the member's */
    const char *weights; /* "efficientnet_b0.ra_in1k" */
    int resize, input;   /* the shorter side, and the crop */
    enum ses_filter filter;
    bool half;   /* mean and std are .5, not ImageNet's */
    bool squash; /* both sides are resized */
};

/* The preset torch as the row of this name has it; the last row, whose name is
 * NULL, is for all others. What was assumed goes to the notes. */
void ses_sizes_preprocess(struct ses_build *build,
                          const struct ses_sizes *table, const char *name,
                          int channels, struct ses_preprocess *out);

/* One channel instead of three. */
void ses_sizes_grey(struct ses_preprocess *preprocess, double mean,
                    double std);

/* The same with ImageNet's mean over its channels, which the notes say. */
void ses_sizes_imagenet_grey(struct ses_build *build,
                             struct ses_preprocess *preprocess);

#endif
