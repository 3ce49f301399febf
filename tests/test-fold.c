/* core/graph/fold-gates.c: a network with constant gates is the one whose
 * gates are forced to them, wherever the constants go. */
#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/engine/engine.h"
#include "core/graph/blocks.h"
#include "core/graph/passes.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"
#include "tests/support/se-network.h"

enum { SIDE = 6, FOLDED = 8, PICTURES = 3 };

/* ---- running ------------------------------------------------------------ */

struct forced {
    const float *const *values;
    const int *channels;
};

static enum ses_status force(void *user, size_t watch, float *data, int batch,
                             size_t first, struct ses_error *err)
{
    const struct forced *forced = user;
    size_t n = (size_t)forced->channels[watch];
    for (int i = 0; i < batch; i++)
        memcpy(data + (size_t)i * n, forced->values[watch],
               n * sizeof *data);
    return SES_OK;
}

/* Logits of some pictures, with the gates forced to constants; caller frees.
 */
static float *run(const struct ses_graph *graph, const float *x, int batch,
                  const int *gates, size_t n_gates,
                  const struct forced *forced)
{
    struct ses_error err = { 0 };
    struct ses_engine *engine;
    struct ses_worker *worker;
    float *out = ses_calloc_floats(
        (size_t)batch * image_floats(&graph->values[graph->logits]));
    struct ses_watch watch = { gates, n_gates, force,
                               (void *)(uintptr_t)forced };
    OK(ses_engine_new(graph, NULL, 0, batch, &engine, &err));
    OK(ses_worker_new(engine, &worker, &err));
    OK(ses_worker_run(worker, x, batch, 0, n_gates ? &watch : NULL, out,
                      &err));
    ses_worker_free(worker);
    ses_engine_free(engine);
    return out;
}

static void assert_near(const float *found, const float *expected, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)expected[i]));
    assert_true(most > 0);
    for (size_t i = 0; i < n; i++)
        if (!(fabs((double)found[i] - (double)expected[i]) <= 2e-6 * most))
            fail_msg("number %zu is %.9g, expected %.9g", i,
                     (double)found[i], (double)expected[i]);
}

/* ---- a network of one block ---------------------------------------------- */

/* What makes the map and what reads the product. */
struct around {
    enum ses_activation activation; /* of the convolution before */
    bool pool_before, map_twice;    /* the map is read beside the block, too */
    bool conv_after, product_twice;
    int groups_after;
    bool is_output; /* the product is the network's output */
};

struct network {
    struct ses_graph *graph;
    int gate, scaled;
};

static struct network build(const struct around *around)
{
    struct network network;
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 3);
    struct ses_graph *g = network.graph = ses_graph_new(&err);
    int x = ses_graph_input(g, "input", 3);
    int map = random_conv(g, &random, x, 3, FOLDED, 3, 1, 1);
    if (around->activation == SES_ACT_PRELU)
        map = ses_graph_prelu(g, "prelu", map, random_vector(&random, FOLDED));
    else if (around->activation != SES_ACT_IDENTITY)
        map = ses_graph_activation(g, "before", map, around->activation,
                                   0.1f, 0);
    if (around->pool_before)
        map = ses_graph_pool(g, "pool", map, SES_OP_MAX_POOL,
                             ses_window(3, 1, 1));
    int gate = ses_graph_unary(g, "squeeze", map, SES_OP_GLOBAL_MEAN);
    gate = random_conv(g, &random, gate, FOLDED, 2, 1, 1, 1);
    gate = ses_graph_activation(g, "relu", gate, SES_ACT_RELU, 0, 0);
    gate = random_conv(g, &random, gate, 2, FOLDED, 1, 1, 1);
    gate = ses_graph_activation(g, "gate", gate, SES_ACT_SIGMOID, 0, 0);
    int y = network.scaled = ses_graph_multiply(g, "scale", map, gate);
    network.gate = gate;
    int product = y;
    if (around->conv_after)
        y = random_conv(g, &random, y, FOLDED, FOLDED, 3, 2,
                        around->groups_after);
    else if (!around->is_output)
        y = ses_graph_activation(g, "after", y, SES_ACT_TANH, 0, 0);
    if (around->product_twice)
        y = ses_graph_add(g, "sum", y,
                          ses_graph_unary(g, "mean", product,
                                          SES_OP_GLOBAL_MEAN));
    if (around->map_twice)
        y = ses_graph_add(g, "shortcut", y,
                          ses_graph_unary(g, "mean", map, SES_OP_GLOBAL_MAX));
    OK(ses_graph_finish(g, y, &err));
    OK(ses_graph_infer(g, SIDE, SIDE, &err));
    OK(ses_fuse_activation(g, &err));
    return network;
}

