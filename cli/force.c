/* See force.h. */
#include "cli/force.h"

#include <string.h>

#include "cli/table.h"

enum ses_status ses_parse_forces(const struct ses_words *specs,
                                 const struct ses_blocks *blocks,
                                 struct ses_variant *out,
                                 struct ses_error *err)
{
    *out = (struct ses_variant){ .text = strdup("") };
    if (!out->text)
        return ses_fail_memory(err, "--force");
    for (size_t i = 0; i < specs->count; i++)
        if (ses_variant_add(out, specs->items[i], blocks, err))
            return ses_error_context(err, "--force");
    return SES_OK;
}

enum ses_status ses_open_from(const char *path, struct ses_run_file **out,
                              struct ses_error *err)
{
    *out = NULL;
    if (!path)
        return SES_OK;
    enum ses_status status = ses_run_open(path, out, err);
    return status ? ses_error_context(err, "--from") : SES_OK;
}

void ses_force_text(const char *specs, struct ses_text *out)
{
    enum { LONGEST = 42 };
    const char *last = strrchr(specs, ' ');
    size_t words = 1;
    for (const char *c = specs; *c; c++)
        words += *c == ' ';
    if (!*specs)
        ses_text_add(out, "(as it is)");
    else if (ses_text_columns(specs) <= LONGEST || words < 3)
        ses_text_add(out, "%s", specs);
    else
        ses_text_add(out, "%.*s ... %s (%zu)", (int)strcspn(specs, " "), specs,
                     last + 1, words);
}
