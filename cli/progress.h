/* How far a run is: a bar on a terminal while it goes on, one line at its
 * end. */
#ifndef SES_CLI_PROGRESS_H
#define SES_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/text.h"
#include "core/record/runner.h"

/* Draws when standard error is a terminal and not quiet, at most ten times a
 * second. */
struct ses_bar {
    bool drawing;
    bool started;
    size_t base; /* images that were done before this run */
    double drawn; /* seconds, when last */
};

void ses_bar_init(struct ses_bar *bar, bool quiet);
void ses_bar_update(struct ses_bar *bar, const struct ses_progress *progress);

/* Take the bar off the terminal's line, so that something else can be
 * printed; the next update draws it again. */
void ses_bar_hide(void);

/* "1000 images in 12.3 s, 81.3 images/s, peak memory 123 MiB" on standard
 * error, unless quiet. images: of this run. */
void ses_report_run(size_t images, double seconds);

/* The bar's text in at most `width` columns. base as in struct ses_bar. */
void ses_bar_text(const struct ses_progress *progress, size_t base,
                  size_t width, struct ses_text *out);

#endif
