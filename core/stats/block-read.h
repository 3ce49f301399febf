/* What statistics read of a block of a record. */
#ifndef SES_STATS_BLOCK_READ_H
#define SES_STATS_BLOCK_READ_H

#include <stdbool.h>

#include "core/record/reader.h"

/* Moments by class; see ses_run_moments(). */
struct ses_block_moments {
    uint64_t *count;  /* [n_classes] */
    float *mean;      /* [n_classes][channels] */
    float *std;       /* the same */
};

/* Caller frees with ses_block_moments_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_block_moments_read(
    const struct ses_run_file *run, size_t block,
    struct ses_block_moments *out, struct ses_error *err);
void ses_block_moments_release(struct ses_block_moments *moments);

/* How many images' rows of so many channels to read at a time: about a
 * megabyte. */
size_t ses_rows_at_a_time(size_t channels);

/* What is done with rows. */
struct ses_row_visit {
    bool (*wants)(const void *user, size_t image); /* NULL: every image */
    void (*visit)(void *user, size_t image, const float *row); /* [channels] */
    void *user;
};

/* Visit a block's rows of the images that are done and wanted, in the record's
 * order; a few are in memory at a time, and stretches of which none is wanted
 * are not read. */
SES_MUST_CHECK enum ses_status ses_visit_rows(
    const struct ses_run_file *run, size_t block,
    const struct ses_row_visit *rows, struct ses_error *err);

#endif
