/* See plot-data.h. */
#include "cli/plot-data.h"

#include <math.h>
#include <string.h>

#include "core/base/file.h"

void ses_data_text(struct ses_text *out, const char *text, char after)
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

void ses_data_number(struct ses_text *out, double number, char after)
{
    if (isfinite(number))
        ses_text_add(out, "%.9g%c", number, after);
    else
        ses_text_add(out, "%c", after);
}

enum ses_status ses_data_write(const char *path, const struct ses_text *data,
                               struct ses_error *err)
{
    if (data->failed)
        return ses_fail_memory(err, "the figure's numbers");
    return ses_file_write(path, data->data, data->length, err);
}
