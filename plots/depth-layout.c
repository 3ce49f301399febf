/* Where the parts of figures of depth lie. See depth-layout.h. */
#include "plots/depth-layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"

static const double INSET = 3;         /* from the plot's edge to the data */
static const double CELL = 9 * SES_MM; /* largest, of a matrix */
static const double BEFORE_BAR = 10;
static const double PANEL_GAP = 9;
static const double COLUMN_GAP = 9;
static const double BESIDE = 80 * SES_MM; /* matrices as wide as this */

/* The part of the page's width that a panel has. */
struct strip {
    double left, right;
};

static enum ses_status check(const struct ses_depth_figure *figure,
                             struct ses_error *err)
{
    if (figure->n_panels == 0)
        return ses_fail(err, SES_EUSAGE, "no panels to plot");
    for (size_t i = 0; i < figure->n_panels; i++)
        if (figure->panels[i].n_points == 0)
            return ses_fail(err, SES_EUSAGE, "a panel has no points");
    return SES_OK;
}

static enum ses_status name_series(struct ses_depth_layout *layout,
                                   struct ses_error *err)
{
    const struct ses_depth_figure *figure = layout->figure;
    for (size_t i = 0; i < figure->n_panels; i++)
        for (size_t k = 0; k < figure->panels[i].n_series; k++) {
            const struct ses_depth_series *series =
                &figure->panels[i].series[k];
            if (series->reference ||
                ses_depth_index(layout, series->name) < layout->n_names)
                continue;
            if (layout->n_names == SES_MOST_PENS)
                return ses_fail(err, SES_EUSAGE,
                                "more than %d lines cannot be told apart",
                                (int)SES_MOST_PENS);
            layout->names[layout->n_names++] = series->name;
        }
    return SES_OK;
}

size_t ses_depth_index(const struct ses_depth_layout *layout,
                       const char *name)
{
    size_t i = 0;
    while (i < layout->n_names && strcmp(layout->names[i], name) != 0)
        i++;
    return i;
}

struct ses_pen ses_depth_pen(const struct ses_depth_layout *layout,
                             const struct ses_depth_series *series)
{
    const struct ses_look *look = &layout->sheet.look;
    struct ses_pen pen =
        series->reference
            ? ses_pen_grey(look, 0.4, 0.8)
            : ses_pen_of(look, ses_depth_index(layout, series->name));
    if (pen.n_dash == 0 && (series->dashed || series->reference)) {
        pen.n_dash = 2;
        pen.dash[0] = series->reference ? 2 : 4;
        pen.dash[1] = 2;
    }
    return pen;
}

bool ses_depth_is_whole(const struct ses_depth_panel *panel)
{
    return panel->kind == SES_DEPTH_MATRIX && panel->least < panel->most;
}

static double plot_height(const struct ses_depth_layout *layout)
{
    return fmin(fmax(0.42 * layout->sheet.width, 34 * SES_MM), 55 * SES_MM);
}

/* 0 is always there: no change, no variance. What reaches a little beyond it
 * has room between the plot's edge and the first tick. */
static struct ses_ticks ticks_of(const struct ses_depth_layout *layout,
                                 const struct ses_depth_panel *panel)
{
    double low = 0, high = 0, height = plot_height(layout);
    for (size_t k = 0; k < panel->n_series; k++) {
        const struct ses_depth_series *series = &panel->series[k];
        ses_widen(series->value, panel->n_points, &low, &high);
        ses_widen(series->low, panel->n_points, &low, &high);
        ses_widen(series->high, panel->n_points, &low, &high);
    }
    double little = INSET / height * (high - low);
    if (-low < little)
        low = 0;
    if (high < little)
        high = 0;
    return ses_ticks_around(low, high, height > 40 * SES_MM ? 6 : 4);
}

/* Of all plots, so that one's points stand over the next's. */
static double left_of_plots(const struct ses_depth_layout *layout)
{
    const struct ses_depth_figure *figure = layout->figure;
    double left = 0;
    for (size_t i = 0; i < figure->n_panels; i++) {
        if (figure->panels[i].kind == SES_DEPTH_MATRIX)
            continue;
        struct ses_ticks ticks = ticks_of(layout, &figure->panels[i]);
        left = fmax(left, ses_frame_left(&layout->sheet, &ticks, true));
    }
    return left;
}

/* Of a whole matrix its own, else one below the diagonals of all. */
static struct ses_colour_scale
colours_of(const struct ses_depth_figure *figure,
           const struct ses_depth_panel *panel)
{
    if (ses_depth_is_whole(panel))
        return ses_colour_scale_around(panel->least, panel->most, 4,
                                       panel->least < 0);
    double low = 0, high = 0;
    for (size_t p = 0; p < figure->n_panels; p++) {
        const struct ses_depth_panel *other = &figure->panels[p];
        size_t n = other->n_points;
        if (other->kind == SES_DEPTH_MATRIX && !ses_depth_is_whole(other))
            for (size_t i = 0; i < n; i++)
                ses_widen(other->matrix + i * n, i, &low, &high);
    }
    return ses_colour_scale_around(low, high, 4, true);
}

