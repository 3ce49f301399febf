/* What a network's logits say of an image, and of all. */
#ifndef SES_RECORD_SCORE_H
#define SES_RECORD_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "core/record/runner.h"

/* Indices of the five largest, best first; of equal ones the lower index. -1
 * where there are fewer (NaN is none). */
void ses_top5(const float *logits, size_t n, int32_t out[5]);

/* -log softmax(logits)[label] in nats, worked out in double. */
double ses_cross_entropy(const float *logits, size_t n, size_t label);

/* top1, top5 and loss of a result, from the predictions in the file, so that
 * images of a run that was resumed count as well. */
SES_MUST_CHECK enum ses_status ses_run_scores(
    const struct ses_set *set, size_t outputs,
    const struct ses_record_writer *writer, struct ses_run_result *result,
    struct ses_error *err);

#endif
