/* Rows, moments and predictions of an open record; see reader.h. */
#include "core/record/reader.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/record/h5.h"
#include "core/record/kept.h"
#include "core/record/run.h"
#include "core/record/writer.h"

int ses_run_block(const struct ses_run_file *run, const char *name)
{
    for (size_t b = 0; b < run->n_blocks; b++)
        if (strcmp(run->blocks[b].name, name) == 0)
            return (int)b;
    return -1;
}

static enum ses_status open_excitation(const struct ses_run_file *run,
                                       size_t b, hid_t *out,
                                       struct ses_error *err)
{
    const struct ses_run_block *block = &run->blocks[b];
    hsize_t sizes[2] = { run->n_images, (hsize_t)block->channels };
    *out = H5I_INVALID_HID;
    if (!block->rows)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' has no rows of '%s' (--summary-only)", run->path,
                        block->name);
    char *path = ses_format(SES_H5_BLOCKS "/%s/excitation",
                            run->handle->groups[b]);
    if (!path)
        return ses_fail_memory(err, "a block");
    enum ses_status status = ses_h5_open_dataset(
        run->handle->file, path, H5T_FLOAT, 2, sizes, out, err);
    free(path);
    return status == SES_OK ? SES_OK
                            : ses_error_context(err, "'%s'", run->path);
}

static enum ses_status check_range(const struct ses_run_file *run,
                                   size_t first, size_t n,
                                   struct ses_error *err)
{
    if (first <= run->n_images && n <= run->n_images - first)
        return SES_OK;
    return ses_fail(err, SES_ESHAPE, "'%s' has %zu images, not %zu to %zu",
                    run->path, run->n_images, first, first + n);
}

enum ses_status ses_run_excitation(const struct ses_run_file *run,
                                   size_t block, size_t first, size_t n,
                                   float *out, struct ses_error *err)
{
    hid_t dataset;
    enum ses_status status = check_range(run, first, n, err);
    if (status != SES_OK || n == 0)
        return status;
    if (run->handle->keeper)
        return ses_kept_excitation(run, block, first, n, out, err);
    status = open_excitation(run, block, &dataset, err);
    if (status != SES_OK)
        return status;
    status = ses_h5_read_rows(dataset, H5T_NATIVE_FLOAT, first, n, out, err);
    if (status != SES_OK)
        ses_error_context(err, "'%s': '%s'", run->path,
                          run->blocks[block].name);
    ses_h5_close(dataset);
    return status;
}

static enum ses_status read_summary(const struct ses_run_file *run, size_t b,
                                    const char *array, H5T_class_t class,
                                    hid_t memory, void *out,
                                    struct ses_error *err)
{
    hsize_t sizes[2] = { run->n_classes, (hsize_t)run->blocks[b].channels };
    hid_t dataset = H5I_INVALID_HID;
    if (!out)
        return SES_OK;
    char *path = ses_summary_path(run->handle->groups[b], array);
    if (!path)
        return ses_fail_memory(err, "a summary");
    enum ses_status status =
        ses_h5_open_dataset(run->handle->file, path, class,
                            class == H5T_INTEGER ? 1 : 2, sizes, &dataset,
                            err);
    if (status == SES_OK)
        status = ses_h5_read_rows(dataset, memory, 0, run->n_classes, out,
                                  err);
    if (status != SES_OK)
        ses_error_context(err, "'%s'", run->path);
    ses_h5_close(dataset);
    free(path);
    return status;
}

static enum ses_status moments_of_rows(const struct ses_run_file *run,
                                       size_t b, uint64_t *count, float *mean,
                                       float *std, float *min, float *max,
                                       struct ses_error *err)
{
    struct ses_moments moments = { 0 };
    hid_t dataset;
    enum ses_status status = open_excitation(run, b, &dataset, err);
    if (status == SES_OK)
        status = ses_moments_init(&moments, run->n_classes,
                                  (size_t)run->blocks[b].channels, err);
    if (status == SES_OK)
        status = ses_rows_moments(dataset, run->n_images, run->image_status,
                                  run->image_classes, &moments, err);
    if (status != SES_OK)
        ses_error_context(err, "'%s': '%s'", run->path, run->blocks[b].name);
    if (status == SES_OK) {
        ses_moments_result(&moments, mean, std, min, max);
        if (count)
            memcpy(count, moments.count, run->n_classes * sizeof *count);
    }
    ses_moments_release(&moments);
    ses_h5_close(dataset);
    return status;
}

