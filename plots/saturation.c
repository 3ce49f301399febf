/* See saturation.h. */
#include "plots/saturation.h"

#include <math.h>
#include <string.h>

static const double BAR = 0.78; /* of a block's share of the width */

static struct ses_pen area(struct ses_pen pen)
{
    pen.n_dash = 0;
    pen.alpha = 1;
    return pen;
}

/* Shut gates and open ones are the first two pens, which are of one dash and
 * so differ in grey print; what is between is paler than both. */
static struct ses_pen shut_pen(const struct ses_look *look)
{
    return area(ses_pen_of(look, 0));
}

static struct ses_pen open_pen(const struct ses_look *look)
{
    return area(ses_pen_of(look, 1));
}

static struct ses_pen between_pen(const struct ses_look *look)
{
    return ses_pen_grey(look, 0.82, 0);
}

static enum ses_status place_head(struct ses_saturation_layout *layout,
                                  double left, struct ses_error *err)
{
    const struct ses_look *look = &layout->sheet.look;
    const struct ses_legend_entry entries[] = {
        { "gates above .99", SES_SAMPLE_BAND, open_pen(look) },
        { "between", SES_SAMPLE_BAND, between_pen(look) },
        { "below .01", SES_SAMPLE_BAND, shut_pen(look) },
        { "mean gate", SES_SAMPLE_LINE, ses_pen_ink(look, 0.8) },
    };
    return ses_sheet_head(&layout->sheet, left, entries,
                          sizeof entries / sizeof entries[0], err);
}

static enum ses_status place(struct ses_saturation_layout *layout,
                             struct ses_error *err)
{
    struct ses_sheet *sheet = &layout->sheet;
    const struct ses_saturation_figure *figure = layout->figure;
    struct ses_rect *plot = &layout->frame.plot;
    double low = 0, high = 1;
    ses_widen(figure->mean, figure->n_blocks, &low, &high);
    layout->frame.ticks = ses_ticks_around(low, high, 5);
    double left = ses_frame_left(sheet, &layout->frame.ticks, true);
    enum ses_status status = place_head(layout, left, err);
    if (status)
        return status;
    if (figure->stages)
        sheet->y += sheet->small + 1;
    *plot = (struct ses_rect){
        left, sheet->y, sheet->width - left - SES_SHEET_MARGIN - 2,
        fmin(fmax(0.42 * sheet->width, 34 * SES_MM), 60 * SES_MM)
    };
    ses_frame_name(&layout->frame, sheet);
    ses_points_name_stages(&layout->points, sheet, plot);
    ses_sheet_text(sheet, "share of gates; mean gate", SES_SIZE_LABEL,
                   SES_MIDDLE_RISING, SES_SHEET_MARGIN,
                   plot->y + plot->height / 2);
    sheet->y += plot->height;
    sheet->y += ses_points_name_below(&layout->points, sheet, plot, sheet->y,
                                      true);
    return SES_OK;
}

enum ses_status ses_saturation_layout_init(
    struct ses_saturation_layout *layout,
    const struct ses_saturation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err)
{
    memset(layout, 0, sizeof *layout);
    layout->figure = figure;
    if (figure->n_blocks == 0)
        return ses_fail(err, SES_EUSAGE, "no blocks to plot");
    enum ses_status status =
        ses_sheet_init(&layout->sheet, style,
                       figure->n_blocks > 24 ? SES_PAGE_MM : SES_MIDDLE_MM,
                       err);
    if (!status)
        status = ses_points_init(&layout->points, figure->n_blocks,
                                 figure->blocks, figure->stages, err);
    return status ? status : place(layout, err);
}

void ses_saturation_layout_release(struct ses_saturation_layout *layout)
{
    ses_points_release(&layout->points);
    ses_sheet_release(&layout->sheet);
    memset(layout, 0, sizeof *layout);
}

/* ---- drawing ------------------------------------------------------------- */

static double x_of(const struct ses_saturation_layout *layout, size_t i)
{
    const struct ses_rect *plot = &layout->frame.plot;
    return ses_points_at(&layout->points, plot->x, plot->width, i);
}

/* Part of a block's bar. */
static void draw_part(cairo_t *cr, const struct ses_saturation_layout *layout,
                      size_t i, double low, double high, struct ses_pen pen)
{
    double width = BAR * layout->frame.plot.width /
                   (double)layout->figure->n_blocks;
    double top = ses_frame_y(&layout->frame, high);
    if (!(high > low))
        return;
    ses_colour_use(pen.colour, cr);
    cairo_rectangle(cr, x_of(layout, i) - width / 2, top, width,
                    ses_frame_y(&layout->frame, low) - top);
    cairo_fill(cr);
}

/* On a rim of paper, to be seen on any bar; a gap where there is none. */
static void draw_means(cairo_t *cr, const struct ses_saturation_layout *layout)
{
    const struct ses_saturation_figure *figure = layout->figure;
    struct ses_pen pens[2] = { ses_pen_grey(&layout->sheet.look, 1, 2.2),
                               ses_pen_ink(&layout->sheet.look, 0.8) };
    double pitch = layout->frame.plot.width / (double)figure->n_blocks;
    double radius = fmin(1.6, fmax(0.7, 0.3 * pitch));
    for (int k = 0; k < 2; k++) {
        ses_pen_use(&pens[k], cr);
        for (size_t i = 0; i < figure->n_blocks; i++)
            if (isfinite(figure->mean[i]))
                cairo_line_to(cr, x_of(layout, i),
                              ses_frame_y(&layout->frame, figure->mean[i]));
            else
                cairo_new_sub_path(cr);
        cairo_stroke(cr);
        for (size_t i = 0; i < figure->n_blocks; i++) {
            if (!isfinite(figure->mean[i]))
                continue;
            ses_draw_dot(cr, x_of(layout, i),
                         ses_frame_y(&layout->frame, figure->mean[i]),
                         radius + (k ? 0 : 0.7));
        }
    }
}

static void draw_figure(cairo_t *cr, const void *user)
{
    const struct ses_saturation_layout *layout = user;
    const struct ses_saturation_figure *figure = layout->figure;
    const struct ses_look *look = &layout->sheet.look;
    const struct ses_rect *plot = &layout->frame.plot;
    ses_points_shade(&layout->points, plot, look, cr);
    ses_frame_draw_grid(&layout->frame, look, cr);
    for (size_t i = 0; i < figure->n_blocks; i++) {
        double shut = figure->below[i], open = 1 - figure->above[i];
        draw_part(cr, layout, i, shut, open, between_pen(look));
        draw_part(cr, layout, i, 0, shut, shut_pen(look));
        draw_part(cr, layout, i, open, 1, open_pen(look));
    }
    draw_means(cr, layout);
    ses_frame_draw(&layout->frame, look, cr);
    ses_points_mark_below(&layout->points, plot, cr);
    cairo_stroke(cr);
}

enum ses_status ses_plot_saturation(const char *path,
                                    const struct ses_saturation_figure *figure,
                                    const struct ses_plot_style *style,
                                    struct ses_error *err)
{
    struct ses_saturation_layout layout;
    enum ses_status status =
        ses_saturation_layout_init(&layout, figure, style, err);
    if (!status)
        status = ses_sheet_write(path, &layout.sheet, draw_figure, &layout,
                                 err);
    ses_saturation_layout_release(&layout);
    return status;
}
