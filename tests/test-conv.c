/* core/ops convolution, in every way it is computed, against its definition.
 */
#include <math.h>
#include <string.h>

#include "core/engine/gemm.h"
#include "core/ops/conv.h"
#include "tests/support/check.h"
#include "tests/support/naive.h"
#include "tests/support/one-op.h"

static enum ses_conv_way way_of(const struct one_op *op)
{
    return ses_conv_plan(&op->node, &op->in[0], &op->out).way;
}

static void check(const struct one_op *op)
{
    const struct ses_node *node = &op->node;
    const struct ses_value *out = &op->out;
    /* Winograd's sums round by what the whole tile holds: a typical sum of
     * magnitudes, of numbers up to 1. */
    double tile = way_of(op) == SES_CONV_WINOGRAD
                      ? 9.0 / 4 * (double)op->in[0].c
                      : 0;
    size_t at = 0;
    for (int n = 0; n < op->batch; n++)
        for (int i = 0; i < out->h; i++)
            for (int j = 0; j < out->w; j++)
                for (int o = 0; o < out->c; o++, at++) {
                    const float *image =
                        op->x[0] + (size_t)n * image_floats(&op->in[0]);
                    struct naive_sum sum =
                        naive_conv(node, &op->in[0], image, i, j, o);
                    if (op->gated)
                        sum.sum *= (double)op->x[1][n * out->c + o];
                    if (op->added)
                        sum.sum += (double)op->x[2][at];
                    double alpha = (double)node->alpha;
                    if (node->slope)
                        alpha = (double)node->slope
                                    ->data[node->slope->count > 1 ? o : 0];
                    double expected =
                        naive_activation(node->activation, sum.sum, alpha,
                                         (double)node->beta);
                    double found = (double)op->y[at];
                    if (fabs(found - expected) <=
                        1e-6 * (1 + fmax(tile, sum.magnitude)))
                        continue;
                    one_op_print(op);
                    fail_msg("image %d, pixel %d, %d, channel %d is %.9g, "
                             "expected %.9g", n, i, j, o, found, expected);
                }
}

/* Run a node whose window, groups and input are set. False when the window
 * does not fit. */
static bool try_conv(struct one_op *op, struct ses_random *random,
                     int outputs, int ways[SES_CONV_WAYS])
{
    struct ses_window *window = &op->node.window;
    struct ses_error err = { 0 };
    op->node.op = SES_OP_CONV;
    op->node.n_inputs = 1;
    op->node.weight =
        random_weight(random, outputs, op->in[0].c / op->node.groups,
                      window->kernel_h, window->kernel_w);
    if (random_int(random, 0, 1))
        op->node.bias = random_vector(random, outputs);
    static const enum ses_activation activations[] = {
        SES_ACT_IDENTITY, SES_ACT_RELU, SES_ACT_SIGMOID, SES_ACT_PRELU
    };
    op->node.activation = activations[random_int(random, 0, 3)];
    if (op->node.activation == SES_ACT_PRELU)
        op->node.slope =
            random_vector(random, random_int(random, 0, 1) ? outputs : 1);
    bool fits = one_op_infer(op, &err) == SES_OK;
    if (fits) {
        op->gated = random_int(random, 0, 3) == 0;
        op->added = random_int(random, 0, 3) == 0;
        op->in[1] = (struct ses_value){ .h = 1, .w = 1, .c = outputs };
        op->in[2] = op->out;
        one_op_fill(op, random);
        one_op_run(op);
        check(op);
        one_op_check_batch(op);
        ways[way_of(op)]++;
    }
    one_op_release(op);
    return fits;
}

static struct ses_window random_window(struct ses_random *random)
{
    struct ses_window window = {
        .kernel_h = random_int(random, 1, 5),
        .kernel_w = random_int(random, 1, 5),
        .stride_h = random_int(random, 1, 3),
        .stride_w = random_int(random, 1, 3),
        .dilation_h = random_int(random, 1, 3),
        .dilation_w = random_int(random, 1, 3),
        .pad_top = random_int(random, 0, 3),
        .pad_left = random_int(random, 0, 3),
        .pad_bottom = random_int(random, 0, 3),
        .pad_right = random_int(random, 0, 3),
    };
    return window;
}

static void any_convolution_matches_its_definition(void **state)
{
    struct ses_random random;
    int ways[SES_CONV_WAYS] = { 0 }, ran = 0;
    ses_random_seed(&random, 1);
    for (int n = 0; n < 400; n++) {
        int groups = random_int(&random, 0, 1) ? 1 : random_int(&random, 2, 9);
        struct one_op op = {
            .batch = random_int(&random, 1, 3),
            .node = { .window = random_window(&random), .groups = groups },
            .in = { { .h = random_int(&random, 1, 11),
                      .w = random_int(&random, 1, 11),
                      .c = groups * random_int(&random, 1, 7) } },
        };
        ran += try_conv(&op, &random, groups * random_int(&random, 1, 7),
                        ways);
    }
    assert_true(ran > 250);
    assert_true(ways[SES_CONV_GEMM] > 50);
    assert_true(ways[SES_CONV_GEMM] + ways[SES_CONV_STRIPS] > 100);
}