enum ses_status ses_run_moments(const struct ses_run_file *run, size_t block,
                                uint64_t *count, float *mean, float *std,
                                float *min, float *max, struct ses_error *err)
{
    const struct {
        const char *name;
        float *out;
    } arrays[] = {
        { ses_summary_names[SES_MEAN], mean },
        { ses_summary_names[SES_STD], std },
        { ses_summary_names[SES_MIN], min },
        { ses_summary_names[SES_MAX], max },
    };
    if (run->handle->keeper)
        return ses_kept_moments(run, block, count,
                                (float *const[]){ mean, std, min, max }, err);
    if (!run->blocks[block].summary) {
        if (run->blocks[block].rows)
            return moments_of_rows(run, block, count, mean, std, min, max,
                                   err);
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' is not finished (%zu of %zu images are pending) "
                        "and has no rows: finish it with --resume",
                        run->path, run->n_pending, run->n_images);
    }
    enum ses_status status = read_summary(run, block, "count", H5T_INTEGER,
                                          H5T_NATIVE_UINT64, count, err);
    for (size_t a = 0; a < sizeof arrays / sizeof *arrays; a++)
        if (status == SES_OK)
            status = read_summary(run, block, arrays[a].name, H5T_FLOAT,
                                  H5T_NATIVE_FLOAT, arrays[a].out, err);
    return status;
}

enum ses_status ses_run_paths(const struct ses_run_file *run, size_t first,
                              size_t n, char **out, struct ses_error *err)
{
    hsize_t sizes[1] = { run->n_images };
    hid_t dataset;
    enum ses_status status = check_range(run, first, n, err);
    if (status != SES_OK || n == 0)
        return status;
    if (run->handle->keeper)
        return ses_kept_paths(run, first, n, out, err);
    status = ses_h5_open_dataset(run->handle->file, SES_H5_IMAGE_PATH,
                                 H5T_STRING, 1, sizes, &dataset, err);
    if (status == SES_OK)
        status = ses_h5_read_strings(dataset, first, n, out, err);
    if (status != SES_OK)
        ses_error_context(err, "'%s'", run->path);
    ses_h5_close(dataset);
    return status;
}

static enum ses_status read_predictions(const struct ses_run_file *run,
                                        const char *path, H5T_class_t class,
                                        int rank, hid_t memory, void *out,
                                        struct ses_error *err)
{
    hsize_t sizes[2] = { run->n_images, 5 };
    hid_t dataset;
    if (!out || run->n_images == 0)
        return SES_OK;
    enum ses_status status = ses_h5_open_dataset(
        run->handle->file, path, class, rank, sizes, &dataset, err);
    if (status == SES_OK)
        status = ses_h5_read_rows(dataset, memory, 0, run->n_images, out, err);
    if (status != SES_OK)
        ses_error_context(err, "'%s'", run->path);
    ses_h5_close(dataset);
    return status;
}

enum ses_status ses_run_predictions(const struct ses_run_file *run,
                                    int32_t *top5, float *loss,
                                    struct ses_error *err)
{
    if (!run->predictions)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' has no predictions: its network has no "
                        "classifier",
                        run->path);
    if (run->handle->keeper)
        return ses_kept_predictions(run, top5, loss, err);
    enum ses_status status = read_predictions(
        run, SES_H5_TOP5, H5T_INTEGER, 2, H5T_NATIVE_INT32, top5, err);
    if (status == SES_OK)
        status = read_predictions(run, SES_H5_LOSS, H5T_FLOAT, 1,
                                  H5T_NATIVE_FLOAT, loss, err);
    return status;
}
