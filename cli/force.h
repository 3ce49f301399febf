/* --force and --from, as record and ablate take them. */
#ifndef SES_CLI_FORCE_H
#define SES_CLI_FORCE_H

#include "cli/options.h"
#include "cli/record-plan.h"
#include "core/ablation/spec.h"

/* All SPECs as one variant, "" without any. Caller frees with
 * ses_variant_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_parse_forces(const struct ses_words *specs,
                                                const struct ses_blocks *blocks,
                                                struct ses_variant *out,
                                                struct ses_error *err);

/* The donor of the variants' gates, into the job, and what record --from names
 * (NULL for none). It is read before any image is, and whatever is wrong with it
 * is wrong usage. */
SES_MUST_CHECK enum ses_status ses_job_open_donor(
    struct ses_job *job, const char *from, const struct ses_variant *variants,
    size_t n_variants, struct ses_error *err);

/* The SHA-256 of a file in hexadecimal. */
SES_MUST_CHECK enum ses_status ses_hash_file(const char *path, char hex[65],
                                             struct ses_error *err);

/* What a variant forces, for a table: of a long list the first, the last and
 * how many there are. */
void ses_force_text(const char *specs, struct ses_text *out);

#endif
