/* core/import/families: every network against PyTorch's gates and logits, and
 * the faults of files. */
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/outcome.h"

/* ---- every network ------------------------------------------------------ */

/* Only --arch tells an anti-aliased network, and where gates stand. */
static const char *arch_of(const char *name)
{
    const char *dash = strchr(name, '-');
    if (strstr(name, "_pre") || strstr(name, "_post") ||
        strstr(name, "_identity"))
        return dash + 1;
    return strstr(name, "aa101d") ? "seresnextaa101d_32x8d" : NULL;
}

static void network_agrees_with_pytorch(void **test)
{
    const char *name = *test;
    outcome_compare_golden(name, arch_of(name), true);
}

/* ---- dialects and edits ------------------------------------------------- */

static void blocks_are_named_as_in_the_paper(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct outcome outcome;
    outcome_run_golden(golden, NULL, &outcome);
    assert_int_equal(outcome.blocks.count, 9);
    assert_string_equal(outcome.blocks.items[0].name, "SE_2_1");
    assert_string_equal(outcome.blocks.items[8].name, "SE_4_3");
    assert_string_equal(outcome.blocks.items[8].source, "layer3.2.se");
    assert_int_equal(outcome.blocks.items[0].reduced, 1);
    assert_int_equal(outcome.blocks.items[8].reduced, 4);
    outcome_release(&outcome);
    golden_free(golden);
}

/* A Linear and a 1x1 convolution are one thing on a 1x1 map. */
static void gate_layouts_are_the_same_gate(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct outcome linear, conv;
    outcome_run_golden(golden, NULL, &linear);
    for (size_t i = 0; i < golden->n_tensors; i++) {
        struct golden_tensor *tensor = &golden->tensors[i];
        if (!strstr(tensor->name, ".se.fc."))
            continue;
        tensor->rank = 4;
        tensor->shape[2] = tensor->shape[3] = 1;
    }
    outcome_run_golden(golden, NULL, &conv);
    assert_memory_equal(linear.answer.logits, conv.answer.logits,
                        10 * sizeof(float));
    outcome_release(&linear);
    outcome_release(&conv);
    golden_free(golden);
}

static void batch_counters_are_nothing(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_state *state = golden_state(golden);
    struct ses_error err = { 0 };
    float five = 5;
    OK(ses_state_add(state, "bn1.num_batches_tracked", 0, NULL, &five, &err));
    float *picture = golden_picture(golden);
    struct outcome outcome;
    outcome_run(state, NULL, golden->h, golden->w, picture, &outcome);
    answer_compare(&outcome.answer, golden, &outcome.blocks);
    free(picture);
    outcome_release(&outcome);
    golden_free(golden);
}

/* The classifier of the Cadene networks has had three names. */
static void head_aliases_are_taken_and_said(void **test)
{
    struct golden *golden = golden_read("legacy_seresnet18");
    struct outcome outcome;
    golden_rename(golden, "last_linear.weight", "fc.weight");
    golden_rename(golden, "last_linear.bias", "fc.bias");
    outcome_run_golden(golden, NULL, &outcome);
    answer_compare(&outcome.answer, golden, &outcome.blocks);
    assert_non_null(
        strstr(outcome.notes, "classifier 'fc' taken for 'last_linear'"));
    outcome_release(&outcome);
    golden_free(golden);
}

static void heads_may_have_any_classes(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    golden_find(golden, "fc.weight")->shape[0] = 4;
    golden_find(golden, "fc.bias")->shape[0] = 4;
    struct outcome outcome;
    outcome_run_golden(golden, NULL, &outcome);
    assert_int_equal(outcome.answer.outputs, 4);
    outcome_release(&outcome);
    golden_free(golden);
}

static void networks_without_a_head_have_features(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    golden_drop(golden, "fc.weight", "");
    golden_drop(golden, "fc.bias", "");
    struct outcome outcome;
    outcome_run_golden(golden, NULL, &outcome);
    assert_false(outcome.found.classifier);
    assert_int_equal(outcome.answer.outputs, 64);
    answer_compare_gate(&golden->gates[8], outcome.answer.gates[8]);
    assert_non_null(strstr(outcome.notes, "no classifier"));
    outcome_release(&outcome);
    golden_free(golden);
}

