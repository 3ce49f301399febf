/* Products with a matrix that stays: weights B [k x n] are laid out once and
 * used for many A. All row-major float32, one thread.
 *
 * Kernels of our own (gemm-tile.inc) do them where the processor has AVX-512,
 * AVX2 or NEON; OpenBLAS everywhere else. */
#ifndef SES_ENGINE_GEMM_H
#define SES_ENGINE_GEMM_H

#include <stdbool.h>
#include <stddef.h>

/* What is done to C as it is written: (A B + bias) * scale + add, and nothing
 * below 0. Each may be left out (NULL, false). */
struct ses_gemm_tail {
    const float *bias;  /* [n] */
    const float *scale; /* [n] */
    const float *add;   /* [m x n], leading dimension that of C */
    bool relu;
};

/* The tail of a part of C: from `at` floats after its start and from a column
 * on. */
struct ses_gemm_tail ses_gemm_tail_at(const struct ses_gemm_tail *tail,
                                      size_t at, size_t column);

/* Floats that a laid out matrix takes; unused ones are to be 0. */
size_t ses_gemm_floats(size_t n, size_t k);

/* Where element (row, column) of B [k x n] is in its layout. Elements of one
 * column are the same way apart from row to row. */
size_t ses_gemm_index(size_t n, size_t k, size_t row, size_t column);

/* C [m x n] = tail of A [m x k] * B, leading dimensions in floats. tail may be
 * NULL. */
void ses_gemm(size_t m, size_t n, size_t k, const float *a, size_t lda,
              const float *b, float *c, size_t ldc,
              const struct ses_gemm_tail *tail);

/* Rows of A that are not written down one after the other: row i begins at
 * x + i * lda and is `strips` runs of k floats, `step` floats apart. So a
 * convolution's windows are multiplied where they lie on the map. Only where
 * ses_gemm_rows_are_free(). */
struct ses_gemm_strips {
    const float *x;
    size_t lda, k, strips, step;
};
void ses_gemm_by_strips(size_t m, size_t n, const struct ses_gemm_strips *a,
                        const float *b, float *c, size_t ldc,
                        const struct ses_gemm_tail *tail);

/* The same by some of the rows of B [k x n], those from `from` on. Parts are to
 * be done in order: each after the first adds to what C holds, and the one
 * that reaches k does the tail. So a large B meets few columns of A at a time,
 * which the caches hold; sums keep their bits. */
void ses_gemm_part(size_t m, size_t n, const struct ses_gemm_strips *a,
                   const float *b, size_t k, size_t from, float *c, size_t ldc,
                   const struct ses_gemm_tail *tail);

/* Rows of A a multiple of so many floats apart share a set of the L1 cache, so
 * that few of them are multiplied at a time. */
enum { SES_GEMM_SPAN = 1024 };

/* Whether a row's bits are the same whatever m and its place in A: else these
 * must be the same for an image whatever is computed beside it. */
bool ses_gemm_rows_are_free(void);

/* Who does the products. Not while anything is laid out. SES_GEMM_BEST is what
 * setup chooses; false when the processor cannot. */
enum ses_gemm_by {
    SES_GEMM_BEST,
    SES_GEMM_BLAS,
    SES_GEMM_AVX2,
    SES_GEMM_AVX512,
    SES_GEMM_NEON
};
bool ses_gemm_choose(enum ses_gemm_by by);
enum ses_gemm_by ses_gemm_chosen(void);

/* Before anything else here, any number of times, from any thread. */
void ses_gemm_setup(void);

/* "OpenBLAS 0.3.21 Zen", and what stands before it, into out. */
void ses_gemm_name(char *out, size_t size);

#endif
