/* Finding the blocks of a record. A block's name may hold slashes (a layer
 * path), which are groups in HDF5, so every group below /blocks that has an
 * attribute `index` is one. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/record/h5.h"
#include "core/record/run.h"
#include "core/record/schema.h"

/* Limits for files that want to be walked for ever. */
enum { DEEPEST = 32, MOST_GROUPS = 65536 };

struct walk {
    struct ses_run_file *run;
    size_t capacity;
    size_t groups;
    struct ses_error *err;
};

struct names {
    char **items;
    size_t count, capacity;
    bool failed;
};

/* Hard links only: others may lead to other files. */
static herr_t collect(hid_t group, const char *name, const H5L_info_t *info,
                      void *user)
{
    struct names *names = user;
    if (info->type != H5L_TYPE_HARD)
        return 0;
    char **items = ses_grow(names->items, names->count, &names->capacity,
                            sizeof *items);
    char *copy = items ? strdup(name) : NULL;
    if (items)
        names->items = items;
    if (!copy) {
        names->failed = true;
        return -1;
    }
    items[names->count++] = copy;
    return 0;
}

static enum ses_status get_small(hid_t group, const char *name, int fallback,
                                 int *out, struct ses_error *err)
{
    int64_t value;
    enum ses_status status =
        ses_h5_get_int(group, name, fallback, &value, err);
    if (status == SES_OK && (value < INT32_MIN || value > INT32_MAX))
        status = ses_fail(err, SES_EFORMAT, "attribute '%s' is %lld", name,
                          (long long)value);
    if (status == SES_OK)
        *out = (int)value;
    return status;
}

static enum ses_status load_block(struct walk *walk, hid_t group,
                                  const char *path)
{
    struct ses_run_file *run = walk->run;
    struct ses_error *err = walk->err;
    size_t capacity = walk->capacity;
    struct ses_run_block *blocks =
        ses_grow(run->blocks, run->n_blocks, &capacity, sizeof *blocks);
    if (blocks)
        run->blocks = blocks;
    capacity = walk->capacity;
    char **groups = ses_grow(run->handle->groups, run->n_blocks, &capacity,
                             sizeof *groups);
    if (groups)
        run->handle->groups = groups;
    if (!blocks || !groups)
        return ses_fail_memory(err, "blocks");
    walk->capacity = capacity;
    struct ses_run_block *block = &blocks[run->n_blocks];
    memset(block, 0, sizeof *block);
    groups[run->n_blocks] = strdup(path);
    if (!groups[run->n_blocks++])
        return ses_fail_memory(err, "blocks");
    const struct {
        const char *name, *fallback;
        char **out;
    } texts[] = {
        { "name", path, &block->name },
        { "source", "", &block->source },
        { "gate", "", &block->gate },
        { "squeeze", "", &block->squeeze },
    };
    const struct {
        const char *name;
        int fallback, *out;
    } numbers[] = {
        { "index", 0, &block->index },   { "stage", -1, &block->stage },
        { "unit", -1, &block->unit },    { "reduced", 0, &block->reduced },
        { "height", 0, &block->height }, { "width", 0, &block->width },
    };
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (status == SES_OK)
            status = ses_h5_get_text(group, texts[i].name, texts[i].fallback,
                                     texts[i].out, err);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (status == SES_OK)
            status = get_small(group, numbers[i].name, numbers[i].fallback,
                               numbers[i].out, err);
    return status;
}

static enum ses_status visit(struct walk *walk, const char *path, int depth);

static enum ses_status visit_links(struct walk *walk, hid_t group,
                                   const char *path, int depth)
{
    struct names names = { 0 };
    enum ses_status status = SES_OK;
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, collect, &names) <
        0)
        status = names.failed ? ses_fail_memory(walk->err, "blocks")
                              : ses_h5_fail(walk->err, "group '%s'", path);
    for (size_t i = 0; i < names.count && status == SES_OK; i++) {
        char *below = *path ? ses_format("%s/%s", path, names.items[i])
                            : strdup(names.items[i]);
        status = below ? visit(walk, below, depth + 1)
                       : ses_fail_memory(walk->err, "blocks");
        free(below);
    }
    for (size_t i = 0; i < names.count; i++)
        free(names.items[i]);
    free(names.items);
    return status;
}

/* An object below /blocks; datasets are nothing. */
static enum ses_status visit(struct walk *walk, const char *path, int depth)
{
    char *full = ses_format(SES_H5_BLOCKS "/%s", path);
    if (!full)
        return ses_fail_memory(walk->err, "blocks");
    enum ses_status status = SES_OK;
    hid_t object = H5Oopen(walk->run->handle->file, full, H5P_DEFAULT);
    if (object < 0) {
        status = ses_h5_fail(walk->err, "group '%s'", full);
    } else if (H5Iget_type(object) == H5I_GROUP) {
        if (depth > DEEPEST || ++walk->groups > MOST_GROUPS)
            status = ses_fail(walk->err, SES_EFORMAT,
                              "there are too many groups in '%s'",
                              SES_H5_BLOCKS);
        if (status == SES_OK && depth > 0 && H5Aexists(object, "index") > 0)
            status = load_block(walk, object, path);
        if (status == SES_OK)
            status = visit_links(walk, object, path, depth);
    }
    ses_h5_close(object);
    free(full);
    return status;
}

