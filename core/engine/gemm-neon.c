/* Products on 64-bit ARM: 24 of 32 registers hold sums, two B's vectors, and
 * A's numbers go through the rest: all at once they would not fit, so gcc is
 * not to load them early. */
#include "core/engine/gemm-kernel.h"

#if defined(__aarch64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("fp-contract=fast", "no-schedule-insns")
#define WIDTH 4
#define MOST_ROWS 12
#include "core/engine/gemm-tile.inc"

#define EACH(X) \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12)
EACH(BOTH)

static const struct ses_gemm_kernel kernel = {
    .name = "NEON", .width = WIDTH, .rows = MOST_ROWS,
    .tiles = { EACH(PAIR) }
};
const struct ses_gemm_kernel *const ses_gemm_neon = &kernel;
#else
const struct ses_gemm_kernel *const ses_gemm_neon = NULL;
#endif
