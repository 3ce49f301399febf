/* core/engine: memory that is shared without being seen, and what has no room
 * in it. */
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/engine/engine.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"
#include "tests/support/se-network.h"

/* ---- the same where every value has memory of its own ------------------- */

static void run_node(const struct ses_graph *graph, size_t i, float **values,
                     int batch)
{
    const struct ses_node *node = &graph->nodes[i];
    const struct ses_op_class *class = ses_op_class(node->op);
    const struct ses_value *out = &graph->values[node->output];
    const struct ses_value *in[2] = { NULL, NULL };
    const float *x[2] = { NULL, NULL };
    struct ses_run run = { .node = node,
                           .last = node,
                           .in = in,
                           .x = x,
                           .out = out,
                           .y = values[node->output],
                           .batch = batch };
    for (int j = 0; j < node->n_inputs; j++) {
        in[j] = &graph->values[node->inputs[j]];
        x[j] = values[node->inputs[j]];
    }
    float *packed = NULL;
    if (class->pack) {
        packed = ses_calloc_floats(class->packed_floats(node, in, out));
        class->pack(node, in, out, packed);
    }
    run.packed = packed;
    run.scratch = ses_calloc_floats(
        class->scratch_floats ? class->scratch_floats(node, in, out) : 0);
    class->run(&run);
    free(run.scratch);
    free(packed);
}

/* All values; caller frees with free_values(). */
static float **run_apart(const struct ses_graph *graph, const float *x,
                         int batch)
{
    float **values = ses_calloc(graph->n_values, sizeof *values);
    for (size_t i = 0; i < graph->n_nodes; i++) {
        int value = graph->nodes[i].output;
        size_t floats =
            (size_t)batch * image_floats(&graph->values[value]);
        values[value] = ses_calloc_floats(floats);
        if (graph->nodes[i].op == SES_OP_INPUT)
            memcpy(values[value], x, floats * sizeof *x);
        else
            run_node(graph, i, values, batch);
    }
    return values;
}

static void free_values(const struct ses_graph *graph, float **values)
{
    for (size_t i = 0; i < graph->n_values; i++)
        free(values[i]);
    free(values);
}

/* ---- watching ----------------------------------------------------------- */

struct watcher {
    const struct ses_graph *graph;
    const int *watched;
    float **expected;
    const float **kept; /* of each watch, or NULL when nothing is kept */
    size_t count;
    int batch, calls;
    size_t first;
};

static void check_value(const struct watcher *watcher, size_t watch,
                        const float *data)
{
    int value = watcher->watched[watch];
    const struct ses_value *shape = &watcher->graph->values[value];
    size_t floats = (size_t)watcher->batch * image_floats(shape);
    if (memcmp(data, watcher->expected[value], floats * sizeof *data))
        fail_msg("value %d, '%s', was overwritten", value, shape->name);
}

static enum ses_status compare(void *user, size_t watch, float *data,
                               int batch, size_t first, struct ses_error *err)
{
    struct watcher *watcher = user;
    watcher->calls++;
    assert_int_equal(batch, watcher->batch);
    assert_int_equal(first, watcher->first);
    check_value(watcher, watch, data);
    if (!watcher->kept)
        return SES_OK;
    watcher->kept[watch] = data;
    for (size_t i = 0; watch + 1 == watcher->count && i < watch; i++)
        check_value(watcher, i, watcher->kept[i]);
    return SES_OK;
}

/* Every value, as it is made (and when kept, to the end), is what it is where
 * nothing shares memory. */