/* The paper puts blocks into single stages, too. */
static void stages_may_be_without_gates(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    golden_drop(golden, "layer1.", ".se.");
    struct outcome outcome;
    outcome_run_golden(golden, NULL, &outcome);
    assert_int_equal(outcome.blocks.count, 6);
    outcome_release(&outcome);
    golden_free(golden);
}

static void plain_networks_open_without_blocks(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    golden_drop(golden, "", ".se.");
    struct outcome outcome;
    outcome_run_golden(golden, NULL, &outcome);
    assert_int_equal(outcome.blocks.count, 0);
    assert_string_equal(outcome.found.arch, "ResNet-20 CIFAR (torchvision)");
    outcome_release(&outcome);
    golden_free(golden);
}

static void unknown_depths_are_described(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    golden_drop(golden, "layer2.2.", "");
    struct outcome outcome;
    outcome_run_golden(golden, NULL, &outcome);
    assert_string_equal(outcome.found.arch,
                        "SE-ResNet [3,2,3] basic CIFAR (senet.pytorch)");
    outcome_release(&outcome);
    golden_free(golden);
}

/* ---- preprocessing ------------------------------------------------------ */

static void defaults_follow_the_training(void **test)
{
    struct ses_preprocess p;
    p = outcome_look("senet-se_resnet18", NULL).preprocess;
    assert_int_equal(p.resize, 256);
    assert_int_equal(p.crop_h, 224);
    assert_int_equal(p.filter, SES_FILTER_BILINEAR);
    p = outcome_look("legacy_seresnet18", NULL).preprocess;
    assert_int_equal(p.filter, SES_FILTER_BICUBIC);
    p = outcome_look("senet-cifar20", NULL).preprocess;
    assert_int_equal(p.input_h, 32);
    assert_int_equal(p.resize, 0);
    assert_true(p.std[0] == 0.2470);
    p = outcome_look("senet-cifar20-grey", NULL).preprocess;
    assert_int_equal(p.order, SES_ORDER_GREY);
    assert_int_equal(p.input_h, 28);
    assert_true(p.mean[0] == 0.2860 && p.std[0] == 0.3530);
    p = outcome_look("timm-seresnet50", NULL).preprocess;
    assert_int_equal(p.filter, SES_FILTER_BICUBIC);
    assert_int_equal(p.resize, 235); /* floor(224 / .95) */
    p = outcome_look("timm-seresnet18", NULL).preprocess;
    assert_int_equal(p.resize, 256);
    p = outcome_look("minifasnet-v1se", NULL).preprocess;
    assert_int_equal(p.order, SES_ORDER_BGR);
    assert_true(p.squash && p.scale == 1);
    assert_int_equal(p.input_h, 80);
}

/* ---- refusals ----------------------------------------------------------- */

static void missing_tensors_are_named(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_error err;
    golden_drop(golden, "layer2.1.conv2.weight", "");
    outcome_refuse(golden, NULL, SES_ENOTFOUND, &err);
    assert_string_equal(err.message, "read as 'senet.pytorch': tensor "
                                     "'layer2.1.conv2.weight' is missing");
    golden_drop(golden, "layer2.0.downsample.0.weight", "");
    golden_drop(golden, "layer3.2.se.fc.0.weight", "");
    golden_drop(golden, "bn1.running_var", "");
    outcome_refuse(golden, NULL, SES_ENOTFOUND, &err);
    SAYS("tensors 'bn1.running_var', 'layer2.0.downsample.0.weight', "
         "'layer2.1.conv2.weight', 'layer3.2.se.fc.0.weight' are missing");
    golden_free(golden);
}

/* Whichever tensor is missing, the error names it: no part of a network is
 * left out in silence. The classifier alone may be. */
static void no_tensor_may_be_missing(void **test)
{
    static const char *const names[] = { "senet-cifar32", "minifasnet-v1se" };
    for (size_t n = 0; n < 2; n++) {
        struct golden *golden = golden_read(names[n]);
        const char *arch = n ? "minifasnet" : "senet.pytorch";
        for (size_t i = 0; i < golden->n_tensors; i++) {
            struct golden_tensor *tensor = &golden->tensors[i];
            struct ses_error err;
            char name[sizeof tensor->name];
            memcpy(name, tensor->name, sizeof name);
            if (!strncmp(name, "fc.", 3) || !strcmp(name, "prob.weight") ||
                !strcmp(name, "linear.weight"))
                continue;
            golden_rename(golden, name, "elsewhere");
            outcome_refuse(golden, arch, SES_ENOTFOUND, &err);
            SAYS(name);
            SAYS("missing");
            golden_rename(golden, "elsewhere", name);
        }
        golden_free(golden);
    }
}

