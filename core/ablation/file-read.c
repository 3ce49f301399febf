/* Reading ABLATION.h5, a stranger's: kinds, shapes and indices are checked
 * before anything is asked for by them. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/ablation/file-parts.h"
#include "core/base/alloc.h"
#include "core/record/h5.h"
#include "core/record/keeper.h"
#include "core/record/rehearse.h"
#include "core/record/run.h"

/* Numbers of /blocks, each within a range. */
static enum ses_status load_block_numbers(hid_t file, size_t n,
                                          const char *path, int64_t least,
                                          int64_t most, int64_t **out,
                                          struct ses_error *err)
{
    hsize_t size = n;
    void *numbers = NULL;
    enum ses_status status = ses_h5_load_numbers(
        file, path, H5T_NATIVE_INT64, sizeof(int64_t), &size, &numbers, err);
    *out = numbers;
    for (size_t b = 0; b < n && status == SES_OK; b++)
        if ((*out)[b] < least || (*out)[b] > most)
            status = ses_fail(err, SES_EFORMAT,
                              "dataset '%s' has %lld for block %zu, expected "
                              "%lld to %lld",
                              path, (long long)(*out)[b], b, (long long)least,
                              (long long)most);
    return status;
}

static enum ses_status load_blocks(hid_t file, struct ses_ablation *out,
                                   struct ses_error *err)
{
    hsize_t n = SES_H5_ANY;
    hid_t dataset = H5I_INVALID_HID;
    char **names = NULL;
    int64_t *numbers = NULL;
    enum ses_status status = ses_h5_open_dataset(
        file, SES_H5_BLOCK_NAME, H5T_STRING, 1, &n, &dataset, err);
    ses_h5_close(dataset);
    if (status != SES_OK)
        return status;
    if (n == 0)
        return ses_fail(err, SES_EFORMAT, "there are no blocks");
    out->blocks = ses_calloc(n, sizeof *out->blocks);
    if (!out->blocks)
        return ses_fail_memory(err, "blocks");
    out->n_blocks = n;
    status = ses_h5_load_texts(file, SES_H5_BLOCK_NAME, n, &names, err);
    for (size_t b = 0; b < n && status == SES_OK; b++) {
        out->blocks[b].name = names[b];
        names[b] = NULL;
    }
    free(names);
#define X(text, type, field) \
    if (status == SES_OK) { \
        bool wide = sizeof out->blocks[0].field == 8; \
        bool stage = strcmp(text, "stage") == 0 || strcmp(text, "unit") == 0; \
        status = load_block_numbers(file, n, "/blocks/" text, stage ? -1 : 0, \
                                    wide ? INT64_MAX / INT_MAX : INT_MAX, \
                                    &numbers, err); \
        for (size_t b = 0; b < n && status == SES_OK; b++) \
            out->blocks[b].field = numbers[b]; \
        free(numbers); \
        numbers = NULL; \
    }
    SES_ABLATION_BLOCK_NUMBERS(X)
#undef X
    return status;
}

/* A whole dataset [rows,columns] into memory of its own. */
static enum ses_status load_table(hid_t file, const char *path,
                                  H5T_class_t class, hid_t type, size_t size,
                                  size_t rows, size_t columns, void **out,
                                  struct ses_error *err)
{
    hsize_t sizes[2] = { rows, columns };
    size_t cells;
    hid_t dataset = H5I_INVALID_HID;
    enum ses_status status =
        ses_h5_open_dataset(file, path, class, 2, sizes, &dataset, err);
    if (status != SES_OK)
        return status;
    *out = ses_multiply(rows, columns, &cells) ? ses_calloc(cells, size) : NULL;
    status = *out ? ses_h5_read_rows(dataset, type, 0, rows, *out, err)
                  : ses_fail_memory(err, "results");
    if (status != SES_OK)
        ses_error_context(err, "dataset '%s'", path);
    ses_h5_close(dataset);
    return status;
}

static enum ses_status check_flags(const uint8_t *flags, size_t n,
                                   const char *path, struct ses_error *err)
{
    for (size_t i = 0; i < n; i++)
        if (flags[i] > 1)
            return ses_fail(err, SES_EFORMAT,
                            "dataset '%s' holds %d, expected 0 or 1", path,
                            flags[i]);
    return SES_OK;
}

