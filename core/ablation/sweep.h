/* Sweeps: families of variants. */
#ifndef SES_ABLATION_SWEEP_H
#define SES_ABLATION_SWEEP_H

#include "core/ablation/spec.h"

enum ses_sweep {
    SES_SWEEP_BLOCKS,     /* each block alone */
    SES_SWEEP_STAGES,     /* each stage's blocks together */
    SES_SWEEP_CUMULATIVE, /* the last, the last two, ... all; then the first,
                           * the first two, ... */
    SES_SWEEP_PAIRS       /* every two blocks, and each alone */
};
extern const char *const ses_sweep_names[]; /* NULL-terminated */

struct ses_variants {
    struct ses_variant *items; /* items[0] is the network as it is */
    size_t count;
};

/* Append a sweep of the blocks chosen (indices in depth order), once a value
 * ("one", "mean", ...), each variant on top of the SPECs in base (may be
 * empty). Variants that are there already are not repeated. */
SES_MUST_CHECK enum ses_status ses_sweep_add(
    struct ses_variants *variants, enum ses_sweep sweep,
    const char *const *values, size_t n_values,
    const struct ses_variant *base, const struct ses_blocks *blocks,
    const size_t *chosen, size_t n_chosen, struct ses_error *err);
void ses_variants_release(struct ses_variants *variants);

#endif
