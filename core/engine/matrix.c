/* See matrix.h. */
#include "core/engine/matrix.h"

#include <cblas.h>

void ses_multiply_columns(size_t m, size_t n, size_t k, const float *a,
                          size_t lda, const float *b, size_t ldb, bool add,
                          float *c, size_t ldc)
{
    cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (blasint)m,
                (blasint)n, (blasint)k, 1.0f, a, (blasint)lda, b, (blasint)ldb,
                add ? 1.0f : 0.0f, c, (blasint)ldc);
}

void ses_multiply_columns_double(size_t m, size_t n, size_t k,
                                 const double *a, size_t lda, const double *b,
                                 size_t ldb, bool add, double *c, size_t ldc)
{
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, (blasint)m,
                (blasint)n, (blasint)k, 1.0, a, (blasint)lda, b, (blasint)ldb,
                add ? 1.0 : 0.0, c, (blasint)ldc);
}

void ses_multiply_rows(size_t m, size_t n, size_t k, const float *a,
                       size_t lda, const float *b, size_t ldb, float *c,
                       size_t ldc)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)m,
                (blasint)n, (blasint)k, 1.0f, a, (blasint)lda, b, (blasint)ldb,
                0.0f, c, (blasint)ldc);
}

void ses_multiply_rows_double(size_t m, size_t n, size_t k, const double *a,
                              size_t lda, const double *b, size_t ldb,
                              double *c, size_t ldc)
{
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (blasint)m,
                (blasint)n, (blasint)k, 1.0, a, (blasint)lda, b, (blasint)ldb,
                0.0, c, (blasint)ldc);
}

/* LAPACK's factorisation, which OpenBLAS has without a header for it. */
void dpotrf_(const char *half, const blasint *n, double *a, const blasint *lda,
             blasint *info);

bool ses_solve_symmetric(size_t n, size_t m, double *a, double *b)
{
    blasint size = (blasint)n, info = 0;
    /* Rows of C are columns of Fortran: its upper half is our lower. */
    dpotrf_("U", &size, a, &size, &info);
    if (info)
        return false;
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans,
                CblasNonUnit, size, (blasint)m, 1.0, a, size, b, (blasint)m);
    cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans,
                CblasNonUnit, size, (blasint)m, 1.0, a, size, b, (blasint)m);
    return true;
}
