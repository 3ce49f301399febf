/* See channel-axis.h. */
#include "plots/channel-axis.h"

#include <stdio.h>

static const double APART = 6; /* indices are */

double ses_channel_width(const struct ses_sheet *sheet, int largest)
{
    char text[16];
    snprintf(text, sizeof text, "%d", largest);
    return ses_sheet_text_width(sheet, text, SES_SIZE_SMALL);
}

struct ses_channel_axis ses_channel_axis_place(struct ses_sheet *sheet,
                                               struct ses_ruler across,
                                               const int *channel, size_t n,
                                               double bottom, double widest)
{
    double pitch = ses_ruler_at(&across, 1) - ses_ruler_at(&across, 0);
    struct ses_channel_axis axis = {
        across, ses_channel_ticks_of(channel, n, (widest + APART) / pitch)
    };
    for (size_t i = 0; i < axis.ticks.n; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", axis.ticks.channel[i]);
        ses_sheet_text(sheet, text, SES_SIZE_SMALL, SES_UPPER_CENTRE,
                       ses_ruler_at(&across, axis.ticks.position[i]),
                       bottom + SES_TICK + 0.5);
    }
    return axis;
}

void ses_channel_axis_mark(const struct ses_channel_axis *axis, double bottom,
                           cairo_t *cr)
{
    for (size_t t = 0; t < axis->ticks.n; t++) {
        double x = ses_ruler_at(&axis->across, axis->ticks.position[t]);
        cairo_move_to(cr, x, bottom);
        cairo_line_to(cr, x, bottom + SES_TICK);
    }
}
