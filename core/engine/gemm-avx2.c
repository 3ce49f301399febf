/* Products on processors with AVX2 and FMA: 12 of 16 registers hold sums. */
#include "core/engine/gemm-kernel.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx2,fma")
#pragma GCC optimize("fp-contract=fast")
#define WIDTH 8
#define MOST_ROWS 6
#include "core/engine/gemm-tile.inc"

#define EACH(X) X(1) X(2) X(3) X(4) X(5) X(6)
EACH(BOTH)

static const struct ses_gemm_kernel kernel = {
    .name = "AVX2", .width = WIDTH, .rows = MOST_ROWS,
    .tiles = { EACH(PAIR) }
};
const struct ses_gemm_kernel *const ses_gemm_avx2 = &kernel;
#else
const struct ses_gemm_kernel *const ses_gemm_avx2 = NULL;
#endif
