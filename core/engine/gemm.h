/* The one place that calls BLAS. */
#ifndef SES_ENGINE_GEMM_H
#define SES_ENGINE_GEMM_H

#include <stddef.h>

/* Products with a matrix that stays: weights B [k x n] are laid out once, in
 * panels of columns, and used for many A. All row-major float32. */

/* Floats that a laid out matrix takes. */
size_t ses_gemm_floats(size_t n, size_t k);

/* Where element (row, column) of B [k x n] is in its layout. Needs
 * ses_gemm_setup() before it. */
size_t ses_gemm_index(size_t n, size_t k, size_t row, size_t column);

/* C[m x n] = A[m x k] * B, leading dimensions in floats. One thread. A row's
 * bits depend on m, n, k and its place in A: keep these the same for an image
 * whatever else is computed. */
void ses_gemm(size_t m, size_t n, size_t k, const float *a, size_t lda,
              const float *b, float *c, size_t ldc);

/* Before anything else here, any number of times, from any thread: BLAS to one
 * thread a caller. */
void ses_gemm_setup(void);

/* "OpenBLAS 0.3.21 Zen" into out. */
void ses_gemm_name(char *out, size_t size);

#endif
