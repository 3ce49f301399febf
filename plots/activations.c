/* The class-specific activation figure (Hu et al., arXiv:1709.01507, section
 * 6), painted where activations-layout.c put its parts. */
#include "plots/activations.h"

#include <math.h>

/* More points than this become pixels inside a vector file, which would
 * else be too large to open. */
static const double MOST_POINTS = 100000;
static const double EMBEDDED_DPI = 600;

/* One panel's way from data to page. */
struct frame {
    struct ses_rect plot;
    struct ses_axis across, down;
    size_t n;     /* channels */
    double scale; /* of line widths */
};

static double x_of(const struct frame *frame, size_t channel)
{
    return ses_axis_at(&frame->across, (double)channel);
}

static double y_of(const struct frame *frame, double value)
{
    return ses_axis_at(&frame->down, value);
}

static void draw_dot(cairo_t *cr, double x, double y, double radius)
{
    cairo_new_path(cr);
    cairo_arc(cr, x, y, radius, 0, 4 * acos(0));
    cairo_fill(cr);
}

/* A line through the values, interrupted where there is none; a value between
 * two gaps is a dot. */
static void draw_line(cairo_t *cr, const struct frame *frame,
                      const double *values, const struct ses_pen *pen)
{
    ses_pen_use(pen, cr);
    cairo_set_line_width(cr, pen->width * frame->scale);
    size_t start = 0;
    while (start < frame->n) {
        if (!isfinite(values[start])) {
            start++;
            continue;
        }
        size_t end = start + 1;
        while (end < frame->n && isfinite(values[end]))
            end++;
        if (end == start + 1) {
            draw_dot(cr, x_of(frame, start), y_of(frame, values[start]),
                     pen->width * frame->scale);
        } else {
            for (size_t i = start; i < end; i++)
                cairo_line_to(cr, x_of(frame, i), y_of(frame, values[i]));
            cairo_stroke(cr);
        }
        start = end;
    }
}

static void draw_band(cairo_t *cr, const struct frame *frame, const double *low,
                      const double *high, const struct ses_pen *pen)
{
    ses_pen_fill(pen, 0.2, cr);
    size_t start = 0;
    while (start < frame->n) {
        size_t end = start;
        while (end < frame->n && isfinite(low[end]) && isfinite(high[end]))
            end++;
        for (size_t i = start; i < end; i++)
            cairo_line_to(cr, x_of(frame, i), y_of(frame, high[i]));
        for (size_t i = end; i > start; i--)
            cairo_line_to(cr, x_of(frame, i - 1), y_of(frame, low[i - 1]));
        cairo_fill(cr);
        start = end + 1;
    }
}

/* A block of one channel: the classes side by side as dots, their bands as
 * bars. */
static void draw_dots(cairo_t *cr, const struct ses_activation_layout *layout,
                      const struct ses_activation_panel *panel,
                      const struct frame *frame)
{
    size_t n = layout->figure->n_classes;
    double pitch = fmin(0.8 * frame->plot.width / (double)(n + 1), 8);
    double x = frame->plot.x + (frame->plot.width - pitch * (double)n) / 2;
    for (size_t k = 0; k <= n; k++, x += pitch) {
        bool all = k == n;
        const double *value = all ? panel->overall : &panel->mean[k];
        struct ses_pen pen = all            ? ses_pen_black(1)
                             : layout->many ? ses_pen_of_many(n)
                                            : ses_pen_of(k);
        if (!value || !isfinite(*value))
            continue;
        pen.n_dash = 0;
        ses_pen_use(&pen, cr);
        if (!all && !layout->many && panel->low && panel->high &&
            isfinite(panel->low[k]) && isfinite(panel->high[k])) {
            cairo_move_to(cr, x, y_of(frame, panel->low[k]));
            cairo_line_to(cr, x, y_of(frame, panel->high[k]));
            cairo_stroke(cr);
        }
        draw_dot(cr, x, y_of(frame, *value), 1.6);
    }
}

static void draw_classes(cairo_t *cr,
                         const struct ses_activation_layout *layout,
                         const struct ses_activation_panel *panel,
                         const struct frame *frame)
{
    size_t n = layout->figure->n_classes;
    struct ses_pen many = ses_pen_of_many(n);
    for (size_t k = 0; k < n; k++) {
        struct ses_pen pen = layout->many ? many : ses_pen_of(k);
        draw_line(cr, frame, panel->mean + k * frame->n, &pen);
    }
}

/* draw_classes() as an image when the page is no image by itself. */
static void draw_classes_as_pixels(cairo_t *cr,
                                   const struct ses_activation_layout *layout,
                                   const struct ses_activation_panel *panel,
                                   const struct frame *frame)
{
    double scale = EMBEDDED_DPI / 72;
    cairo_surface_t *image = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, (int)ceil(frame->plot.width * scale),
        (int)ceil(frame->plot.height * scale));
    cairo_t *pixels = cairo_create(image);
    cairo_scale(pixels, scale, scale);
    cairo_translate(pixels, -frame->plot.x, -frame->plot.y);
    draw_classes(pixels, layout, panel, frame);
    cairo_status_t state = cairo_status(pixels);
    cairo_destroy(pixels);
    cairo_save(cr);
    cairo_translate(cr, frame->plot.x, frame->plot.y);
    cairo_scale(cr, 1 / scale, 1 / scale);
    /* A failed surface as source carries its fault into cr. */
    cairo_set_source_surface(cr, image, 0, 0);
    if (state == CAIRO_STATUS_SUCCESS)
        cairo_paint(cr);
    cairo_restore(cr);
    cairo_surface_destroy(image);
}

