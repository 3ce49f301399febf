/* core/graph/blocks: what is an SE block, what is not, and their names. */
#include <stdlib.h>

#include "core/graph/blocks.h"
#include "core/graph/passes.h"
#include "tests/support/check.h"

static struct ses_tensor *zeros(size_t o, size_t i, size_t k)
{
    size_t shape[4] = { o, i, k, k };
    return ses_tensor_new(4, shape);
}

static int conv(struct ses_graph *graph, const char *name, int x, size_t in,
                size_t out, int k, int stride)
{
    return ses_graph_conv(graph, name, x, ses_window(k, stride, k / 2), 1,
                          zeros(out, in, (size_t)k), NULL);
}

/* mean -> conv -> relu -> conv -> gate */
static int gate(struct ses_graph *graph, int x, size_t c, size_t r,
                enum ses_activation activation)
{
    x = ses_graph_unary(graph, "pool", x, SES_OP_GLOBAL_MEAN);
    x = conv(graph, "fc1", x, c, r, 1, 1);
    x = ses_graph_activation(graph, "relu", x, SES_ACT_RELU, 0, 0);
    x = conv(graph, "fc2", x, r, c, 1, 1);
    return ses_graph_activation(graph, "gate", x, activation, 0, 0);
}

static struct ses_blocks find(struct ses_graph *graph, int output, int h,
                              int w)
{
    struct ses_error err = { 0 };
    struct ses_blocks blocks;
    assert_int_equal(ses_graph_finish(graph, output, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, h, w, &err), SES_OK);
    assert_int_equal(ses_blocks_find(graph, &blocks, &err), SES_OK);
    return blocks;
}

static void a_gate_of_its_own_squeeze_is_a_block(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 16);
    int g = gate(graph, x, 16, 4, SES_ACT_SIGMOID);
    int y = ses_graph_multiply(graph, "block.se", x, g);
    struct ses_blocks blocks = find(graph, y, 12, 20);
    assert_int_equal(blocks.count, 1);
    const struct ses_block *block = &blocks.items[0];
    assert_string_equal(block->source, "block.se");
    assert_string_equal(block->name, "block.se");
    assert_int_equal(block->stage, -1);
    assert_int_equal(block->channels, 16);
    assert_int_equal(block->reduced, 4);
    assert_int_equal(block->height, 12);
    assert_int_equal(block->width, 20);
    assert_int_equal(block->gate, g);
    assert_int_equal(block->scaled, y);
    assert_string_equal(graph->values[block->squeeze].name, "pool");
    assert_string_equal(graph->values[block->bottleneck].name, "relu");
    assert_int_equal(block->activation, SES_ACT_SIGMOID);
    assert_int_equal(block->squeezed_by, SES_SQUEEZE_MEAN);
    assert_int_equal(block->parameters, 2 * 16 * 4);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

static void the_sides_may_be_swapped(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8);
    int g = gate(graph, x, 8, 2, SES_ACT_HARD_SIGMOID);
    int y = ses_graph_multiply(graph, "se", g, x);
    struct ses_blocks blocks = find(graph, y, 4, 4);
    assert_int_equal(blocks.count, 1);
    assert_int_equal(blocks.items[0].gate, g);
    assert_int_equal(blocks.items[0].activation, SES_ACT_HARD_SIGMOID);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

static void x_times_its_sigmoid_is_no_block(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8);
    x = ses_graph_unary(graph, "pool", x, SES_OP_GLOBAL_MEAN);
    x = conv(graph, "fc", x, 8, 8, 1, 1);
    int s = ses_graph_activation(graph, "s", x, SES_ACT_SIGMOID, 0, 0);
    int y = ses_graph_multiply(graph, "swish", x, s);
    struct ses_blocks blocks = find(graph, y, 4, 4);
    assert_int_equal(blocks.count, 0);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

static void the_squeeze_of_another_map_is_no_block(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8);
    int other = conv(graph, "other", x, 8, 8, 3, 1);
    int g = gate(graph, other, 8, 2, SES_ACT_SIGMOID);
    int y = ses_graph_multiply(graph, "mul", x, g);
    struct ses_blocks blocks = find(graph, y, 4, 4);
    assert_int_equal(blocks.count, 0);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

static void an_unbounded_gate_is_no_block(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8);
    int g = gate(graph, x, 8, 2, SES_ACT_SOFTPLUS);
    int y = ses_graph_multiply(graph, "mul", x, g);
    struct ses_blocks blocks = find(graph, y, 4, 4);
    assert_int_equal(blocks.count, 0);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

