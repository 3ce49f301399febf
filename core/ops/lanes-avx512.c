/* Small groups on processors with AVX-512. */
#include "core/ops/lanes.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#include <immintrin.h>
#pragma GCC target("avx512f,fma")
#pragma GCC optimize("fp-contract=fast")
#define WIDTH 16
#define repeat_2(x) \
    (vector)_mm512_broadcastsd_pd(_mm_load_sd((const double *)(x)))
#define repeat_4(x) (vector)_mm512_broadcast_f32x4(_mm_loadu_ps(x))
#define repeat_8(x) \
    (vector)_mm512_broadcast_f64x4(_mm256_loadu_pd((const double *)(x)))
#include "core/ops/lanes-tile.inc"

#define EACH(X) \
    STRIDES(X, 1, 1, 3) STRIDES(X, 1, 1, 5) STRIDES(X, 1, 2, 3) \
    STRIDES(X, 2, 2, 3) STRIDES(X, 2, 4, 3) STRIDES(X, 4, 4, 3) \
    STRIDES(X, 4, 8, 3) STRIDES(X, 8, 8, 3)
EACH(TILES)

static const struct ses_lanes lanes = { .width = WIDTH,
                                        .many = MANY,
                                        .some = SOME,
                                        .copy = copy,
                                        .kernels = { EACH(ENTRY) } };
const struct ses_lanes *const ses_lanes_avx512 = &lanes;
#else
const struct ses_lanes *const ses_lanes_avx512 = NULL;
#endif
