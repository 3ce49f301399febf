/* See top-channels-layout.h. */
#include "plots/top-channels-layout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "plots/frame.h"

static const double INSET = 4;           /* from the plot's edge to the data */
static const double SIDE = 8 * SES_MM;   /* of a picture */
static const double BETWEEN = 1;         /* pictures */
static const double AXIS = 22 * SES_MM;  /* d' at least */
static const double COLUMN = 75 * SES_MM; /* wide enough for a panel */
static const double NARROWEST = 36 * SES_MM; /* a panel that can be read */
static const double GUTTER = 12;
static const double PANEL_GAP = 9;

static enum ses_status check(const struct ses_top_figure *figure,
                             struct ses_error *err)
{
    if (figure->n_panels == 0)
        return ses_fail(err, SES_EUSAGE, "no blocks to plot");
    for (size_t i = 0; i < figure->n_panels; i++)
        if (figure->panels[i].n_rows == 0)
            return ses_fail(err, SES_EUSAGE, "block '%s' has no channels",
                            figure->panels[i].block);
    return SES_OK;
}

/* 0 is always there: no difference. */
static struct ses_ticks ticks_of(const struct ses_top_figure *figure)
{
    double low = 0, high = 0;
    for (size_t i = 0; i < figure->n_panels; i++)
        for (size_t j = 0; j < figure->panels[i].n_rows; j++) {
            const struct ses_top_row *row = &figure->panels[i].rows[j];
            ses_widen(&row->d_prime, 1, &low, &high);
            ses_widen(&row->low, 1, &low, &high);
            ses_widen(&row->high, 1, &low, &high);
        }
    return ses_ticks_around(low, high, 6);
}

double ses_top_x(const struct ses_top_layout *layout, size_t panel,
                 double d_prime)
{
    const struct ses_rect *plot = &layout->plots[panel];
    const struct ses_ticks *ticks = &layout->ticks;
    double low = (double)ticks->first * ticks->step;
    double high = (double)ticks->last * ticks->step;
    return plot->x + INSET +
           (plot->width - 2 * INSET) * (d_prime - low) / (high - low);
}

double ses_top_y(const struct ses_top_layout *layout, size_t panel, size_t row)
{
    return layout->plots[panel].y + layout->row * ((double)row + 0.5);
}

struct ses_rect ses_top_picture(const struct ses_top_layout *layout,
                                size_t panel, size_t row, size_t picture)
{
    const struct ses_rect *plot = &layout->plots[panel];
    double x = plot->x + plot->width + layout->gap;
    return (struct ses_rect){ x + layout->pitch * (double)picture,
                              ses_top_y(layout, panel, row) - layout->side / 2,
                              layout->side, layout->side };
}

static double widest_channel(const struct ses_top_layout *layout)
{
    double widest =
        ses_sheet_text_width(&layout->sheet, "channel", SES_SIZE_SMALL);
    for (size_t i = 0; i < layout->figure->n_panels; i++)
        for (size_t j = 0; j < layout->figure->panels[i].n_rows; j++) {
            char text[16];
            snprintf(text, sizeof text, "%d",
                     layout->figure->panels[i].rows[j].channel);
            widest = fmax(widest, ses_sheet_text_width(&layout->sheet, text,
                                                       SES_SIZE_SMALL));
        }
    return widest;
}

static void name_ticks(struct ses_top_layout *layout, size_t panel)
{
    const struct ses_rect *plot = &layout->plots[panel];
    const struct ses_ticks *ticks = &layout->ticks;
    double pitch = ses_top_x(layout, panel, ticks->step) -
                   ses_top_x(layout, panel, 0);
    double widest = ses_sheet_widest_tick(&layout->sheet, ticks);
    int stride = pitch >= widest + 4 ? 1 : 2;
    for (long t = ticks->first; t <= ticks->last; t++) {
        if (t % stride != 0)
            continue;
        char text[64];
        ses_tick_text(ticks, t, stride, text, sizeof text);
        ses_sheet_text(&layout->sheet, text, SES_SIZE_SMALL, SES_UPPER_CENTRE,
                       ses_top_x(layout, panel, (double)t * ticks->step),
                       plot->y + plot->height + SES_TICK + 0.5);
    }
}

/* A panel from x, y on, `width` wide; returns its height. names: width of the
 * channels'. */