static size_t count(const struct ses_graph *graph, enum ses_op op)
{
    size_t n = 0;
    for (size_t i = 0; i < graph->n_nodes; i++)
        n += graph->nodes[i].op == op;
    return n;
}

/* Fold, and compare with the network forced; where the constants went. */
static int fold(const struct around *around, float least, float most)
{
    struct network network = build(around);
    struct ses_graph *graph = network.graph;
    struct ses_error err = { 0 };
    struct ses_random random;
    float value[FOLDED];
    int channels = FOLDED;
    const float *values = value;
    ses_random_seed(&random, 4);
    for (int i = 0; i < FOLDED; i++)
        value[i] = least + (most - least) * (random_float(&random) + 1) / 2;
    struct forced forced = { &values, &channels };
    float *x = se_network_images(graph);
    size_t n = PICTURES * image_floats(&graph->values[graph->logits]);
    float *expected = run(graph, x, PICTURES, &network.gate, 1, &forced);
    struct ses_constant_gate gate = { .scaled = network.scaled,
                                      .gate = network.gate,
                                      .value = value };
    OK(ses_fold_gates(graph, &gate, 1, &err));
    assert_int_equal(count(graph, SES_OP_MULTIPLY), 0);
    OK(ses_graph_infer(graph, SIDE, SIDE, &err));
    float *found = run(graph, x, PICTURES, NULL, 0, NULL);
    assert_near(found, expected, n);
    assert_non_null(gate.layer);
    free(found);
    free(expected);
    free(x);
    ses_graph_free(graph);
    return (int)gate.where;
}

/* ---- tests --------------------------------------------------------------- */

static void gates_go_into_the_convolution_before(void **state)
{
    static const enum ses_activation linear_on_each_side[] = {
        SES_ACT_IDENTITY, SES_ACT_RELU, SES_ACT_LEAKY_RELU, SES_ACT_PRELU
    };
    for (size_t i = 0; i < 4; i++) {
        struct around around = { .activation = linear_on_each_side[i] };
        assert_int_equal(fold(&around, 0, 1), SES_GATE_BEFORE);
        around.is_output = true;
        assert_int_equal(fold(&around, 0, 1), SES_GATE_BEFORE);
    }
    assert_int_equal(fold(&(struct around){ 0 }, -2, 1), SES_GATE_BEFORE);
}

static void gates_do_not_pass_a_bend(void **state)
{
    assert_int_equal(fold(&(struct around){ .activation = SES_ACT_RELU }, -1,
                          1),
                     SES_GATE_LEFT);
    assert_int_equal(fold(&(struct around){ .activation = SES_ACT_SILU }, 0,
                          1),
                     SES_GATE_LEFT);
    assert_int_equal(fold(&(struct around){ .activation = SES_ACT_HARD_SWISH },
                          0, 1),
                     SES_GATE_LEFT);
}

static void gates_go_into_the_convolution_after(void **state)
{
    static const int groups[] = { 1, 2, FOLDED };
    for (int i = 0; i < 3; i++) {
        struct around around = { .activation = SES_ACT_SILU,
                                 .conv_after = true,
                                 .groups_after = groups[i] };
        assert_int_equal(fold(&around, -1, 1), SES_GATE_AFTER);
        around = (struct around){ .map_twice = true, .conv_after = true,
                                  .groups_after = groups[i] };
        assert_int_equal(fold(&around, 0, 1), SES_GATE_AFTER);
    }
}

