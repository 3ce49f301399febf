/* What a record says of each block: how much of a gate depends on the class,
 * how well the class can be told from it, how saturated, how alive it is; and
 * how all of that goes with depth (the questions of Hu et al.,
 * arXiv:1709.01507, section 6). A block's gates are in memory while it is
 * analysed, and the next block's, unless that takes more than a gigabyte.
 *
 * A class counts with its images that are done; classes without any are left
 * out. NaN stands for what cannot be had: of spreads within a class of one
 * image, of a single class, of a record without rows (--summary-only), which
 * has only what its moments hold. */
#ifndef SES_STATS_ANALYSIS_H
#define SES_STATS_ANALYSIS_H

#include <stdbool.h>

#include "core/record/reader.h"

/* A number with its 95 % bootstrap interval over images. A draw holds images
 * twice, so that its classes stand further apart than those of the record;
 * intervals of selectivity are the draws' less that: they lie around the
 * value. */
struct ses_estimate {
    double value, low, high;
};

/* Quantiles over channels, in this order. */
enum { SES_N_QUANTILES = 5 };
extern const double ses_quantiles[SES_N_QUANTILES]; /* .05 .25 .5 .75 .95 */

struct ses_block_analysis {
    size_t block; /* of run->blocks */
    double mean, sd; /* of all gates, over images and channels */

    /* Class selectivity: the share of a channel's variance that lies between
     * classes, SS_between / SS_total (0 for a channel that does not vary),
     * and the less biased omega squared (Hays, 1963; may be below 0). Means
     * over channels. */
    struct ses_estimate eta_squared, omega_squared;
    double eta_quantiles[SES_N_QUANTILES], omega_quantiles[SES_N_QUANTILES];
    double *channel_eta; /* [channels] */
    /* eta squared with labels shuffled: mean, the point that 95 % of the
     * shuffles stay below, and the share of shuffles (the record among them)
     * that reach the record's. */
    double null, null_high, p;

    /* Accuracy of telling the class from this block's gates alone,
     * cross-validated by image: by the nearest class mean, and by a linear
     * (ridge) read-out; and what guessing gets. */
    struct ses_estimate decodability, ridge;
    double chance; /* the share of the largest class */

    /* Class-mean gate vectors: Euclidean distance over the root of channels,
     * and Pearson's correlation, means over pairs of classes. */
    double distance, correlation;

    /* Spread of instances: standard deviation within classes (pooled), and of
     * class means (freed of what the spread within adds to it), root mean
     * squares over channels. */
    double within, between;

    double above_99, below_01; /* shares of gates */
    double from_one; /* mean of |1 - gate| */
    double entropy;  /* of a gate as a coin, mean, bits; of gates in 0..1 */
    size_t still_channels; /* standard deviation under SES_STILL */
    bool dead;     /* see ses_gate_health */
    bool constant; /* no channel moves */
    bool identity; /* nearly 1 everywhere */

    char **findings; /* in plain words: "71 % of gates above .99; close to
                      * identity" */
    size_t n_findings;
};

#define SES_STILL 1e-3

/* How selectivity (omega squared) goes with depth. */
struct ses_depth_trend {
    size_t n_blocks; /* it is of: neither dead nor constant */
    struct ses_estimate slope; /* from the first block (0) to the last (1) */
    struct ses_estimate rank;  /* Spearman's correlation with depth */
    double shallow, deep; /* mean of the first and of the last third */
    char *verdict; /* one sentence, as the paper would put it */
};

struct ses_analysis {
    const struct ses_run_file *run; /* borrowed */
    size_t n_classes, *classes; /* of run->class_names, those analysed */
    size_t n_images;            /* done, of these classes */
    size_t n_single;            /* classes of one image */
    size_t draws, shuffles;     /* of the intervals and of the null; fewer for
                                 * records too large for the usual number */
    size_t folds;               /* of the cross-validation; 0 without */
    size_t n_decoded;           /* images it is of: without the single ones */
    size_t n_blocks;
    struct ses_block_analysis *blocks; /* in depth order */
    struct ses_depth_trend trend;
};

struct ses_analysis_options {
    const size_t *classes; /* NULL: all */
    size_t n_classes;
    const size_t *blocks; /* NULL: all */
    size_t n_blocks;
    uint64_t seed;
    int threads; /* 0: as many as there are cores */
    /* Called now and then from the calling thread; may be NULL. */
    void (*progress)(void *user, double share);
    void *user;
};

/* SES_EUSAGE for an empty selection. Caller frees with
 * ses_analysis_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_analyse(
    const struct ses_run_file *run, const struct ses_analysis_options *options,
    struct ses_analysis *out, struct ses_error *err);
void ses_analysis_release(struct ses_analysis *analysis);

#endif
