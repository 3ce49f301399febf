/* The colours of a figure: paper and ink of a theme, and lines that differ for
 * every eye, in colour for readers with any kind of colour vision, in
 * lightness and dashes in a grey copy.
 *
 * Nothing else in plots/ names a colour. A palette is a line in palettes[] of
 * palette.c and a name in ses_palette_names. */
#ifndef SES_PLOTS_PALETTE_H
#define SES_PLOTS_PALETTE_H

#include <cairo.h>
#include <stddef.h>

#include "plots/plot.h"

struct ses_colour {
    double red, green, blue; /* 0..1, sRGB */
};

/* A theme with a palette. */
struct ses_look {
    struct ses_colour paper, ink;
    int theme, palette;
};

/* style may be NULL. */
struct ses_look ses_look_of(const struct ses_plot_style *style);

struct ses_pen {
    struct ses_colour colour;
    double alpha; /* 1: opaque */
    double width; /* points */
    int n_dash;   /* 0: solid */
    double dash[6];
};

/* More lines than this cannot be told apart in one panel. */
enum { SES_MOST_PENS = 12 };

/* The pen of the i-th of up to SES_MOST_PENS things. Two pens of one dash are
 * 15 or more apart in CIE lightness, and so are a solid one and the ink. */
struct ses_pen ses_pen_of(const struct ses_look *look, size_t i);

/* One of many lines that nobody can tell apart; paler the more there are. */
struct ses_pen ses_pen_of_many(const struct ses_look *look, size_t count);

/* The mean over all, and text. */
struct ses_pen ses_pen_ink(const struct ses_look *look, double width);

/* Between the ink (0) and the paper (1): frames .25, grids .87, shades of
 * areas .93. */
struct ses_pen ses_pen_grey(const struct ses_look *look, double lightness,
                            double width);

/* A mix: 0 is a, 1 is b. */
struct ses_colour ses_colour_mix(struct ses_colour a, struct ses_colour b,
                                 double share);

void ses_colour_use(struct ses_colour colour, cairo_t *cr);

/* Colour, width, dashes, round joins: a miter would overshoot the data. */
void ses_pen_use(const struct ses_pen *pen, cairo_t *cr);

/* The same colour for an area, translucent. */
void ses_pen_fill(const struct ses_pen *pen, double alpha, cairo_t *cr);

/* A disc, in the colour that is in use. */
void ses_draw_dot(cairo_t *cr, double x, double y, double radius);

#endif
