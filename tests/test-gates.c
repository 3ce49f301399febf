/* core/graph/gate: which layers between a map and what multiplies it make an
 * SE block, and which do not. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/graph/blocks.h"
#include "core/graph/passes.h"
#include "tests/support/check.h"

enum { C = 8 };

static struct ses_tensor *filled(int rank, const size_t *shape, float number)
{
    struct ses_tensor *tensor = ses_tensor_new(rank, shape);
    for (size_t i = 0; i < tensor->count; i++)
        tensor->data[i] = number;
    return tensor;
}

static int conv(struct ses_graph *graph, const char *name, int x, size_t in,
                size_t out)
{
    size_t shape[4] = { out, in, 1, 1 };
    return ses_graph_conv(graph, name, x, ses_window(1, 1, 0), 1,
                          filled(4, shape, 0.5F), NULL);
}

static int act(struct ses_graph *graph, int x, enum ses_activation activation,
               double alpha, double beta)
{
    return ses_graph_activation(graph, ses_activation_name(activation), x,
                                activation, (float)alpha, (float)beta);
}

/* A factor or an offset a channel, as files give them apart. */
static int affine(struct ses_graph *graph, int x, size_t c, bool offset)
{
    return ses_graph_batch_norm(
        graph, "affine", x, offset ? NULL : filled(1, &c, 2),
        offset ? filled(1, &c, 2) : NULL, filled(1, &c, 0), filled(1, &c, 1),
        0);
}

static int mean(struct ses_graph *graph, int x)
{
    return ses_graph_unary(graph, "mean", x, SES_OP_GLOBAL_MEAN);
}

static int max(struct ses_graph *graph, int x)
{
    return ses_graph_unary(graph, "max", x, SES_OP_GLOBAL_MAX);
}

/* conv -> relu -> conv, of a vector */
static int mlp(struct ses_graph *graph, int x)
{
    x = conv(graph, "fc1", x, C, 2);
    x = act(graph, x, SES_ACT_RELU, 0, 0);
    return conv(graph, "fc2", x, 2, C);
}

static int rename_to(struct ses_graph *graph, int x, int h, int w, int c)
{
    struct ses_permute permute = {
        .n = 1, .size = { h * w * c }, .h = h, .w = w, .c = c
    };
    return ses_graph_permute(graph, "rename", x, &permute);
}

static int times(struct ses_graph *graph, int a, int b)
{
    return ses_graph_multiply(graph, "times", a, b);
}

/* A convolution of a row of so many taps. */
static int conv1d(struct ses_graph *graph, int x, size_t taps)
{
    size_t shape[4] = { 1, 1, 1, taps };
    struct ses_window window = ses_window((int)taps, 1, 0);
    window.pad_left = window.pad_right = (int)taps / 2;
    return ses_graph_conv(graph, "conv1d", x, window, 1,
                          filled(4, shape, 0.5F), NULL);
}

/* ---- gates: of a map x, what multiplies it ------------------------------- */

static int standard(struct ses_graph *g, int x)
{
    return act(g, mlp(g, mean(g, x)), SES_ACT_SIGMOID, 0, 0);
}

static int by_max(struct ses_graph *g, int x)
{
    return act(g, mlp(g, max(g, x)), SES_ACT_SIGMOID, 0, 0);
}

static int with_tanh(struct ses_graph *g, int x)
{
    return act(g, mlp(g, mean(g, x)), SES_ACT_TANH, 0, 0);
}

static int with_relu(struct ses_graph *g, int x)
{
    return act(g, mlp(g, mean(g, x)), SES_ACT_RELU, 0, 0);
}

static int with_relu6(struct ses_graph *g, int x)
{
    return act(g, mlp(g, mean(g, x)), SES_ACT_RELU6, 0, 0);
}

static int with_clip(struct ses_graph *g, int x)
{
    return act(g, mlp(g, mean(g, x)), SES_ACT_CLIP, 0, 1);
}

static int one_layer(struct ses_graph *g, int x)
{
    x = conv(g, "fc", mean(g, x), C, C);
    return act(g, x, SES_ACT_HARD_SIGMOID, 1.0 / 6, 0.5);
}

