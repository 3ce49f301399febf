/* The ablation figure, painted where ablation-layout.c put its parts. */
#include "plots/ablation.h"

#include <math.h>

#include "plots/ablation-layout.h"

struct panel {
    const struct ses_ablation_layout *layout;
    const struct ses_ablation_panel *data;
    const struct ses_ablation_place *place;
    size_t index;
};

static double x_of(const struct panel *p, size_t point)
{
    return ses_ablation_x(p->layout, p->index, point);
}

static double y_of(const struct panel *p, double value)
{
    return ses_ablation_y(p->layout, p->index, value);
}

/* Every other stage on grey, when there are several. */
static void draw_stages(cairo_t *cr, const struct panel *p)
{
    const struct ses_rect *plot = &p->place->plot;
    double pitch = plot->width / (double)p->data->n_points;
    bool grey = p->data->stage[0] != p->data->stage[p->data->n_points - 1];
    cairo_set_source_rgb(cr, 0.93, 0.93, 0.93);
    for (size_t i = 0; i < p->data->n_points; i++) {
        if (i > 0 && p->data->stage[i] != p->data->stage[i - 1])
            grey = !grey;
        if (grey)
            cairo_rectangle(cr, plot->x + pitch * (double)i, plot->y, pitch,
                            plot->height);
    }
    cairo_fill(cr);
}

static void draw_grid(cairo_t *cr, const struct panel *p)
{
    const struct ses_rect *plot = &p->place->plot;
    const struct ses_ticks *ticks = &p->place->ticks;
    for (long t = ticks->first; t <= ticks->last; t++) {
        struct ses_pen pen = ses_pen_grey(t ? 0.82 : 0.3, t ? 0.4 : 0.6);
        double y = y_of(p, (double)t * ticks->step);
        ses_pen_use(&pen, cr);
        cairo_move_to(cr, plot->x, y);
        cairo_line_to(cr, plot->x + plot->width, y);
        cairo_stroke(cr);
    }
}

/* Two axes, no box. */
static void draw_frame(cairo_t *cr, const struct panel *p)
{
    const struct ses_rect *plot = &p->place->plot;
    const struct ses_ticks *ticks = &p->place->ticks;
    double bottom = plot->y + plot->height;
    struct ses_pen pen = ses_pen_grey(0.25, 0.5);
    ses_pen_use(&pen, cr);
    cairo_move_to(cr, plot->x, plot->y);
    cairo_line_to(cr, plot->x, bottom);
    cairo_line_to(cr, plot->x + plot->width, bottom);
    for (size_t i = 0; i < p->data->n_points; i++)
        if (p->place->named[i]) {
            cairo_move_to(cr, x_of(p, i), bottom);
            cairo_line_to(cr, x_of(p, i), bottom + SES_ABLATION_TICK);
        }
    for (long t = ticks->first; t <= ticks->last; t++) {
        double y = y_of(p, (double)t * ticks->step);
        cairo_move_to(cr, plot->x - SES_ABLATION_TICK, y);
        cairo_line_to(cr, plot->x, y);
    }
    cairo_stroke(cr);
}

static void dot(cairo_t *cr, double x, double y, double radius)
{
    cairo_new_path(cr);
    cairo_arc(cr, x, y, radius, 0, 4 * acos(0));
    cairo_fill(cr);
}

static bool has_interval(const struct ses_ablation_series *series, size_t i)
{
    return series->low && series->high && isfinite(series->low[i]) &&
           isfinite(series->high[i]);
}

/* Series side by side within a point's share of the width. */
static void draw_dots(cairo_t *cr, const struct panel *p)
{
    size_t n = p->data->n_series;
    double pitch = p->place->plot.width / (double)p->data->n_points;
    double step = fmin(0.8 * pitch / (double)n, 6);
    double radius = fmin(1.7, fmax(0.7, 0.45 * step));
    for (size_t k = 0; k < n; k++) {
        const struct ses_ablation_series *series = &p->data->series[k];
        struct ses_pen pen =
            ses_pen_of(ses_ablation_pen(p->layout, series->name));
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
            dot(cr, x, y_of(p, series->value[i]), radius);
        }
    }
}

