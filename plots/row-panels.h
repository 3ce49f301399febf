/* Small multiples whose rows are named things, most often classes: the same
 * number of rows in every panel, names to the left. */
#ifndef SES_PLOTS_ROW_PANELS_H
#define SES_PLOTS_ROW_PANELS_H

#include "plots/panels.h"
#include "plots/points.h"

struct ses_row_panels {
    struct ses_panels panels; /* left, above and names in the gutter are
                               * ses_row_panels_fit()'s; the rest is set by
                               * the caller before */
    const char *const *titles; /* [n] of panels */
    double head, side; /* room between a title and its plot, and to the right
                        * of a plot */
    bool named_apart; /* every panel has its own rows' names */
    struct ses_points *rows;   /* [n] */
    struct ses_rect *plots;    /* [n], by ses_row_panels_place() */
    struct ses_font title;
    double beyond; /* how far the names of low rows reach below the plots */
};

/* rows: [n of panels] arrays of n_rows names; with named_apart not set those
 * of the first are everyone's. Caller frees with ses_row_panels_release(),
 * also after a failure. */
SES_MUST_CHECK enum ses_status ses_row_panels_fit(
    struct ses_row_panels *grid, const struct ses_sheet *sheet,
    const char *const *const *rows, size_t n_rows, struct ses_error *err);
void ses_row_panels_release(struct ses_row_panels *grid);

/* Put the plots, their titles and names from sheet->y on, and move it; names
 * of a plot's rows are within `rows` of its height from its lower edge. */
void ses_row_panels_place(struct ses_row_panels *grid, struct ses_sheet *sheet,
                          double rows);

/* Whether names stand to the left of panel i. */
bool ses_row_panels_named(const struct ses_row_panels *grid, size_t i);

#endif
