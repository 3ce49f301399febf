/* See rdm-layout.h. */
#include "plots/rdm-layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "plots/frame.h"

static const double GUTTER = 6;
static const double BEFORE_BAR = 8;
static const double BAR = 60 * SES_MM; /* at most as high */

static enum ses_status check(const struct ses_rdm_figure *figure,
                             struct ses_error *err)
{
    if (figure->n_panels == 0)
        return ses_fail(err, SES_EUSAGE, "no blocks to plot");
    if (figure->n_classes < 2)
        return ses_fail(err, SES_EUSAGE,
                        "%zu class%s, expected two or more to tell apart",
                        figure->n_classes, figure->n_classes ? "" : "es");
    return SES_OK;
}

static struct ses_colour_scale scale_of(const struct ses_rdm_figure *figure)
{
    double low = 0, high = 0;
    size_t cells = figure->n_classes * figure->n_classes;
    for (size_t i = 0; i < figure->n_panels; i++)
        ses_widen(figure->panels[i].values, cells, &low, &high);
    return ses_colour_scale_around(low, high, 5, false);
}

bool ses_rdm_named_left(const struct ses_rdm_layout *layout, size_t panel)
{
    return layout->named && panel % (size_t)layout->panels.columns == 0;
}

bool ses_rdm_named_below(const struct ses_rdm_layout *layout, size_t panel)
{
    return layout->named &&
           panel + (size_t)layout->panels.columns >= layout->figure->n_panels;
}

/* Panels with names of classes when all of them have room, else without. */
static enum ses_status fit(struct ses_rdm_layout *layout, double beside,
                           const char *const *titles, struct ses_font *font,
                           struct ses_error *err)
{
    struct ses_sheet *sheet = &layout->sheet;
    size_t n = layout->figure->n_classes;
    double names = ses_points_widest(&layout->points, sheet) + SES_TICK + 1.5;
    struct ses_panels bare = {
        .n = layout->figure->n_panels,
        .width = sheet->width,
        .left = SES_SHEET_MARGIN + sheet->line + 3,
        .right = beside + SES_SHEET_MARGIN,
        .gutter = GUTTER,
        .above = sheet->line + 1.5,
        .row_gap = 5,
        .square = true,
    };
    layout->panels = bare;
    layout->panels.left = SES_SHEET_MARGIN + names;
    struct ses_error ignored = { 0 };
    enum ses_status status = ses_panels_fit_titles(
        &layout->panels, sheet, titles, font, &ignored);
    layout->named = !status && layout->panels.plot_width / (double)n >=
                                   sheet->small + 0.5;
    if (layout->named)
        return SES_OK;
    layout->panels = bare;
    return ses_panels_fit_titles(&layout->panels, sheet, titles, font, err);
}

static void count_classes(struct ses_rdm_layout *layout, double top,
                          double height)
{
    const struct ses_panels *panels = &layout->panels;
    struct ses_sheet *sheet = &layout->sheet;
    char text[32];
    snprintf(text, sizeof text, "%zu classes", layout->figure->n_classes);
    ses_sheet_text(sheet, text, SES_SIZE_LABEL, SES_MIDDLE_RISING,
                   SES_SHEET_MARGIN, top + height / 2);
    double centre = (panels->left + panels->width - panels->right) / 2;
    sheet->y += 1;
    sheet->y += ses_sheet_text(sheet, text, SES_SIZE_LABEL, SES_UPPER_CENTRE,
                               centre, sheet->y)
                    .height;
}

static enum ses_status place(struct ses_rdm_layout *layout,
                             struct ses_error *err)
{
    const struct ses_rdm_figure *figure = layout->figure;
    struct ses_sheet *sheet = &layout->sheet;
    struct ses_colour_scale scale = scale_of(figure);
    double beside = BEFORE_BAR +
                    ses_colour_bar_width(sheet, &scale, figure->label);
    const char **titles = ses_calloc(figure->n_panels, sizeof *titles);
    if (!titles)
        return ses_fail_memory(err, "panels");
    for (size_t i = 0; i < figure->n_panels; i++)
        titles[i] = figure->panels[i].name;
    struct ses_font font;
    enum ses_status status = fit(layout, beside, titles, &font, err);
    free(titles);
    if (!status)
        status = ses_sheet_head(sheet, layout->panels.left, NULL, 0, err);
    if (status)
        return status;
    double top = sheet->y, height = ses_panels_height(&layout->panels);
    sheet->y += height;
    double lowest = sheet->y;
    for (size_t i = 0; i < figure->n_panels; i++) {
        struct ses_rect square = ses_panels_plot(&layout->panels, i, top);
        layout->squares[i] = square;
        ses_captions_add(&sheet->labels, sheet->type, figure->panels[i].name,
                         &font, SES_LOWER_LEFT, square.x, square.y - 1.5);
        if (ses_rdm_named_below(layout, i))
            lowest = fmax(lowest, square.y + square.height +
                                      ses_points_name_below(
                                          &layout->points, sheet, &square,
                                          square.y + square.height, true));
        if (ses_rdm_named_left(layout, i))
            ses_points_name_left(&layout->points, sheet, &square, true);
    }
    sheet->y = lowest;
    const struct ses_rect *first = &layout->squares[0];
    layout->bar = ses_colour_bar_place(
        sheet, &scale, figure->label,
        sheet->width - SES_SHEET_MARGIN - beside + BEFORE_BAR, first->y,
        fmin(fmax(first->height, top + height - first->y), BAR));
    if (!layout->named)
        count_classes(layout, top, height);
    return SES_OK;
}

enum ses_status ses_rdm_layout_init(struct ses_rdm_layout *layout,
                                    const struct ses_rdm_figure *figure,
                                    const struct ses_plot_style *style,
                                    struct ses_error *err)
{
    memset(layout, 0, sizeof *layout);
    layout->figure = figure;
    enum ses_status status = check(figure, err);
    if (!status)
        status = ses_sheet_init(&layout->sheet, style,
                                figure->n_panels == 1 ? SES_COLUMN_MM
                                                      : SES_PAGE_MM,
                                err);
    if (!status)
        status = ses_points_init(&layout->points, figure->n_classes,
                                 figure->classes, NULL, err);
    if (status)
        return status;
    layout->points.words = true;
    layout->squares = ses_calloc(figure->n_panels, sizeof *layout->squares);
    return layout->squares ? place(layout, err)
                           : ses_fail_memory(err, "panels");
}

void ses_rdm_layout_release(struct ses_rdm_layout *layout)
{
    free(layout->squares);
    ses_points_release(&layout->points);
    ses_sheet_release(&layout->sheet);
    memset(layout, 0, sizeof *layout);
}