static void the_last_of_two_sigmoids_is_the_gate(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8);
    int g = gate(graph, x, 8, 2, SES_ACT_SIGMOID);
    int twice = ses_graph_activation(graph, "twice", g, SES_ACT_SIGMOID, 0,
                                     0);
    int y = ses_graph_multiply(graph, "mul", x, twice);
    struct ses_blocks blocks = find(graph, y, 4, 4);
    assert_int_equal(blocks.count, 1);
    assert_int_equal(blocks.items[0].gate, twice);
    assert_int_equal(blocks.items[0].reduced, 2);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

static void a_single_layer_gate_has_no_bottleneck(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8);
    int g = ses_graph_unary(graph, "pool", x, SES_OP_GLOBAL_MAX);
    g = conv(graph, "fc", g, 8, 8, 1, 1);
    g = ses_graph_activation(graph, "gate", g, SES_ACT_SIGMOID, 0, 0);
    int y = ses_graph_multiply(graph, "mul", x, g);
    struct ses_blocks blocks = find(graph, y, 4, 4);
    assert_int_equal(blocks.count, 1);
    assert_int_equal(blocks.items[0].bottleneck, -1);
    assert_int_equal(blocks.items[0].reduced, 0);
    assert_int_equal(blocks.items[0].squeezed_by, SES_SQUEEZE_MAX);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

/* Where the gate stands in a residual unit (Hu et al., section 6.5), and what
 * else may stand there. */
enum placement {
    STANDARD,
    PRE,
    INSIDE,
    POST,
    ON_SHORTCUT,
    PRE_ACTIVATION, /* before the first convolution, norms in front */
    TWO_BRANCHES,   /* the gate has a sum of its own */
    WITH_BIASES,    /* sums of constants, beside and inside the gate */
    PLACEMENTS
};

static int bias(struct ses_graph *graph, int x, size_t c)
{
    size_t shape[3] = { 1, 1, c };
    return ses_graph_add(
        graph, "bias", x,
        ses_graph_constant(graph, "b", ses_tensor_new(3, shape)));
}

static int excite(struct ses_graph *graph, int x, size_t c)
{
    return ses_graph_multiply(graph, "se", x,
                              gate(graph, x, c, 2, SES_ACT_SIGMOID));
}

/* Mean and maximum, as CBAM has them. */
static int excite_twice(struct ses_graph *graph, int x, size_t c)
{
    int a = conv(graph, "fc", ses_graph_unary(graph, "avg", x,
                                              SES_OP_GLOBAL_MEAN),
                 c, c, 1, 1);
    int b = conv(graph, "fc", ses_graph_unary(graph, "max", x,
                                              SES_OP_GLOBAL_MAX),
                 c, c, 1, 1);
    int g = ses_graph_add(graph, "both", a, b);
    g = ses_graph_activation(graph, "gate", g, SES_ACT_SIGMOID, 0, 0);
    return ses_graph_multiply(graph, "se", x, g);
}

static int excite_with_bias(struct ses_graph *graph, int x, size_t c)
{
    int g = ses_graph_unary(graph, "pool", x, SES_OP_GLOBAL_MEAN);
    g = bias(graph, conv(graph, "fc", g, c, c, 1, 1), c);
    g = ses_graph_activation(graph, "gate", g, SES_ACT_SIGMOID, 0, 0);
    return ses_graph_multiply(graph, "se", x, g);
}

static int unit(struct ses_graph *graph, int x, size_t in, size_t out,
                int stride, enum placement placement)
{
    int shortcut = x;
    if (in != out || stride != 1)
        shortcut = conv(graph, "down", x, in, out, 1, stride);
    if (placement == ON_SHORTCUT)
        shortcut = excite(graph, shortcut, out);
    int y = x;
    if (placement == PRE_ACTIVATION)
        y = ses_graph_activation(graph, "relu", y, SES_ACT_RELU, 0, 0);
    if (placement == PRE || placement == PRE_ACTIVATION)
        y = excite(graph, y, in);
    y = conv(graph, "conv1", y, in, out, 3, stride);
    if (placement == INSIDE)
        y = conv(graph, "conv2", excite(graph, y, out), out, out, 1, 1);
    if (placement == STANDARD)
        y = excite(graph, y, out);
    if (placement == TWO_BRANCHES)
        y = excite_twice(graph, y, out);
    if (placement == WITH_BIASES)
        y = excite_with_bias(graph, bias(graph, y, out), out);
    y = ses_graph_add(graph, "sum", y, shortcut);
    if (placement == POST)
        y = excite(graph, y, out);
    if (placement == PRE_ACTIVATION)
        return y;
    return ses_graph_activation(graph, "relu", y, SES_ACT_RELU, 0, 0);
}

