/* Inside figures of depth: where everything lies before it is drawn. */
#ifndef SES_PLOTS_DEPTH_LAYOUT_H
#define SES_PLOTS_DEPTH_LAYOUT_H

#include "plots/colour-bar.h"
#include "plots/depth.h"
#include "plots/frame.h"
#include "plots/points.h"

struct ses_depth_place {
    struct ses_frame frame; /* of a matrix: its cells, without ticks */
    struct ses_points points;
    struct ses_colour_bar bar; /* of a matrix */
};

struct ses_depth_layout {
    const struct ses_depth_figure *figure; /* borrowed */
    struct ses_sheet sheet;
    struct ses_depth_place *places;   /* [n_panels] */
    const char *names[SES_MOST_PENS]; /* of series, by pen */
    size_t n_names;
};

SES_MUST_CHECK enum ses_status ses_depth_layout_init(
    struct ses_depth_layout *layout, const struct ses_depth_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_depth_layout_release(struct ses_depth_layout *layout);

/* The place of a series' name among names. */
size_t ses_depth_index(const struct ses_depth_layout *layout,
                       const char *name);
struct ses_pen ses_depth_pen(const struct ses_depth_layout *layout,
                             const struct ses_depth_series *series);

/* Whether both halves of a matrix are shown. */
bool ses_depth_is_whole(const struct ses_depth_panel *panel);

#endif
