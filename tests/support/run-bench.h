/* What tests of recording runs have: the network of hand-network.h, its
 * pictures as a set, and a runner over them. */
#ifndef SES_TESTS_RUN_BENCH_H
#define SES_TESTS_RUN_BENCH_H

#include <stdatomic.h>

#include "core/record/runner.h"
#include "tests/support/hand-network.h"

enum { BENCH_BLOCKS = 2 }; /* at most */

struct bench {
    char *root, *pictures, *path, *other;
    struct ses_model model;
    struct ses_set *set;
    size_t blocks[BENCH_BLOCKS];
    struct ses_runner runner;
    struct ses_record_parts parts;
    /* what callbacks saw */
    size_t stop_at, calls, unreadable;
    atomic_bool stopped; /* the run was told to stop */
    char log[256];
};

int bench_setup(void **state);
int bench_teardown(void **state);
#define BENCH(name) \
    cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

/* Run to a record at a path, which is begun or gone on with. */
SES_MUST_CHECK enum ses_status bench_try(struct bench *f, const char *path,
                                         struct ses_run_result *result,
                                         struct ses_error *err);

/* The same; fails the test when it fails. */
void bench_run(struct bench *f, const char *path,
               struct ses_run_result *result);

#endif
