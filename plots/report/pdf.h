/* A report as the pages of a PDF, without what only a screen can do. */
#ifndef SES_PLOTS_REPORT_PDF_H
#define SES_PLOTS_REPORT_PDF_H

#include "plots/report/document.h"

/* A4 upright; wide tables are set smaller, wide figures are made to fit. font:
 * as in struct ses_plot_style; NULL: sans-serif. Written whole or not at all.
 */
SES_MUST_CHECK enum ses_status ses_doc_write_pdf(
    const char *path, const struct ses_document *report, const char *font,
    struct ses_error *err);

#endif