static int norms_inside(struct ses_graph *g, int x)
{
    size_t two = 2, all = C;
    x = conv(g, "fc1", mean(g, x), C, 2);
    x = ses_graph_batch_norm(g, "bn1", x, NULL, NULL, filled(1, &two, 1),
                             filled(1, &two, 1), 1e-5);
    x = act(g, x, SES_ACT_RELU, 0, 0);
    x = conv(g, "fc2", x, 2, C);
    x = ses_graph_batch_norm(g, "bn2", x, NULL, NULL, filled(1, &all, 1),
                             filled(1, &all, 1), 1e-5);
    return act(g, x, SES_ACT_SIGMOID, 0, 0);
}

/* PP-OCR and other decomposed ones: bias, hard sigmoid and reshapes apart. */
static int decomposed(struct ses_graph *g, int x)
{
    x = ses_graph_reduce(g, "h", x, SES_OP_AXIS_MEAN, SES_AXIS_H);
    x = ses_graph_reduce(g, "w", x, SES_OP_AXIS_MEAN, SES_AXIS_W);
    x = rename_to(g, rename_to(g, x, 1, C, 1), 1, 1, C);
    x = affine(g, conv(g, "fc1", x, C, 2), 2, true);
    x = act(g, x, SES_ACT_CLIP, 0, (double)INFINITY);
    x = affine(g, conv(g, "fc2", x, 2, C), C, true);
    x = act(g, x, SES_ACT_LINEAR, 1, 3);
    x = act(g, x, SES_ACT_CLIP, 0, 6);
    x = act(g, x, SES_ACT_LINEAR, 1.0 / 6, 0);
    return rename_to(g, rename_to(g, x, C, 1, 1), 1, 1, C);
}

static int constant_bias(struct ses_graph *g, int x)
{
    size_t shape[3] = { 1, 1, C };
    x = mlp(g, mean(g, x));
    x = ses_graph_add(g, "b",
                      ses_graph_constant(g, "c", filled(3, shape, 1)), x);
    return act(g, x, SES_ACT_SIGMOID, 0, 0);
}

/* EfficientNet's, as exporters write it. */
static int swish_inside(struct ses_graph *g, int x)
{
    x = conv(g, "reduce", mean(g, x), C, 2);
    x = times(g, x, act(g, x, SES_ACT_SIGMOID, 0, 0));
    return act(g, conv(g, "expand", x, 2, C), SES_ACT_SIGMOID, 0, 0);
}

/* The factor belongs to what multiplies. */
static int scaled_after(struct ses_graph *g, int x)
{
    return act(g, standard(g, x), SES_ACT_LINEAR, 2, 0);
}

static int eca(struct ses_graph *g, int x)
{
    x = conv1d(g, rename_to(g, mean(g, x), 1, C, 1), 3);
    x = act(g, x, SES_ACT_SIGMOID, 0, 0);
    return rename_to(g, x, 1, 1, C);
}

static int cbam(struct ses_graph *g, int x)
{
    int largest = mlp(g, max(g, x));
    x = ses_graph_add(g, "add", largest, mlp(g, mean(g, x)));
    return act(g, x, SES_ACT_SIGMOID, 0, 0);
}

static int sum_before_layers(struct ses_graph *g, int x)
{
    int average = mean(g, x);
    x = ses_graph_add(g, "add", average, max(g, x));
    return act(g, mlp(g, x), SES_ACT_SIGMOID, 0, 0);
}

static int sum_of_gates(struct ses_graph *g, int x)
{
    int first = standard(g, x);
    return ses_graph_add(g, "add", first, by_max(g, x));
}

static int as_large_as_the_map(struct ses_graph *g, int x)
{
    struct ses_resize resize = { .mode = SES_RESIZE_NEAREST, .h = 4, .w = 6 };
    return ses_graph_resize(g, "expand", standard(g, x), &resize);
}

static int whole_pool(struct ses_graph *g, int x)
{
    struct ses_window window = ses_window(4, 1, 0);
    window.kernel_w = 6;
    x = ses_graph_pool(g, "pool", x, SES_OP_AVERAGE_POOL, window);
    return act(g, mlp(g, x), SES_ACT_SIGMOID, 0, 0);
}

/* A factor a channel is a layer: it is learnt. */
static int factors_alone(struct ses_graph *g, int x)
{
    return act(g, affine(g, mean(g, x), C, false), SES_ACT_SIGMOID, 0, 0);
}

/* ---- no gates ------------------------------------------------------------ */

static int without_a_function(struct ses_graph *g, int x)
{
    return mlp(g, mean(g, x));
}

