/* A new record's contents: everything but the rows. */
#ifndef SES_RECORD_LAYOUT_H
#define SES_RECORD_LAYOUT_H

#include <stdint.h>

#include "core/record/record.h"

/* Bytes a record of this plan takes in the end, its sidecars among them. */
SES_MUST_CHECK enum ses_status ses_layout_size(
    const struct ses_record_plan *plan, uintmax_t *out,
    struct ses_error *err);

/* Make the whole file under this name: attributes, names, and all datasets
 * with their space. Rows are holes in it, which read as zeros. */
SES_MUST_CHECK enum ses_status ses_layout_make(
    const char *path, const struct ses_record_plan *plan,
    const char *created, struct ses_error *err);

#endif
