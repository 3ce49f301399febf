/* core/import/caffe: the two formats, and files that are damaged. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/random.h"
#include "core/base/text.h"
#include "core/import/caffe/caffemodel.h"
#include "core/import/caffe/prototxt.h"
#include "tests/support/caffe-network.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/tree.h"

/* ---- text ---------------------------------------------------------------- */

static struct ses_error err;

static struct ses_prototxt *read_text(const char *data)
{
    struct ses_prototxt *text = NULL;
    memset(&err, 0, sizeof err);
    OK(ses_prototxt_read(data, strlen(data), &text, &err));
    return text;
}

static void refuse_text(const char *data, const char *words)
{
    struct ses_prototxt *text = NULL;
    memset(&err, 0, sizeof err);
    assert_int_equal(ses_prototxt_read(data, strlen(data), &text, &err),
                     SES_EFORMAT);
    assert_null(text);
    assert_string_equal(err.message, words);
}

static void messages_are_nested_in_any_style(void **test)
{
    struct ses_prototxt *text = read_text(
        "\xef\xbb\xbf# first\n a { b: { c < d: 1; >, } } a:<b{}> # last");
    size_t first = ses_prototxt_next(text, SES_PROTOTXT_ROOT, "a", 0);
    size_t second = ses_prototxt_next(text, SES_PROTOTXT_ROOT, "a", first);
    assert_int_equal(ses_prototxt_count(text, SES_PROTOTXT_ROOT, "a"), 2);
    size_t c = ses_prototxt_message(
        text, ses_prototxt_message(text, first, "b"), "c");
    assert_int_equal(ses_prototxt_integer(text, c, "d", 0, 0, 9), 1);
    assert_int_equal(text->fields[c].line, 2);
    size_t b = ses_prototxt_message(text, second, "b");
    assert_true(b && text->fields[b].end == b + 1);
    assert_int_equal(text->status, SES_OK);
    ses_prototxt_free(text);
}

static void numbers_have_many_spellings(void **test)
{
    struct ses_prototxt *text = read_text(
        "a: 0x1F b: 017 c: - 3 d: 1e-5f e: -.5 f: 2.5E+3 "
        "i: inf j: 7");
    const size_t root = SES_PROTOTXT_ROOT;
    assert_int_equal(ses_prototxt_integer(text, root, "a", 0, 0, 99), 31);
    assert_int_equal(ses_prototxt_integer(text, root, "b", 0, 0, 99), 15);
    assert_int_equal(ses_prototxt_integer(text, root, "c", 0, -9, 99), -3);
    assert_true(ses_prototxt_number(text, root, "d", 0) == 1e-5);
    assert_true(ses_prototxt_number(text, root, "e", 0) == -0.5);
    assert_true(ses_prototxt_number(text, root, "f", 0) == 2500);
    assert_true(ses_prototxt_number(text, root, "j", 0) == 7);
    assert_true(ses_prototxt_number(text, root, "none", 8.5) == 8.5);
    assert_int_equal(text->status, SES_OK);
    ses_prototxt_number(text, root, "i", 0);
    assert_string_equal(err.message,
                        "line 1: 'i' is 'inf', expected a number");
    ses_prototxt_free(text);
}

static void strings_are_unescaped_and_joined(void **test)
{
    struct ses_prototxt *text = read_text(
        "a: \"one\\n\\x41\\101\\\"'\\\\\" # joined\n 'two\\'' b: '\\u00e9' "
        "c: ''");
    const size_t root = SES_PROTOTXT_ROOT;
    assert_string_equal(ses_prototxt_string(text, root, "a", ""),
                        "one\nAA\"'\\two'");
    assert_string_equal(ses_prototxt_string(text, root, "b", ""), "\xc3\xa9");
    assert_string_equal(ses_prototxt_string(text, root, "c", "x"), "");
    ses_prototxt_free(text);
}

static void lists_are_repeated_fields(void **test)
{
    struct ses_prototxt *text =
        read_text("a: [1, 2 ,3] a: 4 b: [] c: [{ d: 1 }, < d: 2 >]");
    const size_t root = SES_PROTOTXT_ROOT;
    long numbers[4];
    assert_int_equal(
        ses_prototxt_integers(text, root, "a", 0, 9, numbers, 4), 4);
    assert_int_equal(numbers[3], 4);
    assert_int_equal(ses_prototxt_count(text, root, "b"), 0);
    assert_int_equal(ses_prototxt_count(text, root, "c"), 2);
    ses_prototxt_integers(text, root, "a", 0, 9, numbers, 3);
    assert_string_equal(err.message, "line 1: 'a' is said more than 3 times");
    ses_prototxt_free(text);
}

