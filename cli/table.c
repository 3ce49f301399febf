/* See table.h. */
#include "cli/table.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/base/alloc.h"

/* One character of UTF-8: its code point, or the byte itself when it is none.
 * Returns the bytes read. */
static size_t decode(const unsigned char *s, uint32_t *out)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    size_t length = s[0] < 0x80             ? 1
                    : (s[0] & 0xe0) == 0xc0 ? 2
                    : (s[0] & 0xf0) == 0xe0 ? 3
                    : (s[0] & 0xf8) == 0xf0 ? 4
                                            : 1;
    uint32_t c = length == 1 ? s[0] : s[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            *out = s[0];
            return 1;
        }
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (length > 1 && c < least[length]) {
        c = s[0];
        length = 1;
    }
    *out = c;
    return length;
}

size_t ses_text_columns(const char *text)
{
    size_t columns = 0;
    for (const unsigned char *s = (const unsigned char *)text; *s;) {
        uint32_t c;
        s += decode(s, &c);
        int width = wcwidth((wchar_t)c);
        columns += width < 0 ? 1 : (size_t)width;
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

bool ses_table_print(const struct ses_table *table)
{
    struct ses_text text = { 0 };
    ses_table_text(table, &text);
    bool printed = !text.failed;
    if (printed && text.data)
        fputs(text.data, stdout);
    ses_text_release(&text);
    return printed;
}
