/* The Keras models of tests/data/keras: unpacked, and what they compute. */
#ifndef SES_TESTS_TEST_KERAS_H
#define SES_TESTS_TEST_KERAS_H

#include "core/import/model.h"
#include "tests/support/check.h"

/* The group's folder, where files are unpacked: cmocka fixtures. */
int keras_folder(void **state);
int keras_folder_remove(void **state);

/* A path in it; overwritten by the next call but three. */
const char *keras_path(const char *name);

/* A file of tests/data/keras, unpacked there. */
const char *keras_file(const char *name);

/* Open with default options, or with --preprocess; failures fail the test. */
struct ses_model *keras_open(const char *path, const char *preprocess);

/* Opening must fail with a status and words. */
void keras_refuse(const char *path, enum ses_status status,
                  const char *words);

/* The goldens' numbers for a network: gates (of as many blocks as it is said
 * to have) within 1e-5, outputs within 1e-5 of the largest. */
void keras_compare(const struct ses_model *model, const char *name,
                   size_t blocks);

/* ---- tests, by file ------------------------------------------------------ */

extern const struct CMUnitTest keras_encoding_tests[], keras_fault_tests[],
    keras_process_tests[];
extern const size_t n_keras_encoding_tests, n_keras_fault_tests,
    n_keras_process_tests;

#endif
