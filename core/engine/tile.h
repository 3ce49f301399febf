/* Vectors of WIDTH floats, and loops that are written out: what kernels share
 * that are compiled once a vector width. Included where WIDTH and a target are
 * chosen (gemm-tile.inc, core/ops/lanes-tile.inc). */
#ifdef WIDTH
#include <stddef.h>

#include "core/engine/gemm.h"

typedef float vector __attribute__((vector_size(WIDTH * sizeof(float))));
typedef float unaligned
    __attribute__((vector_size(WIDTH * sizeof(float)),
                   aligned(sizeof(float)), may_alias));
typedef int integers __attribute__((vector_size(WIDTH * sizeof(int))));

#ifdef __SANITIZE_ADDRESS__
#define UNROLL /* with a check at every step, gcc would take minutes */
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif
#define ALL(i, n) UNROLL for (size_t i = 0; i < (n); i++)

static inline __attribute__((always_inline)) vector load(const float *x)
{
    return *(const unaligned *)x;
}

/* Writes a tile's sums [rows][vectors] to C with everything that is to be done
 * to them. */
static inline __attribute__((always_inline)) void finish(
    vector *sums, const size_t rows, const size_t vectors,
    const struct ses_gemm_tail *tail, float *c, size_t ldc)
{
    const vector zero = { 0 };
    vector w[2];
    if (tail->bias)
        ALL (j, vectors) {
            w[j] = load(tail->bias + j * WIDTH);
            ALL (i, rows)
                sums[i * vectors + j] += w[j];
        }
    if (tail->scale)
        ALL (j, vectors) {
            w[j] = load(tail->scale + j * WIDTH);
            ALL (i, rows)
                sums[i * vectors + j] *= w[j];
        }
    if (tail->add)
        ALL (i, rows)
            ALL (j, vectors)
                sums[i * vectors + j] +=
                    load(tail->add + i * ldc + j * WIDTH);
    if (tail->relu) /* written so that NaN passes through */
        ALL (i, rows * vectors)
            sums[i] = (vector)((integers)sums[i] & ~(sums[i] < zero));
    ALL (i, rows)
        ALL (j, vectors)
            *(unaligned *)(c + i * ldc + j * WIDTH) = sums[i * vectors + j];
}
#endif
