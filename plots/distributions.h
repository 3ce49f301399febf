/* How often gates have which value: a ridge a class, a panel a block; of many
 * classes, a row of colours each. */
#ifndef SES_PLOTS_DISTRIBUTIONS_H
#define SES_PLOTS_DISTRIBUTIONS_H

#include "plots/colour-bar.h"
#include "plots/row-panels.h"

/* More classes than this have no ridges, but rows of colours. */
enum { SES_MOST_RIDGES = 24 };

struct ses_distribution_panel {
    const char *name;
    const double *share; /* [n_classes][bins] of a class's gates, sum 1; NaN:
                          * no image */
    const double *mean;  /* [n_classes] gate */
};

struct ses_distribution_figure {
    size_t n_classes, bins;
    const char *const *classes;
    double low, high; /* of the first and the last bin, the same everywhere */
    size_t n_panels;
    const struct ses_distribution_panel *panels;
};

struct ses_distribution_layout {
    const struct ses_distribution_figure *figure; /* borrowed */
    struct ses_sheet sheet;
    bool many; /* classes: colours instead of ridges */
    const char **titles;
    const char *const **rows;
    struct ses_row_panels grid;
    struct ses_ticks ticks;    /* of gates, across every panel */
    struct ses_colour_bar bar; /* of colours */
};

/* Caller frees with ses_distribution_layout_release(), also after a failure.
 */
SES_MUST_CHECK enum ses_status ses_distribution_layout_init(
    struct ses_distribution_layout *layout,
    const struct ses_distribution_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_distribution_layout_release(struct ses_distribution_layout *layout);

/* The place of a gate's value across a panel. */
double ses_distribution_x(const struct ses_distribution_layout *layout,
                          size_t panel, double gate);

/* Where a class's ridge stands, and how high a share of `most`, the largest of
 * its panel, is. */
double ses_distribution_foot(const struct ses_distribution_layout *layout,
                             size_t panel, size_t class);
double ses_distribution_rise(const struct ses_distribution_layout *layout,
                             size_t panel, double share, double most);

/* Bins are drawn as they are, in steps: nothing leaks across an end of the
 * axis. Files and errors as ses_plot_activations(). */
SES_MUST_CHECK enum ses_status ses_plot_distributions(
    const char *path, const struct ses_distribution_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);

#endif
