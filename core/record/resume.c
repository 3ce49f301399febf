/* Going on with a record: is it the same one, and what is left to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/record/compare.h"
#include "core/record/h5.h"
#include "core/record/layout.h"
#include "core/record/new-file.h"
#include "core/record/rehearse.h"
#include "core/record/run.h"
#include "core/record/writer.h"

static enum ses_status same_part(const struct ses_comparison *c,
                                 const char *what, bool there, bool here)
{
    if (there == here)
        return SES_OK;
    return ses_fail(c->err, SES_EUSAGE,
                    "'%s' cannot go on: it was begun with%s %s, now it is "
                    "with%s",
                    c->run->path, there ? "" : "out", what, here ? "" : "out");
}

static enum ses_status compare_parts(const struct ses_comparison *c)
{
    const struct ses_run_file *run = c->run;
    const struct ses_record_plan *plan = c->plan;
    /* Without a gate that has an inner layer nothing says bottleneck. */
    bool bottleneck = false;
    for (size_t b = 0; b < plan->n_blocks; b++)
        bottleneck |= plan->parts.bottleneck && plan->blocks[b].reduced > 0;
    bool rows = plan->n_blocks > 0;
    enum ses_status status =
        same_part(c, "--summary-only", run->parts.summary_only,
                  plan->parts.summary_only && rows);
    if (status == SES_OK)
        status = same_part(c, "--with squeeze", run->parts.squeeze,
                           plan->parts.squeeze && rows);
    if (status == SES_OK)
        status = same_part(c, "--with bottleneck", run->parts.bottleneck,
                           bottleneck);
    if (status == SES_OK)
        status = same_part(c, "--with logits", run->parts.logits,
                           plan->parts.logits);
    if (status == SES_OK)
        status =
            same_part(c, "a classifier", run->predictions, plan->outputs > 0);
    if (status == SES_OK && plan->parts.logits)
        status =
            ses_same_number(c, "number of outputs", (long long)run->outputs,
                            (long long)plan->outputs);
    return status;
}

static enum ses_status compare_blocks(const struct ses_comparison *c)
{
    enum ses_status status =
        ses_same_number(c, "number of blocks", (long long)c->run->n_blocks,
                        (long long)c->plan->n_blocks);
    for (size_t b = 0; b < c->plan->n_blocks && status == SES_OK; b++) {
        const struct ses_run_block *there = &c->run->blocks[b];
        const struct ses_record_block *here = &c->plan->blocks[b];
        char what[64];
        snprintf(what, sizeof what, "block %zu", b);
        status = ses_same_text(c, what, there->name, here->name);
        if (status != SES_OK)
            return status;
        snprintf(what, sizeof what, "number of channels of block %zu", b);
        status = ses_same_number(c, what, there->channels, here->channels);
        if (status != SES_OK)
            return status;
        snprintf(what, sizeof what, "number of inner channels of block %zu", b);
        status = ses_same_number(c, what, there->reduced, here->reduced);
    }
    return status;
}

static enum ses_status compare(const struct ses_run_file *run,
                               const struct ses_record_plan *plan,
                               struct ses_error *err)
{
    const struct ses_comparison c = { run, plan, err };
    enum ses_status status = ses_compare_head(&c);
    if (status == SES_OK)
        status = compare_blocks(&c);
    if (status == SES_OK)
        status = compare_parts(&c);
    return status;
}

/* A file that another tool packed anew cannot be written row by row without
 * changing more than rows. */
static enum ses_status check_layout(const struct ses_record_writer *writer,
                                    struct ses_error *err)
{
    for (size_t i = 0; i <= writer->columns.count; i++) {
        hid_t dataset = i < writer->columns.count
                            ? writer->columns.items[i].dataset
                            : writer->status;
        if (!ses_h5_is_plain(dataset))
            return ses_fail(err, SES_EUNSUPPORTED,
                            "'%s' was packed anew by another tool and cannot "
                            "go on",
                            writer->path);
    }
    return SES_OK;
}

static enum ses_status check_room(const struct ses_record_writer *writer,
                                  const struct ses_record_plan *plan,
                                  struct ses_error *err)
{
    uintmax_t needed;
    struct stat st;
    enum ses_status status = ses_layout_size(plan, &needed, err);
    if (status != SES_OK || stat(writer->path, &st) != 0)
        return status;
    return ses_check_space(writer->path, needed, (uintmax_t)st.st_blocks * 512,
                           err);
}

/* Rows that were never written cannot be summed up again: without the sidecar
 * every image is pending. */
static enum ses_status restore_moments(struct ses_record_writer *writer,
                                       struct ses_error *err)
{
    bool found;
    enum ses_status status = ses_sidecar_read(writer, &found, err);
    if (status != SES_OK)
        return status;
    if (!found)
        memset(writer->marks, SES_IMAGE_PENDING, writer->n_images);
    if (memcmp(writer->marks, writer->statuses, writer->n_images) == 0)
        return SES_OK;
    return ses_writer_mark(writer, 0, writer->n_images, err);
}

enum ses_status ses_record_resume(const char *path,
                                  const struct ses_record_plan *plan,
                                  struct ses_record_writer **out,
                                  struct ses_error *err)
{
    struct ses_run_file *run = NULL;
    struct ses_record_writer *writer = NULL;
    hid_t file;
    *out = NULL;
    enum ses_status status = ses_run_rehearse(path, err);
    if (status == SES_OK)
        status = ses_h5_open_results(path, &ses_h5_record, true, &file, err);
    if (status != SES_OK)
        return status;
    H5Iinc_ref(file); /* run and writer close it both */
    status = ses_run_load(path, file, &run, err);
    if (status == SES_OK)
        status = compare(run, plan, err);
    if (status != SES_OK) {
        ses_h5_close(file);
        goto out;
    }
    status = ses_writer_new(path, file, plan, run->created, &writer, err);
    if (status != SES_OK)
        goto out;
    writer->complete = run->complete && run->n_blocks > 0;
    status = check_layout(writer, err);
    if (status == SES_OK)
        status = check_room(writer, plan, err);
    if (status == SES_OK && writer->moments && !writer->complete)
        status = restore_moments(writer, err);
out:
    ses_run_free(run);
    if (status == SES_OK)
        *out = writer;
    else if (writer)
        ses_writer_free(writer);
    return status;
}
