/* core/graph/canonicalise: what frameworks say in many ways becomes one, and
 * results stay. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/engine/engine.h"
#include "core/graph/passes.h"
#include "core/ops/ops.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"

enum { H = 5, W = 6, C = 8 };

/* ---- graphs, from an input of 5 x 6 x 8 on ------------------------------- */

static int act(struct ses_graph *graph, int x, enum ses_activation activation,
               double alpha, double beta)
{
    return ses_graph_activation(graph, ses_activation_name(activation), x,
                                activation, (float)alpha, (float)beta);
}

static int linear(struct ses_graph *graph, int x, double alpha, double beta)
{
    return act(graph, x, SES_ACT_LINEAR, alpha, beta);
}

static int times(struct ses_graph *graph, int a, int b)
{
    return ses_graph_multiply(graph, "times", a, b);
}

static int constant(struct ses_graph *graph, size_t h, size_t w, size_t c,
                    float number)
{
    size_t shape[3] = { h, w, c };
    struct ses_tensor *tensor = ses_tensor_new(3, shape);
    for (size_t i = 0; i < tensor->count; i++)
        tensor->data[i] = number;
    return ses_graph_constant(graph, "constant", tensor);
}

static int rename_to(struct ses_graph *graph, int x, int h, int w, int c)
{
    struct ses_permute permute = {
        .n = 1, .size = { h * w * c }, .h = h, .w = w, .c = c
    };
    return ses_graph_permute(graph, "rename", x, &permute);
}

static int conv1(struct ses_graph *graph, int x, int in, int out)
{
    struct ses_random random;
    ses_random_seed(&random, (uint64_t)(in * 100 + out));
    return ses_graph_conv(graph, "conv", x, ses_window(1, 1, 0), 1,
                          random_weight(&random, out, in, 1, 1), NULL);
}

static int silu(struct ses_graph *g, int x)
{
    return times(g, x, act(g, x, SES_ACT_SIGMOID, 0, 0));
}

static int silu_turned(struct ses_graph *g, int x)
{
    return times(g, act(g, x, SES_ACT_SIGMOID, 0, 0), x);
}

/* x is itself a linear function, which is not to be mistaken for a part. */
static int silu_of_linear(struct ses_graph *g, int x)
{
    return silu(g, linear(g, x, 2, 0));
}

static int sigmoid_of_another(struct ses_graph *g, int x)
{
    return times(g, x, act(g, linear(g, x, 1.702, 0), SES_ACT_SIGMOID, 0, 0));
}

static int twice_silu(struct ses_graph *g, int x)
{
    int twice = linear(g, x, 2, 0);
    return times(g, twice, act(g, x, SES_ACT_SIGMOID, 0, 0));
}

static int hard_swish(struct ses_graph *g, int x)
{
    return times(g, x, act(g, x, SES_ACT_HARD_SIGMOID, 1.0 / 6, 0.5));
}

static int slower_hard_swish(struct ses_graph *g, int x)
{
    return times(g, x, act(g, x, SES_ACT_HARD_SIGMOID, 0.2, 0.5));
}

static int clip6(struct ses_graph *g, int x)
{
    return act(g, linear(g, x, 1, 3), SES_ACT_CLIP, 0, 6);
}

static int hard_swish_divided_first(struct ses_graph *g, int x)
{
    return times(g, linear(g, clip6(g, x), 1.0 / 6, 0), x);
}

static int hard_swish_divided_last(struct ses_graph *g, int x)
{
    return linear(g, times(g, x, clip6(g, x)), 0.16666667163372, 0);
}

static int hard_swish_by_relu6(struct ses_graph *g, int x)
{
    int r = act(g, linear(g, x, 1, 3), SES_ACT_RELU6, 0, 0);
    return linear(g, times(g, r, x), 1.0 / 6, 0);
}

static int hard_swish_divided_before(struct ses_graph *g, int x)
{
    return times(g, linear(g, x, 1.0 / 6, 0), clip6(g, x));
}

static int hard_swish_by_clip_to_one(struct ses_graph *g, int x)
{
    int r = linear(g, linear(g, x, 1.0 / 6, 0), 1, 0.5);
    return times(g, x, act(g, r, SES_ACT_CLIP, 0, 1));
}

