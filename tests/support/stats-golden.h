/* tests/data/stats: a small record and what is expected of it, a line a
 * number or a few (scripts/reference/stats-golden.py). */
#ifndef SES_TESTS_STATS_GOLDEN_H
#define SES_TESTS_STATS_GOLDEN_H

#include <stdbool.h>
#include <stdio.h>

#include "core/record/reader.h"

/* A line: KIND NAME KEY NUMBER..., where some kinds have no key. */
struct stats_golden {
    FILE *file;
    char kind[16], name[32], key[32];
    double value[8];
    size_t count; /* of the values */
};

/* Both fail the test when they cannot. */
struct ses_run_file *stats_golden_record(void);
void stats_golden_open(struct stats_golden *golden);

/* The next line; false at the end. */
bool stats_golden_next(struct stats_golden *golden);
void stats_golden_close(struct stats_golden *golden);

#endif
