/* core/import/model: opening files, and what it says of those it cannot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/import/model.h"
#include "tests/support/answer.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/tree.h"

static char *folder, *path;

static int make_folder(void **test)
{
    folder = tree_new();
    path = tree_path(folder, "net.pth");
    return 0;
}

static int remove_folder(void **test)
{
    free(path);
    tree_remove(folder);
    return 0;
}

/* A safetensors file of a golden's tensors. */
static void write_golden(const struct golden *golden)
{
    struct ses_text header = { 0 };
    size_t offset = 0;
    for (size_t i = 0; i < golden->n_tensors; i++) {
        const struct golden_tensor *t = &golden->tensors[i];
        size_t end = offset + golden_count(t) * sizeof(float);
        ses_text_add(&header, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[",
                     i ? "," : "{", t->name);
        for (int d = 0; d < t->rank; d++)
            ses_text_add(&header, "%s%zu", d ? "," : "", t->shape[d]);
        ses_text_add(&header, "],\"data_offsets\":[%zu,%zu]}", offset, end);
        offset = end;
    }
    ses_text_add(&header, "}");
    assert_false(header.failed);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    uint64_t length = header.length;
    fwrite(&length, sizeof length, 1, file);
    fwrite(header.data, 1, header.length, file);
    for (size_t i = 0; i < golden->n_tensors; i++) {
        float *values = golden_values(&golden->tensors[i]);
        fwrite(values, sizeof *values, golden_count(&golden->tensors[i]), file);
        free(values);
    }
    assert_int_equal(fclose(file), 0);
    ses_text_release(&header);
}

/* Opening must fail with this status; fills the message. */
static void refuse(struct ses_model_options options, enum ses_status status,
                   struct ses_error *err)
{
    struct ses_model *model = NULL;
    memset(err, 0, sizeof *err);
    enum ses_status found = ses_model_open(path, &options, &model, err);
    if (found != status)
        fail_msg("status %d, expected %d: %s", found, status, err->message);
    assert_null(model);
}

static void a_file_opens_to_a_network_that_runs(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_error err = { 0 };
    struct ses_model *model = NULL;
    struct ses_model_options options = { 0 };
    write_golden(golden);
    OK(ses_model_open(path, &options, &model, &err));
    assert_string_equal(model->path, path);
    assert_string_equal(model->arch, golden->arch);
    assert_int_equal(strlen(model->sha256), 64);
    assert_int_equal(model->blocks.count, 9);
    assert_int_equal(model->outputs, 10);
    assert_string_equal(model->preprocess.name, "cifar10");
    float *picture = golden_picture(golden);
    struct answer answer;
    answer_run(&answer, model->graph, &model->blocks, picture);
    answer_compare(&answer, golden, &model->blocks);
    answer_release(&answer);
    free(picture);
    ses_model_free(model);
    golden_free(golden);
}

static void a_replaced_head_has_its_own_classes(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_error err = { 0 };
    struct ses_model *model = NULL;
    struct ses_model_options options = { 0 };
    golden_find(golden, "fc.weight")->shape[0] = 4;
    golden_find(golden, "fc.bias")->shape[0] = 4;
    write_golden(golden);
    OK(ses_model_open(path, &options, &model, &err));
    assert_int_equal(model->outputs, 4);
    ses_model_free(model);
    golden_drop(golden, "fc.", "");
    write_golden(golden);
    OK(ses_model_open(path, &options, &model, &err));
    assert_int_equal(model->outputs, 0);
    assert_non_null(strstr(model->notes, "no classifier"));
    ses_model_free(model);
    golden_free(golden);
}

static void preprocessing_sets_the_input(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_error err = { 0 };
    struct ses_model *model = NULL;
    write_golden(golden);
    struct ses_model_options options = { .preprocess = "input=40x24" };
    OK(ses_model_open(path, &options, &model, &err));
    assert_int_equal(model->blocks.items[8].height, 10);
    assert_int_equal(model->blocks.items[8].width, 6);
    ses_model_free(model);
    options.preprocess = "order=grey";
    refuse(options, SES_EUSAGE, &err);
    SAYS("takes 3 input channels, but preprocessing gives 1");
    options.preprocess = "fog=3";
    refuse(options, SES_EUSAGE, &err);
    SAYS("fog");
    golden_free(golden);
}

static void four_channels_are_refused(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_model_options options = { 0 };
    struct ses_error err;
    golden_find(golden, "conv1.weight")->shape[1] = 4;
    write_golden(golden);
    refuse(options, SES_EUNSUPPORTED, &err);
    SAYS("takes 4 input channels, expected 1 (grey) or 3 (colour)");
    golden_free(golden);
}

/* Its last convolution is as large as the map of one input size. */
static void an_input_that_does_not_fit_is_refused(void **test)
{
    struct golden *golden = golden_read("minifasnet-v2");
    struct ses_model_options options = { .preprocess = "squash=112" };
    struct ses_error err;
    write_golden(golden);
    refuse(options, SES_ESHAPE, &err);
    SAYS("the classifier is given a map of 3x3, expected 1x1");
    golden_free(golden);
}

static void missing_and_surplus_tensors_are_named(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_model_options options = { 0 };
    struct ses_error err;
    golden_rename(golden, "layer3.1.bn2.weight", "layer3.1.attention.weight");
    write_golden(golden);
    refuse(options, SES_ENOTFOUND, &err);
    SAYS(path);
    SAYS("'layer3.1.bn2.weight' is missing");
    golden_rename(golden, "layer3.1.attention.weight", "layer3.1.bn2.weight");
    golden_rename(golden, "fc.bias", "head.bias");
    write_golden(golden);
    refuse(options, SES_ESHAPE, &err);
    SAYS(path);
    SAYS("'head.bias'");
    golden_free(golden);
}

static void unknown_architectures_are_answered(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_model_options options = { .arch = "se_resnet21" };
    struct ses_error err;
    write_golden(golden);
    refuse(options, SES_EUSAGE, &err);
    SAYS("unknown architecture 'se_resnet21', did you mean 'se_resnet20'");
    golden_free(golden);
    struct golden other = { 0 };
    struct golden_tensor tensor = { "encoder.weight", "", 0, 1, 1, { 3 } };
    other.tensors = &tensor;
    other.n_tensors = 1;
    write_golden(&other);
    options.arch = NULL;
    refuse(options, SES_EUNSUPPORTED, &err);
    SAYS("no known family of networks has the tensors");
    SAYS(path);
}

static void other_formats_are_named(void **test)
{
    struct ses_model_options options = { 0 };
    struct ses_error err;
    static const char prototxt[] = "name: \"SE\"\nlayer {\n}\n";
    tree_bytes(folder, "net.pth", prototxt, sizeof prototxt - 1);
    refuse(options, SES_EUSAGE, &err);
    SAYS("is a Caffe network without its weights; say --weights");
    static const char caffemodel[] = "\x0a\x02SE\xa2\x06\x00";
    tree_bytes(folder, "net.pth", caffemodel, sizeof caffemodel - 1);
    refuse(options, SES_EUSAGE, &err);
    SAYS("weights without the network; say NET.prototxt --weights");
    tree_bytes(folder, "net.pth", "hello", 5);
    refuse(options, SES_EFORMAT, &err);
    SAYS(path);
}

/* Nobody writes to it, so a reader that waits waits for ever. */
static void a_pipe_is_refused_at_once(void **test)
{
    struct ses_model_options options = { 0 };
    struct ses_error err;
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    alarm(300); /* however busy the machine is */
    refuse(options, SES_EIO, &err);
    alarm(0);
    SAYS("is a device, expected a file");
    unlink(path);
}

static void weights_are_for_caffe(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_model_options options = { .weights = "other.caffemodel" };
    struct ses_error err;
    write_golden(golden);
    refuse(options, SES_EUSAGE, &err);
    SAYS("--weights is for Caffe networks");
    golden_free(golden);
}

/* ---- real files --------------------------------------------------------- */

/* A checkpoint of the shared folder must say what PyTorch says; the picture
 * is factor * p + offset. */
static void compare_file(const char *name, const char *sha256,
                         const char *golden_name, float factor, float offset)
{
    const char *models = shared_path("models");
    if (!models)
        skip();
    char *file = tree_path(models, name);
    struct golden *golden = golden_read(golden_name);
    struct ses_model_options options = { 0 };
    struct ses_model *model = NULL;
    struct ses_error err = { 0 };
    OK(ses_model_open(file, &options, &model, &err));
    assert_string_equal(model->arch, golden->arch);
    assert_string_equal(model->sha256, sha256);
    assert_int_equal(model->preprocess.input_h, golden->h);
    float *picture = golden_picture(golden);
    int count = golden->channels * golden->h * golden->w;
    for (int i = 0; i < count; i++)
        picture[i] = picture[i] * factor + offset;
    struct answer answer;
    answer_run(&answer, model->graph, &model->blocks, picture);
    answer_compare(&answer, golden, &model->blocks);
    answer_release(&answer);
    free(picture);
    ses_model_free(model);
    golden_free(golden);
    free(file);
}

static void minifasnet_v1se_agrees_with_pytorch(void **test)
{
    compare_file("minivision_4_0_0_80x80_MiniFASNetV1SE.pth",
                 "84ee1d37d96894d5e82de5a57df044ef"
                 "80a58be2b218b5ed7cdfd875ec2f5990",
                 "file-minifasnet-v1se", 51, 127.5f);
}

static void minifasnet_v2_has_no_blocks(void **test)
{
    compare_file("minivision_2.7_80x80_MiniFASNetV2_noSE.pth",
                 "a5eb02e1843f19b5386b953cc4c9f011"
                 "c3f985d0ee2bb9819eea9a142099bec0",
                 "file-minifasnet-v2", 51, 127.5f);
}

static void seresnet20_agrees_with_pytorch(void **test)
{
    compare_file("seresnet20-cifar10.pth",
                 "21c0505ae5aeb0f046d107e83f4c6bba"
                 "4c2213d806933b2f136f3a50ac48818d",
                 "file-cifar20", 0.5f, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_opens_to_a_network_that_runs),
        cmocka_unit_test(a_replaced_head_has_its_own_classes),
        cmocka_unit_test(preprocessing_sets_the_input),
        cmocka_unit_test(four_channels_are_refused),
        cmocka_unit_test(an_input_that_does_not_fit_is_refused),
        cmocka_unit_test(missing_and_surplus_tensors_are_named),
        cmocka_unit_test(unknown_architectures_are_answered),
        cmocka_unit_test(other_formats_are_named),
        cmocka_unit_test(a_pipe_is_refused_at_once),
        cmocka_unit_test(weights_are_for_caffe),
        cmocka_unit_test(minifasnet_v1se_agrees_with_pytorch),
        cmocka_unit_test(minifasnet_v2_has_no_blocks),
        cmocka_unit_test(seresnet20_agrees_with_pytorch),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
