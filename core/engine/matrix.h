/* Matrices of statistics, through BLAS and LAPACK: row-major, leading
 * dimensions in elements, one thread a call, after ses_gemm_setup(). */
#ifndef SES_ENGINE_MATRIX_H
#define SES_ENGINE_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

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

#endif
