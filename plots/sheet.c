/* See sheet.h. */
#include "plots/sheet.h"

#include <math.h>
#include <string.h>

enum ses_status ses_sheet_init(struct ses_sheet *sheet,
                               const struct ses_plot_style *style,
                               double width_mm, struct ses_error *err)
{
    memset(sheet, 0, sizeof *sheet);
    if (style)
        sheet->style = *style;
    struct ses_plot_style *own = &sheet->style;
    if (own->width_mm == 0)
        own->width_mm = width_mm;
    if (own->dpi == 0)
        own->dpi = 300;
    if (!(own->width_mm >= 40 && own->width_mm <= 2000))
        return ses_fail(err, SES_EUSAGE,
                        "a figure %g mm wide, expected 40 to 2000",
                        own->width_mm);
    if (!(own->dpi >= 30 && own->dpi <= 2400))
        return ses_fail(err, SES_EUSAGE, "%g dpi, expected 30 to 2400",
                        own->dpi);
    enum ses_status status = ses_type_new(own->font, &sheet->type, err);
    if (status)
        return status;
    sheet->look = ses_look_of(own);
    sheet->width = own->width_mm * SES_MM;
    sheet->y = SES_SHEET_MARGIN;
    double width;
    ses_text_measure(sheet->type, "Mg",
                     &(struct ses_font){ .size = SES_SIZE_LABEL }, &width,
                     &sheet->line);
    ses_text_measure(sheet->type, "Mg",
                     &(struct ses_font){ .size = SES_SIZE_SMALL }, &width,
                     &sheet->small);
    return SES_OK;
}

void ses_sheet_release(struct ses_sheet *sheet)
{
    ses_type_free(sheet->type);
    ses_legend_release(&sheet->legend);
    ses_captions_release(&sheet->labels);
    memset(sheet, 0, sizeof *sheet);
}

enum ses_status ses_sheet_head(struct ses_sheet *sheet, double left,
                               const struct ses_legend_entry *entries,
                               size_t n_entries, struct ses_error *err)
{
    double room = sheet->width - left - SES_SHEET_MARGIN;
    if (sheet->style.title && *sheet->style.title) {
        struct ses_font font = { .size = SES_SIZE_TITLE, .bold = true,
                                 .lines = 3, .most = room };
        sheet->y += ses_captions_add(&sheet->labels, sheet->type,
                                     sheet->style.title, &font,
                                     SES_UPPER_LEFT, left, sheet->y)
                        .height +
                    3;
    }
    enum ses_status status =
        ses_legend_place(&sheet->legend, &sheet->labels, sheet->type,
                         SES_SIZE_SMALL, entries, n_entries, left, sheet->y,
                         room, err);
    if (!status && n_entries)
        sheet->y += sheet->legend.box.height + 4;
    return status;
}

struct ses_rect ses_sheet_text(struct ses_sheet *sheet, const char *text,
                               double size, enum ses_anchor anchor, double x,
                               double y)
{
    return ses_captions_add(&sheet->labels, sheet->type, text,
                            &(struct ses_font){ .size = size }, anchor, x, y);
}

double ses_sheet_text_width(const struct ses_sheet *sheet, const char *text,
                            double size)
{
    double width, height;
    ses_text_measure(sheet->type, text, &(struct ses_font){ .size = size },
                     &width, &height);
    return width;
}

void ses_sheet_tick(struct ses_sheet *sheet, const struct ses_ticks *ticks,
                    long tick, int stride, enum ses_anchor anchor, double x,
                    double y)
{
    char text[64];
    ses_tick_text(ticks, tick, stride, text, sizeof text);
    ses_sheet_text(sheet, text, SES_SIZE_SMALL, anchor, x, y);
}

double ses_sheet_widest_tick(const struct ses_sheet *sheet,
                             const struct ses_ticks *ticks)
{
    double widest = 0;
    for (long t = ticks->first; t <= ticks->last; t++) {
        char text[64];
        ses_tick_text(ticks, t, 1, text, sizeof text);
        widest = fmax(widest,
                      ses_sheet_text_width(sheet, text, SES_SIZE_SMALL));
    }
    return widest;
}

struct painting {
    const struct ses_sheet *sheet;
    ses_draw *draw;
    const void *user;
};

static void paint(cairo_t *cr, const void *user)
{
    const struct painting *painting = user;
    painting->draw(cr, painting->user);
    ses_legend_draw(&painting->sheet->legend, cr);
    ses_colour_use(painting->sheet->look.ink, cr);
    ses_captions_draw(&painting->sheet->labels, cr);
}

enum ses_status ses_sheet_write(const char *path, struct ses_sheet *sheet,
                                ses_draw *draw, const void *user,
                                struct ses_error *err)
{
    if (sheet->labels.failed)
        return ses_fail_memory(err, "labels");
    struct ses_page page = { .width = sheet->width,
                             .height = sheet->y + SES_SHEET_MARGIN,
                             .dpi = sheet->style.dpi,
                             .title = sheet->style.title,
                             .paper = sheet->look.paper,
                             .picture = sheet->style.picture };
    struct painting painting = { sheet, draw, user };
    return ses_canvas_write(path, &page, paint, &painting, err);
}
