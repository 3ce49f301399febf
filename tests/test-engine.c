/* core/engine: watching and forcing values, and requests that it refuses. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/engine/engine.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"
#include "tests/support/se-network.h"

/* ---- forcing ------------------------------------------------------------ */

/* Writes a number over watched values, and keeps what they were. */
struct forcer {
    const struct se_network *network;
    float value;
    float gates[3][BATCH * 32];
};

static enum ses_status force(void *user, size_t watch, float *data, int batch,
                             size_t first, struct ses_error *err)
{
    struct forcer *forcer = user;
    int value = forcer->network->gates[watch];
    const struct ses_graph *graph = forcer->network->graph;
    size_t floats = (size_t)batch * image_floats(&graph->values[value]);
    for (size_t i = 0; i < floats; i++) {
        forcer->gates[watch][i] = data[i];
        data[i] = forcer->value;
    }
    return SES_OK;
}

/* An engine and a worker for one run of the first `batch` images of x. */
static enum ses_status run(const struct ses_graph *graph, const float *x,
                           int batch, const struct ses_watch *watch,
                           float *output, struct ses_error *err)
{
    struct ses_engine *engine = NULL;
    struct ses_worker *worker = NULL;
    assert_int_equal(ses_engine_new(graph, watch ? watch->values : NULL,
                                    watch ? watch->count : 0, BATCH, &engine,
                                    err),
                     SES_OK);
    assert_int_equal(ses_worker_new(engine, &worker, err), SES_OK);
    enum ses_status status =
        ses_worker_run(worker, x, batch, 0, watch, output, err);
    ses_worker_free(worker);
    ses_engine_free(engine);
    return status;
}

static void gates_forced_to_one_are_no_gates(void **state)
{
    struct se_network with = se_network(true, false);
    struct se_network without = se_network(true, true);
    struct ses_error err = { 0 };
    float *x = se_network_images(with.graph);
    float open[BATCH * 10], forced[BATCH * 10], expected[BATCH * 10];
    struct forcer forcer = { .network = &with, .value = 1 };
    struct ses_watch watch = {
        .values = with.gates, .count = 3, .seen = force, .user = &forcer
    };
    assert_int_equal(run(with.graph, x, BATCH, NULL, open, &err), SES_OK);
    assert_int_equal(run(with.graph, x, BATCH, &watch, forced, &err), SES_OK);
    assert_int_equal(run(without.graph, x, BATCH, NULL, expected, &err),
                     SES_OK);
    assert_memory_equal(forced, expected, sizeof forced);
    assert_true(memcmp(open, forced, sizeof open) != 0);
    free(x);
    ses_graph_free(with.graph);
    ses_graph_free(without.graph);
}

struct keeper {
    float map[3 * 15 * 10 * 24], gate[3 * 24], scaled[3 * 15 * 10 * 24];
    size_t floats[3];
};

static enum ses_status copy(void *user, size_t watch, float *data, int batch,
                            size_t first, struct ses_error *err)
{
    struct keeper *keeper = user;
    float *to[] = { keeper->map, keeper->gate, keeper->scaled };
    memcpy(to[watch], data, keeper->floats[watch] * sizeof *data);
    return SES_OK;
}

/* What was recorded of a block is what the block computed: its product is the
 * recorded map times the recorded gate. */
static void a_recorded_gate_is_the_gate_that_was_used(void **state)
{
    struct se_network network = se_network(true, false);
    const struct ses_graph *graph = network.graph;
    struct ses_error err = { 0 };
    float *x = se_network_images(graph);
    const struct ses_node *multiply =
        &graph->nodes[graph->values[network.scaled[0]].producer];
    int values[] = { multiply->inputs[0], network.gates[0],
                     network.scaled[0] };
    static struct keeper keeper;
    for (int i = 0; i < 3; i++)
        keeper.floats[i] = 3 * image_floats(&graph->values[values[i]]);
    struct ses_watch watch = {
        .values = values, .count = 3, .seen = copy, .user = &keeper
    };
    float output[3 * 10];
    assert_int_equal(run(graph, x, 3, &watch, output, &err), SES_OK);
    size_t image = keeper.floats[0] / 3;
    assert_int_equal(graph->values[values[0]].h, 15);
    assert_int_equal(graph->values[values[0]].w, 10);
    for (size_t i = 0; i < keeper.floats[0]; i++) {
        float gate = keeper.gate[i / image * 24 + i % 24];
        assert_true(gate > 0 && gate < 1);
        assert_true(keeper.scaled[i] == keeper.map[i] * gate);
    }
    free(x);
    ses_graph_free(network.graph);
}

static enum ses_status blank(void *user, size_t watch, float *data, int batch,
                             size_t first, struct ses_error *err)
{
    size_t *floats = user;
    memset(data, 0, *floats * (size_t)batch * sizeof *data);
    return SES_OK;
}

