/* core/import/caffe: networks against PyTorch and OpenCV, rule by rule. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/answer.h"
#include "tests/support/caffe-network.h"
#include "tests/support/check.h"

/* ---- every layer --------------------------------------------------------- */

static void network_agrees(void **test)
{
    const char *name = *test;
    struct ses_model *model = caffe_open(caffe_text(name), name);
    caffe_compare(model, "expected.txt", name);
    ses_model_free(model);
}

/* The same weights in another encoding. */
static void encoding_agrees(void **test)
{
    struct ses_model *model = caffe_open(caffe_text("residual"), *test);
    caffe_compare(model, "expected.txt", "residual");
    ses_model_free(model);
}

/* ---- blocks -------------------------------------------------------------- */

static void blocks_are_named_by_stage_and_layer(void **test)
{
    struct ses_model *model = caffe_open(caffe_text("residual"), "residual");
    assert_string_equal(model->arch, "SE-ResNet-50 (Caffe)");
    assert_int_equal(model->blocks.count, 3);
    static const char *const names[] = { "SE_2_1", "SE_3_1", "SE_3_2" };
    static const char *const sources[] = { "conv2_1", "conv3_1", "conv3_2" };
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(model->blocks.items[i].name, names[i]);
        assert_string_equal(model->blocks.items[i].source, sources[i]);
    }
    assert_int_equal(model->blocks.items[2].reduced, 3);
    ses_model_free(model);
}

/* The squeeze's layer and the layer of the gate work in place: what is
 * recorded is what multiplies. */
static void gates_lie_between_0_and_1(void **test)
{
    struct ses_model *model = caffe_open(caffe_text("residual"), "residual");
    struct golden golden = { .channels = 3, .h = 19, .w = 26 };
    float *picture = golden_picture(&golden);
    struct answer answer;
    answer_run(&answer, model->graph, &model->blocks, picture);
    for (size_t i = 0; i < answer.n_gates; i++)
        for (int c = 0; c < model->blocks.items[i].channels; c++)
            assert_true(answer.gates[i][c] > 0 && answer.gates[i][c] < 1);
    answer_release(&answer);
    free(picture);
    ses_model_free(model);
}

/* Fully connected, convolution, transposed, by Scale or by Axpy. */
static void a_gate_is_the_same_in_every_layout(void **test)
{
    static const char *const names[] = { "gate-conv", "gate-inner-product",
                                         "gate-transposed", "gate-axpy" };
    struct golden golden = { .channels = 3, .h = 9, .w = 12 };
    float *picture = golden_picture(&golden);
    struct answer answers[4];
    for (size_t i = 0; i < 4; i++) {
        struct ses_model *model = caffe_open(caffe_text(names[i]), names[i]);
        assert_int_equal(model->blocks.count, 1);
        assert_string_equal(model->blocks.items[0].source, "excite");
        answer_run(&answers[i], model->graph, &model->blocks, picture);
        ses_model_free(model);
    }
    for (size_t i = 1; i < 4; i++)
        for (int c = 0; c < 6; c++)
            assert_true(answers[i].gates[0][c] - answers[0].gates[0][c] <
                            1e-6f &&
                        answers[0].gates[0][c] - answers[i].gates[0][c] <
                            1e-6f);
    for (size_t i = 0; i < 4; i++)
        answer_release(&answers[i]);
    free(picture);
}

static void a_scale_of_other_axes_is_refused(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("gate-transposed"), "axis: 1",
                            "axis: 2"),
                 "gate-transposed", SES_ESHAPE,
                 "its second input is 6, expected the axes of the first "
                 "(1x6x4x5) from axis 2 on");
    caffe_refuse(caffe_edit(caffe_text("gate-inner-product"), "axis: 0",
                            "axis: 1"),
                 "gate-inner-product", SES_ESHAPE,
                 "its second input is 1x6");
}

