/* Inside the ablation figure: where everything lies before it is drawn. */
#ifndef SES_PLOTS_ABLATION_LAYOUT_H
#define SES_PLOTS_ABLATION_LAYOUT_H

#include "plots/ablation.h"
#include "plots/axis.h"
#include "plots/legend.h"

struct ses_ablation_place {
    struct ses_rect plot;
    struct ses_ticks ticks; /* downwards; of a matrix: of its colours */
    struct ses_rect bar;    /* a matrix's scale of colours */
    bool *named;            /* [n_points] has a label, and so a tick */
};

struct ses_ablation_layout {
    const struct ses_ablation_figure *figure; /* borrowed */
    double width, height;                     /* of the page */
    struct ses_ablation_place *places;        /* [n_panels] */
    const char *names[SES_MOST_PENS];         /* of series, by pen */
    size_t n_names;
    struct ses_legend legend;
    struct ses_captions labels;
};

SES_MUST_CHECK enum ses_status ses_ablation_layout_init(
    struct ses_ablation_layout *layout,
    const struct ses_ablation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_ablation_layout_release(struct ses_ablation_layout *layout);

/* Length of the ticks' marks, in points. */
#define SES_ABLATION_TICK 2.0

/* Middle of a point, across or (of a matrix) down; and of a number. */
double ses_ablation_x(const struct ses_ablation_layout *layout, size_t panel,
                      size_t point);
double ses_ablation_row(const struct ses_ablation_layout *layout, size_t panel,
                        size_t point);
double ses_ablation_y(const struct ses_ablation_layout *layout, size_t panel,
                      double value);

/* The pen of a series. */
size_t ses_ablation_pen(const struct ses_ablation_layout *layout,
                        const char *name);

#endif
