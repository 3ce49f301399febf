/* The one place that calls BLAS; as gemm.h, without a tail. */
#ifndef SES_ENGINE_GEMM_BLAS_H
#define SES_ENGINE_GEMM_BLAS_H

#include <stddef.h>

void ses_blas_setup(void); /* once */
size_t ses_blas_index(size_t n, size_t k, size_t row, size_t column);
void ses_blas_gemm(size_t m, size_t n, size_t k, const float *a, size_t lda,
                   const float *b, float *c, size_t ldc);

/* "OpenBLAS 0.3.21 Zen" into out. */
void ses_blas_name(char *out, size_t size);

#endif
