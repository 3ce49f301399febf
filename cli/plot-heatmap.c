/* `sescope plot heatmap`: class means of the gates as colours, classes by
 * channels; with --cluster, like ones beside each other. */
#include <math.h>
#include <stdlib.h>

#include "cli/plot-choice.h"
#include "cli/csv.h"
#include "core/base/alloc.h"
#include "core/stats/class-curves.h"
#include "core/stats/cluster.h"
#include "plots/heatmap.h"

/* What one panel shows. rows and columns: places among the classes and the
 * channels chosen, in the order shown. */
struct block {
    size_t n_channels, *rows, *columns;
    int *channels;        /* in the order shown */
    const char **classes; /* the same */
    double *mean;         /* [n_classes][n_channels], the same */
    struct ses_branch *row_tree, *column_tree; /* with --cluster */
};

struct figure {
    struct ses_plot_choice choice;
    struct block *blocks;
    struct ses_heatmap_panel *panels;
};

static void figure_release(struct figure *f)
{
    for (size_t i = 0; f->blocks && i < f->choice.n_blocks; i++) {
        struct block *block = &f->blocks[i];
        free(block->rows);
        free(block->columns);
        free(block->channels);
        free(block->classes);
        free(block->mean);
        free(block->row_tree);
        free(block->column_tree);
    }
    free(f->blocks);
    free(f->panels);
    ses_plot_choice_release(&f->choice);
}

/* Leaves in the order of the tree, and its branches; those that hold one of
 * `without` (NULL: none does) are not to be drawn. */
static enum ses_status cluster(const double *values, size_t n, size_t length,
                               size_t vector_step, size_t number_step,
                               const bool *without, size_t *order,
                               struct ses_branch **out, struct ses_error *err)
{
    struct ses_merge *merges = ses_calloc(n, sizeof *merges);
    bool *missing = ses_calloc(2 * n, sizeof *missing);
    *out = ses_calloc(n, sizeof **out);
    enum ses_status status =
        merges && missing && *out
            ? ses_cluster(values, n, length, vector_step, number_step, order,
                          merges, err)
            : ses_fail_memory(err, "a tree");
    for (size_t i = 0; !status && without && i < n; i++)
        missing[i] = without[i];
    for (size_t i = 0; !status && i + 1 < n; i++) {
        const struct ses_merge *m = &merges[i];
        missing[n + i] = missing[m->first] || missing[m->second];
        (*out)[i] = (struct ses_branch){ m->first, m->second,
                                         missing[n + i] ? NAN : m->distance };
    }
    free(merges);
    free(missing);
    return status;
}

/* mean: [n_classes][n_channels]. */
static enum ses_status cluster_both(const struct ses_plot_choice *choice,
                                    const double *mean, struct block *block,
                                    struct ses_error *err)
{
    size_t classes = choice->n_classes, n = block->n_channels;
    bool *without = ses_calloc(classes, sizeof *without);
    if (!without)
        return ses_fail_memory(err, "classes");
    for (size_t k = 0; k < classes; k++)
        without[k] = choice->images[k] == 0;
    enum ses_status status = cluster(mean, classes, n, n, 1, without,
                                     block->rows, &block->row_tree, err);
    if (!status)
        status = cluster(mean, n, classes, 1, n, NULL, block->columns,
                         &block->column_tree, err);
    free(without);
    return status;
}

static enum ses_status arrange(const struct ses_plot_choice *choice,
                               const double *mean, const int *channels,
                               bool clustered, struct block *block,
                               struct ses_error *err)
{
    size_t classes = choice->n_classes, n = block->n_channels;
    block->rows = ses_calloc(classes, sizeof *block->rows);
    block->columns = ses_calloc(n, sizeof *block->columns);
    block->channels = ses_calloc(n, sizeof *block->channels);
    block->classes = ses_calloc(classes, sizeof *block->classes);
    block->mean = ses_calloc(classes * n, sizeof *block->mean);
    if (!block->rows || !block->columns || !block->channels ||
        !block->classes || !block->mean)
        return ses_fail_memory(err, "a heatmap");
    for (size_t k = 0; k < classes; k++)
        block->rows[k] = k;
    for (size_t c = 0; c < n; c++)
        block->columns[c] = c;
    enum ses_status status =
        clustered ? cluster_both(choice, mean, block, err) : SES_OK;
    if (status)
        return status;
    for (size_t k = 0; k < classes; k++)
        block->classes[k] = choice->class_names[block->rows[k]];
    for (size_t c = 0; c < n; c++)
        block->channels[c] = channels[block->columns[c]];
    for (size_t at = 0; at < classes * n; at++)
        block->mean[at] =
            mean[block->rows[at / n] * n + block->columns[at % n]];
    return SES_OK;
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
        .row_order = block->rows,
        .column_order = block->columns,
        .row_tree = block->row_tree,
        .column_tree = block->column_tree,
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
            ses_csv_text(&data, f->choice.block_names[i], ',');
            ses_text_add(&data, "%zu,", at / n);
            ses_csv_text(&data, block->classes[at / n], ',');
            ses_text_add(&data, "%zu,%d,", at % n, block->channels[at % n]);
            ses_csv_number(&data, block->mean[at], '\n');
        }
    }
    enum ses_status status = ses_csv_write(path, &data, err);
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
        .clustered = args->cluster,
    };
    status = ses_plot_heatmap(args->output, &figure, &args->style, err);
    if (!status && args->data)
        status = write_data(&f, args->data, err);
out:
    figure_release(&f);
    return status;
}