static void words_are_truth_values_and_enums(void **test)
{
    static const char *const names[] = { "MAX", NULL, "AVE" };
    struct ses_prototxt *text = read_text(
        "a: true b: f c: 1 d: AVE e: 0 f: SUM g: yes h: \"AVE\"");
    const size_t root = SES_PROTOTXT_ROOT;
    assert_true(ses_prototxt_flag(text, root, "a", false));
    assert_false(ses_prototxt_flag(text, root, "b", true));
    assert_true(ses_prototxt_flag(text, root, "c", false));
    assert_int_equal(ses_prototxt_choice(text, root, "d", names, 3, 0), 2);
    assert_int_equal(ses_prototxt_choice(text, root, "e", names, 3, 2), 0);
    ses_prototxt_choice(text, root, "f", names, 3, 0);
    assert_string_equal(err.message,
                        "line 1: 'f' is 'SUM', expected MAX, AVE");
    text->status = SES_OK;
    ses_prototxt_flag(text, root, "g", false);
    assert_string_equal(err.message,
                        "line 1: 'g' is 'yes', expected true or false");
    text->status = SES_OK;
    ses_prototxt_choice(text, root, "h", names, 3, 0);
    assert_int_equal(text->status, SES_EFORMAT);
    ses_prototxt_free(text);
}

static void the_first_wrong_answer_is_kept(void **test)
{
    struct ses_prototxt *text = read_text("a: 1\na: 2\nb: 'x'\nc { }\n");
    const size_t root = SES_PROTOTXT_ROOT;
    ses_prototxt_integer(text, root, "a", 0, 0, 9);
    ses_prototxt_integer(text, root, "b", 0, 0, 9);
    assert_string_equal(err.message,
                        "line 2: 'a' is said twice (first in line 1)");
    text->status = SES_OK;
    ses_prototxt_integer(text, root, "b", 0, 0, 9);
    assert_string_equal(err.message, "line 3: 'b' is 'x', expected a whole "
                                     "number between 0 and 9");
    text->status = SES_OK;
    ses_prototxt_string(text, root, "c", "");
    assert_string_equal(err.message, "line 4: 'c' is a message, expected a "
                                     "string in quotes");
    text->status = SES_OK;
    assert_int_equal(ses_prototxt_message(text, root, "b"),
                     SES_PROTOTXT_ABSENT);
    assert_int_equal(text->status, SES_EFORMAT);
    ses_prototxt_free(text);
}

static void faults_of_text_have_a_line(void **test)
{
    refuse_text("a: 1\nb", "line 2: expected ':' or '{', found the end of "
                           "the file");
    refuse_text("a {\n b: 1\n", "line 3: expected a field's name, found the "
                                "end of the file");
    refuse_text("a { b: 1 >", "line 1: expected a field's name, found '>'");
    refuse_text("a: }", "line 1: expected a value, found '}'");
    refuse_text("}", "line 1: expected a field's name, found '}'");
    refuse_text("a: 'b\n'", "line 1: expected the string's end, found '\n'");
    refuse_text("a: 'b", "line 1: expected the string's end, found the end "
                         "of the file");
    refuse_text("a: '\\q'", "line 1: expected an escape, found 'q'");
    refuse_text("a: '\\0'", "line 1: expected an escape other than that of "
                            "a zero byte, found '''");
    refuse_text("a: [1, 2", "line 1: expected ',' or ']', found the end of "
                            "the file");
    refuse_text("a: 1.2.3", "line 1: expected a number or a name, found "
                            "'1.2.3'");
    refuse_text("a: -b", "line 1: expected a number or a name, found '-b'");
    refuse_text("1: 2", "line 1: expected a field's name, found '1'");
}

static void nesting_is_bounded(void **test)
{
    char deep[1024] = "";
    for (int i = 0; i < 200; i++)
        memcpy(deep + 2 * i, "a{", 2);
    refuse_text(deep, "line 1: messages in more than 64 messages");
}

/* ---- weights ------------------------------------------------------------- */

static char *folder, *path;

static int make_folder(void **state)
{
    folder = tree_new();
    path = tree_path(folder, "net.caffemodel");
    return caffe_make_folder(state);
}

static int remove_folder(void **state)
{
    free(path);
    tree_remove(folder);
    return caffe_remove_folder(state);
}

