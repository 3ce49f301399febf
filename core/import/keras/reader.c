/* The reader's side: HDF5 opened in memory, walked, and read. See reader.h. */
#include "core/import/keras/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/child.h"
#include "core/base/text.h"
#include "core/graph/tensor.h"
#include "core/import/keras/h5.h"
#include "core/record/h5.h"

/* Deeper than any model is nested, and more than any has weights. */
enum { DEEPEST = 64, MOST_LINKS = 100000 };

/* ---- opening ------------------------------------------------------------- */

/* HDF5 wants to copy the image that it is given, by these functions: they
 * hand on the mapped bytes instead. The file is opened for reading, so none
 * of them is written. */
static void *image_malloc(size_t size, H5FD_file_image_op_t op, void *user)
{
    const struct ses_keras_image *image = user;
    return size == image->size ? (void *)(uintptr_t)image->data : NULL;
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

hid_t ses_keras_image_open(struct ses_keras_image *image)
{
    H5FD_file_image_callbacks_t callbacks = {
        .image_malloc = image_malloc,
        .image_memcpy = image_memcpy,
        .image_free = image_free,
        .udata_copy = image_user,
        .udata_free = image_user_free,
        .udata = image,
    };
    hid_t file = H5I_INVALID_HID, access = ses_h5_access();
    /* a filter that the file names could else be looked for as a plugin */
    H5PLset_loading_state(0);
    if (H5Pset_fapl_core(access, 1 << 16, false) >= 0 &&
        H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
        H5Pset_file_image(access, (void *)(uintptr_t)image->data,
                          image->size) >= 0)
        file = H5Fopen("model", H5F_ACC_RDONLY, access);
    ses_h5_close(access);
    return file;
}

/* ---- what there is ------------------------------------------------------- */

struct walk {
    const struct ses_keras_image *image;
    struct ses_stream *wire;
    struct ses_error *err;
    enum ses_status status;
    const char *path; /* of the group it is in, with a '/', or empty */
    int depth;
    size_t links;
};

/* IEEE's binary16, which this version of HDF5 has no name for. */
static bool is_half(hid_t type)
{
    size_t sign, exponent, exponent_bits, fraction, fraction_bits;
    return H5Tget_size(type) == 2 && H5Tget_order(type) == H5T_ORDER_LE &&
           H5Tget_fields(type, &sign, &exponent, &exponent_bits, &fraction,
                         &fraction_bits) >= 0 &&
           sign == 15 && exponent == 10 && exponent_bits == 5 &&
           fraction == 0 && fraction_bits == 10 &&
           H5Tget_ebias(type) == 15 && H5Tget_norm(type) == H5T_NORM_IMPLIED;
}

/* What its elements are when they lie in one piece. */
static bool is_numbers(hid_t dataset, enum ses_keras_place *place)
{
    hid_t type = H5Dget_type(dataset);
    bool numbers = H5Tget_class(type) == H5T_FLOAT;
    *place = SES_KERAS_UNPACKED;
    if (numbers && H5Tequal(type, H5T_IEEE_F32LE) > 0)
        *place = SES_KERAS_FLOATS;
    else if (numbers && is_half(type))
        *place = SES_KERAS_HALF_FLOATS;
    ses_h5_close(type);
    return numbers;
}

/* Sizes beyond what can be used are sent as no rank. */
static void send_array(struct walk *walk, hid_t dataset, const char *path)
{
    hsize_t size[H5S_MAX_RANK];
    hid_t space = H5Dget_space(dataset), list = H5Dget_create_plist(dataset);
    int rank = H5Sget_simple_extent_ndims(space);
    if (rank > 0)
        H5Sget_simple_extent_dims(space, size, NULL);
    bool elsewhere = H5Pget_external_count(list) > 0 ||
                     H5Pget_layout(list) == H5D_VIRTUAL;
    enum ses_keras_place place;
    bool numbers = is_numbers(dataset, &place);
    haddr_t at = place && !elsewhere && H5Pget_layout(list) == H5D_CONTIGUOUS
                     ? H5Dget_offset(dataset)
                     : HADDR_UNDEF;
    if (at == HADDR_UNDEF)
        place = SES_KERAS_UNPACKED;
    bool usable = numbers && !elsewhere && rank >= 0 && rank <= SES_MAX_RANK;
    ses_h5_close(list);
    ses_h5_close(space);
    ses_stream_send_number(walk->wire, SES_KERAS_ARRAY);
    ses_stream_send_text(walk->wire, path, strlen(path));
    ses_stream_send_number(walk->wire, usable ? (uint64_t)rank : 0);
    for (int i = 0; i < rank && usable; i++)
        ses_stream_send_number(walk->wire, size[i]);
    ses_stream_send_number(walk->wire, usable);
    ses_stream_send_number(walk->wire, place);
    ses_stream_send_number(walk->wire, at);
}

/* What Keras says of a group; lists may be cut into numbered ones. */
static enum ses_status send_attributes(struct walk *walk, hid_t group,
                                       const char *path)
{
    static const char *const names[] = { "model_config", "keras_version",
                                         "backend", "schema", "layer_names",
                                         "weight_names" };
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < sizeof names / sizeof *names && !status; i++) {
        char chunk[32];
        snprintf(chunk, sizeof chunk, "%s", names[i]);
        status = ses_keras_send_texts(walk->image, group, path, chunk,
                                      walk->wire, walk->err);
        bool list = strstr(chunk, "_names") != NULL;
        for (int n = 0; list && !status; n++) {
            snprintf(chunk, sizeof chunk, "%s%d", names[i], n);
            if (H5Aexists(group, chunk) <= 0)
                break;
            status = ses_keras_send_texts(walk->image, group, path, chunk,
                                          walk->wire, walk->err);
        }
    }
    return status;
}

