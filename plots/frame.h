/* A plot with numbers upwards: two axes and no box, ticks to the left, a
 * faint grid. */
#ifndef SES_PLOTS_FRAME_H
#define SES_PLOTS_FRAME_H

#include "plots/axis.h"
#include "plots/sheet.h"

struct ses_frame {
    struct ses_rect plot;
    struct ses_ticks ticks;
    double inset; /* from the plot's edges to the first and last tick */
};

/* Room that ticks and their marks take to the left of the plot, beside an
 * axis's label (one line that reads upwards). */
double ses_frame_left(const struct ses_sheet *sheet,
                      const struct ses_ticks *ticks, bool label);

/* Numbers beside the ticks, every other one where they are too near to each
 * other. */
void ses_frame_name(const struct ses_frame *frame, struct ses_sheet *sheet);

double ses_frame_y(const struct ses_frame *frame, double value);

void ses_frame_draw_grid(const struct ses_frame *frame,
                         const struct ses_look *look, cairo_t *cr);
/* Axes, and marks at the ticks; those below are the caller's. */
void ses_frame_draw(const struct ses_frame *frame, const struct ses_look *look,
                    cairo_t *cr);

/* Take the finite among values into low..high. NULL has none. */
void ses_widen(const double *values, size_t n, double *low, double *high);

#endif
