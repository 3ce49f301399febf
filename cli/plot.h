/* What `sescope plot` hands to a kind of figure. */
#ifndef SES_CLI_PLOT_H
#define SES_CLI_PLOT_H

#include "cli/common.h"
#include "core/record/reader.h"
#include "plots/plot.h"

struct ses_plot_args {
    const char *output, *blocks, *classes;
    long channels, seed, panel_columns;
    bool band, quiet;
    struct ses_plot_style style;
};

/* Each draws args->output from a finished record. */
SES_MUST_CHECK enum ses_status ses_plot_record_activations(
    const struct ses_run_file *run, const struct ses_plot_args *args,
    struct ses_error *err);

#endif
