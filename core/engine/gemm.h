/* The one place that calls BLAS. */
#ifndef SES_ENGINE_GEMM_H
#define SES_ENGINE_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/* C[m x n] = A[m x k] * B[k x n] (+ C when add), row-major float32, leading
 * dimensions in elements. One thread. */
void ses_gemm(size_t m, size_t n, size_t k, const float *a, size_t lda,
              const float *b, size_t ldb, bool add, float *c, size_t ldc);

/* Once, before threads start: BLAS to one thread a caller. */
void ses_gemm_setup(void);

/* "OpenBLAS 0.3.21 Zen" into out. */
void ses_gemm_name(char *out, size_t size);

#endif
