/* Where things are in RUN.h5: names, and the datasets that have a row an
 * image. docs/run-file.md is the same for people. */
#ifndef SES_RECORD_SCHEMA_H
#define SES_RECORD_SCHEMA_H

#include <hdf5.h>

#include "core/record/record.h"

#define SES_H5_CLASS_NAME "/classes/name"
#define SES_H5_CLASS_ID "/classes/id"
#define SES_H5_CLASS_OUTPUT "/classes/output"
#define SES_H5_IMAGE_PATH "/images/path"
#define SES_H5_IMAGE_CLASS "/images/class"
#define SES_H5_IMAGE_STATUS "/images/status"
#define SES_H5_TOP5 "/predictions/top5"
#define SES_H5_LOSS "/predictions/loss"
#define SES_H5_LOGITS "/predictions/logits"
#define SES_H5_BLOCKS "/blocks"
#define SES_H5_SUMMARY "/summary"

/* Text attributes of the root: name, and field of struct ses_record_plan. */
#define SES_PLAN_TEXTS(X) \
    X("sescope_version", version) \
    X("command", command) \
    X("model", model) \
    X("model_sha256", model_sha256) \
    X("arch", arch) \
    X("images", images) \
    X("preprocess", preprocess) \
    X("force", force) \
    X("from", from) \
    X("from_sha256", from_sha256) \
    X("kernels", kernels) \
    X("host", host)

/* The arrays of /summary/<block>, besides count. */
enum { SES_MEAN, SES_STD, SES_MIN, SES_MAX, SES_SUMMARY_ARRAYS };
extern const char *const ses_summary_names[SES_SUMMARY_ARRAYS];

enum ses_column_kind {
    SES_COLUMN_TOP5,
    SES_COLUMN_LOSS,
    SES_COLUMN_LOGITS,
    SES_COLUMN_EXCITATION,
    SES_COLUMN_SQUEEZE,
    SES_COLUMN_BOTTLENECK
};

/* A dataset with a row an image; all elements are 4 bytes. */
struct ses_column {
    enum ses_column_kind kind;
    size_t block; /* of the last three kinds */
    char *path;
    size_t width; /* elements an image; the loss is a dataset of rank 1 */
    hid_t dataset;
    void *buffer; /* rows that wait to be written; the writer's */
};

struct ses_columns {
    struct ses_column *items;
    size_t count;
    size_t row_bytes; /* of an image in all of them */
};

/* The columns that a plan asks for; datasets are not opened. Caller frees with
 * ses_columns_release(), which closes datasets and frees buffers. */
SES_MUST_CHECK enum ses_status ses_columns_init(
    struct ses_columns *columns, const struct ses_record_plan *plan,
    struct ses_error *err);
void ses_columns_release(struct ses_columns *columns);

/* Integers or floats, in memory. */
hid_t ses_column_type(const struct ses_column *column);

/* "/summary/<block>/<array>"; caller frees with free(), NULL without memory. */
char *ses_summary_path(const char *block, const char *array);

#endif