static void axpy_takes_gate_map_shortcut(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("residual"),
                            "  bottom: \"conv2_1_1x1_up\"\n"
                            "  bottom: \"conv2_1_1x1_increase\"\n",
                            "  bottom: \"conv2_1_1x1_increase\"\n"
                            "  bottom: \"conv2_1_1x1_up\"\n"),
                 "residual", SES_ESHAPE, "layer 'conv2_1' (line");
}

/* ---- preprocessing ------------------------------------------------------- */

static void the_mean_is_in_a_comment(void **test)
{
    struct ses_model *model = caffe_open(
        caffe_edit(caffe_text("residual"), "104, 117, 123", "90, 100.5, 110"),
        "residual");
    const struct ses_preprocess *p = &model->preprocess;
    assert_int_equal(p->order, SES_ORDER_BGR);
    assert_int_equal(p->input_h, 19);
    assert_int_equal(p->input_w, 26);
    assert_true(p->mean[0] == 90 && p->mean[1] == 100.5 && p->mean[2] == 110);
    assert_true(p->scale == 1 && p->std[0] == 1);
    if (model->notes)
        assert_null(strstr(model->notes, "--preprocess"));
    ses_model_free(model);
    model = caffe_open(
        caffe_edit(caffe_text("residual"), "# mean_value: 104, 117, 123", ""),
        "residual");
    assert_true(model->preprocess.mean[0] == 104);
    assert_contains(model->notes, "how images are prepared is not in the file");
    ses_model_free(model);
}

/* (pixel - mean) * scale, of the phase that is run. */
static void a_transform_subtracts_before_it_scales(void **test)
{
    struct ses_model *model = caffe_open(caffe_text("train"), "train");
    uint8_t pixels[3] = { 10, 20, 30 }; /* red, green, blue */
    struct ses_image image = {
        .pixels = pixels, .width = 1, .height = 1, .channels = 3
    };
    struct ses_preprocess p = model->preprocess;
    struct ses_error err = { 0 };
    float out[3];
    p.input_h = p.input_w = 1;
    p.resize = p.crop_h = p.crop_w = 0;
    OK(ses_preprocess_apply(&p, &image, out, &err));
    assert_float_equal(out[0], (30 - 103.94) * 0.017, 1e-5);
    assert_float_equal(out[1], (20 - 116.78) * 0.017, 1e-5);
    assert_float_equal(out[2], (10 - 123.68) * 0.017, 1e-5);
    assert_int_equal(model->preprocess.input_h, 10);
    ses_model_free(model);
}

static void preprocessing_is_spelt_out(void **test)
{
    struct ses_model *model = caffe_open(caffe_text("train"), "train");
    char *text = ses_preprocess_text(&model->preprocess);
    assert_string_equal(text, "resize=0,crop=0,input=10,interp=bilinear,"
                              "order=bgr,scale=1,"
                              "mean=103.94:116.78:123.68,std=1/0.017");
    free(text);
    ses_model_free(model);
}

/* Caffe's pooling is rounded up: of 224 and of 225 pixels come the same. */
static void another_size_may_be_asked_for(void **test)
{
    struct ses_error err;
    struct ses_model *model;
    OK(caffe_try(caffe_text("shicai"), "shicai", "input=33x29", &model, &err));
    assert_int_equal(model->blocks.items[0].height, 17);
    assert_int_equal(model->blocks.items[0].width, 15);
    assert_contains(model->notes, "the file is for images of 15x23 (height x "
                                  "width); it is given 33x29");
    ses_model_free(model);
    assert_int_equal(caffe_try(caffe_text("residual"), "residual",
                               "input=64", &model, &err),
                     SES_ESHAPE);
    SAYS("'classifier'");
    SAYS("5x12, expected 5x432");
}

