/* `sescope plot rdm`: how far apart classes are, a matrix a block; with
 * --cluster, like classes beside each other. */
#include "plots/rdm.h"

#include <math.h>
#include <stdlib.h>

#include "cli/plot-choice.h"
#include "cli/csv.h"
#include "core/base/alloc.h"
#include "core/stats/cluster.h"
#include "core/stats/similarity.h"

struct figure {
    struct ses_plot_choice choice;
    double *values; /* [n_blocks][n_classes][n_classes] */
    struct ses_rdm_panel *panels;
};

static void figure_release(struct figure *f)
{
    free(f->values);
    free(f->panels);
    ses_plot_choice_release(&f->choice);
}

static enum ses_status fill(const struct ses_run_file *run, struct figure *f,
                            struct ses_error *err)
{
    const struct ses_plot_choice *choice = &f->choice;
    size_t n = choice->n_classes, cells = n * n;
    for (size_t i = 0; i < choice->n_blocks; i++) {
        double *values = f->values + i * cells;
        enum ses_status status = ses_class_dissimilarity(
            run, choice->blocks[i], choice->classes, n, values, err);
        if (status)
            return status;
        f->panels[i] =
            (struct ses_rdm_panel){ choice->block_names[i], values };
    }
    return SES_OK;
}

/* One order for all blocks, so that they can be compared: by what the last one
 * says. */
static enum ses_status cluster(const struct ses_run_file *run,
                               struct figure *f, struct ses_error *err)
{
    struct ses_plot_choice *choice = &f->choice;
    size_t n = choice->n_classes, last = choice->n_blocks - 1;
    size_t *order = ses_calloc(n, sizeof *order);
    size_t *classes = ses_calloc(n, sizeof *classes);
    const char **names = ses_calloc(n, sizeof *names);
    enum ses_status status =
        order && classes && names
            ? ses_cluster(f->values + last * n * n, n, n, n, 1, order, NULL,
                          err)
            : ses_fail_memory(err, "classes");
    if (status)
        goto out;
    for (size_t k = 0; k < n; k++) {
        classes[k] = choice->classes[order[k]];
        names[k] = choice->class_names[order[k]];
    }
    for (size_t k = 0; k < n; k++) {
        choice->classes[k] = classes[k];
        choice->class_names[k] = names[k];
    }
    status = fill(run, f, err);
out:
    free(order);
    free(classes);
    free(names);
    return status;
}

/* Every pair once. */
static enum ses_status write_data(const struct figure *f, const char *path,
                                  struct ses_error *err)
{
    struct ses_text data = { 0 };
    size_t n = f->choice.n_classes;
    ses_text_add(&data, "block,class,other,dissimilarity\n");
    for (size_t i = 0; i < f->choice.n_blocks; i++)
        for (size_t k = 0; k < n; k++)
            for (size_t l = k + 1; l < n; l++) {
                ses_csv_text(&data, f->choice.block_names[i], ',');
                ses_csv_text(&data, f->choice.class_names[k], ',');
                ses_csv_text(&data, f->choice.class_names[l], ',');
                ses_csv_number(&data, f->panels[i].values[k * n + l], '\n');
            }
    enum ses_status status = ses_csv_write(path, &data, err);
    ses_text_release(&data);
    return status;
}

static bool has_numbers(const struct figure *f)
{
    size_t n = f->choice.n_classes;
    for (size_t i = 0; i < f->choice.n_blocks * n * n; i++)
        if (i / n % n != i % n && isfinite(f->values[i]))
            return true;
    return false;
}

enum ses_status ses_plot_record_rdm(const struct ses_run_file *run,
                                    const struct ses_plot_args *args,
                                    struct ses_error *err)
{
    struct figure f = { 0 };
    enum ses_status status = ses_plot_choose(run, args, &f.choice, err);
    if (status)
        goto out;
    size_t n = f.choice.n_classes, cells;
    bool fits = ses_multiply(n * n, f.choice.n_blocks, &cells);
    f.values = fits ? ses_calloc(cells, sizeof *f.values) : NULL;
    f.panels = ses_calloc(f.choice.n_blocks, sizeof *f.panels);
    status = f.values && f.panels ? fill(run, &f, err)
                                  : ses_fail_memory(err, "matrices");
    if (!status && !has_numbers(&f))
        status = ses_fail(err, SES_ENOTFOUND,
                          "'%s' has no distances between classes to draw; "
                          "they take two classes, and gates that vary",
                          run->path);
    if (!status && args->cluster)
        status = cluster(run, &f, err);
    if (status)
        goto out;
    ses_plot_explain_gaps(&f.choice, "distance", NULL);
    const struct ses_rdm_figure figure = {
        .n_classes = n,
        .classes = f.choice.class_names,
        .n_panels = f.choice.n_blocks,
        .panels = f.panels,
        .label = "1 \u2212 correlation of class means",
    };
    status = ses_plot_rdm(args->output, &figure, &args->style, err);
    if (!status && args->data)
        status = write_data(&f, args->data, err);
out:
    figure_release(&f);
    return status;
}
