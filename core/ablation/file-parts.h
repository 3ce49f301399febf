/* Inside ABLATION.h5: what the file-*.c share. */
#ifndef SES_ABLATION_FILE_PARTS_H
#define SES_ABLATION_FILE_PARTS_H

#include <hdf5.h>

#include "core/ablation/file.h"
#include "core/base/stream.h"
#include "core/record/reader.h"

#define SES_H5_BLOCK_NAME "/blocks/name"
#define SES_H5_VARIANT_FORCE "/variants/force"
#define SES_H5_VARIANT_SWEEP "/variants/sweep"
#define SES_H5_VARIANT_CONSTANT "/variants/constant"
#define SES_H5_RESULTS "/results"

/* Numbers of /blocks: name, type in the file, and field of struct
 * ses_ablation_block. */
#define SES_ABLATION_BLOCK_NUMBERS(X) \
    X("stage", H5T_STD_I32LE, stage) \
    X("unit", H5T_STD_I32LE, unit) \
    X("channels", H5T_STD_I32LE, channels) \
    X("parameters", H5T_STD_I64LE, parameters) \
    X("madds", H5T_STD_I64LE, madds)

/* The datasets of /results: [V,N]. */
enum {
    SES_RESULT_TOP1,
    SES_RESULT_TOP5,
    SES_RESULT_LOSS,
    SES_RESULT_PROBABILITY,
    SES_RESULT_DIVERGENCE,
    SES_RESULTS
};
struct ses_result_column {
    const char *path;
    H5T_class_t class;
    size_t size; /* bytes of an element */
};
extern const struct ses_result_column ses_result_columns[SES_RESULTS];

/* What an element is in the file, and in memory. */
hid_t ses_result_file_type(int column);
hid_t ses_result_type(int column);

/* A new file's contents, all but the rows; and how many bytes it will have. */
SES_MUST_CHECK enum ses_status ses_ablation_layout(
    const char *path, const struct ses_ablation_plan *plan,
    const char *created, struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_ablation_size(
    const struct ses_ablation_plan *plan, uintmax_t *out,
    struct ses_error *err);

/* A writer for an open file (taken over, also on failure) that holds what a
 * plan of so many variants says. */
SES_MUST_CHECK enum ses_status ses_ablation_writer_new(
    const char *path, hid_t file, size_t n_variants, size_t n_images,
    struct ses_ablation_writer **out, struct ses_error *err);

/* Whether all rows lie where they can be written one by one. */
bool ses_ablation_writer_is_plain(const struct ses_ablation_writer *writer);

/* Free without writing anything; H5Fclose's answer. */
herr_t ses_ablation_writer_free(struct ses_ablation_writer *writer);

/* All that opening and resuming read; see core/record/rehearse.h. */
SES_MUST_CHECK enum ses_status ses_ablation_rehearse(const char *path,
                                                     struct ses_error *err);

/* Everything of an open file but its head and its results. */
SES_MUST_CHECK enum ses_status ses_ablation_load(hid_t file,
                                                 struct ses_ablation *out,
                                                 struct ses_error *err);

/* All of an ablation from the process that has read it; what does not come
 * fails the stream. */
void ses_ablation_send(const struct ses_ablation *ablation,
                       struct ses_stream *out);
void ses_ablation_receive(struct ses_ablation *ablation,
                          struct ses_stream *in);

#endif
