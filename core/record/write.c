/* Filling a record: rows are gathered and written by the block, and an image
 * is marked done once its rows are on the disk. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/record/h5.h"
#include "core/record/writer.h"

/* Seconds of work that a kill may cost. The moments of --summary-only are
 * written whole each time and can be hundreds of MiB, so more rarely, and at
 * most a tenth of the time is spent on that. */
static const double ROWS_INTERVAL = 1, MOMENTS_INTERVAL = 20,
                    MOMENTS_SHARE = 0.1;

void ses_writer_start_clock(struct ses_record_writer *writer)
{
    writer->flushed = ses_clock();
    writer->interval =
        writer->parts.summary_only ? MOMENTS_INTERVAL : ROWS_INTERVAL;
}

const uint8_t *ses_record_statuses(const struct ses_record_writer *writer)
{
    return writer->statuses;
}

static const float *source(const struct ses_column *column,
                           const struct ses_record_row *row)
{
    switch (column->kind) {
    case SES_COLUMN_LOSS:
        return &row->loss;
    case SES_COLUMN_LOGITS:
        return row->logits;
    case SES_COLUMN_EXCITATION:
        return row->excitation[column->block];
    case SES_COLUMN_SQUEEZE:
        return row->squeeze[column->block];
    case SES_COLUMN_BOTTLENECK:
        return row->bottleneck[column->block];
    case SES_COLUMN_TOP5:
        break;
    }
    return NULL;
}

/* An unreadable image has NaN everywhere, and no outputs. */
static void gather(const struct ses_column *column, size_t at,
                   const struct ses_record_row *row)
{
    bool readable = row->status == SES_IMAGE_DONE;
    if (column->kind == SES_COLUMN_TOP5) {
        int32_t *to = (int32_t *)column->buffer + at * column->width;
        for (size_t i = 0; i < column->width; i++)
            to[i] = readable ? row->top5[i] : -1;
        return;
    }
    float *to = (float *)column->buffer + at * column->width;
    if (readable)
        memcpy(to, source(column, row), column->width * sizeof *to);
    else
        for (size_t i = 0; i < column->width; i++)
            to[i] = NAN;
}

static enum ses_status write_rows(struct ses_record_writer *writer,
                                  struct ses_error *err)
{
    for (size_t i = 0; i < writer->columns.count && writer->n_rows; i++) {
        const struct ses_column *column = &writer->columns.items[i];
        enum ses_status status = ses_h5_write_rows(
            column->dataset, ses_column_type(column), writer->first_row,
            writer->n_rows, column->buffer, err);
        if (status != SES_OK)
            return ses_error_context(err, "'%s'", column->path);
    }
    writer->n_rows = 0;
    return SES_OK;
}

enum ses_status ses_writer_mark(struct ses_record_writer *writer, size_t first,
                                size_t n, struct ses_error *err)
{
    enum ses_status status =
        ses_h5_write_rows(writer->status, H5T_NATIVE_UINT8, first, n,
                          writer->marks + first, err);
    if (status != SES_OK)
        return ses_error_context(err, "'%s'", SES_H5_IMAGE_STATUS);
    if (H5Fflush(writer->file, H5F_SCOPE_LOCAL) < 0)
        return ses_h5_fail(err, "'%s'", SES_H5_IMAGE_STATUS);
    memcpy(writer->statuses + first, writer->marks + first, n);
    return SES_OK;
}

static enum ses_status flush(struct ses_record_writer *writer,
                             struct ses_error *err)
{
    double begin = ses_clock();
    enum ses_status status = write_rows(writer, err);
    if (status != SES_OK || writer->first_mark == writer->end_mark)
        return status;
    status = ses_h5_sync(writer->file, writer->path, err);
    if (status == SES_OK && writer->parts.summary_only)
        status = ses_sidecar_write(writer, err);
    if (status == SES_OK)
        status = ses_writer_mark(writer, writer->first_mark,
                                 writer->end_mark - writer->first_mark, err);
    writer->first_mark = writer->end_mark;
    writer->flushed = ses_clock();
    if (writer->parts.summary_only) {
        double wanted = (writer->flushed - begin) / MOMENTS_SHARE;
        writer->interval =
            wanted > MOMENTS_INTERVAL ? wanted : MOMENTS_INTERVAL;
    }
    return status;
}

/* After a failed write nothing more is tried: what is marked done stays true,
 * and that is all a record promises. */