static void draw_grid(cairo_t *cr, const struct ses_activation_layout *layout,
                      const struct frame *frame)
{
    struct ses_pen pen = ses_pen_grey(0.87, 0.4);
    ses_pen_use(&pen, cr);
    for (long t = layout->ticks.first; t <= layout->ticks.last; t++) {
        double y = y_of(frame, (double)t * layout->ticks.step);
        cairo_move_to(cr, frame->plot.x, y);
        cairo_line_to(cr, frame->plot.x + frame->plot.width, y);
    }
    cairo_stroke(cr);
}

/* Two axes, no box. */
static void draw_frame(cairo_t *cr, const struct ses_activation_layout *layout,
                       const struct frame *frame, size_t i)
{
    const struct ses_channel_ticks *ticks = &layout->channel_ticks[i];
    struct ses_rect plot = frame->plot;
    double bottom = plot.y + plot.height;
    struct ses_pen pen = ses_pen_grey(0.25, 0.5);
    ses_pen_use(&pen, cr);
    cairo_move_to(cr, plot.x, plot.y);
    cairo_line_to(cr, plot.x, bottom);
    cairo_line_to(cr, plot.x + plot.width, bottom);
    for (size_t t = 0; t < ticks->n; t++) {
        double x = ses_axis_at(&frame->across, ticks->position[t]);
        cairo_move_to(cr, x, bottom);
        cairo_line_to(cr, x, bottom + SES_TICK);
    }
    for (long t = layout->ticks.first; t <= layout->ticks.last; t++) {
        double y = y_of(frame, (double)t * layout->ticks.step);
        cairo_move_to(cr, plot.x - SES_TICK, y);
        cairo_line_to(cr, plot.x, y);
    }
    cairo_stroke(cr);
}

static bool points_are_many(const struct ses_activation_figure *figure)
{
    double points = 0;
    for (size_t i = 0; i < figure->n_panels; i++)
        points +=
            (double)figure->n_classes * (double)figure->panels[i].n_channels;
    return points > MOST_POINTS;
}

static void draw_panel(cairo_t *cr, const struct ses_activation_layout *layout,
                       size_t i, bool pixels)
{
    const struct ses_activation_panel *panel = &layout->figure->panels[i];
    struct frame frame = {
        .plot = layout->plots[i],
        .across = ses_activation_across(layout, i),
        .down = ses_activation_down(layout, i),
        .n = panel->n_channels,
    };
    /* Thinner where panels are small or channels are near to each other. */
    double pitch = frame.plot.width / (double)frame.n;
    double room = fmax(0.7, frame.plot.width / (45 * SES_MM));
    frame.scale = fmax(0.35, fmin(1, room) * fmin(1, pitch));
    draw_grid(cr, layout, &frame);
    draw_frame(cr, layout, &frame, i);
    if (frame.n == 1) {
        draw_dots(cr, layout, panel, &frame);
        return;
    }
    size_t n = layout->figure->n_classes;
    if (panel->low && panel->high && !layout->many) {
        for (size_t k = 0; k < n; k++) {
            struct ses_pen pen = ses_pen_of(k);
            draw_band(cr, &frame, panel->low + k * frame.n,
                      panel->high + k * frame.n, &pen);
        }
    }
    if (pixels)
        draw_classes_as_pixels(cr, layout, panel, &frame);
    else
        draw_classes(cr, layout, panel, &frame);
    if (panel->overall) {
        struct ses_pen pen = ses_pen_black(0.9);
        draw_line(cr, &frame, panel->overall, &pen);
    }
}

/* Paint the laid-out figure. */
static void draw_figure(cairo_t *cr, const void *user)
{
    const struct ses_activation_layout *layout = user;
    bool pixels = points_are_many(layout->figure) &&
                  cairo_surface_get_type(cairo_get_target(cr)) !=
                      CAIRO_SURFACE_TYPE_IMAGE;
    for (size_t i = 0; i < layout->figure->n_panels; i++) {
        draw_panel(cr, layout, i, pixels);
    }
    ses_legend_draw(&layout->legend, cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    ses_captions_draw(&layout->labels, cr);
}

enum ses_status ses_plot_activations(const char *path,
                                     const struct ses_activation_figure *figure,
                                     const struct ses_plot_style *style,
                                     struct ses_error *err)
{
    static const struct ses_plot_style defaults;
    if (!style)
        style = &defaults;
    enum ses_status status = ses_canvas_check(path, err);
    if (status != SES_OK)
        return status;
    struct ses_activation_layout layout;
    status = ses_activation_layout_init(&layout, figure, style, err);
    if (status == SES_OK) {
        struct ses_page page =
            ses_page_of(style, layout.width, layout.height);
        status = ses_canvas_write(path, &page, draw_figure, &layout, err);
    }
    ses_activation_layout_release(&layout);
    return status;
}