/* 7x7 of stride 2, then 3x3 of stride 2 without padding, rounded up or not. */
static void sizes_are_rounded_up(void **test)
{
    static const struct {
        int input;
        const char *mode;
        int output;
    } cases[] = { { 224, "", 56 },
                  { 225, "", 56 },
                  { 224, "round_mode: FLOOR", 55 },
                  { 225, "round_mode: FLOOR", 56 } };
    for (size_t i = 0; i < 4; i++) {
        char size[32], input[192];
        char *text = caffe_edit(caffe_text("shicai"), "stride: 2 pad: 3",
                                "stride: 2 pad: 3");
        snprintf(size, sizeof size, "input=%d", cases[i].input);
        snprintf(input, sizeof input,
                 "pooling_param { kernel_size: 3 stride: 2 %s } }\n"
                 "layer { name: \"conv2_1/x3\"", cases[i].mode);
        text = caffe_edit(text, "layer {\n  name: \"conv2_1/x3\"",
                          "layer { name: \"pool1\" type: \"Pooling\" "
                          "bottom: \"conv1\" top: \"conv1\" @");
        text = caffe_edit(text, "@", input);
        struct ses_error err;
        struct ses_model *model;
        OK(caffe_try(text, "shicai", size, &model, &err));
        assert_int_equal(model->blocks.items[0].height, cases[i].output);
        ses_model_free(model);
    }
}

static void a_size_left_open_has_to_be_said(void **test)
{
    char *text = caffe_edit(caffe_text("train"), "    crop_size: 10\n", "");
    caffe_refuse(text, "train", SES_EUSAGE,
                 "the size of the input 'data' is not in the file; say "
                 "--preprocess input=HxW");
    struct ses_error err;
    struct ses_model *model;
    text = caffe_edit(caffe_text("train"), "    crop_size: 10\n", "");
    OK(caffe_try(text, "train", "input=12x14", &model, &err));
    assert_int_equal(model->preprocess.input_w, 14);
    ses_model_free(model);
}

/* ---- classes ------------------------------------------------------------- */

static void the_order_of_classes_is_told(void **test)
{
    /* the authors' names alone, with 5 classes, are no ImageNet */
    struct ses_model *model = caffe_open(caffe_text("residual"), "residual");
    assert_true(model->classifier);
    assert_int_equal(model->outputs, 5);
    assert_string_equal(model->labels, "imagenet");
    ses_model_free(model);
}

static void losses_are_left_out(void **test)
{
    struct ses_model *model = caffe_open(caffe_text("train"), "train");
    assert_true(model->classifier);
    assert_int_equal(model->outputs, 4);
    ses_model_free(model);
}

static void of_several_outputs_one_is_chosen(void **test)
{
    char *text = caffe_edit(
        caffe_text("residual"), "layer {\n  name: \"classifier\"",
        "layer { name: \"features\" type: \"Flatten\" bottom: \"pool5\" "
        "top: \"features\" }\nlayer {\n  name: \"classifier\"");
    struct ses_model *model = caffe_open(text, "residual");
    assert_int_equal(model->outputs, 5);
    assert_contains(model->notes,
                    "of 2 outputs 'prob' is used, not 'features'");
    ses_model_free(model);
}

static void silenced_blobs_are_no_outputs(void **test)
{
    char *text = caffe_edit(
        caffe_text("residual"), "layer {\n  name: \"classifier\"",
        "layer { name: \"features\" type: \"Flatten\" bottom: \"pool5\" "
        "top: \"features\" }\n"
        "layer { name: \"quiet\" type: \"Silence\" bottom: \"features\" }\n"
        "layer {\n  name: \"classifier\"");
    struct ses_model *model = caffe_open(text, "residual");
    assert_int_equal(model->outputs, 5);
    assert_null(model->notes);
    ses_model_free(model);
}

static void features_are_no_classifier(void **test)
{
    struct ses_model *model =
        caffe_open(caffe_text("batch-norm-gate"), "batch-norm-gate");
    assert_false(model->classifier);
    assert_int_equal(model->outputs, 0);
    ses_model_free(model);
}

/* ---- refusals ------------------------------------------------------------ */

static void missing_weights_are_named(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("residual"), "name: \"conv3_1_3x3\"",
                            "name: \"conv3_1_5x5\""),
                 "residual", SES_ENOTFOUND,
                 "has no weights for layer 'conv3_1_5x5'; it has some for "
                 "'conv3_1_3x3', which the network lacks");
    caffe_refuse(caffe_text("residual"), "shicai", SES_ENOTFOUND,
                 "'conv2_1_1x1_reduce' and 39 more; it has some for "
                 "'conv1'");
}

