/* `sescope plot saturation`: which share of each block's gates is shut, open,
 * or between, and their mean, in depth order. */
#include <math.h>
#include <stdlib.h>

#include "cli/plot-choice.h"
#include "cli/csv.h"
#include "core/base/alloc.h"
#include "core/stats/gate-histogram.h"
#include "plots/saturation.h"

/* Shares and mean of a block's gates over the classes chosen. */
static enum ses_status measure(const struct ses_run_file *run,
                               const struct ses_plot_choice *choice, size_t i,
                               double *below, double *above, double *mean,
                               struct ses_error *err)
{
    struct ses_gate_histogram h;
    enum ses_status status =
        ses_gate_histogram_init(run, choice->blocks[i], choice->classes,
                                choice->n_classes, 1, 0, 1, &h, err);
    double total = 0, shut = 0, open = 0, sum = 0;
    for (size_t k = 0; !status && k < h.n_classes; k++) {
        total += (double)h.total[k];
        shut += (double)h.below[k];
        open += (double)h.above[k];
        sum += h.sum[k];
    }
    ses_gate_histogram_release(&h);
    if (!status && total == 0)
        status = ses_fail(err, SES_ENOTFOUND,
                          "'%s': the classes chosen have no gates in block "
                          "'%s'",
                          run->path, choice->block_names[i]);
    *below = shut / total;
    *above = open / total;
    *mean = sum / total;
    return status;
}

static enum ses_status write_data(const struct ses_saturation_figure *figure,
                                  const char *path, struct ses_error *err)
{
    struct ses_text data = { 0 };
    ses_text_add(&data, "block,stage,below_01,between,above_99,mean\n");
    for (size_t i = 0; i < figure->n_blocks; i++) {
        ses_csv_text(&data, figure->blocks[i], ',');
        ses_csv_number(&data, figure->stages ? figure->stages[i] : NAN, ',');
        ses_csv_number(&data, figure->below[i], ',');
        ses_csv_number(&data, 1 - figure->below[i] - figure->above[i], ',');
        ses_csv_number(&data, figure->above[i], ',');
        ses_csv_number(&data, figure->mean[i], '\n');
    }
    enum ses_status status = ses_csv_write(path, &data, err);
    ses_text_release(&data);
    return status;
}

enum ses_status ses_plot_record_saturation(const struct ses_run_file *run,
                                           const struct ses_plot_args *args,
                                           struct ses_error *err)
{
    struct ses_plot_choice choice;
    double *numbers = NULL;
    enum ses_status status = ses_plot_choose(run, args, &choice, err);
    size_t n = choice.n_blocks;
    if (!status) {
        numbers = ses_calloc(3 * n, sizeof *numbers);
        if (!numbers)
            status = ses_fail_memory(err, "shares");
    }
    for (size_t i = 0; !status && i < n; i++)
        status = measure(run, &choice, i, numbers + i, numbers + n + i,
                         numbers + 2 * n + i, err);
    if (status)
        goto out;
    const struct ses_saturation_figure figure = {
        .n_blocks = n,
        .blocks = choice.block_names,
        .stages = choice.stages,
        .below = numbers,
        .above = numbers + n,
        .mean = numbers + 2 * n,
    };
    status = ses_plot_saturation(args->output, &figure, &args->style, err);
    if (!status && args->data)
        status = write_data(&figure, args->data, err);
out:
    free(numbers);
    ses_plot_choice_release(&choice);
    return status;
}
