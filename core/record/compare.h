/* Whether a file of results is what a plan would make anew: the first thing
 * that differs is named with both values, SES_EUSAGE. */
#ifndef SES_RECORD_COMPARE_H
#define SES_RECORD_COMPARE_H

#include "core/record/reader.h"

struct ses_comparison {
    const struct ses_run_file *run; /* at least its head */
    const struct ses_record_plan *plan;
    struct ses_error *err;
};

/* what: "arch"; here may be NULL, and is escaped as it would be written. */
SES_MUST_CHECK enum ses_status ses_same_text(const struct ses_comparison *c,
                                             const char *what,
                                             const char *there,
                                             const char *here);
SES_MUST_CHECK enum ses_status ses_same_number(const struct ses_comparison *c,
                                               const char *what,
                                               long long there,
                                               long long here);

/* Model, preprocessing, force, seed, classes and images. */
SES_MUST_CHECK enum ses_status ses_compare_head(
    const struct ses_comparison *c);

#endif
