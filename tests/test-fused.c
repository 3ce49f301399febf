/* Engines that run several layers as one (core/engine/steps.h), against those
 * that run each by itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/engine/engine-data.h"
#include "core/engine/gemm.h"
#include "core/graph/passes.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"
#include "tests/support/se-network.h"

enum { UNITS = 6, IMAGES = 5 };

struct network {
    struct ses_graph *graph;
    int gates[UNITS], maps[UNITS], n_gates; /* maps: multiplied by the gates */
    int seen[2 * UNITS], n_seen;            /* gates and squeezes */
};

static int gate_of(struct network *network, struct ses_random *random, int x,
                   int channels)
{
    struct ses_graph *graph = network->graph;
    int y = ses_graph_unary(graph, "squeeze", x, SES_OP_GLOBAL_MEAN);
    network->seen[network->n_seen++] = y;
    y = random_conv(graph, random, y, channels, 4, 1, 1, 1);
    y = ses_graph_activation(graph, "relu", y, SES_ACT_RELU, 0, 0);
    y = random_conv(graph, random, y, 4, channels, 1, 1, 1);
    y = ses_graph_activation(graph, "gate", y, SES_ACT_SIGMOID, 0, 0);
    network->maps[network->n_gates] = x;
    network->gates[network->n_gates++] = y;
    network->seen[network->n_seen++] = y;
    return y;
}

/* A residual unit whose last convolution has that kernel; with a gate or
 * without; its sum the one way round or the other. */
static int unit(struct network *network, struct ses_random *random, int x,
                int inputs, int outputs, int kernel, bool gated, bool swapped,
                enum ses_activation activation)
{
    struct ses_graph *graph = network->graph;
    int y = random_conv(graph, random, x, inputs, 20, 3, 1, 1);
    y = ses_graph_activation(graph, "relu", y, SES_ACT_RELU, 0, 0);
    y = random_conv(graph, random, y, 20, outputs, kernel, 1, 1);
    if (gated) {
        int gate = gate_of(network, random, y, outputs);
        y = swapped ? ses_graph_multiply(graph, "scale", gate, y)
                    : ses_graph_multiply(graph, "scale", y, gate);
    }
    int shortcut = inputs == outputs ? x
                                     : random_conv(graph, random, x, inputs,
                                                   outputs, 1, 1, 1);
    y = swapped ? ses_graph_add(graph, "add", shortcut, y)
                : ses_graph_add(graph, "add", y, shortcut);
    return ses_graph_activation(graph, "act", y, activation, 0.1f, 0);
}

static struct network make_network(void)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    struct network network = { .graph = ses_graph_new(&err) };
    struct ses_graph *graph = network.graph;
    ses_random_seed(&random, 3);
    int x = ses_graph_input(graph, "input", 3);
    x = random_conv(graph, &random, x, 3, 24, 3, 2, 1);
    x = unit(&network, &random, x, 24, 40, 1, true, false, SES_ACT_RELU);
    x = unit(&network, &random, x, 40, 40, 1, true, true, SES_ACT_SILU);
    x = unit(&network, &random, x, 40, 40, 3, true, false, SES_ACT_RELU);
    x = unit(&network, &random, x, 40, 40, 1, false, true, SES_ACT_RELU);
    x = unit(&network, &random, x, 40, 33, 3, false, false,
             SES_ACT_LEAKY_RELU);
    x = ses_graph_unary(graph, "mean", x, SES_OP_GLOBAL_MEAN);
    x = random_conv(graph, &random, x, 33, 10, 1, 1, 1);
    OK(ses_graph_finish(graph, x, &err));
    OK(ses_fuse_activation(graph, &err));
    OK(ses_graph_infer(graph, 30, 21, &err));
    return network;
}

static float *images(const struct ses_graph *graph)
{
    struct ses_random random;
    size_t n = IMAGES * image_floats(&graph->values[graph->input]);
    float *x = ses_calloc_floats(n);
    ses_random_seed(&random, 2);
    for (size_t i = 0; i < n; i++)
        x[i] = random_float(&random);
    return x;
}

struct seen {
    const struct network *network;
    float values[2 * UNITS][IMAGES * 40];
    float force; /* NaN: none */
};

