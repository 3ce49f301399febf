/* A writer's life: what it holds, opened and freed. Its work is in write.c. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/record/h5.h"
#include "core/record/writer.h"

enum { BUFFER_BYTES = 4 << 20, BUFFER_ROWS = 256 };

/* Copies of what the plan lends for the call only. */
static bool copy_plan(struct ses_record_writer *writer,
                      const struct ses_record_plan *plan)
{
    writer->n_images = plan->n_images;
    writer->n_classes = plan->n_classes;
    writer->n_blocks = plan->n_blocks;
    writer->parts = plan->parts;
    writer->image_classes =
        ses_calloc(plan->n_images, sizeof *writer->image_classes);
    writer->names = ses_calloc(plan->n_blocks, sizeof *writer->names);
    writer->channels = ses_calloc(plan->n_blocks, sizeof *writer->channels);
    writer->statuses = ses_calloc(plan->n_images, 1);
    writer->marks = ses_calloc(plan->n_images, 1);
    if (!writer->image_classes || !writer->names || !writer->channels ||
        !writer->statuses || !writer->marks)
        return false;
    memcpy(writer->image_classes, plan->image_classes,
           plan->n_images * sizeof *writer->image_classes);
    for (size_t b = 0; b < plan->n_blocks; b++) {
        writer->channels[b] = (size_t)plan->blocks[b].channels;
        writer->names[b] = strdup(plan->blocks[b].name);
        if (!writer->names[b])
            return false;
    }
    return true;
}

static enum ses_status open_columns(struct ses_record_writer *writer,
                                    struct ses_error *err)
{
    struct ses_columns *columns = &writer->columns;
    size_t row = columns->row_bytes ? columns->row_bytes : 1;
    writer->capacity = BUFFER_BYTES / row;
    if (writer->capacity < 1)
        writer->capacity = 1;
    if (writer->capacity > BUFFER_ROWS)
        writer->capacity = BUFFER_ROWS;
    for (size_t i = 0; i < columns->count; i++) {
        struct ses_column *column = &columns->items[i];
        hsize_t sizes[2] = { writer->n_images, column->width };
        enum ses_status status = ses_h5_open_dataset(
            writer->file, column->path,
            column->kind == SES_COLUMN_TOP5 ? H5T_INTEGER : H5T_FLOAT,
            column->kind == SES_COLUMN_LOSS ? 1 : 2, sizes, &column->dataset,
            err);
        if (status != SES_OK)
            return status;
        column->buffer =
            ses_calloc(writer->capacity, column->width * sizeof(float));
        if (!column->buffer)
            return ses_fail_memory(err, "rows to write");
    }
    return SES_OK;
}

static enum ses_status open_statuses(struct ses_record_writer *writer,
                                     struct ses_error *err)
{
    hsize_t sizes[1] = { writer->n_images };
    enum ses_status status = ses_h5_open_dataset(
        writer->file, SES_H5_IMAGE_STATUS, H5T_INTEGER, 1, sizes,
        &writer->status, err);
    if (status == SES_OK)
        status = ses_h5_read_rows(writer->status, H5T_NATIVE_UINT8, 0,
                                  writer->n_images, writer->statuses, err);
    if (status == SES_OK)
        memcpy(writer->marks, writer->statuses, writer->n_images);
    return status;
}

static enum ses_status init_moments(struct ses_record_writer *writer,
                                    struct ses_error *err)
{
    writer->moments = ses_calloc(writer->n_blocks, sizeof *writer->moments);
    if (!writer->moments)
        return ses_fail_memory(err, "the moments of all classes");
    for (size_t b = 0; b < writer->n_blocks; b++) {
        enum ses_status status =
            ses_moments_init(&writer->moments[b], writer->n_classes,
                             writer->channels[b], err);
        if (status != SES_OK)
            return status;
    }
    return SES_OK;
}

enum ses_status ses_writer_new(const char *path, hid_t file,
                               const struct ses_record_plan *plan,
                               const char *created,
                               struct ses_record_writer **out,
                               struct ses_error *err)
{
    struct ses_record_writer *writer = ses_calloc(1, sizeof *writer);
    enum ses_status status = SES_OK;
    *out = NULL;
    if (!writer) {
        ses_h5_close(file);
        return ses_fail_memory(err, "a record");
    }
    writer->file = file;
    writer->status = H5I_INVALID_HID;
    writer->path = strdup(path);
    writer->created = strdup(created);
    writer->sidecar = ses_sidecar_name(path);
    if (!writer->path || !writer->created || !writer->sidecar ||
        !copy_plan(writer, plan))
        status = ses_fail_memory(err, "a record");
    if (status == SES_OK)
        status = ses_columns_init(&writer->columns, plan, err);
    if (status == SES_OK)
        status = open_columns(writer, err);
    if (status == SES_OK)
        status = open_statuses(writer, err);
    if (status == SES_OK && plan->parts.summary_only)
        status = init_moments(writer, err);
    if (status != SES_OK) {
        ses_writer_free(writer);
        return ses_error_context(err, "'%s'", path);
    }
    ses_writer_start_clock(writer);
    *out = writer;
    return SES_OK;
}

herr_t ses_writer_free(struct ses_record_writer *writer)
{
    ses_columns_release(&writer->columns);
    ses_h5_close(writer->status);
    herr_t closed = H5Fclose(writer->file);
    if (writer->moments)
        for (size_t b = 0; b < writer->n_blocks; b++)
            ses_moments_release(&writer->moments[b]);
    if (writer->names)
        for (size_t b = 0; b < writer->n_blocks; b++)
            free(writer->names[b]);
    free(writer->moments);
    free(writer->names);
    free(writer->channels);
    free(writer->image_classes);
    free(writer->statuses);
    free(writer->marks);
    free(writer->sidecar);
    free(writer->created);
    free(writer->path);
    free(writer);
    return closed;
}
