/* See heatmap.h. */
#include "plots/heatmap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "plots/frame.h"
#include "plots/matrix.h"

static const double ROW = 9;             /* height of a named class */
static const double HIGHEST = 90 * SES_MM;
static const double LOWEST = 20 * SES_MM;
static const double BEFORE_BAR = 8;
static const double TREE = 6 * SES_MM; /* from leaves to root */
static const double GAP = 1;           /* from the cells to the leaves */

static const char bar_label[] = "mean gate";

static enum ses_status check(const struct ses_heatmap_figure *figure,
                             struct ses_error *err)
{
    if (figure->n_panels == 0)
        return ses_fail(err, SES_EUSAGE, "no blocks to plot");
    if (figure->n_classes == 0)
        return ses_fail(err, SES_EUSAGE, "no classes to plot");
    for (size_t i = 0; i < figure->n_panels; i++)
        if (figure->panels[i].n_channels == 0)
            return ses_fail(err, SES_EUSAGE, "block '%s' has no channels",
                            figure->panels[i].name);
    return SES_OK;
}

/* Of all panels, so that a colour means the same in each. */
static struct ses_colour_scale
colours_of(const struct ses_heatmap_figure *figure)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < figure->n_panels; i++)
        ses_widen(figure->panels[i].mean,
                  figure->n_classes * figure->panels[i].n_channels, &low,
                  &high);
    if (!(low <= high)) /* nothing but gaps */
        low = high = 0;
    return ses_colour_scale_around(low, high, 6, false);
}

static int largest_channel(const struct ses_heatmap_figure *figure)
{
    int largest = 0;
    for (size_t i = 0; i < figure->n_panels; i++)
        for (size_t j = 0; j < figure->panels[i].n_channels; j++)
            if (figure->panels[i].channel[j] > largest)
                largest = figure->panels[i].channel[j];
    return largest;
}

static enum ses_status fit(struct ses_heatmap_layout *layout,
                           const struct ses_colour_scale *scale,
                           double channel, struct ses_error *err)
{
    const struct ses_heatmap_figure *figure = layout->figure;
    const struct ses_sheet *sheet = &layout->sheet;
    for (size_t i = 0; i < figure->n_panels; i++) {
        layout->titles[i] = figure->panels[i].name;
        layout->rows[i] = figure->panels[i].classes;
    }
    layout->grid = (struct ses_row_panels){
        .titles = layout->titles,
        .named_apart = figure->clustered,
        .head = figure->clustered ? TREE + GAP : 0,
        .side = figure->clustered ? TREE + GAP : 0,
        .panels = {
            .n = figure->n_panels,
            .width = sheet->width,
            .right = fmax(BEFORE_BAR, channel / 2) + SES_SHEET_MARGIN +
                     ses_colour_bar_width(sheet, scale, bar_label),
            .gutter = channel + 6,
            .below = SES_TICK + 0.5 + sheet->small,
            .row_gap = 5,
            .high = fmin(fmax(ROW * (double)figure->n_classes, LOWEST),
                         HIGHEST),
        },
    };
    return ses_row_panels_fit(&layout->grid, sheet, layout->rows,
                              figure->n_classes, err);
}

struct ses_rect ses_heatmap_row_tree(const struct ses_heatmap_layout *layout,
                                     size_t panel)
{
    struct ses_rect plot = layout->grid.plots[panel];
    return (struct ses_rect){ plot.x + plot.width + GAP, plot.y, TREE,
                              plot.height };
}

struct ses_rect ses_heatmap_column_tree(
    const struct ses_heatmap_layout *layout, size_t panel)
{
    struct ses_rect plot = layout->grid.plots[panel];
    return (struct ses_rect){ plot.x, plot.y - GAP - TREE, plot.width, TREE };
}

static enum ses_status grow_trees(struct ses_heatmap_layout *layout,
                                  struct ses_error *err)
{
    const struct ses_heatmap_figure *figure = layout->figure;
    enum ses_status status = SES_OK;
    for (size_t i = 0; !status && figure->clustered && i < figure->n_panels;
         i++) {
        const struct ses_heatmap_panel *panel = &figure->panels[i];
        status = ses_tree_init(&layout->row_trees[i], panel->row_tree,
                               panel->row_order, figure->n_classes, err);
        if (!status)
            status =
                ses_tree_init(&layout->column_trees[i], panel->column_tree,
                              panel->column_order, panel->n_channels, err);
    }
    return status;
}

