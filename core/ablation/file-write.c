/* Filling ABLATION.h5: results are gathered for some images and written as
 * columns of [V,N], and an image is marked done once they are on the disk. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/ablation/file-parts.h"
#include "core/base/alloc.h"
#include "core/base/clock.h"
#include "core/record/h5.h"
#include "core/record/schema.h"

/* A write is a piece of the file for each variant, so many images are worth
 * gathering. */
enum { BUFFER_BYTES = 8 << 20, BUFFER_IMAGES = 1024 };

/* Seconds of work that a kill may cost. */
static const double FLUSH_INTERVAL = 1;

struct ses_ablation_writer {
    char *path;
    hid_t file, status, columns[SES_RESULTS];
    size_t n_variants, n_images;
    uint8_t *statuses;           /* as the file has them */
    uint8_t *marks;              /* as they will be after the next flush */
    size_t first_mark, end_mark; /* where the two may differ */
    void *buffers[SES_RESULTS];  /* [n_variants][capacity] */
    size_t capacity;             /* images the buffers hold */
    size_t first, n;             /* images in them */
    size_t next;                 /* those below are written or left out */
    double flushed;              /* seconds: when last */
    bool failed;                 /* nothing more is tried */
};

/* ---- life ---------------------------------------------------------------- */

static enum ses_status open_columns(struct ses_ablation_writer *writer,
                                    struct ses_error *err)
{
    size_t cell = 0;
    for (int c = 0; c < SES_RESULTS; c++)
        cell += ses_result_columns[c].size;
    writer->capacity = BUFFER_BYTES / cell / writer->n_variants;
    if (writer->capacity < 1)
        writer->capacity = 1;
    if (writer->capacity > BUFFER_IMAGES)
        writer->capacity = BUFFER_IMAGES;
    for (int c = 0; c < SES_RESULTS; c++) {
        const struct ses_result_column *column = &ses_result_columns[c];
        hsize_t sizes[2] = { writer->n_variants, writer->n_images };
        enum ses_status status =
            ses_h5_open_dataset(writer->file, column->path, column->class, 2,
                                sizes, &writer->columns[c], err);
        if (status != SES_OK)
            return status;
        writer->buffers[c] =
            ses_calloc(writer->n_variants, writer->capacity * column->size);
        if (!writer->buffers[c])
            return ses_fail_memory(err, "results to write");
    }
    return SES_OK;
}

static enum ses_status open_statuses(struct ses_ablation_writer *writer,
                                     struct ses_error *err)
{
    hsize_t sizes[1] = { writer->n_images };
    enum ses_status status =
        ses_h5_open_dataset(writer->file, SES_H5_IMAGE_STATUS, H5T_INTEGER, 1,
                            sizes, &writer->status, err);
    if (status == SES_OK)
        status = ses_h5_read_rows(writer->status, H5T_NATIVE_UINT8, 0,
                                  writer->n_images, writer->statuses, err);
    if (status == SES_OK)
        memcpy(writer->marks, writer->statuses, writer->n_images);
    return status;
}

enum ses_status ses_ablation_writer_new(const char *path, hid_t file,
                                        size_t n_variants, size_t n_images,
                                        struct ses_ablation_writer **out,
                                        struct ses_error *err)
{
    struct ses_ablation_writer *writer = ses_calloc(1, sizeof *writer);
    *out = NULL;
    if (!writer) {
        ses_h5_close(file);
        return ses_fail_memory(err, "an ablation");
    }
    writer->file = file;
    writer->status = H5I_INVALID_HID;
    for (int c = 0; c < SES_RESULTS; c++)
        writer->columns[c] = H5I_INVALID_HID;
    writer->n_variants = n_variants;
    writer->n_images = n_images;
    writer->path = strdup(path);
    writer->statuses = ses_calloc(n_images, 1);
    writer->marks = ses_calloc(n_images, 1);
    writer->flushed = ses_clock();
    enum ses_status status = SES_OK;
    if (!writer->path || !writer->statuses || !writer->marks)
        status = ses_fail_memory(err, "an ablation");
    if (status == SES_OK)
        status = open_columns(writer, err);
    if (status == SES_OK)
        status = open_statuses(writer, err);
    if (status != SES_OK) {
        ses_ablation_writer_free(writer);
        return ses_error_context(err, "'%s'", path);
    }
    *out = writer;
    return SES_OK;
}

herr_t ses_ablation_writer_free(struct ses_ablation_writer *writer)
{
    for (int c = 0; c < SES_RESULTS; c++) {
        ses_h5_close(writer->columns[c]);
        free(writer->buffers[c]);
    }
    ses_h5_close(writer->status);
    herr_t closed = H5Fclose(writer->file);
    free(writer->statuses);
    free(writer->marks);
    free(writer->path);
    free(writer);
    return closed;
}

bool ses_ablation_writer_is_plain(const struct ses_ablation_writer *writer)
{
    bool plain = ses_h5_is_plain(writer->status);
    for (int c = 0; c < SES_RESULTS; c++)
        plain = plain && ses_h5_is_plain(writer->columns[c]);
    return plain;
}

const uint8_t *ses_ablation_statuses(const struct ses_ablation_writer *writer)
{
    return writer->statuses;
}

