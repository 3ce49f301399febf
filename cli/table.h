/* Tables on a terminal: aligned columns, widths as the terminal counts them,
 * numbers to the right. */
#ifndef SES_CLI_TABLE_H
#define SES_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/base/error.h"
#include "core/base/text.h"

struct ses_column {
    const char *title; /* NULL in the first: no line of titles */
    bool right;
};

struct ses_table {
    const struct ses_column *columns; /* borrowed */
    size_t n_columns;
    char **cells; /* row by row */
    size_t count, capacity;
    bool failed; /* no memory; sticky */
};

void ses_table_init(struct ses_table *table, const struct ses_column *columns,
                    size_t n_columns);
void ses_table_release(struct ses_table *table);

/* The next cell of the current row, or the first of the next. */
void ses_table_cell(struct ses_table *table, const char *format, ...)
    SES_PRINTF(2, 3);

/* A share as "12.34 %"; "-" for NaN. Decimals as given. */
void ses_table_share(struct ses_table *table, double share, int decimals);

/* A number with so many decimals; "-" for NaN. */
void ses_table_number(struct ses_table *table, double number, int decimals);

/* The table's lines, without trailing blanks. */
void ses_table_text(const struct ses_table *table, struct ses_text *out);

/* To stdout, and released; SES_ENOMEM (with nothing printed) when it could not
 * be made. */
SES_MUST_CHECK enum ses_status ses_table_finish(struct ses_table *table,
                                                struct ses_error *err);

/* Columns that UTF-8 text takes; a byte that is no UTF-8 takes one. */
size_t ses_text_columns(const char *text);

#endif
