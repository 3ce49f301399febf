/* Where the parts of the figure of distributions lie. See distributions.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "plots/distributions.h"
#include "plots/frame.h"

static const double ROW = 12;     /* from ridge to ridge */
static const double OVERLAP = 1.4; /* a ridge's height over that */
static const double HIGH = 80 * SES_MM; /* of a panel of colours */
static const double BEFORE_BAR = 8;

static const char bar_label[] = "share of gates";

static enum ses_status check(const struct ses_distribution_figure *figure,
                             struct ses_error *err)
{
    if (figure->n_panels == 0)
        return ses_fail(err, SES_EUSAGE, "no blocks to plot");
    if (figure->n_classes == 0 || figure->bins == 0)
        return ses_fail(err, SES_EUSAGE, "no classes to plot");
    return SES_OK;
}

/* Of ridges: rows and what the highest one needs above the first. */
static double height_of(const struct ses_distribution_layout *layout)
{
    double n = (double)layout->figure->n_classes;
    return layout->many ? HIGH : ROW * (n + OVERLAP - 1);
}

double ses_distribution_x(const struct ses_distribution_layout *layout,
                          size_t panel, double gate)
{
    const struct ses_rect *plot = &layout->grid.plots[panel];
    const struct ses_ticks *ticks = &layout->ticks;
    struct ses_ruler axis = { (double)ticks->first * ticks->step,
                             (double)ticks->last * ticks->step, plot->x,
                             plot->x + plot->width };
    return ses_ruler_at(&axis, gate);
}

double ses_distribution_foot(const struct ses_distribution_layout *layout,
                             size_t panel, size_t class)
{
    const struct ses_rect *plot = &layout->grid.plots[panel];
    size_t below = layout->figure->n_classes - 1 - class;
    return plot->y + plot->height - ROW * (double)below;
}

double ses_distribution_rise(const struct ses_distribution_layout *layout,
                             size_t panel, double share, double most)
{
    return ROW * OVERLAP * share / most;
}

static struct ses_colour_scale
colours_of(const struct ses_distribution_figure *figure)
{
    double low = 0, high = 0;
    for (size_t i = 0; i < figure->n_panels; i++)
        ses_widen(figure->panels[i].share, figure->n_classes * figure->bins,
                  &low, &high);
    return ses_colour_scale_around(low, high, 5, false);
}

static enum ses_status fit(struct ses_distribution_layout *layout,
                           const struct ses_colour_scale *scale,
                           struct ses_error *err)
{
    const struct ses_distribution_figure *figure = layout->figure;
    const struct ses_sheet *sheet = &layout->sheet;
    double tick = ses_sheet_widest_tick(sheet, &layout->ticks);
    for (size_t i = 0; i < figure->n_panels; i++) {
        layout->titles[i] = figure->panels[i].name;
        layout->rows[i] = figure->classes;
    }
    layout->grid = (struct ses_row_panels){
        .titles = layout->titles,
        .panels = {
            .n = figure->n_panels,
            .width = sheet->width,
            .right = SES_SHEET_MARGIN +
                     (layout->many
                          ? BEFORE_BAR +
                                ses_colour_bar_width(sheet, scale, bar_label)
                          : tick / 2),
            .gutter = tick + 8,
            .below = SES_TICK + 0.5 + sheet->small,
            .row_gap = 5,
            .high = height_of(layout),
        },
    };
    return ses_row_panels_fit(&layout->grid, sheet, layout->rows,
                              figure->n_classes, err);
}

static enum ses_status place_head(struct ses_distribution_layout *layout,
                                  struct ses_error *err)
{
    const struct ses_look *look = &layout->sheet.look;
    struct ses_pen fill = ses_pen_of(look, 0);
    fill.alpha = 0.6;
    const struct ses_legend_entry entries[] = {
        { "share of gates, scaled by panel", SES_SAMPLE_BAND, fill },
        { "mean gate", SES_SAMPLE_DOT, ses_pen_ink(look, 0) },
    };
    return ses_sheet_head(&layout->sheet, layout->grid.panels.left, entries,
                          layout->many ? 0 : 2, err);
}

/* Numbers below a panel: all ticks, or the ends and the middle. */
static void name_gates(struct ses_distribution_layout *layout, size_t panel)
{
    struct ses_sheet *sheet = &layout->sheet;
    const struct ses_ticks *ticks = &layout->ticks;
    const struct ses_rect *plot = &layout->grid.plots[panel];
    long n = ticks->last - ticks->first;
    double pitch = plot->width / (double)n;
    int stride = 1;
    while (stride < n &&
           pitch * stride < ses_sheet_widest_tick(sheet, ticks) + 4)
        stride *= 2;
    for (long t = ticks->first; t <= ticks->last; t += stride)
        ses_sheet_tick(sheet, ticks, t, stride, SES_UPPER_CENTRE,
                       ses_distribution_x(layout, panel,
                                          (double)t * ticks->step),
                       plot->y + plot->height + layout->grid.beyond +
                           SES_TICK + 0.5);
}

static enum ses_status place(struct ses_distribution_layout *layout,
                             struct ses_error *err)
{
    const struct ses_distribution_figure *figure = layout->figure;
    struct ses_sheet *sheet = &layout->sheet;
    const struct ses_panels *panels = &layout->grid.panels;
    struct ses_colour_scale scale = colours_of(figure);
    enum ses_status status = fit(layout, &scale, err);
    if (!status)
        status = place_head(layout, err);
    if (status)
        return status;
    double top = sheet->y + panels->above;
    /* A ridge's name is where it stands, not in the middle of its row. */
    double n = (double)figure->n_classes;
    ses_row_panels_place(&layout->grid, sheet,
                         layout->many ? 1 : ROW * n / height_of(layout));
    for (size_t i = 0; i < figure->n_panels; i++)
        name_gates(layout, i);
    char gate[64];
    snprintf(gate, sizeof gate, "gate (%zu bins)", figure->bins);
    sheet->y += 1;
    sheet->y += ses_sheet_text(sheet, gate, SES_SIZE_LABEL, SES_UPPER_CENTRE,
                               (panels->left + sheet->width -
                                panels->right) / 2,
                               sheet->y)
                    .height;
    if (layout->many)
        layout->bar = ses_colour_bar_at_right(
            sheet, &scale, bar_label, top,
            fmin(panels->plot_height, 60 * SES_MM));
    return SES_OK;
}

enum ses_status ses_distribution_layout_init(
    struct ses_distribution_layout *layout,
    const struct ses_distribution_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err)
{
    memset(layout, 0, sizeof *layout);
    layout->figure = figure;
    enum ses_status status = check(figure, err);
    if (!status)
        status = ses_sheet_init(&layout->sheet, style,
                                figure->n_panels == 1 ? SES_COLUMN_MM
                                                      : SES_PAGE_MM,
                                err);
    if (status)
        return status;
    size_t n = figure->n_panels;
    layout->many = figure->n_classes > SES_MOST_RIDGES;
    layout->ticks = ses_ticks_around(figure->low, figure->high, 4);
    layout->titles = ses_calloc(n, sizeof *layout->titles);
    layout->rows = ses_calloc(n, sizeof *layout->rows);
    return layout->titles && layout->rows ? place(layout, err)
                                          : ses_fail_memory(err, "panels");
}

void ses_distribution_layout_release(struct ses_distribution_layout *layout)
{
    free(layout->titles);
    free(layout->rows);
    ses_row_panels_release(&layout->grid);
    ses_sheet_release(&layout->sheet);
    memset(layout, 0, sizeof *layout);
}
