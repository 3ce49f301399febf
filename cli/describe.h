/* A network and its preprocessing in words and in JSON, for inspect and for
 * --dry-run. */
#ifndef SES_CLI_DESCRIBE_H
#define SES_CLI_DESCRIBE_H

#include "cli/table.h"
#include "core/import/model.h"

/* Path, architecture, input, outputs, parameters: rows of two cells. */
void ses_describe_model(const struct ses_model *model,
                        struct ses_table *table);

/* What is done to an image, step by step: rows of two cells. */
void ses_describe_preprocess(const struct ses_preprocess *preprocess,
                             struct ses_table *table);

/* All of it as one JSON object (sescope-inspect(1)), to stdout. */
SES_MUST_CHECK enum ses_status ses_print_model_json(
    const struct ses_model *model, struct ses_error *err);

#endif