static void surplus_weights_are_told(void **test)
{
    char *text = caffe_text("residual");
    char *tail = strstr(text, "layer {\n  name: \"classifier\"");
    assert_non_null(tail);
    *tail = '\0';
    struct ses_model *model = caffe_open(text, "residual");
    assert_contains(model->notes,
                    "weights without a layer are not used: 'classifier'");
    ses_model_free(model);
}

static void weights_have_to_fit(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("residual"), "kernel_size: 7",
                            "kernel_size: 5"),
                 "residual", SES_ESHAPE,
                 "weight of layer 'conv1/7x7_s2': 6x3x7x7, expected "
                 "6x3x5x5");
    caffe_refuse(caffe_edit(caffe_text("residual"), "    num_output: 5\n",
                            "    num_output: 5\n    bias_term: false\n"),
                 "residual", SES_ESHAPE,
                 "its weights are 2 blobs, expected 1");
    caffe_refuse(caffe_edit(caffe_text("norms"), "\"Bias\" bottom: \"b\" top",
                            "\"BatchNorm\" bottom: \"b\" top"),
                 "norms", SES_ESHAPE, "its weights are 1 blob, expected 3 "
                                      "(mean, variance, scale factor) or 5");
}

static void unsupported_layers_are_named(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("residual"), "\"Dropout\"",
                            "\"Deconvolution\""),
                 "residual", SES_EUNSUPPORTED,
                 "layer 'pool5/dropout' (line 600): layers of type "
                 "'Deconvolution' are not supported");
    caffe_refuse(caffe_edit(caffe_text("residual"), "\"Dropout\"",
                            "\"Dropuot\""),
                 "residual", SES_EUNSUPPORTED, "did you mean 'Dropout'?");
    caffe_refuse(caffe_edit(caffe_text("lrn"), "k: 2",
                            "norm_region: WITHIN_CHANNEL"),
                 "lrn", SES_EUNSUPPORTED, "within channels");
    caffe_refuse(caffe_edit(caffe_text("windows"), "pool: MAX",
                            "pool: STOCHASTIC"),
                 "windows", SES_EUNSUPPORTED, "STOCHASTIC");
}

static void unknown_fields_are_named(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("residual"), "    pad: 3",
                            "    padd: 3"),
                 "residual", SES_EUNSUPPORTED,
                 "'padd' is not known in 'convolution_param'");
    caffe_refuse(caffe_edit(caffe_text("residual"), "  bottom: \"data\"",
                            "  bottm: \"data\""),
                 "residual", SES_EUNSUPPORTED, "'bottm' is not known in "
                                               "'layer'");
    caffe_refuse(caffe_edit(caffe_text("residual"), "layer {", "laier {"),
                 "residual", SES_EUNSUPPORTED, "'laier' is not known");
}

static void unknown_blobs_are_named(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("residual"),
                            "bottom: \"pool1/3x3_s2\"",
                            "bottom: \"pool1/3x3\""),
                 "residual", SES_EFORMAT,
                 "no layer before it makes its bottom 'pool1/3x3'");
}

static void images_of_a_batch_stay_apart(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("shapes"), "dim: 0 dim: 6 dim: -1",
                            "dim: -1 dim: 6 dim: 1"),
                 "shapes", SES_ESHAPE, "cannot become");
    caffe_refuse(caffe_edit(caffe_text("shapes"), "axis: 2 }", "axis: 0 }"),
                 "shapes", SES_ESHAPE, "4x3x4x6 cannot become 288, image by "
                                       "image");
}

static void windows_behind_the_map_are_refused(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("windows"),
                            "kernel_size: 3 stride: 2 }",
                            "kernel_size: 1 stride: 7 }"),
                 "windows", SES_EUNSUPPORTED, "begin behind them");
}

