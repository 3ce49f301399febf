/* ABLATION.h5, schema 1 (docs/ablation-file.md).
 *
 *     /            attrs: kind="ablation", schema=1, and those of RUN.h5
 *                  (version, created, command, model, model_sha256, arch,
 *                  images, preprocess, seed, from, from_sha256, kernels,
 *                  host), and passes: forward passes an image cost
 *     /classes/... , /images/...      as in RUN.h5
 *     /blocks/{name,stage,unit,channels,parameters,madds}  [B]
 *     /variants/force       [V] UTF-8, "" first: the network as it is
 *     /variants/sweep       [V] UTF-8: "", "blocks", "stages", ...
 *     /variants/constant    [V,B] uint8: blocks whose gates are constant
 *     /results/top1         [V,N] int32   predicted output, -1 if none
 *     /results/top5         [V,N] uint8   1: the label is among the best five
 *     /results/loss         [V,N] float32 nats; NaN if the label is unknown
 *     /results/probability  [V,N] float32 of the label
 *     /results/divergence   [V,N] float32 KL(unforced || forced), nats
 *     attrs of /results: parameters and multiply-adds of the whole network
 *
 * All datasets are contiguous and made when the file is; after that only rows
 * of images are written, and an image is marked done after its rows are, so a
 * kill at any moment loses nothing that was marked, and --resume gives the
 * same bytes. */
#ifndef SES_ABLATION_FILE_H
#define SES_ABLATION_FILE_H

#include "core/record/record.h"

struct ses_ablation_block {
    const char *name;
    int stage, unit, channels;
    int64_t parameters, madds;
};

/* Everything an ablation says of itself; all borrowed. Of record, blocks and
 * parts are not read; force is "". */
struct ses_ablation_plan {
    struct ses_record_plan record;
    double passes;
    int64_t parameters, madds; /* of the whole network */
    size_t n_blocks;
    const struct ses_ablation_block *blocks;
    size_t n_variants;
    const char *const *forces, *const *sweeps; /* [n_variants] */
    const uint8_t *constant;                   /* [n_variants][n_blocks] */
};

/* One image under one variant. */
struct ses_ablation_cell {
    int32_t top1;
    uint8_t top5;
    float loss, probability, divergence;
};

struct ses_ablation_writer;

SES_MUST_CHECK enum ses_status ses_ablation_create(
    const char *path, bool overwrite, const struct ses_ablation_plan *plan,
    struct ses_ablation_writer **out, struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_ablation_resume(
    const char *path, const struct ses_ablation_plan *plan,
    struct ses_ablation_writer **out, struct ses_error *err);
const uint8_t *ses_ablation_statuses(const struct ses_ablation_writer *writer);

/* Images in increasing order; cells [n_variants], ignored when unreadable. */
SES_MUST_CHECK enum ses_status ses_ablation_write(
    struct ses_ablation_writer *writer, size_t image,
    enum ses_image_status status, const struct ses_ablation_cell *cells,
    struct ses_error *err);
SES_MUST_CHECK enum ses_status ses_ablation_flush(
    struct ses_ablation_writer *writer, struct ses_error *err);
enum ses_status ses_ablation_close(struct ses_ablation_writer *writer,
                                   struct ses_error *err);

/* ---- reading -------------------------------------------------------------- */

struct ses_ablation {
    char *path;
    char *version, *created, *command, *model, *model_sha256, *arch, *images,
        *preprocess, *from, *from_sha256, *kernels, *host;
    int64_t seed;
    double passes;
    int64_t parameters, madds;
    size_t n_classes;
    char **class_names, **class_ids;
    int32_t *class_outputs;
    size_t n_images, n_done, n_unreadable, n_pending;
    int32_t *image_classes;
    uint8_t *image_status;
    size_t n_blocks;
    struct {
        char *name;
        int stage, unit, channels;
        int64_t parameters, madds;
    } *blocks;
    size_t n_variants;
    char **forces, **sweeps;
    uint8_t *constant; /* [n_variants][n_blocks] */
    /* [n_variants][n_images], whole in memory */
    int32_t *top1;
    uint8_t *top5;
    float *loss, *probability, *divergence;
};

/* A stranger's file: kinds, shapes and indices are checked. Caller frees with
 * ses_ablation_free(). */
SES_MUST_CHECK enum ses_status ses_ablation_open(const char *path,
                                                 struct ses_ablation **out,
                                                 struct ses_error *err);
void ses_ablation_free(struct ses_ablation *ablation);

#endif