static void many_missing_tensors_are_counted(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_error err;
    golden_drop(golden, "", ".bn1.bias");
    outcome_refuse(golden, NULL, SES_ENOTFOUND, &err);
    SAYS("'layer2.1.bn1.bias' and 4 more are missing");
    golden_free(golden);
}

/* A renamed layer is both missing and not used: the error says both. */
static void renamed_layers_are_named_twice(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_error err;
    golden_rename(golden, "layer1.2.conv1.weight", "layer1.2.convX.weight");
    outcome_refuse(golden, NULL, SES_ENOTFOUND, &err);
    SAYS("'layer1.2.conv1.weight' is missing");
    SAYS("'layer1.2.convX.weight'");
    golden_free(golden);
}

static void shapes_are_checked(void **test)
{
    struct golden *golden = golden_read("cadene-se_resnet50");
    struct ses_error err;
    struct golden_tensor *tensor = golden_find(golden, "layer1.1.conv1.weight");
    tensor->shape[2] = tensor->shape[3] = 3;
    outcome_refuse(golden, NULL, SES_ESHAPE, &err);
    SAYS("tensor 'layer1.1.conv1.weight' is 64x256x3x3, expected "
         "?x256x1x1");
    tensor->shape[2] = tensor->shape[3] = 1;
    tensor = golden_find(golden, "layer1.1.conv3.weight");
    tensor->shape[0] = 128;
    outcome_refuse(golden, NULL, SES_ESHAPE, &err);
    SAYS("tensor 'layer1.1.conv3.weight' is 128x64x1x1, expected "
         "256x64x1x1");
    tensor->shape[0] = 256;
    golden_find(golden, "layer2.0.bn1.running_mean")->shape[0] = 64;
    outcome_refuse(golden, NULL, SES_ESHAPE, &err);
    SAYS("tensor 'layer2.0.bn1.running_mean' is 64, expected 128");
    golden_free(golden);
}

static void groups_must_divide(void **test)
{
    struct golden *golden = golden_read("cadene-se_resnext50_32x4d");
    struct ses_error err;
    golden_find(golden, "layer1.1.conv2.weight")->shape[1] = 3;
    outcome_refuse(golden, NULL, SES_ESHAPE, &err);
    SAYS("tensor 'layer1.1.conv2.weight' is 128x3x3x3, which does not "
         "divide the 128 channels");
    golden_free(golden);
}

static void unknown_files_are_described(void **test)
{
    struct golden golden = { 0 };
    struct golden_tensor tensors[2] = {
        { "encoder.weight", "", 0, 1, 2, { 3, 4 } },
        { "encoder.bias", "", 0, 1, 1, { 3 } },
    };
    struct ses_error err;
    golden.tensors = tensors;
    golden.n_tensors = 2;
    outcome_refuse(&golden, NULL, SES_EUNSUPPORTED, &err);
    SAYS("'encoder.weight' 3x4, 'encoder.bias' 3");
    SAYS("'cadene' (layer0.conv1");
    SAYS("'minifasnet' (");
}

static void arch_names_are_checked(void **test)
{
    struct golden *golden = golden_read("senet-cifar20");
    struct ses_error err;
    outcome_refuse(golden, "se_resnet2O", SES_EUSAGE, &err);
    SAYS("unknown architecture 'se_resnet2O', did you mean 'se_resnet20'");
    outcome_refuse(golden, "transformer", SES_EUSAGE, &err);
    SAYS("expected 'cadene', 'senet.pytorch'");
    outcome_refuse(golden, "se_resnet56", SES_EUSAGE, &err);
    SAYS("those of SE-ResNet-20 CIFAR (senet.pytorch), not of "
         "'se_resnet56'");
    outcome_refuse(golden, "cadene", SES_ENOTFOUND, &err);
    SAYS("read as 'cadene': tensors 'layer0.conv1.weight'");
    assert_string_equal(outcome_look("senet-cifar20", "se_resnet20").arch,
                        "SE-ResNet-20 CIFAR (senet.pytorch)");
    assert_string_equal(outcome_look("senet-cifar20", "senet.pytorch").arch,
                        "SE-ResNet-20 CIFAR (senet.pytorch)");
    assert_string_equal(
        outcome_look("legacy_seresnet18", "legacy_seresnet18").arch,
        "SE-ResNet-18 (cadene)");
    golden_free(golden);
}

