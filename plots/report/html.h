/* A report as one file of HTML that needs nothing else: no network, no other
 * file. */
#ifndef SES_PLOTS_REPORT_HTML_H
#define SES_PLOTS_REPORT_HTML_H

#include "plots/report/document.h"

/* Written whole or not at all. */
SES_MUST_CHECK enum ses_status ses_doc_write_html(
    const char *path, const struct ses_document *report, struct ses_error *err);

#endif