static int not_quite_hard_swish(struct ses_graph *g, int x)
{
    return linear(g, times(g, x, clip6(g, x)), 0.17, 0);
}

static int mish(struct ses_graph *g, int x)
{
    int s = act(g, x, SES_ACT_SOFTPLUS, 0, 0);
    return times(g, x, act(g, s, SES_ACT_TANH, 0, 0));
}

static int erf_of(struct ses_graph *g, int x)
{
    return act(g, linear(g, x, 1 / sqrt(2), 0), SES_ACT_ERF, 0, 0);
}

static int gelu_half_last(struct ses_graph *g, int x)
{
    return linear(g, times(g, x, linear(g, erf_of(g, x), 1, 1)), 0.5, 0);
}

static int gelu_half_first(struct ses_graph *g, int x)
{
    return times(g, linear(g, x, 0.5, 0), linear(g, erf_of(g, x), 1, 1));
}

static int gelu_half_inside(struct ses_graph *g, int x)
{
    int e = linear(g, linear(g, erf_of(g, x), 1, 1), 0.5, 0);
    return times(g, e, x);
}

static int gelu_without_one(struct ses_graph *g, int x)
{
    return linear(g, times(g, x, erf_of(g, x)), 0.5, 0);
}

static int hard_sigmoid(struct ses_graph *g, int x)
{
    return linear(g, clip6(g, x), 1.0 / 6, 0);
}

static int hard_sigmoid_by_relu6(struct ses_graph *g, int x)
{
    int r = act(g, linear(g, x, 1, 3), SES_ACT_RELU6, 0, 0);
    return linear(g, r, 0.16666667163372, 0);
}

static int hard_sigmoid_of_keras(struct ses_graph *g, int x)
{
    return act(g, linear(g, x, 0.2, 0.5), SES_ACT_CLIP, 0, 1);
}

static int coarse_hard_sigmoid(struct ses_graph *g, int x)
{
    return linear(g, clip6(g, x), 0.1667, 0);
}

static int clip_to_one(struct ses_graph *g, int x)
{
    return act(g, x, SES_ACT_CLIP, 0, 1);
}

static int relu_by_clip(struct ses_graph *g, int x)
{
    return act(g, x, SES_ACT_CLIP, 0, (double)INFINITY);
}

static int relu6_by_clip(struct ses_graph *g, int x)
{
    return act(g, x, SES_ACT_CLIP, 0, 6);
}

static int relu6_by_two(struct ses_graph *g, int x)
{
    x = act(g, x, SES_ACT_CLIP, -3.4028234663852886e38, 6);
    return act(g, x, SES_ACT_RELU, 0, 0);
}

static int clips_that_do_not_meet(struct ses_graph *g, int x)
{
    return act(g, act(g, x, SES_ACT_CLIP, -2, -1), SES_ACT_RELU, 0, 0);
}

static int clip_of_nothing(struct ses_graph *g, int x)
{
    x = act(g, x, SES_ACT_CLIP, -(double)INFINITY, (double)INFINITY);
    return act(g, x, SES_ACT_TANH, 0, 0);
}

static int relu_by_maximum(struct ses_graph *g, int x)
{
    return ses_graph_binary(g, "max", SES_OP_MAXIMUM,
                            constant(g, 1, 1, C, 0), x);
}

static int maximum_with_more(struct ses_graph *g, int x)
{
    return ses_graph_binary(g, "max", SES_OP_MAXIMUM, x,
                            constant(g, 1, 1, C, 0.1F));
}

static int idle(struct ses_graph *g, int x)
{
    x = linear(g, act(g, x, SES_ACT_IDENTITY, 0, 0), 1, 0);
    return act(g, act(g, x, SES_ACT_POWER, 1, 0), SES_ACT_TANH, 0, 0);
}

static int linear_chain(struct ses_graph *g, int x)
{
    return linear(g, linear(g, linear(g, x, 2, 1), 3, -1), 0.5, 4);
}

static int whole_pool(struct ses_graph *g, int x, enum ses_op op, int kernel_w,
                      int pad, bool counted)
{
    struct ses_window window = ses_window(H, 3, 0);
    window.kernel_w = kernel_w;
    window.pad_left = window.pad_right = pad;
    window.count_include_pad = counted;
    return ses_graph_pool(g, "pool", x, op, window);
}

