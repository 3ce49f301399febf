/* Inside the activation figure: where everything lies before it is drawn. */
#ifndef SES_PLOTS_ACTIVATIONS_H
#define SES_PLOTS_ACTIVATIONS_H

#include "plots/channel-axis.h"
#include "plots/frame.h"
#include "plots/panels.h"

struct ses_activation_layout {
    const struct ses_activation_figure *figure; /* borrowed */
    struct ses_sheet sheet;
    bool many; /* more classes than pens: all are grey */
    struct ses_panels panels;
    struct ses_frame *frames;                /* [n_panels] */
    struct ses_channel_axis *channels;       /* [n_panels] */
    const char **names;                      /* [n_panels] */
    struct ses_ticks ticks; /* of excitation, one for all panels */
};

/* Work out the layout; SES_EUSAGE for a figure that cannot be made (no
 * panels, a style out of range). Caller frees with
 * ses_activation_layout_release(), also after failure. */
SES_MUST_CHECK enum ses_status ses_activation_layout_init(
    struct ses_activation_layout *layout,
    const struct ses_activation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_activation_layout_release(struct ses_activation_layout *layout);

#endif
