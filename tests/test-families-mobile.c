/* core/import/families: MobileNetV3, EfficientNet, RegNetY, GhostNet, ECA and
 * SE-Inception, against PyTorch's gates and logits, and what only a name or a
 * rule can tell of them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/random.h"
#include "tests/support/check.h"
#include "tests/support/outcome.h"

/* ---- every network ------------------------------------------------------ */

/* Networks whose files are those of others have to be named. */
static const char *arch_of(const char *name)
{
    if (!strncmp(name, "timm-tf_", 8))
        return name + 5;
    return strstr(name, "_applied") ? name : NULL;
}

static bool is_inception(const char *name)
{
    return !strncmp(name, "se_inception", 12);
}

static void network_agrees_with_pytorch(void **test)
{
    const char *name = *test;
    outcome_compare_golden(name, arch_of(name), !is_inception(name));
}

/* The paper's tables count them. */
static void members_have_their_number_of_gates(void **test)
{
    static const struct {
        const char *name;
        size_t gates;
    } cases[] = {
        { "tv-mobilenet_v3_small", 9 },      { "li-mobilenetv3_small", 9 },
        { "timm-mobilenetv3_small_050", 9 }, { "tv-mobilenet_v3_large", 8 },
        { "tv-efficientnet_b0", 16 },        { "timm-efficientnet_b0", 16 },
        { "timm-regnety_002", 13 },          { "timm-ghostnet_100", 7 },
        { "timm-efficientnet_lite0", 0 },    { "se_inception_v3", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct golden *golden = golden_read(cases[i].name);
        struct ses_state *state = golden_state_of_zeros(golden);
        struct ses_error err = { 0 };
        struct ses_graph *graph = ses_graph_new(&err);
        struct ses_family_result found;
        struct ses_blocks blocks;
        OK(ses_family_build(state, NULL, graph, &found, &err));
        OK(ses_graph_infer(graph, golden->h, golden->w, &err));
        OK(ses_blocks_find(graph, &blocks, &err));
        assert_int_equal(blocks.count, cases[i].gates);
        ses_blocks_release(&blocks);
        ses_graph_free(graph);
        ses_state_free(state);
        golden_free(golden);
    }
}

/* ---- widths and places of gates ----------------------------------------- */

/* A quarter of what the unit takes, not of what it makes, and rounded as the
 * family does: read, never computed. */
static void widths_of_gates_are_read(void **test)
{
    struct golden *golden = golden_read("timm-regnety_002");
    struct outcome outcome;
    outcome_run_golden(golden, NULL, &outcome);
    assert_int_equal(outcome.blocks.items[0].channels, 24);
    assert_int_equal(outcome.blocks.items[0].reduced, 8); /* 32 / 4 */
    assert_int_equal(outcome.blocks.items[1].channels, 56);
    assert_int_equal(outcome.blocks.items[1].reduced, 6); /* 24 / 4 */
    outcome_release(&outcome);
    static const size_t odd[] = { 1, 4, 8 };
    for (size_t i = 0; i < 3; i++) {
        golden_find(golden, "s2.b1.se.fc1.weight")->shape[0] = odd[i];
        golden_find(golden, "s2.b1.se.fc1.bias")->shape[0] = odd[i];
        golden_find(golden, "s2.b1.se.fc2.weight")->shape[1] = odd[i];
        outcome_run_golden(golden, NULL, &outcome);
        assert_int_equal(outcome.blocks.items[1].reduced, odd[i]);
        outcome_release(&outcome);
    }
    golden_free(golden);
}

/* mobilenetv3_rw has gates of odd widths and no bias in its head: either alone
 * is another network, or a fault. */
static void odd_gates_alone_are_no_other_member(void **test)
{
    struct golden *golden = golden_read("timm-mobilenetv3_small_050");
    struct outcome outcome;
    golden_find(golden, "blocks.0.0.se.conv_reduce.weight")->shape[0] = 3;
    golden_find(golden, "blocks.0.0.se.conv_reduce.bias")->shape[0] = 3;
    golden_find(golden, "blocks.0.0.se.conv_expand.weight")->shape[1] = 3;
    outcome_run_golden(golden, NULL, &outcome);
    assert_string_equal(outcome.found.arch, "mobilenetv3_small_050 (timm)");
    assert_int_equal(outcome.blocks.items[0].reduced, 3);
    outcome_release(&outcome);
    golden_free(golden);
}

/* The operation that reads a block's scaled map. */
static const struct ses_node *reader_of(const struct ses_graph *graph,
                                        int value)
{
    for (size_t i = 0; i < graph->n_nodes; i++)
        for (int k = 0; k < graph->nodes[i].n_inputs; k++)
            if (graph->nodes[i].inputs[k] == value)
                return &graph->nodes[i];
    return NULL;
}

/* Build without running; the gates' places by what comes after them. */
static void gates_stand_before(const char *name, const char *what,
                               enum ses_op op)
{
    struct golden *golden = golden_read(name);
    struct ses_state *state = golden_state(golden);
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    struct ses_family_result found;
    struct ses_blocks blocks;
    OK(ses_family_build(state, NULL, graph, &found, &err));
    OK(ses_graph_infer(graph, 64, 64, &err));
    OK(ses_blocks_find(graph, &blocks, &err));
    assert_true(blocks.count > 0);
    for (size_t i = 0; i < blocks.count; i++) {
        const struct ses_node *next =
            reader_of(graph, blocks.items[i].scaled);
        assert_non_null(next);
        if (blocks.items[i].channels == 16 && !strcmp(name, "li-mobilenetv3_"
                                                            "small"))
            continue; /* the unit that does not expand */
        assert_int_equal(next->op, op);
        assert_contains(next->name, what);
    }
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
    ses_state_free(state);
    golden_free(golden);
}

static void gates_stand_where_the_family_has_them(void **test)
{
    gates_stand_before("timm-regnety_002", ".conv3.conv", SES_OP_CONV);
    gates_stand_before("tv-regnet-narrow", ".f.c.0", SES_OP_CONV);
    gates_stand_before("tv-mobilenet_v3_small", ".block.", SES_OP_CONV);
    gates_stand_before("timm-efficientnet_b0", ".conv_pw", SES_OP_CONV);
    gates_stand_before("li-mobilenetv3_small", ".act", SES_OP_ACTIVATION);
}

/* ---- what only a name tells --------------------------------------------- */

/* The same tensors, with and without the name: two answers. */
static void ports_from_tensorflow_have_to_be_named(void **test)
{
    struct golden *golden = golden_read("timm-tf_efficientnet_b0");
    struct outcome named, plain;
    outcome_run_golden(golden, "tf_efficientnet_b0", &named);
    outcome_run_golden(golden, NULL, &plain);
    answer_compare(&named.answer, golden, &named.blocks);
    assert_string_equal(plain.found.arch, "efficientnet_b0 (timm)");
    assert_contains(plain.notes, "say --arch tf_efficientnet_b0 for them");
    assert_null(strstr(named.notes, "ported"));
    double worst = 0; /* in the first gate, where rounding does 1e-7 */
    for (int c = 0; c < plain.blocks.items[0].channels; c++)
        worst = fmax(worst, fabs((double)(plain.answer.gates[0][c] -
                                          named.answer.gates[0][c])));
    assert_true(worst > 1e-5);
    outcome_release(&named);
    outcome_release(&plain);
    struct ses_error err;
    outcome_refuse(golden, "tf_efficientnet_b1", SES_EUSAGE, &err);
    SAYS("those of tf_efficientnet_b0 (timm), not of 'tf_efficientnet_b1'");
    golden_free(golden);
}

/* Training loops save the name beside the weights. */
static void a_file_may_name_itself_a_port(void **test)
{
    struct golden *golden = golden_read("timm-tf_efficientnet_b0");
    struct ses_state *state = golden_state(golden);
    float *picture = golden_picture(golden);
    struct outcome outcome;
    state->arch = strdup("tf_efficientnet_b0");
    assert_non_null(state->arch);
    outcome_run(state, NULL, golden->h, golden->w, picture, &outcome);
    answer_compare(&outcome.answer, golden, &outcome.blocks);
    assert_string_equal(outcome.found.arch, golden->arch);
    assert_contains(outcome.notes, "the file calls itself "
                                   "'tf_efficientnet_b0'");
    free(picture);
    outcome_release(&outcome);
    golden_free(golden);
}

static void gates_that_are_never_called_are_said(void **test)
{
    struct golden *golden = golden_read("se_inception_v3");
    struct outcome outcome;
    outcome_run_golden(golden, NULL, &outcome);
    assert_int_equal(outcome.blocks.count, 0);
    assert_contains(outcome.notes, "has 11 SE layers, which the published "
                                   "forward never calls");
    assert_contains(outcome.notes, "--arch se_inception_v3_applied");
    outcome_release(&outcome);
    golden_drop(golden, "", ".SELayer.");
    outcome_run_golden(golden, NULL, &outcome);
    assert_string_equal(outcome.found.arch, "inception_v3 (torchvision)");
    assert_null(strstr(outcome.notes, "SE layers"));
    outcome_release(&outcome);
    golden_free(golden);
}

static void gates_elsewhere_in_residual_units_have_to_be_named(void **test)
{
    struct golden *golden = golden_read("senet-se_resnet20_pre");
    struct ses_error err;
    outcome_refuse(golden, NULL, SES_EUSAGE, &err);
    SAYS("the gate of 'layer2.0' scales the 16 channels that the unit takes, "
         "not the 32 that its branch gives");
    SAYS("--arch with a name that ends in _pre");
    golden_free(golden);
}

/* ---- rules -------------------------------------------------------------- */

/* Widths are anybody's; strides and non-linearities are the family's. */
static void unpublished_sizes_follow_the_rule(void **test)
{
    struct golden *golden = golden_read("timm-efficientnet-narrow");
    struct outcome outcome;
    outcome_run_golden(golden, NULL, &outcome);
    assert_contains(outcome.notes, "no published size of EfficientNet");
    assert_int_equal(outcome.blocks.items[0].height, 32);
    assert_int_equal(outcome.blocks.items[outcome.blocks.count - 1].height, 2);
    outcome_release(&outcome);
    golden_free(golden);
}

/* Make a unit's depthwise kernel one of 7 x 7. */
static void widen(struct golden *golden, const char *name)
{
    struct golden_tensor *tensor = golden_find(golden, name);
    tensor->shape[2] = tensor->shape[3] = 7;
}

static void other_rules_have_to_be_named(void **test)
{
    struct golden *golden = golden_read("timm-efficientnet-narrow");
    struct ses_error err;
    struct outcome outcome;
    widen(golden, "blocks.2.0.conv_dw.weight");
    outcome_refuse(golden, NULL, SES_EUSAGE, &err);
    SAYS("'blocks.2.0' has a depthwise convolution of 7x7 with a gate, where "
         "EfficientNet has a depthwise convolution of 5x5 with a gate");
    SAYS("--arch efficientnet");
    outcome_refuse(golden, "efficientnet_b0", SES_EUSAGE, &err);
    outcome_run_golden(golden, "efficientnet", &outcome);
    assert_string_equal(outcome.found.arch, "efficientnet (timm)");
    assert_contains(outcome.notes, "'blocks.2.0' is not as published");
    outcome_release(&outcome);
    golden_free(golden);

    golden = golden_read("tv-mobilenet_v3_small");
    widen(golden, "features.5.block.1.0.weight");
    outcome_refuse(golden, NULL, SES_EUSAGE, &err);
    SAYS("'features.5' has a 7x7 convolution with a gate, where MobileNetV3 "
         "small has a 5x5 convolution with a gate");
    SAYS("'mobilenet_v3_small'");
    outcome_run_golden(golden, "mobilenet_v3_small", &outcome);
    assert_contains(outcome.notes, "'features.5' is not as published");
    outcome_release(&outcome);
    outcome_refuse(golden, "mobilenet_v3_large", SES_EUSAGE, &err);
    SAYS("11 inverted residual units are not MobileNetV3 large's");
    golden_free(golden);
}

static void networks_of_other_stages_are_refused(void **test)
{
    struct golden *golden = golden_read("timm-efficientnet-narrow");
    struct ses_error err;
    golden_drop(golden, "blocks.6.", "");
    golden_drop(golden, "blocks.5.", "");
    outcome_refuse(golden, NULL, SES_EUSAGE, &err);
    SAYS("5 stages of inverted residual units, where EfficientNet has 6 or 7");
    golden_free(golden);
    golden = golden_read("timm-mobilenetv3_small_050");
    golden_drop(golden, "blocks.3.0.se", "");
    outcome_refuse(golden, NULL, SES_EUSAGE, &err);
    SAYS("'blocks.3.0' has a 5x5 convolution without a gate, where "
         "MobileNetV3 small has a 5x5 convolution with a gate");
    golden_free(golden);
}

/* Ports put the gate after the projection, with names as plausible. */
static void gates_after_the_projection_are_refused(void **test)
{
    struct golden *golden = golden_read("li-mobilenetv3_small");
    struct ses_error err;
    static const char *const parts[] = { "0.weight", "0.bias", "2.weight",
                                         "2.bias" };
    for (size_t i = 0; i < 4; i++) {
        char from[64], to[64];
        snprintf(from, sizeof from, "features.5.conv.5.fc.%s", parts[i]);
        snprintf(to, sizeof to, "features.5.conv.9.fc.%s", parts[i]);
        golden_rename(golden, from, to);
    }
    outcome_refuse(golden, NULL, SES_EUNSUPPORTED, &err);
    SAYS("'features.5' has a gate at 'conv.9', where mobilenetv3.pytorch has "
         "it at 'conv.5'");
    golden_free(golden);
}

static void norms_inside_a_gate_are_not_left_out(void **test)
{
    struct golden *golden = golden_read("tv-mobilenet_v3_small");
    struct ses_state *state = golden_state(golden);
    struct ses_error err = { 0 };
    size_t shape[] = { 24 };
    float ones[24] = { 0 };
    OK(ses_state_add(state, "features.4.block.2.bn1.weight", 1, shape, ones,
                     &err));
    struct ses_graph *graph = ses_graph_new(&err);
    struct ses_family_result found;
    OK(ses_family_build(state, NULL, graph, &found, &err));
    assert_int_equal(ses_state_check_surplus(state, &err), SES_ESHAPE);
    SAYS("features.4.block.2.bn1.weight");
    ses_graph_free(graph);
    ses_state_free(state);
    golden_free(golden);
}

/* ---- damage ------------------------------------------------------------- */

/* The head may be missing; nothing else. */
static bool may_be_missing(const char *name)
{
    return !strncmp(name, "classifier", 10) || !strncmp(name, "fc.", 3) ||
           !strncmp(name, "head.fc.", 8) || strstr(name, "SELayer") ||
           !strncmp(name, "AuxLogits.", 10);
}

/* A network, and the family that it is asked to be. */
struct member {
    const char *name, *family;
};

/* Whichever tensor is missing, the error names it. */
static void no_tensor_may_be_missing(void **test)
{
    const struct member *member = *test;
    struct golden *golden = golden_read(member->name);
    for (size_t i = 0; i < golden->n_tensors; i++) {
        struct golden_tensor *tensor = &golden->tensors[i];
        char kept[sizeof tensor->name];
        memcpy(kept, tensor->name, sizeof kept);
        if (may_be_missing(kept))
            continue;
        golden_rename(golden, kept, "elsewhere");
        struct ses_error err;
        outcome_refuse(golden, member->family, SES_ENOTFOUND, &err);
        SAYS(kept);
        golden_rename(golden, "elsewhere", kept);
    }
    golden_free(golden);
}

static void shapes_are_checked(void **test)
{
    struct golden *golden = golden_read("timm-efficientnet-narrow");
    struct ses_error err;
    struct golden_tensor *tensor =
        golden_find(golden, "blocks.1.0.conv_dw.weight");
    tensor->shape[2] = tensor->shape[3] = 4;
    outcome_refuse(golden, "efficientnet", SES_ESHAPE, &err);
    SAYS("'blocks.1.0.conv_dw.weight' has a kernel of 4x4, expected odd sides");
    tensor->shape[2] = tensor->shape[3] = 3;
    golden_find(golden, "blocks.1.0.se.conv_expand.weight")->shape[0] = 40;
    outcome_refuse(golden, NULL, SES_ESHAPE, &err);
    SAYS("'blocks.1.0.se.conv_expand.weight' is 40x2x1x1, expected 48x2x1x1");
    golden_free(golden);
    golden = golden_read("eca_resnet18");
    golden_find(golden, "layer1.0.eca.conv.weight")->shape[2] = 2;
    outcome_refuse(golden, NULL, SES_ESHAPE, &err);
    SAYS("'layer1.0.eca.conv.weight' has a kernel of 2, expected an odd one");
    golden_free(golden);
}

/* Change a tensor's name or shape. */
static void damage(struct golden *golden, struct ses_random *random)
{
    static const size_t sides[] = { 1, 2, 3, 5, 8, 16, 24 };
    size_t at = ses_random_below(random, golden->n_tensors);
    struct golden_tensor *tensor = &golden->tensors[at];
    if (ses_random_below(random, 4) == 0)
        tensor->name[ses_random_below(random, strlen(tensor->name))] = '~';
    if (ses_random_below(random, 4) == 0)
        tensor->rank = (int)ses_random_below(random, 5);
    for (int i = 0; i < tensor->rank; i++)
        if (!tensor->shape[i] || ses_random_below(random, 2) == 0)
            tensor->shape[i] = sides[ses_random_below(random, 7)];
}

/* Whatever the names and shapes, an error or a network comes of them. */
static void damaged_files_are_errors(void **test)
{
    static const struct member members[] = {
        { "timm-efficientnet-narrow", "efficientnet" },
        { "tv-efficientnet-narrow", "efficientnet" },
        { "tv-regnet-narrow", NULL },
        { "timm-mobilenetv3_small_050", "mobilenetv3_small" },
        { "li-mobilenetv3_small", NULL },
        { "tv-mobilenet_v3_small-half", "mobilenet_v3_small" },
        { "senet-se_resnet20_identity", "se_resnet20_identity" },
    };
    struct ses_random random;
    ses_random_seed(&random, 7);
    size_t failed = 0, tried = 0;
    for (int n = 0; n < 140; n++) {
        const struct member *member = &members[n % 7];
        struct golden *golden = golden_read(member->name);
        for (size_t i = ses_random_below(&random, 4) + 1; i > 0; i--)
            damage(golden, &random);
        struct ses_state *state = golden_state_of_zeros(golden);
        struct ses_error err = { 0 };
        struct ses_graph *graph = ses_graph_new(&err);
        struct ses_family_result found;
        enum ses_status status =
            ses_family_build(state, member->family, graph, &found, &err);
        if (!status)
            status = ses_graph_infer(graph, 64, 64, &err);
        assert_true(!status || err.message[0]);
        failed += status != SES_OK;
        tried++;
        ses_graph_free(graph);
        ses_state_free(state);
        golden_free(golden);
    }
    assert_true(failed > tried / 2);
}

/* ---- pictures ----------------------------------------------------------- */

static void pictures_are_those_of_the_member(void **test)
{
    static const struct {
        const char *name, *arch;
        int resize, input;
        enum ses_filter filter;
        bool half;
    } cases[] = {
        { "tv-mobilenet_v3_small", NULL, 256, 224, SES_FILTER_BILINEAR, false },
        { "tv-mobilenet_v3_large", NULL, 232, 224, SES_FILTER_BILINEAR, false },
        { "tv-efficientnet_b0", NULL, 256, 224, SES_FILTER_BICUBIC, false },
        { "tv-efficientnet_b5", NULL, 456, 456, SES_FILTER_BICUBIC, false },
        { "tv-efficientnet_v2_s", NULL, 384, 384, SES_FILTER_BILINEAR, false },
        { "tv-regnet_y_400mf", NULL, 232, 224, SES_FILTER_BILINEAR, false },
        { "timm-efficientnet_b0", NULL, 256, 224, SES_FILTER_BICUBIC, false },
        { "timm-efficientnetv2_rw_s", NULL, 288, 288, SES_FILTER_BICUBIC,
          false },
        { "timm-tf_efficientnetv2_b0", "tf_efficientnetv2_b0", 219, 192,
          SES_FILTER_BICUBIC, false },
        { "timm-tf_mobilenetv3_small_075", "tf_mobilenetv3_small_075", 256,
          224, SES_FILTER_BILINEAR, true },
        { "timm-regnety_002", NULL, 256, 224, SES_FILTER_BICUBIC, false },
        { "timm-ghostnet_100", NULL, 256, 224, SES_FILTER_BICUBIC, false },
        { "li-mobilenetv3_small", NULL, 256, 224, SES_FILTER_BILINEAR, false },
        { "se_inception_v3", NULL, 299, 299, SES_FILTER_BILINEAR, false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_preprocess p =
            outcome_look(cases[i].name, cases[i].arch).preprocess;
        assert_int_equal(p.resize, cases[i].resize);
        assert_int_equal(p.crop_h, cases[i].input);
        assert_int_equal(p.input_w, cases[i].input);
        assert_int_equal(p.filter, cases[i].filter);
        assert_true(p.mean[0] == (cases[i].half ? 0.5 : 0.485));
    }
}

#define NETWORK(name)                                                          \
    {                                                                          \
        name, network_agrees_with_pytorch, NULL, NULL, (void *)(uintptr_t)name \
    }
#define MISSING(name, family)                                                  \
    {                                                                          \
        "no tensor may be missing: " name, no_tensor_may_be_missing, NULL,     \
            NULL, &(struct member){ name, family }                             \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        NETWORK("tv-mobilenet_v3_small"),
        NETWORK("tv-mobilenet_v3_small-half"),
        NETWORK("tv-efficientnet-narrow"),
        NETWORK("tv-regnet-narrow"),
        NETWORK("timm-mobilenetv3_small_050"),
        NETWORK("timm-tf_mobilenetv3_small_075"),
        NETWORK("timm-efficientnet-narrow"),
        NETWORK("timm-tf_efficientnet_b0"),
        NETWORK("timm-tf_efficientnetv2_b0"),
        NETWORK("timm-regnety_002"),
        NETWORK("timm-ghostnet_100"),
        NETWORK("li-mobilenetv3_small"),
        NETWORK("eca_resnet18"),
#ifndef __SANITIZE_ADDRESS__ /* too slow with it */
        NETWORK("tv-mobilenet_v3_large"),
        NETWORK("tv-efficientnet_b0"),
        NETWORK("tv-efficientnet_b5"),
        NETWORK("tv-efficientnet_v2_s"),
        NETWORK("tv-regnet_y_400mf"),
        NETWORK("timm-mobilenetv3_large_100"),
        NETWORK("timm-mobilenetv3_rw"),
        NETWORK("timm-tf_mobilenetv3_large_minimal_100"),
        NETWORK("timm-efficientnet_b0"),
        NETWORK("timm-efficientnet_lite0"),
        NETWORK("timm-efficientnetv2_rw_s"),
        NETWORK("timm-ecaresnet50d"),
        NETWORK("timm-ecaresnetlight"),
        NETWORK("li-mobilenetv3_large"),
        NETWORK("se_inception_v3"),
        NETWORK("se_inception_v3_applied"),
#endif
        cmocka_unit_test(members_have_their_number_of_gates),
        cmocka_unit_test(widths_of_gates_are_read),
        cmocka_unit_test(odd_gates_alone_are_no_other_member),
        cmocka_unit_test(gates_stand_where_the_family_has_them),
        cmocka_unit_test(ports_from_tensorflow_have_to_be_named),
        cmocka_unit_test(a_file_may_name_itself_a_port),
        cmocka_unit_test(gates_that_are_never_called_are_said),
        cmocka_unit_test(gates_elsewhere_in_residual_units_have_to_be_named),
        cmocka_unit_test(unpublished_sizes_follow_the_rule),
        cmocka_unit_test(other_rules_have_to_be_named),
        cmocka_unit_test(networks_of_other_stages_are_refused),
        cmocka_unit_test(gates_after_the_projection_are_refused),
        cmocka_unit_test(norms_inside_a_gate_are_not_left_out),
        MISSING("timm-efficientnet-narrow", "timm_efficientnet"),
        MISSING("tv-efficientnet-narrow", "torchvision_efficientnet"),
        MISSING("tv-regnet-narrow", "torchvision_regnet"),
        MISSING("timm-mobilenetv3_small_050", "timm_mobilenetv3"),
        MISSING("tv-mobilenet_v3_small-half", "torchvision_mobilenetv3"),
#ifndef __SANITIZE_ADDRESS__
        MISSING("li-mobilenetv3_small", "mobilenetv3.pytorch"),
        MISSING("eca_resnet18", "senet.pytorch"),
        MISSING("timm-ghostnet_100", "ghostnet"),
        MISSING("se_inception_v3", "inception"),
#endif
        cmocka_unit_test(shapes_are_checked),
        cmocka_unit_test(damaged_files_are_errors),
        cmocka_unit_test(pictures_are_those_of_the_member),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