static int mean_by_pool(struct ses_graph *g, int x)
{
    return whole_pool(g, x, SES_OP_AVERAGE_POOL, W, 0, true);
}

static int max_by_padded_pool(struct ses_graph *g, int x)
{
    return whole_pool(g, x, SES_OP_MAX_POOL, W + 2, 1, true);
}

static int mean_by_uncounted_padding(struct ses_graph *g, int x)
{
    return whole_pool(g, x, SES_OP_AVERAGE_POOL, W + 2, 1, false);
}

static int mean_that_counts_padding(struct ses_graph *g, int x)
{
    return whole_pool(g, x, SES_OP_AVERAGE_POOL, W + 2, 1, true);
}

/* TensorFlow's SAME: pads that follow from the map, and may be counted. */
static int mean_of_same(struct ses_graph *g, int x, bool counted)
{
    struct ses_window window = ses_window(W + 1, W, 0);
    window.same_upper = true;
    window.count_include_pad = counted;
    return ses_graph_pool(g, "pool", x, SES_OP_AVERAGE_POOL, window);
}

static int mean_of_same_uncounted(struct ses_graph *g, int x)
{
    return mean_of_same(g, x, false);
}

static int mean_of_same_counted(struct ses_graph *g, int x)
{
    return mean_of_same(g, x, true);
}

static int mean_of_a_part(struct ses_graph *g, int x)
{
    return whole_pool(g, x, SES_OP_AVERAGE_POOL, W - 1, 0, true);
}

static int axes(struct ses_graph *g, int x, enum ses_op op, enum ses_axis a,
                enum ses_axis b)
{
    return ses_graph_reduce(g, "2", ses_graph_reduce(g, "1", x, op, a), op, b);
}

static int mean_by_axes(struct ses_graph *g, int x)
{
    return axes(g, x, SES_OP_AXIS_MEAN, SES_AXIS_H, SES_AXIS_W);
}

static int max_by_axes(struct ses_graph *g, int x)
{
    return axes(g, x, SES_OP_AXIS_MAX, SES_AXIS_W, SES_AXIS_H);
}

static int mean_of_maxima(struct ses_graph *g, int x)
{
    x = ses_graph_reduce(g, "1", x, SES_OP_AXIS_MAX, SES_AXIS_H);
    return ses_graph_reduce(g, "2", x, SES_OP_AXIS_MEAN, SES_AXIS_W);
}

static int mean_of_channels(struct ses_graph *g, int x)
{
    return axes(g, x, SES_OP_AXIS_MEAN, SES_AXIS_C, SES_AXIS_C);
}

static int mean_of_a_row(struct ses_graph *g, int x)
{
    x = rename_to(g, x, 1, H * W, C);
    return ses_graph_reduce(g, "1", x, SES_OP_AXIS_MEAN, SES_AXIS_W);
}

static int mean_of_mean(struct ses_graph *g, int x)
{
    x = ses_graph_unary(g, "1", x, SES_OP_GLOBAL_MEAN);
    x = ses_graph_unary(g, "2", x, SES_OP_GLOBAL_MEAN);
    return ses_graph_reduce(g, "3", x, SES_OP_AXIS_MEAN, SES_AXIS_H);
}

/* 1 x 1 by itself: that mean is somebody's squeeze. */
static int mean_of_a_small_map(struct ses_graph *g, int x)
{
    x = ses_graph_pool(g, "pool", x, SES_OP_MAX_POOL, ses_window(2, 5, 0));
    x = ses_graph_slice(g, "slice", x, SES_AXIS_W, 0, 1, 1);
    return ses_graph_unary(g, "mean", x, SES_OP_GLOBAL_MEAN);
}

/* Channels outermost and back: floats are where they were. */
static int there_and_back(struct ses_graph *g, int x)
{
    struct ses_permute there = { 2, { H * W, C }, { 1, 0 }, 1, C, H * W };
    struct ses_permute back = { 3, { C, H, W }, { 1, 2, 0 }, H, W, C };
    x = ses_graph_permute(g, "there", x, &there);
    return act(g, ses_graph_permute(g, "back", x, &back), SES_ACT_TANH, 0, 0);
}