static enum ses_status load_variants(hid_t file, struct ses_ablation *out,
                                     struct ses_error *err)
{
    hsize_t n = SES_H5_ANY;
    hid_t dataset = H5I_INVALID_HID;
    void *constant = NULL;
    enum ses_status status = ses_h5_open_dataset(
        file, SES_H5_VARIANT_FORCE, H5T_STRING, 1, &n, &dataset, err);
    ses_h5_close(dataset);
    if (status != SES_OK)
        return status;
    if (n == 0)
        return ses_fail(err, SES_EFORMAT, "there are no variants");
    status = load_table(file, SES_H5_VARIANT_CONSTANT, H5T_INTEGER,
                        H5T_NATIVE_UINT8, 1, n, out->n_blocks, &constant, err);
    out->constant = constant;
    if (status == SES_OK)
        status = check_flags(out->constant, n * out->n_blocks,
                             SES_H5_VARIANT_CONSTANT, err);
    out->n_variants = n;
    if (status == SES_OK)
        status =
            ses_h5_load_texts(file, SES_H5_VARIANT_FORCE, n, &out->forces, err);
    if (status == SES_OK)
        status =
            ses_h5_load_texts(file, SES_H5_VARIANT_SWEEP, n, &out->sweeps, err);
    if (status == SES_OK && *out->forces[0])
        status = ses_fail(err, SES_EFORMAT,
                          "the first variant is '%s', expected the network "
                          "as it is",
                          out->forces[0]);
    return status;
}

static enum ses_status load_root(hid_t file, struct ses_ablation *out,
                                 struct ses_error *err)
{
    hid_t group = H5I_INVALID_HID;
    enum ses_status status =
        ses_h5_get_double(file, "passes", 0, &out->passes, err);
    if (status != SES_OK)
        return status;
    if (!ses_h5_exists(file, SES_H5_RESULTS) ||
        (group = H5Gopen2(file, SES_H5_RESULTS, H5P_DEFAULT)) < 0)
        return ses_fail(err, SES_EFORMAT, "group '%s' is missing",
                        SES_H5_RESULTS);
    status = ses_h5_get_int(group, "parameters", 0, &out->parameters, err);
    if (status == SES_OK)
        status = ses_h5_get_int(group, "madds", 0, &out->madds, err);
    ses_h5_close(group);
    if (status == SES_OK && (out->parameters < 0 || out->madds < 0))
        status = ses_fail(err, SES_EFORMAT,
                          "the network has %lld parameters and %lld "
                          "multiply-adds",
                          (long long)out->parameters, (long long)out->madds);
    return status;
}

enum ses_status ses_ablation_load(hid_t file, struct ses_ablation *out,
                                  struct ses_error *err)
{
    enum ses_status status = load_root(file, out, err);
    if (status == SES_OK)
        status = load_blocks(file, out, err);
    if (status == SES_OK)
        status = load_variants(file, out, err);
    return status;
}

static enum ses_status load_results(hid_t file, struct ses_ablation *out,
                                    struct ses_error *err)
{
    void *tables[SES_RESULTS] = { NULL };
    enum ses_status status = SES_OK;
    for (int c = 0; c < SES_RESULTS && status == SES_OK; c++) {
        const struct ses_result_column *column = &ses_result_columns[c];
        status = load_table(file, column->path, column->class,
                            ses_result_type(c), column->size, out->n_variants,
                            out->n_images, &tables[c], err);
    }
    out->top1 = tables[SES_RESULT_TOP1];
    out->top5 = tables[SES_RESULT_TOP5];
    out->loss = tables[SES_RESULT_LOSS];
    out->probability = tables[SES_RESULT_PROBABILITY];
    out->divergence = tables[SES_RESULT_DIVERGENCE];
    if (status == SES_OK)
        status = check_flags(out->top5, out->n_variants * out->n_images,
                             ses_result_columns[SES_RESULT_TOP5].path, err);
    return status;
}

/* What an ablation and a record share, out of a record's head. */
static void take_head(struct ses_ablation *out, struct ses_run_file *run)
{
#define TAKE(field) \
    out->field = run->field; \
    run->field = NULL;
    TAKE(path)
    TAKE(version)
    TAKE(created)
    TAKE(command)
    TAKE(model)
    TAKE(model_sha256)
    TAKE(arch)
    TAKE(images)
    TAKE(preprocess)
    TAKE(from)
    TAKE(from_sha256)
    TAKE(kernels)
    TAKE(host)
    TAKE(class_names)
    TAKE(class_ids)
    TAKE(class_outputs)
    TAKE(image_classes)
    TAKE(image_status)
#undef TAKE
    out->seed = run->seed;
    out->n_classes = run->n_classes;
    out->n_images = run->n_images;
    out->n_done = run->n_done;
    out->n_unreadable = run->n_unreadable;
    out->n_pending = run->n_pending;
}

