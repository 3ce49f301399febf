/* The kernel of our own products, for one vector width: included by a file
 * that has chosen a target, and that says
 *
 *     WIDTH      floats of a vector
 *     MOST_ROWS  rows of the largest tile; with two vectors a row and three
 *                more, they fill the processor's registers
 *
 * A tile is a few rows of C by a panel of one or two vectors: sums stay in
 * registers through all of k, and C is written once, with everything that is
 * to be done to it (the tail). An element's sum goes through k in order in any
 * tile, so its bits do not depend on what stands beside it. */
#include <stddef.h>

#include "core/engine/gemm-kernel.h"
#include "core/engine/tile.h"

#ifdef WIDTH
/* Three rows share a pointer: as many as there are rows would not fit into
 * registers. */
#define TRIPLES ((MOST_ROWS + 2) / 3)

static inline __attribute__((always_inline)) vector load(const float *x)
{
    return *(const unaligned *)x;
}

static inline __attribute__((always_inline)) void tile(
    const size_t rows, const size_t vectors, const struct ses_gemm_strips *a,
    const float *restrict b, float *c, size_t ldc,
    const struct ses_gemm_tail *tail)
{
    const size_t lda = a->lda, k = a->k, step = a->step;
    vector sums[MOST_ROWS][2], w[2];
    const float *from[TRIPLES];
    const vector zero = { 0 };
    ALL (i, rows)
        ALL (j, vectors) { /* they are on their way while sums are made */
            if (tail->add)
                __builtin_prefetch(tail->add + i * ldc + j * WIDTH);
            __builtin_prefetch(c + i * ldc + j * WIDTH, 1);
        }
    ALL (i, (rows + 2) / 3)
        from[i] = a->x + 3 * i * lda;
    ALL (i, rows)
        ALL (j, vectors)
            sums[i][j] = zero;
    for (size_t strip = 0; strip < a->strips; strip++) {
        for (size_t p = 0; p < k; p++, b += vectors * WIDTH) {
            ALL (j, vectors)
                w[j] = load(b + j * WIDTH);
            ALL (i, rows)
                ALL (j, vectors)
                    sums[i][j] += (from[i / 3][i % 3 * lda + p] - zero) * w[j];
        }
        ALL (i, (rows + 2) / 3)
            from[i] += step;
    }
    if (tail->bias)
        ALL (j, vectors) {
            w[j] = load(tail->bias + j * WIDTH);
            ALL (i, rows)
                sums[i][j] += w[j];
        }
    if (tail->scale)
        ALL (j, vectors) {
            w[j] = load(tail->scale + j * WIDTH);
            ALL (i, rows)
                sums[i][j] *= w[j];
        }
    if (tail->add)
        ALL (i, rows)
            ALL (j, vectors)
                sums[i][j] += load(tail->add + i * ldc + j * WIDTH);
    if (tail->relu) /* written so that NaN passes through */
        ALL (i, rows)
            ALL (j, vectors)
                sums[i][j] = (vector)((integers)sums[i][j] &
                                      ~(sums[i][j] < zero));
    ALL (i, rows)
        ALL (j, vectors)
            *(unaligned *)(c + i * ldc + j * WIDTH) = sums[i][j];
}

#define TILE(rows, vectors) \
    static void tile_##rows##_##vectors( \
        const struct ses_gemm_strips *a, const float *b, float *c, \
        size_t ldc, const struct ses_gemm_tail *tail) \
    { \
        tile(rows, vectors, a, b, c, ldc, tail); \
    }
#define BOTH(rows) TILE(rows, 1) TILE(rows, 2)
#define PAIR(rows) { tile_##rows##_1, tile_##rows##_2 },
#endif
