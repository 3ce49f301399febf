/* How far apart classes are, block by block: representational dissimilarity
 * matrices (Kriegeskorte et al., 2008). */
#ifndef SES_PLOTS_RDM_H
#define SES_PLOTS_RDM_H

#include "plots/plot.h"

struct ses_rdm_panel {
    const char *name;     /* a block's */
    const double *values; /* [n_classes][n_classes], NaN: none */
};

struct ses_rdm_figure {
    size_t n_classes;
    const char *const *classes; /* names, in the order of the rows */
    size_t n_panels;
    const struct ses_rdm_panel *panels;
    const char *label; /* of the scale */
};

/* A square a block, of one scale from 0 to the largest number of all. Classes
 * are named where every name has room, else their number is. As
 * ses_plot_activations() otherwise. */
SES_MUST_CHECK enum ses_status ses_plot_rdm(
    const char *path, const struct ses_rdm_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);

#endif