static enum ses_status open_bytes(const void *bytes, size_t size,
                                  struct ses_caffemodel **model)
{
    memset(&err, 0, sizeof err);
    tree_bytes(folder, "net.caffemodel", bytes, size);
    return ses_caffemodel_open(path, model, &err);
}

/* layer { name: "a" blobs { shape { dim: 2 } data: ... } } */
#define LAYER(body_size, ...) 0xa2, 6, body_size, 10, 1, 'a', __VA_ARGS__

static void take(const void *bytes, size_t size, int rank,
                 struct ses_tensor **out, enum ses_status expected)
{
    struct ses_caffemodel *model;
    struct ses_caffe_shape shape = { rank, { 2, 1, 1, 1 } };
    OK(open_bytes(bytes, size, &model));
    struct ses_caffemodel_layer *layer = ses_caffemodel_find(model, "a");
    assert_non_null(layer);
    assert_int_equal(layer->n_blobs, 1);
    assert_int_equal(ses_caffe_blob_take(&layer->blobs[0], &shape, out, &err),
                     expected);
    ses_caffemodel_free(model);
}

static void blobs_have_four_encodings(void **test)
{
    static const uint8_t packed[] = { LAYER(
        20, 58, 15, 58, 3, 10, 1, 2, 42, 8, 0, 0, 128, 63, 0, 0, 0, 192) };
    static const uint8_t single[] = { LAYER(
        19, 58, 14, 58, 2, 8, 2, 45, 0, 0, 128, 63, 45, 0, 0, 0, 192) };
    static const uint8_t wide[] = { LAYER(27, 58, 22, 58, 2, 8, 2, 66, 16, 0,
                                          0, 0, 0, 0, 0, 240, 63, 0, 0, 0, 0,
                                          0, 0, 0, 192) };
    /* layers { name: "a" blobs { num: 1 channels: 1 height: 1 width: 2 */
    static const uint8_t old[] = { 18, 23, 34, 1,  'a', 50, 18, 8,   1,
                                   16, 1,  24, 1,  32,  2,  42, 8,   0,
                                   0,  128, 63, 0, 0,   0,  192 };
    static const struct {
        const uint8_t *bytes;
        size_t size;
    } all[] = { { packed, sizeof packed },
                { single, sizeof single },
                { wide, sizeof wide },
                { old, sizeof old } };
    struct ses_tensor *tensor;
    for (size_t i = 0; i < 4; i++) {
        take(all[i].bytes, all[i].size, 1, &tensor, SES_OK);
        assert_true(tensor->data[0] == 1 && tensor->data[1] == -2);
        ses_tensor_free(tensor);
    }
    /* axes of 1 do not count */
    take(packed, sizeof packed, 4, &tensor, SES_OK);
    assert_int_equal(tensor->rank, 4);
    ses_tensor_free(tensor);
}

static void shapes_must_have_their_numbers(void **test)
{
    static const uint8_t few[] = { LAYER(15, 58, 10, 58, 2, 8, 2, 42, 4, 0, 0,
                                         128, 63) };
    static const uint8_t many[] = { LAYER(19, 58, 14, 58, 2, 8, 3, 42, 8, 0, 0,
                                          128, 63, 0, 0, 0, 192) };
    static const uint8_t shapeless[] = { LAYER(11, 58, 6, 42, 4, 0, 0, 128,
                                               63) };
    struct ses_tensor *tensor;
    take(few, sizeof few, 1, &tensor, SES_EFORMAT);
    SAYS("a blob of 2 holds 1 numbers, expected 2");
    take(many, sizeof many, 1, &tensor, SES_ESHAPE);
    SAYS("3, expected 2");
    take(shapeless, sizeof shapeless, 1, &tensor, SES_EFORMAT);
    SAYS("a blob without a shape");
}

static void other_files_are_no_weights(void **test)
{
    struct ses_caffemodel *model;
    assert_int_equal(open_bytes("", 0, &model), SES_EFORMAT);
    SAYS("an empty file, expected a .caffemodel");
    assert_int_equal(open_bytes("name: \"x\" layer { }", 19, &model),
                     SES_EFORMAT);
    SAYS("a .prototxt, or other text, expected a .caffemodel");
    assert_int_equal(open_bytes("\x89HDF\r\n\x1a\n........", 16, &model),
                     SES_EFORMAT);
    SAYS("an HDF5 file, expected a .caffemodel");
    assert_int_equal(open_bytes("<html>", 6, &model), SES_EFORMAT);
    SAYS("a web page, expected a .caffemodel");
    /* layers { layer { name: "a" } } */
    static const uint8_t v0[] = { 18, 5, 10, 3, 10, 1, 'a' };
    assert_int_equal(open_bytes(v0, sizeof v0, &model), SES_EUNSUPPORTED);
    SAYS("upgrade_net_proto_binary");
}

