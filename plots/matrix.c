/* See matrix.h. */
#include "plots/matrix.h"

#include <math.h>
#include <stdint.h>

/* More cells than this would make a vector file too large to open. */
static const double MOST_CELLS = 10000;
/* No surface has a longer side. */
static const size_t MOST_PIXELS = 32767;
/* Pixels a point of a vector figure: 12 a mm as printers ask for, and 6 where
 * a report's page holds the figure among many, in two themes. */
static const double SHARP = 12 / SES_MM, SHARP_ON_PAGE = 6 / SES_MM;

static bool is_shown(const struct ses_matrix *matrix, size_t i, size_t j)
{
    return !matrix->lower || j < i;
}

/* How far a cell reaches over the next to the right and below, which is drawn
 * later: a pixel at least, so that no paper shines through where edges are
 * smoothed. */
static void overlap_of(cairo_t *cr, double width, double height,
                       double *right, double *below)
{
    double x = 1, y = 1;
    cairo_device_to_user_distance(cr, &x, &y);
    *right = fmin(fmax(fabs(x), 1), width);
    *below = fmin(fmax(fabs(y), 1), height);
}

/* One by one. */
static void draw_cells(const struct ses_matrix *matrix,
                       const struct ses_colour_scale *scale,
                       const struct ses_rect *plot,
                       const struct ses_look *look, cairo_t *cr)
{
    double width = plot->width / (double)matrix->columns;
    double height = plot->height / (double)matrix->rows;
    double beyond_right, beyond_below;
    overlap_of(cr, width, height, &beyond_right, &beyond_below);
    struct ses_pen cross = ses_pen_grey(look, 0.6, 0.4);
    for (size_t i = 0; i < matrix->rows; i++)
        for (size_t j = 0; j < matrix->columns; j++) {
            if (!is_shown(matrix, i, j))
                continue;
            double value = matrix->values[i * matrix->columns + j];
            double x = plot->x + (double)j * width;
            double y = plot->y + (double)i * height;
            bool right = j + 1 < matrix->columns && is_shown(matrix, i, j + 1);
            ses_colour_use(ses_colour_of(scale, look, value), cr);
            bool below = i + 1 < matrix->rows;
            cairo_rectangle(cr, x, y, width + (right ? beyond_right : 0),
                            height + (below ? beyond_below : 0));
            cairo_fill(cr);
        }
    ses_pen_use(&cross, cr);
    for (size_t k = 0; k < matrix->rows * matrix->columns; k++) {
        size_t i = k / matrix->columns, j = k % matrix->columns;
        if (isfinite(matrix->values[k]) || !is_shown(matrix, i, j) ||
            fmin(width, height) < 2)
            continue;
        double x = plot->x + (double)j * width;
        double y = plot->y + (double)i * height;
        cairo_move_to(cr, x, y + height);
        cairo_line_to(cr, x + width, y);
    }
    cairo_stroke(cr);
}

static uint32_t pixel(struct ses_colour c)
{
    return 0xff000000u | (uint32_t)lround(255 * c.red) << 16 |
           (uint32_t)lround(255 * c.green) << 8 |
           (uint32_t)lround(255 * c.blue);
}

static size_t fewer_pixels(size_t cells, double length, double sharp)
{
    double most = ceil(length * sharp);
    return (double)cells > most ? (size_t)most : cells;
}

/* The image with no more pixels than a vector figure needs, each the mean of
 * those it stands for; takes ownership of image. */
static cairo_surface_t *shrink(cairo_surface_t *image,
                               const struct ses_rect *plot, double sharp)
{
    size_t from_width = (size_t)cairo_image_surface_get_width(image);
    size_t from_height = (size_t)cairo_image_surface_get_height(image);
    size_t width = fewer_pixels(from_width, plot->width, sharp);
    size_t height = fewer_pixels(from_height, plot->height, sharp);
    if (width == from_width && height == from_height)
        return image;
    cairo_surface_t *small = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, (int)width, (int)height);
    cairo_t *cr = cairo_create(small);
    cairo_scale(cr, (double)width / (double)from_width,
                (double)height / (double)from_height);
    cairo_set_source_surface(cr, image, 0, 0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BEST);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_paint(cr);
    cairo_destroy(cr);
    cairo_surface_destroy(image);
    return small;
}

/* A surface that failed leaves its fault in cr. */
static void draw_pixels(const struct ses_matrix *matrix,
                        const struct ses_colour_scale *scale,
                        const struct ses_rect *plot,
                        const struct ses_look *look, cairo_t *cr)
{
    cairo_surface_t *image = cairo_image_surface_create(
        CAIRO_FORMAT_ARGB32, (int)matrix->columns, (int)matrix->rows);
    unsigned char *data = cairo_image_surface_get_data(image);
    size_t stride = (size_t)cairo_image_surface_get_stride(image);
    cairo_surface_flush(image);
    for (size_t i = 0; data && i < matrix->rows; i++) {
        uint32_t *row = (uint32_t *)(void *)(data + i * stride);
        for (size_t j = 0; j < matrix->columns; j++)
            if (is_shown(matrix, i, j))
                row[j] = pixel(ses_colour_of(
                    scale, look, matrix->values[i * matrix->columns + j]));
    }
    cairo_surface_mark_dirty(image);
    cairo_surface_type_t target = cairo_surface_get_type(cairo_get_target(cr));
    bool own_pixels = target == CAIRO_SURFACE_TYPE_IMAGE;
    bool on_page = target == CAIRO_SURFACE_TYPE_RECORDING;
    if (!own_pixels)
        image = shrink(image, plot, on_page ? SHARP_ON_PAGE : SHARP);
    cairo_save(cr);
    cairo_rectangle(cr, plot->x, plot->y, plot->width, plot->height);
    cairo_clip(cr);
    cairo_translate(cr, plot->x, plot->y);
    cairo_scale(cr, plot->width / cairo_image_surface_get_width(image),
                plot->height / cairo_image_surface_get_height(image));
    cairo_set_source_surface(cr, image, 0, 0);
    double x = 1, y = 1;
    cairo_user_to_device_distance(cr, &x, &y);
    bool smaller = own_pixels && fmin(fabs(x), fabs(y)) < 1;
    cairo_pattern_set_filter(cairo_get_source(cr), smaller
                                                       ? CAIRO_FILTER_BEST
                                                       : CAIRO_FILTER_NEAREST);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_paint(cr);
    cairo_restore(cr);
    cairo_surface_destroy(image);
}

void ses_matrix_draw(const struct ses_matrix *matrix,
                     const struct ses_colour_scale *scale,
                     const struct ses_rect *plot, const struct ses_look *look,
                     cairo_t *cr)
{
    bool many = (double)matrix->rows * (double)matrix->columns > MOST_CELLS;
    if (many && matrix->rows <= MOST_PIXELS && matrix->columns <= MOST_PIXELS)
        draw_pixels(matrix, scale, plot, look, cr);
    else
        draw_cells(matrix, scale, plot, look, cr);
}
