/* core/graph: building, shapes, and the passes that rewrite weights. */
#include <math.h>
#include <string.h>

#include "core/graph/graph.h"
#include "core/graph/passes.h"
#include "tests/support/check.h"

static struct ses_tensor *vector(size_t n, const float *data)
{
    struct ses_tensor *tensor = ses_tensor_new(1, &n);
    memcpy(tensor->data, data, n * sizeof *data);
    return tensor;
}

static struct ses_tensor *kernel(size_t o, size_t i, size_t h, size_t w)
{
    size_t shape[4] = { o, i, h, w };
    struct ses_tensor *tensor = ses_tensor_new(4, shape);
    for (size_t k = 0; k < tensor->count; k++)
        tensor->data[k] = (float)(k + 1);
    return tensor;
}

static void shapes_follow_the_input_size(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 3);
    x = ses_graph_conv(graph, "stem", x, ses_window(7, 2, 3), 1,
                       kernel(8, 3, 7, 7), NULL);
    int stem = x;
    struct ses_window window = ses_window(3, 2, 0);
    window.ceil_mode = true;
    x = ses_graph_pool(graph, "pool", x, SES_OP_MAX_POOL, window);
    int pool = x;
    x = ses_graph_unary(graph, "mean", x, SES_OP_GLOBAL_MEAN);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 224, 160, &err), SES_OK);
    assert_int_equal(graph->values[stem].h, 112);
    assert_int_equal(graph->values[stem].w, 80);
    assert_int_equal(graph->values[pool].h, 56);
    assert_int_equal(graph->values[pool].w, 40);
    assert_int_equal(graph->values[x].h, 1);
    assert_int_equal(graph->values[x].c, 8);
    assert_int_equal(ses_graph_infer(graph, 33, 33, &err), SES_OK);
    assert_int_equal(graph->values[stem].h, 17);
    assert_int_equal(graph->values[pool].h, 8);
    ses_graph_free(graph);
}

static void a_channel_mismatch_names_the_layer(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 3);
    x = ses_graph_conv(graph, "layer1.conv", x, ses_window(1, 1, 0), 1,
                       kernel(8, 4, 1, 1), NULL);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 8, 8, &err), SES_ESHAPE);
    assert_non_null(strstr(err.message, "'layer1.conv'"));
    assert_non_null(strstr(err.message, "3"));
    assert_non_null(strstr(err.message, "4"));
    ses_graph_free(graph);
}

static void a_map_too_small_for_its_window_is_an_error(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 1);
    x = ses_graph_conv(graph, "conv", x, ses_window(7, 1, 0), 1,
                       kernel(1, 1, 7, 7), NULL);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 5, 9, &err), SES_ESHAPE);
    assert_non_null(strstr(err.message, "'conv'"));
    ses_graph_free(graph);
}

static void the_first_building_error_is_kept(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 4);
    float three[3] = { 0 };
    x = ses_graph_conv(graph, "bad", x, ses_window(1, 1, 0), 1,
                       kernel(2, 4, 1, 1), vector(3, three));
    assert_int_equal(x, -1);
    x = ses_graph_conv(graph, "later", x, ses_window(1, 1, 0), 3,
                       kernel(2, 4, 1, 1), NULL);
    x = ses_graph_unary(graph, "mean", x, SES_OP_GLOBAL_MEAN);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_ESHAPE);
    assert_string_equal(err.message,
                        "'bad': bias has 3 elements, expected 2");
    ses_graph_free(graph);
}

