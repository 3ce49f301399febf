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

/* All references to text may not lead to more text than there is file. */
static void text_may_not_be_repeated_without_end(void **test)
{
    const char *path = keras_path("repeated.h5");
    hid_t file = keras_edit("sequential-1.h5", path);
    static char text[4096];
    memset(text, 'a', sizeof text - 1);
    const char *names[256];
    for (int i = 0; i < 256; i++)
        names[i] = text;
    struct encoding variable = { true, H5T_STR_NULLTERM, H5T_CSET_ASCII,
                                 true };
    hid_t group = H5Gopen2(file, "model_weights", H5P_DEFAULT);
    keras_edit_put(group, "layer_names", &variable, names, 256);
    H5Gclose(group);
    H5Fclose(file);
    /* all references of the list to the first text, by the bytes of the file */
    size_t size;
    unsigned char *bytes = (unsigned char *)read_file(path, &size);
    unsigned char *first = NULL;
    size_t changed = 0;
    for (size_t i = 0; i + 16 <= size; i++) {
        static const unsigned char length[8] = { 0xff, 0x0f };
        /* the text's own length has 8 bytes, a reference's 4 */
        if (memcmp(bytes + i, length, 4) != 0 ||
            memcmp(bytes + i, length, 8) == 0)
            continue;
        if (first)
            memcpy(bytes + i, first, 16);
        else
            first = bytes + i;
        changed++;
        i += 15;
    }
    assert_int_equal(changed, 256);
    FILE *out = fopen(path, "wb");
    assert_int_equal(fwrite(bytes, 1, size / 2, out), size / 2);
    fwrite(bytes + size / 2, 1, size - size / 2, out);
    fclose(out);
    free(bytes);
    keras_refuse(path, SES_EFORMAT, "layer 'aaaa");
}

const struct CMUnitTest keras_encoding_tests[] = {
    cmocka_unit_test(text_may_be_of_any_kind),
    cmocka_unit_test(a_configuration_may_be_long),
    cmocka_unit_test(text_may_not_be_repeated_without_end),
};
const size_t n_keras_encoding_tests =
    sizeof keras_encoding_tests / sizeof *keras_encoding_tests;
