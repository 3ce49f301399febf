/* See gemm.h.
 *
 * Our layout: panels of two vectors of columns, each k rows long, the columns
 * beyond n filled with zeros; the last panel is one vector wide when that is
 * enough. */
#include "core/engine/gemm.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "core/base/number.h"
#include "core/engine/gemm-blas.h"
#include "core/engine/gemm-kernel.h"

enum {
    WIDEST = 32,     /* columns of a panel */
    CACHE_WAYS = 8   /* of the L1 cache */
};

static const struct ses_gemm_kernel *kernel; /* NULL: BLAS */

static const struct ses_gemm_kernel *best(void)
{
#ifdef __x86_64__
    if (ses_gemm_avx512 && __builtin_cpu_supports("avx512f"))
        return ses_gemm_avx512;
    if (ses_gemm_avx2 && __builtin_cpu_supports("avx2") &&
        __builtin_cpu_supports("fma"))
        return ses_gemm_avx2;
#endif
    return ses_gemm_neon; /* every 64-bit ARM has it */
}

static void setup(void)
{
    ses_blas_setup();
    kernel = best();
}

void ses_gemm_setup(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, setup);
}

static const struct ses_gemm_kernel *kernel_of(enum ses_gemm_by by)
{
    switch (by) {
    case SES_GEMM_BEST:
        return best();
    case SES_GEMM_AVX2:
        return ses_gemm_avx2;
    case SES_GEMM_AVX512:
        return ses_gemm_avx512;
    case SES_GEMM_NEON:
        return ses_gemm_neon;
    default:
        return NULL;
    }
}

bool ses_gemm_choose(enum ses_gemm_by by)
{
    const struct ses_gemm_kernel *most = best(), *wanted = kernel_of(by);
    ses_gemm_setup();
    if (by != SES_GEMM_BEST && by != SES_GEMM_BLAS && !wanted)
        return false;
    /* whoever has AVX-512 has AVX2 */
    if (wanted && wanted != most && !(most && wanted == ses_gemm_avx2))
        return false;
    kernel = wanted;
    return true;
}

enum ses_gemm_by ses_gemm_chosen(void)
{
    return !kernel                     ? SES_GEMM_BLAS
           : kernel == ses_gemm_avx2   ? SES_GEMM_AVX2
           : kernel == ses_gemm_avx512 ? SES_GEMM_AVX512
                                       : SES_GEMM_NEON;
}

bool ses_gemm_rows_are_free(void)
{
    return kernel != NULL;
}

/* ---- layout ------------------------------------------------------------- */

/* Vectors of the panel whose first column this is. */
static size_t panel_vectors(size_t n, size_t first)
{
    return n - first > kernel->width ? 2 : 1;
}

size_t ses_gemm_floats(size_t n, size_t k)
{
    if (!kernel)
        return n * k;
    return (n + kernel->width - 1) / kernel->width * kernel->width * k;
}

size_t ses_gemm_index(size_t n, size_t k, size_t row, size_t column)
{
    if (!kernel)
        return ses_blas_index(n, k, row, column);
    size_t panel = 2 * kernel->width, first = column / panel * panel;
    return first * k + row * panel_vectors(n, first) * kernel->width + column -
           first;
}

/* ---- products ----------------------------------------------------------- */

struct ses_gemm_tail ses_gemm_tail_at(const struct ses_gemm_tail *tail,
                                      size_t at, size_t column)
{
    return (struct ses_gemm_tail){
        .bias = tail->bias ? tail->bias + column : NULL,
        .scale = tail->scale ? tail->scale + column : NULL,
        .add = tail->add ? tail->add + at + column : NULL,
        .relu = tail->relu,
    };
}

/* C may be the map that is added, or x. */
static void apply(const struct ses_gemm_tail *tail, size_t m, size_t n,
                  const float *x, size_t ldx, float *c, size_t ldc)
{
    for (size_t row = 0; row < m; row++)
        for (size_t i = 0; i < n; i++) {
            float v = x[row * ldx + i];
            v = tail->bias ? v + tail->bias[i] : v;
            v = tail->scale ? v * tail->scale[i] : v;
            v = tail->add ? v + tail->add[row * ldc + i] : v;
            c[row * ldc + i] = tail->relu && v < 0 ? 0 : v;
        }
}

static const struct ses_gemm_tail none;

