/* The legend of a colour scale: an upright bar, ticks to the right of it, and
 * a label that reads upwards. */
#ifndef SES_PLOTS_COLOUR_BAR_H
#define SES_PLOTS_COLOUR_BAR_H

#include "plots/colour-map.h"
#include "plots/sheet.h"

struct ses_colour_bar {
    struct ses_colour_scale scale;
    struct ses_rect box; /* of the colours */
};

/* Room it takes to the right of its left edge; label may be NULL. */
double ses_colour_bar_width(const struct ses_sheet *sheet,
                            const struct ses_colour_scale *scale,
                            const char *label);

struct ses_colour_bar ses_colour_bar_place(struct ses_sheet *sheet,
                                           const struct ses_colour_scale *scale,
                                           const char *label, double x,
                                           double y, double height);

/* The same along the page's right margin. */
struct ses_colour_bar ses_colour_bar_at_right(
    struct ses_sheet *sheet, const struct ses_colour_scale *scale,
    const char *label, double y, double height);

double ses_colour_bar_y(const struct ses_colour_bar *bar, double value);

void ses_colour_bar_draw(const struct ses_colour_bar *bar,
                         const struct ses_look *look, cairo_t *cr);

#endif