/* A shuffle of channels in three steps. */
static int shuffle(struct ses_graph *g, int x)
{
    struct ses_permute first = { 2, { H * W, C }, { 1, 0 }, C, H, W };
    struct ses_permute second = { 3, { 2, 4, H * W }, { 1, 0, 2 }, C, H, W };
    struct ses_permute third = { 2, { C, H * W }, { 1, 0 }, H, W, C };
    x = ses_graph_permute(g, "1", x, &first);
    x = rename_to(g, x, 2, 4, H * W);
    x = ses_graph_permute(g, "2", x, &second);
    return ses_graph_permute(g, "3", x, &third);
}

static int dead_ends(struct ses_graph *g, int x)
{
    int unused = conv1(g, x, C, 3);
    act(g, unused, SES_ACT_TANH, 0, 0);
    constant(g, 1, 1, 1, 2);
    return conv1(g, x, C, 2);
}

static int repeated_vector(struct ses_graph *g, int x)
{
    struct ses_resize resize = { .mode = SES_RESIZE_NEAREST, .h = H, .w = W };
    int v = ses_graph_unary(g, "mean", x, SES_OP_GLOBAL_MEAN);
    return times(g, x, ses_graph_resize(g, "resize", v, &resize));
}

static int repeated_by_itself(struct ses_graph *g, int x)
{
    struct ses_resize resize = { .mode = SES_RESIZE_LINEAR, .h = H, .w = W };
    int v = ses_graph_unary(g, "mean", x, SES_OP_GLOBAL_MEAN);
    return ses_graph_add(g, "add", v, ses_graph_resize(g, "up", v, &resize));
}

/* ---- what becomes of them ------------------------------------------------ */

static const struct {
    const char *name;
    int (*build)(struct ses_graph *graph, int x);
    const char *nodes; /* but the input */
} cases[] = {
#define CASE(build, nodes) { #build, build, nodes }
    CASE(silu, "silu"),
    CASE(silu_turned, "silu"),
    CASE(silu_of_linear, "linear silu"),
    CASE(sigmoid_of_another, "linear sigmoid multiply"),
    CASE(twice_silu, "linear sigmoid multiply"),
    CASE(hard_swish, "hard-swish"),
    CASE(slower_hard_swish, "hard-sigmoid multiply"),
    CASE(hard_swish_divided_first, "hard-swish"),
    CASE(hard_swish_divided_last, "hard-swish"),
    CASE(hard_swish_by_relu6, "hard-swish"),
    CASE(hard_swish_divided_before, "hard-swish"),
    CASE(hard_swish_by_clip_to_one, "hard-swish"),
    CASE(not_quite_hard_swish, "linear relu6 multiply linear"),
    CASE(mish, "mish"),
    CASE(gelu_half_last, "gelu"),
    CASE(gelu_half_first, "gelu"),
    CASE(gelu_half_inside, "gelu"),
    CASE(gelu_without_one, "linear erf multiply linear"),
    CASE(hard_sigmoid, "hard-sigmoid"),
    CASE(hard_sigmoid_by_relu6, "hard-sigmoid"),
    CASE(hard_sigmoid_of_keras, "hard-sigmoid"),
    CASE(coarse_hard_sigmoid, "linear relu6 linear"),
    CASE(clip_to_one, "clip"),
    CASE(relu_by_clip, "relu"),
    CASE(relu6_by_clip, "relu6"),
    CASE(relu6_by_two, "relu6"),
    CASE(clips_that_do_not_meet, "clip relu"),
    CASE(clip_of_nothing, "tanh"),
    CASE(relu_by_maximum, "relu"),
    CASE(maximum_with_more, "constant maximum"),
    CASE(idle, "tanh"),
    CASE(linear_chain, "linear"),
    CASE(mean_by_pool, "global-mean"),
    CASE(max_by_padded_pool, "global-max"),
    CASE(mean_by_uncounted_padding, "global-mean"),
    CASE(mean_that_counts_padding, "average-pool"),
    CASE(mean_of_same_uncounted, "global-mean"),
    CASE(mean_of_same_counted, "average-pool"),
    CASE(mean_of_a_part, "average-pool"),
    CASE(mean_by_axes, "global-mean"),
    CASE(max_by_axes, "global-max"),
    CASE(mean_of_maxima, "axis-max global-mean"),
    CASE(mean_of_channels, "axis-mean"),
    CASE(mean_of_a_row, "global-mean"),
    CASE(mean_of_mean, "global-mean"),
    CASE(mean_of_a_small_map, "max-pool slice global-mean"),
    CASE(there_and_back, "tanh"),
    CASE(shuffle, "permute"),
    CASE(dead_ends, "convolution"),
    CASE(repeated_vector, "global-mean multiply"),
    CASE(repeated_by_itself, "global-mean resize add"),
#undef CASE
};

