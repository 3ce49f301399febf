/* What a report says of an ablation; see report.h. */
#include <math.h>

#include "cli/force.h"
#include "cli/report.h"
#include "core/base/text.h"

static void add_columns(struct ses_document *document)
{
    ses_doc_column(document, "forced", NULL, false);
    ses_doc_column(document, "top-1", NULL, true);
    ses_doc_column(document, "change",
                   "in points, with its 95 % bootstrap interval", true);
    ses_doc_column(document, "p (Holm)",
                   "McNemar's exact test, corrected over the sweep", true);
    ses_doc_column(document, "loss", "mean cross-entropy, nats", true);
    ses_doc_column(document, "agreement",
                   "share of images predicted as unforced", true);
    ses_doc_column(document, "KL",
                   "divergence of the outputs from the unforced, nats", true);
    ses_doc_column(document, "parameters saved", NULL, true);
    ses_doc_column(document, "over plain",
                   "SE parameters kept, over the network without any", true);
}

static void add_p(struct ses_document *document, double p)
{
    char text[32];
    if (isnan(p) || p >= 0.0001) {
        ses_doc_number(document, p, 4);
        return;
    }
    snprintf(text, sizeof text, p < 1e-300 ? "< 1e-300" : "%.0e", p);
    ses_doc_cell_of(document, text, p);
}

static void add_variant(struct ses_document *document, const char *force,
                        const struct ses_measure *m, bool first)
{
    struct ses_text text = { 0 };
    ses_force_text(force, &text);
    ses_doc_cell(document, text.data ? text.data : "");
    ses_text_release(&text);
    ses_doc_share(document, m->top1, 2);
    if (first)
        ses_doc_number(document, NAN, 2);
    else
        ses_doc_interval(document, 100 * m->top1_change,
                         100 * m->top1_change_low, 100 * m->top1_change_high,
                         2);
    add_p(document, m->p_holm);
    ses_doc_number(document, m->loss, 4);
    ses_doc_share(document, m->agreement, 2);
    ses_doc_number(document, m->divergence, 4);
    ses_doc_number(document, (double)m->parameters_saved, 0);
    ses_doc_share(document, m->over_plain, 2);
}

void ses_report_variants(const struct ses_report_job *job,
                         struct ses_document *document)
{
    const struct ses_ablation *a = job->ablation;
    ses_doc_text(document,
                 "Gates were forced, and the network measured against itself "
                 "on the same %zu images%s.",
                 job->measures[0].images,
                 a->n_pending ? "; the others are still to do" : "");
    ses_doc_table(document, "What each variant costs and saves.");
    add_columns(document);
    for (size_t v = 0; v < a->n_variants; v++)
        add_variant(document, a->forces[v], &job->measures[v], v == 0);
}