static int leaky(struct ses_graph *g, int x)
{
    return act(g, mlp(g, mean(g, x)), SES_ACT_LEAKY_RELU, 0.1, 0);
}

static int silu_last(struct ses_graph *g, int x)
{
    x = mlp(g, mean(g, x));
    return times(g, x, act(g, x, SES_ACT_SIGMOID, 0, 0));
}

static int half_open_clip(struct ses_graph *g, int x)
{
    return act(g, mlp(g, mean(g, x)), SES_ACT_CLIP, -1, (double)INFINITY);
}

static int softmax_last(struct ses_graph *g, int x)
{
    return ses_graph_unary(g, "softmax", mlp(g, mean(g, x)), SES_OP_SOFTMAX);
}

static int softmax_inside(struct ses_graph *g, int x)
{
    x = ses_graph_unary(g, "softmax", mlp(g, mean(g, x)), SES_OP_SOFTMAX);
    return act(g, conv(g, "fc3", x, C, C), SES_ACT_SIGMOID, 0, 0);
}

static int without_layers(struct ses_graph *g, int x)
{
    return act(g, mean(g, x), SES_ACT_SIGMOID, 0, 0);
}

static int own_sigmoid(struct ses_graph *g, int x)
{
    return act(g, x, SES_ACT_SIGMOID, 0, 0);
}

static int own_hard_sigmoid(struct ses_graph *g, int x)
{
    return act(g, x, SES_ACT_HARD_SIGMOID, 1.0 / 6, 0.5);
}

static int a_number_a_pixel(struct ses_graph *g, int x)
{
    x = conv(g, "spatial", x, C, 1);
    return act(g, x, SES_ACT_SIGMOID, 0, 0);
}

static int a_number_for_all(struct ses_graph *g, int x)
{
    x = conv(g, "fc", mean(g, x), C, 1);
    return act(g, x, SES_ACT_SIGMOID, 0, 0);
}

static int a_function_of_the_map(struct ses_graph *g, int x)
{
    return standard(g, act(g, x, SES_ACT_RELU, 0, 0));
}

static int half_of_it_elsewhere(struct ses_graph *g, int x)
{
    int other = mlp(g, mean(g, conv(g, "other", x, C, C)));
    x = ses_graph_add(g, "add", mlp(g, mean(g, x)), other);
    return act(g, x, SES_ACT_SIGMOID, 0, 0);
}

static int shuffled_channels(struct ses_graph *g, int x)
{
    struct ses_permute permute = { 2, { 2, C / 2 }, { 1, 0 }, 1, 1, C };
    x = ses_graph_permute(g, "shuffle", mlp(g, mean(g, x)), &permute);
    return act(g, x, SES_ACT_SIGMOID, 0, 0);
}

/* Other channels than those that are multiplied. */
static int means_of_rows(struct ses_graph *g, int x)
{
    x = mean(g, rename_to(g, x, 1, 4, 6 * C));
    return act(g, conv(g, "fc", x, 6 * C, C), SES_ACT_SIGMOID, 0, 0);
}

/* 2^60 ways lead back, none of them followed for long. */
static int sums_of_sums(struct ses_graph *g, int x)
{
    x = mlp(g, mean(g, x));
    for (int i = 0; i < 60; i++)
        x = ses_graph_add(g, "add", x, x);
    return act(g, x, SES_ACT_SIGMOID, 0, 0);
}

/* ---- what becomes of them ------------------------------------------------ */

