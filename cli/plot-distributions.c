/* `sescope plot distributions`: how often the gates of a block have which
 * value, class by class. */
#include <math.h>
#include <stdlib.h>

#include "cli/plot-choice.h"
#include "cli/csv.h"
#include "core/base/alloc.h"
#include "core/stats/gate-histogram.h"
#include "plots/axis.h"
#include "plots/distributions.h"

enum { FEWEST_BINS = 10, MOST_BINS = 100 };

struct figure {
    struct ses_plot_choice choice;
    double low, high;
    size_t bins;
    struct ses_gate_histogram *blocks;
    double **shares, **means; /* one a block */
    struct ses_distribution_panel *panels;
};

static void figure_release(struct figure *f)
{
    for (size_t i = 0; f->blocks && i < f->choice.n_blocks; i++)
        ses_gate_histogram_release(&f->blocks[i]);
    for (size_t i = 0; f->shares && i < f->choice.n_blocks; i++)
        free(f->shares[i]);
    for (size_t i = 0; f->means && i < f->choice.n_blocks; i++)
        free(f->means[i]);
    free(f->blocks);
    free(f->shares);
    free(f->means);
    free(f->panels);
    ses_plot_choice_release(&f->choice);
}

/* 0 .. 1, or the round numbers around all gates when some are beyond. */
static enum ses_status find_range(const struct ses_run_file *run,
                                  struct figure *f, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    f->low = 0;
    f->high = 1;
    for (size_t i = 0; !status && i < f->choice.n_blocks; i++)
        status = ses_gate_range(run, f->choice.blocks[i], f->choice.classes,
                                f->choice.n_classes, &f->low, &f->high, err);
    struct ses_ticks ticks = ses_ticks_around(f->low, f->high, 4);
    f->low = (double)ticks.first * ticks.step;
    f->high = (double)ticks.last * ticks.step;
    return status;
}

/* As many as the smallest class fills: twice the cube root of its gates
 * (Rice's rule), of those classes that have any. */
static void choose_bins(const struct ses_run_file *run, struct figure *f)
{
    double fewest = INFINITY;
    for (size_t i = 0; i < f->choice.n_blocks; i++)
        for (size_t k = 0; k < f->choice.n_classes; k++)
            if (f->choice.images[k])
                fewest = fmin(fewest,
                              (double)f->choice.images[k] *
                                  run->blocks[f->choice.blocks[i]].channels);
    double bins = 2 * cbrt(fewest);
    f->bins = (size_t)fmin(fmax(floor(bins / 10) * 10, FEWEST_BINS),
                           MOST_BINS);
}

static enum ses_status fill_block(const struct ses_run_file *run,
                                  struct figure *f, size_t i,
                                  struct ses_error *err)
{
    size_t classes = f->choice.n_classes;
    struct ses_gate_histogram *h = &f->blocks[i];
    f->shares[i] = ses_calloc(classes * f->bins, sizeof **f->shares);
    f->means[i] = ses_calloc(classes, sizeof **f->means);
    if (!f->shares[i] || !f->means[i])
        return ses_fail_memory(err, "shares");
    enum ses_status status = ses_gate_histogram_init(
        run, f->choice.blocks[i], f->choice.classes, classes, f->bins, f->low,
        f->high, h, err);
    for (size_t at = 0; !status && at < classes * f->bins; at++) {
        double total = (double)h->total[at / f->bins];
        f->shares[i][at] = total > 0 ? (double)h->counts[at] / total : NAN;
    }
    for (size_t k = 0; !status && k < classes; k++)
        f->means[i][k] =
            h->total[k] ? h->sum[k] / (double)h->total[k] : NAN;
    f->panels[i] = (struct ses_distribution_panel){
        .name = f->choice.block_names[i],
        .share = f->shares[i],
        .mean = f->means[i],
    };
    return status;
}

/* A row a bin. */
static enum ses_status write_data(const struct figure *f, const char *path,
                                  struct ses_error *err)
{
    struct ses_text data = { 0 };
    ses_text_add(&data, "block,class,low,high,count,share,mean\n");
    double width = (f->high - f->low) / (double)f->bins;
    for (size_t i = 0; i < f->choice.n_blocks; i++)
        for (size_t at = 0; at < f->choice.n_classes * f->bins; at++) {
            size_t k = at / f->bins, bin = at % f->bins;
            ses_csv_text(&data, f->choice.block_names[i], ',');
            ses_csv_text(&data, f->choice.class_names[k], ',');
            ses_csv_number(&data, f->low + (double)bin * width, ',');
            ses_csv_number(&data, f->low + (double)(bin + 1) * width, ',');
            ses_csv_number(&data, (double)f->blocks[i].counts[at], ',');
            ses_csv_number(&data, f->shares[i][at], ',');
            ses_csv_number(&data, f->means[i][k], '\n');
        }
    enum ses_status status = ses_csv_write(path, &data, err);
    ses_text_release(&data);
    return status;
}

enum ses_status ses_plot_record_distributions(const struct ses_run_file *run,
                                              const struct ses_plot_args *args,
                                              struct ses_error *err)
{
    struct figure f = { 0 };
    enum ses_status status = ses_plot_choose(run, args, &f.choice, err);
    size_t n = f.choice.n_blocks;
    if (status)
        goto out;
    f.blocks = ses_calloc(n, sizeof *f.blocks);
    f.shares = ses_calloc(n, sizeof *f.shares);
    f.means = ses_calloc(n, sizeof *f.means);
    f.panels = ses_calloc(n, sizeof *f.panels);
    status = f.blocks && f.shares && f.means && f.panels
                 ? find_range(run, &f, err)
                 : ses_fail_memory(err, "panels");
    if (!status)
        choose_bins(run, &f);
    for (size_t i = 0; !status && i < n; i++)
        status = fill_block(run, &f, i, err);
    if (status)
        goto out;
    ses_plot_explain_gaps(&f.choice, "distribution", NULL);
    const struct ses_distribution_figure figure = {
        .n_classes = f.choice.n_classes,
        .bins = f.bins,
        .classes = f.choice.class_names,
        .low = f.low,
        .high = f.high,
        .n_panels = n,
        .panels = f.panels,
    };
    status = ses_plot_distributions(args->output, &figure, &args->style, err);
    if (!status && args->data)
        status = write_data(&f, args->data, err);
out:
    figure_release(&f);
    return status;
}
