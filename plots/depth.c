/* Figures of depth, painted where depth-layout.c put their parts. */
#include "plots/depth.h"

#include <math.h>

#include "plots/depth-layout.h"
#include "plots/matrix.h"

struct panel {
    const struct ses_depth_layout *layout;
    const struct ses_depth_panel *data;
    const struct ses_depth_place *place;
};

static double x_of(const struct panel *p, size_t point)
{
    const struct ses_rect *plot = &p->place->frame.plot;
    return ses_points_at(&p->place->points, plot->x, plot->width, point);
}

static double y_of(const struct panel *p, double value)
{
    return ses_frame_y(&p->place->frame, value);
}

static struct ses_pen pen_of(const struct panel *p,
                             const struct ses_depth_series *series)
{
    return ses_depth_pen(p->layout, series);
}

static void draw_frame(cairo_t *cr, const struct panel *p)
{
    const struct ses_frame *frame = &p->place->frame;
    const struct ses_look *look = &p->layout->sheet.look;
    ses_points_shade(&p->place->points, &frame->plot, look, cr);
    ses_frame_draw_grid(frame, look, cr);
    /* No change, no variance. */
    struct ses_pen pen = ses_pen_grey(look, 0.3, 0.6);
    ses_pen_use(&pen, cr);
    cairo_move_to(cr, frame->plot.x, y_of(p, 0));
    cairo_line_to(cr, frame->plot.x + frame->plot.width, y_of(p, 0));
    cairo_stroke(cr);
    ses_frame_draw(frame, look, cr);
    ses_points_mark_below(&p->place->points, &frame->plot, cr);
    cairo_stroke(cr);
}

static bool has_interval(const struct ses_depth_series *series, size_t i)
{
    return series->low && series->high && isfinite(series->low[i]) &&
           isfinite(series->high[i]);
}

/* Series side by side within a point's share of the width. */
static void draw_dots(cairo_t *cr, const struct panel *p)
{
    size_t n = p->data->n_series;
    double pitch = p->place->frame.plot.width / (double)p->data->n_points;
    double step = fmin(0.8 * pitch / (double)n, 6);
    double radius = fmin(1.7, fmax(0.7, 0.45 * step));
    for (size_t k = 0; k < n; k++) {
        const struct ses_depth_series *series = &p->data->series[k];
        struct ses_pen pen = pen_of(p, series);
        pen.n_dash = 0;
        pen.width = fmin(0.8, 0.5 * step);
        double shift = ((double)k - ((double)n - 1) / 2) * step;
        for (size_t i = 0; i < p->data->n_points; i++) {
            if (!isfinite(series->value[i]))
                continue;
            double x = x_of(p, i) + shift;
            ses_pen_use(&pen, cr);
            if (has_interval(series, i)) {
                cairo_move_to(cr, x, y_of(p, series->low[i]));
                cairo_line_to(cr, x, y_of(p, series->high[i]));
                cairo_stroke(cr);
            }
            ses_draw_dot(cr, x, y_of(p, series->value[i]), radius);
        }
    }
}

/* Call draw for every run of points without a gap. */
static void each_run(cairo_t *cr, const struct panel *p,
                     const struct ses_depth_series *series, bool band,
                     void (*draw)(cairo_t *, const struct panel *,
                                  const struct ses_depth_series *,
                                  size_t first, size_t end))
{
    size_t first = 0, n = p->data->n_points;
    while (first < n) {
        size_t end = first;
        while (end < n && isfinite(series->value[end]) &&
               (!band || has_interval(series, end)))
            end++;
        if (end > first)
            draw(cr, p, series, first, end);
        first = end + 1;
    }
}

static void draw_band(cairo_t *cr, const struct panel *p,
                      const struct ses_depth_series *series, size_t first,
                      size_t end)
{
    for (size_t i = first; i < end; i++)
        cairo_line_to(cr, x_of(p, i), y_of(p, series->high[i]));
    for (size_t i = end; i-- > first;)
        cairo_line_to(cr, x_of(p, i), y_of(p, series->low[i]));
    cairo_fill(cr);
}

static void draw_line(cairo_t *cr, const struct panel *p,
                      const struct ses_depth_series *series, size_t first,
                      size_t end)
{
    for (size_t i = first; i < end; i++)
        cairo_line_to(cr, x_of(p, i), y_of(p, series->value[i]));
    cairo_stroke(cr);
    double pitch = p->place->frame.plot.width / (double)p->data->n_points;
    bool dots = pitch > 7 && !series->reference;
    for (size_t i = first; i < end && (dots || end == first + 1); i++)
        ses_draw_dot(cr, x_of(p, i), y_of(p, series->value[i]), 1.3);
}

