/* What a report says in words and tables of a record; see report.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report.h"
#include "core/base/alloc.h"
#include "core/stats/accuracy.h"
#include "core/stats/top-channels.h"

static void add_fact(struct ses_document *document, const char *name,
                     const char *value)
{
    if (*value)
        ses_doc_fact(document, name, "%s", value);
}

void ses_report_provenance(const struct ses_report_job *job,
                           struct ses_document *document)
{
    const struct ses_run_file *run = job->run;
    ses_doc_heading(document, 2, "What was run");
    ses_doc_facts(document);
    add_fact(document, "network", run->arch);
    add_fact(document, "model file", run->model);
    add_fact(document, "its SHA-256", run->model_sha256);
    add_fact(document, "image set", run->images);
    ses_doc_fact(document, "images", "%zu of %zu done", run->n_done,
                 run->n_images);
    if (run->n_pending)
        ses_doc_fact(document, "still to do", "%zu images, which are no part "
                                              "of this report",
                     run->n_pending);
    if (run->n_unreadable)
        ses_doc_fact(document, "unreadable", "%zu images, which are left out",
                     run->n_unreadable);
    ses_doc_fact(document, "classes", "%zu", run->n_classes);
    add_fact(document, "preprocessing", run->preprocess);
    add_fact(document, "forced gates", run->force);
    add_fact(document, "command", run->command);
    add_fact(document, "begun", run->created);
    add_fact(document, "sescope", run->version);
    add_fact(document, "kernels", run->kernels);
    add_fact(document, "host", run->host);
    ses_doc_fact(document, "record", "%s", run->path);
    if (job->ablation)
        ses_doc_fact(document, "ablation", "%s", job->ablation->path);
}

static void add_accuracy(struct ses_document *document, const char *name,
                         const struct ses_accuracy *accuracy)
{
    ses_doc_cell(document, name);
    ses_doc_number(document, (double)accuracy->images, 0);
    ses_doc_share(document, accuracy->top1_share, 2);
    ses_doc_share(document, accuracy->top5_share, 2);
    ses_doc_number(document, accuracy->loss, 4);
}

enum ses_status ses_report_accuracy(const struct ses_report_job *job,
                                    struct ses_document *document,
                                    struct ses_error *err)
{
    const struct ses_run_file *run = job->run;
    if (!run->predictions)
        return SES_OK;
    int32_t *top5 = ses_calloc(run->n_images, 5 * sizeof *top5);
    float *loss = ses_calloc(run->n_images, sizeof *loss);
    struct ses_accuracy *classes = ses_calloc(run->n_classes, sizeof *classes);
    struct ses_accuracy total;
    enum ses_status status = top5 && loss && classes
                                 ? ses_run_predictions(run, top5, loss, err)
                                 : ses_fail_memory(err, "predictions");
    if (status)
        goto out;
    ses_accuracy(run, top5, loss, classes, &total);
    ses_doc_table(document, "How well the network does, by class.");
    ses_doc_column(document, "class", NULL, false);
    ses_doc_column(document, "images", "images that are done", true);
    ses_doc_column(document, "top-1", "share of images whose class came first",
                   true);
    ses_doc_column(document, "top-5",
                   "share of images whose class was among the first five",
                   true);
    ses_doc_column(document, "loss", "mean cross-entropy, nats", true);
    add_accuracy(document, "all", &total);
    for (size_t i = 0; i < run->n_classes; i++)
        add_accuracy(document, run->class_names[i], &classes[i]);
out:
    free(top5);
    free(loss);
    free(classes);
    return status;
}

static void add_findings(const struct ses_report_job *job,
                         struct ses_document *document)
{
    ses_doc_heading(document, 3, "Findings");
    size_t found = 0;
    for (size_t i = 0; i < job->analysis->n_blocks; i++)
        found += job->analysis->blocks[i].n_findings;
    if (!found) {
        ses_doc_text(document, "No block is saturated, still or dead.");
        return;
    }
    ses_doc_list(document);
    for (size_t i = 0; i < job->analysis->n_blocks; i++) {
        const struct ses_block_analysis *b = &job->analysis->blocks[i];
        for (size_t k = 0; k < b->n_findings; k++)
            ses_doc_item(document, "%s: %s", job->run->blocks[b->block].name,
                         b->findings[k]);
    }
}

static void add_estimate(struct ses_document *document,
                         const struct ses_estimate *estimate)
{
    ses_doc_interval(document, estimate->value, estimate->low, estimate->high,
                     3);
}

static void add_selectivity(const struct ses_report_job *job,
                            struct ses_document *document)
{
    ses_doc_table(document,
                  "How much of each block depends on the class, in depth "
                  "order; 95 % bootstrap intervals over images.");
    ses_doc_column(document, "block", NULL, false);
    ses_doc_column(document, "channels", NULL, true);
    ses_doc_column(document, "eta\u00b2",
                   "share of a channel's variance between classes, mean over "
                   "channels",
                   true);
    ses_doc_column(document, "omega\u00b2", "the same, less biased", true);
    ses_doc_column(document, "null", "eta squared with labels shuffled", true);
    ses_doc_column(document, "nearest mean",
                   "accuracy of the nearest class mean, cross-validated", true);
    ses_doc_column(document, "ridge",
                   "accuracy of a linear read-out, cross-validated", true);
    ses_doc_column(document, "chance", "what guessing gets", true);
    for (size_t i = 0; i < job->analysis->n_blocks; i++) {
        const struct ses_block_analysis *b = &job->analysis->blocks[i];
        const struct ses_run_block *block = &job->run->blocks[b->block];
        ses_doc_cell(document, block->name);
        ses_doc_number(document, block->channels, 0);
        add_estimate(document, &b->eta_squared);
        add_estimate(document, &b->omega_squared);
        ses_doc_number(document, b->null, 3);
        add_estimate(document, &b->decodability);
        add_estimate(document, &b->ridge);
        ses_doc_number(document, b->chance, 3);
    }
}

static void add_health(const struct ses_report_job *job,
                       struct ses_document *document)
{
    ses_doc_table(document, "What the gates are like, in depth order.");
    ses_doc_column(document, "block", NULL, false);
    ses_doc_column(document, "mean", "of all gates", true);
    ses_doc_column(document, "above .99", "share of gates", true);
    ses_doc_column(document, "below .01", "share of gates", true);
    ses_doc_column(document, "from one", "mean of |1 - gate|", true);
    ses_doc_column(document, "entropy", "of a gate as a coin, bits", true);
    ses_doc_column(document, "still",
                   "channels whose standard deviation is under 0.001", true);
    ses_doc_column(document, "within",
                   "standard deviation of instances of a class", true);
    ses_doc_column(document, "between",
                   "standard deviation of class means", true);
    ses_doc_column(document, "distance",
                   "mean distance of class means, over the root of channels",
                   true);
    ses_doc_column(document, "correlation",
                   "mean correlation of class means", true);
    for (size_t i = 0; i < job->analysis->n_blocks; i++) {
        const struct ses_block_analysis *b = &job->analysis->blocks[i];
        ses_doc_cell(document, job->run->blocks[b->block].name);
        ses_doc_number(document, b->mean, 3);
        ses_doc_share(document, b->above_99, 1);
        ses_doc_share(document, b->below_01, 1);
        ses_doc_number(document, b->from_one, 3);
        ses_doc_number(document, b->entropy, 3);
        ses_doc_number(document, (double)b->still_channels, 0);
        ses_doc_number(document, b->within, 3);
        ses_doc_number(document, b->between, 3);
        ses_doc_number(document, b->distance, 3);
        ses_doc_number(document, b->correlation, 3);
    }
}

void ses_report_blocks(const struct ses_report_job *job,
                       struct ses_document *document)
{
    ses_doc_heading(document, 2, "Block by block");
    add_findings(job, document);
    ses_doc_heading(document, 3, "Numbers");
    add_selectivity(job, document);
    add_health(job, document);
}

void ses_report_methods(const struct ses_report_job *job,
                        struct ses_document *document)
{
    const struct ses_analysis *a = job->analysis;
    ses_doc_heading(document, 2, "How the numbers were made");
    ses_doc_list(document);
    ses_doc_item(document,
                 "Of %zu images and %zu classes that are done; seed %ld.",
                 a->n_images, a->n_classes, job->args->record.seed);
    if (a->n_single)
        ses_doc_item(document,
                     "%zu of the classes %s one image, and so no spread.",
                     a->n_single, a->n_single == 1 ? "has" : "have");
    ses_doc_item(document,
                 "Eta squared is the sum of squares between classes over the "
                 "total one, of a channel's gate over images; omega squared "
                 "(Hays, 1963) takes off what chance adds. Both are means over "
                 "a block's channels; a channel that does not vary counts as "
                 "0.");
    if (a->draws)
        ses_doc_item(document,
                     "Intervals are 95 %% bootstrap intervals over images, of "
                     "%zu draws; the null is of %zu shuffles of the labels. "
                     "The intervals of d' take classes of %d images or more.",
                     a->draws, a->shuffles, SES_LEAST_DRAWN);
    else
        ses_doc_item(document,
                     "There are no intervals: they take every image's gates, "
                     "and classes of two images or more.");
    if (a->folds)
        ses_doc_item(document,
                     "Accuracies from the gates alone are cross-validated by "
                     "image, in %zu folds.",
                     a->folds);
    ses_doc_item(document,
                 "Squeeze-and-excitation: Hu et al., arXiv:1709.01507, whose "
                 "section 6 asks these questions.");
}