/* Names of all nodes after the input, with blanks between. */
static char *nodes_of(const struct ses_graph *graph)
{
    struct ses_text text = { 0 };
    for (size_t i = 1; i < graph->n_nodes; i++) {
        const struct ses_node *node = &graph->nodes[i];
        ses_text_add(&text, "%s%s", i > 1 ? " " : "",
                     node->op == SES_OP_ACTIVATION
                         ? ses_activation_name(node->activation)
                         : ses_op_class(node->op)->name);
    }
    return text.data;
}

/* "hard-sigmoid" and "global mean" are written alike. */
static void without_dashes(char *text)
{
    for (; *text; text++)
        if (*text == '-')
            *text = ' ';
}

static struct ses_graph *build(size_t index, bool canonical)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", C);
    ses_graph_size_input(graph, H, W);
    int y = cases[index].build(graph, x);
    OK(ses_graph_finish(graph, y, &err));
    OK(ses_graph_infer(graph, H, W, &err));
    if (canonical)
        OK(ses_graph_canonicalise(graph, &err));
    return graph;
}

/* Two images' results; caller frees. */
static float *results(struct ses_graph *graph, size_t *count)
{
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    struct ses_worker *worker = NULL;
    struct ses_random random;
    float x[2 * H * W * C];
    ses_random_seed(&random, 3);
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        x[i] = 6 * random_float(&random);
    *count = 2 * image_floats(&graph->values[graph->logits]);
    float *y = ses_calloc_floats(*count);
    OK(ses_engine_new(graph, NULL, 0, 2, &engine, &err));
    OK(ses_worker_new(engine, &worker, &err));
    OK(ses_worker_run(worker, x, 2, 0, NULL, y, &err));
    ses_worker_free(worker);
    ses_engine_free(engine);
    return y;
}

static void nodes_become_those_that_are_meant(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_graph *graph = build(i, true);
        char *found = nodes_of(graph), *expected = strdup(cases[i].nodes);
        without_dashes(found);
        without_dashes(expected);
        if (strcmp(found, expected) != 0)
            fail_msg("%s: found '%s', expected '%s'", cases[i].name, found,
                     expected);
        free(found);
        free(expected);
        ses_graph_free(graph);
    }
}

static void results_stay(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_graph *plain = build(i, false), *canonical = build(i, true);
        size_t n, m;
        float *expected = results(plain, &n), *found = results(canonical, &m);
        assert_int_equal(n, m);
        for (size_t k = 0; k < n; k++)
            if (!(fabsf(found[k] - expected[k]) <=
                  3e-6F * (1 + fabsf(expected[k]))))
                fail_msg("%s: element %zu is %.9g, expected %.9g",
                         cases[i].name, k, (double)found[k],
                         (double)expected[k]);
        free(expected);
        free(found);
        ses_graph_free(plain);
        ses_graph_free(canonical);
    }
}

/* Once canonical, it stays as it is. */
static void a_second_time_changes_nothing(void **state)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_error err = { 0 };
        struct ses_graph *graph = build(i, true);
        char *once = nodes_of(graph);
        OK(ses_graph_canonicalise(graph, &err));
        char *twice = nodes_of(graph);
        assert_string_equal(once, twice);
        free(once);
        free(twice);
        ses_graph_free(graph);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_become_those_that_are_meant),
        cmocka_unit_test(results_stay),
        cmocka_unit_test(a_second_time_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
