/* Inside the activation figure: where everything lies before it is drawn. */
#ifndef SES_PLOTS_ACTIVATIONS_H
#define SES_PLOTS_ACTIVATIONS_H

#include "plots/axis.h"
#include "plots/channels.h"
#include "plots/legend.h"
#include "plots/panels.h"
#include "plots/plot.h"

struct ses_activation_layout {
    const struct ses_activation_figure *figure; /* borrowed */
    double width, height;                       /* of the page */
    bool many; /* more classes than pens: all are grey */
    struct ses_panels panels;
    struct ses_rect *plots;                  /* [n_panels] */
    struct ses_channel_ticks *channel_ticks; /* [n_panels] */
    struct ses_ticks ticks; /* of excitation, one for all panels */
    struct ses_legend legend;
    struct ses_captions labels; /* every text of the figure */
};

/* Work out the layout; SES_EUSAGE for a figure that cannot be made (no
 * panels, a style out of range). Caller frees with
 * ses_activation_layout_release(), also after failure. */
SES_MUST_CHECK enum ses_status ses_activation_layout_init(
    struct ses_activation_layout *layout,
    const struct ses_activation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_activation_layout_release(struct ses_activation_layout *layout);

/* Length of the ticks' marks, in points. */
#define SES_TICK 2.0

/* The data's place in a panel's plot: across for the shown channel's
 * position, down for excitation. */
struct ses_axis ses_activation_across(
    const struct ses_activation_layout *layout, size_t panel);
struct ses_axis ses_activation_down(const struct ses_activation_layout *layout,
                                    size_t panel);

#endif
