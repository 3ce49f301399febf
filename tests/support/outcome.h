/* Goldens through the families: building, running, and refusing. */
#ifndef SES_TESTS_OUTCOME_H
#define SES_TESTS_OUTCOME_H

#include "core/graph/blocks.h"
#include "core/import/families/family.h"
#include "tests/support/answer.h"

/* A network that ran once: what it is and what it said. */
struct outcome {
    struct ses_family_result found;
    char *notes;
    struct ses_blocks blocks;
    size_t parameters;
    struct answer answer;
};

void outcome_release(struct outcome *outcome);

/* Build from a state, which is freed, and run one picture. */
void outcome_run(struct ses_state *state, const char *arch, int h, int w,
                 const float *picture, struct outcome *outcome);

/* The same of a golden and its picture. */
void outcome_run_golden(const struct golden *golden, const char *arch,
                        struct outcome *outcome);

/* A golden's name, number of parameters (whole: all of the file are run), gates
 * and logits are found again. */
void outcome_compare_golden(const char *name, const char *arch, bool whole);

/* Learnable tensors' elements: all but the running statistics. */
size_t outcome_count_parameters(const struct golden *golden);

/* What a family assumes of its pictures; nothing is run. */
struct ses_family_result outcome_look(const char *name, const char *arch);

/* Building must fail with this status; err is the message. */
void outcome_refuse(const struct golden *golden, const char *arch,
                    enum ses_status status, struct ses_error *err);

#endif
