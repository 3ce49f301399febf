/* What the variants of a file were: which blocks each forces, and to what.
 *
 * Sweeps leave out variants that are there already, so which of them a figure
 * shows at a place is found by what it does and not by its sweep. */
#ifndef SES_ABLATION_SWEEP_FORM_H
#define SES_ABLATION_SWEEP_FORM_H

#include <stdbool.h>

#include "core/ablation/file.h"

struct ses_sweep_forms {
    size_t n_variants, n_blocks;
    char **values; /* "one", "mean", ... in the order they come in */
    size_t n_values;
    int *value;    /* [n_variants] index of the one value that a variant gives
                    * whole blocks, on top of what all sweeps have in common;
                    * -1 for those that do something else, or nothing */
    bool *forced;  /* [n_variants][n_blocks] */
};

SES_MUST_CHECK enum ses_status ses_sweep_forms_init(
    struct ses_sweep_forms *forms, const struct ses_ablation *ablation,
    struct ses_error *err);
void ses_sweep_forms_release(struct ses_sweep_forms *forms);

/* The variant that gives these blocks, and no others, a value; or -1. */
int ses_sweep_find(const struct ses_sweep_forms *forms, size_t value,
                   const bool *forced);

/* The blocks that variants of a sweep give a value, into forced [n_blocks];
 * sweep NULL: of any. Returns how many. */
size_t ses_sweep_blocks(const struct ses_sweep_forms *forms,
                        const struct ses_ablation *ablation,
                        const char *sweep, size_t value, bool *forced);

#endif
