/* Opening a record to read: attributes, classes and images. Blocks are found
 * in load-blocks.c. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/record/h5.h"
#include "core/record/keeper.h"
#include "core/record/kept.h"
#include "core/record/run.h"
#include "core/record/schema.h"

static enum ses_status load_root(struct ses_run_file *run,
                                 struct ses_error *err)
{
    const struct {
        const char *name;
        char **out;
    } texts[] = {
#define X(name, field) { name, &run->field },
        SES_PLAN_TEXTS(X)
#undef X
            { "created", &run->created },
    };
    hid_t file = run->handle->file;
    enum ses_status status = ses_h5_get_int(file, "seed", 0, &run->seed, err);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (status == SES_OK)
            status =
                ses_h5_get_text(file, texts[i].name, "", texts[i].out, err);
    return status;
}

static enum ses_status load_classes(struct ses_run_file *run,
                                    struct ses_error *err)
{
    hid_t file = run->handle->file;
    hsize_t n = SES_H5_ANY;
    void *outputs = NULL;
    enum ses_status status =
        ses_h5_load_numbers(file, SES_H5_CLASS_OUTPUT, H5T_NATIVE_INT32,
                            sizeof(int32_t), &n, &outputs, err);
    run->class_outputs = outputs;
    run->n_classes = outputs ? n : 0;
    if (status == SES_OK)
        status = ses_h5_load_texts(file, SES_H5_CLASS_NAME, run->n_classes,
                                   &run->class_names, err);
    if (status == SES_OK)
        status = ses_h5_load_texts(file, SES_H5_CLASS_ID, run->n_classes,
                                   &run->class_ids, err);
    return status;
}

enum ses_status ses_run_check_images(struct ses_run_file *run,
                                     struct ses_error *err)
{
    run->n_pending = run->n_done = run->n_unreadable = 0;
    for (size_t i = 0; i < run->n_images; i++) {
        int32_t class = run->image_classes[i];
        if (class < 0 || (size_t) class >= run->n_classes)
            return ses_fail(err, SES_EFORMAT,
                            "image %zu is of class %d, there are %zu", i, class,
                            run->n_classes);
        switch (run->image_status[i]) {
        case SES_IMAGE_PENDING:
            run->n_pending++;
            break;
        case SES_IMAGE_DONE:
            run->n_done++;
            break;
        case SES_IMAGE_UNREADABLE:
            run->n_unreadable++;
            break;
        default:
            return ses_fail(err, SES_EFORMAT,
                            "image %zu has status %d, expected 0, 1 or 2", i,
                            run->image_status[i]);
        }
    }
    return SES_OK;
}

static enum ses_status load_images(struct ses_run_file *run,
                                   struct ses_error *err)
{
    hid_t file = run->handle->file;
    hsize_t n = SES_H5_ANY;
    hid_t paths = H5I_INVALID_HID;
    void *classes = NULL, *statuses = NULL;
    enum ses_status status =
        ses_h5_load_numbers(file, SES_H5_IMAGE_CLASS, H5T_NATIVE_INT32,
                            sizeof(int32_t), &n, &classes, err);
    run->image_classes = classes;
    if (status == SES_OK)
        status =
            ses_h5_load_numbers(file, SES_H5_IMAGE_STATUS, H5T_NATIVE_UINT8,
                                sizeof(uint8_t), &n, &statuses, err);
    run->image_status = statuses;
    if (status == SES_OK)
        status = ses_h5_open_dataset(file, SES_H5_IMAGE_PATH, H5T_STRING, 1, &n,
                                     &paths, err);
    ses_h5_close(paths);
    if (status != SES_OK)
        return status;
    run->n_images = n;
    return ses_run_check_images(run, err);
}

/* Whether a dataset with a row an image is there; sizes[1] is its width. */
static enum ses_status probe(struct ses_run_file *run, const char *path,
                             H5T_class_t class, int rank, hsize_t *width,
                             bool *there, struct ses_error *err)
{
    hsize_t sizes[2] = { run->n_images, *width };
    hid_t dataset;
    *there = ses_h5_exists(run->handle->file, path);
    if (!*there)
        return SES_OK;
    enum ses_status status = ses_h5_open_dataset(run->handle->file, path, class,
                                                 rank, sizes, &dataset, err);
    ses_h5_close(dataset);
    *width = sizes[1];
    return status;
}

