/* What a report says of an ablation; see report.h. */
#include <math.h>

#include "cli/ablate-fields.h"
#include "cli/force.h"
#include "cli/report.h"

static void add_columns(struct ses_document *document)
{
    ses_doc_column(document, "forced", NULL, false);
    for (size_t i = 0; i < SES_N_VARIANT_COLUMNS; i++) {
        const struct ses_variant_column *c = &ses_variant_columns[i];
        if (c->tables & SES_IN_PAGE)
            ses_doc_column(document, c->name, c->meaning, true);
    }
}

/* A number with its interval, if it has one. */
static void add_cell(struct ses_document *document,
                     const struct ses_variant_column *column,
                     const struct ses_measure *m)
{
    double value = column->value(m);
    struct ses_text text = { 0 };
    ses_variant_value(column, m, &text);
    if (column->low && !isnan(column->low(m))) {
        ses_text_add(&text, " (");
        ses_variant_interval(column, m, &text);
        ses_text_add(&text, ")");
    }
    ses_doc_cell_of(document, text.data ? text.data : "", value);
    ses_text_release(&text);
}

static void add_variant(struct ses_document *document, const char *force,
                        const struct ses_measure *m, bool first)
{
    struct ses_text text = { 0 };
    ses_force_text(force, &text);
    ses_doc_cell(document, text.data ? text.data : "");
    ses_text_release(&text);
    for (size_t i = 0; i < SES_N_VARIANT_COLUMNS; i++) {
        const struct ses_variant_column *c = &ses_variant_columns[i];
        if (!(c->tables & SES_IN_PAGE))
            continue;
        if (isnan(c->value(m)) || (first && c->compared))
            ses_doc_number(document, NAN, 0); /* a dash */
        else
            add_cell(document, c, m);
    }
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