static const struct {
    const char *name;
    int (*build)(struct ses_graph *graph, int x);
    const char *structure; /* NULL: no block */
    int reduced;
    enum ses_squeeze squeezed_by;
    enum ses_activation activation;
} cases[] = {
#define BLOCK(build, structure, reduced, squeeze, activation) \
    { #build, build, structure, reduced, SES_SQUEEZE_##squeeze, \
      SES_ACT_##activation }
    BLOCK(standard, "mean > conv 8>2 > relu > conv 2>8 > sigmoid", 2, MEAN,
          SIGMOID),
    BLOCK(by_max, "max > conv 8>2 > relu > conv 2>8 > sigmoid", 2, MAX,
          SIGMOID),
    BLOCK(with_tanh, "mean > conv 8>2 > relu > conv 2>8 > tanh", 2, MEAN,
          TANH),
    BLOCK(with_relu, "mean > conv 8>2 > relu > conv 2>8 > relu", 2, MEAN,
          RELU),
    BLOCK(with_relu6, "mean > conv 8>2 > relu > conv 2>8 > relu6", 2, MEAN,
          RELU6),
    BLOCK(with_clip, "mean > conv 8>2 > relu > conv 2>8 > clip", 2, MEAN,
          CLIP),
    BLOCK(one_layer, "mean > conv 8>8 > hard-sigmoid", 0, MEAN,
          HARD_SIGMOID),
    BLOCK(norms_inside,
          "mean > conv 8>2 > batch-norm > relu > conv 2>8 > batch-norm > "
          "sigmoid",
          2, MEAN, SIGMOID),
    BLOCK(decomposed,
          "mean > conv 8>2 > bias > relu > conv 2>8 > bias > hard-sigmoid", 2,
          MEAN, HARD_SIGMOID),
    BLOCK(constant_bias,
          "mean > conv 8>2 > relu > conv 2>8 > bias > sigmoid", 2, MEAN,
          SIGMOID),
    BLOCK(swish_inside, "mean > conv 8>2 > silu > conv 2>8 > sigmoid", 2, MEAN,
          SIGMOID),
    BLOCK(scaled_after,
          "mean > conv 8>2 > relu > conv 2>8 > sigmoid > linear", 2, MEAN,
          SIGMOID),
    BLOCK(eca, "mean > conv 1>1 1x3 > sigmoid", 0, MEAN, SIGMOID),
    BLOCK(cbam,
          "(max > conv 8>2 > relu > conv 2>8) + (mean > conv 8>2 > relu > "
          "conv 2>8) > sigmoid",
          2, MEAN_MAX, SIGMOID),
    BLOCK(sum_before_layers,
          "(mean) + (max) > conv 8>2 > relu > conv 2>8 > sigmoid", 2, MEAN_MAX,
          SIGMOID),
    BLOCK(sum_of_gates,
          "(mean > conv 8>2 > relu > conv 2>8 > sigmoid) + (max > conv 8>2 > "
          "relu > conv 2>8 > sigmoid)",
          2, MEAN_MAX, SIGMOID),
    BLOCK(as_large_as_the_map, "mean > conv 8>2 > relu > conv 2>8 > sigmoid",
          2, MEAN, SIGMOID),
    BLOCK(whole_pool, "mean > conv 8>2 > relu > conv 2>8 > sigmoid", 2, MEAN,
          SIGMOID),
    BLOCK(factors_alone, "mean > scale > sigmoid", 0, MEAN, SIGMOID),
#undef BLOCK
#define NONE(build) { #build, build, NULL, 0, 0, 0 }
    NONE(without_a_function),
    NONE(leaky),
    NONE(silu_last),
    NONE(half_open_clip),
    NONE(softmax_last),
    NONE(softmax_inside),
    NONE(without_layers),
    NONE(own_sigmoid),
    NONE(own_hard_sigmoid),
    NONE(a_number_a_pixel),
    NONE(a_number_for_all),
    NONE(a_function_of_the_map),
    NONE(half_of_it_elsewhere),
    NONE(shuffled_channels),
    NONE(means_of_rows),
    NONE(sums_of_sums),
#undef NONE
};

static struct ses_blocks find(struct ses_graph *graph, int output, int h,
                              int w)
{
    struct ses_error err = { 0 };
    struct ses_blocks blocks;
    OK(ses_graph_finish(graph, output, &err));
    OK(ses_graph_infer(graph, h, w, &err));
    OK(ses_graph_canonicalise(graph, &err));
    OK(ses_blocks_find(graph, &blocks, &err));
    return blocks;
}

static void check_block(const struct ses_graph *graph,
                        const struct ses_block *block, size_t i)
{
    if (strcmp(block->structure, cases[i].structure) != 0)
        fail_msg("%s: found '%s', expected '%s'", cases[i].name,
                 block->structure, cases[i].structure);
    assert_int_equal(block->reduced, cases[i].reduced);
    assert_int_equal(block->bottleneck < 0, cases[i].reduced == 0);
    assert_int_equal(block->squeezed_by, cases[i].squeezed_by);
    assert_int_equal(block->activation, cases[i].activation);
    assert_int_equal(block->channels, C);

    /* recorded: exactly what multiplies, and of mean and max the mean */
    const struct ses_node *multiply =
        &graph->nodes[graph->values[block->scaled].producer];
    assert_true(multiply->inputs[0] == block->gate ||
                multiply->inputs[1] == block->gate);
    const struct ses_value *gate = &graph->values[block->gate];
    assert_true(gate->h == 1 && gate->w == 1 && gate->c == C);
    const struct ses_node *squeeze =
        &graph->nodes[graph->values[block->squeeze].producer];
    assert_int_equal(squeeze->op, block->squeezed_by == SES_SQUEEZE_MAX
                                      ? SES_OP_GLOBAL_MAX
                                      : SES_OP_GLOBAL_MEAN);
}

static void gates_are_told_from_other_products(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int turned = 0; turned < 2; turned++) {
            struct ses_error err = { 0 };
            struct ses_graph *graph = ses_graph_new(&err);
            int x = ses_graph_input(graph, "input", C);
            ses_graph_size_input(graph, 4, 6);
            x = conv(graph, "before", x, C, C);
            int g = cases[i].build(graph, x);
            int y = turned ? times(graph, g, x) : times(graph, x, g);
            struct ses_blocks blocks = find(graph, y, 4, 6);
            if (blocks.count != (cases[i].structure != NULL))
                fail_msg("%s: %zu blocks found", cases[i].name, blocks.count);
            if (blocks.count)
                check_block(graph, &blocks.items[0], i);
            ses_blocks_release(&blocks);
            ses_graph_free(graph);
        }
}

