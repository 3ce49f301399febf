/* Top channels, painted where top-channels-layout.c put them. */
#include "plots/top-channels.h"

#include <math.h>

#include "plots/top-channels-layout.h"

static const double CAP = 3; /* half the height of an interval's end */

static void draw_axis(cairo_t *cr, const struct ses_top_layout *layout,
                      size_t panel)
{
    const struct ses_look *look = &layout->sheet.look;
    const struct ses_rect *plot = &layout->plots[panel];
    const struct ses_ticks *ticks = &layout->ticks;
    double bottom = plot->y + plot->height;
    struct ses_pen grid = ses_pen_grey(look, 0.85, 0.4);
    struct ses_pen zero = ses_pen_grey(look, 0.3, 0.6);
    struct ses_pen frame = ses_pen_grey(look, 0.25, 0.5);
    for (long t = ticks->first; t <= ticks->last; t++) {
        double x = ses_top_x(layout, panel, (double)t * ticks->step);
        ses_pen_use(t == 0 ? &zero : &grid, cr);
        cairo_move_to(cr, x, plot->y);
        cairo_line_to(cr, x, bottom);
        cairo_stroke(cr);
    }
    ses_pen_use(&frame, cr);
    cairo_move_to(cr, plot->x, bottom);
    cairo_line_to(cr, plot->x + plot->width, bottom);
    for (long t = ticks->first; t <= ticks->last; t++) {
        double x = ses_top_x(layout, panel, (double)t * ticks->step);
        cairo_move_to(cr, x, bottom);
        cairo_line_to(cr, x, bottom + SES_TICK);
    }
    cairo_stroke(cr);
}

static void draw_row(cairo_t *cr, const struct ses_top_layout *layout,
                     size_t panel, size_t index)
{
    const struct ses_top_row *row = &layout->figure->panels[panel].rows[index];
    if (!isfinite(row->d_prime))
        return;
    double y = ses_top_y(layout, panel, index);
    struct ses_pen pen = ses_pen_of(&layout->sheet.look, 0);
    ses_pen_use(&pen, cr);
    if (isfinite(row->low) && isfinite(row->high)) {
        double low = ses_top_x(layout, panel, row->low);
        double high = ses_top_x(layout, panel, row->high);
        cairo_move_to(cr, low, y);
        cairo_line_to(cr, high, y);
        /* Ends that are seen where the dot hides the line. */
        cairo_move_to(cr, low, y - CAP);
        cairo_line_to(cr, low, y + CAP);
        cairo_move_to(cr, high, y - CAP);
        cairo_line_to(cr, high, y + CAP);
        cairo_stroke(cr);
    }
    ses_draw_dot(cr, ses_top_x(layout, panel, row->d_prime), y, 1.3);
}

/* In the middle of box, as large as its shape goes into it. A surface that
 * failed leaves its fault in cr. */
static void draw_picture(cairo_t *cr, const struct ses_thumbnail *picture,
                         const struct ses_rect *box)
{
    if (!picture->rgb || picture->width < 1 || picture->height < 1)
        return;
    cairo_surface_t *image = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, picture->width, picture->height);
    cairo_surface_flush(image);
    unsigned char *data = cairo_image_surface_get_data(image);
    size_t stride = (size_t)cairo_image_surface_get_stride(image);
    size_t width = (size_t)picture->width, height = (size_t)picture->height;
    for (size_t y = 0; data && y < height; y++) {
        uint32_t *row = (uint32_t *)(void *)(data + y * stride);
        const uint8_t *rgb = picture->rgb + 3 * width * y;
        for (size_t x = 0; x < width; x++, rgb += 3)
            row[x] = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
    }
    cairo_surface_mark_dirty(image);
    double scale = fmin(box->width / (double)width,
                        box->height / (double)height);
    cairo_save(cr);
    cairo_translate(cr, box->x + (box->width - scale * (double)width) / 2,
                    box->y + (box->height - scale * (double)height) / 2);
    cairo_scale(cr, scale, scale);
    cairo_rectangle(cr, 0, 0, (double)width, (double)height);
    cairo_clip(cr);
    cairo_set_source_surface(cr, image, 0, 0);
    /* Small pictures are shown as they are; large ones without moire. */
    cairo_pattern_set_filter(cairo_get_source(cr), width < 64
                                                       ? CAIRO_FILTER_NEAREST
                                                       : CAIRO_FILTER_GOOD);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_paint(cr);
    cairo_restore(cr);
    cairo_surface_destroy(image);
}

static void draw_figure(cairo_t *cr, const void *user)
{
    const struct ses_top_layout *layout = user;
    const struct ses_top_figure *figure = layout->figure;
    for (size_t i = 0; i < figure->n_panels; i++) {
        draw_axis(cr, layout, i);
        for (size_t j = 0; j < figure->panels[i].n_rows; j++) {
            draw_row(cr, layout, i, j);
            for (size_t k = 0; k < layout->n_pictures; k++) {
                struct ses_rect box = ses_top_picture(layout, i, j, k);
                draw_picture(cr, &figure->panels[i].rows[j].pictures[k], &box);
            }
        }
    }
}

enum ses_status ses_plot_top_channels(const char *path,
                                      const struct ses_top_figure *figure,
                                      const struct ses_plot_style *style,
                                      struct ses_error *err)
{
    struct ses_top_layout layout;
    enum ses_status status = ses_top_layout_init(&layout, figure, style, err);
    if (!status)
        status = ses_sheet_write(path, &layout.sheet, draw_figure, &layout,
                                 err);
    ses_top_layout_release(&layout);
    return status;
}
