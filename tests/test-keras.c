/* core/import/keras: every layer and every form of file against what
 * TensorFlow.js and PyTorch compute. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/test-keras.h"

/* Networks of scripts/reference/keras-files.py, and how many SE blocks they
 * have. */
static const struct net {
    const char *file;
    size_t blocks;
} nets[] = {
    { "windows-odd.h5", 0 },
    { "windows-even.keras", 0 },
    { "functions.h5", 0 },
    { "functions-3.keras", 0 },
    { "activations.h5", 0 },
    { "activations-more.h5", 0 },
    { "shapes.h5", 0 },
    { "lacking.h5", 0 },
    { "norms.h5", 1 },
    { "norms-first.h5", 1 },
    { "flatten-first.h5", 0 },
    { "nested.h5", 0 },
    { "nested-3.keras", 0 },
    { "nested-213.keras", 0 },
    { "nested-order.h5", 0 },
    { "sequential.h5", 0 },
    { "sequential-3.keras", 0 },
    { "slashes.h5", 0 },
    { "keras1-tf.h5", 1 },
    { "keras1-th.h5", 1 },
    { "theano.h5", 0 },
    { "operations.h5", 0 },
    { "keras3-operations.keras", 0 },
    { "keras3-h5.h5", 3 },
    { "se-resnet.h5", 4 },
    { "se-inception.h5", 3 },
    { "se-inception-resnet.h5", 2 },
    { "se-densenet.keras", 5 },
    { "se-mobilenet.h5", 3 },
    { "efficientnet.keras", 4 },
    { "mobilenet-v3.h5", 3 },
    { "mobilenet-v3-3.keras", 3 },
    { "softmax-gate.h5", 0 },
};
enum { NETS = sizeof nets / sizeof *nets };

static void network_agrees(void **test)
{
    const struct net *net = *test;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(net->file, "."),
             net->file);
    struct ses_model *model = keras_open(keras_file(net->file), NULL);
    keras_compare(model, name, net->blocks);
    ses_model_free(model);
}

/* Keras 1 gives a Sequential no name. */
static void a_sequential_of_keras_1_agrees(void **test)
{
    struct ses_model *model = keras_open(keras_file("sequential-1.h5"), NULL);
    assert_string_equal(model->arch, "network (Keras)");
    snprintf(model->arch, sizeof model->arch, "small_sequential (Keras)");
    keras_compare(model, "sequential-1", 0);
    ses_model_free(model);
}

/* ---- what is said of the input ------------------------------------------- */

static void networks_that_scale_take_pixels(void **test)
{
    static const char *const files[] = { "efficientnet.keras",
                                         "mobilenet-v3.h5" };
    for (size_t i = 0; i < 2; i++) {
        struct ses_model *model = keras_open(keras_file(files[i]), NULL);
        assert_true(model->preprocess.scale == 1);
        assert_true(model->preprocess.mean[0] == 0);
        assert_true(model->preprocess.std[2] == 1);
        assert_int_equal(model->preprocess.order, SES_ORDER_RGB);
        assert_contains(model->notes, "pixels go in as 0..255");
        ses_model_free(model);
    }
}

static void others_are_assumed_to_take_keras_tf(void **test)
{
    const char *path = keras_file("se-resnet.h5");
    struct ses_model *model = keras_open(path, NULL);
    assert_true(model->preprocess.scale == 1 / 127.5);
    assert_true(model->preprocess.mean[0] == 1);
    assert_contains(model->notes, "does not say how pixels are scaled");
    ses_model_free(model);
    model = keras_open(path, "scale=1");
    assert_true(model->preprocess.scale == 1);
    assert_null(model->notes);
    ses_model_free(model);
}

/* (None, None, 3) */
static void an_open_size_is_224_or_what_is_asked(void **test)
{
    const char *path = keras_file("open-size.h5");
    struct ses_model *model = keras_open(path, NULL);
    assert_int_equal(model->preprocess.input_h, 224);
    assert_int_equal(model->preprocess.crop_w, 224);
    assert_int_equal(model->blocks.items[0].height, 112);
    ses_model_free(model);
    model = keras_open(path, "crop=64x96");
    assert_int_equal(model->blocks.items[0].height, 32);
    assert_int_equal(model->blocks.items[0].width, 48);
    ses_model_free(model);
}

