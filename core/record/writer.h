/* Inside a record writer: what create.c, resume.c, write.c, summary.c and
 * sidecar.c share. */
#ifndef SES_RECORD_WRITER_H
#define SES_RECORD_WRITER_H

#include <hdf5.h>

#include "core/record/moments.h"
#include "core/record/record.h"
#include "core/record/schema.h"

struct ses_record_writer {
    char *path;
    hid_t file, status;
    char *created; /* the record's, which a sidecar must have too */
    size_t n_images, n_classes, n_blocks;
    int32_t *image_classes;
    char **names;     /* of the blocks */
    size_t *channels; /* of the blocks */
    struct ses_record_parts parts;
    struct ses_columns columns;

    uint8_t *statuses; /* as the file has them */
    uint8_t *marks;    /* as they will be after the next flush */
    size_t first_mark, end_mark; /* where the two may differ */

    size_t capacity;            /* rows the buffers hold */
    size_t first_row, n_rows;   /* rows in them */
    size_t next;                /* images below are written or left out */
    double flushed, interval;   /* seconds: when last, how often */
    bool complete;              /* /summary is written */
    bool failed;                /* a write failed; nothing more is tried */

    struct ses_moments *moments; /* summary only: of each block */
    char *sidecar;               /* summary only: where they survive */
};

/* A writer for an open file (taken over, also on failure) that holds what plan
 * says; statuses are read from it. created is copied. */
SES_MUST_CHECK enum ses_status ses_writer_new(
    const char *path, hid_t file, const struct ses_record_plan *plan,
    const char *created, struct ses_record_writer **out,
    struct ses_error *err);

/* Free without writing anything; H5Fclose's answer. */
herr_t ses_writer_free(struct ses_record_writer *writer);

/* Count the time to the next flush from now. */
void ses_writer_start_clock(struct ses_record_writer *writer);

/* Write statuses [first, first + n) from marks. */
SES_MUST_CHECK enum ses_status ses_writer_mark(
    struct ses_record_writer *writer, size_t first, size_t n,
    struct ses_error *err);

/* Moments of a column's rows over the images marked done, in image order. */
SES_MUST_CHECK enum ses_status ses_rows_moments(
    hid_t dataset, size_t n_images, const uint8_t *statuses,
    const int32_t *image_classes, struct ses_moments *moments,
    struct ses_error *err);

/* Write /summary of every block, and count last: a block whose counts add up
 * to the images done is a block whose summary is whole. */
SES_MUST_CHECK enum ses_status ses_writer_summary(
    struct ses_record_writer *writer, struct ses_error *err);

/* ---- sidecar: RUN.h5.moments, the running moments of --summary-only ----- */

/* Its name; caller frees with free(), NULL without memory. */
char *ses_sidecar_name(const char *path);

/* Replace it by the writer's moments and marks, at once and on the disk. */
SES_MUST_CHECK enum ses_status ses_sidecar_write(
    const struct ses_record_writer *writer, struct ses_error *err);

/* Fill the writer's moments and marks from it, if there is one. */
SES_MUST_CHECK enum ses_status ses_sidecar_read(
    struct ses_record_writer *writer, bool *found, struct ses_error *err);

void ses_sidecar_remove(const char *path);

/* Bytes a sidecar takes. */
size_t ses_sidecar_size(const struct ses_record_plan *plan);

/* ---- for the runner ----------------------------------------------------- */

/* Flush when the last one is some time ago; cheap otherwise. */
SES_MUST_CHECK enum ses_status ses_record_settle(
    struct ses_record_writer *writer, struct ses_error *err);

/* Predictions [first, first + n) as they are in the file: top5 [n][5], loss
 * [n]. Flush before. */
SES_MUST_CHECK enum ses_status ses_record_predictions(
    const struct ses_record_writer *writer, size_t first, size_t n,
    int32_t *top5, float *loss, struct ses_error *err);

#endif
