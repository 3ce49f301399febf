/* See palette.h. */
#include "plots/palette.h"

#include <math.h>
#include <string.h>

const char *const ses_theme_names[] = { "light", "dark", NULL };
const char *const ses_palette_names[] = { "okabe-ito", "tol", "grey", NULL };

enum {
    N_PALETTES = sizeof ses_palette_names / sizeof ses_palette_names[0] - 1
};

/* 0xRRGGBB: text on dark paper is no pure white, which would glare. */
static const struct {
    unsigned paper, ink;
} themes[] = { { 0xffffff, 0x000000 }, { 0x15181d, 0xededed } };

struct dashes {
    int n;
    double lengths[6];
};

#define SOLID { 0, { 0 } }
#define DASHED { 2, { 5, 1.3 } }
#define SHORT { 2, { 2.2, 1.3 } }
#define DOTTED { 2, { 1, 1 } }
#define DASH_DOT { 4, { 5, 1.2, 1, 1.2 } }
#define DASH_DOT_DOT { 6, { 5, 1.2, 1, 1.2, 1, 1.2 } }

/* Colours on light and on dark paper. Those that come near each other in some
 * eye (orange and vermilion, green and purple, sky and green) have different
 * dashes. */
struct pen_look {
    unsigned on_light, on_dark;
    struct dashes dashes;
};

static const struct pen_look palettes[][SES_MOST_PENS] = {
    /* Okabe and Ito (Color Universal Design, 2008) without the yellow, too
     * light for a line on white, and with Tol's wine and indigo. */
    {
        { 0x0072b2, 0x2f86c6, SOLID },        /* blue */
        { 0xe69f00, 0xe69f00, SOLID },        /* orange */
        { 0xd55e00, 0xd55e00, DASHED },       /* vermilion */
        { 0x56b4e9, 0x56b4e9, DASHED },       /* sky */
        { 0x009e73, 0x009e73, DASH_DOT },     /* green */
        { 0xcc79a7, 0xcc79a7, DOTTED },       /* purple */
        { 0x882255, 0xffd0e0, DASHED },       /* wine; rose */
        { 0x332288, 0xb9b4f0, DASH_DOT },     /* indigo; lavender */
        { 0x0072b2, 0x2f86c6, SHORT },        /* blue */
        { 0xe69f00, 0xe69f00, SHORT },        /* orange */
        { 0xd55e00, 0xd55e00, DASH_DOT_DOT }, /* vermilion */
        { 0x56b4e9, 0x56b4e9, DASH_DOT_DOT }, /* sky */
    },
    /* Tol's muted scheme (SRON/EPS/TN/09-002) without sand and cyan. */
    {
        { 0x332288, 0x7a78d8, SOLID },        /* indigo */
        { 0xcc6677, 0xf0b0ba, SOLID },        /* rose */
        { 0x117733, 0x3da35d, DASHED },       /* green */
        { 0x999933, 0xc8c860, DASHED },       /* olive */
        { 0x882255, 0xd0609a, DASH_DOT },     /* wine */
        { 0x44aa99, 0x7fd8c8, DASH_DOT },     /* teal */
        { 0xaa4499, 0xd070c0, DOTTED },       /* purple */
        { 0x332288, 0x7a78d8, SHORT },        /* indigo */
        { 0xcc6677, 0xf0b0ba, SHORT },        /* rose */
        { 0x117733, 0x3da35d, DASH_DOT_DOT }, /* green */
        { 0x999933, 0xc8c860, DASH_DOT_DOT }, /* olive */
        { 0x44aa99, 0x7fd8c8, DOTTED },       /* teal */
    },
    /* For print without colour. */
    {
        { 0x4a4a4a, 0x8a8a8a, SOLID },
        { 0x949494, 0xbbbbbb, SOLID },
        { 0x4a4a4a, 0x8a8a8a, DASHED },
        { 0x949494, 0xbbbbbb, DASHED },
        { 0x4a4a4a, 0x8a8a8a, DOTTED },
        { 0x949494, 0xbbbbbb, DOTTED },
        { 0x4a4a4a, 0x8a8a8a, DASH_DOT },
        { 0x949494, 0xbbbbbb, DASH_DOT },
        { 0x4a4a4a, 0x8a8a8a, SHORT },
        { 0x949494, 0xbbbbbb, SHORT },
        { 0x4a4a4a, 0x8a8a8a, DASH_DOT_DOT },
        { 0x949494, 0xbbbbbb, DASH_DOT_DOT },
    },
};

_Static_assert(sizeof palettes / sizeof palettes[0] == N_PALETTES,
               "every palette has a name");

static struct ses_colour colour_of(unsigned hex)
{
    return (struct ses_colour){ (hex >> 16) / 255.0, (hex >> 8 & 255) / 255.0,
                                (hex & 255) / 255.0 };
}

struct ses_look ses_look_of(const struct ses_plot_style *style)
{
    int theme = style && style->theme == SES_THEME_DARK ? 1 : 0;
    int palette = style ? style->palette : 0;
    if (palette < 0 || palette >= N_PALETTES)
        palette = 0;
    return (struct ses_look){ .paper = colour_of(themes[theme].paper),
                              .ink = colour_of(themes[theme].ink),
                              .theme = theme,
                              .palette = palette };
}

struct ses_pen ses_pen_of(const struct ses_look *look, size_t i)
{
    const struct pen_look *own = &palettes[look->palette][i % SES_MOST_PENS];
    struct ses_pen pen = {
        .colour = colour_of(look->theme == SES_THEME_DARK ? own->on_dark
                                                          : own->on_light),
        .alpha = 1,
        .width = 0.8,
        .n_dash = own->dashes.n,
    };
    memcpy(pen.dash, own->dashes.lengths, sizeof pen.dash);
    return pen;
}

struct ses_pen ses_pen_of_many(const struct ses_look *look, size_t count)
{
    struct ses_pen pen = ses_pen_grey(look, 0.3, 0.4);
    pen.alpha = fmin(0.5, fmax(0.03, 8 / ((double)count + 1)));
    return pen;
}

struct ses_pen ses_pen_ink(const struct ses_look *look, double width)
{
    return ses_pen_grey(look, 0, width);
}

struct ses_pen ses_pen_grey(const struct ses_look *look, double lightness,
                            double width)
{
    return (struct ses_pen){
        .colour = ses_colour_mix(look->ink, look->paper, lightness),
        .alpha = 1,
        .width = width
    };
}

struct ses_colour ses_colour_mix(struct ses_colour a, struct ses_colour b,
                                 double share)
{
    return (struct ses_colour){ a.red + share * (b.red - a.red),
                                a.green + share * (b.green - a.green),
                                a.blue + share * (b.blue - a.blue) };
}

void ses_colour_use(struct ses_colour colour, cairo_t *cr)
{
    cairo_set_source_rgb(cr, colour.red, colour.green, colour.blue);
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

void ses_draw_dot(cairo_t *cr, double x, double y, double radius)
{
    cairo_new_path(cr);
    cairo_arc(cr, x, y, radius, 0, 4 * acos(0));
    cairo_fill(cr);
}
