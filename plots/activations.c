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
    const struct ses_frame *own;
    const struct ses_look *look;
    struct ses_rect plot;
    struct ses_ruler across;
    size_t n;     /* channels */
    double scale; /* of line widths */
};

static double x_of(const struct frame *frame, size_t channel)
{
    return ses_ruler_at(&frame->across, (double)channel);
}

static double y_of(const struct frame *frame, double value)
{
    return ses_frame_y(frame->own, value);
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
            ses_draw_dot(cr, x_of(frame, start), y_of(frame, values[start]),
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

static void draw_bands(cairo_t *cr, const struct ses_activation_layout *layout,
                       const struct ses_activation_panel *panel,
                       const struct frame *frame)
{
    for (size_t k = 0; k < layout->figure->n_classes; k++) {
        struct ses_pen pen = ses_pen_of(frame->look, k);
        draw_band(cr, frame, panel->low + k * frame->n,
                  panel->high + k * frame->n, &pen);
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
        struct ses_pen pen = all            ? ses_pen_ink(frame->look, 1)
                             : layout->many ? ses_pen_of_many(frame->look, n)
                                            : ses_pen_of(frame->look, k);
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
        ses_draw_dot(cr, x, y_of(frame, *value), 1.6);
    }
}

static void draw_classes(cairo_t *cr,
                         const struct ses_activation_layout *layout,
                         const struct ses_activation_panel *panel,
                         const struct frame *frame)
{
    size_t n = layout->figure->n_classes;
    struct ses_pen many = ses_pen_of_many(frame->look, n);
    for (size_t k = 0; k < n; k++) {
        struct ses_pen pen = layout->many ? many : ses_pen_of(frame->look, k);
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

static void draw_frame(cairo_t *cr, const struct ses_activation_layout *layout,
                       const struct frame *frame, size_t i)
{
    ses_frame_draw_grid(frame->own, frame->look, cr);
    ses_frame_draw(frame->own, frame->look, cr);
    ses_channel_axis_mark(&layout->channels[i],
                          frame->plot.y + frame->plot.height, cr);
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
        .own = &layout->frames[i],
        .look = &layout->sheet.look,
        .plot = layout->frames[i].plot,
        .across = layout->channels[i].across,
        .n = panel->n_channels,
    };
    /* Thinner where panels are small or channels are near to each other. */
    double pitch = frame.plot.width / (double)frame.n;
    double room = fmax(0.7, frame.plot.width / (45 * SES_MM));
    frame.scale = fmax(0.35, fmin(1, room) * fmin(1, pitch));
    draw_frame(cr, layout, &frame, i);
    cairo_save(cr);
    if (layout->figure->cut_bands) {
        cairo_rectangle(cr, frame.plot.x, frame.plot.y, frame.plot.width,
                        frame.plot.height);
        cairo_clip(cr);
    }
    if (frame.n == 1)
        draw_dots(cr, layout, panel, &frame);
    else if (panel->low && panel->high && !layout->many)
        draw_bands(cr, layout, panel, &frame);
    cairo_restore(cr);
    if (frame.n == 1)
        return;
    /* Over the many; below a single one, which is what the panel is about. */
    struct ses_pen pen = ses_pen_ink(frame.look, 0.9);
    if (panel->overall && layout->figure->n_classes == 1)
        draw_line(cr, &frame, panel->overall, &pen);
    if (pixels)
        draw_classes_as_pixels(cr, layout, panel, &frame);
    else
        draw_classes(cr, layout, panel, &frame);
    if (panel->overall && layout->figure->n_classes > 1)
        draw_line(cr, &frame, panel->overall, &pen);
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
}

enum ses_status ses_plot_activations(const char *path,
                                     const struct ses_activation_figure *figure,
                                     const struct ses_plot_style *style,
                                     struct ses_error *err)
{
    struct ses_activation_layout layout;
    enum ses_status status =
        ses_activation_layout_init(&layout, figure, style, err);
    if (!status)
        status = ses_sheet_write(path, &layout.sheet, draw_figure, &layout,
                                 err);
    ses_activation_layout_release(&layout);
    return status;
}
