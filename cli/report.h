/* Inside of `sescope report`: what was asked for, and the chapters. */
#ifndef SES_CLI_REPORT_H
#define SES_CLI_REPORT_H

#include "cli/plot.h"
#include "core/stats/analysis.h"
#include "core/stats/class-curves.h"
#include "plots/report/document.h"

struct ses_report_args {
    struct ses_record_args record;
    const char *output, *images, *font, *title;
    bool pdf, quiet;
};

/* So many classes have lines of their own at first. */
enum { SES_SHOWN_CLASSES = 10 };

struct ses_report_job {
    const struct ses_report_args *args;
    const struct ses_run_file *run;
    const struct ses_ablation *ablation; /* NULL: none */
    const struct ses_measure *measures;  /* [ablation->n_variants] */
    const struct ses_analysis *analysis;
};

/* Each adds a chapter. */
void ses_report_provenance(const struct ses_report_job *job,
                           struct ses_document *document);
SES_MUST_CHECK enum ses_status ses_report_accuracy(
    const struct ses_report_job *job, struct ses_document *document,
    struct ses_error *err);
void ses_report_blocks(const struct ses_report_job *job,
                       struct ses_document *document);
/* What each variant of the ablation costs. */
void ses_report_variants(const struct ses_report_job *job,
                         struct ses_document *document);
void ses_report_methods(const struct ses_report_job *job,
                        struct ses_document *document);

/* The numbers of a page's picker. */
struct ses_report_numbers {
    struct ses_doc_picker picker;
    struct ses_doc_block *blocks;
    struct ses_class_curves *curves; /* [picker.n_blocks] that blocks show */
    const char **classes;
    bool thinned; /* not every channel is kept */
};

/* Caller frees with ses_report_numbers_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_report_numbers_fill(
    const struct ses_report_job *job, struct ses_report_numbers *out,
    struct ses_error *err);
void ses_report_numbers_release(struct ses_report_numbers *numbers);

/* The figures of the record, with the picker among them, and of the
 * ablation. */
SES_MUST_CHECK enum ses_status ses_report_figures(
    const struct ses_report_job *job,
    const struct ses_report_numbers *numbers, struct ses_document *document,
    struct ses_error *err);

#endif
