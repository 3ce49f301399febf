/* The pieces that a new file of results is put together from: what RUN.h5 and
 * ABLATION.h5 have in common. Errors name the piece, not the file. */
#ifndef SES_RECORD_LAYOUT_PARTS_H
#define SES_RECORD_LAYOUT_PARTS_H

#include <hdf5.h>

#include "core/record/record.h"

struct ses_h5_layout {
    hid_t file;
    hid_t links;    /* makes the groups above a new object */
    hid_t datasets; /* contiguous, allocated at once, not filled */
    const struct ses_record_plan *plan;
};

/* Make an HDF5 file under this name; ended with ses_layout_end(), also after a
 * failure. */
SES_MUST_CHECK enum ses_status ses_layout_begin(
    struct ses_h5_layout *layout, const char *path,
    const struct ses_record_plan *plan, struct ses_error *err);

/* Close it; returns status, or the first error in closing when that was
 * SES_OK. */
SES_MUST_CHECK enum ses_status ses_layout_end(struct ses_h5_layout *layout,
                                              enum ses_status status,
                                              struct ses_error *err);

/* The root's attributes, classes, and images that are all pending. */
SES_MUST_CHECK enum ses_status ses_layout_head(const struct ses_h5_layout *layout,
                                               const char *created,
                                               struct ses_error *err);

/* A group that may be there already: a block's name with slashes makes those
 * above it. Into *out, or closed again when out is NULL. */
SES_MUST_CHECK enum ses_status ses_layout_group(
    const struct ses_h5_layout *layout, const char *path, hid_t *out,
    struct ses_error *err);

/* A dataset of rank 1 or 2 whose numbers are a hole, which reads as zeros.
 * Open into *out, or closed again when out is NULL. */
SES_MUST_CHECK enum ses_status ses_layout_dataset(
    const struct ses_h5_layout *layout, const char *path, hid_t type, int rank,
    size_t rows, size_t width, hid_t *out, struct ses_error *err);

/* Text of fixed length, padded with NULs: what h5py, MATLAB and R read alike,
 * and data that lie in one piece. File names may be any bytes; what is called
 * UTF-8 must be it. */
SES_MUST_CHECK enum ses_status ses_layout_texts(
    const struct ses_h5_layout *layout, const char *path,
    const char *const *texts, size_t n, struct ses_error *err);

SES_MUST_CHECK enum ses_status ses_layout_numbers(
    const struct ses_h5_layout *layout, const char *path, hid_t file_type,
    hid_t memory_type, const void *values, size_t n, struct ses_error *err);

/* The longest of texts, as they will be written. */
size_t ses_layout_widest(const char *const *texts, size_t n);

#endif