static enum ses_status place(struct ses_heatmap_layout *layout,
                             struct ses_error *err)
{
    const struct ses_heatmap_figure *figure = layout->figure;
    struct ses_sheet *sheet = &layout->sheet;
    const struct ses_panels *panels = &layout->grid.panels;
    struct ses_colour_scale scale = colours_of(figure);
    double channel = ses_channel_width(sheet, largest_channel(figure));
    enum ses_status status = fit(layout, &scale, channel, err);
    if (!status)
        status = grow_trees(layout, err);
    if (!status)
        status = ses_sheet_head(sheet, panels->left, NULL, 0, err);
    if (status)
        return status;
    double top = sheet->y + panels->above;
    ses_row_panels_place(&layout->grid, sheet, 1);
    for (size_t i = 0; i < figure->n_panels; i++) {
        const struct ses_heatmap_panel *panel = &figure->panels[i];
        struct ses_rect plot = layout->grid.plots[i];
        struct ses_ruler across = { -0.5, (double)panel->n_channels - 0.5,
                                   plot.x, plot.x + plot.width };
        layout->channels[i] = ses_channel_axis_place(
            sheet, across, panel->channel, panel->n_channels,
            plot.y + plot.height + layout->grid.beyond, channel);
    }
    sheet->y += 1;
    sheet->y += ses_sheet_text(sheet, "channel index", SES_SIZE_LABEL,
                               SES_UPPER_CENTRE,
                               (panels->left + sheet->width -
                                panels->right) / 2,
                               sheet->y)
                    .height;
    /* As high as it can be read, beside as many rows of panels as that is. */
    double room = sheet->y - sheet->line - 1 - panels->below - top;
    double bar = fmin(fmax(panels->plot_height, 35 * SES_MM),
                      fmin(room, 60 * SES_MM));
    layout->bar =
        ses_colour_bar_at_right(sheet, &scale, bar_label, top, bar);
    return SES_OK;
}

enum ses_status ses_heatmap_layout_init(
    struct ses_heatmap_layout *layout, const struct ses_heatmap_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err)
{
    memset(layout, 0, sizeof *layout);
    layout->figure = figure;
    enum ses_status status = check(figure, err);
    if (!status)
        status = ses_sheet_init(&layout->sheet, style,
                                figure->n_panels == 1 ? SES_MIDDLE_MM
                                                      : SES_PAGE_MM,
                                err);
    if (status)
        return status;
    size_t n = figure->n_panels;
    layout->titles = ses_calloc(n, sizeof *layout->titles);
    layout->rows = ses_calloc(n, sizeof *layout->rows);
    layout->channels = ses_calloc(n, sizeof *layout->channels);
    layout->row_trees = ses_calloc(n, sizeof *layout->row_trees);
    layout->column_trees = ses_calloc(n, sizeof *layout->column_trees);
    return layout->titles && layout->rows && layout->channels &&
                   layout->row_trees && layout->column_trees
               ? place(layout, err)
               : ses_fail_memory(err, "panels");
}

void ses_heatmap_layout_release(struct ses_heatmap_layout *layout)
{
    free(layout->titles);
    free(layout->rows);
    free(layout->channels);
    for (size_t i = 0; layout->row_trees && layout->column_trees &&
                       i < layout->figure->n_panels; i++) {
        ses_tree_release(&layout->row_trees[i]);
        ses_tree_release(&layout->column_trees[i]);
    }
    free(layout->row_trees);
    free(layout->column_trees);
    ses_row_panels_release(&layout->grid);
    ses_sheet_release(&layout->sheet);
    memset(layout, 0, sizeof *layout);
}

static void draw_trees(cairo_t *cr, const struct ses_heatmap_layout *layout,
                       size_t panel)
{
    struct ses_rect rows = ses_heatmap_row_tree(layout, panel);
    struct ses_rect columns = ses_heatmap_column_tree(layout, panel);
    /* Finer where leaves are near to each other. */
    double pitch =
        columns.width / (double)layout->figure->panels[panel].n_channels;
    struct ses_pen pen = ses_pen_grey(&layout->sheet.look, 0.25,
                                      fmin(0.4, fmax(0.1, 0.3 * pitch)));
    ses_pen_use(&pen, cr);
    ses_tree_draw(&layout->column_trees[panel], &columns, false, cr);
    cairo_set_line_width(cr, 0.4);
    ses_tree_draw(&layout->row_trees[panel], &rows, true, cr);
}

static void draw_figure(cairo_t *cr, const void *user)
{
    const struct ses_heatmap_layout *layout = user;
    const struct ses_heatmap_figure *figure = layout->figure;
    const struct ses_look *look = &layout->sheet.look;
    struct ses_pen pen = ses_pen_grey(look, 0.25, 0.5);
    for (size_t i = 0; i < figure->n_panels; i++) {
        const struct ses_rect *plot = &layout->grid.plots[i];
        struct ses_matrix matrix = { figure->n_classes,
                                     figure->panels[i].n_channels,
                                     figure->panels[i].mean, false };
        ses_matrix_draw(&matrix, &layout->bar.scale, plot, look, cr);
        ses_pen_use(&pen, cr);
        cairo_rectangle(cr, plot->x, plot->y, plot->width, plot->height);
        ses_channel_axis_mark(&layout->channels[i], plot->y + plot->height,
                              cr);
        if (ses_row_panels_named(&layout->grid, i))
            ses_points_mark_left(&layout->grid.rows[i], plot, cr);
        cairo_stroke(cr);
        if (figure->clustered)
            draw_trees(cr, layout, i);
    }
    ses_colour_bar_draw(&layout->bar, look, cr);
}

enum ses_status ses_plot_heatmap(const char *path,
                                 const struct ses_heatmap_figure *figure,
                                 const struct ses_plot_style *style,
                                 struct ses_error *err)
{
    struct ses_heatmap_layout layout;
    enum ses_status status =
        ses_heatmap_layout_init(&layout, figure, style, err);
    if (!status)
        status = ses_sheet_write(path, &layout.sheet, draw_figure, &layout,
                                 err);
    ses_heatmap_layout_release(&layout);
    return status;
}
