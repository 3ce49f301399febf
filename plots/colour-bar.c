/* See colour-bar.h. */
#include "plots/colour-bar.h"

#include <math.h>

static const double BAR = 6; /* width of the colours */
static const double GAP = 1.5;
static const double BEFORE_LABEL = 3;

double ses_colour_bar_width(const struct ses_sheet *sheet,
                            const struct ses_colour_scale *scale,
                            const char *label)
{
    return BAR + SES_TICK + GAP + ses_sheet_widest_tick(sheet, &scale->ticks) +
           (label ? BEFORE_LABEL + sheet->line : 0);
}

double ses_colour_bar_y(const struct ses_colour_bar *bar, double value)
{
    const struct ses_ticks *ticks = &bar->scale.ticks;
    struct ses_ruler axis = { (double)ticks->first * ticks->step,
                             (double)ticks->last * ticks->step,
                             bar->box.y + bar->box.height, bar->box.y };
    return ses_ruler_at(&axis, value);
}

struct ses_colour_bar ses_colour_bar_place(struct ses_sheet *sheet,
                                           const struct ses_colour_scale *scale,
                                           const char *label, double x,
                                           double y, double height)
{
    struct ses_colour_bar bar = { *scale, { x, y, BAR, height } };
    const struct ses_ticks *ticks = &scale->ticks;
    double pitch = height / (double)(ticks->last - ticks->first);
    int stride = pitch >= sheet->small + 1 ? 1 : 2;
    for (long t = ticks->first; t <= ticks->last; t++)
        if (t % stride == 0)
            ses_sheet_tick(sheet, ticks, t, stride, SES_UPPER_LEFT,
                           x + BAR + SES_TICK + GAP,
                           ses_colour_bar_y(&bar, (double)t * ticks->step) -
                               sheet->small / 2);
    if (label)
        ses_captions_add(&sheet->labels, sheet->type, label,
                         &(struct ses_font){ .size = SES_SIZE_LABEL,
                                             .most = height + 20 },
                         SES_MIDDLE_RISING,
                         x + ses_colour_bar_width(sheet, scale, NULL) +
                             BEFORE_LABEL,
                         y + height / 2);
    return bar;
}

struct ses_colour_bar ses_colour_bar_at_right(
    struct ses_sheet *sheet, const struct ses_colour_scale *scale,
    const char *label, double y, double height)
{
    double x = sheet->width - SES_SHEET_MARGIN -
               ses_colour_bar_width(sheet, scale, label);
    return ses_colour_bar_place(sheet, scale, label, x, y, height);
}

void ses_colour_bar_draw(const struct ses_colour_bar *bar,
                         const struct ses_look *look, cairo_t *cr)
{
    enum { STEPS = 64 };
    const struct ses_rect *box = &bar->box;
    const struct ses_ticks *ticks = &bar->scale.ticks;
    double step = box->height / STEPS;
    double low = (double)ticks->first * ticks->step;
    double high = (double)ticks->last * ticks->step;
    for (int i = 0; i < STEPS; i++) {
        double value = high - (i + 0.5) / STEPS * (high - low);
        ses_colour_use(ses_colour_of(&bar->scale, look, value), cr);
        /* A little over the next: no seams where edges are smoothed. */
        cairo_rectangle(cr, box->x, box->y + i * step, box->width,
                        i + 1 < STEPS ? step + 0.5 : step);
        cairo_fill(cr);
    }
    struct ses_pen pen = ses_pen_grey(look, 0.25, 0.5);
    ses_pen_use(&pen, cr);
    cairo_rectangle(cr, box->x, box->y, box->width, box->height);
    for (long t = ticks->first; t <= ticks->last; t++) {
        double y = ses_colour_bar_y(bar, (double)t * ticks->step);
        cairo_move_to(cr, box->x + box->width, y);
        cairo_line_to(cr, box->x + box->width + SES_TICK, y);
    }
    cairo_stroke(cr);
}
