/* Vectors of WIDTH floats, and loops that are written out: what kernels share
 * that are compiled once a vector width. Included where WIDTH and a target are
 * chosen (gemm-tile.inc, core/ops/lanes-tile.inc). */
#ifdef WIDTH
#include <stddef.h>

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
#endif