static void names_follow_stage_and_unit(void **state)
{
    static const char *const names[] = { "SE_2_1", "SE_2_2", "SE_3_1",
                                         "SE_4_1", "SE_4_2", "SE_4_3" };
    for (int n = 0; n < 2 * PLACEMENTS; n++) {
        enum placement p = (enum placement)(n / 2);
        int side = n & 1 ? 4 : 16; /* the last stage of 8 x 8, or 1 x 1 */
        struct ses_error err = { 0 };
        struct ses_graph *graph = ses_graph_new(&err);
        int x = ses_graph_input(graph, "input", 3);
        x = conv(graph, "stem", x, 3, 8, 3, side == 4 ? 2 : 1);
        x = unit(graph, x, 8, 8, 1, p);
        x = unit(graph, x, 8, 8, 1, p);
        x = unit(graph, x, 8, 8, 2, p);  /* resolution */
        x = unit(graph, x, 8, 16, 1, p); /* width */
        x = unit(graph, x, 16, 16, 1, p);
        x = unit(graph, x, 16, 16, 1, p);
        x = ses_graph_unary(graph, "head", x, SES_OP_GLOBAL_MEAN);
        x = bias(graph, x, 16);
        x = ses_graph_add(graph, "twice", x, x); /* behind the last mean */
        struct ses_blocks blocks = find(graph, x, side, side);
        assert_int_equal(blocks.count, 6);
        for (size_t i = 0; i < 6; i++)
            assert_string_equal(blocks.items[i].name, names[i]);
        size_t last[6];
        assert_int_equal(ses_blocks_last_of_stage(&blocks, last), 3);
        assert_int_equal(last[0], 1);
        assert_int_equal(last[1], 2);
        assert_int_equal(last[2], 5);
        ses_blocks_release(&blocks);
        ses_graph_free(graph);
    }
}

static void a_unit_without_a_block_leaves_paths_as_names(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8);
    x = unit(graph, x, 8, 8, 1, STANDARD);
    x = ses_graph_add(graph, "plain", conv(graph, "c", x, 8, 8, 3, 1), x);
    x = unit(graph, x, 8, 8, 2, STANDARD);
    struct ses_blocks blocks = find(graph, x, 16, 16);
    assert_int_equal(blocks.count, 2);
    assert_string_equal(blocks.items[0].name, "se");
    assert_int_equal(blocks.items[1].stage, -1);
    size_t last[2];
    assert_int_equal(ses_blocks_last_of_stage(&blocks, last), 2);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

static void passes_keep_what_a_block_points_to(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8);
    x = unit(graph, x, 8, 8, 1, STANDARD);
    struct ses_blocks blocks = find(graph, x, 8, 8);
    const struct ses_block *block = &blocks.items[0];
    assert_int_equal(ses_fold_batch_norm(graph, &err), SES_OK);
    assert_int_equal(ses_fuse_activation(graph, &err), SES_OK);
    int taps[] = { block->squeeze, block->bottleneck, block->gate,
                   block->scaled };
    for (size_t i = 0; i < 4; i++) {
        int producer = graph->values[taps[i]].producer;
        assert_true(producer >= 0);
        assert_int_equal(graph->nodes[producer].output, taps[i]);
    }
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_gate_of_its_own_squeeze_is_a_block),
        cmocka_unit_test(the_sides_may_be_swapped),
        cmocka_unit_test(x_times_its_sigmoid_is_no_block),
        cmocka_unit_test(the_squeeze_of_another_map_is_no_block),
        cmocka_unit_test(an_unbounded_gate_is_no_block),
        cmocka_unit_test(the_last_of_two_sigmoids_is_the_gate),
        cmocka_unit_test(a_single_layer_gate_has_no_bottleneck),
        cmocka_unit_test(names_follow_stage_and_unit),
        cmocka_unit_test(a_unit_without_a_block_leaves_paths_as_names),
        cmocka_unit_test(passes_keep_what_a_block_points_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
