/* Reading RUN.h5, finished or not, also while it is being written.
 *
 * The file is somebody else's: types, ranks, sizes and indices are checked
 * before anything is asked for by them. HDF5 is not thread-safe: one thread of
 * a process may be in here or in a writer at a time. */
#ifndef SES_RECORD_READER_H
#define SES_RECORD_READER_H

#include "core/record/record.h"

struct ses_run_block {
    char *name, *source, *gate, *squeeze;
    int index, stage, unit, channels, reduced, height, width;
    bool rows; /* excitation rows are there (not --summary-only) */
    bool summary; /* /summary is whole */
};

struct ses_run_file {
    char *path;
    char *version, *created, *command, *model, *model_sha256, *arch, *images,
        *preprocess, *force, *from, *from_sha256, *kernels, *host;
    int64_t seed;
    size_t n_classes;
    char **class_names, **class_ids;
    int32_t *class_outputs;
    size_t n_images;
    int32_t *image_classes;
    uint8_t *image_status;
    size_t n_done, n_unreadable, n_pending;
    bool complete; /* nothing is pending and /summary is whole */
    size_t n_blocks;
    struct ses_run_block *blocks;  /* in depth order */
    struct ses_record_parts parts; /* what is there beside excitations */
    bool predictions;              /* top5 and loss are there */
    size_t outputs;                /* of the logits; 0 without them */
    struct ses_run_handle *handle; /* the open file */
};

/* A file of another kind, of a higher schema, or with datasets whose shapes
 * disagree is an error that says so. Caller frees with ses_run_free(). */
SES_MUST_CHECK enum ses_status ses_run_open(const char *path,
                                            struct ses_run_file **out,
                                            struct ses_error *err);
void ses_run_free(struct ses_run_file *run);

/* A block's place in blocks by name, or -1. */
int ses_run_block(const struct ses_run_file *run, const char *name);

/* Per-class moments of a block over the images marked done; from /summary of
 * a finished record, else from the rows; SES_ENOTFOUND for an unfinished
 * record without rows. Arrays are [n_classes][channels],
 * caller-allocated; count [n_classes]; each may be NULL. std is the sample
 * standard deviation (0 for fewer than 2); mean, min and max of a class
 * without images are NaN. */
SES_MUST_CHECK enum ses_status ses_run_moments(
    const struct ses_run_file *run, size_t block, uint64_t *count,
    float *mean, float *std, float *min, float *max, struct ses_error *err);

/* Excitation rows [first, first + n) of a block into out [n][channels]: zeros
 * for a pending image, NaN for an unreadable one. SES_ENOTFOUND without rows
 * (--summary-only). */
SES_MUST_CHECK enum ses_status ses_run_excitation(
    const struct ses_run_file *run, size_t block, size_t first, size_t n,
    float *out, struct ses_error *err);

/* Paths [first, first + n) of the images, relative to the set's root. Caller
 * frees each with free(). */
SES_MUST_CHECK enum ses_status ses_run_paths(const struct ses_run_file *run,
                                             size_t first, size_t n,
                                             char **out,
                                             struct ses_error *err);

/* Top-5 [n_images][5] and loss [n_images] of all images; SES_ENOTFOUND for a
 * record without a classifier. Either may be NULL. */
SES_MUST_CHECK enum ses_status ses_run_predictions(
    const struct ses_run_file *run, int32_t *top5, float *loss,
    struct ses_error *err);

#endif