/* What makes NaN of every gate behind it is told by its layer. */
static void numbers_that_are_none_are_refused_by_layer(void **state)
{
    static const float damage[] = { NAN, INFINITY, -INFINITY };
    for (int i = 0; i < 3; i++) {
        struct ses_error err = { 0 };
        struct ses_graph *graph = ses_graph_new(&err);
        int x = ses_graph_input(graph, "input", 2);
        struct ses_tensor *weight = kernel(3, 2, 1, 1);
        weight->data[4] = damage[i];
        x = ses_graph_conv(graph, "layer1.0.conv1", x, ses_window(1, 1, 0), 1,
                           weight, NULL);
        assert_int_equal(x, -1);
        assert_int_equal(ses_graph_finish(graph, x, &err), SES_EFORMAT);
        assert_non_null(strstr(
            err.message, "'layer1.0.conv1': element 4 of 6 of its weight is"));
        ses_graph_free(graph);
    }
}

static void a_variance_without_a_root_is_refused_by_layer(void **state)
{
    /* PyTorch adds epsilon first, so just below 0 there is a root. */
    static const float kept[] = { 0, -5e-6f }, refused[] = { -2e-5f, NAN };
    static const float ones[] = { 1, 1 };
    for (int i = 0; i < 4; i++) {
        bool keep = i < 2;
        float variance[] = { 1, keep ? kept[i] : refused[i - 2] };
        struct ses_error err = { 0 };
        struct ses_graph *graph = ses_graph_new(&err);
        int x = ses_graph_input(graph, "input", 2);
        x = ses_graph_batch_norm(graph, "bn1", x, NULL, NULL, vector(2, ones),
                                 vector(2, variance), 1e-5);
        if (keep) {
            assert_true(x >= 0);
        } else {
            assert_int_equal(x, -1);
            assert_int_equal(err.status, SES_EFORMAT);
            assert_non_null(strstr(err.message,
                                   "'bn1': element 1 of 2 of its variance is"));
        }
        ses_graph_free(graph);
    }
}

/* 8 GiB for one map is more than any network wants. */
static void maps_are_bounded(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 1);
    x = ses_graph_conv(graph, "wide", x, ses_window(1, 1, 0), 1,
                       kernel(4096, 1, 1, 1), NULL);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 256, 256, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 256, 257, &err), SES_ESHAPE);
    assert_non_null(strstr(err.message, "'wide'"));
    assert_non_null(strstr(err.message, "256x257x4096"));
    ses_graph_free(graph);
}

/* A file that names one value over and over asks for a layer each time. */
static void layers_are_bounded(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 1), made = 0;
    while (x >= 0 && made < 100000) {
        x = ses_graph_add(graph, "sum", x, x);
        made++;
    }
    assert_int_equal(made, 16384);
    assert_int_equal(err.status, SES_EUNSUPPORTED);
    assert_string_equal(err.message,
                        "'sum': the network has more than 16384 layers");
    ses_graph_free(graph);
}

static void logits_are_what_the_last_softmax_takes(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 4);
    int y = ses_graph_unary(graph, "prob", x, SES_OP_SOFTMAX);
    assert_int_equal(ses_graph_finish(graph, y, &err), SES_OK);
    assert_int_equal(graph->logits, x);
    assert_int_equal(graph->output, y);
    ses_graph_free(graph);
}

static void batch_norm_folds_into_the_convolution_before(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 1);
    const float gamma[2] = { 2, -1 }, beta[2] = { 0.5F, 3 };
    const float mean[2] = { 1, -2 }, variance[2] = { 0.75F, 3.75F };
    const float bias[2] = { 10, 20 };
    x = ses_graph_conv(graph, "conv", x, ses_window(1, 1, 0), 1,
                       kernel(2, 1, 1, 1), vector(2, bias));
    x = ses_graph_batch_norm(graph, "bn", x, vector(2, gamma),
                             vector(2, beta), vector(2, mean),
                             vector(2, variance), 0.25);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
    size_t parameters = ses_graph_parameters(graph);
    assert_int_equal(parameters, 2 + 2 + 4);
    assert_int_equal(ses_fold_batch_norm(graph, &err), SES_OK);
    assert_int_equal(graph->n_nodes, 2);
    const struct ses_node *conv = &graph->nodes[1];
    assert_int_equal(conv->output, x);
    /* w = 1, 2; factor = gamma / sqrt(variance + 0.25) = 2, -0.5 */
    assert_true(conv->weight->data[0] == 2.0F);
    assert_true(conv->weight->data[1] == -1.0F);
    /* factor * (bias - mean) + beta */
    assert_true(conv->bias->data[0] == 2 * (10 - 1) + 0.5F);
    assert_true(conv->bias->data[1] == -0.5F * (20 + 2) + 3);
    assert_int_equal(ses_graph_parameters(graph), parameters);
    ses_graph_free(graph);
}

