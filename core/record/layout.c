/* See layout.h.
 *
 * The format is HDF5's oldest (superblock 0): it has no flag "open for
 * writing" that a killed process would leave behind. Datasets are contiguous
 * and get their addresses here, so writing rows later changes rows and nothing
 * else. */
#include "core/record/layout.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/base/utf8.h"
#include "core/record/h5.h"
#include "core/record/schema.h"
#include "core/record/writer.h"

enum { NAMES_AT_ONCE = 4096 };

struct layout {
    hid_t file;
    hid_t links;    /* makes the groups above a new object */
    hid_t datasets; /* contiguous, allocated at once, not filled */
    const struct ses_record_plan *plan;
};

/* a += b * c unless that overflows. */
static bool grow(uintmax_t *a, uintmax_t b, uintmax_t c)
{
    uintmax_t product;
    return !__builtin_mul_overflow(b, c, &product) &&
           !__builtin_add_overflow(*a, product, a);
}

/* The longest of texts, as they will be written. */
static size_t widest(const char *const *texts, size_t n)
{
    size_t widest = 1;
    for (size_t i = 0; i < n; i++) {
        size_t length = ses_utf8_escape(texts[i], NULL);
        if (length > widest)
            widest = length;
    }
    return widest;
}

enum ses_status ses_layout_size(const struct ses_record_plan *plan,
                                uintmax_t *out, struct ses_error *err)
{
    struct ses_columns columns;
    enum ses_status status = ses_columns_init(&columns, plan, err);
    if (status != SES_OK)
        return status;
    uintmax_t size = 65536; /* superblock, groups, attributes */
    bool fits = grow(&size, plan->n_images, columns.row_bytes) &&
                grow(&size, plan->n_images,
                     widest(plan->image_paths, plan->n_images) + 5);
    for (size_t b = 0; b < plan->n_blocks && fits; b++)
        fits = grow(&size, plan->n_classes,
                    (uintmax_t)plan->blocks[b].channels * 16 + 4) &&
               grow(&size, 4096, 1);
    if (plan->parts.summary_only) /* an old one and a new one */
        fits = fits && grow(&size, ses_sidecar_size(plan), 2);
    ses_columns_release(&columns);
    /* HDF5 and the system count in signed numbers. */
    if (!fits || size > INT64_MAX)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "the record would be larger than a file can be");
    *out = size;
    return SES_OK;
}

/* A group that may be there already: a block's name with slashes makes those
 * above it. Into *out, or closed again when out is NULL. */
static enum ses_status make_group(const struct layout *layout,
                                  const char *path, hid_t *out,
                                  struct ses_error *err)
{
    hid_t group =
        H5Lexists(layout->file, path, H5P_DEFAULT) > 0
            ? H5Gopen2(layout->file, path, H5P_DEFAULT)
            : H5Gcreate2(layout->file, path, layout->links, H5P_DEFAULT,
                         H5P_DEFAULT);
    if (group < 0)
        return ses_h5_fail(err, "group '%s'", path);
    if (out)
        *out = group;
    else
        ses_h5_close(group);
    return SES_OK;
}

/* An open dataset into *out, or closed again when out is NULL. */
static enum ses_status make_dataset(const struct layout *layout,
                                    const char *path, hid_t type, int rank,
                                    size_t rows, size_t width, hid_t *out,
                                    struct ses_error *err)
{
    hsize_t sizes[2] = { rows, width };
    hid_t space = H5Screate_simple(rank, sizes, NULL);
    hid_t dataset = H5Dcreate2(layout->file, path, type, space, layout->links,
                               layout->datasets, H5P_DEFAULT);
    enum ses_status status = SES_OK;
    if (dataset < 0)
        status = ses_h5_fail(err, "dataset '%s'", path);
    ses_h5_close(space);
    if (out && status == SES_OK)
        *out = dataset;
    else
        ses_h5_close(dataset);
    return status;
}

/* Text of fixed length, padded with NULs: what h5py, MATLAB and R read alike,
 * and data that lie in one piece. File names may be any bytes; what is called
 * UTF-8 must be it. */
