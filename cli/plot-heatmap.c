/* `sescope plot heatmap`: class means of the gates as colours, classes by
 * channels; with --cluster, like ones beside each other. */
#include <math.h>
#include <stdlib.h>

#include "cli/plot-choice.h"
#include "cli/plot-data.h"
#include "core/base/alloc.h"
#include "core/stats/class-curves.h"
#include "core/stats/cluster.h"
#include "plots/heatmap.h"

/* What one panel shows, in the order shown. */
struct block {
    size_t n_channels, *rows; /* rows: places among the classes chosen */
    int *channels;
    const char **classes;     /* names of the rows */
    double *mean;             /* [n_classes][n_channels] */
};

struct figure {
    struct ses_plot_choice choice;
    struct block *blocks;
    struct ses_heatmap_panel *panels;
};

static void figure_release(struct figure *f)
{
    for (size_t i = 0; f->blocks && i < f->choice.n_blocks; i++) {
        free(f->blocks[i].rows);
        free(f->blocks[i].channels);
        free(f->blocks[i].classes);
        free(f->blocks[i].mean);
    }
    free(f->blocks);
    free(f->panels);
    ses_plot_choice_release(&f->choice);
}

/* As they are, or clustered; mean: [n_classes][n_channels]. */
static enum ses_status order(const double *mean, size_t n_classes,
                             size_t n_channels, bool cluster, size_t *rows,
                             size_t *columns, struct ses_error *err)
{
    for (size_t k = 0; k < n_classes; k++)
        rows[k] = k;
    for (size_t c = 0; c < n_channels; c++)
        columns[c] = c;
    if (!cluster)
        return SES_OK;
    enum ses_status status = ses_cluster(mean, n_classes, n_channels,
                                         n_channels, 1, rows, NULL, err);
    return status ? status
                  : ses_cluster(mean, n_channels, n_classes, 1, n_channels,
                                columns, NULL, err);
}

static enum ses_status arrange(const struct ses_plot_choice *choice,
                               const double *mean, const int *channels,
                               bool cluster, struct block *block,
                               struct ses_error *err)
{
    size_t classes = choice->n_classes, n = block->n_channels;
    size_t *columns = ses_calloc(n, sizeof *columns);
    block->rows = ses_calloc(classes, sizeof *block->rows);
    block->channels = ses_calloc(n, sizeof *block->channels);
    block->classes = ses_calloc(classes, sizeof *block->classes);
    block->mean = ses_calloc(classes * n, sizeof *block->mean);
    enum ses_status status =
        columns && block->rows && block->channels && block->classes &&
                block->mean
            ? order(mean, classes, n, cluster, block->rows, columns, err)
            : ses_fail_memory(err, "a heatmap");
    for (size_t k = 0; !status && k < classes; k++)
        block->classes[k] = choice->class_names[block->rows[k]];
    for (size_t c = 0; !status && c < n; c++)
        block->channels[c] = channels[columns[c]];
    for (size_t at = 0; !status && at < classes * n; at++)
        block->mean[at] = mean[block->rows[at / n] * n + columns[at % n]];
    free(columns);
    return status;
}

static enum ses_status fill_block(const struct ses_run_file *run,
                                  const struct ses_plot_args *args,
                                  struct figure *f, size_t i,
                                  struct ses_error *err)
{
    size_t index = f->choice.blocks[i];
    int all = run->blocks[index].channels;
    struct block *block = &f->blocks[i];
    struct ses_class_curves curves = { 0 };
    int *channels = ses_calloc((size_t)all, sizeof *channels);
    if (!channels)
        return ses_fail_memory(err, "channels");
    block->n_channels =
        ses_uniform_channels(all, (size_t)args->channels, channels);
    enum ses_status status = ses_class_curves_init(
        run, index, f->choice.classes, f->choice.n_classes, channels,
        block->n_channels, false, 0, &curves, err);
    if (!status)
        status = arrange(&f->choice, curves.mean, channels, args->cluster,
                         block, err);
    f->panels[i] = (struct ses_heatmap_panel){
        .name = f->choice.block_names[i],
        .classes = block->classes,
        .n_channels = block->n_channels,
        .channel = block->channels,
        .mean = block->mean,
    };
    ses_class_curves_release(&curves);
    free(channels);
    return status;
}

/* Rows and columns in the order shown. */
static enum ses_status write_data(const struct figure *f, const char *path,
                                  struct ses_error *err)
{
    struct ses_text data = { 0 };
    ses_text_add(&data, "block,row,class,column,channel,mean\n");
    for (size_t i = 0; i < f->choice.n_blocks; i++) {
        const struct block *block = &f->blocks[i];
        size_t n = block->n_channels;
        for (size_t at = 0; at < f->choice.n_classes * n; at++) {
            ses_data_text(&data, f->choice.block_names[i], ',');
            ses_text_add(&data, "%zu,", at / n);
            ses_data_text(&data, block->classes[at / n], ',');
            ses_text_add(&data, "%zu,%d,", at % n, block->channels[at % n]);
            ses_data_number(&data, block->mean[at], '\n');
        }
    }
    enum ses_status status = ses_data_write(path, &data, err);
    ses_text_release(&data);
    return status;
}

enum ses_status ses_plot_record_heatmap(const struct ses_run_file *run,
                                        const struct ses_plot_args *args,
                                        struct ses_error *err)
{
    struct figure f = { 0 };
    enum ses_status status = ses_plot_choose(run, args, &f.choice, err);
    if (status)
        goto out;
    f.blocks = ses_calloc(f.choice.n_blocks, sizeof *f.blocks);
    f.panels = ses_calloc(f.choice.n_blocks, sizeof *f.panels);
    if (!f.blocks || !f.panels)
        status = ses_fail_memory(err, "panels");
    for (size_t i = 0; !status && i < f.choice.n_blocks; i++)
        status = fill_block(run, args, &f, i, err);
    if (status)
        goto out;
    ses_plot_explain_gaps(&f.choice, "colour", NULL);
    const struct ses_heatmap_figure figure = {
        .n_classes = f.choice.n_classes,
        .n_panels = f.choice.n_blocks,
        .panels = f.panels,
        .own_order = args->cluster,
    };
    status = ses_plot_heatmap(args->output, &figure, &args->style, err);
    if (!status && args->data)
        status = write_data(&f, args->data, err);
out:
    figure_release(&f);
    return status;
}
