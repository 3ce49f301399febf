/* What `sescope plot` hands to a kind of figure. */
#ifndef SES_CLI_PLOT_H
#define SES_CLI_PLOT_H

#include "cli/common.h"
#include "core/ablation/measure.h"
#include "core/record/reader.h"
#include "plots/plot.h"

struct ses_plot_args {
    const char *output, *blocks, *classes, *data;
    long channels, seed, panel_columns;
    bool band, quiet;
    struct ses_plot_style style;
};

/* Each draws args->output from a finished record. */
SES_MUST_CHECK enum ses_status ses_plot_record_activations(
    const struct ses_run_file *run, const struct ses_plot_args *args,
    struct ses_error *err);

/* Each draws args->output from a finished ablation and what its variants cost
 * [n_variants], and writes the numbers to args->data, if that is wanted. */
SES_MUST_CHECK enum ses_status ses_plot_ablation_sweeps(
    const struct ses_ablation *ablation, const struct ses_measure *measures,
    const struct ses_plot_args *args, struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_plot_ablation_tradeoff(
    const struct ses_ablation *ablation, const struct ses_measure *measures,
    const struct ses_plot_args *args, struct ses_error *err);

#endif
