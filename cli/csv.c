/* See csv.h. */
#include "cli/csv.h"

#include <math.h>
#include <string.h>

#include "cli/diagnostics.h"
#include "core/base/file.h"

void ses_csv_text(struct ses_text *out, const char *text, char after)
{
    if (!text[strcspn(text, ",\"\n\r")]) {
        ses_text_add(out, "%s%c", text, after);
        return;
    }
    ses_text_add(out, "\"");
    for (;;) {
        int plain = (int)strcspn(text, "\"");
        ses_text_add(out, "%.*s", plain, text);
        text += plain;
        if (!*text)
            break;
        ses_text_add(out, "\"\"");
        text++;
    }
    ses_text_add(out, "\"%c", after);
}

void ses_csv_number(struct ses_text *out, double number, char after)
{
    if (isfinite(number))
        ses_text_add(out, "%.9g%c", number, after);
    else
        ses_text_add(out, "%c", after);
}

void ses_csv_whole(struct ses_text *out, double number, char after)
{
    ses_text_add(out, "%.0f%c", number, after);
}

enum ses_status ses_csv_write(const char *path, const struct ses_text *data,
                               struct ses_error *err)
{
    if (data->failed)
        return ses_fail_memory(err, "a table");
    return ses_file_write(path, data->data, data->length, err);
}

enum ses_status ses_csv_print(const struct ses_text *data,
                              struct ses_error *err)
{
    if (data->failed)
        return ses_fail_memory(err, "a table");
    ses_print(data->data);
    return SES_OK;
}
