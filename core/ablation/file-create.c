/* Making ABLATION.h5: whole, with room for every row; see file.h. */
#include <limits.h>
#include <stdlib.h>

#include "core/ablation/file-parts.h"
#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/record/h5.h"
#include "core/record/layout-parts.h"
#include "core/record/new-file.h"

const struct ses_result_column ses_result_columns[SES_RESULTS] = {
    [SES_RESULT_TOP1] = { "/results/top1", H5T_INTEGER, 4 },
    [SES_RESULT_TOP5] = { "/results/top5", H5T_INTEGER, 1 },
    [SES_RESULT_LOSS] = { "/results/loss", H5T_FLOAT, 4 },
    [SES_RESULT_PROBABILITY] = { "/results/probability", H5T_FLOAT, 4 },
    [SES_RESULT_DIVERGENCE] = { "/results/divergence", H5T_FLOAT, 4 },
};

hid_t ses_result_file_type(int column)
{
    switch (column) {
    case SES_RESULT_TOP1:
        return H5T_STD_I32LE;
    case SES_RESULT_TOP5:
        return H5T_STD_U8LE;
    default:
        return H5T_IEEE_F32LE;
    }
}

hid_t ses_result_type(int column)
{
    switch (column) {
    case SES_RESULT_TOP1:
        return H5T_NATIVE_INT32;
    case SES_RESULT_TOP5:
        return H5T_NATIVE_UINT8;
    default:
        return H5T_NATIVE_FLOAT;
    }
}

static enum ses_status check_plan(const struct ses_ablation_plan *plan,
                                  struct ses_error *err)
{
    const struct ses_record_plan *head = &plan->record;
    if (head->n_images == 0 || head->n_classes == 0)
        return ses_fail(err, SES_EUSAGE, "there are no images to run");
    if (head->n_images > INT32_MAX)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "%zu images are more than the %d an ablation holds",
                        head->n_images, INT32_MAX);
    if (plan->n_variants == 0 || *plan->forces[0])
        return ses_fail(err, SES_EUSAGE,
                        "the first variant must be the network as it is");
    if (plan->n_blocks == 0)
        return ses_fail(err, SES_EUSAGE, "there are no blocks to force");
    for (size_t i = 0; i < head->n_images; i++)
        if (head->image_classes[i] < 0 ||
            (size_t)head->image_classes[i] >= head->n_classes)
            return ses_fail(err, SES_ESHAPE,
                            "image %zu is of class %d, there are %zu", i,
                            head->image_classes[i], head->n_classes);
    return SES_OK;
}

enum ses_status ses_ablation_size(const struct ses_ablation_plan *plan,
                                  uintmax_t *out, struct ses_error *err)
{
    const struct ses_record_plan *head = &plan->record;
    uintmax_t size = 65536, cell = 0; /* superblock, groups, attributes */
    size_t names = ses_layout_widest(plan->forces, plan->n_variants) +
                   ses_layout_widest(plan->sweeps, plan->n_variants);
    for (int c = 0; c < SES_RESULTS; c++)
        cell += ses_result_columns[c].size;
    bool fits =
        ses_add_product(&cell, cell, plan->n_variants - 1) &&
        ses_add_product(&size, head->n_images, cell) &&
        ses_add_product(&size, head->n_images,
             ses_layout_widest(head->image_paths, head->n_images) + 5) &&
        ses_add_product(&size, plan->n_variants, names) &&
        ses_add_product(&size, plan->n_variants, plan->n_blocks) &&
        ses_add_product(&size, plan->n_blocks, 512);
    /* HDF5 and the system count in signed numbers. */
    if (!fits || size > INT64_MAX)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "the ablation would be larger than a file can be");
    *out = size;
    return SES_OK;
}

static enum ses_status put_root(const struct ses_h5_layout *layout,
                                const struct ses_ablation_plan *plan,
                                struct ses_error *err)
{
    hid_t file = layout->file;
    enum ses_status status =
        ses_h5_put_text(file, "kind", ses_h5_ablation.mark, err);
    if (status == SES_OK)
        status = ses_h5_put_double(file, "passes", plan->passes, err);
    return status;
}