static enum ses_status load_predictions(struct ses_run_file *run,
                                        struct ses_error *err)
{
    bool top5 = false, loss = false;
    hsize_t five = 5, one = 1, outputs = SES_H5_ANY;
    enum ses_status status =
        probe(run, SES_H5_TOP5, H5T_INTEGER, 2, &five, &top5, err);
    if (status == SES_OK)
        status = probe(run, SES_H5_LOSS, H5T_FLOAT, 1, &one, &loss, err);
    if (status == SES_OK)
        status = probe(run, SES_H5_LOGITS, H5T_FLOAT, 2, &outputs,
                       &run->parts.logits, err);
    if (status == SES_OK && top5 != loss)
        return ses_fail(err, SES_EFORMAT, "'%s' is there without '%s'",
                        top5 ? SES_H5_TOP5 : SES_H5_LOSS,
                        top5 ? SES_H5_LOSS : SES_H5_TOP5);
    run->predictions = top5;
    run->outputs = run->parts.logits ? outputs : 0;
    return status;
}

/* A record of which nothing is known yet; file is H5I_INVALID_HID, or closed
 * with it. */
static struct ses_run_file *new_run(const char *path, hid_t file,
                                    struct ses_error *err)
{
    struct ses_run_file *run = ses_calloc(1, sizeof *run);
    struct ses_run_handle *handle = ses_calloc(1, sizeof *handle);
    char *copy = strdup(path);
    if (!run || !handle || !copy) {
        free(run);
        free(handle);
        free(copy);
        ses_h5_close(file);
        ses_fail_memory(err, "a record");
        return NULL;
    }
    handle->file = file;
    run->handle = handle;
    run->path = copy;
    return run;
}

enum ses_status ses_run_load_head(const char *path, hid_t file,
                                  struct ses_run_file **out,
                                  struct ses_error *err)
{
    struct ses_run_file *run = new_run(path, file, err);
    *out = NULL;
    if (!run)
        return SES_ENOMEM;
    enum ses_status status = load_root(run, err);
    if (status == SES_OK)
        status = load_classes(run, err);
    if (status == SES_OK)
        status = load_images(run, err);
    if (status != SES_OK) {
        ses_run_free(run);
        return ses_error_context(err, "'%s'", path);
    }
    *out = run;
    return SES_OK;
}

enum ses_status ses_run_load(const char *path, hid_t file,
                             struct ses_run_file **out, struct ses_error *err)
{
    struct ses_run_file *run;
    *out = NULL;
    enum ses_status status = ses_run_load_head(path, file, &run, err);
    if (status != SES_OK)
        return status;
    status = load_predictions(run, err);
    if (status == SES_OK)
        status = ses_run_find_blocks(run, err);
    if (status != SES_OK) {
        ses_run_free(run);
        return ses_error_context(err, "'%s'", path);
    }
    run->complete = run->n_pending == 0;
    for (size_t b = 0; b < run->n_blocks; b++)
        run->complete = run->complete && run->blocks[b].summary;
    *out = run;
    return SES_OK;
}

enum ses_status ses_run_open_here(const char *path, struct ses_run_file **out,
                                  struct ses_error *err)
{
    hid_t file;
    *out = NULL;
    enum ses_status status =
        ses_h5_open_results(path, &ses_h5_record, false, &file, err);
    return status == SES_OK ? ses_run_load(path, file, out, err) : status;
}

enum ses_status ses_run_open(const char *path, struct ses_run_file **out,
                             struct ses_error *err)
{
    struct ses_run_file *run = new_run(path, H5I_INVALID_HID, err);
    *out = NULL;
    if (!run)
        return SES_ENOMEM;
    enum ses_status status = ses_kept_open(path, run, err);
    if (status == SES_OK) {
        status = ses_run_check_images(run, err);
        if (status != SES_OK)
            ses_error_context(err, "'%s'", path);
    }
    if (status == SES_OK)
        *out = run;
    else
        ses_run_free(run);
    return status;
}

static void free_texts(char **texts, size_t n)
{
    for (size_t i = 0; texts && i < n; i++)
        free(texts[i]);
    free(texts);
}

void ses_run_free(struct ses_run_file *run)
{
    if (!run)
        return;
    for (size_t b = 0; b < run->n_blocks; b++) {
        free(run->blocks[b].name);
        free(run->blocks[b].source);
        free(run->blocks[b].gate);
        free(run->blocks[b].squeeze);
    }
    free_texts(run->handle->groups, run->n_blocks);
    ses_h5_close(run->handle->file);
    ses_keeper_free(run->handle->keeper);
    free(run->handle);
    free(run->blocks);
    free_texts(run->class_names, run->n_classes);
    free_texts(run->class_ids, run->n_classes);
    free(run->class_outputs);
    free(run->image_classes);
    free(run->image_status);
#define X(name, field) free(run->field);
    SES_PLAN_TEXTS(X)
#undef X
    free(run->created);
    free(run->path);
    free(run);
}