/* ---- damage -------------------------------------------------------------- */

/* Opens or fails; what matters is that it comes back. */
static enum ses_status survive(const char *name, const void *bytes,
                               size_t size)
{
    struct ses_model *model;
    tree_bytes(folder, "net.caffemodel", bytes, size);
    enum ses_status status =
        caffe_try(caffe_text(name), path, NULL, &model, &err);
    if (status)
        assert_true(err.message[0]);
    ses_model_free(model);
    return status;
}

static void weights_cut_off_are_refused(void **test)
{
    static const char *const names[] = { "residual", "residual-v1", "norms" };
    for (size_t n = 0; n < 3; n++) {
        char file[64];
        size_t size;
        snprintf(file, sizeof file, "caffe/%s.caffemodel", names[n]);
        char *bytes = read_file(data_path(file), &size);
        for (size_t cut = 0; cut < size; cut += 97 + cut / 50)
            assert_true(survive(n == 2 ? "norms" : "residual", bytes, cut) !=
                        SES_OK);
        free(bytes);
    }
}

static void weights_with_flipped_bits_do_no_harm(void **test)
{
    struct ses_random random;
    size_t size;
    char *bytes = read_file(data_path("caffe/norms.caffemodel"), &size);
    ses_random_seed(&random, 1);
    for (int i = 0; i < 600; i++) {
        size_t at = (size_t)ses_random_below(&random, size);
        char bit = (char)(1 << ses_random_below(&random, 8));
        bytes[at] ^= bit;
        (void)survive("norms", bytes, size);
        bytes[at] ^= bit;
    }
    assert_int_equal(survive("norms", bytes, size), SES_OK);
    free(bytes);
}

static void text_with_changed_bytes_does_no_harm(void **test)
{
    static const char *const names[] = { "gate-transposed", "joins", "shapes",
                                         "windows", "train" };
    static const char letters[] = "{}<>[]:,;\"'\\#-.0129aex \n";
    struct ses_random random;
    ses_random_seed(&random, 2);
    for (int i = 0; i < 1500; i++) {
        const char *name = names[i % 5];
        char *text = caffe_text(name);
        size_t length = strlen(text);
        size_t at = (size_t)ses_random_below(&random, length);
        struct ses_model *model;
        if (i % 3 == 0)
            text[at] = '\0';
        else
            text[at] = letters[ses_random_below(&random,
                                                sizeof letters - 1)];
        enum ses_status status = caffe_try(text, name, NULL, &model, &err);
        if (status)
            assert_true(err.message[0]);
        ses_model_free(model);
    }
}

/* Sizes that a text asks for are checked before memory is asked for. */
static void huge_sizes_are_refused(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("dense"), "input_dim: 4",
                            "input_dim: 1000000000"),
                 "dense", SES_EUNSUPPORTED, "expected at most 8192");
    caffe_refuse(caffe_edit(caffe_text("dense"), "num_output: 7",
                            "num_output: 2000000000"),
                 "dense", SES_ESHAPE, "expected 2000000000x60");
    caffe_refuse(caffe_edit(caffe_text("windows"),
                            "kernel_size: 3 stride: 2 }",
                            "kernel_size: 500000000 stride: 2 }"),
                 "windows", SES_ESHAPE, "'max'");
    caffe_refuse(caffe_edit(caffe_text("shapes"), "dim: 0 dim: 6 dim: -1",
                            "dim: 0 dim: 2000000000 dim: 2000000000"),
                 "shapes", SES_ESHAPE, "cannot become");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_nested_in_any_style),
        cmocka_unit_test(numbers_have_many_spellings),
        cmocka_unit_test(strings_are_unescaped_and_joined),
        cmocka_unit_test(lists_are_repeated_fields),
        cmocka_unit_test(words_are_truth_values_and_enums),
        cmocka_unit_test(the_first_wrong_answer_is_kept),
        cmocka_unit_test(faults_of_text_have_a_line),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(blobs_have_four_encodings),
        cmocka_unit_test(shapes_must_have_their_numbers),
        cmocka_unit_test(other_files_are_no_weights),
        cmocka_unit_test(weights_cut_off_are_refused),
        cmocka_unit_test(weights_with_flipped_bits_do_no_harm),
        cmocka_unit_test(text_with_changed_bytes_does_no_harm),
        cmocka_unit_test(huge_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
