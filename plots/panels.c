/* See panels.h. */
#include "plots/panels.h"

#include <math.h>

#include "core/base/number.h"

static const double NARROWEST = 12 * SES_MM; /* a plot that can be read */
static const double COMFORT = 26 * SES_MM;   /* no cell below by itself */
static const double ROOMY = 18 * SES_MM;     /* nor a plot */
static const double IDEAL = 55 * SES_MM;     /* width of a cell */
static const double PAGE = 225 * SES_MM;     /* high, with room for a caption */

static void size_plots(struct ses_panels *panels, int columns)
{
    panels->columns = columns;
    panels->rows = (int)ses_divide_up(panels->n, (size_t)columns);
    panels->plot_width = (panels->width - panels->left - panels->right -
                          panels->gutter * (columns - 1)) /
                         columns;
    panels->plot_height =
        panels->square     ? panels->plot_width
        : panels->high > 0 ? panels->high
                           : fmin(fmax(0.62 * panels->plot_width,
                                       13 * SES_MM), 60 * SES_MM);
}

double ses_panels_height(const struct ses_panels *panels)
{
    return panels->rows *
               (panels->above + panels->plot_height + panels->below) +
           (panels->rows - 1) * panels->row_gap;
}

/* How far from good: cells not of the ideal width, places left empty, a
 * figure higher than a page. */
static double badness(const struct ses_panels *panels)
{
    double places = (double)panels->columns * panels->rows;
    double empty = (places - (double)panels->n) / places;
    double excess = fmax(ses_panels_height(panels) / PAGE - 1, 0);
    return fabs(log(panels->width / panels->columns / IDEAL)) + 1.5 * empty +
           10 * excess;
}

enum ses_status ses_panels_fit(struct ses_panels *panels, int columns,
                               struct ses_error *err)
{
    int most = panels->n < 1000 ? (int)panels->n : 1000;
    if (columns > most)
        columns = most;
    if (columns <= 0) {
        columns = 1;
        size_plots(panels, 1);
        double best = badness(panels);
        for (int c = 2; c <= most && panels->width / c >= COMFORT; c++) {
            size_plots(panels, c);
            double bad = badness(panels);
            if (bad < best && panels->plot_width >= ROOMY) {
                best = bad;
                columns = c;
            }
        }
    }
    size_plots(panels, columns);
    if (panels->plot_width < NARROWEST)
        return ses_fail(err, SES_EUSAGE,
                        "%d columns of panels in %.0f mm make plots %.0f mm "
                        "wide, expected at least %.0f",
                        columns, panels->width / SES_MM,
                        fmax(panels->plot_width / SES_MM, 0),
                        NARROWEST / SES_MM);
    return SES_OK;
}

static double longest(const char *const *titles, size_t n,
                      const struct ses_sheet *sheet, double size)
{
    double longest = 0;
    for (size_t i = 0; i < n; i++)
        longest = fmax(longest,
                       ses_sheet_text_width(sheet, titles[i], size));
    return longest;
}

enum ses_status ses_panels_fit_titles(struct ses_panels *panels,
                                      const struct ses_sheet *sheet,
                                      const char *const *titles,
                                      struct ses_font *font,
                                      struct ses_error *err)
{
    enum ses_status status = ses_panels_fit(panels, sheet->style.columns, err);
    if (status)
        return status;
    *font = (struct ses_font){ .size = SES_SIZE_LABEL, .path = true,
                               .lines = 1, .most = panels->plot_width };
    if (longest(titles, panels->n, sheet, font->size) <= font->most)
        return SES_OK;
    font->size = SES_SIZE_SMALL;
    double width = longest(titles, panels->n, sheet, font->size);
    /* Lines break where words do, so they are not filled. */
    font->lines = width <= font->most ? 1 : width <= 1.6 * font->most ? 2 : 3;
    panels->above += (font->lines - 1) * sheet->small;
    return ses_panels_fit(panels, panels->columns, err);
}

struct ses_rect ses_panels_plot(const struct ses_panels *panels, size_t i,
                                double top)
{
    size_t columns = (size_t)panels->columns;
    double column = (double)(i % columns), row = (double)(i / columns);
    double pitch =
        panels->above + panels->plot_height + panels->below + panels->row_gap;
    return (struct ses_rect){ panels->left + column * (panels->plot_width +
                                                       panels->gutter),
                              top + row * pitch + panels->above,
                              panels->plot_width, panels->plot_height };
}
