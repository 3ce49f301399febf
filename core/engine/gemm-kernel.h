/* Between gemm.c and the kernels it chooses from. */
#ifndef SES_ENGINE_GEMM_KERNEL_H
#define SES_ENGINE_GEMM_KERNEL_H

#include <stddef.h>

#include "core/engine/gemm.h"

enum { SES_GEMM_MOST_ROWS = 14 };

/* Columns of B, as wide as a tile, and what will be wanted next of it: fetched
 * `pace` floats further with each row of b. */
struct ses_gemm_panel {
    const float *b, *next;
    size_t pace;
    bool begun; /* C holds sums that these rows continue */
};

/* rows x (vectors * width) of C. What tail points to is of these columns;
 * leading dimensions in floats, that of tail->add is C's. */
typedef void ses_gemm_tile(const struct ses_gemm_strips *a,
                           const struct ses_gemm_panel *panel, float *c,
                           size_t ldc, const struct ses_gemm_tail *tail);

struct ses_gemm_kernel {
    const char *name;
    size_t width; /* floats of a vector */
    size_t rows[2]; /* of the largest tile of one vector, and of two */
    ses_gemm_tile *tiles[SES_GEMM_MOST_ROWS][2]; /* [rows - 1][vectors - 1] */
};

/* NULL where the compiler does not know the processor's instructions. */
extern const struct ses_gemm_kernel *const ses_gemm_avx512;
extern const struct ses_gemm_kernel *const ses_gemm_avx2;
extern const struct ses_gemm_kernel *const ses_gemm_neon;

#endif
