/* Changing Keras models, to see what is said of them. */
#ifndef SES_TESTS_TEST_KERAS_EDIT_H
#define SES_TESTS_TEST_KERAS_EDIT_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>

/* How text stands in an attribute. */
struct encoding {
    bool variable;
    H5T_str_t pad;
    H5T_cset_t set;
    bool array; /* also where there is one text alone */
};
extern const struct encoding keras_plain; /* as Keras 2 does */

/* A copy, at path, of a file of tests/data/keras, open for writing: root
 * attributes, and the group model_weights. */
hid_t keras_edit(const char *name, const char *path);

/* The same in an older form of HDF5, which has no checksums. */
hid_t keras_edit_new(const char *name, const char *path, H5F_libver_t form);

/* The texts of an attribute, as it was. Each is freed, then the list. */
char **keras_edit_texts(hid_t object, const char *attribute, size_t *n);
void keras_edit_free(char **texts, size_t n);

/* Make an attribute, or make it anew. */
void keras_edit_put(hid_t object, const char *attribute,
                    const struct encoding *encoding, const char *const *texts,
                    size_t n);

/* All text of the file in an encoding; blanks behind the configuration. */
void keras_edit_encode(hid_t file, const struct encoding *encoding);
void keras_edit_pad_config(hid_t file, size_t blanks);

/* Replace words of the configuration, which must be there. */
void keras_edit_config(hid_t file, const char *from, const char *to);

/* A whole file: copied, its configuration edited (from, to, from, to, ...,
 * NULL), closed. Returns its path, until the next call. */
const char *keras_edited(const char *name, const char *const *edits);

#endif
