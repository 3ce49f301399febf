/* Accuracy against the SE parameters that are kept. */
#ifndef SES_PLOTS_TRADEOFF_H
#define SES_PLOTS_TRADEOFF_H

#include "plots/plot.h"

struct ses_tradeoff_point {
    const char *name;   /* a variant's; shown where it has room */
    const char *group;  /* its sweep's: a colour; "" for none */
    double kept;        /* SE parameters, % */
    double accuracy;    /* % */
    double low, high;   /* interval; NaN: none */
};

struct ses_tradeoff_figure {
    size_t n_points;
    const struct ses_tradeoff_point *points;
    const char *interval_label; /* "95 % interval"; NULL: not in the legend */
};

/* Which points no other has at least as much accuracy with at most as many
 * parameters as (and one of both better), into front [n_points]; of equal
 * points the first. */
void ses_pareto_front(const struct ses_tradeoff_point *points, size_t n,
                      bool *front);

/* A dot a variant, those of the Pareto front joined by a line. Names of the
 * front come first where two do not go beside each other. Points without
 * accuracy (NaN) are left out. As ses_plot_depth() otherwise. */
SES_MUST_CHECK enum ses_status ses_plot_tradeoff(
    const char *path, const struct ses_tradeoff_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);

#endif
