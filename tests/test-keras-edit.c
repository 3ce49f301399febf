/* See test-keras-edit.h. */
#include "tests/test-keras-edit.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "tests/test-keras.h"

const struct encoding keras_plain = { true, H5T_STR_NULLTERM, H5T_CSET_ASCII,
                                      false };

static hid_t type_of(const struct encoding *encoding, size_t length)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, encoding->variable ? H5T_VARIABLE : length);
    H5Tset_strpad(type, encoding->pad);
    H5Tset_cset(type, encoding->set);
    return type;
}

char **keras_edit_texts(hid_t object, const char *attribute, size_t *n)
{
    hid_t id = H5Aopen(object, attribute, H5P_DEFAULT);
    assert_true(id >= 0);
    hid_t type = H5Aget_type(id), space = H5Aget_space(id);
    *n = (size_t)H5Sget_simple_extent_npoints(space);
    char **texts = ses_calloc(*n, sizeof *texts);
    assert_non_null(texts);
    if (*n && H5Tis_variable_str(type) > 0) {
        assert_true(H5Aread(id, type, texts) >= 0);
    } else if (*n) {
        size_t size = H5Tget_size(type);
        char *bytes = ses_calloc(*n, size);
        assert_non_null(bytes);
        assert_true(H5Aread(id, type, bytes) >= 0);
        for (size_t i = 0; i < *n; i++)
            texts[i] = strndup(bytes + i * size, size);
        free(bytes);
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(id);
    return texts;
}

void keras_edit_free(char **texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(texts[i]);
    free(texts);
}

/* Fixed texts one behind another; spaces where they pad. */
static char *in_a_row(const struct encoding *encoding, const char *const *texts,
                      size_t n, size_t length)
{
    char *bytes = ses_calloc(n, length);
    assert_non_null(bytes);
    if (encoding->pad == H5T_STR_SPACEPAD)
        memset(bytes, ' ', n * length);
    for (size_t i = 0; i < n; i++)
        memcpy(bytes + i * length, texts[i], strlen(texts[i]));
    return bytes;
}

void keras_edit_put(hid_t object, const char *attribute,
                    const struct encoding *encoding, const char *const *texts,
                    size_t n)
{
    size_t length = encoding->pad == H5T_STR_NULLTERM;
    for (size_t i = 0; i < n; i++) {
        size_t own = strlen(texts[i]) + (encoding->pad == H5T_STR_NULLTERM);
        length = own > length ? own : length;
    }
    hsize_t count = n;
    bool scalar = n == 1 && !encoding->array &&
                  strstr(attribute, "_names") == NULL;
    hid_t type = type_of(encoding, length ? length : 1);
    hid_t space = scalar ? H5Screate(H5S_SCALAR)
                         : H5Screate_simple(1, &count, NULL);
    if (H5Aexists(object, attribute) > 0)
        H5Adelete(object, attribute);
    hid_t id = H5Acreate2(object, attribute, type, space, H5P_DEFAULT,
                          H5P_DEFAULT);
    assert_true(id >= 0);
    if (encoding->variable) {
        assert_true(n == 0 || H5Awrite(id, type, texts) >= 0);
    } else {
        char *bytes = in_a_row(encoding, texts, n, length ? length : 1);
        assert_true(n == 0 || H5Awrite(id, type, bytes) >= 0);
        free(bytes);
    }
    H5Aclose(id);
    H5Sclose(space);
    H5Tclose(type);
}

static void copy_text(hid_t from, hid_t to, const char *attribute,
                      const struct encoding *encoding)
{
    size_t n;
    if (H5Aexists(from, attribute) <= 0)
        return;
    char **texts = keras_edit_texts(from, attribute, &n);
    keras_edit_put(to, attribute, encoding, (const char *const *)texts, n);
    keras_edit_free(texts, n);
}

hid_t keras_edit_new(const char *name, const char *path, H5F_libver_t form)
{
    static const char *const own[] = { "model_config", "keras_version",
                                       "backend" };
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_libver_bounds(access, form, H5F_LIBVER_LATEST);
    hid_t from = H5Fopen(keras_file(name), H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t to = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    assert_true(from >= 0 && to >= 0);
    assert_true(H5Ocopy(from, "model_weights", to, "model_weights",
                        H5P_DEFAULT, H5P_DEFAULT) >= 0);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        copy_text(from, to, own[i], &keras_plain);
    H5Fclose(from);
    H5Pclose(access);
    return to;
}

hid_t keras_edit(const char *name, const char *path)
{
    return keras_edit_new(name, path, H5F_LIBVER_LATEST);
}

void keras_edit_encode(hid_t file, const struct encoding *encoding)
{
    size_t n;
    copy_text(file, file, "model_config", encoding);
    copy_text(file, file, "keras_version", encoding);
    copy_text(file, file, "backend", encoding);
    hid_t weights = H5Gopen2(file, "model_weights", H5P_DEFAULT);
    copy_text(weights, weights, "layer_names", encoding);
    char **layers = keras_edit_texts(weights, "layer_names", &n);
    for (size_t i = 0; i < n; i++) {
        for (char *end = layers[i] + strlen(layers[i]);
             end > layers[i] && end[-1] == ' ';)
            *--end = '\0';
        hid_t layer = H5Gopen2(weights, layers[i], H5P_DEFAULT);
        hid_t id = H5Aopen(layer, "weight_names", H5P_DEFAULT);
        hid_t type = H5Aget_type(id);
        bool text = H5Tget_class(type) == H5T_STRING;
        H5Tclose(type);
        H5Aclose(id);
        if (text) /* an empty list is one of floats */
            copy_text(layer, layer, "weight_names", encoding);
        H5Gclose(layer);
    }
    keras_edit_free(layers, n);
    H5Gclose(weights);
}

static void put_config(hid_t file, const char *text)
{
    keras_edit_put(file, "model_config", &keras_plain, &text, 1);
}

void keras_edit_pad_config(hid_t file, size_t blanks)
{
    size_t n;
    char **texts = keras_edit_texts(file, "model_config", &n);
    char *longer = ses_format("%*s%s", (int)blanks, "", texts[0]);
    put_config(file, longer);
    free(longer);
    keras_edit_free(texts, n);
}

void keras_edit_config(hid_t file, const char *from, const char *to)
{
    size_t n;
    char **texts = keras_edit_texts(file, "model_config", &n);
    char *at = strstr(texts[0], from);
    if (!at)
        fail_msg("'%s' is not in the configuration: %s", from, texts[0]);
    char *edited = ses_format("%.*s%s%s", (int)(at - texts[0]), texts[0], to,
                              at + strlen(from));
    put_config(file, edited);
    free(edited);
    keras_edit_free(texts, n);
}

const char *keras_edited(const char *name, const char *const *edits)
{
    const char *path = keras_path("edited.h5");
    hid_t file = keras_edit(name, path);
    for (; edits[0]; edits += 2)
        keras_edit_config(file, edits[0], edits[1]);
    H5Fclose(file);
    return path;
}
