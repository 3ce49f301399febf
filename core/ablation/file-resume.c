/* Going on with ABLATION.h5: is it the same one. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/ablation/file-parts.h"
#include "core/base/alloc.h"
#include "core/record/compare.h"
#include "core/record/h5.h"
#include "core/record/new-file.h"
#include "core/record/run.h"

static enum ses_status compare_blocks(const struct ses_comparison *c,
                                      const struct ses_ablation *there,
                                      const struct ses_ablation_plan *here)
{
    enum ses_status status =
        ses_same_number(c, "number of blocks", (long long)there->n_blocks,
                        (long long)here->n_blocks);
    for (size_t b = 0; b < here->n_blocks && status == SES_OK; b++) {
        char what[64];
        snprintf(what, sizeof what, "block %zu", b);
        status =
            ses_same_text(c, what, there->blocks[b].name, here->blocks[b].name);
        snprintf(what, sizeof what, "number of channels of block %zu", b);
        if (status == SES_OK)
            status = ses_same_number(c, what, there->blocks[b].channels,
                                     here->blocks[b].channels);
    }
    return status;
}

static enum ses_status compare_variants(const struct ses_comparison *c,
                                        const struct ses_ablation *there,
                                        const struct ses_ablation_plan *here)
{
    enum ses_status status =
        ses_same_number(c, "number of variants", (long long)there->n_variants,
                        (long long)here->n_variants);
    for (size_t v = 0; v < here->n_variants && status == SES_OK; v++) {
        char what[64];
        snprintf(what, sizeof what, "variant %zu", v);
        status = ses_same_text(c, what, there->forces[v], here->forces[v]);
        snprintf(what, sizeof what, "sweep of variant %zu", v);
        if (status == SES_OK)
            status = ses_same_text(c, what, there->sweeps[v], here->sweeps[v]);
    }
    return status;
}

static enum ses_status compare(const struct ses_run_file *head,
                               const struct ses_ablation *there,
                               const struct ses_ablation_plan *plan,
                               struct ses_error *err)
{
    const struct ses_comparison c = { head, &plan->record, err };
    enum ses_status status = ses_compare_head(&c);
    if (status == SES_OK)
        status = compare_blocks(&c, there, plan);
    if (status == SES_OK)
        status = compare_variants(&c, there, plan);
    return status;
}

static enum ses_status check_room(const char *path,
                                  const struct ses_ablation_plan *plan,
                                  struct ses_error *err)
{
    uintmax_t needed;
    struct stat st;
    enum ses_status status = ses_ablation_size(plan, &needed, err);
    if (status != SES_OK || stat(path, &st) != 0)
        return status;
    return ses_check_space(path, needed, (uintmax_t)st.st_blocks * 512, err);
}

enum ses_status ses_ablation_resume(const char *path,
                                    const struct ses_ablation_plan *plan,
                                    struct ses_ablation_writer **out,
                                    struct ses_error *err)
{
    struct ses_run_file *head = NULL;
    struct ses_ablation *there = NULL;
    struct ses_ablation_writer *writer = NULL;
    hid_t file;
    *out = NULL;
    enum ses_status status = ses_ablation_rehearse(path, err);
    if (status == SES_OK)
        status = ses_h5_open_results(path, &ses_h5_ablation, true, &file, err);
    if (status != SES_OK)
        return status;
    H5Iinc_ref(file); /* head and writer close it both */
    status = ses_run_load_head(path, file, &head, err);
    if (status == SES_OK) {
        there = ses_calloc(1, sizeof *there);
        status = there ? ses_ablation_load(file, there, err)
                       : ses_fail_memory(err, "an ablation");
        if (status != SES_OK)
            ses_error_context(err, "'%s'", path);
    }
    if (status == SES_OK)
        status = compare(head, there, plan, err);
    if (status == SES_OK)
        status = check_room(path, plan, err);
    if (status != SES_OK) {
        ses_h5_close(file);
        goto out;
    }
    status = ses_ablation_writer_new(path, file, plan->n_variants,
                                     plan->record.n_images, &writer, err);
    if (status == SES_OK && !ses_ablation_writer_is_plain(writer))
        status = ses_fail(err, SES_EUNSUPPORTED,
                          "'%s' was packed anew by another tool and cannot go "
                          "on",
                          path);
out:
    ses_ablation_free(there);
    ses_run_free(head);
    if (status == SES_OK)
        *out = writer;
    else if (writer)
        ses_ablation_writer_free(writer);
    return status;
}
