/* Inside the ablation figure: where everything lies before it is drawn. */
#ifndef SES_PLOTS_ABLATION_LAYOUT_H
#define SES_PLOTS_ABLATION_LAYOUT_H

#include "plots/ablation.h"
#include "plots/colour-bar.h"
#include "plots/frame.h"
#include "plots/points.h"

struct ses_ablation_place {
    struct ses_frame frame;    /* of a matrix: its cells, without ticks */
    struct ses_points points;
    struct ses_colour_bar bar; /* of a matrix */
};

struct ses_ablation_layout {
    const struct ses_ablation_figure *figure; /* borrowed */
    struct ses_sheet sheet;
    struct ses_ablation_place *places;        /* [n_panels] */
    const char *names[SES_MOST_PENS];         /* of series, by pen */
    size_t n_names;
};

SES_MUST_CHECK enum ses_status ses_ablation_layout_init(
    struct ses_ablation_layout *layout,
    const struct ses_ablation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_ablation_layout_release(struct ses_ablation_layout *layout);

/* The pen of a series. */
size_t ses_ablation_pen(const struct ses_ablation_layout *layout,
                        const char *name);

#endif
