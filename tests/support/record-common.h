/* A made-up record for tests of core/record: a plan, and rows that are known
 * for every image. */
#ifndef SES_TESTS_RECORD_COMMON_H
#define SES_TESTS_RECORD_COMMON_H

#include "core/record/reader.h"
#include "core/record/record.h"

enum {
    COMMON_IMAGES = 60,
    COMMON_CLASSES = 3,
    COMMON_BLOCKS = 2,
    COMMON_OUTPUTS = 7,
    COMMON_WIDEST = 12
};

struct common {
    struct ses_record_plan plan;
    struct ses_record_block blocks[COMMON_BLOCKS];
    char **paths;
    int32_t *classes;
};

/* Everything is recorded; image i is of class i % 3. Image 7 and every 25th
 * after it are unreadable. Caller frees with common_release(). */
void common_init(struct common *common, size_t images);
void common_release(struct common *common);

/* Part 0 excitation, 1 squeeze, 2 bottleneck, 3 logits. */
float common_value(int part, size_t block, size_t image, size_t channel);
bool common_unreadable(size_t image);
size_t common_width(int part, size_t block);

/* Write all pending images below until, flushing after every `every`. */
SES_MUST_CHECK enum ses_status common_write_pending(
    struct ses_record_writer *writer, size_t until, size_t every,
    struct ses_error *err);

/* Make, fill and finish a record; asserts that all went well. */
void common_record(const char *path, const struct ses_record_plan *plan);

/* Open a record; fails the test when it cannot. Freed with ses_run_free(). */
struct ses_run_file *common_open(const char *path);

/* Whether two HDF5 files have the same datasets with the same bytes; what
 * differs is printed. */
bool common_same_datasets(const char *a, const char *b);

/* What each test of a record has: a folder, a record to be in it, and room for
 * another. */
struct fixture {
    char *folder, *path, *whole;
    struct common common;
};
int fixture_setup(void **state);
int fixture_teardown(void **state);
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

/* Opening the record must fail, and say so in these words and with its
 * path. */
void common_refuse(const struct fixture *f, enum ses_status status,
                   const char *words);

/* How many files are in a folder. */
size_t common_count_files(const char *folder);

#endif
