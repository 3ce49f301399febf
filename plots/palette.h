/* Lines that differ for every eye: in colour for readers with any kind of
 * colour vision, in lightness and dashes in a grey copy. */
#ifndef SES_PLOTS_PALETTE_H
#define SES_PLOTS_PALETTE_H

#include <cairo.h>
#include <stddef.h>

struct ses_colour {
    double red, green, blue; /* 0..1, sRGB */
};

struct ses_pen {
    struct ses_colour colour;
    double alpha; /* 1: opaque */
    double width; /* points */
    int n_dash;   /* 0: solid */
    double dash[6];
};

/* More lines than this cannot be told apart in one panel. */
enum { SES_MOST_PENS = 12 };

/* The pen of the i-th of up to SES_MOST_PENS things. Colours are those of
 * Okabe and Ito (Color Universal Design, 2008) without the yellow, too light
 * for a line on white, and with Tol's wine and indigo (Colour Schemes,
 * SRON/EPS/TN/09-002). Two pens of one dash are 15 or more apart in CIE
 * lightness. */
struct ses_pen ses_pen_of(size_t i);

/* One of many lines that nobody can tell apart; paler the more there are. */
struct ses_pen ses_pen_of_many(size_t count);

/* The mean over all, and the frame of a figure. */
struct ses_pen ses_pen_black(double width);
struct ses_pen ses_pen_grey(double lightness, double width);

/* Colour, width, dashes, round joins: a miter would overshoot the data. */
void ses_pen_use(const struct ses_pen *pen, cairo_t *cr);

/* The same colour for an area, translucent. */
void ses_pen_fill(const struct ses_pen *pen, double alpha, cairo_t *cr);

#endif
