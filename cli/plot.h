/* What `sescope plot` hands to a kind of figure. */
#ifndef SES_CLI_PLOT_H
#define SES_CLI_PLOT_H

#include "cli/commands.h"
#include "cli/common.h"
#include "core/ablation/measure.h"
#include "core/record/reader.h"
#include "core/stats/analysis.h"
#include "plots/plot.h"

struct ses_plot_args {
    const char *output, *data;
    const char *blocks;  /* never NULL: the kind's own without --blocks */
    const char *classes; /* NULL: the first most_classes of the record */
    size_t most_classes; /* 0: all */
    long channels;       /* of a block; 0: all */
    long seed, threads, panel_columns;
    const struct ses_analysis *analysis; /* of these blocks and classes, when
                                          * it is there; NULL: none */
    const char *images, *image_root; /* of thumbnails; NULL: the record's */
    bool band, cluster, thumbnails, quiet;
    struct ses_plot_style style;
};

/* Each draws args->output and writes the numbers it shows to args->data, if
 * that is wanted. Of a finished record: */
typedef enum ses_status ses_plot_of_record(const struct ses_run_file *run,
                                           const struct ses_plot_args *args,
                                           struct ses_error *err);
SES_MUST_CHECK ses_plot_of_record ses_plot_record_activations;
SES_MUST_CHECK ses_plot_of_record ses_plot_record_block_similarity;
SES_MUST_CHECK ses_plot_of_record ses_plot_record_decodability;
SES_MUST_CHECK ses_plot_of_record ses_plot_record_distributions;
SES_MUST_CHECK ses_plot_of_record ses_plot_record_heatmap;
SES_MUST_CHECK ses_plot_of_record ses_plot_record_rdm;
SES_MUST_CHECK ses_plot_of_record ses_plot_record_saturation;
SES_MUST_CHECK ses_plot_of_record ses_plot_record_selectivity;
SES_MUST_CHECK ses_plot_of_record ses_plot_record_top_channels;
SES_MUST_CHECK ses_plot_of_record ses_plot_record_within_class;

/* Of two finished records: */
typedef enum ses_status ses_plot_of_two(const struct ses_run_file *first,
                                        const struct ses_run_file *second,
                                        const struct ses_plot_args *args,
                                        struct ses_error *err);
SES_MUST_CHECK ses_plot_of_two ses_plot_two_records;

/* Of a finished ablation and what its variants cost [n_variants]: */
typedef enum ses_status ses_plot_of_ablation(
    const struct ses_ablation *ablation, const struct ses_measure *measures,
    const struct ses_plot_args *args, struct ses_error *err);
SES_MUST_CHECK ses_plot_of_ablation ses_plot_ablation_sweeps;
SES_MUST_CHECK ses_plot_of_ablation ses_plot_ablation_tradeoff;

/* Options that not every kind has a use for. */
enum {
    SES_TAKES_BLOCKS = 1,
    SES_TAKES_CLASSES = 2,
    SES_TAKES_CHANNELS = 4,
    SES_TAKES_BAND = 8,
    SES_TAKES_SEED = 16,
    SES_TAKES_CLUSTER = 32,
    SES_TAKES_COLUMNS = 64, /* --panel-columns */
    SES_TAKES_IMAGES = 128,
};

struct ses_plot_kind {
    const char *name;
    ses_plot_of_record *of_record; /* one of the three */
    ses_plot_of_two *of_two;
    ses_plot_of_ablation *of_ablation;
    unsigned takes;
    const char *blocks; /* without --blocks */
    size_t classes;     /* most without --classes; 0: all */
    long channels;      /* without --channels; 0: all */
};

/* Kinds in the order of --help; their names are the words'. */
extern const struct ses_plot_kind ses_plot_kinds[];
extern const size_t ses_n_plot_kinds;
extern const struct ses_word ses_plot_words[];

/* A kind of ablation figure; SES_ENOTFOUND when no image has a label. */
SES_MUST_CHECK enum ses_status ses_plot_measures(
    const struct ses_plot_kind *kind, const struct ses_ablation *ablation,
    const struct ses_measure *measures, const struct ses_plot_args *args,
    struct ses_error *err);

#endif
