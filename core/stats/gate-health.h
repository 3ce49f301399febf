/* Is a block's gate alive? A short look at all it said in a record. */
#ifndef SES_STATS_GATE_HEALTH_H
#define SES_STATS_GATE_HEALTH_H

#include <stdbool.h>

#include "core/record/reader.h"

struct ses_gate_health {
    double mean, sd;     /* over images and channels */
    double moves;        /* sd over images, root mean square over channels;
                          * NaN of a single image */
    double between;      /* sd of the class means, over classes by their
                          * images, root mean square over channels; NaN of a
                          * single class */
    double below, above; /* shares of gates < .01 and > .99; NaN where the
                          * record holds summaries only */
    bool dead; /* all channels stand near 0.5 whatever they are shown: a
                * sigmoid of nearly nothing, as of weights that were not
                * loaded, or were decayed away */
};

/* From per-class moments as ses_run_moments() gives them: count [n_classes],
 * mean and sample standard deviation std [n_classes][channels]. Shares are
 * NaN. NaN everywhere when there is no image. */
void ses_gate_health_moments(size_t n_classes, size_t channels,
                             const uint64_t *count, const float *mean,
                             const float *std, struct ses_gate_health *out);

/* Of a block of a record; rows are read a few at a time. */
SES_MUST_CHECK enum ses_status ses_gate_health(const struct ses_run_file *run,
                                               size_t block,
                                               struct ses_gate_health *out,
                                               struct ses_error *err);

#endif
