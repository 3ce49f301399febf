/* Recordings of which batches go through the network in segments
 * (core/engine/segments.h) hold the bits of those where they do not. */
#include <unistd.h>

#include "core/engine/engine-data.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"
#include "tests/support/record-common.h"
#include "tests/support/run-bench.h"
#include "tests/support/se-network.h"

enum { AT_A_TIME = 8, WIDE = 8, DEEP = 128 };

/* Room for one image's map of the first layers and for all of the last, and
 * for everything. */
static const struct ses_caches small = { 300 * 1024, 0 };
static const struct ses_caches large = { 64 * 1024 * 1024, 0 };

static int gated(struct ses_graph *graph, struct ses_random *random,
                 const char *name, int x, int channels)
{
    int y = ses_graph_unary(graph, "squeeze", x, SES_OP_GLOBAL_MEAN);
    y = random_conv(graph, random, y, channels, 4, 1, 1, 1);
    y = ses_graph_activation(graph, "relu", y, SES_ACT_RELU, 0, 0);
    y = random_conv(graph, random, y, 4, channels, 1, 1, 1);
    y = ses_graph_activation(graph, "gate", y, SES_ACT_SIGMOID, 0, 0);
    return ses_graph_multiply(graph, name, x, y);
}

/* Two blocks: one of maps of 128 KiB and few weights, one of small maps behind
 * many weights. */
static void make_narrowing(struct ses_model *model)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    struct ses_resize resize = { .h = 64, .w = 64 };
    struct ses_graph *graph = ses_graph_new(&err);
    ses_random_seed(&random, 4);
    int x = ses_graph_input(graph, "input", 1);
    x = ses_graph_resize(graph, "large", x, &resize);
    x = random_conv(graph, &random, x, 1, WIDE, 3, 1, 1);
    for (int i = 0; i < 3; i++)
        x = random_conv(graph, &random, x, WIDE, WIDE, 3, 1, 1);
    x = gated(graph, &random, "wide", x, WIDE);
    x = random_conv(graph, &random, x, WIDE, DEEP, 3, 16, 1);
    for (int i = 0; i < 4; i++)
        x = random_conv(graph, &random, x, DEEP, DEEP, 3, 1, 1);
    x = gated(graph, &random, "deep", x, DEEP);
    x = ses_graph_unary(graph, "mean", x, SES_OP_GLOBAL_MEAN);
    x = random_conv(graph, &random, x, DEEP, CLASSES, 1, 1, 1);
    x = ses_graph_unary(graph, "prob", x, SES_OP_SOFTMAX);
    ses_blocks_release(&model->blocks);
    ses_graph_free(model->graph);
    OK(ses_graph_finish(graph, x, &err));
    OK(ses_graph_infer(graph, SIDE, SIDE, &err));
    OK(ses_blocks_find(graph, &model->blocks, &err));
    model->graph = graph;
}

static int narrowing_setup(void **state)
{
    bench_setup(state);
    struct bench *f = *state;
    make_narrowing(&f->model);
    assert_int_equal(f->model.blocks.count, BENCH_BLOCKS);
    f->blocks[1] = 1;
    f->runner.n_blocks = BENCH_BLOCKS;
    f->runner.batch = AT_A_TIME;
    return 0;
}

/* The fewest and the most images that go through a segment. */
static void divide(const struct bench *f, const struct ses_caches *caches,
                   int *fewest, int *most)
{
    struct ses_error err = { 0 };
    struct ses_engine *engine = NULL;
    OK(ses_engine_new_blocked(f->model.graph, NULL, 0, AT_A_TIME, caches, 1,
                              &engine, &err));
    *fewest = AT_A_TIME;
    *most = 0;
    for (size_t s = 0; s < engine->segments.count; s++) {
        int images = engine->segments.items[s].images;
        *fewest = images < *fewest ? images : *fewest;
        *most = images > *most ? images : *most;
    }
    ses_engine_free(engine);
}

static void batches_are_divided_here(void **state)
{
    struct bench *f = *state;
    int fewest, most;
    divide(f, &small, &fewest, &most);
    assert_int_equal(fewest, 1);
    assert_int_equal(most, AT_A_TIME);
    divide(f, &large, &fewest, &most);
    assert_int_equal(fewest, AT_A_TIME);
}

static void check_same(struct bench *f)
{
    static const int threads[] = { 1, 3 };
    struct ses_run_result result;
    f->runner.caches = &large;
    bench_run(f, f->path, &result);
    f->runner.caches = &small;
    for (int i = 0; i < 2; i++) {
        unlink(f->other);
        f->runner.threads = threads[i];
        bench_run(f, f->other, &result);
        assert_true(common_same_datasets(f->path, f->other));
    }
}

static void divided_batches_give_the_same_record(void **state)
{
    check_same(*state);
}

static float gate_of(size_t item, size_t channel)
{
    return (float)item / 64 + (float)channel / 1024;
}

static enum ses_status force(void *user, size_t block, const size_t *items,
                             int batch, float *data, struct ses_error *err)
{
    size_t channels = block ? DEEP : WIDE;
    for (size_t i = 0; i < (size_t)batch; i++)
        for (size_t c = 0; c < channels; c++)
            data[i * channels + c] = gate_of(items[i], c);
    return SES_OK;
}

/* Whoever forces a gate knows whose it is, whatever comes with it. */
static void forced_gates_are_those_of_their_images(void **state)
{
    struct bench *f = *state;
    f->runner.force = force;
    check_same(f);
    for (size_t b = 0; b < BENCH_BLOCKS; b++) {
        struct ses_run_file *run = common_open(f->other);
        struct ses_error err = { 0 };
        float rows[IMAGES * DEEP];
        size_t channels = b ? DEEP : WIDE;
        OK(ses_run_excitation(run, b, 0, IMAGES, rows, &err));
        for (size_t i = 0; i < IMAGES; i++)
            for (size_t c = 0; c < channels && readable(i); c++)
                if (rows[i * channels + c] != gate_of(i, c))
                    fail_msg("block %zu image %zu channel %zu is %g", b, i, c,
                             (double)rows[i * channels + c]);
        ses_run_free(run);
    }
}

#define DIVIDED(name) \
    cmocka_unit_test_setup_teardown(name, narrowing_setup, bench_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIVIDED(batches_are_divided_here),
        DIVIDED(divided_batches_give_the_same_record),
        DIVIDED(forced_gates_are_those_of_their_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
