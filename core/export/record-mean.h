/* The constants that a fold puts in the place of gates: means over a record
 * of the same network. */
#ifndef SES_EXPORT_RECORD_MEAN_H
#define SES_EXPORT_RECORD_MEAN_H

#include "core/import/model.h"
#include "core/record/reader.h"

/* SES_EUSAGE, with both values, for a record of another network (by its
 * hash), of other preprocessing, or of forced gates; SES_EUNSUPPORTED for one
 * that is unfinished. */
SES_MUST_CHECK enum ses_status ses_record_of_model(
    const struct ses_run_file *run, const struct ses_model *model,
    struct ses_error *err);

/* Mean of every channel of a block's gate over the images marked done, into
 * mean [channels]. SES_EUSAGE for a block that is not in the record, or not
 * with as many channels; SES_ENOTFOUND without images; SES_EFORMAT for a mean
 * that is no number. */
SES_MUST_CHECK enum ses_status ses_record_mean(const struct ses_run_file *run,
                                               const struct ses_block *block,
                                               float *mean,
                                               struct ses_error *err);

#endif
