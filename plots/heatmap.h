/* Mean gates as colours: classes by channels, a panel a block. */
#ifndef SES_PLOTS_HEATMAP_H
#define SES_PLOTS_HEATMAP_H

#include "plots/channel-axis.h"
#include "plots/colour-bar.h"
#include "plots/row-panels.h"
#include "plots/tree.h"

struct ses_heatmap_panel {
    const char *name;
    const char *const *classes; /* [n_classes] in the order of the rows */
    size_t n_channels;
    const int *channel; /* [n_channels] in the order of the columns */
    const double *mean; /* [n_classes][n_channels], NaN: no image */
    /* Of a clustered panel, else NULL: what rows and columns are in the
     * numbers of these trees' leaves, and n_classes - 1 and n_channels - 1
     * branches. */
    const size_t *row_order, *column_order;
    const struct ses_branch *row_tree, *column_tree;
};

struct ses_heatmap_figure {
    size_t n_classes, n_panels;
    const struct ses_heatmap_panel *panels;
    bool clustered; /* panels have trees, and differ in the order of their
                     * classes */
};

struct ses_heatmap_layout {
    const struct ses_heatmap_figure *figure; /* borrowed */
    struct ses_sheet sheet;
    const char **titles;
    const char *const **rows;
    struct ses_row_panels grid;
    struct ses_channel_axis *channels;       /* [n_panels] */
    struct ses_tree *row_trees, *column_trees; /* [n_panels] */
    struct ses_colour_bar bar; /* one for all panels */
};

/* Where a panel's trees are. */
struct ses_rect ses_heatmap_row_tree(const struct ses_heatmap_layout *layout,
                                     size_t panel);
struct ses_rect ses_heatmap_column_tree(
    const struct ses_heatmap_layout *layout, size_t panel);

/* Caller frees with ses_heatmap_layout_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_heatmap_layout_init(
    struct ses_heatmap_layout *layout, const struct ses_heatmap_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_heatmap_layout_release(struct ses_heatmap_layout *layout);

/* Files and errors as ses_plot_activations(). */
SES_MUST_CHECK enum ses_status ses_plot_heatmap(
    const char *path, const struct ses_heatmap_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);

#endif