static enum ses_status see(void *user, size_t watch, float *data, int batch,
                           size_t first, struct ses_error *err)
{
    struct seen *seen = user;
    int value = seen->network->seen[watch];
    size_t floats = image_floats(&seen->network->graph->values[value]);
    memcpy(seen->values[watch] + first * floats, data,
           (size_t)batch * floats * sizeof *data);
    for (int g = 0; g < seen->network->n_gates && !isnan(seen->force); g++)
        for (size_t i = 0; seen->network->gates[g] == value &&
                           i < (size_t)batch * floats; i++)
            data[i] = seen->force;
    return SES_OK;
}

static void run(const struct network *network, const struct ses_engine *engine,
                const float *x, int batch, struct seen *seen, float *logits)
{
    struct ses_error err = { 0 };
    struct ses_worker *worker = NULL;
    const struct ses_graph *graph = network->graph;
    struct ses_watch watch = { network->seen, (size_t)network->n_seen, see,
                               seen };
    size_t floats = image_floats(&graph->values[graph->input]);
    OK(ses_worker_new(engine, &worker, &err));
    for (int i = 0; i < IMAGES; i += batch) {
        int n = IMAGES - i < batch ? IMAGES - i : batch;
        OK(ses_worker_run(worker, x + (size_t)i * floats, n, (size_t)i, &watch,
                          logits + i * 10, &err));
    }
    ses_worker_free(worker);
}

static void near(const float *a, const float *b, size_t n, const char *what)
{
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(a[i] - b[i]) <= 3e-6f * (1 + fabsf(b[i]))))
            fail_msg("%s: element %zu is %.9g, expected %.9g", what, i,
                     (double)a[i], (double)b[i]);
}

static void check_forced(float force)
{
    struct network network = make_network();
    struct ses_error err = { 0 };
    struct ses_engine *apart = NULL, *fused = NULL;
    float *x = images(network.graph), logits[3][IMAGES * 10];
    static struct seen seen[3];
    for (int i = 0; i < 3; i++)
        seen[i] = (struct seen){ .network = &network, .force = force };
    OK(ses_engine_new(network.graph, NULL, 0, IMAGES, &apart, &err));
    OK(ses_engine_new_fused(network.graph, NULL, 0, IMAGES, &fused, &err));
    assert_true(ses_engine_arena(fused) <= ses_engine_arena(apart));
    run(&network, apart, x, IMAGES, &seen[0], logits[0]);
    run(&network, fused, x, IMAGES, &seen[1], logits[1]);
    for (int i = 0; i < network.n_seen; i++)
        near(seen[1].values[i], seen[0].values[i], IMAGES * 40,
             network.graph->values[network.seen[i]].name);
    near(logits[1], logits[0], IMAGES * 10, "logits");
    for (int batch = 1; batch < IMAGES; batch++) {
        run(&network, fused, x, batch, &seen[2], logits[2]);
        assert_memory_equal(logits[2], logits[1], sizeof logits[1]);
        assert_memory_equal(seen[2].values, seen[1].values,
                            sizeof seen[1].values);
    }
    ses_engine_free(apart);
    ses_engine_free(fused);
    free(x);
    ses_graph_free(network.graph);
}

static void fused_layers_are_the_layers(void **state)
{
    check_forced(NAN);
}

static void forced_gates_reach_fused_layers(void **state)
{
    check_forced(1.0f);
    check_forced(-0.25f);
}

/* From every node on, after what was saved there was spoiled and put back. */
static void fused_runs_can_be_cut_anywhere(void **state)
{
    struct network network = make_network();
    const struct ses_graph *graph = network.graph;
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    struct ses_worker *worker = NULL;
    float *x = images(graph), whole[20];
    OK(ses_engine_new_fused(graph, NULL, 0, 2, &engine, &err));
    OK(ses_worker_new(engine, &worker, &err));
    OK(ses_worker_run(worker, x, 2, 0, NULL, whole, &err));
    for (size_t at = 1; at < graph->n_nodes; at++) {
        OK(ses_worker_run_part(worker, x, 2, 0, at, &err));
        OK(ses_worker_save(worker, at % 3, at, 2, &err));
        OK(ses_worker_run_part(worker, x + 7, 2, 0, graph->n_nodes, &err));
        ses_worker_restore(worker, at % 3, at, 2);
        OK(ses_worker_run_part(worker, x, 2, at, graph->n_nodes, &err));
        assert_memory_equal(ses_worker_value(worker, graph->logits), whole,
                            sizeof whole);
    }
    ses_worker_free(worker);
    ses_engine_free(engine);
    free(x);
    ses_graph_free(network.graph);
}

