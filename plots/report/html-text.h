/* The grains of HTML. */
#ifndef SES_PLOTS_REPORT_HTML_TEXT_H
#define SES_PLOTS_REPORT_HTML_TEXT_H

#include "core/base/text.h"
#include "plots/report/document.h"

/* Text as content or as the value of an attribute in double quotes; bytes that
 * are not UTF-8 become replacement characters, and so do control
 * characters. */
void ses_html_text(struct ses_text *out, const char *text);

void ses_html_base64(struct ses_text *out, const unsigned char *bytes,
                     size_t size);

/* The form in which a reader picks blocks, channels and classes, and the
 * numbers behind it. */
void ses_html_picker(struct ses_text *out, const struct ses_doc_part *part);

#endif
