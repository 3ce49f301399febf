/* A colour for every cell of a matrix: classes by channels, blocks by blocks.
 */
#ifndef SES_PLOTS_MATRIX_H
#define SES_PLOTS_MATRIX_H

#include <stdbool.h>

#include "plots/canvas.h"
#include "plots/colour-map.h"

struct ses_matrix {
    size_t rows, columns;
    const double *values; /* [rows][columns], NaN: none; borrowed */
    bool lower;           /* only what is below the diagonal is shown */
};

/* Cells over the whole of plot. Many of them become pixels, also inside a
 * vector file; when cells are smaller than the page's own pixels, these show
 * the mean of their colours. */
void ses_matrix_draw(const struct ses_matrix *matrix,
                     const struct ses_colour_scale *scale,
                     const struct ses_rect *plot, const struct ses_look *look,
                     cairo_t *cr);

#endif