static void draw_lines(cairo_t *cr, const struct panel *p)
{
    for (size_t k = 0; k < p->data->n_series; k++) {
        const struct ses_depth_series *series = &p->data->series[k];
        struct ses_pen pen = pen_of(p, series);
        ses_pen_fill(&pen, 0.18, cr);
        each_run(cr, p, series, true, draw_band);
    }
    for (size_t k = 0; k < p->data->n_series; k++) {
        const struct ses_depth_series *series = &p->data->series[k];
        struct ses_pen pen = pen_of(p, series);
        ses_pen_use(&pen, cr);
        each_run(cr, p, series, false, draw_line);
    }
}

static bool begins_stage(const struct panel *p, size_t i)
{
    return i > 0 && p->data->stage &&
           p->data->stage[i] != p->data->stage[i - 1];
}

/* Around what is below the diagonal, and where stages begin. */
static void draw_stairs(cairo_t *cr, const struct panel *p)
{
    const struct ses_rect *plot = &p->place->frame.plot;
    size_t n = p->data->n_points;
    double cell = plot->width / (double)n, bottom = plot->y + plot->height;
    cairo_move_to(cr, plot->x, plot->y);
    cairo_line_to(cr, plot->x, bottom);
    cairo_line_to(cr, plot->x + plot->width, bottom);
    for (size_t i = 0; i < n; i++) {
        double at = (double)i * cell;
        cairo_move_to(cr, plot->x + at, plot->y + at);
        cairo_line_to(cr, plot->x + at, plot->y + at + cell);
        cairo_line_to(cr, plot->x + at + cell, plot->y + at + cell);
        if (!begins_stage(p, i))
            continue;
        cairo_move_to(cr, plot->x, plot->y + at);
        cairo_line_to(cr, plot->x + at, plot->y + at);
        cairo_line_to(cr, plot->x + at, bottom);
    }
}

/* Around all of it, and where stages begin: in ink on paper, to be seen on
 * every colour. */
static void draw_square(cairo_t *cr, const struct panel *p)
{
    const struct ses_look *look = &p->layout->sheet.look;
    const struct ses_rect *plot = &p->place->frame.plot;
    double cell = plot->width / (double)p->data->n_points;
    struct ses_pen paper = ses_pen_grey(look, 1, 1.2);
    struct ses_pen ink = ses_pen_grey(look, 0.25, 0.5);
    for (size_t i = 0; i < p->data->n_points; i++) {
        double at = (double)i * cell;
        if (!begins_stage(p, i))
            continue;
        cairo_move_to(cr, plot->x, plot->y + at);
        cairo_line_to(cr, plot->x + plot->width, plot->y + at);
        cairo_move_to(cr, plot->x + at, plot->y);
        cairo_line_to(cr, plot->x + at, plot->y + plot->height);
    }
    ses_pen_use(&paper, cr);
    cairo_stroke_preserve(cr);
    cairo_rectangle(cr, plot->x, plot->y, plot->width, plot->height);
    ses_pen_use(&ink, cr);
    cairo_stroke(cr);
}

static void draw_matrix(cairo_t *cr, const struct panel *p)
{
    const struct ses_rect *plot = &p->place->frame.plot;
    const struct ses_look *look = &p->layout->sheet.look;
    size_t n = p->data->n_points;
    bool whole = ses_depth_is_whole(p->data);
    struct ses_matrix matrix = { n, n, p->data->matrix, .lower = !whole };
    ses_matrix_draw(&matrix, &p->place->bar.scale, plot, look, cr);
    struct ses_pen pen = ses_pen_grey(look, 0.25, 0.5);
    if (whole)
        draw_square(cr, p);
    ses_pen_use(&pen, cr);
    if (!whole)
        draw_stairs(cr, p);
    ses_points_mark_below(&p->place->points, plot, cr);
    ses_points_mark_left(&p->place->points, plot, cr);
    cairo_stroke(cr);
    ses_colour_bar_draw(&p->place->bar, look, cr);
}

static void draw_figure(cairo_t *cr, const void *user)
{
    const struct ses_depth_layout *layout = user;
    for (size_t i = 0; i < layout->figure->n_panels; i++) {
        struct panel p = { layout, &layout->figure->panels[i],
                           &layout->places[i] };
        if (p.data->kind == SES_DEPTH_MATRIX) {
            draw_matrix(cr, &p);
            continue;
        }
        draw_frame(cr, &p);
        if (p.data->kind == SES_DEPTH_DOTS)
            draw_dots(cr, &p);
        else
            draw_lines(cr, &p);
    }
}

enum ses_status ses_plot_depth(const char *path,
                               const struct ses_depth_figure *figure,
                               const struct ses_plot_style *style,
                               struct ses_error *err)
{
    struct ses_depth_layout layout;
    enum ses_status status = ses_depth_layout_init(&layout, figure, style, err);
    if (!status)
        status = ses_sheet_write(path, &layout.sheet, draw_figure, &layout,
                                 err);
    ses_depth_layout_release(&layout);
    return status;
}