static void several_inputs_are_refused(void **test)
{
    caffe_refuse(caffe_edit(caffe_text("shicai"), "input: 'data'",
                            "input: 'data' input: 'im_info'"),
                 "shicai", SES_EUNSUPPORTED,
                 "it takes 'data' and 'im_info', expected one input");
}

static void both_files_are_needed(void **test)
{
    caffe_refuse(caffe_text("residual"), NULL, SES_EUSAGE,
                 "say --weights NET.caffemodel");
    struct ses_error err;
    struct ses_model *model;
    assert_true(caffe_try(caffe_text("residual"), "/none/such", NULL, &model,
                          &err) == SES_EIO);
    SAYS("/none/such");
}

/* Batch norm by what its third number is: a divisor, or with 0 none. */
static void a_factor_of_0_divides_nothing(void **test)
{
    struct ses_model *model =
        caffe_open(caffe_text("batch-norm-factor-0"), "batch-norm-factor-0");
    caffe_compare(model, "expected.txt", "batch-norm-factor-0");
    assert_contains(model->notes, "batch norm 'bn' has a scale factor of 0");
    ses_model_free(model);
}

#define NETWORK(name) \
    { name, network_agrees, NULL, NULL, (void *)(uintptr_t)name }
#define ENCODING(name) \
    { name, encoding_agrees, NULL, NULL, (void *)(uintptr_t)name }

int main(void)
{
    const struct CMUnitTest tests[] = {
        NETWORK("activations"),
        NETWORK("activations-newer"),
        NETWORK("batch-norm-gate"),
        NETWORK("dense"),
        NETWORK("dense-transposed"),
        NETWORK("gate-axpy"),
        NETWORK("gate-conv"),
        NETWORK("gate-inner-product"),
        NETWORK("gate-transposed"),
        NETWORK("inception"),
        NETWORK("joins"),
        NETWORK("lrn"),
        NETWORK("norms"),
        NETWORK("residual"),
        NETWORK("residual-3x3"),
        NETWORK("shapes"),
        NETWORK("shapes-newer"),
        NETWORK("shicai"),
        NETWORK("train"),
        NETWORK("v1"),
        NETWORK("windows"),
        NETWORK("windows-others"),
        ENCODING("residual-double"),
        ENCODING("residual-unpacked"),
        ENCODING("residual-v1"),
        cmocka_unit_test(blocks_are_named_by_stage_and_layer),
        cmocka_unit_test(gates_lie_between_0_and_1),
        cmocka_unit_test(a_gate_is_the_same_in_every_layout),
        cmocka_unit_test(a_scale_of_other_axes_is_refused),
        cmocka_unit_test(axpy_takes_gate_map_shortcut),
        cmocka_unit_test(the_mean_is_in_a_comment),
        cmocka_unit_test(a_transform_subtracts_before_it_scales),
        cmocka_unit_test(preprocessing_is_spelt_out),
        cmocka_unit_test(another_size_may_be_asked_for),
        cmocka_unit_test(sizes_are_rounded_up),
        cmocka_unit_test(a_size_left_open_has_to_be_said),
        cmocka_unit_test(the_order_of_classes_is_told),
        cmocka_unit_test(losses_are_left_out),
        cmocka_unit_test(of_several_outputs_one_is_chosen),
        cmocka_unit_test(silenced_blobs_are_no_outputs),
        cmocka_unit_test(features_are_no_classifier),
        cmocka_unit_test(missing_weights_are_named),
        cmocka_unit_test(surplus_weights_are_told),
        cmocka_unit_test(weights_have_to_fit),
        cmocka_unit_test(unsupported_layers_are_named),
        cmocka_unit_test(unknown_fields_are_named),
        cmocka_unit_test(unknown_blobs_are_named),
        cmocka_unit_test(images_of_a_batch_stay_apart),
        cmocka_unit_test(windows_behind_the_map_are_refused),
        cmocka_unit_test(several_inputs_are_refused),
        cmocka_unit_test(both_files_are_needed),
        cmocka_unit_test(a_factor_of_0_divides_nothing),
    };
    return cmocka_run_group_tests(tests, caffe_make_folder,
                                  caffe_remove_folder);
}