/* An ablation without its results, and the open file. */
static enum ses_status open_here(const char *path, struct ses_ablation *out,
                                 struct ses_run_file **head,
                                 struct ses_error *err)
{
    hid_t file;
    *head = NULL;
    enum ses_status status =
        ses_h5_open_results(path, &ses_h5_ablation, false, &file, err);
    if (status == SES_OK)
        status = ses_run_load_head(path, file, head, err);
    if (status != SES_OK)
        return status;
    status = ses_ablation_load((*head)->handle->file, out, err);
    return status == SES_OK ? SES_OK : ses_error_context(err, "'%s'", path);
}

static enum ses_status play(const char *path, struct ses_error *err)
{
    struct ses_run_file *head = NULL;
    struct ses_ablation *ablation = ses_calloc(1, sizeof *ablation);
    enum ses_status status = ablation
                                 ? open_here(path, ablation, &head, err)
                                 : ses_fail_memory(err, "an ablation");
    for (int c = 0; c < SES_RESULTS && status == SES_OK; c++)
        ses_h5_rehearse_rows(head->handle->file, ses_result_columns[c].path,
                             ses_result_type(c));
    ses_run_free(head);
    ses_ablation_free(ablation);
    return status;
}

enum ses_status ses_ablation_rehearse(const char *path, struct ses_error *err)
{
    return ses_h5_rehearse(path, play, err);
}

/* All of an ablation, in the process that reads it (core/record/keeper.h). */
static void keep(struct ses_keeper *keeper)
{
    static struct ses_error err; /* too large for a stack */
    struct ses_run_file *head = NULL;
    struct ses_ablation *ablation = ses_calloc(1, sizeof *ablation);
    enum ses_status status =
        ablation ? open_here(keeper->path, ablation, &head, &err)
                 : ses_fail_memory(&err, "an ablation");
    if (status == SES_OK) {
        take_head(ablation, head);
        ses_h5_limit_time(ablation->n_variants * ablation->n_images *
                          SES_RESULTS * sizeof(float));
        status = load_results(head->handle->file, ablation, &err);
        if (status != SES_OK)
            ses_error_context(&err, "'%s'", keeper->path);
    }
    ses_keeper_answer(keeper, status, &err);
    if (status == SES_OK)
        ses_ablation_send(ablation, &keeper->out);
    ses_stream_flush(&keeper->out);
}

enum ses_status ses_ablation_open(const char *path, struct ses_ablation **out,
                                  struct ses_error *err)
{
    struct ses_keeper *keeper = NULL;
    struct ses_ablation *ablation = ses_calloc(1, sizeof *ablation);
    *out = NULL;
    if (!ablation)
        return ses_fail_memory(err, "an ablation");
    enum ses_status status = ses_keeper_start(path, keep, &keeper, err);
    if (status == SES_OK)
        status = ses_keeper_hear(keeper, err);
    if (status == SES_OK) {
        ses_ablation_receive(ablation, &keeper->in);
        status = ses_keeper_check(keeper, err);
    }
    ses_keeper_free(keeper);
    if (status == SES_OK)
        *out = ablation;
    else
        ses_ablation_free(ablation);
    return status;
}

static void free_texts(char **texts, size_t n)
{
    for (size_t i = 0; texts && i < n; i++)
        free(texts[i]);
    free(texts);
}

void ses_ablation_free(struct ses_ablation *ablation)
{
    if (!ablation)
        return;
    for (size_t b = 0; b < ablation->n_blocks; b++)
        free(ablation->blocks[b].name);
    free(ablation->blocks);
    free_texts(ablation->forces, ablation->n_variants);
    free_texts(ablation->sweeps, ablation->n_variants);
    free_texts(ablation->class_names, ablation->n_classes);
    free_texts(ablation->class_ids, ablation->n_classes);
    free(ablation->class_outputs);
    free(ablation->image_classes);
    free(ablation->image_status);
    free(ablation->constant);
    free(ablation->top1);
    free(ablation->top5);
    free(ablation->loss);
    free(ablation->probability);
    free(ablation->divergence);
    free(ablation->path);
    free(ablation->version);
    free(ablation->created);
    free(ablation->command);
    free(ablation->model);
    free(ablation->model_sha256);
    free(ablation->arch);
    free(ablation->images);
    free(ablation->preprocess);
    free(ablation->from);
    free(ablation->from_sha256);
    free(ablation->kernels);
    free(ablation->host);
    free(ablation);
}
