/* See table.h. */
#include "cli/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "cli/diagnostics.h"
#include "core/base/alloc.h"
#include "core/base/utf8.h"

size_t ses_text_columns(const char *text)
{
    size_t columns = 0, left = strlen(text);
    while (left) {
        uint32_t code;
        size_t n = ses_utf8_decode(text, left, &code);
        int width = n ? wcwidth((wchar_t)code) : 1;
        columns += width < 0 ? 1 : (size_t)width;
        n += n == 0;
        text += n;
        left -= n;
    }
    return columns;
}

void ses_table_init(struct ses_table *table, const struct ses_column *columns,
                    size_t n_columns)
{
    *table = (struct ses_table){ .columns = columns, .n_columns = n_columns };
}

void ses_table_release(struct ses_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i]);
    free(table->cells);
    memset(table, 0, sizeof *table);
}

void ses_table_cell(struct ses_table *table, const char *format, ...)
{
    if (table->failed)
        return;
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&text, format, args);
    va_end(args);
    char **grown = ses_grow(table->cells, table->count, &table->capacity,
                            sizeof *table->cells);
    if (grown)
        table->cells = grown;
    if (!grown || length < 0) {
        if (length >= 0)
            free(text);
        table->failed = true;
        return;
    }
    /* Names from files must not move the cursor. */
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    table->cells[table->count++] = text;
}

void ses_table_share(struct ses_table *table, double share, int decimals)
{
    if (isnan(share))
        ses_table_cell(table, "-");
    else
        ses_table_cell(table, "%.*f %%", decimals, 100 * share);
}

void ses_table_number(struct ses_table *table, double number, int decimals)
{
    if (isnan(number))
        ses_table_cell(table, "-");
    else
        ses_table_cell(table, "%.*f", decimals, number);
}

static void add_row(const struct ses_table *table, const char *const *cells,
                    size_t n, const size_t *widths, struct ses_text *out)
{
    size_t blanks = 0; /* owed before the next text */
    for (size_t i = 0; i < n; i++) {
        size_t columns = ses_text_columns(cells[i]);
        size_t pad = widths[i] - columns;
        if (table->columns[i].right)
            blanks += pad;
        if (columns)
            ses_text_add(out, "%*s%s", (int)blanks, "", cells[i]);
        blanks = (columns ? 0 : blanks) + 2 +
                 (table->columns[i].right ? 0 : pad);
    }
    ses_text_add(out, "\n");
}

void ses_table_text(const struct ses_table *table, struct ses_text *out)
{
    size_t n = table->n_columns;
    bool titled = table->columns[0].title != NULL;
    size_t *widths = ses_calloc(n, sizeof *widths);
    const char **titles = ses_calloc(n, sizeof *titles);
    if (table->failed || !widths || !titles) {
        out->failed = true;
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        titles[i] = titled ? table->columns[i].title : "";
        widths[i] = ses_text_columns(titles[i]);
    }
    for (size_t i = 0; i < table->count; i++) {
        size_t columns = ses_text_columns(table->cells[i]);
        if (columns > widths[i % n])
            widths[i % n] = columns;
    }
    if (titled)
        add_row(table, titles, n, widths, out);
    for (size_t i = 0; i < table->count; i += n)
        add_row(table, (const char *const *)table->cells + i,
                table->count - i < n ? table->count - i : n, widths, out);
out:
    free(widths);
    free(titles);
}

enum ses_status ses_table_finish(struct ses_table *table,
                                 struct ses_error *err)
{
    struct ses_text text = { 0 };
    ses_table_text(table, &text);
    enum ses_status status =
        text.failed ? ses_fail_memory(err, "a table") : SES_OK;
    if (!status && text.data)
        ses_print(text.data);
    ses_text_release(&text);
    ses_table_release(table);
    return status;
}
