/* Small groups on processors with AVX2 and FMA. */
#include "core/ops/lanes.h"

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#pragma GCC target("avx2,fma")
#pragma GCC optimize("fp-contract=fast")
#define WIDTH 8
#include "core/ops/lanes-tile.inc"

#define EACH(X) \
    X(1, 3, 1) X(1, 3, 2) X(1, 5, 1) X(1, 5, 2) X(2, 3, 1) X(2, 3, 2) \
    X(4, 3, 1) X(4, 3, 2) X(8, 3, 1) X(8, 3, 2)
EACH(ROW)

static const struct ses_lanes lanes = { .width = WIDTH,
                                        .rows = { EACH(ENTRY) } };
const struct ses_lanes *const ses_lanes_avx2 = &lanes;
#else
const struct ses_lanes *const ses_lanes_avx2 = NULL;
#endif
