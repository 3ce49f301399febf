/* See gemm-blas.h.
 *
 * A large product costs BLAS a copy of both matrices into its own layout,
 * every time. The AVX-512 kernels of OpenBLAS multiply small matrices (up to
 * a million multiply-adds) where they are, which is about 15 % faster when the
 * pieces fit the caches: so there, products are cut into such pieces. */
#include "core/engine/gemm-blas.h"

#include <cblas.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/base/number.h"

enum {
    SMALL = 1000000, /* multiply-adds of a product that is not copied */
    PANEL = 64,      /* columns of a piece */
    DEPTH = 256      /* rows of B of a piece: with PANEL, 64 KiB */
};

static bool small_pieces;

void ses_blas_setup(void)
{
    static const char *const cores[] = { "SkylakeX", "Cooperlake",
                                         "SapphireRapids" };
    openblas_set_num_threads(1);
    const char *core = openblas_get_corename();
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (strcmp(core, cores[i]) == 0)
            small_pieces = true;
}

/* Columns of the panel that starts at a column. */
static size_t panel_width(size_t n, size_t first)
{
    return small_pieces && n - first > PANEL ? PANEL : n - first;
}

size_t ses_blas_index(size_t n, size_t k, size_t row, size_t column)
{
    size_t first = small_pieces ? column / PANEL * PANEL : 0;
    return first * k + row * panel_width(n, first) + column - first;
}

static void multiply(size_t m, size_t n, size_t k, const float *a, size_t lda,
                     const float *b, bool add, float *c, size_t ldc)
{
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (blasint)m,
                (blasint)n, (blasint)k, 1.0f, a, (blasint)lda, b, (blasint)n,
                add ? 1.0f : 0.0f, c, (blasint)ldc);
}

/* One panel of `width` columns, piece by piece. */
static void multiply_panel(size_t m, size_t width, size_t k, const float *a,
                           size_t lda, const float *b, float *c, size_t ldc)
{
    size_t depth = ses_level(k, DEPTH);
    size_t rows = ses_level(m, SMALL / (width * depth));
    for (size_t from = 0; from < k; from += depth)
        for (size_t row = 0; row < m; row += rows)
            multiply(ses_least(rows, m - row), width, ses_least(depth, k - from),
                     a + row * lda + from, lda, b + from * width, from > 0,
                     c + row * ldc, ldc);
}

void ses_blas_gemm(size_t m, size_t n, size_t k, const float *a, size_t lda,
                   const float *b, float *c, size_t ldc)
{
    if (!small_pieces) {
        multiply(m, n, k, a, lda, b, false, c, ldc);
        return;
    }
    for (size_t first = 0; first < n; first += PANEL)
        multiply_panel(m, panel_width(n, first), k, a, lda, b + first * k,
                       c + first, ldc);
}

void ses_blas_name(char *out, size_t size)
{
    /* "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...": two words matter. */
    const char *config = openblas_get_config();
    size_t length = strcspn(config, " ");
    if (config[length])
        length += 1 + strcspn(config + length + 1, " ");
    snprintf(out, size, "%.*s %s", (int)length, config,
             openblas_get_corename());
}
