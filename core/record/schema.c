/* See schema.h. */
#include "core/record/schema.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/record/h5.h"

const char *const ses_summary_names[SES_SUMMARY_ARRAYS] = {
    [SES_MEAN] = "mean",
    [SES_STD] = "std",
    [SES_MIN] = "min",
    [SES_MAX] = "max",
};

char *ses_summary_path(const char *block, const char *array)
{
    return ses_format(SES_H5_SUMMARY "/%s/%s", block, array);
}

hid_t ses_column_type(const struct ses_column *column)
{
    return column->kind == SES_COLUMN_TOP5 ? H5T_NATIVE_INT32
                                           : H5T_NATIVE_FLOAT;
}

/* Append a column; path (taken over) may be NULL for want of memory. */
static bool add(struct ses_columns *columns, enum ses_column_kind kind,
                size_t block, size_t width, char *path)
{
    struct ses_column *column = &columns->items[columns->count];
    if (!path)
        return false;
    column->kind = kind;
    column->block = block;
    column->width = width;
    column->path = path;
    column->dataset = H5I_INVALID_HID;
    columns->count++;
    columns->row_bytes += width * sizeof(float);
    return true;
}

static bool add_block(struct ses_columns *columns,
                      const struct ses_record_plan *plan, size_t b)
{
    const struct ses_record_block *block = &plan->blocks[b];
    size_t channels = (size_t)block->channels;
    if (plan->parts.summary_only)
        return true;
    if (!add(columns, SES_COLUMN_EXCITATION, b, channels,
             ses_format(SES_H5_BLOCKS "/%s/excitation", block->name)))
        return false;
    if (plan->parts.squeeze &&
        !add(columns, SES_COLUMN_SQUEEZE, b, channels,
             ses_format(SES_H5_BLOCKS "/%s/squeeze", block->name)))
        return false;
    /* A gate without an inner layer has no bottleneck. */
    return !plan->parts.bottleneck || block->reduced <= 0 ||
           add(columns, SES_COLUMN_BOTTLENECK, b, (size_t)block->reduced,
               ses_format(SES_H5_BLOCKS "/%s/bottleneck", block->name));
}

enum ses_status ses_columns_init(struct ses_columns *columns,
                                 const struct ses_record_plan *plan,
                                 struct ses_error *err)
{
    memset(columns, 0, sizeof *columns);
    columns->items = ses_calloc(3 + 3 * plan->n_blocks,
                                sizeof *columns->items);
    bool whole = columns->items != NULL;
    if (whole && plan->outputs) {
        whole = add(columns, SES_COLUMN_TOP5, 0, 5, strdup(SES_H5_TOP5)) &&
                add(columns, SES_COLUMN_LOSS, 0, 1, strdup(SES_H5_LOSS));
        if (whole && plan->parts.logits)
            whole = add(columns, SES_COLUMN_LOGITS, 0, plan->outputs,
                        strdup(SES_H5_LOGITS));
    }
    for (size_t b = 0; whole && b < plan->n_blocks; b++)
        whole = add_block(columns, plan, b);
    if (whole)
        return SES_OK;
    ses_columns_release(columns);
    return ses_fail_memory(err, "the record's datasets");
}

void ses_columns_release(struct ses_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        ses_h5_close(columns->items[i].dataset);
        free(columns->items[i].path);
        free(columns->items[i].buffer);
    }
    free(columns->items);
    memset(columns, 0, sizeof *columns);
}