static void gates_stay_where_others_read(void **state)
{
    struct around around = { .map_twice = true };
    assert_int_equal(fold(&around, 0, 1), SES_GATE_LEFT);
    around = (struct around){ .pool_before = true };
    assert_int_equal(fold(&around, 0, 1), SES_GATE_LEFT);
    around = (struct around){ .pool_before = true, .conv_after = true,
                              .groups_after = 1, .product_twice = true };
    assert_int_equal(fold(&around, 0, 1), SES_GATE_LEFT);
    around = (struct around){ .pool_before = true, .is_output = true };
    assert_int_equal(fold(&around, 0, 1), SES_GATE_LEFT);
}

/* The network of three units; chosen: a bit each. */
static void fold_some(unsigned chosen)
{
    struct se_network network = se_network(true, false);
    struct ses_graph *graph = network.graph;
    struct ses_error err = { 0 };
    float value[3][32];
    const float *values[3];
    int channels[3], gates[3];
    struct ses_constant_gate constants[3];
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        if (!(chosen >> i & 1))
            continue;
        for (int c = 0; c < 32; c++)
            value[n][c] = (float)(i + c % 7) / 8;
        values[n] = value[n];
        gates[n] = network.gates[i];
        channels[n] = graph->values[gates[n]].c;
        constants[n] = (struct ses_constant_gate){
            .scaled = network.scaled[i], .gate = gates[n], .value = value[n]
        };
        n++;
    }
    struct forced forced = { values, channels };
    float *x = se_network_images(graph);
    float *expected = run(graph, x, BATCH, gates, n, &forced);
    size_t before = count(graph, SES_OP_CONV);
    OK(ses_fold_gates(graph, constants, n, &err));
    float *found = run(graph, x, BATCH, NULL, 0, NULL);
    assert_near(found, expected,
                BATCH * image_floats(&graph->values[graph->logits]));
    /* Two convolutions and a squeeze of each are gone, and the multiply. */
    assert_int_equal(count(graph, SES_OP_CONV), before - 2 * n);
    assert_int_equal(count(graph, SES_OP_GLOBAL_MEAN), 4 - n);
    assert_int_equal(count(graph, SES_OP_MULTIPLY), 3 - n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(constants[i].where, SES_GATE_BEFORE);
    free(found);
    free(expected);
    free(x);
    ses_graph_free(graph);
}

static void any_choice_of_blocks_folds(void **state)
{
    for (unsigned chosen = 1; chosen < 8; chosen++)
        fold_some(chosen);
}

static void folded_blocks_are_found_no_more(void **state)
{
    struct network network = build(&(struct around){ 0 });
    struct ses_error err = { 0 };
    struct ses_blocks blocks;
    static const float ones[FOLDED] = { 1, 1, 1, 1, 1, 1, 1, 1 };
    struct ses_constant_gate gate = { .scaled = network.scaled,
                                      .gate = network.gate, .value = ones };
    OK(ses_fold_gates(network.graph, &gate, 1, &err));
    OK(ses_blocks_find(network.graph, &blocks, &err));
    assert_int_equal(blocks.count, 0);
    ses_blocks_release(&blocks);
    ses_graph_free(network.graph);
}

static void what_is_no_product_is_refused(void **state)
{
    struct network network = build(&(struct around){ 0 });
    struct ses_error err = { 0 };
    static const float ones[FOLDED] = { 0 };
    struct ses_constant_gate gates[2] = {
        { .scaled = network.scaled, .gate = network.gate, .value = ones },
        { .scaled = network.scaled, .gate = network.gate, .value = ones },
    };
    assert_int_equal(ses_fold_gates(network.graph, gates, 2, &err),
                     SES_ENOTFOUND);
    SAYS("'scale' is not the product of a map and its gate");
    ses_graph_free(network.graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gates_go_into_the_convolution_before),
        cmocka_unit_test(gates_do_not_pass_a_bend),
        cmocka_unit_test(gates_go_into_the_convolution_after),
        cmocka_unit_test(gates_stay_where_others_read),
        cmocka_unit_test(any_choice_of_blocks_folds),
        cmocka_unit_test(folded_blocks_are_found_no_more),
        cmocka_unit_test(what_is_no_product_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