static enum ses_status ignore(void *user, size_t watch, float *data, int batch,
                              size_t first, struct ses_error *err)
{
    ++*(int *)user;
    return SES_OK;
}

/* ---- a batch in parts --------------------------------------------------- */

/* Caches from none to ones that hold everything. */
static const struct ses_caches all_caches[] = {
    { 0, 0 }, { 1000, 1000 }, { 20000, 0 }, { 60000, 1000000 },
    { 1000000, 0 }, { 100000000, 0 }
};
enum { CACHES = sizeof all_caches / sizeof *all_caches };

static void parts_of_a_batch_give_its_bits(void **state)
{
    struct network network = make_network();
    struct ses_error err = { 0 };
    struct ses_engine *fused = NULL, *blocked = NULL;
    float *x = images(network.graph), logits[2][IMAGES * 10];
    static struct seen seen[2];
    size_t divided = 0;
    for (int forced = 0; forced < 2; forced++)
        for (int c = 0; c < CACHES; c++) {
            for (int i = 0; i < 2; i++)
                seen[i] = (struct seen){ .network = &network,
                                         .force = forced ? 0.75f : NAN };
            OK(ses_engine_new_fused(network.graph, NULL, 0, IMAGES, &fused,
                                    &err));
            OK(ses_engine_new_blocked(network.graph, NULL, 0, IMAGES,
                                      &all_caches[c], 2, &blocked, &err));
            for (size_t s = 0; s < blocked->segments.count; s++)
                divided += blocked->segments.items[s].images < IMAGES;
            run(&network, fused, x, IMAGES, &seen[0], logits[0]);
            for (int batch = 1; batch <= IMAGES; batch++) {
                run(&network, blocked, x, batch, &seen[1], logits[1]);
                assert_memory_equal(logits[1], logits[0], sizeof logits[0]);
                assert_memory_equal(seen[1].values, seen[0].values,
                                    sizeof seen[0].values);
            }
            ses_engine_free(fused);
            ses_engine_free(blocked);
        }
    assert_true(divided > 0);
    free(x);
    ses_graph_free(network.graph);
}

/* Every third node is a cut; between them a run may be cut only where all its
 * images go together. */
static void parts_are_cut_where_it_was_said(void **state)
{
    struct network network = make_network();
    const struct ses_graph *graph = network.graph;
    struct ses_error err = { 0 };
    float *x = images(graph), whole[IMAGES * 10];
    float *zeros = ses_calloc_floats(
        IMAGES * image_floats(&graph->values[graph->input]));
    size_t cuts[100], n_cuts = 0, refused = 0;
    for (size_t at = 3; at < graph->n_nodes; at += 3)
        cuts[n_cuts++] = at;
    for (int c = 0; c < CACHES; c++) {
        struct ses_engine *engine = NULL;
        struct ses_worker *worker = NULL;
        OK(ses_engine_new_blocked(graph, cuts, n_cuts, IMAGES, &all_caches[c],
                                  1, &engine, &err));
        OK(ses_worker_new(engine, &worker, &err));
        OK(ses_worker_run(worker, x, IMAGES, 0, NULL, whole, &err));
        for (size_t at = 1; at < graph->n_nodes; at++) {
            enum ses_status status =
                ses_worker_run_part(worker, x, IMAGES, 0, at, &err);
            if (at % 3 && status == SES_EUSAGE) {
                refused++;
                continue;
            }
            OK(status);
            OK(ses_worker_save(worker, 0, at, IMAGES, &err));
            OK(ses_worker_run_part(worker, zeros, IMAGES, 0, graph->n_nodes,
                                   &err));
            ses_worker_restore(worker, 0, at, IMAGES);
            OK(ses_worker_run_part(worker, x, IMAGES, at, graph->n_nodes,
                                   &err));
            assert_memory_equal(ses_worker_value(worker, graph->logits), whole,
                                sizeof whole);
        }
        ses_worker_free(worker);
        ses_engine_free(engine);
    }
    assert_true(refused > 0);
    assert_non_null(strstr(err.message, "a run cannot be cut at node"));
    free(zeros);
    free(x);
    ses_graph_free(network.graph);
}