/* A last stage at a small input: the map is 1 x 1, and has a squeeze. */
static void a_map_of_one_pixel_has_gates(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", C);
    x = conv(graph, "before", x, C, C);
    int y = times(graph, x, standard(graph, x));
    struct ses_blocks blocks = find(graph, y, 1, 1);
    assert_int_equal(blocks.count, 1);
    assert_int_equal(blocks.items[0].height, 1);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

static void parameters_are_those_between_squeeze_and_gate(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", C);
    x = conv(graph, "before", x, C, C);
    int y = times(graph, x, cbam(graph, x));
    struct ses_blocks blocks = find(graph, y, 4, 4);
    assert_int_equal(blocks.items[0].parameters, 2 * (C * 2 + 2 * C));
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
}

/* One squeeze, two gates of it; and one gate that multiplies twice. */
static void a_squeeze_may_serve_two_multiplies(void **state)
{
    for (int same_gate = 0; same_gate < 2; same_gate++) {
        struct ses_error err = { 0 };
        struct ses_graph *graph = ses_graph_new(&err);
        int x = ses_graph_input(graph, "input", C);
        int squeeze = mean(graph, x);
        int first = act(graph, mlp(graph, squeeze), SES_ACT_SIGMOID, 0, 0);
        int second = first;
        if (!same_gate)
            second = act(graph, mlp(graph, squeeze), SES_ACT_TANH, 0, 0);
        int a = ses_graph_multiply(graph, "a", x, first);
        int b = ses_graph_multiply(graph, "b", second, x);
        int y = ses_graph_concat(graph, "both", (int[]){ a, b }, 2,
                                 SES_AXIS_C);
        struct ses_blocks blocks = find(graph, y, 4, 4);
        assert_int_equal(blocks.count, 2);
        assert_string_equal(blocks.items[0].source, "a");
        assert_string_equal(blocks.items[1].source, "b");
        assert_int_equal(blocks.items[0].gate, first);
        assert_int_equal(blocks.items[1].gate, second);
        assert_int_equal(blocks.items[0].squeeze, squeeze);
        assert_int_equal(blocks.items[1].squeeze, squeeze);
        assert_int_equal(blocks.items[1].activation,
                         same_gate ? SES_ACT_SIGMOID : SES_ACT_TANH);
        ses_blocks_release(&blocks);
        ses_graph_free(graph);
    }
}

static void squeezes_have_names(void **state)
{
    assert_string_equal(ses_squeeze_name(SES_SQUEEZE_MEAN), "mean");
    assert_string_equal(ses_squeeze_name(SES_SQUEEZE_MAX), "max");
    assert_string_equal(ses_squeeze_name(SES_SQUEEZE_MEAN_MAX), "mean+max");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gates_are_told_from_other_products),
        cmocka_unit_test(a_map_of_one_pixel_has_gates),
        cmocka_unit_test(parameters_are_those_between_squeeze_and_gate),
        cmocka_unit_test(a_squeeze_may_serve_two_multiplies),
        cmocka_unit_test(squeezes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
