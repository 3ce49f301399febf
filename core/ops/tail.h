/* What follows a convolution in the same pass: y = act((x + bias) * gate +
 * add). Each of bias, gate and add may be missing. */
#ifndef SES_OPS_TAIL_H
#define SES_OPS_TAIL_H

#include "core/engine/gemm.h"
#include "core/ops/ops.h"

/* To rows x c floats at y, pixels `first` on of an image of the run. */
void ses_tail_apply(const struct ses_run *run, size_t image, size_t first,
                    size_t rows, float *y);

/* By itself: y = act(x * gate + add) over whole maps, y being x or add or
 * neither. */
void ses_tail_run(const struct ses_run *run);

/* The same for ses_gemm(), for the image's first pixel; false when the
 * activation is left to do: ses_tail_activate(). */
bool ses_tail_of_gemm(const struct ses_run *run, size_t image,
                      struct ses_gemm_tail *out);
void ses_tail_activate(const struct ses_run *run, size_t rows, float *y);

#endif
