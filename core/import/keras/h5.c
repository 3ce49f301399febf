/* Opening HDF5 that is in memory, and walking it. See h5.h. */
#include "core/import/keras/h5.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/record/h5.h"

/* Deeper than any model is nested, and more than any has weights. */
enum { DEEPEST = 64, MOST_LINKS = 1000000 };

/* Repeated elements (layers that are called twice) may be this many times the
 * file's bytes, and small files that are packed may unpack to this. */
enum { FLOATS_A_BYTE = 2, FLOATS_FREE = 1 << 24 };

/* HDF5 wants to copy the image that it is given, by these functions: they
 * hand on the mapped bytes instead. The file is opened for reading, so none
 * of them is written. */
static void *image_malloc(size_t size, H5FD_file_image_op_t op, void *user)
{
    const struct ses_keras_h5 *h5 = user;
    return size == h5->size ? (void *)(uintptr_t)h5->data : NULL;
}

static void *image_memcpy(void *to, const void *from, size_t size,
                          H5FD_file_image_op_t op, void *user)
{
    return to == from ? to : NULL;
}

static herr_t image_free(void *data, H5FD_file_image_op_t op, void *user)
{
    return 0;
}

static void *image_user(void *user)
{
    return user;
}

static herr_t image_user_free(void *user)
{
    return 0;
}

enum ses_status ses_keras_h5_open(const uint8_t *data, size_t size,
                                  struct ses_keras_h5 *out,
                                  struct ses_error *err)
{
    enum ses_status status = SES_OK;
    *out = (struct ses_keras_h5){ data, size, H5I_INVALID_HID, FLOATS_FREE };
    if (__builtin_mul_overflow(size, FLOATS_A_BYTE, &out->floats_left) ||
        out->floats_left < FLOATS_FREE)
        out->floats_left = FLOATS_FREE;
    H5FD_file_image_callbacks_t callbacks = {
        .image_malloc = image_malloc,
        .image_memcpy = image_memcpy,
        .image_free = image_free,
        .udata_copy = image_user,
        .udata_free = image_user_free,
        .udata = out,
    };
    hid_t access = ses_h5_access();
    /* a filter that the file names could else be looked for as a plugin */
    H5PLset_loading_state(0);
    if (H5Pset_fapl_core(access, 1 << 16, false) < 0 ||
        H5Pset_file_image_callbacks(access, &callbacks) < 0 ||
        H5Pset_file_image(access, (void *)(uintptr_t)data, size) < 0) {
        status = ses_h5_fail(err, "cannot read it as HDF5");
        goto out;
    }
    /* files in memory are told apart by their names */
    char name[64];
    snprintf(name, sizeof name, "model at %p", (const void *)data);
    out->file = H5Fopen(name, H5F_ACC_RDONLY, access);
    if (out->file < 0)
        status = ses_h5_fail(err, "cannot read it as HDF5");
out:
    ses_h5_close(access);
    return status;
}

void ses_keras_h5_close(struct ses_keras_h5 *h5)
{
    ses_h5_close(h5->file);
    h5->file = H5I_INVALID_HID;
}

/* ---- the walk ------------------------------------------------------------ */

struct walk {
    ses_keras_visit *visit;
    void *user;
    struct ses_error *err;
    enum ses_status status;
    const char *path; /* of the group it is in, with a '/', or empty */
    int depth;
    size_t *links;
};

static herr_t see_link(hid_t group, const char *name, const H5L_info_t *info,
                       void *user);

static enum ses_status walk_group(hid_t group, struct walk *walk)
{
    hsize_t next = 0;
    if (walk->depth > DEEPEST)
        return ses_fail(walk->err, SES_EFORMAT,
                        "'%s': groups stand more than %d deep", walk->path,
                        DEEPEST);
    herr_t done = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &next,
                             see_link, walk);
    if (walk->status)
        return walk->status;
    if (done < 0)
        return ses_h5_fail(walk->err, "group '/%s'", walk->path);
    return SES_OK;
}

static enum ses_status see_object(hid_t object, const char *path,
                                  struct walk *walk)
{
    if (H5Iget_type(object) == H5I_DATASET)
        return walk->visit(walk->user, path, walk->err);
    if (H5Iget_type(object) != H5I_GROUP)
        return SES_OK;
    char *folder = ses_format("%s/", path);
    if (!folder)
        return ses_fail_memory(walk->err, path);
    struct walk inner = *walk;
    inner.path = folder;
    inner.depth++;
    enum ses_status status = walk_group(object, &inner);
    free(folder);
    return status;
}

static herr_t see_link(hid_t group, const char *name, const H5L_info_t *info,
                       void *user)
{
    struct walk *walk = user;
    if (info->type != H5L_TYPE_HARD)
        return 0;
    if (++*walk->links > MOST_LINKS) {
        walk->status = ses_fail(walk->err, SES_EFORMAT,
                                "it has more than %d groups and datasets",
                                MOST_LINKS);
        return -1;
    }
    char *path = ses_format("%s%s", walk->path, name);
    hid_t object = H5Oopen(group, name, H5P_DEFAULT);
    if (!path)
        walk->status = ses_fail_memory(walk->err, "the file's names");
    else if (object < 0)
        walk->status = ses_h5_fail(walk->err, "'/%s'", path);
    else
        walk->status = see_object(object, path, walk);
    ses_h5_close(object);
    free(path);
    return walk->status ? -1 : 0;
}

enum ses_status ses_keras_h5_walk(struct ses_keras_h5 *h5,
                                  ses_keras_visit *visit, void *user,
                                  struct ses_error *err)
{
    size_t links = 0;
    struct walk walk = {
        .visit = visit, .user = user, .err = err, .path = "", .links = &links
    };
    return walk_group(h5->file, &walk);
}