static void a_map_is_there_when_it_is_kept(void **state)
{
    struct network network = make_network();
    struct ses_error err = { 0 };
    float *x = images(network.graph);
    int calls = 0;
    struct ses_watch watch = { &network.maps[0], 1, ignore, &calls };
    for (int keep = 0; keep < 2; keep++) {
        struct ses_engine *engine = NULL;
        struct ses_worker *worker = NULL;
        OK(ses_engine_new_fused(network.graph, network.maps, (size_t)keep, 1,
                                &engine, &err));
        OK(ses_worker_new(engine, &worker, &err));
        assert_int_equal(ses_worker_run(worker, x, 1, 0, &watch, NULL, &err),
                         keep ? SES_OK : SES_EUSAGE);
        assert_int_equal(calls, keep);
        ses_worker_free(worker);
        ses_engine_free(engine);
    }
    assert_non_null(strstr(err.message, "is not made by itself"));
    free(x);
    ses_graph_free(network.graph);
}

/* Products with all that may follow them, at sizes that fill neither tiles nor
 * vectors, as defined. */
static void products_and_their_tails_match(void **state)
{
    struct ses_random random;
    ses_random_seed(&random, 4);
    for (int n = 0; n < 150; n++) {
        size_t m = (size_t)random_int(&random, 1, 40);
        size_t columns = (size_t)random_int(&random, 1, 70);
        size_t k = (size_t)random_int(&random, 1, 50);
        size_t lda = n % 10 ? k + (size_t)random_int(&random, 0, 3) : 1024;
        size_t ldc = columns + (size_t)random_int(&random, 0, 5);
        int parts = random_int(&random, 0, 15);
        float *a = ses_calloc_floats(m * lda), *c = ses_calloc_floats(m * ldc);
        float *b = ses_calloc_floats(k * columns);
        float *packed = ses_calloc_floats(ses_gemm_floats(columns, k));
        float *add = ses_calloc_floats(m * ldc), bias[70], scale[70];
        for (size_t i = 0; i < m * lda; i++)
            a[i] = random_float(&random);
        for (size_t i = 0; i < m * ldc; i++)
            add[i] = random_float(&random);
        for (size_t i = 0; i < columns; i++)
            bias[i] = random_float(&random), scale[i] = random_float(&random);
        for (size_t i = 0; i < k * columns; i++) {
            b[i] = random_float(&random);
            packed[ses_gemm_index(columns, k, i / columns, i % columns)] =
                b[i];
        }
        struct ses_gemm_tail tail = { parts & 1 ? bias : NULL,
                                      parts & 2 ? scale : NULL,
                                      parts & 4 ? add : NULL, parts & 8 };
        memset(c, 0xff, m * ldc * sizeof *c);
        ses_gemm(m, columns, k, a, lda, packed, c, ldc, &tail);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < columns; j++) {
                double sum = 0;
                for (size_t p = 0; p < k; p++)
                    sum += (double)a[i * lda + p] *
                           (double)b[p * columns + j];
                sum += parts & 1 ? (double)bias[j] : 0;
                sum *= parts & 2 ? (double)scale[j] : 1;
                sum += parts & 4 ? (double)add[i * ldc + j] : 0;
                sum = parts & 8 ? fmax(sum, 0) : sum;
                if (!(fabs((double)c[i * ldc + j] - sum) <=
                      1e-6 * (double)(2 + k)))
                    fail_msg("%zux%zux%zu, parts %d: element %zu, %zu is "
                             "%.9g, expected %.9g",
                             m, columns, k, parts, i, j,
                             (double)c[i * ldc + j], sum);
            }
        for (size_t i = 0; i < m; i++) /* nothing beside C is written */
            for (size_t j = columns; j < ldc; j++)
                assert_true(isnan(c[i * ldc + j]));
        free(a);
        free(b);
        free(c);
        free(add);
        free(packed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_and_their_tails_match),
        cmocka_unit_test(fused_layers_are_the_layers),
        cmocka_unit_test(forced_gates_reach_fused_layers),
        cmocka_unit_test(fused_runs_can_be_cut_anywhere),
        cmocka_unit_test(parts_of_a_batch_give_its_bits),
        cmocka_unit_test(parts_are_cut_where_it_was_said),
        cmocka_unit_test(a_map_is_there_when_it_is_kept),
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