static void the_input_can_be_changed_too(void **state)
{
    struct se_network network = se_network(true, false);
    const struct ses_graph *graph = network.graph;
    struct ses_error err = { 0 };
    float *x = se_network_images(graph);
    size_t floats = image_floats(&graph->values[graph->input]);
    float *zeros = ses_calloc_floats(BATCH * floats);
    float *before = ses_calloc_floats(BATCH * floats);
    float found[BATCH * 10], expected[BATCH * 10];
    struct ses_watch watch = {
        .values = &graph->input, .count = 1, .seen = blank, .user = &floats
    };
    memcpy(before, x, BATCH * floats * sizeof *x);
    assert_int_equal(run(graph, x, BATCH, &watch, found, &err), SES_OK);
    assert_memory_equal(x, before, BATCH * floats * sizeof *x);
    assert_int_equal(run(graph, zeros, BATCH, NULL, expected, &err), SES_OK);
    assert_memory_equal(found, expected, sizeof found);
    free(zeros);
    free(before);
    free(x);
    ses_graph_free(network.graph);
}

static enum ses_status stop(void *user, size_t watch, float *data, int batch,
                            size_t first, struct ses_error *err)
{
    return ses_fail(err, SES_ESTOPPED, "enough");
}

static void a_watcher_can_stop_a_run(void **state)
{
    struct se_network network = se_network(true, false);
    struct ses_error err = { 0 };
    float *x = se_network_images(network.graph);
    float output[10] = { 7 };
    struct ses_watch watch = { .values = network.gates,
                               .count = 3,
                               .seen = stop };
    assert_int_equal(run(network.graph, x, 1, &watch, output, &err),
                     SES_ESTOPPED);
    assert_string_equal(err.message, "enough");
    assert_true(output[0] == 7);
    free(x);
    ses_graph_free(network.graph);
}

/* ---- refusals ----------------------------------------------------------- */

static void requests_that_make_no_sense_are_refused(void **state)
{
    struct se_network network = se_network(true, false);
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    struct ses_worker *worker = NULL;
    float *x = se_network_images(network.graph);
    int beyond = (int)network.graph->n_values, merged = 1;
    assert_int_equal(
        ses_engine_new(network.graph, NULL, 0, 0, &engine, &err), SES_EUSAGE);
    assert_int_equal(
        ses_engine_new(network.graph, &beyond, 1, 1, &engine, &err),
        SES_EUSAGE);
    assert_int_equal(network.graph->values[merged].producer, -1);
    assert_int_equal(
        ses_engine_new(network.graph, &merged, 1, 1, &engine, &err),
        SES_EUSAGE);
    assert_string_equal(err.message,
                        "'conv' is not made by any layer any more");
    assert_int_equal(
        ses_engine_new(network.graph, NULL, 0, 2, &engine, &err), SES_OK);
    assert_int_equal(ses_worker_new(engine, &worker, &err), SES_OK);
    assert_int_equal(ses_worker_run(worker, x, 3, 0, NULL, NULL, &err),
                     SES_EUSAGE);
    assert_string_equal(err.message, "a batch of 3 images, expected 1 to 2");
    assert_int_equal(ses_worker_run(worker, x, 0, 0, NULL, NULL, &err),
                     SES_EUSAGE);
    ses_worker_free(worker);
    ses_engine_free(engine);
    free(x);
    ses_graph_free(network.graph);
}

static void what_only_passes_understand_is_refused_by_name(void **state)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    ses_random_seed(&random, 3);
    struct ses_graph *graph = ses_graph_new(&err);
    struct ses_tensor *variance = random_vector(&random, 3);
    for (size_t i = 0; i < variance->count; i++)
        variance->data[i] = fabsf(variance->data[i]);
    int x = ses_graph_input(graph, "input", 3);
    x = ses_graph_batch_norm(graph, "bn1", x, NULL, NULL,
                             random_vector(&random, 3), variance, 1e-5);
    assert_int_equal(ses_graph_finish(graph, x, &err), SES_OK);
    assert_int_equal(ses_graph_infer(graph, 4, 4, &err), SES_OK);
    assert_int_equal(ses_engine_new(graph, NULL, 0, 1, &engine, &err),
                     SES_EUNSUPPORTED);
    assert_string_equal(err.message,
                        "layer 'bn1' (batch norm) cannot be run by itself");
    ses_graph_free(graph);
}

static void kernels_have_a_name(void **state)
{
    char text[64];
    ses_kernels_text(text, sizeof text);
    assert_int_equal(strncmp(text, "OpenBLAS ", 9), 0);
    assert_null(strstr(text, "DYNAMIC"));
    assert_non_null(strchr(text + 9, ' '));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gates_forced_to_one_are_no_gates),
        cmocka_unit_test(a_recorded_gate_is_the_gate_that_was_used),
        cmocka_unit_test(the_input_can_be_changed_too),
        cmocka_unit_test(a_watcher_can_stop_a_run),
        cmocka_unit_test(requests_that_make_no_sense_are_refused),
        cmocka_unit_test(what_only_passes_understand_is_refused_by_name),
        cmocka_unit_test(kernels_have_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