static enum ses_status put_blocks(const struct ses_h5_layout *layout,
                                  const struct ses_ablation_plan *plan,
                                  struct ses_error *err)
{
    size_t n = plan->n_blocks;
    const char **names = ses_calloc(n, sizeof *names);
    int64_t *numbers = ses_calloc(n, sizeof *numbers);
    enum ses_status status = SES_OK;
    if (!names || !numbers) {
        status = ses_fail_memory(err, "blocks");
        goto out;
    }
    for (size_t b = 0; b < n; b++)
        names[b] = plan->blocks[b].name;
    status = ses_layout_texts(layout, SES_H5_BLOCK_NAME, names, n, err);
#define X(name, type, field) \
    for (size_t b = 0; b < n; b++) \
        numbers[b] = plan->blocks[b].field; \
    if (status == SES_OK) \
        status = ses_layout_numbers(layout, "/blocks/" name, type, \
                                    H5T_NATIVE_INT64, numbers, n, err);
    SES_ABLATION_BLOCK_NUMBERS(X)
#undef X
out:
    free(names);
    free(numbers);
    return status;
}

static enum ses_status put_variants(const struct ses_h5_layout *layout,
                                    const struct ses_ablation_plan *plan,
                                    struct ses_error *err)
{
    hid_t dataset = H5I_INVALID_HID;
    enum ses_status status = ses_layout_texts(
        layout, SES_H5_VARIANT_FORCE, plan->forces, plan->n_variants, err);
    if (status == SES_OK)
        status = ses_layout_texts(layout, SES_H5_VARIANT_SWEEP, plan->sweeps,
                                  plan->n_variants, err);
    if (status == SES_OK)
        status =
            ses_layout_dataset(layout, SES_H5_VARIANT_CONSTANT, H5T_STD_U8LE, 2,
                               plan->n_variants, plan->n_blocks, &dataset, err);
    if (status == SES_OK)
        status = ses_h5_write_rows(dataset, H5T_NATIVE_UINT8, 0,
                                   plan->n_variants, plan->constant, err);
    ses_h5_close(dataset);
    return status;
}

static enum ses_status put_results(const struct ses_h5_layout *layout,
                                   const struct ses_ablation_plan *plan,
                                   struct ses_error *err)
{
    hid_t group = H5I_INVALID_HID;
    enum ses_status status =
        ses_layout_group(layout, SES_H5_RESULTS, &group, err);
    if (status == SES_OK)
        status = ses_h5_put_int(group, "parameters", H5T_STD_I64LE,
                                plan->parameters, err);
    if (status == SES_OK)
        status =
            ses_h5_put_int(group, "madds", H5T_STD_I64LE, plan->madds, err);
    ses_h5_close(group);
    for (int c = 0; c < SES_RESULTS && status == SES_OK; c++)
        status = ses_layout_dataset(
            layout, ses_result_columns[c].path, ses_result_file_type(c), 2,
            plan->n_variants, plan->record.n_images, NULL, err);
    return status;
}

enum ses_status ses_ablation_layout(const char *path,
                                    const struct ses_ablation_plan *plan,
                                    const char *created, struct ses_error *err)
{
    struct ses_h5_layout layout;
    enum ses_status status =
        ses_layout_begin(&layout, path, &plan->record, err);
    if (status == SES_OK)
        status = ses_layout_head(&layout, created, err);
    if (status == SES_OK)
        status = put_root(&layout, plan, err);
    if (status == SES_OK)
        status = put_blocks(&layout, plan, err);
    if (status == SES_OK)
        status = put_variants(&layout, plan, err);
    if (status == SES_OK)
        status = put_results(&layout, plan, err);
    return ses_layout_end(&layout, status, err);
}

enum ses_status ses_ablation_create(const char *path, bool overwrite,
                                    const struct ses_ablation_plan *plan,
                                    struct ses_ablation_writer **out,
                                    struct ses_error *err)
{
    struct ses_new_file new = { 0 };
    struct ses_ablation_writer *writer = NULL;
    uintmax_t needed = 0;
    hid_t file;
    *out = NULL;
    enum ses_status status = check_plan(plan, err);
    if (status == SES_OK)
        status = ses_ablation_size(plan, &needed, err);
    if (status == SES_OK)
        status = ses_new_file_init(&new, path, overwrite, needed, err);
    if (status != SES_OK)
        goto out;
    status = ses_ablation_layout(new.temporary, plan, new.created, err);
    if (status != SES_OK) {
        ses_error_context(err, "cannot write '%s'", path);
        goto out;
    }
    status = ses_new_file_open(&new, &file, err);
    if (status == SES_OK)
        status = ses_ablation_writer_new(new.target, file, plan->n_variants,
                                         plan->record.n_images, &writer, err);
    if (status == SES_OK)
        status = ses_new_file_publish(&new, err);
    if (status != SES_OK)
        goto out;
    *out = writer;
    writer = NULL;
out:
    if (writer)
        ses_ablation_writer_free(writer);
    ses_new_file_release(&new);
    return status;
}
