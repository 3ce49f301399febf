/* Going on with a record: is it the same one, and what is left to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/alloc.h"
#include "core/base/utf8.h"
#include "core/record/h5.h"
#include "core/record/layout.h"
#include "core/record/run.h"
#include "core/record/writer.h"

enum { PATHS_AT_ONCE = 4096 };

/* The first difference between a file and a plan. */
struct comparison {
    const struct ses_run_file *run;
    const struct ses_record_plan *plan;
    struct ses_error *err;
};

static enum ses_status same_text(const struct comparison *c, const char *what,
                                 const char *there, const char *here)
{
    char *written = ses_utf8_escaped(here ? here : "");
    if (!written)
        return ses_fail_memory(c->err, what);
    enum ses_status status = SES_OK;
    if (strcmp(there, written) != 0)
        status = ses_fail(c->err, SES_EUSAGE,
                          "'%s' cannot go on: its %s is '%s', now it is '%s'",
                          c->run->path, what, there, written);
    free(written);
    return status;
}

static enum ses_status same_number(const struct comparison *c,
                                   const char *what, long long there,
                                   long long here)
{
    if (there == here)
        return SES_OK;
    return ses_fail(c->err, SES_EUSAGE,
                    "'%s' cannot go on: its %s is %lld, now it is %lld",
                    c->run->path, what, there, here);
}

static enum ses_status same_part(const struct comparison *c, const char *what,
                                 bool there, bool here)
{
    if (there == here)
        return SES_OK;
    return ses_fail(c->err, SES_EUSAGE,
                    "'%s' cannot go on: it was begun with%s %s, now it is "
                    "with%s",
                    c->run->path, there ? "" : "out", what, here ? "" : "out");
}

static enum ses_status compare_root(const struct comparison *c)
{
    const struct ses_run_file *run = c->run;
    const struct ses_record_plan *plan = c->plan;
    const struct {
        const char *what, *there, *here;
    } texts[] = {
        { "model_sha256", run->model_sha256, plan->model_sha256 },
        { "arch", run->arch, plan->arch },
        { "preprocess", run->preprocess, plan->preprocess },
        { "force", run->force, plan->force },
    };
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (status == SES_OK)
            status = same_text(c, texts[i].what, texts[i].there,
                               texts[i].here);
    if (status == SES_OK)
        status = same_number(c, "seed", run->seed, plan->seed);
    return status;
}

static enum ses_status compare_parts(const struct comparison *c)
{
    const struct ses_run_file *run = c->run;
    const struct ses_record_plan *plan = c->plan;
    /* Without a gate that has an inner layer nothing says bottleneck. */
    bool bottleneck = false;
    for (size_t b = 0; b < plan->n_blocks; b++)
        bottleneck |= plan->parts.bottleneck && plan->blocks[b].reduced > 0;
    bool rows = plan->n_blocks > 0;
    enum ses_status status = same_part(c, "--summary-only",
                                       run->parts.summary_only,
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
        status = same_part(c, "a classifier", run->predictions,
                           plan->outputs > 0);
    if (status == SES_OK && plan->parts.logits)
        status = same_number(c, "number of outputs", (long long)run->outputs,
                             (long long)plan->outputs);
    return status;
}

static enum ses_status compare_classes(const struct comparison *c)
{
    const struct ses_run_file *run = c->run;
    const struct ses_record_plan *plan = c->plan;
    enum ses_status status =
        same_number(c, "number of classes", (long long)run->n_classes,
                    (long long)plan->n_classes);
    for (size_t k = 0; k < plan->n_classes && status == SES_OK; k++) {
        char what[64];
        snprintf(what, sizeof what, "class %zu", k);
        status = same_text(c, what, run->class_ids[k], plan->class_ids[k]);
        if (status == SES_OK)
            status = same_text(c, what, run->class_names[k],
                               plan->class_names[k]);
        if (status != SES_OK)
            return status;
        snprintf(what, sizeof what, "output of class %zu", k);
        status = same_number(c, what, run->class_outputs[k],
                             plan->class_outputs[k]);
    }
    return status;
}

static enum ses_status compare_paths(const struct comparison *c, size_t first,
                                     size_t n, char **paths)
{
    enum ses_status status =
        ses_run_paths(c->run, first, n, paths, c->err);
    if (status != SES_OK)
        return status;
    for (size_t i = 0; i < n; i++) {
        char what[64];
        snprintf(what, sizeof what, "image %zu", first + i);
        if (status == SES_OK)
            status = same_text(c, what, paths[i],
                               c->plan->image_paths[first + i]);
        snprintf(what, sizeof what, "class of image %zu", first + i);
        if (status == SES_OK)
            status = same_text(
                c, what,
                c->run->class_ids[c->run->image_classes[first + i]],
                c->plan->class_ids[c->plan->image_classes[first + i]]);
        free(paths[i]);
    }
    return status;
}

static enum ses_status compare_images(const struct comparison *c)
{
    size_t n = c->plan->n_images;
    enum ses_status status = same_number(
        c, "number of images", (long long)c->run->n_images, (long long)n);
    if (status != SES_OK)
        return status;
    char **paths = ses_calloc(PATHS_AT_ONCE, sizeof *paths);
    if (!paths)
        return ses_fail_memory(c->err, "image names");
    for (size_t i = 0; i < n && status == SES_OK; i += PATHS_AT_ONCE)
        status = compare_paths(
            c, i, n - i < PATHS_AT_ONCE ? n - i : PATHS_AT_ONCE, paths);
    free(paths);
    return status;
}

static enum ses_status compare_blocks(const struct comparison *c)
{
    enum ses_status status =
        same_number(c, "number of blocks", (long long)c->run->n_blocks,
                    (long long)c->plan->n_blocks);
    for (size_t b = 0; b < c->plan->n_blocks && status == SES_OK; b++) {
        const struct ses_run_block *there = &c->run->blocks[b];
        const struct ses_record_block *here = &c->plan->blocks[b];
        char what[64];
        snprintf(what, sizeof what, "block %zu", b);
        status = same_text(c, what, there->name, here->name);
        if (status != SES_OK)
            return status;
        snprintf(what, sizeof what, "number of channels of block %zu", b);
        status = same_number(c, what, there->channels, here->channels);
        if (status != SES_OK)
            return status;
        snprintf(what, sizeof what, "number of inner channels of block %zu",
                 b);
        status = same_number(c, what, there->reduced, here->reduced);
    }
    return status;
}

static enum ses_status compare(const struct ses_run_file *run,
                               const struct ses_record_plan *plan,
                               struct ses_error *err)
{
    const struct comparison c = { run, plan, err };
    enum ses_status status = compare_root(&c);
    if (status == SES_OK)
        status = compare_classes(&c);
    if (status == SES_OK)
        status = compare_images(&c);
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
        hid_t list = H5Dget_create_plist(dataset);
        bool plain = H5Pget_layout(list) == H5D_CONTIGUOUS &&
                     H5Dget_offset(dataset) != HADDR_UNDEF;
        ses_h5_close(list);
        if (!plain)
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
    enum ses_status status = ses_h5_open_record(path, true, &file, err);
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
