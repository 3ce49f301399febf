/* See plot-data.h. */
#include "cli/plot-data.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    char *temporary = ses_temporary_name(path);
    if (!temporary || data->failed) {
        free(temporary);
        return ses_fail_memory(err, "the figure's numbers");
    }
    enum ses_status status;
    FILE *file = fopen(temporary, "we");
    if (!file) {
        status = ses_fail_errno(err, errno, "cannot write '%s'", path);
        free(temporary);
        return status;
    }
    bool written = fwrite(data->data, 1, data->length, file) == data->length;
    int number = errno;
    if (fclose(file) != 0 && written) {
        written = false;
        number = errno;
    }
    if (written) {
        status = ses_file_publish(temporary, path, err);
    } else {
        unlink(temporary);
        status = ses_fail_errno(err, number, "cannot write '%s'", path);
    }
    free(temporary);
    return status;
}
