/* Sums of many pixels that stay exact to float rounding. */
#ifndef SES_OPS_MEAN_H
#define SES_OPS_MEAN_H

#include <stddef.h>

/* y[c] = sum over rows x columns pixels of x[...][c], divided by divisor;
 * runs of 8 in float, those in double. Pixels of a row are `step` floats
 * apart, rows are `row_step` floats apart. */
void ses_mean(const float *x, size_t rows, size_t columns, size_t row_step,
              size_t step, size_t channels, double divisor, float *y);

#endif
