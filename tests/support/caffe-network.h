/* Caffe networks for tests: those of tests/data/caffe (made by
 * scripts/reference/caffe-goldens.py), as they are or changed, and what they
 * should say. */
#ifndef SES_TESTS_CAFFE_NETWORK_H
#define SES_TESTS_CAFFE_NETWORK_H

#include "core/import/model.h"

/* cmocka group fixtures: a folder for changed files. */
int caffe_make_folder(void **state);
int caffe_remove_folder(void **state);

/* Texts of a prototxt, which the functions below change; freed with free(). */
char *caffe_text(const char *name);

/* Replace the first `from`, which must be there (all: every one). Frees
 * text. */
char *caffe_edit(char *text, const char *from, const char *to);
char *caffe_edit_all(char *text, const char *from, const char *to);

/* Open a text with the weights tests/data/caffe/<weights>.caffemodel, or with
 * a path; preprocess may be NULL. Frees text. */
enum ses_status caffe_try(char *text, const char *weights,
                          const char *preprocess, struct ses_model **model,
                          struct ses_error *err);

/* The same must open, or must fail with words in err. */
struct ses_model *caffe_open(char *text, const char *weights);
void caffe_refuse(char *text, const char *weights, enum ses_status status,
                  const char *words);

/* Run over the golden's picture and compare gates and output. file:
 * "expected.txt"; name: the golden's. */
void caffe_compare(const struct ses_model *model, const char *file,
                   const char *name);

#endif
