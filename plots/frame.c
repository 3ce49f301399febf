/* See frame.h. */
#include "plots/frame.h"

#include <math.h>

static const double GAP = 1.5; /* from a tick's mark to its number */

double ses_frame_left(const struct ses_sheet *sheet,
                      const struct ses_ticks *ticks, bool label)
{
    return (label ? SES_SHEET_MARGIN + sheet->line + 3 : 0) +
           ses_sheet_widest_tick(sheet, ticks) + GAP + SES_TICK;
}

double ses_frame_y(const struct ses_frame *frame, double value)
{
    const struct ses_rect *plot = &frame->plot;
    struct ses_ruler axis = { (double)frame->ticks.first * frame->ticks.step,
                             (double)frame->ticks.last * frame->ticks.step,
                             plot->y + plot->height - frame->inset,
                             plot->y + frame->inset };
    return ses_ruler_at(&axis, value);
}

void ses_frame_name(const struct ses_frame *frame, struct ses_sheet *sheet)
{
    const struct ses_ticks *ticks = &frame->ticks;
    double pitch = fabs(ses_frame_y(frame, ticks->step) -
                        ses_frame_y(frame, 0));
    int stride = pitch >= sheet->small + 1 ? 1 : 2;
    for (long t = ticks->first; t <= ticks->last; t++)
        if (t % stride == 0)
            ses_sheet_tick(sheet, ticks, t, stride, SES_MIDDLE_RIGHT,
                           frame->plot.x - SES_TICK - GAP,
                           ses_frame_y(frame, (double)t * ticks->step));
}

void ses_frame_draw_grid(const struct ses_frame *frame,
                         const struct ses_look *look, cairo_t *cr)
{
    struct ses_pen pen = ses_pen_grey(look, 0.85, 0.4);
    ses_pen_use(&pen, cr);
    for (long t = frame->ticks.first; t <= frame->ticks.last; t++) {
        double y = ses_frame_y(frame, (double)t * frame->ticks.step);
        cairo_move_to(cr, frame->plot.x, y);
        cairo_line_to(cr, frame->plot.x + frame->plot.width, y);
    }
    cairo_stroke(cr);
}

void ses_frame_draw(const struct ses_frame *frame, const struct ses_look *look,
                    cairo_t *cr)
{
    const struct ses_rect *plot = &frame->plot;
    double bottom = plot->y + plot->height;
    struct ses_pen pen = ses_pen_grey(look, 0.25, 0.5);
    ses_pen_use(&pen, cr);
    cairo_move_to(cr, plot->x, plot->y);
    cairo_line_to(cr, plot->x, bottom);
    cairo_line_to(cr, plot->x + plot->width, bottom);
    for (long t = frame->ticks.first; t <= frame->ticks.last; t++) {
        double y = ses_frame_y(frame, (double)t * frame->ticks.step);
        cairo_move_to(cr, plot->x - SES_TICK, y);
        cairo_line_to(cr, plot->x, y);
    }
    cairo_stroke(cr);
}

void ses_widen(const double *values, size_t n, double *low, double *high)
{
    for (size_t i = 0; values && i < n; i++) {
        if (!isfinite(values[i]))
            continue;
        *low = fmin(*low, values[i]);
        *high = fmax(*high, values[i]);
    }
}
