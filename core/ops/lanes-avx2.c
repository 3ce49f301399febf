/* Small groups on processors with AVX2 and FMA. */
#include "core/ops/lanes.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>
#pragma GCC target("avx2,fma")
#pragma GCC optimize("fp-contract=fast")
#define WIDTH 8
#define repeat_2(x) \
    (vector)_mm256_broadcast_sd((const double *)(x))
#define repeat_4(x) (vector)_mm256_broadcast_ps((const __m128 *)(x))
#define repeat_8(x) load(x)
#include "core/ops/lanes-tile.inc"

#define EACH(X) \
    STRIDES(X, 1, 1, 3) STRIDES(X, 1, 1, 5) STRIDES(X, 1, 2, 3) \
    STRIDES(X, 2, 2, 3) STRIDES(X, 2, 4, 3) STRIDES(X, 4, 4, 3)
EACH(TILES)

static const struct ses_lanes lanes = { .width = WIDTH,
                                        .many = MANY,
                                        .some = SOME,
                                        .copy = copy,
                                        .kernels = { EACH(ENTRY) } };
const struct ses_lanes *const ses_lanes_avx2 = &lanes;
#else
const struct ses_lanes *const ses_lanes_avx2 = NULL;
#endif
