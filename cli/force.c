/* See force.h. */
#include "cli/force.h"

#include <string.h>

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
