/* See record-report.h. */
#include "cli/record-report.h"

#include <math.h>
#include <stdlib.h>

#include "cli/describe.h"
#include "cli/diagnostics.h"
#include "cli/table.h"
#include "core/base/alloc.h"
#include "core/record/reader.h"
#include "core/stats/accuracy.h"
#include "core/stats/gate-health.h"

/* ---- before the run ------------------------------------------------------ */

static enum ses_status print_classes(const struct ses_set *set,
                                     struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "class", false },
        { "name", false },
        { "output", true },
        { "images", true },
    };
    size_t *images = ses_calloc(set->n_classes, sizeof *images);
    if (!images)
        return ses_fail_memory(err, "classes");
    for (size_t i = 0; i < set->n_items; i++)
        images[set->items[i].class]++;
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < set->n_classes; i++) {
        const struct ses_class *class = &set->classes[i];
        ses_table_cell(&table, "%s", class->id);
        ses_table_cell(&table, "%s", class->name);
        if (class->output >= 0)
            ses_table_cell(&table, "%d", class->output);
        else
            ses_table_cell(&table, "-");
        ses_table_cell(&table, "%zu", images[i]);
    }
    free(images);
    return ses_table_finish(&table, err);
}

static enum ses_status print_blocks(const struct ses_job *job,
                                    struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "block", false },
        { "source", false },
        { "channels", true },
    };
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < job->n_blocks; i++) {
        const struct ses_block *b = &job->model->blocks.items[job->blocks[i]];
        ses_table_cell(&table, "%s", b->name);
        ses_table_cell(&table, "%s", b->source);
        ses_table_cell(&table, "%d", b->channels);
    }
    return ses_table_finish(&table, err);
}

enum ses_status ses_print_plan(const struct ses_job *job,
                               struct ses_error *err)
{
    static const struct ses_column columns[] = { { NULL, false },
                                                 { NULL, false } };
    struct ses_table table;
    ses_table_init(&table, columns, 2);
    ses_describe_model(job->model, &table);
    ses_describe_preprocess(&job->model->preprocess, &table);
    ses_table_cell(&table, "images");
    ses_table_cell(&table, "%s", job->set->spec);
    ses_table_cell(&table, "  number");
    ses_table_cell(&table, "%zu of %zu classes", job->set->n_items,
                   job->set->n_classes);
    ses_table_cell(&table, "  seed");
    ses_table_cell(&table, "%lld", (long long)job->seed);
    if (job->force.n_forces) {
        ses_table_cell(&table, "force");
        ses_table_cell(&table, "%s", job->force.text);
    }
    enum ses_status status = ses_table_finish(&table, err);
    putchar('\n');
    if (!status)
        status = print_blocks(job, err);
    putchar('\n');
    if (!status)
        status = print_classes(job->set, err);
    return status;
}

/* ---- after the run ------------------------------------------------------- */

static void add_accuracy(struct ses_table *table, const char *name,
                         const struct ses_accuracy *accuracy)
{
    ses_table_cell(table, "%s", name);
    ses_table_cell(table, "%zu", accuracy->images);
    ses_table_share(table, accuracy->top1_share, 2);
    ses_table_share(table, accuracy->top5_share, 2);
    ses_table_number(table, accuracy->loss, 4);
}

static void warn_of_labels(const struct ses_accuracy *total)
{
    /* A trained network gets some of a handful right. None is the mark of a
     * table in another order: of the authors' Caffe networks and the sorted
     * wnids not one index is the same. */
    enum { ENOUGH = 5 };
    if (total->labelled >= ENOUGH && total->top1 == 0)
        ses_report_warning("0 of %zu right: the label table is probably "
                           "wrong (--labels)",
                           total->labelled);
}

static enum ses_status print_accuracy(const struct ses_run_file *run,
                                      struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "class", false }, { "images", true }, { "top-1", true },
        { "top-5", true },  { "loss", true },
    };
    enum ses_status status = SES_OK;
    struct ses_accuracy total;
    struct ses_accuracy *classes = ses_calloc(run->n_classes, sizeof *classes);
    float *loss = ses_calloc(run->n_images, sizeof *loss);
    int32_t *top5 = ses_calloc(run->n_images, 5 * sizeof *top5);
    if (!classes || !loss || !top5) {
        status = ses_fail_memory(err, "predictions");
        goto out;
    }
    status = ses_run_predictions(run, top5, loss, err);
    if (status == SES_ENOTFOUND) { /* no classifier */
        status = SES_OK;
        goto out;
    }
    if (status)
        goto out;
    ses_accuracy(run, top5, loss, classes, &total);
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    for (size_t k = 0; k < run->n_classes; k++)
        add_accuracy(&table, run->class_names[k], &classes[k]);
    add_accuracy(&table, "total", &total);
    status = ses_table_finish(&table, err);
    putchar('\n');
    warn_of_labels(&total);
out:
    free(classes);
    free(loss);
    free(top5);
    return status;
}

static enum ses_status print_gates(const struct ses_run_file *run,
                                   struct ses_error *err)
{
    static const struct ses_column columns[] = {
        { "block", false },
        { "channels", true },
        { "mean", true },
        { "sd", true },
        { "between images", true },
        { "between classes", true },
        { "< .01", true },
        { "> .99", true },
    };
    struct ses_text dead = { 0 };
    struct ses_table table;
    ses_table_init(&table, columns, sizeof columns / sizeof columns[0]);
    enum ses_status status = SES_OK;
    for (size_t i = 0; !status && i < run->n_blocks; i++) {
        struct ses_gate_health health;
        status = ses_gate_health(run, i, &health, err);
        if (status)
            break;
        ses_table_cell(&table, "%s", run->blocks[i].name);
        ses_table_cell(&table, "%d", run->blocks[i].channels);
        ses_table_number(&table, health.mean, 4);
        ses_table_number(&table, health.sd, 4);
        ses_table_number(&table, health.moves, 4);
        ses_table_number(&table, health.between, 4);
        ses_table_share(&table, health.below, 1);
        ses_table_share(&table, health.above, 1);
        if (health.dead)
            ses_text_add(&dead, "%s%s", dead.length ? ", " : "",
                         run->blocks[i].name);
    }
    if (status)
        ses_table_release(&table);
    else
        status = ses_table_finish(&table, err);
    /* Where gates are forced, they stand where they were put. */
    if (dead.length && !dead.failed && !*run->force)
        ses_report_warning("gates stand at 0.5 for every image in %s: a dead "
                           "squeeze path, or weights that were not loaded",
                           dead.data);
    ses_text_release(&dead);
    return status;
}

enum ses_status ses_print_record(const char *path, struct ses_error *err)
{
    struct ses_run_file *run = NULL;
    enum ses_status status = ses_run_open(path, &run, err);
    if (!status)
        status = print_accuracy(run, err);
    if (!status)
        status = print_gates(run, err);
    ses_run_free(run);
    return status;
}