static void winograd_matches_its_definition(void **state)
{
    struct ses_random random;
    int ways[SES_CONV_WAYS] = { 0 };
    ses_random_seed(&random, 2);
    for (int n = 0; n < 60; n++) {
        struct one_op op = {
            .batch = random_int(&random, 1, 2),
            .node = { .window = ses_window(3, 1, 1), .groups = 1 },
            .in = { { .h = random_int(&random, 2, 21),
                      .w = random_int(&random, 2, 21),
                      .c = random_int(&random, 16, 70) } },
        };
        op.node.window.pad_top = random_int(&random, 0, 3);
        op.node.window.pad_left = random_int(&random, 0, 3);
        op.node.window.pad_bottom = random_int(&random, 1, 3);
        op.node.window.pad_right = random_int(&random, 1, 3);
        assert_true(
            try_conv(&op, &random, random_int(&random, 16, 90), ways));
    }
    assert_true(ways[SES_CONV_WINOGRAD] > 50);
}

static void depthwise_matches_its_definition(void **state)
{
    struct ses_random random;
    int ways[SES_CONV_WAYS] = { 0 };
    ses_random_seed(&random, 3);
    for (int n = 0; n < 100; n++) {
        int channels = random_int(&random, 2, 70);
        struct one_op op = {
            .batch = random_int(&random, 1, 2),
            .node = { .window = random_window(&random), .groups = channels },
            .in = { { .h = random_int(&random, 1, 15),
                      .w = random_int(&random, 1, 15),
                      .c = channels } },
        };
        try_conv(&op, &random, channels, ways);
    }
    assert_true(ways[SES_CONV_DEPTHWISE] > 60);
}

static bool has_kernels(void)
{
    enum ses_gemm_by by = ses_gemm_chosen();
    return by == SES_GEMM_AVX2 || by == SES_GEMM_AVX512;
}

/* Groups of so many inputs and outputs, in square windows, on maps narrower
 * and wider than what is summed at a time, padded by other widths on every
 * side. */
static void check_groups(struct ses_random *random, int inputs, int outputs,
                         int kernel, int most, int ways[SES_CONV_WAYS])
{
    for (int n = 0; n < 16; n++) {
        int count = random_int(random, 2, most);
        struct one_op op = {
            .batch = random_int(random, 1, 2),
            .node = { .window = ses_window(kernel, random_int(random, 1, 2),
                                           0),
                      .groups = count },
            .in = { { .h = random_int(random, 1, 18),
                      .w = random_int(random, 1, 30),
                      .c = inputs * count } },
        };
        op.node.window.pad_top = random_int(random, 0, 3);
        op.node.window.pad_left = random_int(random, 0, 3);
        op.node.window.pad_bottom = random_int(random, 2, 5);
        op.node.window.pad_right = random_int(random, 2, 5);
        try_conv(&op, random, outputs * count, ways);
    }
}

/* Groups that share a vector of 16 or 8 lanes, with numbers of channels that
 * do not fill the last one. */
static void small_groups_match_their_definition(void **state)
{
    static const int groups[][3] = {
        { 1, 1, 3 }, { 1, 1, 5 }, { 1, 2, 3 }, { 2, 2, 3 },
        { 2, 4, 3 }, { 4, 4, 3 }, { 4, 8, 3 }, { 8, 8, 3 },
    };
    struct ses_random random;
    int ways[SES_CONV_WAYS] = { 0 };
    ses_random_seed(&random, 8);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        check_groups(&random, groups[i][0], groups[i][1], groups[i][2],
                     40 / groups[i][0], ways);
    if (has_kernels())
        assert_true(ways[SES_CONV_LANES] > 50);
}

/* Groups that fill vectors, or that nothing is made for. */
static void large_groups_match_their_definition(void **state)
{
    static const int groups[][3] = {
        { 8, 16, 3 },  { 16, 16, 3 }, { 16, 32, 3 }, { 32, 32, 3 },
        { 16, 16, 5 }, { 8, 8, 5 },   { 3, 5, 3 },   { 5, 3, 3 },
        { 7, 18, 3 },  { 8, 4, 3 },   { 2, 4, 4 },   { 40, 40, 1 },
    };
    struct ses_random random;
    int ways[SES_CONV_WAYS] = { 0 };
    ses_random_seed(&random, 9);
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        check_groups(&random, groups[i][0], groups[i][1], groups[i][2], 4,
                     ways);
    if (has_kernels())
        assert_true(ways[SES_CONV_STRIPS] > 150);
}