static void a_given_size_is_kept(void **test)
{
    struct ses_model_options options = { .preprocess = "crop=64" };
    struct ses_model *model;
    struct ses_error err = { 0 };
    assert_int_equal(ses_model_open(keras_file("se-resnet.h5"), &options,
                                    &model, &err),
                     SES_EUSAGE);
    SAYS("takes images of 32x32");
}

/* ---- what is said of the network ----------------------------------------- */

static void blocks_are_named_as_in_the_paper(void **test)
{
    struct ses_model *model = keras_open(keras_file("se-resnet.h5"), NULL);
    assert_string_equal(model->blocks.items[0].name, "SE_2_1");
    assert_string_equal(model->blocks.items[3].name, "SE_3_2");
    assert_string_equal(model->blocks.items[3].source, "multiply_3");
    assert_int_equal(model->blocks.items[3].reduced, 2);
    assert_true(model->classifier);
    assert_int_equal(model->outputs, 10);
    ses_model_free(model);
}

/* As Keras's summary counts "trainable params": 7*7*3*4 of the stem, of a unit
 * of 4 channels 2*8 + 2*144 + 2*4, ... */
static void parameters_are_counted_as_keras_does(void **test)
{
    struct ses_model *model = keras_open(keras_file("se-resnet.h5"), NULL);
    size_t stem = 7 * 7 * 3 * 4, narrow = 2 * (2 * 4) + 2 * 9 * 16 + 2 * 4;
    size_t first = 2 * 4 + 2 * 8 + 4 * 8 + 9 * 4 * 8 + 9 * 64 + 2 * 16;
    size_t last = 2 * (2 * 8) + 2 * 9 * 64 + 2 * 16, head = 2 * 8 + 80;
    assert_int_equal(model->parameters,
                     stem + 2 * narrow + first + last + head);
    ses_model_free(model);
}

/* C59: such a gate is none. */
static void a_softmax_is_no_gate(void **test)
{
    struct ses_model *model = keras_open(keras_file("softmax-gate.h5"), NULL);
    assert_int_equal(model->blocks.count, 0);
    ses_model_free(model);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sequential_of_keras_1_agrees),
        cmocka_unit_test(networks_that_scale_take_pixels),
        cmocka_unit_test(others_are_assumed_to_take_keras_tf),
        cmocka_unit_test(an_open_size_is_224_or_what_is_asked),
        cmocka_unit_test(a_given_size_is_kept),
        cmocka_unit_test(blocks_are_named_as_in_the_paper),
        cmocka_unit_test(parameters_are_counted_as_keras_does),
        cmocka_unit_test(a_softmax_is_no_gate),
    };
    enum { TESTS = sizeof tests / sizeof *tests };
    size_t n = 0, most = NETS + TESTS + n_keras_encoding_tests +
                         n_keras_fault_tests + n_keras_process_tests;
    struct CMUnitTest *all = calloc(most, sizeof *all);
    if (!all)
        return 1;
    for (size_t i = 0; i < NETS; i++)
        all[n++] = (struct CMUnitTest){
            .name = nets[i].file,
            .test_func = network_agrees,
            .initial_state = (void *)(uintptr_t)&nets[i],
        };
    memcpy(all + n, tests, sizeof tests);
    n += TESTS;
    memcpy(all + n, keras_encoding_tests,
           n_keras_encoding_tests * sizeof *all);
    n += n_keras_encoding_tests;
    memcpy(all + n, keras_fault_tests, n_keras_fault_tests * sizeof *all);
    n += n_keras_fault_tests;
    memcpy(all + n, keras_process_tests,
           n_keras_process_tests * sizeof *all);
    n += n_keras_process_tests;
    int failed = _cmocka_run_group_tests("test-keras", all, n, keras_folder,
                                         keras_folder_remove);
    free(all);
    return failed;
}