static double place_panel(struct ses_top_layout *layout, size_t index,
                          double x, double y, double width, double names)
{
    struct ses_sheet *sheet = &layout->sheet;
    const struct ses_top_panel *panel = &layout->figure->panels[index];
    const struct ses_font font = { .size = SES_SIZE_LABEL, .bold = true,
                                   .most = width };
    char *title = ses_format("%s \u00b7 %s", panel->block, panel->class_name);
    if (!title)
        sheet->labels.failed = true;
    double top = y;
    if (title)
        y += ses_captions_add(&sheet->labels, sheet->type, title, &font,
                              SES_UPPER_LEFT, x, y)
                 .height +
             1;
    free(title);
    double left = x + names + SES_TICK + 1.5;
    double pictures = layout->n_pictures
                          ? layout->gap +
                                layout->pitch * (double)layout->n_pictures -
                                BETWEEN
                          : 0;
    struct ses_rect *plot = &layout->plots[index];
    *plot = (struct ses_rect){ left, y + sheet->small + 1,
                               x + width - pictures - left,
                               layout->row * (double)panel->n_rows };
    ses_sheet_text(sheet, "channel", SES_SIZE_SMALL, SES_UPPER_LEFT, x, y);
    ses_sheet_text(sheet, "d\u2032", SES_SIZE_SMALL, SES_UPPER_CENTRE,
                   plot->x + plot->width / 2, y);
    if (layout->n_pictures)
        ses_captions_add(&sheet->labels, sheet->type,
                         layout->n_pictures > 1 ? "images that drive it"
                                                : "image",
                         &(struct ses_font){ .size = SES_SIZE_SMALL,
                                             .most = pictures - layout->gap },
                         SES_UPPER_LEFT, plot->x + plot->width + layout->gap,
                         y);
    for (size_t i = 0; i < panel->n_rows; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", panel->rows[i].channel);
        ses_sheet_text(sheet, text, SES_SIZE_SMALL, SES_MIDDLE_RIGHT,
                       plot->x - SES_TICK - 1.5,
                       ses_top_y(layout, index, i));
    }
    name_ticks(layout, index);
    return plot->y + plot->height + SES_TICK + 0.5 + sheet->small - top;
}

static size_t columns_of(const struct ses_top_layout *layout)
{
    size_t wanted = (size_t)layout->sheet.style.columns;
    if (!wanted)
        wanted = (size_t)fmax(layout->sheet.width / COLUMN, 1);
    return wanted < layout->figure->n_panels ? wanted
                                             : layout->figure->n_panels;
}

/* Pictures that go beside the axis in a panel so wide. */
static void fit_pictures(struct ses_top_layout *layout, double width,
                         double names)
{
    double room = width - names - SES_TICK - 1.5 - AXIS - layout->gap;
    double fitting = floor((room + BETWEEN) / layout->pitch);
    layout->n_pictures = layout->figure->n_pictures;
    if (fitting < (double)layout->n_pictures)
        layout->n_pictures = (size_t)fmax(fitting, 0);
    layout->row = layout->n_pictures ? layout->side + BETWEEN
                                     : layout->sheet.small + 2;
}

static enum ses_status place(struct ses_top_layout *layout,
                             struct ses_error *err)
{
    struct ses_sheet *sheet = &layout->sheet;
    size_t n = layout->figure->n_panels, columns = columns_of(layout);
    double names = widest_channel(layout);
    double width = (sheet->width - 2 * SES_SHEET_MARGIN -
                    GUTTER * (double)(columns - 1)) /
                   (double)columns;
    if (width < NARROWEST)
        return ses_fail(err, SES_EUSAGE,
                        "%zu columns of panels in %.0f mm are %.0f mm wide, "
                        "expected at least %.0f",
                        columns, sheet->style.width_mm,
                        fmax(width / SES_MM, 0), NARROWEST / SES_MM);
    layout->side = SIDE;
    layout->pitch = SIDE + BETWEEN;
    layout->gap = 4;
    fit_pictures(layout, width, names);
    struct ses_legend_entry interval = { layout->figure->interval_label,
                                         SES_SAMPLE_LINE,
                                         ses_pen_of(&sheet->look, 0) };
    enum ses_status status = ses_sheet_head(sheet, SES_SHEET_MARGIN, &interval,
                                            interval.text ? 1 : 0, err);
    if (status)
        return status;
    double top = sheet->y, lowest = top;
    for (size_t i = 0; i < n; i++) {
        if (i && i % columns == 0)
            top = lowest + PANEL_GAP;
        double x = SES_SHEET_MARGIN + (width + GUTTER) * (double)(i % columns);
        lowest = fmax(lowest,
                      top + place_panel(layout, i, x, top, width, names));
    }
    sheet->y = lowest;
    return SES_OK;
}

enum ses_status ses_top_layout_init(struct ses_top_layout *layout,
                                    const struct ses_top_figure *figure,
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
    if (status)
        return status;
    layout->ticks = ticks_of(figure);
    layout->plots = ses_calloc(figure->n_panels, sizeof *layout->plots);
    return layout->plots ? place(layout, err)
                         : ses_fail_memory(err, "panels");
}

void ses_top_layout_release(struct ses_top_layout *layout)
{
    free(layout->plots);
    ses_sheet_release(&layout->sheet);
    memset(layout, 0, sizeof *layout);
}