/* A tile that hangs over C's right edge goes by way of one that does not. */
static void narrow_tile(ses_gemm_tile *run, size_t rows, size_t columns,
                        const struct ses_gemm_strips *a,
                        const struct ses_gemm_panel *panel, float *c,
                        size_t ldc, const struct ses_gemm_tail *tail)
{
    float whole[SES_GEMM_MOST_ROWS * WIDEST] = { 0 };
    if (panel->begun)
        for (size_t row = 0; row < rows; row++)
            memcpy(whole + row * WIDEST, c + row * ldc, columns * sizeof *c);
    run(a, panel, whole, WIDEST, &none);
    apply(tail, rows, columns, whole, WIDEST, c, ldc);
}

/* Rows of the equal tiles that m rows are cut into. */
static size_t tile_rows(size_t m, size_t vectors, size_t lda)
{
    size_t most = kernel->rows[vectors - 1];
    if (lda % SES_GEMM_SPAN == 0 && most >= CACHE_WAYS)
        most = CACHE_WAYS - 1;
    return ses_level(m, most);
}

/* One panel of C. Its tiles share the work of fetching the next one of B. */
static void multiply_panel(size_t m, size_t vectors, size_t columns,
                           const struct ses_gemm_strips *a,
                           struct ses_gemm_panel panel, float *c, size_t ldc,
                           const struct ses_gemm_tail *tail)
{
    size_t most = tile_rows(m, vectors, a->lda);
    size_t tiles = (m + most - 1) / most;
    panel.pace = vectors * kernel->width / tiles;
    for (size_t row = 0; row < m; row += most) {
        size_t rows = m - row < most ? m - row : most;
        ses_gemm_tile *run = kernel->tiles[rows - 1][vectors - 1];
        struct ses_gemm_tail part = ses_gemm_tail_at(tail, row * ldc, 0);
        struct ses_gemm_strips from = *a;
        from.x += row * a->lda;
        if (columns == vectors * kernel->width)
            run(&from, &panel, c + row * ldc, ldc, &part);
        else
            narrow_tile(run, rows, columns, &from, &panel, c + row * ldc, ldc,
                        &part);
        panel.next += a->strips * a->k * panel.pace;
    }
}

/* By the rows of B [k x n] from `from` on, as many as A has columns. */
static void multiply(size_t m, size_t n, const struct ses_gemm_strips *a,
                     const float *b, size_t k, size_t from, float *c,
                     size_t ldc, const struct ses_gemm_tail *tail)
{
    for (size_t first = 0; m && first < n; first += 2 * kernel->width) {
        size_t vectors = panel_vectors(n, first);
        size_t width = vectors * kernel->width, left = n - first;
        struct ses_gemm_tail part = ses_gemm_tail_at(tail, 0, first);
        struct ses_gemm_panel panel = {
            .b = b + first * k + from * width,
            .next = b + (first + width) * k + from * width,
            .begun = from > 0,
        };
        multiply_panel(m, vectors, left < width ? left : width, a, panel,
                       c + first, ldc, &part);
    }
}

void ses_gemm_by_strips(size_t m, size_t n, const struct ses_gemm_strips *a,
                        const float *b, float *c, size_t ldc,
                        const struct ses_gemm_tail *tail)
{
    multiply(m, n, a, b, a->strips * a->k, 0, c, ldc, tail ? tail : &none);
}

void ses_gemm_part(size_t m, size_t n, const struct ses_gemm_strips *a,
                   const float *b, size_t k, size_t from, float *c, size_t ldc,
                   const struct ses_gemm_tail *tail)
{
    bool last = from + a->strips * a->k == k;
    multiply(m, n, a, b, k, from, c, ldc, last && tail ? tail : &none);
}

void ses_gemm(size_t m, size_t n, size_t k, const float *a, size_t lda,
              const float *b, float *c, size_t ldc,
              const struct ses_gemm_tail *tail)
{
    if (kernel) {
        const struct ses_gemm_strips rows = { a, lda, k, 1, 0 };
        ses_gemm_by_strips(m, n, &rows, b, c, ldc, tail);
        return;
    }
    ses_blas_gemm(m, n, k, a, lda, b, c, ldc);
    if (tail)
        apply(tail, m, n, c, ldc, c, ldc);
}

void ses_gemm_name(char *out, size_t size)
{
    char blas[64];
    ses_blas_name(blas, sizeof blas);
    if (kernel)
        snprintf(out, size, "%s, products by %s tiles", blas, kernel->name);
    else
        snprintf(out, size, "%s", blas);
}
