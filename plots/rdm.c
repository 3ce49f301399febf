/* Dissimilarities of classes, painted where rdm-layout.c put them. */
#include "plots/rdm.h"

#include "plots/matrix.h"
#include "plots/rdm-layout.h"

static void draw_figure(cairo_t *cr, const void *user)
{
    const struct ses_rdm_layout *layout = user;
    const struct ses_look *look = &layout->sheet.look;
    size_t n = layout->figure->n_classes;
    struct ses_pen pen = ses_pen_grey(look, 0.25, 0.5);
    for (size_t i = 0; i < layout->figure->n_panels; i++) {
        const struct ses_rect *square = &layout->squares[i];
        struct ses_matrix matrix = { n, n, layout->figure->panels[i].values,
                                     .lower = false };
        ses_matrix_draw(&matrix, &layout->bar.scale, square, look, cr);
        ses_pen_use(&pen, cr);
        cairo_rectangle(cr, square->x, square->y, square->width,
                        square->height);
        if (ses_rdm_named_left(layout, i))
            ses_points_mark_left(&layout->points, square, cr);
        if (ses_rdm_named_below(layout, i))
            ses_points_mark_below(&layout->points, square, cr);
        cairo_stroke(cr);
    }
    ses_colour_bar_draw(&layout->bar, look, cr);
}

enum ses_status ses_plot_rdm(const char *path,
                             const struct ses_rdm_figure *figure,
                             const struct ses_plot_style *style,
                             struct ses_error *err)
{
    struct ses_rdm_layout layout;
    enum ses_status status = ses_rdm_layout_init(&layout, figure, style, err);
    if (!status)
        status = ses_sheet_write(path, &layout.sheet, draw_figure, &layout,
                                 err);
    ses_rdm_layout_release(&layout);
    return status;
}
