/* core/import/keras: the same model with its text in every way that h5py has
 * written it. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "tests/support/files.h"
#include "tests/test-keras-edit.h"
#include "tests/test-keras.h"

static const char base[] = "se-mobilenet";

/* Write the base's text anew and compare. */
static void check(const struct encoding *encoding, size_t padding)
{
    const char *path = keras_path("encoded.h5");
    hid_t file = keras_edit("se-mobilenet.h5", path);
    keras_edit_pad_config(file, padding);
    keras_edit_encode(file, encoding);
    H5Fclose(file);
    struct ses_model *model = keras_open(path, NULL);
    keras_compare(model, base, 3);
    ses_model_free(model);
}

static void text_may_be_of_any_kind(void **test)
{
    static const H5T_str_t pads[] = { H5T_STR_NULLTERM, H5T_STR_NULLPAD,
                                      H5T_STR_SPACEPAD };
    static const H5T_cset_t sets[] = { H5T_CSET_ASCII, H5T_CSET_UTF8 };
    for (int pad = 0; pad < 3; pad++)
        for (int set = 0; set < 2; set++)
            for (int array = 0; array < 2; array++) {
                struct encoding encoding = { false, pads[pad], sets[set],
                                             array };
                check(&encoding, 0);
                encoding.variable = true;
                if (pad == 0)
                    check(&encoding, 0);
            }
}

/* HDF5 keeps what is longer than 64 KiB elsewhere ("dense"). */
static void a_configuration_may_be_long(void **test)
{
    struct encoding fixed = { false, H5T_STR_NULLPAD, H5T_CSET_UTF8, false };
    struct encoding variable = { true, H5T_STR_NULLTERM, H5T_CSET_ASCII,
                                 false };
    check(&fixed, 100000);
    check(&variable, 100000);
}

/* References may lead to one text again and again, but not to more text than
 * there is file: 256 of them are made to lead to a long one. */
static void text_may_not_be_repeated_without_end(void **test)
{
    enum { NAMES = 256, SHORT = 17, LONG = 4095 };
    const char *path = keras_path("repeated.h5");
    hid_t file =
        keras_edit_new("sequential.h5", path, H5F_LIBVER_EARLIEST);
    static char text[LONG + 1], brief[SHORT + 1];
    const char *names[NAMES];
    memset(text, 'a', LONG);
    memset(brief, 'b', SHORT);
    for (int i = 0; i < NAMES; i++)
        names[i] = i ? brief : text;
    struct encoding variable = { true, H5T_STR_NULLTERM, H5T_CSET_ASCII,
                                 true };
    hid_t group = H5Gopen2(file, "model_weights", H5P_DEFAULT);
    keras_edit_put(group, "layer_names", &variable, names, NAMES);
    H5Gclose(group);
    H5Fclose(file);
    size_t size, changed = 0;
    unsigned char *bytes = (unsigned char *)read_file(path, &size);
    unsigned char *first = NULL;
    for (size_t i = 0; i + 16 * NAMES <= size && !first; i++)
        if (bytes[i] == 0xff && bytes[i + 1] == 0x0f && !bytes[i + 2] &&
            bytes[i + 16] == SHORT && !bytes[i + 17] && bytes[i + 32] == SHORT)
            first = bytes + i;
    assert_non_null(first);
    for (; changed + 1 < NAMES; changed++)
        memcpy(first + 16 * (changed + 1), first, 16);
    FILE *out = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, size, out), size);
    fclose(out);
    free(bytes);
    assert_true(size < NAMES * LONG);
    keras_refuse(path, SES_EFORMAT,
                 "attribute 'layer_names' refers to text that is not in the "
                 "file");
}

const struct CMUnitTest keras_encoding_tests[] = {
    cmocka_unit_test(text_may_be_of_any_kind),
    cmocka_unit_test(a_configuration_may_be_long),
    cmocka_unit_test(text_may_not_be_repeated_without_end),
};
const size_t n_keras_encoding_tests =
    sizeof keras_encoding_tests / sizeof *keras_encoding_tests;
