/* Comma-separated values (RFC 4180), for others to read: of figures, of
 * statistics, of ablations. */
#ifndef SES_CLI_CSV_H
#define SES_CLI_CSV_H

#include "core/base/error.h"
#include "core/base/text.h"

/* A cell of CSV, in quotes where it needs them, and a comma or the line's end
 * after it. NaN is an empty cell. */
void ses_csv_text(struct ses_text *out, const char *text, char after);
void ses_csv_number(struct ses_text *out, double number, char after);
void ses_csv_whole(struct ses_text *out, double number, char after);

/* Write the table to a file, whole or not at all; or to standard output. */
SES_MUST_CHECK enum ses_status ses_csv_write(const char *path,
                                              const struct ses_text *data,
                                              struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_csv_print(const struct ses_text *data,
                                             struct ses_error *err);

#endif
