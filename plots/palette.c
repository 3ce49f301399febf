/* See palette.h. */
#include "plots/palette.h"

#include <math.h>

#define RGB(hex)                                                             \
    {                                                                        \
        ((hex) >> 16 & 255) / 255.0, ((hex) >> 8 & 255) / 255.0,             \
            ((hex) & 255) / 255.0                                            \
    }
#define SOLID 0, { 0 }
#define LONG 2, { 5, 1.3 }
#define DOTTED 2, { 1, 1 }
#define SHORT 2, { 2.2, 1.3 }
#define DASH_DOT 4, { 5, 1.2, 1, 1.2 }
#define DASH_DOT_DOT 6, { 5, 1.2, 1, 1.2, 1, 1.2 }

/* Colours that come near each other in some eye (orange and vermilion, green
 * and purple, sky and green) have different dashes. */
static const struct ses_pen pens[SES_MOST_PENS] = {
    { RGB(0x0072b2), 1, 0.8, SOLID },        /* blue */
    { RGB(0xe69f00), 1, 0.8, SOLID },        /* orange */
    { RGB(0xd55e00), 1, 0.8, LONG },         /* vermilion */
    { RGB(0x56b4e9), 1, 0.8, LONG },         /* sky */
    { RGB(0x009e73), 1, 0.8, DASH_DOT },     /* green */
    { RGB(0xcc79a7), 1, 0.8, DOTTED },       /* purple */
    { RGB(0x882255), 1, 0.8, LONG },         /* wine */
    { RGB(0x332288), 1, 0.8, DASH_DOT },     /* indigo */
    { RGB(0x0072b2), 1, 0.8, SHORT },        /* blue */
    { RGB(0xe69f00), 1, 0.8, SHORT },        /* orange */
    { RGB(0xd55e00), 1, 0.8, DASH_DOT_DOT }, /* vermilion */
    { RGB(0x56b4e9), 1, 0.8, DASH_DOT_DOT }, /* sky */
};

struct ses_pen ses_pen_of(size_t i)
{
    return pens[i % SES_MOST_PENS];
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
