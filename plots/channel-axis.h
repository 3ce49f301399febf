/* Channels along the lower edge of a plot, with as many of their indices as
 * have room. */
#ifndef SES_PLOTS_CHANNEL_AXIS_H
#define SES_PLOTS_CHANNEL_AXIS_H

#include "plots/channels.h"
#include "plots/sheet.h"

struct ses_channel_axis {
    struct ses_ruler across; /* the place of the i-th channel shown is at i */
    struct ses_channel_ticks ticks;
};

/* Width of the largest index. */
double ses_channel_width(const struct ses_sheet *sheet, int largest);

/* Name channel[0 .. n - 1], which lie along across, below a plot whose lower
 * edge is at bottom. widest: ses_channel_width(). */
struct ses_channel_axis ses_channel_axis_place(struct ses_sheet *sheet,
                                               struct ses_ruler across,
                                               const int *channel, size_t n,
                                               double bottom, double widest);

/* Marks at the ticks, in the current pen, unstroked. */
void ses_channel_axis_mark(const struct ses_channel_axis *axis, double bottom,
                           cairo_t *cr);

#endif
