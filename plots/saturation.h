/* How open and how shut gates are, block by block. */
#ifndef SES_PLOTS_SATURATION_H
#define SES_PLOTS_SATURATION_H

#include "plots/frame.h"
#include "plots/points.h"

struct ses_saturation_figure {
    size_t n_blocks;
    const char *const *blocks;  /* names, in depth order */
    const int *stages;          /* NULL: none */
    const double *below, *above; /* [n_blocks] shares of gates < .01, > .99 */
    const double *mean;         /* [n_blocks] gate; NaN: none */
};

struct ses_saturation_layout {
    const struct ses_saturation_figure *figure; /* borrowed */
    struct ses_sheet sheet;
    struct ses_frame frame;
    struct ses_points points;
};

/* Caller frees with ses_saturation_layout_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_saturation_layout_init(
    struct ses_saturation_layout *layout,
    const struct ses_saturation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_saturation_layout_release(struct ses_saturation_layout *layout);

/* A bar a block, of the whole: shut gates from below, open ones from above,
 * the others between; the mean gate as a line with dots. Files and errors as
 * ses_plot_activations(). */
SES_MUST_CHECK enum ses_status ses_plot_saturation(
    const char *path, const struct ses_saturation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);

#endif
