/* Records that a process of its own has open: what reader.h asks of it. */
#ifndef SES_RECORD_KEPT_H
#define SES_RECORD_KEPT_H

#include "core/record/reader.h"

/* Start the process that run->handle then keeps, and fill run with all but
 * its path and what ses_run_check_images() counts. */
SES_MUST_CHECK enum ses_status ses_kept_open(const char *path,
                                             struct ses_run_file *run,
                                             struct ses_error *err);

/* As the functions of reader.h, of a run that is kept; arrays are mean, std,
 * min and max. */
SES_MUST_CHECK enum ses_status ses_kept_excitation(
    const struct ses_run_file *run, size_t block, size_t first, size_t n,
    float *out, struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_kept_moments(
    const struct ses_run_file *run, size_t block, uint64_t *count,
    float *const arrays[4], struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_kept_paths(const struct ses_run_file *run,
                                              size_t first, size_t n,
                                              char **out,
                                              struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_kept_predictions(
    const struct ses_run_file *run, int32_t *top5, float *loss,
    struct ses_error *err);

#endif