static enum ses_status put_texts(const struct layout *layout, const char *path,
                                 const char *const *texts, size_t n,
                                 struct ses_error *err)
{
    size_t width = widest(texts, n);
    char *rows = ses_calloc(NAMES_AT_ONCE, width);
    hid_t dataset = H5I_INVALID_HID;
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, width);
    H5Tset_cset(type, H5T_CSET_UTF8);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    enum ses_status status =
        rows ? make_dataset(layout, path, type, 1, n, 0, &dataset, err)
             : ses_fail_memory(err, "names");
    for (size_t i = 0; i < n && status == SES_OK; i += NAMES_AT_ONCE) {
        size_t here = n - i < NAMES_AT_ONCE ? n - i : NAMES_AT_ONCE;
        memset(rows, 0, here * width);
        for (size_t j = 0; j < here; j++)
            ses_utf8_escape(texts[i + j], rows + j * width);
        status = ses_h5_write_rows(dataset, type, i, here, rows, err);
    }
    ses_h5_close(dataset);
    ses_h5_close(type);
    free(rows);
    return status;
}

static enum ses_status put_numbers(const struct layout *layout,
                                   const char *path, hid_t file_type,
                                   hid_t memory_type, const void *values,
                                   size_t n, struct ses_error *err)
{
    hid_t dataset = H5I_INVALID_HID;
    enum ses_status status =
        make_dataset(layout, path, file_type, 1, n, 0, &dataset, err);
    if (status == SES_OK)
        status = ses_h5_write_rows(dataset, memory_type, 0, n, values, err);
    ses_h5_close(dataset);
    return status;
}

static enum ses_status put_root(const struct layout *layout,
                                const char *created, struct ses_error *err)
{
    const struct ses_record_plan *plan = layout->plan;
    const struct {
        const char *name, *value;
    } texts[] = {
#define X(name, field) { name, plan->field },
        SES_PLAN_TEXTS(X)
#undef X
        { "created", created },
    };
    enum ses_status status = ses_h5_put_int(layout->file, "schema",
                                            H5T_STD_I32LE, SES_SCHEMA, err);
    if (status == SES_OK)
        status = ses_h5_put_int(layout->file, "seed", H5T_STD_I64LE,
                                plan->seed, err);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (status == SES_OK)
            status = ses_h5_put_text(layout->file, texts[i].name,
                                     texts[i].value ? texts[i].value : "",
                                     err);
    return status;
}

static enum ses_status put_classes(const struct layout *layout,
                                   struct ses_error *err)
{
    const struct ses_record_plan *plan = layout->plan;
    enum ses_status status = put_texts(layout, SES_H5_CLASS_NAME,
                                       plan->class_names, plan->n_classes,
                                       err);
    if (status == SES_OK)
        status = put_texts(layout, SES_H5_CLASS_ID, plan->class_ids,
                           plan->n_classes, err);
    if (status == SES_OK)
        status = put_numbers(layout, SES_H5_CLASS_OUTPUT, H5T_STD_I32LE,
                             H5T_NATIVE_INT32, plan->class_outputs,
                             plan->n_classes, err);
    return status;
}

static enum ses_status put_images(const struct layout *layout,
                                  struct ses_error *err)
{
    const struct ses_record_plan *plan = layout->plan;
    uint8_t *pending = ses_calloc(plan->n_images, 1);
    if (!pending)
        return ses_fail_memory(err, "the images' statuses");
    enum ses_status status = put_texts(layout, SES_H5_IMAGE_PATH,
                                       plan->image_paths, plan->n_images, err);
    if (status == SES_OK)
        status = put_numbers(layout, SES_H5_IMAGE_CLASS, H5T_STD_I32LE,
                             H5T_NATIVE_INT32, plan->image_classes,
                             plan->n_images, err);
    if (status == SES_OK)
        status = put_numbers(layout, SES_H5_IMAGE_STATUS, H5T_STD_U8LE,
                             H5T_NATIVE_UINT8, pending, plan->n_images, err);
    free(pending);
    return status;
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
        { "index", block->index },       { "stage", block->stage },
        { "unit", block->unit },         { "channels", block->channels },
        { "reduced", block->reduced },   { "height", block->height },
        { "width", block->width },
    };
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (status == SES_OK)
            status = ses_h5_put_text(group, texts[i].name,
                                     texts[i].value ? texts[i].value : "",
                                     err);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (status == SES_OK)
            status = ses_h5_put_int(group, numbers[i].name, H5T_STD_I32LE,
                                    numbers[i].value, err);
    return status;
}

