/* core/import/keras: files cut short and files with bytes changed end in an
 * error, or open. Run under sanitizers this is a small fuzzer. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/files.h"
#include "tests/support/tree.h"
#include "tests/test-keras.h"

/* Small models, old and new forms of HDF5, plain and in archives. */
static const char *const files[] = { "sequential.h5", "sequential-1.h5",
                                     "nested.h5", "sequential-3.keras",
                                     "shapes.h5" };
enum { FILES = sizeof files / sizeof *files };

struct bytes {
    unsigned char *data;
    size_t size;
};

static struct bytes load(const char *name)
{
    struct bytes bytes;
    bytes.data = (unsigned char *)read_file(keras_file(name), &bytes.size);
    return bytes;
}

/* Open what is written; failures must have words that name the file. */
static bool opens(const unsigned char *data, size_t size)
{
    const char *path = keras_path("damaged");
    struct ses_model_options options = { 0 };
    struct ses_model *model;
    struct ses_error err = { 0 };
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    if (!ses_model_open(path, &options, &model, &err)) {
        ses_model_free(model);
        return true;
    }
    assert_contains(err.message, path);
    assert_true(strlen(err.message) > strlen(path) + 4);
    return false;
}

static void files_cut_short_are_errors(void **test)
{
    for (int i = 0; i < FILES; i++) {
        struct bytes bytes = load(files[i]);
        size_t step = bytes.size / 40 + 1;
        for (size_t size = 0; size < bytes.size; size += step)
            if (opens(bytes.data, size))
                fail_msg("%zu bytes of '%s' open", size, files[i]);
        assert_false(opens(bytes.data, bytes.size - 1));
        assert_true(opens(bytes.data, bytes.size));
        free(bytes.data);
    }
}

/* One byte after another, by one bit and by all. */
static void changed_bytes_do_no_harm(void **test)
{
    static const unsigned char changes[] = { 1, 0x80, 0xff };
    const char *all = getenv("SES_TEST_EVERY_BYTE");
    for (int i = 0; i < FILES; i++) {
        struct bytes bytes = load(files[i]);
        size_t step = all ? 1 : bytes.size / 250 + 1;
        size_t refused = 0;
        for (size_t at = 0; at < bytes.size; at += step) {
            unsigned char change = changes[(at / step) % 3];
            bytes.data[at] ^= change;
            refused += !opens(bytes.data, bytes.size);
            bytes.data[at] ^= change;
        }
        assert_true(refused > 0);
        assert_true(opens(bytes.data, bytes.size));
        free(bytes.data);
    }
}

/* Runs of bytes: lengths and addresses of every size. */
static void changed_numbers_do_no_harm(void **test)
{
    static const unsigned char numbers[][8] = {
        { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
        { 0, 0, 0, 0, 0, 0, 0, 0 },
        { 0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0 },
        { 0, 0, 1, 0, 0, 0, 0, 0 },
    };
    const char *all = getenv("SES_TEST_EVERY_BYTE");
    for (int i = 0; i < FILES; i++) {
        struct bytes bytes = load(files[i]);
        size_t step = all ? 4 : bytes.size / 160 / 4 * 4 + 4, n = 0;
        for (size_t at = 0; at + 8 <= bytes.size; at += step) {
            unsigned char held[8];
            memcpy(held, bytes.data + at, sizeof held);
            memcpy(bytes.data + at, numbers[n++ % 4], sizeof held);
            opens(bytes.data, bytes.size);
            memcpy(bytes.data + at, held, sizeof held);
        }
        assert_true(opens(bytes.data, bytes.size));
        free(bytes.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_cut_short_are_errors),
        cmocka_unit_test(changed_bytes_do_no_harm),
        cmocka_unit_test(changed_numbers_do_no_harm),
    };
    return cmocka_run_group_tests(tests, keras_folder, keras_folder_remove);
}
