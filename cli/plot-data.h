/* The numbers of a figure, as a table for others to read. */
#ifndef SES_CLI_PLOT_DATA_H
#define SES_CLI_PLOT_DATA_H

#include "core/base/error.h"
#include "core/base/text.h"

/* A cell of CSV, in quotes where it needs them, and a comma or the line's end
 * after it. NaN is an empty cell. */
void ses_data_text(struct ses_text *out, const char *text, char after);
void ses_data_number(struct ses_text *out, double number, char after);

/* Write the table; whole or not at all. */
SES_MUST_CHECK enum ses_status ses_data_write(const char *path,
                                              const struct ses_text *data,
                                              struct ses_error *err);

#endif
