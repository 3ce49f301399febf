/* The figure of distributions, painted where distributions-layout.c put its
 * parts. */
#include "plots/distributions.h"

#include <math.h>

#include "plots/frame.h"
#include "plots/matrix.h"

static double bin_x(const struct ses_distribution_layout *layout,
                    size_t panel, size_t bin)
{
    const struct ses_distribution_figure *figure = layout->figure;
    double part = (double)bin / (double)figure->bins;
    return ses_distribution_x(layout, panel,
                              figure->low +
                                  part * (figure->high - figure->low));
}

/* One class: steps over its foot, filled with paper first, so that it hides
 * the foot of the ridge behind it. */
static void draw_ridge(cairo_t *cr,
                       const struct ses_distribution_layout *layout,
                       size_t panel, size_t class, double most)
{
    const struct ses_distribution_figure *figure = layout->figure;
    const struct ses_look *look = &layout->sheet.look;
    const double *share = figure->panels[panel].share + class * figure->bins;
    double foot = ses_distribution_foot(layout, panel, class);
    if (!isfinite(share[0]))
        return;
    cairo_new_path(cr);
    cairo_move_to(cr, bin_x(layout, panel, 0), foot);
    for (size_t b = 0; b < figure->bins; b++) {
        double y = foot -
                   ses_distribution_rise(layout, panel, share[b], most);
        cairo_line_to(cr, bin_x(layout, panel, b), y);
        cairo_line_to(cr, bin_x(layout, panel, b + 1), y);
    }
    cairo_line_to(cr, bin_x(layout, panel, figure->bins), foot);
    struct ses_pen pen = ses_pen_of(look, 0);
    ses_colour_use(ses_colour_mix(pen.colour, look->paper, 0.4), cr);
    cairo_fill_preserve(cr);
    struct ses_pen line = ses_pen_grey(look, 0.15, 0.4);
    ses_pen_use(&line, cr);
    cairo_stroke(cr);
}

static void draw_ridges(cairo_t *cr,
                        const struct ses_distribution_layout *layout,
                        size_t panel)
{
    const struct ses_distribution_figure *figure = layout->figure;
    const struct ses_look *look = &layout->sheet.look;
    const double *mean = figure->panels[panel].mean;
    double least = 0, most = 0;
    ses_widen(figure->panels[panel].share, figure->n_classes * figure->bins,
              &least, &most);
    for (size_t k = 0; k < figure->n_classes && most > 0; k++)
        draw_ridge(cr, layout, panel, k, most);
    for (int rim = 1; rim >= 0; rim--)
        for (size_t k = 0; k < figure->n_classes; k++) {
            if (!isfinite(mean[k]))
                continue;
            ses_colour_use(rim ? look->paper : look->ink, cr);
            ses_draw_dot(cr, ses_distribution_x(layout, panel, mean[k]),
                         ses_distribution_foot(layout, panel, k),
                         rim ? 1.8 : 1.2);
        }
}

static void draw_grid(cairo_t *cr,
                      const struct ses_distribution_layout *layout,
                      size_t panel)
{
    const struct ses_rect *plot = &layout->grid.plots[panel];
    const struct ses_ticks *ticks = &layout->ticks;
    struct ses_pen pen = ses_pen_grey(&layout->sheet.look, 0.85, 0.4);
    ses_pen_use(&pen, cr);
    for (long t = ticks->first; t <= ticks->last; t++) {
        double x = ses_distribution_x(layout, panel, (double)t * ticks->step);
        cairo_move_to(cr, x, plot->y);
        cairo_line_to(cr, x, plot->y + plot->height);
    }
    cairo_stroke(cr);
}

static void draw_colours(cairo_t *cr,
                         const struct ses_distribution_layout *layout,
                         size_t panel)
{
    const struct ses_distribution_figure *figure = layout->figure;
    const struct ses_rect *plot = &layout->grid.plots[panel];
    struct ses_matrix matrix = { figure->n_classes, figure->bins,
                                 figure->panels[panel].share, false };
    double left = bin_x(layout, panel, 0);
    struct ses_rect cells = { left, plot->y,
                              bin_x(layout, panel, figure->bins) - left,
                              plot->height };
    ses_matrix_draw(&matrix, &layout->bar.scale, &cells, &layout->sheet.look,
                    cr);
}

static void draw_axes(cairo_t *cr,
                      const struct ses_distribution_layout *layout,
                      size_t panel)
{
    const struct ses_rect *plot = &layout->grid.plots[panel];
    const struct ses_ticks *ticks = &layout->ticks;
    double bottom = plot->y + plot->height;
    struct ses_pen pen = ses_pen_grey(&layout->sheet.look, 0.25, 0.5);
    ses_pen_use(&pen, cr);
    cairo_move_to(cr, plot->x, bottom);
    cairo_line_to(cr, plot->x + plot->width, bottom);
    for (long t = ticks->first; t <= ticks->last; t++) {
        double x = ses_distribution_x(layout, panel, (double)t * ticks->step);
        cairo_move_to(cr, x, bottom);
        cairo_line_to(cr, x, bottom + SES_TICK);
    }
    if (layout->many && ses_row_panels_named(&layout->grid, panel))
        ses_points_mark_left(&layout->grid.rows[panel], plot, cr);
    cairo_stroke(cr);
}

static void draw_figure(cairo_t *cr, const void *user)
{
    const struct ses_distribution_layout *layout = user;
    for (size_t i = 0; i < layout->figure->n_panels; i++) {
        if (layout->many) {
            draw_colours(cr, layout, i);
        } else {
            draw_grid(cr, layout, i);
            draw_ridges(cr, layout, i);
        }
        draw_axes(cr, layout, i);
    }
    if (layout->many)
        ses_colour_bar_draw(&layout->bar, &layout->sheet.look, cr);
}

enum ses_status ses_plot_distributions(
    const char *path, const struct ses_distribution_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err)
{
    struct ses_distribution_layout layout;
    enum ses_status status =
        ses_distribution_layout_init(&layout, figure, style, err);
    if (!status)
        status = ses_sheet_write(path, &layout.sheet, draw_figure, &layout,
                                 err);
    ses_distribution_layout_release(&layout);
    return status;
}
