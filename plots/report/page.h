/* What a page of HTML carries along: made from page.css and page.js, which are
 * kept as files of their own so that an editor knows them. */
#ifndef SES_PLOTS_REPORT_PAGE_H
#define SES_PLOTS_REPORT_PAGE_H

/* Lines, closed by NULL. */
extern const char *const ses_page_css[], *const ses_page_js[];

#endif