/* Two published networks have the same tensors: guessing would be wrong for
 * one of them. */
static void ambiguous_networks_have_to_be_named(void **test)
{
    struct golden *golden = golden_read("timm-seresnextaa101d_32x8d");
    struct ses_error err;
    outcome_refuse(golden, NULL, SES_EUSAGE, &err);
    SAYS("'seresnext101d_32x8d' and 'seresnextaa101d_32x8d'");
    golden_free(golden);
}

#define NETWORK(name)                                                          \
    {                                                                          \
        name, network_agrees_with_pytorch, NULL, NULL, (void *)(uintptr_t)name \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        NETWORK("legacy_seresnet18"),
        NETWORK("senet-cifar20"),
        NETWORK("senet-cifar20-grey"),
        NETWORK("senet-cifar32"),
        NETWORK("senet-se_resnet20_pre"),
        NETWORK("senet-se_resnet20_post"),
        NETWORK("senet-se_resnet20_identity"),
        NETWORK("minifasnet-v1se"),
        NETWORK("minifasnet-v2"),
        NETWORK("timm-seresnext26t_32x4d"),
#ifndef __SANITIZE_ADDRESS__ /* too slow with it */
        NETWORK("cadene-se_resnet50"),
        NETWORK("cadene-se_resnet101"),
        NETWORK("cadene-se_resnet152"),
        NETWORK("cadene-se_resnext50_32x4d"),
        NETWORK("cadene-se_resnext101_32x4d"),
        NETWORK("cadene-senet154"),
        NETWORK("legacy_seresnet34"),
        NETWORK("legacy_seresnext26_32x4d"),
        NETWORK("senet-se_resnet18"),
        NETWORK("senet-se_resnet18_identity"),
        NETWORK("senet-se_resnet34"),
        NETWORK("senet-se_resnet50"),
        NETWORK("senet-se_resnet101"),
        NETWORK("senet-se_resnet152"),
        NETWORK("senet-cifar56"),
        NETWORK("senet-cifar-resnet18"),
        NETWORK("miracle-se_resnet18"),
        NETWORK("miracle-se_resnet50"),
        NETWORK("timm-seresnet18"),
        NETWORK("timm-seresnet34"),
        NETWORK("timm-seresnet50"),
        NETWORK("timm-seresnet50t"),
        NETWORK("timm-seresnet101"),
        NETWORK("timm-seresnet152"),
        NETWORK("timm-seresnet152d"),
        NETWORK("timm-seresnext26d_32x4d"),
        NETWORK("timm-seresnext50_32x4d"),
        NETWORK("timm-seresnext101_32x4d"),
        NETWORK("timm-seresnext101_32x8d"),
        NETWORK("timm-seresnext101_64x4d"),
        NETWORK("timm-seresnextaa101d_32x8d"),
        NETWORK("timm-senet154"),
        NETWORK("timm-resnetrs50"),
#endif
        cmocka_unit_test(blocks_are_named_as_in_the_paper),
        cmocka_unit_test(gate_layouts_are_the_same_gate),
        cmocka_unit_test(batch_counters_are_nothing),
        cmocka_unit_test(head_aliases_are_taken_and_said),
        cmocka_unit_test(heads_may_have_any_classes),
        cmocka_unit_test(networks_without_a_head_have_features),
        cmocka_unit_test(stages_may_be_without_gates),
        cmocka_unit_test(plain_networks_open_without_blocks),
        cmocka_unit_test(unknown_depths_are_described),
        cmocka_unit_test(defaults_follow_the_training),
        cmocka_unit_test(missing_tensors_are_named),
        cmocka_unit_test(no_tensor_may_be_missing),
        cmocka_unit_test(many_missing_tensors_are_counted),
        cmocka_unit_test(renamed_layers_are_named_twice),
        cmocka_unit_test(shapes_are_checked),
        cmocka_unit_test(groups_must_divide),
        cmocka_unit_test(unknown_files_are_described),
        cmocka_unit_test(arch_names_are_checked),
        cmocka_unit_test(ambiguous_networks_have_to_be_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
