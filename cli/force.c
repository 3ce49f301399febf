/* See force.h. */
#include "cli/force.h"

#include <string.h>

#include "cli/table.h"
#include "core/base/file.h"
#include "core/record/reader.h"

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

enum ses_status ses_hash_file(const char *path, char hex[65],
                              struct ses_error *err)
{
    struct ses_file file;
    const struct ses_file *files = &file;
    enum ses_status status = ses_file_map(path, &file, err);
    if (status)
        return status;
    status = ses_sha256(&files, 1, hex, err);
    ses_file_release(&file);
    return status;
}

static enum ses_status open_from(struct ses_job *job, const char *from,
                                 struct ses_run_file **run,
                                 struct ses_error *err)
{
    job->from = from ? from : "";
    if (!from)
        return SES_OK;
    enum ses_status status = ses_run_open(from, run, err);
    if (!status)
        status = ses_hash_file(from, job->from_sha256, err);
    if (!status)
        return SES_OK;
    if (status != SES_ENOMEM)
        err->status = SES_EUSAGE;
    return ses_error_context(err, "--from");
}

enum ses_status ses_job_open_donor(struct ses_job *job, const char *from,
                                   const struct ses_variant *variants,
                                   size_t n_variants, struct ses_error *err)
{
    struct ses_run_file *run = NULL;
    enum ses_status status = open_from(job, from, &run, err);
    if (!status)
        status = ses_donor_new(run, job->model, job->set, variants, n_variants,
                               (uint64_t)job->seed, &job->donor, err);
    ses_run_free(run);
    return status;
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