static void batch_norm_without_a_convolution_becomes_one(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int input = ses_graph_input(graph, "input", 2);
    const float mean[2] = { 1, -2 }, variance[2] = { 0.75F, 3.75F };
    int x = ses_graph_batch_norm(graph, "bn", input, NULL, NULL,
                                 vector(2, mean), vector(2, variance), 0.25);
    int y = ses_graph_add(graph, "sum", input, x);
    assert_int_equal(ses_graph_finish(graph, y, &err), SES_OK);
    assert_int_equal(ses_fold_batch_norm(graph, &err), SES_OK);
    assert_int_equal(graph->n_nodes, 3);
    const struct ses_node *conv = &graph->nodes[1];
    assert_int_equal(conv->op, SES_OP_CONV);
    assert_int_equal(conv->groups, 2);
    assert_true(conv->weight->data[1] == 0.5F);
    assert_true(conv->bias->data[0] == -1.0F);
    assert_true(conv->bias->data[1] == 1.0F);
    assert_int_equal(ses_graph_infer(graph, 4, 4, &err), SES_OK);
    ses_graph_free(graph);
}

static void a_convolution_read_twice_is_not_folded_into(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 1);
    const float zero[2] = { 0 }, one[2] = { 1, 1 };
    int conv = ses_graph_conv(graph, "conv", x, ses_window(1, 1, 0), 1,
                              kernel(2, 1, 1, 1), NULL);
    int bn = ses_graph_batch_norm(graph, "bn", conv, NULL, NULL,
                                  vector(2, zero), vector(2, one), 3);
    int relu = ses_graph_activation(graph, "relu", conv, SES_ACT_RELU, 0, 0);
    int sum = ses_graph_add(graph, "sum", bn, relu);
    assert_int_equal(ses_graph_finish(graph, sum, &err), SES_OK);
    assert_int_equal(ses_fold_batch_norm(graph, &err), SES_OK);
    assert_int_equal(ses_fuse_activation(graph, &err), SES_OK);
    assert_int_equal(graph->n_nodes, 5);
    assert_true(graph->nodes[1].weight->data[1] == 2.0F);
    assert_int_equal(graph->nodes[1].activation, SES_ACT_IDENTITY);
    ses_graph_free(graph);
}

static void activations_fuse_and_keep_their_value(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 1);
    const float slope[2] = { 0.1F, 0.2F };
    x = ses_graph_conv(graph, "conv", x, ses_window(1, 1, 0), 1,
                       kernel(2, 1, 1, 1), NULL);
    x = ses_graph_prelu(graph, "prelu", x, vector(2, slope));
    int prelu = x;
    x = ses_graph_activation(graph, "sigmoid", x, SES_ACT_SIGMOID, 0, 0);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
    assert_int_equal(ses_fuse_activation(graph, &err), SES_OK);
    assert_int_equal(graph->n_nodes, 3);
    assert_int_equal(graph->nodes[1].activation, SES_ACT_PRELU);
    assert_int_equal(graph->nodes[1].output, prelu);
    assert_int_equal(graph->values[prelu].producer, 1);
    assert_true(graph->nodes[1].slope->data[1] == 0.2F);
    assert_int_equal(graph->nodes[2].op, SES_OP_ACTIVATION);
    assert_int_equal(ses_graph_parameters(graph), 2 + 2);
    ses_graph_free(graph);
}