/* Call draw for every run of points without a gap. */
static void each_run(cairo_t *cr, const struct panel *p,
                     const struct ses_ablation_series *series, bool band,
                     void (*draw)(cairo_t *, const struct panel *,
                                  const struct ses_ablation_series *,
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
                      const struct ses_ablation_series *series, size_t first,
                      size_t end)
{
    for (size_t i = first; i < end; i++)
        cairo_line_to(cr, x_of(p, i), y_of(p, series->high[i]));
    for (size_t i = end; i-- > first;)
        cairo_line_to(cr, x_of(p, i), y_of(p, series->low[i]));
    cairo_fill(cr);
}

static void draw_line(cairo_t *cr, const struct panel *p,
                      const struct ses_ablation_series *series, size_t first,
                      size_t end)
{
    for (size_t i = first; i < end; i++)
        cairo_line_to(cr, x_of(p, i), y_of(p, series->value[i]));
    cairo_stroke(cr);
    double pitch = p->place->plot.width / (double)p->data->n_points;
    for (size_t i = first; i < end && (pitch > 7 || end == first + 1); i++)
        dot(cr, x_of(p, i), y_of(p, series->value[i]), 1.3);
}

static void draw_lines(cairo_t *cr, const struct panel *p)
{
    for (size_t k = 0; k < p->data->n_series; k++) {
        const struct ses_ablation_series *series = &p->data->series[k];
        struct ses_pen pen =
            ses_pen_of(ses_ablation_pen(p->layout, series->name));
        ses_pen_fill(&pen, 0.18, cr);
        each_run(cr, p, series, true, draw_band);
    }
    for (size_t k = 0; k < p->data->n_series; k++) {
        const struct ses_ablation_series *series = &p->data->series[k];
        struct ses_pen pen =
            ses_pen_of(ses_ablation_pen(p->layout, series->name));
        ses_pen_use(&pen, cr);
        each_run(cr, p, series, false, draw_line);
    }
}

/* White at 0, vermilion below it (more is lost), blue above. */
static void use_colour(cairo_t *cr, double share)
{
    size_t pen = share < 0 ? 2 : 0;
    struct ses_colour full = ses_pen_of(pen).colour;
    double part = fmin(fabs(share), 1);
    cairo_set_source_rgb(cr, 1 - part * (1 - full.red),
                         1 - part * (1 - full.green),
                         1 - part * (1 - full.blue));
}

static void draw_scale(cairo_t *cr, const struct panel *p)
{
    enum { STEPS = 64 };
    const struct ses_rect *bar = &p->place->bar;
    const struct ses_ticks *ticks = &p->place->ticks;
    double step = bar->height / STEPS;
    for (int i = 0; i < STEPS; i++) {
        use_colour(cr, 1 - 2 * (i + 0.5) / STEPS);
        /* A little over the next: no seams where edges are smoothed. */
        cairo_rectangle(cr, bar->x, bar->y + i * step, bar->width,
                        i + 1 < STEPS ? step + 0.5 : step);
        cairo_fill(cr);
    }
    struct ses_pen pen = ses_pen_grey(0.25, 0.5);
    ses_pen_use(&pen, cr);
    cairo_rectangle(cr, bar->x, bar->y, bar->width, bar->height);
    for (long t = ticks->first; t <= ticks->last; t++) {
        double y = y_of(p, (double)t * ticks->step);
        cairo_move_to(cr, bar->x + bar->width, y);
        cairo_line_to(cr, bar->x + bar->width + SES_ABLATION_TICK, y);
    }
    cairo_stroke(cr);
}

static void draw_matrix(cairo_t *cr, const struct panel *p)
{
    const struct ses_rect *plot = &p->place->plot;
    size_t n = p->data->n_points;
    double cell = plot->width / (double)n;
    double most = (double)p->place->ticks.last * p->place->ticks.step;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            double value = p->data->matrix[i * n + j];
            use_colour(cr, value / most);
            if (!isfinite(value))
                cairo_set_source_rgb(cr, 0.9, 0.9, 0.9);
            cairo_rectangle(cr, plot->x + (double)j * cell,
                            plot->y + (double)i * cell, cell, cell);
            cairo_fill(cr);
        }
    struct ses_pen pen = ses_pen_grey(0.25, 0.5);
    ses_pen_use(&pen, cr);
    /* The diagonal's stairs, and where stages begin. */
    for (size_t i = 0; i < n; i++) {
        double at = (double)i * cell;
        cairo_move_to(cr, plot->x + at, plot->y + at);
        cairo_line_to(cr, plot->x + at, plot->y + at + cell);
        cairo_line_to(cr, plot->x + at + cell, plot->y + at + cell);
        if (i == 0 || !p->data->stage ||
            p->data->stage[i] == p->data->stage[i - 1])
            continue;
        cairo_move_to(cr, plot->x, plot->y + at);
        cairo_line_to(cr, plot->x + at, plot->y + at);
        cairo_line_to(cr, plot->x + at, plot->y + plot->height);
    }
    double bottom = plot->y + plot->height;
    cairo_move_to(cr, plot->x, plot->y);
    cairo_line_to(cr, plot->x, bottom);
    cairo_line_to(cr, plot->x + plot->width, bottom);
    for (size_t i = 0; i < n; i++)
        if (p->place->named[i]) {
            double at = ((double)i + 0.5) * cell;
            cairo_move_to(cr, plot->x + at, bottom);
            cairo_line_to(cr, plot->x + at, bottom + SES_ABLATION_TICK);
            cairo_move_to(cr, plot->x - SES_ABLATION_TICK, plot->y + at);
            cairo_line_to(cr, plot->x, plot->y + at);
        }
    cairo_stroke(cr);
    draw_scale(cr, p);
}

static void draw_figure(cairo_t *cr, const void *user)
{
    const struct ses_ablation_layout *layout = user;
    for (size_t i = 0; i < layout->figure->n_panels; i++) {
        struct panel p = { layout, &layout->figure->panels[i],
                           &layout->places[i], i };
        if (p.data->kind == SES_ABLATION_MATRIX) {
            draw_matrix(cr, &p);
            continue;
        }
        if (p.data->stage)
            draw_stages(cr, &p);
        draw_grid(cr, &p);
        draw_frame(cr, &p);
        if (p.data->kind == SES_ABLATION_DOTS)
            draw_dots(cr, &p);
        else
            draw_lines(cr, &p);
    }
    ses_legend_draw(&layout->legend, cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    ses_captions_draw(&layout->labels, cr);
}

enum ses_status ses_plot_ablation(const char *path,
                                  const struct ses_ablation_figure *figure,
                                  const struct ses_plot_style *style,
                                  struct ses_error *err)
{
    static const struct ses_plot_style defaults;
    if (!style)
        style = &defaults;
    enum ses_status status = ses_canvas_check(path, err);
    if (status)
        return status;
    struct ses_ablation_layout layout;
    status = ses_ablation_layout_init(&layout, figure, style, err);
    if (!status) {
        struct ses_page page =
            ses_page_of(style, layout.width, layout.height);
        status = ses_canvas_write(path, &page, draw_figure, &layout, err);
    }
    ses_ablation_layout_release(&layout);
    return status;
}
