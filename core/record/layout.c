/* See layout.h. */
#include "core/record/layout.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/base/text.h"
#include "core/record/h5.h"
#include "core/record/layout-parts.h"
#include "core/record/schema.h"
#include "core/record/writer.h"

enum ses_status ses_layout_size(const struct ses_record_plan *plan,
                                uintmax_t *out, struct ses_error *err)
{
    struct ses_columns columns;
    enum ses_status status = ses_columns_init(&columns, plan, err);
    if (status != SES_OK)
        return status;
    uintmax_t size = 65536; /* superblock, groups, attributes */
    bool fits = ses_add_product(&size, plan->n_images, columns.row_bytes) &&
                ses_add_product(&size, plan->n_images,
                     ses_layout_widest(plan->image_paths, plan->n_images) + 5);
    for (size_t b = 0; b < plan->n_blocks && fits; b++)
        fits = ses_add_product(&size, plan->n_classes,
                    (uintmax_t)plan->blocks[b].channels * 16 + 4) &&
               ses_add_product(&size, 4096, 1);
    if (plan->parts.summary_only) /* an old one and a new one */
        fits = fits && ses_add_product(&size, ses_sidecar_size(plan), 2);
    ses_columns_release(&columns);
    /* HDF5 and the system count in signed numbers. */
    if (!fits || size > INT64_MAX)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "the record would be larger than a file can be");
    *out = size;
    return SES_OK;
}

static enum ses_status put_block_attributes(
    hid_t group, const struct ses_record_block *block, struct ses_error *err)
{
    const struct {
        const char *name, *value;
    } texts[] = {
        { "name", block->name },
        { "source", block->source },
        { "gate", block->gate },
        { "squeeze", block->squeeze },
    };
    const struct {
        const char *name;
        int value;
    } numbers[] = {
        { "index", block->index },     { "stage", block->stage },
        { "unit", block->unit },       { "channels", block->channels },
        { "reduced", block->reduced }, { "height", block->height },
        { "width", block->width },
    };
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (status == SES_OK)
            status = ses_h5_put_text(group, texts[i].name,
                                     texts[i].value ? texts[i].value : "", err);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (status == SES_OK)
            status = ses_h5_put_int(group, numbers[i].name, H5T_STD_I32LE,
                                    numbers[i].value, err);
    return status;
}

static enum ses_status put_block(const struct ses_h5_layout *layout,
                                 const struct ses_record_block *block,
                                 struct ses_error *err)
{
    char *path = ses_format(SES_H5_BLOCKS "/%s", block->name);
    if (!path)
        return ses_fail_memory(err, "a block");
    hid_t group = H5I_INVALID_HID;
    enum ses_status status = ses_layout_group(layout, path, &group, err);
    if (status == SES_OK)
        status = put_block_attributes(group, block, err);
    ses_h5_close(group);
    free(path);
    return status;
}

static enum ses_status put_summary(const struct ses_h5_layout *layout,
                                   const struct ses_record_block *block,
                                   struct ses_error *err)
{
    size_t classes = layout->plan->n_classes;
    char *path = ses_summary_path(block->name, "count");
    int32_t *zeros = ses_calloc(classes, sizeof *zeros);
    enum ses_status status = SES_OK;
    if (!path || !zeros)
        status = ses_fail_memory(err, "a summary");
    else
        status = ses_layout_numbers(layout, path, H5T_STD_I32LE,
                                    H5T_NATIVE_INT32, zeros, classes, err);
    free(zeros);
    free(path);
    for (int a = 0; a < SES_SUMMARY_ARRAYS && status == SES_OK; a++) {
        path = ses_summary_path(block->name, ses_summary_names[a]);
        status =
            path ? ses_layout_dataset(layout, path, H5T_IEEE_F32LE, 2, classes,
                                      (size_t)block->channels, NULL, err)
                 : ses_fail_memory(err, "a summary");
        free(path);
    }
    return status;
}

static enum ses_status put_columns(const struct ses_h5_layout *layout,
                                   struct ses_error *err)
{
    struct ses_columns columns;
    enum ses_status status = ses_columns_init(&columns, layout->plan, err);
    if (status != SES_OK)
        return status;
    for (size_t i = 0; i < columns.count && status == SES_OK; i++) {
        const struct ses_column *column = &columns.items[i];
        bool top5 = column->kind == SES_COLUMN_TOP5;
        status = ses_layout_dataset(
            layout, column->path, top5 ? H5T_STD_I32LE : H5T_IEEE_F32LE,
            column->kind == SES_COLUMN_LOSS ? 1 : 2, layout->plan->n_images,
            column->width, NULL, err);
    }
    ses_columns_release(&columns);
    return status;
}

static enum ses_status fill(const struct ses_h5_layout *layout,
                            const char *created, struct ses_error *err)
{
    const struct ses_record_plan *plan = layout->plan;
    enum ses_status status = ses_layout_head(layout, created, err);
    if (status == SES_OK)
        status = ses_layout_group(layout, SES_H5_BLOCKS, NULL, err);
    if (status == SES_OK)
        status = ses_layout_group(layout, SES_H5_SUMMARY, NULL, err);
    for (size_t b = 0; b < plan->n_blocks && status == SES_OK; b++) {
        status = put_block(layout, &plan->blocks[b], err);
        if (status == SES_OK)
            status = put_summary(layout, &plan->blocks[b], err);
    }
    if (status == SES_OK)
        status = put_columns(layout, err);
    return status;
}

enum ses_status ses_layout_make(const char *path,
                                const struct ses_record_plan *plan,
                                const char *created, struct ses_error *err)
{
    struct ses_h5_layout layout;
    enum ses_status status = ses_layout_begin(&layout, path, plan, err);
    if (status == SES_OK)
        status = fill(&layout, created, err);
    return ses_layout_end(&layout, status, err);
}
