/* RUN.h5, schema 1 (docs/run-file.md): created whole, filled row by row, and
 * at every moment a file that opens and holds every image marked done.
 *
 * All datasets are contiguous and allocated when the file is made; after that
 * no HDF5 metadata changes, only rows are written, and an image is marked done
 * after its rows are. So a kill at any moment loses nothing that was marked. */
#ifndef SES_RECORD_RECORD_H
#define SES_RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/error.h"

enum { SES_SCHEMA = 1 };

enum ses_image_status {
    SES_IMAGE_PENDING = 0,
    SES_IMAGE_DONE = 1,
    SES_IMAGE_UNREADABLE = 2
};

/* What is recorded beside the excitations. */
struct ses_record_parts {
    bool squeeze, bottleneck, logits;
    bool summary_only; /* no rows an image of any block */
};

struct ses_record_block {
    const char *name, *source, *gate, *squeeze; /* gate: "sigmoid"; squeeze:
                                                 * "mean" */
    int index, stage, unit, channels, reduced, height, width;
};

/* Everything a record says of itself; all strings borrowed. */
struct ses_record_plan {
    const char *version, *command, *model, *model_sha256, *arch, *images,
        *preprocess, *force, *kernels, *host;
    const char *from, *from_sha256; /* the record that forced gates came from;
                                     * empty without one */
    int64_t seed;
    size_t n_classes;
    const char *const *class_names, *const *class_ids;
    const int32_t *class_outputs;
    size_t n_images;
    const char *const *image_paths;
    const int32_t *image_classes;
    size_t n_blocks;
    const struct ses_record_block *blocks;
    size_t outputs; /* 0: no classifier */
    struct ses_record_parts parts;
};

/* Results of one image, in the order of the plan's blocks. Pointers to parts
 * that are not recorded are ignored. */
struct ses_record_row {
    enum ses_image_status status;
    const float *const *excitation, *const *squeeze, *const *bottleneck;
    const float *logits; /* [outputs] */
    float loss;
    int32_t top5[5]; /* -1 where there are fewer outputs */
};

struct ses_record_writer;

/* Make the file (exists and not overwrite: SES_EUSAGE). It appears under its
 * name only when it is whole. Caller frees with ses_record_close(). */
SES_MUST_CHECK enum ses_status ses_record_create(
    const char *path, bool overwrite, const struct ses_record_plan *plan,
    struct ses_record_writer **out, struct ses_error *err);

/* Open to go on. The plan must be the file's: what differs (model hash,
 * preprocessing, images, classes, parts, force, from) is named with both values,
 * SES_EUSAGE. */
SES_MUST_CHECK enum ses_status ses_record_resume(
    const char *path, const struct ses_record_plan *plan,
    struct ses_record_writer **out, struct ses_error *err);

/* Status of every image as the file has it; borrowed. */
const uint8_t *ses_record_statuses(const struct ses_record_writer *writer);

/* Images are written in increasing order, those already done left out.
 * Batched; on disk by the next flush. */
SES_MUST_CHECK enum ses_status ses_record_write(
    struct ses_record_writer *writer, size_t image,
    const struct ses_record_row *row, struct ses_error *err);

/* Rows to disk, then statuses. Called by itself now and then. */
SES_MUST_CHECK enum ses_status ses_record_flush(
    struct ses_record_writer *writer, struct ses_error *err);

/* Write /summary; after it the record is complete. */
SES_MUST_CHECK enum ses_status ses_record_finish(
    struct ses_record_writer *writer, struct ses_error *err);

/* Flush what can be, close, free. err may be NULL. */
enum ses_status ses_record_close(struct ses_record_writer *writer,
                                 struct ses_error *err);

#endif
