/* Figures in memory: recorded once, then drawn into pages of other files. */
#ifndef SES_PLOTS_PICTURE_H
#define SES_PLOTS_PICTURE_H

#include "core/base/text.h"
#include "plots/canvas.h"

/* Record a page into page->picture, which must be empty. Release it with
 * ses_picture_release(). */
SES_MUST_CHECK enum ses_status ses_picture_record(const struct ses_page *page,
                                                  ses_draw *draw,
                                                  const void *user,
                                                  struct ses_error *err);

/* What is no SVG, with its upper left corner at x, y. */
void ses_picture_draw(const struct ses_picture *picture, cairo_t *cr, double x,
                      double y);

/* Append what is SVG as an element that can stand in a page of HTML: without
 * prologue, of the picture's proportions, as wide as its place. attributes go
 * into its tag as they are ("role=\"img\""); prefix begins its identifiers, so
 * that those of two pictures in one page differ. */
SES_MUST_CHECK enum ses_status ses_picture_svg(
    const struct ses_picture *picture, const char *prefix,
    const char *attributes, struct ses_text *out, struct ses_error *err);

void ses_picture_release(struct ses_picture *picture);

#endif