/* Fully connected layers: on vectors, and over a whole map. */
static void vectors_match_their_definition(void **state)
{
    struct ses_random random;
    int ways[SES_CONV_WAYS] = { 0 };
    ses_random_seed(&random, 4);
    for (int n = 0; n < 100; n++) {
        int h = random_int(&random, 1, 4), w = random_int(&random, 1, 4);
        struct ses_window window = ses_window(1, 1, 0);
        window.kernel_h = h;
        window.kernel_w = w;
        struct one_op op = {
            .batch = random_int(&random, 1, 4),
            .node = { .window = window, .groups = 1 },
            .in = { { .h = h, .w = w, .c = random_int(&random, 1, 70) } },
        };
        assert_true(
            try_conv(&op, &random, random_int(&random, 1, 100), ways));
    }
    assert_int_equal(ways[SES_CONV_VECTOR], 100);
}

/* The layers of the networks in the paper, with fewer pixels: many channels,
 * groups that are merged, row blocks that do not divide. */
static void layers_of_real_networks_match(void **state)
{
    static const struct {
        int size, inputs, outputs, kernel, stride, pad, groups;
    } layers[] = {
        { 37, 3, 64, 7, 2, 3, 1 },     { 19, 64, 256, 1, 1, 0, 1 },
        { 15, 256, 130, 1, 2, 0, 1 },  { 9, 512, 64, 3, 2, 1, 1 },
        { 11, 128, 128, 3, 1, 1, 32 }, { 11, 256, 256, 3, 2, 1, 32 },
        { 7, 512, 512, 3, 1, 1, 32 },  { 5, 256, 256, 3, 1, 1, 64 },
        { 7, 64, 128, 3, 1, 1, 32 },   { 30, 1, 8, 5, 1, 2, 1 },
        { 7, 300, 70, 1, 1, 0, 1 },    { 6, 520, 66, 1, 1, 0, 2 },
        { 7, 24, 24, 3, 1, 1, 4 },     { 7, 32, 48, 3, 1, 1, 2 },
        { 3, 134, 67, 1, 1, 0, 67 },   { 3, 146, 146, 3, 1, 1, 73 },
        { 14, 128, 256, 3, 1, 1, 64 }, { 12, 256, 512, 3, 2, 1, 64 },
        { 9, 512, 1024, 3, 1, 1, 64 }, { 7, 1024, 2048, 3, 2, 1, 64 },
        { 9, 520, 70, 3, 2, 1, 1 },    { 14, 1024, 40, 3, 2, 1, 1 },
    };
    struct ses_random random;
    int ways[SES_CONV_WAYS] = { 0 };
    ses_random_seed(&random, 5);
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        struct one_op op = {
            .batch = 2,
            .node = { .window = ses_window(layers[i].kernel, layers[i].stride,
                                           layers[i].pad),
                      .groups = layers[i].groups },
            .in = { { .h = layers[i].size,
                      .w = layers[i].size + 2,
                      .c = layers[i].inputs } },
        };
        assert_true(try_conv(&op, &random, layers[i].outputs, ways));
    }
}

static void a_wrong_number_of_channels_is_refused(void **state)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 6);
    struct one_op op = {
        .node = { .op = SES_OP_CONV,
                  .window = ses_window(1, 1, 0),
                  .groups = 2,
                  .weight = random_weight(&random, 4, 3, 1, 1) },
        .in = { { .h = 2, .w = 2, .c = 5 } },
    };
    assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
    assert_string_equal(err.message, "input has 5 channels, expected 6");
    one_op_release(&op);
}

static void a_window_that_does_not_fit_is_refused(void **state)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 7);
    struct one_op op = {
        .node = { .op = SES_OP_CONV,
                  .window = ses_window(3, 1, 0),
                  .groups = 1,
                  .weight = random_weight(&random, 4, 3, 3, 3) },
        .in = { { .h = 2, .w = 9, .c = 3 } },
    };
    assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
    assert_non_null(strstr(err.message, "does not fit on a map of 2x9"));
    op.node.window.stride_h = 0;
    assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
    assert_non_null(strstr(err.message, "is out of range"));
    one_op_release(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_convolution_matches_its_definition),
        cmocka_unit_test(winograd_matches_its_definition),
        cmocka_unit_test(depthwise_matches_its_definition),
        cmocka_unit_test(small_groups_match_their_definition),
        cmocka_unit_test(large_groups_match_their_definition),
        cmocka_unit_test(vectors_match_their_definition),
        cmocka_unit_test(layers_of_real_networks_match),
        cmocka_unit_test(a_wrong_number_of_channels_is_refused),
        cmocka_unit_test(a_window_that_does_not_fit_is_refused),
    };
    static const enum ses_gemm_by kernels[] = { SES_GEMM_BLAS, SES_GEMM_AVX2,
                                                SES_GEMM_AVX512,
                                                SES_GEMM_NEON };
    int failed = 0;
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (ses_gemm_choose(kernels[i]))
            failed += cmocka_run_group_tests(tests, NULL, NULL);
    return failed;
}