static void check_values(const struct ses_graph *graph, bool keep)
{
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    struct ses_worker *worker = NULL;
    float *x = se_network_images(graph);
    int *all = ses_calloc(graph->n_values, sizeof *all);
    size_t count = 0;
    for (size_t i = 0; i < graph->n_nodes; i++)
        all[count++] = graph->nodes[i].output;
    assert_int_equal(ses_engine_new(graph, all, keep ? count : 0, 3, &engine,
                                    &err),
                     SES_OK);
    assert_int_equal(ses_worker_new(engine, &worker, &err), SES_OK);
    float **expected = run_apart(graph, x, 3);
    const float **kept = ses_calloc(count, sizeof *kept);
    struct watcher watcher = { .graph = graph,
                               .watched = all,
                               .expected = expected,
                               .kept = keep ? kept : NULL,
                               .count = count,
                               .batch = 3,
                               .first = 40 };
    struct ses_watch watch = {
        .values = all, .count = count, .seen = compare, .user = &watcher
    };
    size_t floats = image_floats(&graph->values[graph->logits]);
    float *output = ses_calloc_floats(3 * floats);
    for (int pass = 0; pass < 2; pass++) { /* twice: memory is used again */
        assert_int_equal(
            ses_worker_run(worker, x, 3, 40, &watch, output, &err), SES_OK);
        assert_memory_equal(output, expected[graph->logits],
                            3 * floats * sizeof *output);
    }
    assert_int_equal(watcher.calls, 2 * count);
    free(output);
    free_values(graph, expected);
    free(kept);
    free(all);
    free(x);
    ses_worker_free(worker);
    ses_engine_free(engine);
}

static void values_are_what_they_are_without_sharing(void **state)
{
    for (int n = 0; n < 4; n++) {
        struct se_network network = se_network(n & 1, false);
        check_values(network.graph, n & 2);
        ses_graph_free(network.graph);
    }
}

/* The same map: by another name (moves false), or with its floats mixed. */
static int permute(struct ses_graph *graph, int x, bool moves)
{
    struct ses_permute order = {
        .n = 2, .size = { 45, 4 }, .perm = { moves, !moves }, .h = 5, .w = 9,
        .c = 4
    };
    return ses_graph_permute(graph, "permute", x, &order);
}

/* Chains of anything that runs in place, with long and short lives. */
static struct ses_graph *random_graph(uint64_t seed)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, seed);
    struct ses_graph *graph = ses_graph_new(&err);
    int maps[64] = { ses_graph_input(graph, "input", 3) };
    int n = 1;
    maps[n++] = random_conv(graph, &random, maps[0], 3, 4, 3, 1, 1);
    while (n < 40) {
        int a = maps[random_int(&random, n > 8 ? n - 8 : 1, n - 1)];
        int b = maps[random_int(&random, n > 8 ? n - 8 : 1, n - 1)];
        int y;
        switch (random_int(&random, 0, 8)) {
        case 0:
            y = ses_graph_add(graph, "add", a, b);
            break;
        case 1:
            y = ses_graph_multiply(graph, "multiply", a, b);
            break;
        case 2:
            y = ses_graph_multiply(
                graph, "scale", a,
                ses_graph_unary(graph, "max", b, SES_OP_GLOBAL_MAX));
            break;
        case 3:
            y = ses_graph_multiply(
                graph, "scale",
                ses_graph_unary(graph, "mean", b, SES_OP_GLOBAL_MEAN), a);
            break;
        case 4:
            y = random_conv(graph, &random, a, 4, 4, 3, 1, 1);
            break;
        case 5:
            y = permute(graph, a, false);
            break;
        case 6:
            y = permute(graph, a, true);
            break;
        case 7:
            y = ses_graph_activation(graph, "tanh", a, SES_ACT_TANH, 0, 0);
            break;
        default:
            y = ses_graph_unary(graph, "softmax", a, SES_OP_SOFTMAX);
        }
        maps[n++] = y;
    }
    assert_int_equal(ses_graph_finish(graph, maps[n - 1], &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 5, 9, &err), SES_OK);
    return graph;
}

static void any_graph_shares_memory_safely(void **state)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        struct ses_graph *graph = random_graph(seed);
        check_values(graph, seed & 1);
        ses_graph_free(graph);
    }
}

