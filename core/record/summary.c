/* /summary: per-class moments of every block, at the end of a record. */
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/record/h5.h"
#include "core/record/writer.h"

/* Rows are read this many bytes at a time, and one block after the other, so
 * memory is that of one block's moments. */
enum { READ_BYTES = 4 << 20 };

enum ses_status ses_rows_moments(hid_t dataset, size_t n_images,
                                 const uint8_t *statuses,
                                 const int32_t *image_classes,
                                 struct ses_moments *moments,
                                 struct ses_error *err)
{
    size_t channels = moments->channels;
    size_t at_once = READ_BYTES / (channels * sizeof(float)) + 1;
    if (at_once > n_images)
        at_once = n_images;
    float *rows = NULL;
    size_t floats;
    if (ses_multiply(at_once, channels, &floats))
        rows = ses_calloc(floats, sizeof *rows);
    if (!rows)
        return ses_fail_memory(err, "rows to read");
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < n_images && status == SES_OK; i += at_once) {
        size_t n = n_images - i < at_once ? n_images - i : at_once;
        status = ses_h5_read_rows(dataset, H5T_NATIVE_FLOAT, i, n, rows, err);
        for (size_t j = 0; j < n && status == SES_OK; j++)
            if (statuses[i + j] == SES_IMAGE_DONE)
                ses_moments_add(moments, (size_t)image_classes[i + j],
                                rows + j * channels);
    }
    free(rows);
    return status;
}

static enum ses_status write_array(hid_t file, const char *block,
                                   const char *array, H5T_class_t class,
                                   size_t classes, size_t channels,
                                   const void *values, struct ses_error *err)
{
    char *path = ses_summary_path(block, array);
    hsize_t sizes[2] = { classes, channels };
    hid_t dataset = H5I_INVALID_HID;
    if (!path)
        return ses_fail_memory(err, "a summary");
    enum ses_status status = ses_h5_open_dataset(
        file, path, class, class == H5T_INTEGER ? 1 : 2, sizes, &dataset, err);
    if (status == SES_OK) {
        status = ses_h5_write_rows(dataset,
                                   class == H5T_INTEGER ? H5T_NATIVE_UINT64
                                                        : H5T_NATIVE_FLOAT,
                                   0, classes, values, err);
        if (status != SES_OK)
            ses_error_context(err, "'%s'", path);
    }
    ses_h5_close(dataset);
    free(path);
    return status;
}

static enum ses_status write_moments(const struct ses_record_writer *writer,
                                     size_t b,
                                     const struct ses_moments *moments,
                                     struct ses_error *err)
{
    size_t cells = moments->classes * moments->channels;
    float *values = ses_calloc(cells, sizeof *values);
    enum ses_status status = SES_OK;
    if (!values)
        return ses_fail_memory(err, "a summary");
    for (int a = 0; a < SES_SUMMARY_ARRAYS && status == SES_OK; a++) {
        ses_moments_result(moments, a == SES_MEAN ? values : NULL,
                           a == SES_STD ? values : NULL,
                           a == SES_MIN ? values : NULL,
                           a == SES_MAX ? values : NULL);
        status = write_array(writer->file, writer->names[b],
                             ses_summary_names[a], H5T_FLOAT,
                             moments->classes, moments->channels, values, err);
    }
    free(values);
    return status;
}

static enum ses_status summarise(const struct ses_record_writer *writer,
                                 size_t b, struct ses_error *err)
{
    if (writer->moments)
        return write_moments(writer, b, &writer->moments[b], err);
    const struct ses_column *column = writer->columns.items;
    while (column->kind != SES_COLUMN_EXCITATION || column->block != b)
        column++;
    struct ses_moments moments;
    enum ses_status status = ses_moments_init(
        &moments, writer->n_classes, writer->channels[b], err);
    if (status == SES_OK)
        status = ses_rows_moments(column->dataset, writer->n_images,
                                  writer->statuses, writer->image_classes,
                                  &moments, err);
    if (status == SES_OK)
        status = write_moments(writer, b, &moments, err);
    ses_moments_release(&moments);
    return status;
}

enum ses_status ses_writer_summary(struct ses_record_writer *writer,
                                   struct ses_error *err)
{
    uint64_t *count = ses_calloc(writer->n_classes, sizeof *count);
    enum ses_status status = SES_OK;
    if (!count)
        return ses_fail_memory(err, "a summary");
    for (size_t i = 0; i < writer->n_images; i++)
        count[writer->image_classes[i]] +=
            writer->statuses[i] == SES_IMAGE_DONE;
    for (size_t b = 0; b < writer->n_blocks && status == SES_OK; b++)
        status = summarise(writer, b, err);
    if (status == SES_OK)
        status = ses_h5_sync(writer->file, writer->path, err);
    for (size_t b = 0; b < writer->n_blocks && status == SES_OK; b++)
        status = write_array(writer->file, writer->names[b], "count",
                             H5T_INTEGER, writer->n_classes, 1, count, err);
    if (status == SES_OK)
        status = ses_h5_sync(writer->file, writer->path, err);
    free(count);
    return status;
}
