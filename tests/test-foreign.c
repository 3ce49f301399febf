/* What is said of files that hold no network sescope reads. */
#include <string.h>

#include "core/import/foreign.h"
#include "core/import/state.h"
#include "tests/support/check.h"
#include "tests/support/tree.h"

#define BYTES(text) (const uint8_t *)text, sizeof text - 1

static const struct {
    const uint8_t *data;
    size_t size;
    const char *what, *advice;
} cases[] = {
    { BYTES(""), "an empty file", "download" },
    { BYTES("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a"),
      "a Git LFS pointer, not the file that it stands for", "git lfs pull" },
    { BYTES("\x1f\x8b\x08\0\0"), "compressed with gzip", "unpack" },
    { BYTES("\xfd"
            "7zXZ\0"),
      "compressed with xz", "unpack" },
    { BYTES("\xff\xd8\xff\xe0\0\x10JFIF"), "a JPEG picture", "--images" },
    { BYTES("\x1c\0\0\0TFL3"), "a TensorFlow Lite network", "--tflite" },
    { BYTES("7767517\n3 3\n"), "an ncnn network", "converted from" },
    { BYTES("\n<!DOCTYPE html><html><head>\n<title>404 Not\nFound</title>"),
      "a web page ('404 Not')", "download the file again" },
    { BYTES("<HTML><title></title>"), "a web page", "download" },
    { BYTES("<html><title>cut"), "a web page", "download" },
    { BYTES("<?xml version='1.0'?><Error><Code>AccessDenied"),
      "an XML document", "download" },
    { BYTES("<?xml version=\"1.0\"?>\n<net name=\"x\"><layers/>"),
      "an OpenVINO network", "converted from" },
    { BYTES("{\"message\": \"Not Found\"}"),
      "text that begins '{\"message\": \"Not Found\"}'", "expected ONNX" },
    { BYTES("Virus scan warning\nGoogle"),
      "text that begins 'Virus scan warning'", "expected ONNX" },
    { BYTES("\xc3\xa9t\xc3\xa9"),
      "text that begins '\?\?t\?\?'", "expected ONNX" },
    /* { 1: 1, 2: { 1: { 4: "serve" } } } */
    { BYTES("\x08\x01\x12\x09\x0a\x07\x22\x05serve"),
      "a TensorFlow SavedModel", "--saved-model" },
    /* { 1: { 1: "input", 2: "Placeholder" } } */
    { BYTES("\x0a\x14\x0a\x05input\x12\x0bPlaceholder"),
      "a frozen TensorFlow graph", "--graphdef" },
    { BYTES("\x08\x01\x12\x7f"), "4 bytes of no known format", "expected" },
    { BYTES("\x0a\x7f"), "2 bytes of no known format", "expected" },
    { BYTES("\0\1\2\3\4"), "5 bytes of no known format", "expected" },
};

static void files_of_others_are_told(void **unused)
{
    struct ses_foreign foreign;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ses_foreign_tell(cases[i].data, cases[i].size, &foreign);
        if (!strstr(foreign.what, cases[i].what) ||
            !strstr(foreign.advice, cases[i].advice))
            fail_msg("case %zu: '%s; %s', expected '%s; ...%s...'", i,
                     foreign.what, foreign.advice, cases[i].what,
                     cases[i].advice);
    }
}

/* Under the sanitizers: nothing is read behind the end. */
static void every_beginning_of_them_is_looked_at_safely(void **unused)
{
    struct ses_foreign foreign;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (size_t size = 1; size < cases[i].size; size++) {
            uint8_t *copy = test_malloc(size);
            memcpy(copy, cases[i].data, size);
            ses_foreign_tell(copy, size, &foreign);
            assert_true(*foreign.what && *foreign.advice);
            test_free(copy);
        }
}

/* No kind that a reader takes is without its words, and none that none takes
 * has them. */
static void kinds_have_words(void **unused)
{
    for (int kind = 0; kind < SES_FILE_UNKNOWN; kind++)
        assert_non_null(ses_file_kind_text((enum ses_file_kind)kind));
    assert_null(ses_file_kind_text(SES_FILE_UNKNOWN));
}

static void a_folder_is_said_to_be(const char *member, const char *part)
{
    struct ses_error err = { 0 };
    char *root = tree_new();
    tree_text(root, member, "");
    enum ses_status status = ses_foreign_folder(root, SES_EIO, &err);
    if (part)
        SAYS(part);
    else
        assert_int_equal(status, SES_EIO);
    tree_remove(root);
}

static void folders_say_which_file_is_meant(void **unused)
{
    a_folder_is_said_to_be("saved_model.pb", "--saved-model");
    a_folder_is_said_to_be("data.pkl", "checkpoint that was unpacked");
    a_folder_is_said_to_be("model.safetensors", "/model.safetensors'");
    a_folder_is_said_to_be("pytorch_model.bin", "/pytorch_model.bin'");
    a_folder_is_said_to_be("cat.jpeg", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_others_are_told),
        cmocka_unit_test(every_beginning_of_them_is_looked_at_safely),
        cmocka_unit_test(kinds_have_words),
        cmocka_unit_test(folders_say_which_file_is_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