static void arenas_hold_what_lives_at_one_time(void **state)
{
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    struct se_network network = se_network(true, false);
    size_t all = 0, largest = 0;
    for (size_t i = 0; i < network.graph->n_nodes; i++) {
        int value = network.graph->nodes[i].output;
        size_t bytes =
            image_floats(&network.graph->values[value]) * sizeof(float);
        all += bytes;
        largest = bytes > largest ? bytes : largest;
    }
    assert_int_equal(
        ses_engine_new(network.graph, NULL, 0, 100, &engine, &err), SES_OK);
    assert_true(ses_engine_arena(engine) < 100 * all / 2);
    assert_true(ses_engine_arena(engine) > 100 * largest);
    ses_engine_free(engine);
    ses_graph_free(network.graph);
}

/* An order that only renames takes no memory, so the values before and after
 * are one. */
static void names_are_free(void **state)
{
    struct ses_error err = { 0 };
    size_t arena[2];
    for (int moves = 0; moves < 2; moves++) {
        struct ses_engine *engine = NULL;
        struct ses_graph *graph = ses_graph_new(&err);
        int x = ses_graph_input(graph, "input", 4);
        x = permute(graph, x, moves);
        assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
        assert_int_equal(ses_graph_infer(graph, 5, 9, &err), SES_OK);
        check_values(graph, false);
        assert_int_equal(ses_engine_new(graph, NULL, 0, 4, &engine, &err),
                         SES_OK);
        arena[moves] = ses_engine_arena(engine);
        ses_engine_free(engine);
        ses_graph_free(graph);
    }
    assert_int_equal(arena[0], 4 * 180 * sizeof(float));
    assert_int_equal(arena[1], 2 * arena[0]);
}

/* ---- limits ------------------------------------------------------------- */

static void maps_beyond_memory_are_an_error(void **state)
{
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    struct ses_graph *graph = ses_graph_new(&err);
    int x = ses_graph_input(graph, "input", 8);
    x = ses_graph_unary(graph, "mean", x, SES_OP_GLOBAL_MEAN);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 1, 1, &err), SES_OK);
    graph->values[0].h = graph->values[0].w = graph->values[0].c = 2147483647;
    assert_int_equal(ses_engine_new(graph, NULL, 0, 4, &engine, &err),
                     SES_ESHAPE);
    assert_non_null(strstr(err.message, "'input' of 2147483647x"));
    ses_graph_free(graph);
}

/* Each map is one that may be, all together are more than any machine has:
 * that is said before memory is asked for. */
static void networks_beyond_memory_are_an_error(void **state)
{
    enum { MAPS = 8000, SIDE = 1 << 13 };
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    struct ses_graph *graph = ses_graph_new(&err);
    struct ses_resize resize = { .h = SIDE, .w = SIDE };
    int small = ses_graph_input(graph, "input", 4);
    int maps[MAPS];
    maps[0] = ses_graph_resize(graph, "large", small, &resize);
    for (int i = 1; i < MAPS; i++)
        maps[i] = ses_graph_activation(graph, "act", maps[i - 1],
                                       SES_ACT_SIGMOID, 0, 0);
    int sum = maps[0];
    for (int i = 1; i < MAPS; i++)
        sum = ses_graph_add(graph, "sum", sum, maps[i]);
    assert_int_equal(ses_graph_finish(graph, sum, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 1, 1, &err), SES_OK);
    assert_int_equal(ses_engine_new(graph, NULL, 0, 1, &engine, &err),
                     SES_ENOMEM);
    assert_non_null(strstr(err.message, "for 1 image at a time"));
    assert_non_null(strstr(err.message, "layer 'large', whose map is "
                                        "8192x8192x4"));
    ses_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_what_they_are_without_sharing),
        cmocka_unit_test(any_graph_shares_memory_safely),
        cmocka_unit_test(arenas_hold_what_lives_at_one_time),
        cmocka_unit_test(names_are_free),
        cmocka_unit_test(maps_beyond_memory_are_an_error),
        cmocka_unit_test(networks_beyond_memory_are_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