/* ---- writing ------------------------------------------------------------- */

static enum ses_status write_columns(struct ses_ablation_writer *writer,
                                     struct ses_error *err)
{
    for (int c = 0; c < SES_RESULTS && writer->n; c++) {
        enum ses_status status = ses_h5_write_columns(
            writer->columns[c], ses_result_type(c), writer->first, writer->n,
            writer->capacity, writer->buffers[c], err);
        if (status != SES_OK)
            return ses_error_context(err, "'%s'", ses_result_columns[c].path);
    }
    writer->n = 0;
    return SES_OK;
}

static enum ses_status mark(struct ses_ablation_writer *writer,
                            struct ses_error *err)
{
    size_t first = writer->first_mark, n = writer->end_mark - first;
    enum ses_status status = ses_h5_write_rows(
        writer->status, H5T_NATIVE_UINT8, first, n, writer->marks + first, err);
    if (status != SES_OK)
        return ses_error_context(err, "'%s'", SES_H5_IMAGE_STATUS);
    if (H5Fflush(writer->file, H5F_SCOPE_LOCAL) < 0)
        return ses_h5_fail(err, "'%s'", SES_H5_IMAGE_STATUS);
    memcpy(writer->statuses + first, writer->marks + first, n);
    writer->first_mark = writer->end_mark;
    return SES_OK;
}

static enum ses_status flush(struct ses_ablation_writer *writer,
                             struct ses_error *err)
{
    enum ses_status status = write_columns(writer, err);
    if (status != SES_OK || writer->first_mark == writer->end_mark)
        return status;
    status = ses_h5_sync(writer->file, writer->path, err);
    if (status == SES_OK)
        status = mark(writer, err);
    writer->flushed = ses_clock();
    return status;
}

/* After a failed write nothing more is tried: what is marked done stays true,
 * and that is all the file promises. */
static enum ses_status settle_failure(struct ses_ablation_writer *writer,
                                      enum ses_status status,
                                      struct ses_error *err)
{
    if (status == SES_OK)
        return SES_OK;
    writer->failed = true;
    ses_error_context(err, "cannot write '%s'", writer->path);
    return status;
}

enum ses_status ses_ablation_flush(struct ses_ablation_writer *writer,
                                   struct ses_error *err)
{
    if (writer->failed)
        return ses_fail(err, SES_EIO, "an earlier write of '%s' failed",
                        writer->path);
    return settle_failure(writer, flush(writer, err), err);
}

/* One image under every variant; an unreadable one has no results. */
static void gather(struct ses_ablation_writer *writer, bool readable,
                   const struct ses_ablation_cell *cells)
{
    const struct ses_ablation_cell none = { -1, 0, NAN, NAN, NAN };
    int32_t *top1 = writer->buffers[SES_RESULT_TOP1];
    uint8_t *top5 = writer->buffers[SES_RESULT_TOP5];
    float *loss = writer->buffers[SES_RESULT_LOSS];
    float *probability = writer->buffers[SES_RESULT_PROBABILITY];
    float *divergence = writer->buffers[SES_RESULT_DIVERGENCE];
    for (size_t v = 0; v < writer->n_variants; v++) {
        const struct ses_ablation_cell *cell = readable ? &cells[v] : &none;
        size_t at = v * writer->capacity + writer->n;
        top1[at] = cell->top1;
        top5[at] = cell->top5;
        loss[at] = cell->loss;
        probability[at] = cell->probability;
        divergence[at] = cell->divergence;
    }
}

enum ses_status ses_ablation_write(struct ses_ablation_writer *writer,
                                   size_t image, enum ses_image_status status,
                                   const struct ses_ablation_cell *cells,
                                   struct ses_error *err)
{
    assert(image >= writer->next && image < writer->n_images);
    assert(status == SES_IMAGE_DONE || status == SES_IMAGE_UNREADABLE);
    if (writer->failed)
        return ses_ablation_flush(writer, err);
    if (writer->n == writer->capacity ||
        (writer->n && image != writer->first + writer->n)) {
        enum ses_status written =
            settle_failure(writer, write_columns(writer, err), err);
        if (written != SES_OK)
            return written;
    }
    if (writer->n == 0)
        writer->first = image;
    gather(writer, status == SES_IMAGE_DONE, cells);
    writer->n++;
    if (writer->first_mark == writer->end_mark)
        writer->first_mark = image;
    writer->marks[image] = (uint8_t)status;
    writer->next = writer->end_mark = image + 1;
    if (ses_clock() - writer->flushed < FLUSH_INTERVAL)
        return SES_OK;
    return ses_ablation_flush(writer, err);
}

enum ses_status ses_ablation_close(struct ses_ablation_writer *writer,
                                   struct ses_error *err)
{
    if (!writer)
        return SES_OK;
    bool failed = writer->failed;
    enum ses_status status = failed ? SES_OK : ses_ablation_flush(writer, err);
    char *path = writer->path;
    writer->path = NULL;
    if (ses_ablation_writer_free(writer) < 0 && status == SES_OK && !failed)
        status = ses_h5_fail(err, "cannot write '%s'", path);
    free(path);
    return status;
}