/* Blocks and their groups, in the order of `index` (stable: equal ones stay
 * in the order of their names). */
static void sort(struct ses_run_file *run)
{
    for (size_t i = 1; i < run->n_blocks; i++) {
        struct ses_run_block block = run->blocks[i];
        char *group = run->handle->groups[i];
        size_t j = i;
        for (; j > 0 && run->blocks[j - 1].index > block.index; j--) {
            run->blocks[j] = run->blocks[j - 1];
            run->handle->groups[j] = run->handle->groups[j - 1];
        }
        run->blocks[j] = block;
        run->handle->groups[j] = group;
    }
}

/* Whether the block has rows of a kind, as wide as the block; *width may be
 * SES_H5_ANY. */
static enum ses_status probe(struct ses_run_file *run, size_t b,
                             const char *name, hsize_t *width, bool *there,
                             struct ses_error *err)
{
    char *path = ses_format(SES_H5_BLOCKS "/%s/%s", run->handle->groups[b],
                            name);
    hsize_t sizes[2] = { run->n_images, *width };
    hid_t dataset = H5I_INVALID_HID;
    enum ses_status status = SES_OK;
    if (!path)
        return ses_fail_memory(err, "blocks");
    *there = ses_h5_exists(run->handle->file, path);
    if (*there) {
        status = ses_h5_open_dataset(run->handle->file, path, H5T_FLOAT, 2,
                                     sizes, &dataset, err);
        *width = sizes[1];
    }
    ses_h5_close(dataset);
    free(path);
    return status;
}

/* Channels are what the arrays have; the attribute is for people. */
static enum ses_status check_rows(struct ses_run_file *run, size_t b,
                                  struct ses_error *err)
{
    struct ses_run_block *block = &run->blocks[b];
    hsize_t channels = SES_H5_ANY, reduced = SES_H5_ANY;
    bool squeeze, bottleneck;
    enum ses_status status =
        probe(run, b, "excitation", &channels, &block->rows, err);
    if (status == SES_OK)
        status = probe(run, b, "squeeze", &channels, &squeeze, err);
    if (status == SES_OK)
        status = probe(run, b, "bottleneck", &reduced, &bottleneck, err);
    if (status != SES_OK)
        return status;
    run->parts.squeeze |= squeeze;
    run->parts.bottleneck |= bottleneck;
    run->parts.summary_only |= !block->rows;
    if (!block->rows) {
        hsize_t sizes[2] = { run->n_classes, SES_H5_ANY };
        hid_t dataset = H5I_INVALID_HID;
        char *path = ses_summary_path(run->handle->groups[b],
                                      ses_summary_names[SES_MEAN]);
        status = path ? ses_h5_open_dataset(run->handle->file, path, H5T_FLOAT,
                                            2, sizes, &dataset, err)
                      : ses_fail_memory(err, "blocks");
        ses_h5_close(dataset);
        free(path);
        channels = sizes[1];
    }
    if (status != SES_OK)
        return status;
    if (channels == 0 || channels > INT32_MAX)
        return ses_fail(err, SES_EFORMAT, "block '%s' has %llu channels",
                        block->name, (unsigned long long)channels);
    block->channels = (int)channels;
    return SES_OK;
}

/* A summary is whole when its counts, which are written last, add up. A record
 * with rows can do without. */
static enum ses_status check_summary(struct ses_run_file *run, size_t b,
                                     struct ses_error *err)
{
    char *path = ses_summary_path(run->handle->groups[b], "count");
    uint64_t *count = ses_calloc(run->n_classes, sizeof *count);
    hsize_t sizes[1] = { run->n_classes };
    hid_t dataset = H5I_INVALID_HID;
    enum ses_status status = SES_OK;
    if (!path || !count) {
        status = ses_fail_memory(err, "blocks");
        goto out;
    }
    if (run->blocks[b].rows && !ses_h5_exists(run->handle->file, path))
        goto out;
    status = ses_h5_open_dataset(run->handle->file, path, H5T_INTEGER, 1,
                                 sizes, &dataset, err);
    if (status == SES_OK && run->n_classes)
        status = ses_h5_read_rows(dataset, H5T_NATIVE_UINT64, 0,
                                  run->n_classes, count, err);
    uint64_t sum = 0;
    for (size_t k = 0; k < run->n_classes; k++)
        sum += count[k];
    run->blocks[b].summary = run->n_pending == 0 && sum == run->n_done;
out:
    ses_h5_close(dataset);
    free(count);
    free(path);
    return status;
}

enum ses_status ses_run_find_blocks(struct ses_run_file *run,
                                    struct ses_error *err)
{
    struct walk walk = { .run = run, .err = err };
    if (!ses_h5_exists(run->handle->file, SES_H5_BLOCKS))
        return ses_fail(err, SES_EFORMAT, "group '%s' is missing",
                        SES_H5_BLOCKS);
    enum ses_status status = visit(&walk, "", 0);
    if (status != SES_OK)
        return status;
    sort(run);
    for (size_t b = 0; b < run->n_blocks && status == SES_OK; b++) {
        status = check_rows(run, b, err);
        if (status == SES_OK)
            status = check_summary(run, b, err);
    }
    return status;
}
