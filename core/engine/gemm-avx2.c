/* Products on processors with AVX2 and FMA: 12 of 16 registers hold sums, of
 * one vector a row or of two. */
#include "core/engine/gemm-kernel.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx2,fma")
#pragma GCC optimize("fp-contract=fast")
#define WIDTH 8
#define MOST_ROWS 12
#include "core/engine/gemm-tile.inc"

#define LOW(X) X(1) X(2) X(3) X(4) X(5) X(6)
#define HIGH(X) X(7, 1) X(8, 1) X(9, 1) X(10, 1) X(11, 1) X(12, 1)
LOW(BOTH)
HIGH(TILE)

static const struct ses_gemm_kernel kernel = {
    .name = "AVX2", .width = WIDTH, .rows = { 12, 6 },
    .tiles = { LOW(PAIR) HIGH(SINGLE) }
};
const struct ses_gemm_kernel *const ses_gemm_avx2 = &kernel;
#else
const struct ses_gemm_kernel *const ses_gemm_avx2 = NULL;
#endif
