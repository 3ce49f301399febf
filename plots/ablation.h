/* What forcing gates costs, block by block. */
#ifndef SES_PLOTS_ABLATION_H
#define SES_PLOTS_ABLATION_H

#include "plots/plot.h"

enum ses_ablation_kind {
    SES_ABLATION_DOTS,  /* a dot and its interval at every point */
    SES_ABLATION_LINES, /* lines and bands */
    SES_ABLATION_MATRIX /* a colour for every two points */
};

/* A line or a row of dots; the same name has the same look in all panels. */
struct ses_ablation_series {
    const char *name;           /* "mean"; "one, from the end" */
    const double *value;        /* [n_points], NaN: none */
    const double *low, *high;   /* interval; NULL: none */
};

struct ses_ablation_panel {
    enum ses_ablation_kind kind;
    const char *name;           /* above; NULL: none */
    const char *down, *across;  /* of the axes; may be NULL */
    size_t n_points;
    const char *const *points;  /* names: blocks in depth order, or counts */
    const int *stage;           /* [n_points] shaded in turns; NULL: none */
    size_t n_series;            /* dots and lines */
    const struct ses_ablation_series *series;
    const double *matrix;       /* [n_points][n_points], below the diagonal */
};

struct ses_ablation_figure {
    size_t n_panels;
    const struct ses_ablation_panel *panels;
    const char *interval_label; /* "95 % interval"; NULL: not in the legend */
};

/* Panels below each other, numbers in the unit they are in. Matrices share one
 * scale, white at 0. style may be NULL; the ending of path decides as for
 * ses_plot_activations(), and so does what a failure leaves. SES_EUSAGE for no
 * panels or points, and for more series than pens. */
SES_MUST_CHECK enum ses_status ses_plot_ablation(
    const char *path, const struct ses_ablation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);

#endif
