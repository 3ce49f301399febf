/* Small multiples: equal panels in rows and columns. */
#ifndef SES_PLOTS_PANELS_H
#define SES_PLOTS_PANELS_H

#include <stdbool.h>
#include <stddef.h>

#include "plots/sheet.h"

struct ses_panels {
    size_t n;
    double width;                 /* of all, margins included */
    double left, right, gutter;   /* beside and between the columns */
    double above, below, row_gap; /* around each row's plots */
    bool square;                  /* plots as high as wide */
    double high;                  /* plots; 0: by their width */
    int columns, rows;            /* filled by ses_panels_fit() */
    double plot_width, plot_height;
};

/* Choose columns and the size of the plots. columns: wanted, 0 for those that
 * look best. SES_EUSAGE when the plots would be too small to read. */
SES_MUST_CHECK enum ses_status ses_panels_fit(struct ses_panels *panels,
                                              int columns,
                                              struct ses_error *err);

/* The same with the style's columns, and room above for titles [n] in as many
 * lines as they need, up to three: a layer's path that is cut could be its
 * neighbour's. panels->above holds one line before. *font is what to set them
 * in. */
SES_MUST_CHECK enum ses_status ses_panels_fit_titles(
    struct ses_panels *panels, const struct ses_sheet *sheet,
    const char *const *titles, struct ses_font *font, struct ses_error *err);

double ses_panels_height(const struct ses_panels *panels);

/* Plot area of panel i, row by row, when the panels begin at 0, top. */
struct ses_rect ses_panels_plot(const struct ses_panels *panels, size_t i,
                                double top);

#endif