/* ---- panels -------------------------------------------------------------- */

/* Dots and lines. */
static void place_plot(struct ses_depth_layout *layout, size_t index,
                       struct strip strip)
{
    struct ses_sheet *sheet = &layout->sheet;
    const struct ses_depth_panel *panel = &layout->figure->panels[index];
    struct ses_depth_place *place = &layout->places[index];
    double height = plot_height(layout);
    double left = strip.left + left_of_plots(layout);
    if (panel->stage)
        sheet->y += sheet->small + 1;
    struct ses_rect plot = { left, sheet->y, strip.right - 2 - left, height };
    place->frame =
        (struct ses_frame){ plot, ticks_of(layout, panel), INSET };
    ses_frame_name(&place->frame, sheet);
    ses_points_name_stages(&place->points, sheet, &plot);
    if (panel->down)
        ses_captions_add(&sheet->labels, sheet->type, panel->down,
                         &(struct ses_font){ .size = SES_SIZE_LABEL,
                                             .most = height + 20 },
                         SES_MIDDLE_RISING, strip.left + SES_SHEET_MARGIN,
                         plot.y + height / 2);
    sheet->y += height;
    sheet->y += ses_points_name_below(&place->points, sheet, &plot, sheet->y,
                                      panel->across == NULL);
}

/* Room that the widest scale of colours takes beside its matrix. */
static double beside_matrix(const struct ses_depth_layout *layout)
{
    const struct ses_depth_figure *figure = layout->figure;
    double widest = 0;
    for (size_t i = 0; i < figure->n_panels; i++) {
        const struct ses_depth_panel *panel = &figure->panels[i];
        if (panel->kind != SES_DEPTH_MATRIX)
            continue;
        struct ses_colour_scale scale = colours_of(figure, panel);
        widest = fmax(widest, ses_colour_bar_width(&layout->sheet, &scale,
                                                   panel->down));
    }
    return BEFORE_BAR + widest;
}

static void place_matrix(struct ses_depth_layout *layout, size_t index,
                         struct strip strip)
{
    struct ses_sheet *sheet = &layout->sheet;
    const struct ses_depth_panel *panel = &layout->figure->panels[index];
    struct ses_depth_place *place = &layout->places[index];
    struct ses_points *points = &place->points;
    struct ses_colour_scale scale = colours_of(layout->figure, panel);
    double n = (double)panel->n_points;
    double left = strip.left + SES_SHEET_MARGIN +
                  ses_points_widest(points, sheet) + 1.5 + SES_TICK;
    double side = fmin(strip.right - left - beside_matrix(layout), n * CELL);
    /* The first and last row's names reach beyond small cells. */
    double beyond = fmax(sheet->small - side / n, 0) / 2;
    struct ses_rect plot = { left, sheet->y + beyond, side, side };
    place->frame.plot = plot;
    place->bar = ses_colour_bar_place(sheet, &scale, panel->down,
                                      left + side + BEFORE_BAR, plot.y,
                                      fmin(side, 60 * SES_MM));
    sheet->y = plot.y + side + beyond;
    sheet->y += ses_points_name_below(points, sheet, &plot, sheet->y, true);
    ses_points_name_left(points, sheet, &plot, false);
}

static void place_panel(struct ses_depth_layout *layout, size_t index,
                        struct strip strip)
{
    struct ses_sheet *sheet = &layout->sheet;
    const struct ses_depth_panel *panel = &layout->figure->panels[index];
    if (panel->name)
        sheet->y += ses_captions_add(&sheet->labels, sheet->type, panel->name,
                                     &(struct ses_font){
                                         .size = SES_SIZE_LABEL,
                                         .bold = true },
                                     SES_UPPER_LEFT,
                                     strip.left + SES_SHEET_MARGIN, sheet->y)
                        .height +
                    2;
    if (panel->kind == SES_DEPTH_MATRIX)
        place_matrix(layout, index, strip);
    else
        place_plot(layout, index, strip);
    if (panel->across) {
        struct ses_rect plot = layout->places[index].frame.plot;
        sheet->y += ses_sheet_text(sheet, panel->across, SES_SIZE_LABEL,
                                   SES_UPPER_CENTRE, plot.x + plot.width / 2,
                                   sheet->y + 1)
                        .height +
                    1;
    }
}

static bool is_entry(const struct ses_legend_entry *entries, size_t n,
                     const char *text)
{
    while (n > 0 && strcmp(entries[n - 1].text, text) != 0)
        n--;
    return n > 0;
}

/* How many panels go beside each other from this one on: as many as are asked
 * for, else matrices, which are square, where they have room. */
static size_t columns_from(const struct ses_depth_layout *layout, size_t panel)
{
    const struct ses_depth_figure *figure = layout->figure;
    size_t left = figure->n_panels - panel, n = 0;
    size_t asked = (size_t)layout->sheet.style.columns;
    if (asked > 0)
        return ses_least(left, asked);
    while (n < left && figure->panels[panel + n].kind == SES_DEPTH_MATRIX &&
           (double)(n + 1) * BESIDE <= layout->sheet.width)
        n++;
    return n ? n : 1;
}