static herr_t see_link(hid_t group, const char *name, const H5L_info_t *info,
                       void *user);

static enum ses_status walk_group(struct walk *walk, hid_t group,
                                  const char *path)
{
    hsize_t next = 0;
    if (walk->depth > DEEPEST)
        return ses_fail(walk->err, SES_EFORMAT,
                        "'%s': groups stand more than %d deep", path, DEEPEST);
    enum ses_status status = send_attributes(walk, group, path);
    if (status)
        return ses_error_context(walk->err, "group '/%s'", path);
    char *folder = *path ? ses_format("%s/", path) : strdup("");
    if (!folder)
        return ses_fail_memory(walk->err, path);
    const char *outer = walk->path;
    walk->path = folder;
    walk->depth++;
    herr_t done = H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, &next,
                             see_link, walk);
    walk->depth--;
    walk->path = outer;
    free(folder);
    if (!walk->status && done < 0)
        walk->status = ses_h5_fail(walk->err, "group '/%s'", path);
    return walk->status;
}

/* Links to elsewhere are passed by. */
static herr_t see_link(hid_t group, const char *name, const H5L_info_t *info,
                       void *user)
{
    struct walk *walk = user;
    if (info->type != H5L_TYPE_HARD)
        return 0;
    if (++walk->links > MOST_LINKS) {
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
    else if (H5Iget_type(object) == H5I_DATASET)
        send_array(walk, object, path);
    else if (H5Iget_type(object) == H5I_GROUP)
        walk->status = walk_group(walk, object, path);
    ses_h5_close(object);
    free(path);
    return walk->status ? -1 : 0;
}

static void send_failure(struct ses_stream *wire, enum ses_status status,
                         const char *words)
{
    ses_stream_send_number(wire, SES_KERAS_FAILURE);
    ses_stream_send_number(wire, status);
    ses_stream_send_text(wire, words, strlen(words));
}

/* ---- elements ------------------------------------------------------------ */

/* The elements of an array as float32; NULL when they cannot be had. */
static float *read_elements(hid_t file, const char *path, size_t count)
{
    hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
    hid_t space = H5Dget_space(dataset);
    hssize_t there = H5Sget_simple_extent_npoints(space);
    float *data = there == (hssize_t)count ? ses_calloc_floats(count) : NULL;
    if (data && H5Dread(dataset, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL,
                        H5P_DEFAULT, data) < 0) {
        free(data);
        data = NULL;
    }
    ses_h5_close(space);
    ses_h5_close(dataset);
    return data;
}

/* Answer until nobody asks: a path and a count get 1 and the floats, or 0. */
static void serve(hid_t file, struct ses_stream *wire)
{
    for (;;) {
        wire->left = SIZE_MAX;
        char *path = ses_stream_receive_text(wire);
        size_t count = (size_t)ses_stream_receive_number(wire);
        if (!path || wire->failed) {
            free(path);
            return;
        }
        float *data = read_elements(file, path, count);
        uint64_t answer = data != NULL;
        bool sent = ses_send_bytes(wire->socket, &answer,
                                         sizeof answer) &&
                    (!data || ses_send_bytes(wire->socket, data,
                                                   count * sizeof *data));
        free(data);
        free(path);
        if (!sent)
            return;
    }
}

void ses_keras_reader(int socket, const uint8_t *data, size_t size)
{
    static struct ses_stream wire; /* both are too large for a stack */
    static struct ses_error err;
    struct ses_keras_image image = { data, size };
    wire.socket = socket;
    hid_t file = ses_keras_image_open(&image);
    struct walk walk = {
        .image = &image, .wire = &wire, .err = &err, .path = ""
    };
    if (file < 0)
        walk.status = ses_h5_fail(&err, "it cannot be read as HDF5");
    else
        walk.status = walk_group(&walk, file, "");
    if (walk.status)
        send_failure(&wire, walk.status, err.message);
    else
        ses_stream_send_number(&wire, SES_KERAS_END);
    ses_stream_flush(&wire);
    wire.at = wire.used = 0;
    if (!walk.status)
        serve(file, &wire);
}
