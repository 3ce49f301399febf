/* The one place that calls BLAS. */
#ifndef SES_ENGINE_GEMM_H
#define SES_ENGINE_GEMM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

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

/* ---- matrices of statistics ----------------------------------------------
 *
 * Row-major, leading dimensions in elements, one thread a call, after
 * ses_gemm_setup(). */

/* C[m x n] = A' B, or C + A' B under `add`: A is [k x m], B [k x n]. */
void ses_multiply_columns(size_t m, size_t n, size_t k, const float *a,
                          size_t lda, const float *b, size_t ldb, bool add,
                          float *c, size_t ldc);
void ses_multiply_columns_double(size_t m, size_t n, size_t k,
                                 const double *a, size_t lda, const double *b,
                                 size_t ldb, bool add, double *c, size_t ldc);

/* C[m x n] = A B': A is [m x k], B [n x k]. */
void ses_multiply_rows(size_t m, size_t n, size_t k, const float *a,
                       size_t lda, const float *b, size_t ldb, float *c,
                       size_t ldc);
void ses_multiply_rows_double(size_t m, size_t n, size_t k, const double *a,
                              size_t lda, const double *b, size_t ldb,
                              double *c, size_t ldc);

/* X of A X = B in the place of B[n x m], for a symmetric A[n x n] of which the
 * lower half is read, and destroyed (Cholesky). False when A is not positive
 * definite. */
SES_MUST_CHECK bool ses_solve_symmetric(size_t n, size_t m, double *a,
                                        double *b);

/* "OpenBLAS 0.3.21 Zen" into out. */
void ses_gemm_name(char *out, size_t size);

#endif
