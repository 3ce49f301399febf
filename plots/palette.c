/* See palette.h. */
#include "plots/palette.h"

#include <math.h>
#include <string.h>

/* Colours that come near each other in some eye (orange and vermilion, green
 * and purple, sky and green) have different dashes. */
static const struct {
    unsigned colour; /* 0xRRGGBB */
    int n_dash;
    double dash[6];
} looks[SES_MOST_PENS] = {
    { 0x0072b2, 0, { 0 } },                      /* blue */
    { 0xe69f00, 0, { 0 } },                      /* orange */
    { 0xd55e00, 2, { 5, 1.3 } },                 /* vermilion */
    { 0x56b4e9, 2, { 5, 1.3 } },                 /* sky */
    { 0x009e73, 4, { 5, 1.2, 1, 1.2 } },         /* green */
    { 0xcc79a7, 2, { 1, 1 } },                   /* purple */
    { 0x882255, 2, { 5, 1.3 } },                 /* wine */
    { 0x332288, 4, { 5, 1.2, 1, 1.2 } },         /* indigo */
    { 0x0072b2, 2, { 2.2, 1.3 } },               /* blue */
    { 0xe69f00, 2, { 2.2, 1.3 } },               /* orange */
    { 0xd55e00, 6, { 5, 1.2, 1, 1.2, 1, 1.2 } }, /* vermilion */
    { 0x56b4e9, 6, { 5, 1.2, 1, 1.2, 1, 1.2 } }, /* sky */
};

struct ses_pen ses_pen_of(size_t i)
{
    i %= SES_MOST_PENS;
    unsigned colour = looks[i].colour;
    struct ses_pen pen = {
        .colour = { (colour >> 16) / 255.0, (colour >> 8 & 255) / 255.0,
                    (colour & 255) / 255.0 },
        .alpha = 1,
        .width = 0.8,
        .n_dash = looks[i].n_dash,
    };
    memcpy(pen.dash, looks[i].dash, sizeof pen.dash);
    return pen;
}

struct ses_pen ses_pen_of_many(size_t count)
{
    struct ses_pen pen = ses_pen_grey(0.3, 0.4);
    pen.alpha = fmin(0.5, fmax(0.03, 8 / ((double)count + 1)));
    return pen;
}

struct ses_pen ses_pen_black(double width)
{
    return ses_pen_grey(0, width);
}

struct ses_pen ses_pen_grey(double lightness, double width)
{
    return (struct ses_pen){ .colour = { lightness, lightness, lightness },
                             .alpha = 1,
                             .width = width };
}

void ses_pen_use(const struct ses_pen *pen, cairo_t *cr)
{
    cairo_set_source_rgba(cr, pen->colour.red, pen->colour.green,
                          pen->colour.blue, pen->alpha);
    cairo_set_line_width(cr, pen->width);
    cairo_set_dash(cr, pen->dash, pen->n_dash, 0);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
}

void ses_pen_fill(const struct ses_pen *pen, double alpha, cairo_t *cr)
{
    cairo_set_source_rgba(cr, pen->colour.red, pen->colour.green,
                          pen->colour.blue, alpha);
}
