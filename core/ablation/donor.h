/* Where forced gates come from: a record of the same network over some set.
 *
 * Everything random is a function of seed, block and image, so it depends on
 * neither threads nor batch nor the other variants. */
#ifndef SES_ABLATION_DONOR_H
#define SES_ABLATION_DONOR_H

#include "core/ablation/spec.h"
#include "core/images/set.h"
#include "core/import/model.h"
#include "core/record/reader.h"

struct ses_donor;

/* run may be NULL when no variant needs one. The record must be of the same
 * network (hash), preprocessing and unforced; blocks that variants need must
 * be in it, with rows where rows are needed; classes are matched by id; an
 * image is matched by its path where the set has it (so that shuffle-images
 * gives another image's gate and other-class another class's). Each of these
 * is SES_EUSAGE with both values. What variants need is read into memory once.
 * Caller frees with ses_donor_free(). */
SES_MUST_CHECK enum ses_status ses_donor_new(
    const struct ses_run_file *run, const struct ses_model *model,
    const struct ses_set *set, const struct ses_variant *variants,
    size_t n_variants, uint64_t seed, struct ses_donor **out,
    struct ses_error *err);
void ses_donor_free(struct ses_donor *donor);

/* Change gates of a block as a variant says, after the non-linearity: data is
 * [batch][channels], row i of the set's item items[i]. Thread-safe. */
SES_MUST_CHECK enum ses_status ses_donor_force(
    const struct ses_donor *donor, const struct ses_variant *variant,
    size_t block, const size_t *items, int batch, float *data,
    struct ses_error *err);

/* The same for what the non-linearity is given (scale=T); does nothing for
 * variants without it. */
void ses_donor_scale(const struct ses_donor *donor,
                     const struct ses_variant *variant, size_t block,
                     int batch, float *data);

#endif
