/* The arithmetic of Winograd's convolutions of 3 x 3, F(m x m, 3 x 3): tiles
 * of (m + 2) x (m + 2) pixels are transformed, multiplied with transformed
 * weights point by point, and transformed back to m x m outputs (Lavin and
 * Gray, arXiv:1509.09308, section 4). Where tiles lie, and the products, are
 * conv-winograd.c's. */
#ifndef SES_OPS_WINOGRAD_H
#define SES_OPS_WINOGRAD_H

#include <stddef.h>

enum {
    SES_WINOGRAD_MOST = 6,  /* points of a tile in one direction */
    SES_WINOGRAD_LANES = 16 /* filters that are transformed together */
};

struct ses_winograd {
    size_t outputs; /* m */
    size_t side;    /* m + 2; a tile has side * side points */

    /* 3 numbers become side numbers, of SES_WINOGRAD_LANES filters. Number i
     * of lane l is g[i * g_step + l], and then out[i * out_step + l]. */
    void (*filter)(const double *g, size_t g_step, double *out,
                   size_t out_step);

    /* B^T d B. Pixel (i, j) of a tile at d + i * row + j * channels; point n
     * goes to v + n * step. */
    void (*input)(const float *d, size_t row, size_t channels, float *v,
                  size_t step);

    /* A^T m A. Point n at m + n * step; output (i, j) goes to y + i * row +
     * j * channels. */
    void (*output)(const float *m, size_t step, size_t channels, float *y,
                   size_t row);
};

extern const struct ses_winograd ses_winograd_2; /* F(2 x 2, 3 x 3) */
extern const struct ses_winograd ses_winograd_4; /* F(4 x 4, 3 x 3) */

#endif
