/* Inside the figure of dissimilarities: where everything lies before it is
 * drawn. */
#ifndef SES_PLOTS_RDM_LAYOUT_H
#define SES_PLOTS_RDM_LAYOUT_H

#include "plots/colour-bar.h"
#include "plots/panels.h"
#include "plots/points.h"
#include "plots/rdm.h"

struct ses_rdm_layout {
    const struct ses_rdm_figure *figure; /* borrowed */
    struct ses_sheet sheet;
    struct ses_panels panels;
    struct ses_rect *squares; /* [n_panels] */
    struct ses_points points; /* classes; of all panels */
    bool named;               /* classes are */
    struct ses_colour_bar bar;
};

SES_MUST_CHECK enum ses_status ses_rdm_layout_init(
    struct ses_rdm_layout *layout, const struct ses_rdm_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_rdm_layout_release(struct ses_rdm_layout *layout);

/* Whether class names stand to the left of a panel, and below it. */
bool ses_rdm_named_left(const struct ses_rdm_layout *layout, size_t panel);
bool ses_rdm_named_below(const struct ses_rdm_layout *layout, size_t panel);

#endif
