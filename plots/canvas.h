/* A page on disk: vector or pixels by the ending of its name, and under that
 * name only when it is whole.
 *
 * Every length in plots/ is in points of 1/72 inch, the unit of fonts and
 * line widths; styles speak millimetres and are converted with SES_MM. */
#ifndef SES_PLOTS_CANVAS_H
#define SES_PLOTS_CANVAS_H

#include <cairo.h>

#include "core/base/error.h"
#include "plots/palette.h"

/* Points in a millimetre. */
#define SES_MM (72.0 / 25.4)

/* x to the right, y down, from the page's upper left corner. */
struct ses_rect {
    double x, y, width, height;
};

struct ses_page {
    double width, height; /* points */
    double dpi;           /* of PNG */
    const char *title;    /* of a PDF's metadata; NULL: none */
    struct ses_colour paper;
    struct ses_picture *picture; /* where to, when there is no path */
};

/* Paints a page that is nothing but paper so far. Faults stay in cr's
 * status. */
typedef void ses_draw(cairo_t *cr, const void *user);

/* Draw a page and write it to path, .svg, .pdf or .png (SES_EUSAGE for another
 * ending), or to the page's picture when path is NULL. On failure path is what
 * it was before. The same drawing gives the same bytes, but for the numbers
 * cairo gives to the groups of an SVG, which count up in a process. */
SES_MUST_CHECK enum ses_status ses_canvas_write(const char *path,
                                                const struct ses_page *page,
                                                ses_draw *draw,
                                                const void *user,
                                                struct ses_error *err);

/* Paper with the drawing on it. */
void ses_canvas_paint(cairo_t *cr, const struct ses_page *page, ses_draw *draw,
                      const void *user);

/* What a PDF says of itself; title may be NULL. The same drawing gives the same
 * bytes. */
void ses_canvas_describe_pdf(cairo_surface_t *surface, const char *title);

/* Cairo's word as ours. */
SES_MUST_CHECK enum ses_status ses_canvas_status(cairo_status_t state,
                                                 struct ses_error *err);

#endif
