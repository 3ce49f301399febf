/* --force and --from, as record and ablate take them. */
#ifndef SES_CLI_FORCE_H
#define SES_CLI_FORCE_H

#include "cli/options.h"
#include "core/ablation/spec.h"
#include "core/record/reader.h"

/* All SPECs as one variant, "" without any. Caller frees with
 * ses_variant_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_parse_forces(const struct ses_words *specs,
                                                const struct ses_blocks *blocks,
                                                struct ses_variant *out,
                                                struct ses_error *err);

/* The record named by --from; *out is NULL when none is. Caller frees with
 * ses_run_free(). */
SES_MUST_CHECK enum ses_status ses_open_from(const char *path,
                                             struct ses_run_file **out,
                                             struct ses_error *err);

/* What a variant forces, for a table: of a long list the first, the last and
 * how many there are. */
void ses_force_text(const char *specs, struct ses_text *out);

#endif