static enum ses_status settle_failure(struct ses_record_writer *writer,
                                      enum ses_status status,
                                      struct ses_error *err)
{
    if (status == SES_OK)
        return SES_OK;
    writer->failed = true;
    ses_error_context(err, "cannot write '%s'", writer->path);
    return status;
}

static enum ses_status check_alive(const struct ses_record_writer *writer,
                                   struct ses_error *err)
{
    if (!writer->failed)
        return SES_OK;
    return ses_fail(err, SES_EIO, "an earlier write of '%s' failed",
                    writer->path);
}

enum ses_status ses_record_write(struct ses_record_writer *writer,
                                 size_t image,
                                 const struct ses_record_row *row,
                                 struct ses_error *err)
{
    assert(image < writer->n_images && image >= writer->next);
    assert(writer->marks[image] == SES_IMAGE_PENDING);
    assert(row->status != SES_IMAGE_PENDING);
    enum ses_status status = check_alive(writer, err);
    if (status != SES_OK)
        return status;
    if (writer->n_rows == writer->capacity ||
        (writer->n_rows && image != writer->first_row + writer->n_rows)) {
        status = settle_failure(writer, write_rows(writer, err), err);
        if (status != SES_OK)
            return status;
    }
    if (writer->n_rows == 0)
        writer->first_row = image;
    for (size_t i = 0; i < writer->columns.count; i++)
        gather(&writer->columns.items[i], writer->n_rows, row);
    writer->n_rows++;
    if (writer->moments && row->status == SES_IMAGE_DONE)
        for (size_t b = 0; b < writer->n_blocks; b++)
            ses_moments_add(&writer->moments[b],
                            (size_t)writer->image_classes[image],
                            row->excitation[b]);
    if (writer->first_mark == writer->end_mark)
        writer->first_mark = image;
    writer->marks[image] = (uint8_t)row->status;
    writer->next = writer->end_mark = image + 1;
    return ses_record_settle(writer, err);
}

enum ses_status ses_record_settle(struct ses_record_writer *writer,
                                  struct ses_error *err)
{
    if (ses_clock() - writer->flushed < writer->interval)
        return SES_OK;
    return ses_record_flush(writer, err);
}

enum ses_status ses_record_flush(struct ses_record_writer *writer,
                                 struct ses_error *err)
{
    enum ses_status status = check_alive(writer, err);
    if (status != SES_OK)
        return status;
    return settle_failure(writer, flush(writer, err), err);
}

enum ses_status ses_record_finish(struct ses_record_writer *writer,
                                  struct ses_error *err)
{
    enum ses_status status = ses_record_flush(writer, err);
    if (status != SES_OK)
        return status;
    for (size_t i = 0; i < writer->n_images; i++)
        if (writer->statuses[i] == SES_IMAGE_PENDING)
            return ses_fail(err, SES_EUSAGE,
                            "'%s' is not finished: image %zu is pending",
                            writer->path, i);
    if (!writer->complete) {
        status = settle_failure(writer, ses_writer_summary(writer, err), err);
        if (status != SES_OK)
            return status;
    }
    writer->complete = true;
    ses_sidecar_remove(writer->path);
    return SES_OK;
}

enum ses_status ses_record_close(struct ses_record_writer *writer,
                                 struct ses_error *err)
{
    if (!writer)
        return SES_OK;
    bool failed = writer->failed;
    enum ses_status status = failed ? SES_OK : ses_record_flush(writer, err);
    char *path = writer->path;
    writer->path = NULL;
    if (ses_writer_free(writer) < 0 && status == SES_OK && !failed)
        status = ses_h5_fail(err, "cannot write '%s'", path);
    free(path);
    return status;
}

enum ses_status ses_record_predictions(const struct ses_record_writer *writer,
                                       size_t first, size_t n, int32_t *top5,
                                       float *loss, struct ses_error *err)
{
    for (size_t i = 0; i < writer->columns.count; i++) {
        const struct ses_column *column = &writer->columns.items[i];
        void *to = column->kind == SES_COLUMN_TOP5   ? (void *)top5
                   : column->kind == SES_COLUMN_LOSS ? (void *)loss
                                                     : NULL;
        if (!to)
            continue;
        enum ses_status status = ses_h5_read_rows(
            column->dataset, ses_column_type(column), first, n, to, err);
        if (status != SES_OK)
            return ses_error_context(err, "'%s'", writer->path);
    }
    return SES_OK;
}
