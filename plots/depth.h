/* What goes with depth: numbers of blocks, from the first to the last, and of
 * pairs of blocks. */
#ifndef SES_PLOTS_DEPTH_H
#define SES_PLOTS_DEPTH_H

#include "plots/plot.h"

enum ses_depth_kind {
    SES_DEPTH_DOTS,  /* a dot and its interval at every point */
    SES_DEPTH_LINES, /* lines and bands */
    SES_DEPTH_MATRIX /* a colour for every two points */
};

/* A line or a row of dots; the same name has the same look in all panels. */
struct ses_depth_series {
    const char *name;         /* "mean"; "one, from the end" */
    const double *value;      /* [n_points], NaN: none */
    const double *low, *high; /* interval; NULL: none */
    bool reference; /* a line to compare with: chance. Grey */
    bool dashed;    /* of a line that may lie over another one's */
};

struct ses_depth_panel {
    enum ses_depth_kind kind;
    const char *name;          /* above; NULL: none */
    const char *down;          /* of the numbers; may be NULL */
    const char *across;        /* of points that are counts; NULL: of others,
                                * which are known by their names */
    size_t n_points;
    const char *const *points; /* names: blocks in depth order, or counts */
    const int *stage;          /* [n_points] shaded in turns; NULL: none */
    size_t n_series;           /* dots and lines */
    const struct ses_depth_series *series;
    const double *matrix; /* [n_points][n_points] */
    /* Of a matrix whose colours go from least to most (through the paper's at
     * 0, if least is below), both halves are shown. Those without (least ==
     * most) are shown below the diagonal, and share one scale around 0. */
    double least, most;
};

struct ses_depth_figure {
    size_t n_panels;
    const struct ses_depth_panel *panels;
    const char *interval_label; /* "95 % interval"; NULL: not in the legend */
};

/* Panels in rows, from the top down but for whole matrices, two of which go
 * beside each other where they have room. style may be NULL; the ending of path
 * decides as for ses_plot_activations(), and so does what a failure leaves.
 * SES_EUSAGE for no panels or points, and for more series than pens. */
SES_MUST_CHECK enum ses_status ses_plot_depth(
    const char *path, const struct ses_depth_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);

#endif