enum { MOST_ENTRIES = SES_MOST_PENS + 4 };

/* Every name once: of references, or of the others. */
static size_t add_entries(const struct ses_depth_layout *layout,
                          bool references, enum ses_sample sample,
                          struct ses_legend_entry *entries, size_t n)
{
    for (size_t i = 0; i < layout->figure->n_panels; i++) {
        const struct ses_depth_panel *panel = &layout->figure->panels[i];
        for (size_t k = 0; k < panel->n_series && n < MOST_ENTRIES; k++) {
            const struct ses_depth_series *series = &panel->series[k];
            if (series->reference == references &&
                !is_entry(entries, n, series->name))
                entries[n++] = (struct ses_legend_entry){
                    series->name, sample, ses_depth_pen(layout, series)
                };
        }
    }
    return n;
}

static enum ses_status place_head(struct ses_depth_layout *layout,
                                  struct ses_error *err)
{
    const struct ses_look *look = &layout->sheet.look;
    const struct ses_depth_figure *figure = layout->figure;
    struct ses_legend_entry entries[MOST_ENTRIES + 1];
    size_t n = 0;
    bool lines = false, intervals = false;
    for (size_t i = 0; i < figure->n_panels; i++) {
        const struct ses_depth_panel *panel = &figure->panels[i];
        lines |= panel->kind == SES_DEPTH_LINES;
        for (size_t k = 0; k < panel->n_series; k++)
            intervals |= !panel->series[k].reference &&
                         panel->series[k].low && panel->series[k].high;
    }
    enum ses_sample sample = lines ? SES_SAMPLE_LINE : SES_SAMPLE_DOT;
    n = add_entries(layout, false, sample, entries, n);
    n = add_entries(layout, true, SES_SAMPLE_LINE, entries, n);
    if (intervals && figure->interval_label) {
        struct ses_pen grey = ses_pen_grey(look, 0.5, lines ? 0 : 0.9);
        grey.alpha = lines ? 0.35 : 1;
        entries[n++] = (struct ses_legend_entry){
            figure->interval_label,
            lines ? SES_SAMPLE_BAND : SES_SAMPLE_LINE, grey
        };
    }
    return ses_sheet_head(&layout->sheet, SES_SHEET_MARGIN, entries, n, err);
}

/* One row from a panel on; `columns` would fill it. */
static enum ses_status place_row(struct ses_depth_layout *layout, size_t first,
                                 size_t count, size_t columns,
                                 struct ses_error *err)
{
    struct ses_sheet *sheet = &layout->sheet;
    double top = sheet->y, lowest = top;
    double pitch = (sheet->width - SES_SHEET_MARGIN + COLUMN_GAP) /
                   (double)columns;
    for (size_t i = 0; i < count; i++) {
        size_t panel = first + i;
        struct ses_depth_place *place = &layout->places[panel];
        enum ses_status status =
            ses_points_init(&place->points,
                            layout->figure->panels[panel].n_points,
                            layout->figure->panels[panel].points,
                            layout->figure->panels[panel].stage, err);
        if (status)
            return status;
        double left = pitch * (double)i;
        sheet->y = top;
        place_panel(layout, panel,
                    (struct strip){ left, left + pitch - COLUMN_GAP });
        lowest = fmax(lowest, sheet->y);
        double plot = place->frame.plot.width;
        if (plot < 8 * SES_MM)
            return ses_fail(err, SES_EUSAGE,
                            "names leave %.0f of %.0f mm for a plot, expected "
                            "at least 8",
                            fmax(plot / SES_MM, 0), sheet->style.width_mm);
    }
    sheet->y = lowest;
    return SES_OK;
}

static enum ses_status place(struct ses_depth_layout *layout,
                             struct ses_error *err)
{
    size_t n = layout->figure->n_panels, count;
    size_t asked = (size_t)layout->sheet.style.columns;
    enum ses_status status = place_head(layout, err);
    for (size_t i = 0; !status && i < n; i += count) {
        count = columns_from(layout, i);
        /* A last row that is not full keeps the others' columns. */
        size_t columns = ses_least(asked, n);
        layout->sheet.y += i ? PANEL_GAP : 0;
        status = place_row(layout, i, count, columns ? columns : count, err);
    }
    return status;
}

enum ses_status ses_depth_layout_init(
    struct ses_depth_layout *layout,
    const struct ses_depth_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err)
{
    memset(layout, 0, sizeof *layout);
    layout->figure = figure;
    enum ses_status status = check(figure, err);
    if (!status)
        status = name_series(layout, err);
    if (!status)
        status = ses_sheet_init(&layout->sheet, style, SES_PAGE_MM, err);
    if (status)
        return status;
    layout->places = ses_calloc(figure->n_panels, sizeof *layout->places);
    return layout->places ? place(layout, err)
                          : ses_fail_memory(err, "panels");
}

void ses_depth_layout_release(struct ses_depth_layout *layout)
{
    for (size_t i = 0; layout->places && i < layout->figure->n_panels; i++)
        ses_points_release(&layout->places[i].points);
    free(layout->places);
    ses_sheet_release(&layout->sheet);
    memset(layout, 0, sizeof *layout);
}