/* ---- what canonicalising leaves at the ends ------------------------------ */

static int linear(struct ses_graph *graph, int x)
{
    return ses_graph_activation(graph, "linear", x, SES_ACT_LINEAR, 1, 0);
}

static int rename_to(struct ses_graph *graph, int x, int h, int w, int c)
{
    struct ses_permute permute = {
        .n = 1, .size = { h * w * c }, .h = h, .w = w, .c = c
    };
    return ses_graph_permute(graph, "rename", x, &permute);
}

static void canonicalise(struct ses_graph *graph, int output)
{
    struct ses_error err = { 0 };
    OK(ses_graph_finish(graph, output, &err));
    OK(ses_graph_infer(graph, 5, 6, &err));
    OK(ses_graph_canonicalise(graph, &err));
}

static void logits_are_found_behind_names(void **state)
{
    for (int kind = 0; kind < 6; kind++) {
        struct ses_error err = { 0 };
        struct ses_graph *graph = ses_graph_new(&err);
        int x = ses_graph_input(graph, "input", 4);
        x = ses_graph_unary(graph, "mean", x, SES_OP_GLOBAL_MEAN);
        int logits = ses_graph_conv(graph, "fc", x, ses_window(1, 1, 0), 1,
                                    kernel(10, 4, 1, 1), NULL);
        int y = logits;
        if (kind & 1)
            y = rename_to(graph, y, 1, 1, 10);
        if (kind < 4)
            y = ses_graph_unary(graph, "softmax", y, SES_OP_SOFTMAX);
        if (kind & 2)
            y = linear(graph, rename_to(graph, y, 1, 10, 1));
        if (kind >= 4)
            y = rename_to(graph, y, 10, 1, 1);
        canonicalise(graph, y);
        assert_int_equal(graph->logits, logits);
        assert_int_equal(graph->values[logits].c, 10);
        assert_true(graph->values[graph->output].producer >= 0);
        ses_graph_free(graph);
    }
}

static void the_input_stays_though_nobody_reads_it(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    size_t shape[3] = { 1, 1, 4 };
    int x = ses_graph_input(graph, "input", 4);
    ses_graph_activation(graph, "tanh", x, SES_ACT_TANH, 0, 0);
    canonicalise(graph, ses_graph_constant(graph, "constant",
                                           ses_tensor_new(3, shape)));
    assert_int_equal(graph->n_nodes, 2);
    assert_int_equal(graph->nodes[0].op, SES_OP_INPUT);
    ses_graph_free(graph);

    graph = ses_graph_new(&err);
    x = ses_graph_input(graph, "input", 4);
    canonicalise(graph, linear(graph, x)); /* the output is the input */
    assert_int_equal(graph->n_nodes, 1);
    assert_int_equal(graph->output, x);
    assert_int_equal(graph->logits, x);
    ses_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_follow_the_input_size),
        cmocka_unit_test(a_channel_mismatch_names_the_layer),
        cmocka_unit_test(a_map_too_small_for_its_window_is_an_error),
        cmocka_unit_test(the_first_building_error_is_kept),
        cmocka_unit_test(numbers_that_are_none_are_refused_by_layer),
        cmocka_unit_test(a_variance_without_a_root_is_refused_by_layer),
        cmocka_unit_test(maps_are_bounded),
        cmocka_unit_test(layers_are_bounded),
        cmocka_unit_test(logits_are_what_the_last_softmax_takes),
        cmocka_unit_test(batch_norm_folds_into_the_convolution_before),
        cmocka_unit_test(batch_norm_without_a_convolution_becomes_one),
        cmocka_unit_test(a_convolution_read_twice_is_not_folded_into),
        cmocka_unit_test(activations_fuse_and_keep_their_value),
        cmocka_unit_test(logits_are_found_behind_names),
        cmocka_unit_test(the_input_stays_though_nobody_reads_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
