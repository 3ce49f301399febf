/* See layout-parts.h.
 *
 * The format is HDF5's oldest (superblock 0): it has no flag "open for
 * writing" that a killed process would leave behind. Datasets are contiguous
 * and get their addresses here, so writing rows later changes rows and nothing
 * else. */
#include "core/record/layout-parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/utf8.h"
#include "core/record/h5.h"
#include "core/record/schema.h"

enum { NAMES_AT_ONCE = 4096 };

size_t ses_layout_widest(const char *const *texts, size_t n)
{
    size_t widest = 1;
    for (size_t i = 0; i < n; i++) {
        size_t length = ses_utf8_escape(texts[i], NULL);
        if (length > widest)
            widest = length;
    }
    return widest;
}

enum ses_status ses_layout_group(const struct ses_h5_layout *layout,
                                 const char *path, hid_t *out,
                                 struct ses_error *err)
{
    hid_t group = H5Lexists(layout->file, path, H5P_DEFAULT) > 0
                      ? H5Gopen2(layout->file, path, H5P_DEFAULT)
                      : H5Gcreate2(layout->file, path, layout->links,
                                   H5P_DEFAULT, H5P_DEFAULT);
    if (group < 0)
        return ses_h5_fail(err, "group '%s'", path);
    if (out)
        *out = group;
    else
        ses_h5_close(group);
    return SES_OK;
}

enum ses_status ses_layout_dataset(const struct ses_h5_layout *layout,
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

enum ses_status ses_layout_texts(const struct ses_h5_layout *layout,
                                 const char *path, const char *const *texts,
                                 size_t n, struct ses_error *err)
{
    size_t width = ses_layout_widest(texts, n);
    char *rows = ses_calloc(NAMES_AT_ONCE, width);
    hid_t dataset = H5I_INVALID_HID;
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, width);
    H5Tset_cset(type, H5T_CSET_UTF8);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    enum ses_status status =
        rows ? ses_layout_dataset(layout, path, type, 1, n, 0, &dataset, err)
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

enum ses_status ses_layout_numbers(const struct ses_h5_layout *layout,
                                   const char *path, hid_t file_type,
                                   hid_t memory_type, const void *values,
                                   size_t n, struct ses_error *err)
{
    hid_t dataset = H5I_INVALID_HID;
    enum ses_status status =
        ses_layout_dataset(layout, path, file_type, 1, n, 0, &dataset, err);
    if (status == SES_OK)
        status = ses_h5_write_rows(dataset, memory_type, 0, n, values, err);
    ses_h5_close(dataset);
    return status;
}

static enum ses_status put_root(const struct ses_h5_layout *layout,
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
    enum ses_status status =
        ses_h5_put_int(layout->file, "schema", H5T_STD_I32LE, SES_SCHEMA, err);
    if (status == SES_OK)
        status = ses_h5_put_int(layout->file, "seed", H5T_STD_I64LE, plan->seed,
                                err);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (status == SES_OK)
            status = ses_h5_put_text(layout->file, texts[i].name,
                                     texts[i].value ? texts[i].value : "", err);
    return status;
}

static enum ses_status put_classes(const struct ses_h5_layout *layout,
                                   struct ses_error *err)
{
    const struct ses_record_plan *plan = layout->plan;
    enum ses_status status = ses_layout_texts(
        layout, SES_H5_CLASS_NAME, plan->class_names, plan->n_classes, err);
    if (status == SES_OK)
        status = ses_layout_texts(layout, SES_H5_CLASS_ID, plan->class_ids,
                                  plan->n_classes, err);
    if (status == SES_OK)
        status = ses_layout_numbers(layout, SES_H5_CLASS_OUTPUT, H5T_STD_I32LE,
                                    H5T_NATIVE_INT32, plan->class_outputs,
                                    plan->n_classes, err);
    return status;
}

static enum ses_status put_images(const struct ses_h5_layout *layout,
                                  struct ses_error *err)
{
    const struct ses_record_plan *plan = layout->plan;
    uint8_t *pending = ses_calloc(plan->n_images, 1);
    if (!pending)
        return ses_fail_memory(err, "the images' statuses");
    enum ses_status status = ses_layout_texts(
        layout, SES_H5_IMAGE_PATH, plan->image_paths, plan->n_images, err);
    if (status == SES_OK)
        status = ses_layout_numbers(layout, SES_H5_IMAGE_CLASS, H5T_STD_I32LE,
                                    H5T_NATIVE_INT32, plan->image_classes,
                                    plan->n_images, err);
    if (status == SES_OK)
        status =
            ses_layout_numbers(layout, SES_H5_IMAGE_STATUS, H5T_STD_U8LE,
                               H5T_NATIVE_UINT8, pending, plan->n_images, err);
    free(pending);
    return status;
}

enum ses_status ses_layout_head(const struct ses_h5_layout *layout,
                                const char *created, struct ses_error *err)
{
    enum ses_status status = put_root(layout, created, err);
    if (status == SES_OK)
        status = put_classes(layout, err);
    if (status == SES_OK)
        status = put_images(layout, err);
    return status;
}

enum ses_status ses_layout_begin(struct ses_h5_layout *layout, const char *path,
                                 const struct ses_record_plan *plan,
                                 struct ses_error *err)
{
    hid_t access = ses_h5_access();
    *layout = (struct ses_h5_layout){
        .links = H5Pcreate(H5P_LINK_CREATE),
        .datasets = H5Pcreate(H5P_DATASET_CREATE),
        .plan = plan,
    };
    H5Pset_create_intermediate_group(layout->links, 1);
    H5Pset_char_encoding(layout->links, H5T_CSET_UTF8);
    H5Pset_layout(layout->datasets, H5D_CONTIGUOUS);
    H5Pset_alloc_time(layout->datasets, H5D_ALLOC_TIME_EARLY);
    H5Pset_fill_time(layout->datasets, H5D_FILL_TIME_NEVER);
    H5Pset_obj_track_times(layout->datasets, false);
    layout->file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    enum ses_status status =
        layout->file < 0 ? ses_h5_fail(err, "HDF5") : SES_OK;
    ses_h5_close(access);
    return status;
}

enum ses_status ses_layout_end(struct ses_h5_layout *layout,
                               enum ses_status status, struct ses_error *err)
{
    if (layout->file >= 0 && H5Fclose(layout->file) < 0 && status == SES_OK)
        status = ses_h5_fail(err, "HDF5");
    ses_h5_close(layout->datasets);
    ses_h5_close(layout->links);
    return status;
}