static enum ses_status put_block(const struct layout *layout,
                                 const struct ses_record_block *block,
                                 struct ses_error *err)
{
    char *path = ses_format(SES_H5_BLOCKS "/%s", block->name);
    if (!path)
        return ses_fail_memory(err, "a block");
    hid_t group = H5I_INVALID_HID;
    enum ses_status status = make_group(layout, path, &group, err);
    if (status == SES_OK)
        status = put_block_attributes(group, block, err);
    ses_h5_close(group);
    free(path);
    return status;
}

static enum ses_status put_summary(const struct layout *layout,
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
        status = put_numbers(layout, path, H5T_STD_I32LE, H5T_NATIVE_INT32,
                             zeros, classes, err);
    free(zeros);
    free(path);
    for (int a = 0; a < SES_SUMMARY_ARRAYS && status == SES_OK; a++) {
        path = ses_summary_path(block->name, ses_summary_names[a]);
        status = path ? make_dataset(layout, path, H5T_IEEE_F32LE, 2, classes,
                                     (size_t)block->channels, NULL, err)
                      : ses_fail_memory(err, "a summary");
        free(path);
    }
    return status;
}

static enum ses_status put_columns(const struct layout *layout,
                                   struct ses_error *err)
{
    struct ses_columns columns;
    enum ses_status status = ses_columns_init(&columns, layout->plan, err);
    if (status != SES_OK)
        return status;
    for (size_t i = 0; i < columns.count && status == SES_OK; i++) {
        const struct ses_column *column = &columns.items[i];
        bool top5 = column->kind == SES_COLUMN_TOP5;
        status = make_dataset(layout, column->path,
                              top5 ? H5T_STD_I32LE : H5T_IEEE_F32LE,
                              column->kind == SES_COLUMN_LOSS ? 1 : 2,
                              layout->plan->n_images, column->width, NULL,
                              err);
    }
    ses_columns_release(&columns);
    return status;
}

static enum ses_status fill(const struct layout *layout, const char *created,
                            struct ses_error *err)
{
    const struct ses_record_plan *plan = layout->plan;
    enum ses_status status = put_root(layout, created, err);
    if (status == SES_OK)
        status = put_classes(layout, err);
    if (status == SES_OK)
        status = put_images(layout, err);
    if (status == SES_OK)
        status = make_group(layout, SES_H5_BLOCKS, NULL, err);
    if (status == SES_OK)
        status = make_group(layout, SES_H5_SUMMARY, NULL, err);
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
    hid_t access = ses_h5_access();
    struct layout layout = {
        .links = H5Pcreate(H5P_LINK_CREATE),
        .datasets = H5Pcreate(H5P_DATASET_CREATE),
        .plan = plan,
    };
    H5Pset_create_intermediate_group(layout.links, 1);
    H5Pset_char_encoding(layout.links, H5T_CSET_UTF8);
    H5Pset_layout(layout.datasets, H5D_CONTIGUOUS);
    H5Pset_alloc_time(layout.datasets, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(layout.datasets, H5D_FILL_TIME_NEVER);
    H5Pset_obj_track_times(layout.datasets, false);
    enum ses_status status = SES_OK;
    layout.file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    if (layout.file < 0)
        status = ses_h5_fail(err, "HDF5");
    if (status == SES_OK)
        status = fill(&layout, created, err);
    if (layout.file >= 0 && H5Fclose(layout.file) < 0 && status == SES_OK)
        status = ses_h5_fail(err, "HDF5");
    ses_h5_close(layout.datasets);
    ses_h5_close(layout.links);
    ses_h5_close(access);
    return status;
}
