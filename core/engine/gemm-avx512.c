/* Products on processors with AVX-512: 28 of 32 registers hold sums. */
#include "core/engine/gemm-kernel.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx512f,fma")
#pragma GCC optimize("fp-contract=fast")
#define WIDTH 16
#define MOST_ROWS 14
#include "core/engine/gemm-tile.inc"

#define EACH(X) \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14)
EACH(BOTH)

static const struct ses_gemm_kernel kernel = {
    .name = "AVX-512", .width = WIDTH, .rows = { MOST_ROWS, MOST_ROWS },
    .tiles = { EACH(PAIR) }
};
const struct ses_gemm_kernel *const ses_gemm_avx512 = &kernel;
#else
const struct ses_gemm_kernel *const ses_gemm_avx512 = NULL;
#endif
