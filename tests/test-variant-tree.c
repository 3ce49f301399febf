/* core/ablation/tree: variants that share work give the bits they give alone,
 * and cost what was promised. */
#include <stdio.h>
#include <stdlib.h>

#include "core/ablation/tree.h"
#include "core/base/alloc.h"
#include "core/engine/segments.h"
#include "core/base/random.h"
#include "core/graph/passes.h"
#include "core/import/model.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/one-op.h"
#include "tests/support/se-network.h"

/* ---- what is done to gates, the same alone and in a tree ---------------- */

struct subject {
    const struct ses_graph *graph;
    const struct ses_blocks *blocks;
    struct ses_variants variants;
    struct ses_worker *worker;
    size_t outputs;
    int alone; /* variant that runs by itself */
    float *logits; /* [variants][batch][outputs] */
    size_t n_done, n_forced;
};

static void scale(void *user, size_t variant, size_t block, int batch,
                  float *data)
{
    const struct subject *s = user;
    const struct ses_variant *v = &s->variants.items[variant];
    int channels = s->blocks->items[block].channels;
    for (size_t i = 0; i < v->n_forces; i++)
        for (int j = 0; j < batch * channels; j++)
            if (v->forces[i].block == block &&
                v->forces[i].kind == SES_FORCE_SCALE &&
                v->forces[i].channel[j % channels])
                data[j] /= (float)v->forces[i].number;
}

/* Everything that is no number adds something known. */
static enum ses_status force(void *user, size_t variant, size_t block,
                             int batch, float *data, struct ses_error *err)
{
    struct subject *s = user;
    const struct ses_variant *v = &s->variants.items[variant];
    int channels = s->blocks->items[block].channels;
    s->n_forced++;
    for (size_t i = 0; i < v->n_forces; i++)
        for (int j = 0; j < batch * channels; j++) {
            const struct ses_force *f = &v->forces[i];
            if (f->block != block || f->kind == SES_FORCE_SCALE ||
                !f->channel[j % channels])
                continue;
            data[j] = f->kind == SES_FORCE_NUMBER
                          ? (float)f->number
                          : data[j] + 0.01f * (j % channels % 7);
        }
    return SES_OK;
}

static enum ses_status done(void *user, size_t variant, const float *logits,
                            int batch, struct ses_error *err)
{
    struct subject *s = user;
    size_t n = (size_t)batch * s->outputs;
    memcpy(s->logits + variant * BATCH * s->outputs, logits,
           n * sizeof *logits);
    s->n_done++;
    return SES_OK;
}

static enum ses_status seen(void *user, size_t watch, float *data, int batch,
                            size_t first, struct ses_error *err)
{
    struct subject *s = user;
    if (watch % 2)
        scale(s, (size_t)s->alone, watch / 2, batch, data);
    else
        return force(s, (size_t)s->alone, watch / 2, batch, data, err);
    return SES_OK;
}

static void add(struct ses_variants *variants, const struct ses_blocks *blocks,
                const char *const *specs, size_t n)
{
    struct ses_error err = { 0 };
    struct ses_variant variant = { 0 };
    for (size_t i = 0; i < n; i++)
        OK(ses_variant_add(&variant, specs[i], blocks, &err));
    variants->items = ses_realloc(variants->items, variants->count + 1,
                                  sizeof *variants->items);
    assert_non_null(variants->items);
    variants->items[variants->count++] = variant;
}

#define ADD(...) \
    do { \
        const char *const specs_[] = { __VA_ARGS__ }; \
        add(&s.variants, s.blocks, specs_, sizeof specs_ / sizeof *specs_); \
    } while (0)

static void add_sweep(struct subject *s, enum ses_sweep kind)
{
    static const char *const values[] = { "one", "mean" };
    struct ses_error err = { 0 };
    size_t *all = ses_calloc(s->blocks->count, sizeof *all);
    for (size_t i = 0; i < s->blocks->count; i++)
        all[i] = i;
    OK(ses_sweep_add(&s->variants, kind, values, 2, &(struct ses_variant){ 0 },
                     s->blocks, all, s->blocks->count, &err));
    free(all);
}

/* Of all variants through the tree, on an engine; and of each alone. */
static void check_engine(struct subject *s, const struct ses_tree *tree,
                         struct ses_engine *engine, const float *x, int batch)
{
    struct ses_error err = { 0 };
    const struct ses_tree_calls calls = { force, scale, done, s };
    size_t n_blocks = s->blocks->count, n_values = 0;
    float *alone = ses_calloc_floats(BATCH * s->outputs);
    int *values = ses_calloc(2 * n_blocks, sizeof *values);
    for (size_t b = 0; b < n_blocks; b++) {
        values[n_values++] = s->blocks->items[b].gate;
        values[n_values++] = s->blocks->items[b].pregate;
    }
    const struct ses_watch watch = { values, n_values, seen, s };
    OK(ses_worker_new(engine, &s->worker, &err));
    s->n_done = 0;
    OK(ses_tree_run(tree, s->worker, x, batch, &calls, &err));
    assert_int_equal(s->n_done, s->variants.count);
    for (size_t v = 0; v < s->variants.count; v++) {
        s->alone = (int)v;
        OK(ses_worker_run(s->worker, x, batch, 0, &watch, alone, &err));
        if (memcmp(alone, s->logits + v * BATCH * s->outputs,
                   (size_t)batch * s->outputs * sizeof *alone))
            fail_msg("'%s' is not what it is alone",
                     s->variants.items[v].text);
    }
    ses_worker_free(s->worker);
    free(values);
    free(alone);
}

static void assert_same_bits(struct subject *s, const float *x, int batch)
{
    static const struct ses_caches small = { 20000, 50000 };
    struct ses_error err = { 0 };
    struct ses_engine *apart, *blocked;
    struct ses_tree *tree;
    size_t n_cuts;
    s->outputs = image_floats(&s->graph->values[s->graph->logits]);
    s->logits = ses_calloc_floats(s->variants.count * BATCH * s->outputs);
    OK(ses_tree_new(s->graph, s->blocks, &s->variants, &tree, &err));
    const size_t *cuts = ses_tree_cuts(tree, &n_cuts);
    OK(ses_engine_new(s->graph, NULL, 0, BATCH, &apart, &err));
    OK(ses_engine_new_blocked(s->graph, cuts, n_cuts, BATCH, &small, 1,
                              &blocked, &err));
    check_engine(s, tree, blocked, x, batch);
    check_engine(s, tree, apart, x, batch);
    ses_engine_free(apart);
    ses_engine_free(blocked);
    ses_tree_free(tree);
}

static void assert_different(const struct subject *s, size_t a, size_t b)
{
    size_t n = BATCH * s->outputs;
    assert_memory_not_equal(s->logits + a * n, s->logits + b * n,
                            s->outputs * sizeof *s->logits);
}

/* ---- small networks ----------------------------------------------------- */

static struct ses_graph *small_network(struct ses_blocks *blocks)
{
    struct ses_error err = { 0 };
    struct se_network network = se_network(false, false);
    int keep[3];
    OK(ses_blocks_find(network.graph, blocks, &err));
    assert_int_equal(blocks->count, 3);
    for (int i = 0; i < 3; i++)
        keep[i] = blocks->items[i].pregate;
    OK(ses_fuse_activation_except(network.graph, keep, 3, &err));
    return network.graph;
}

static void release(struct subject *s, struct ses_graph *graph,
                    struct ses_blocks *blocks, float *x)
{
    ses_variants_release(&s->variants);
    ses_blocks_release(blocks);
    ses_graph_free(graph);
    free(s->logits);
    free(x);
}

static void sweeps_give_the_bits_of_variants_alone(void **state)
{
    for (int kind = 0; kind <= SES_SWEEP_PAIRS; kind++)
        for (int batch = 1; batch <= BATCH; batch += BATCH - 1) {
            struct ses_blocks blocks;
            struct ses_graph *graph = small_network(&blocks);
            struct subject s = { .graph = graph, .blocks = &blocks };
            float *x = se_network_images(graph);
            add_sweep(&s, (enum ses_sweep)kind);
            assert_same_bits(&s, x, batch);
            assert_different(&s, 0, 1);
            release(&s, graph, &blocks, x);
        }
}

static void scales_channels_and_orders_give_their_bits(void **state)
{
    struct ses_blocks blocks;
    struct ses_graph *graph = small_network(&blocks);
    struct subject s = { .graph = graph, .blocks = &blocks };
    float *x = se_network_images(graph);
    const char *const *none = NULL;
    add(&s.variants, s.blocks, none, 0);
    ADD("SE_2_1=scale=2");
    ADD("SE_2_1=scale=2", "SE_2_1[0-3]=one");
    ADD("SE_2_1[0-3]=one", "SE_2_1=scale=2"); /* the same */
    ADD("SE_2_1=scale=3", "SE_2_1[0-3]=one");
    ADD("SE_2_1[0-3]=one");
    ADD("SE_2_1[0-3]=one", "SE_3_1=scale=0.5");
    ADD("SE_2_1[0-4]=one");
    ADD("SE_2_1=zero", "SE_2_1[0-4]=mean");
    ADD("SE_2_1[0-4]=mean", "SE_2_1=zero");
    ADD("all=scale=2", "SE_3_1=mean");
    add(&s.variants, s.blocks, none, 0); /* once more, as it is */
    assert_same_bits(&s, x, BATCH);
    for (size_t v = 1; v + 1 < s.variants.count; v++)
        assert_different(&s, 0, v);
    assert_different(&s, 1, 2);
    assert_different(&s, 2, 4);
    assert_different(&s, 5, 7);
    assert_different(&s, 8, 9);
    release(&s, graph, &blocks, x);
}

/* Failing in a branch ends the run, with what was saved for others freed. */
static enum ses_status refuse(void *user, size_t variant, size_t block,
                              int batch, float *data, struct ses_error *err)
{
    return ses_fail(err, SES_EIO, "no gate today");
}

static void a_failure_in_a_branch_ends_the_run(void **state)
{
    struct ses_blocks blocks;
    struct ses_graph *graph = small_network(&blocks);
    struct subject s = { .graph = graph, .blocks = &blocks };
    struct ses_error err = { 0 };
    struct ses_engine *engine;
    struct ses_tree *tree;
    float *x = se_network_images(graph);
    const struct ses_tree_calls calls = { refuse, scale, done, &s };
    add_sweep(&s, SES_SWEEP_BLOCKS);
    s.outputs = 10;
    s.logits = ses_calloc_floats(s.variants.count * BATCH * s.outputs);
    OK(ses_engine_new(graph, NULL, 0, BATCH, &engine, &err));
    OK(ses_worker_new(engine, &s.worker, &err));
    OK(ses_tree_new(graph, &blocks, &s.variants, &tree, &err));
    assert_int_equal(ses_tree_run(tree, s.worker, x, BATCH, &calls, &err),
                     SES_EIO);
    SAYS("no gate today");
    ses_tree_free(tree);
    ses_worker_free(s.worker);
    ses_engine_free(engine);
    release(&s, graph, &blocks, x);
}

static void what_was_fused_cannot_be_scaled(void **state)
{
    struct ses_error err = { 0 };
    struct ses_blocks blocks;
    struct se_network network = se_network(false, false);
    struct ses_tree *tree;
    struct subject s = { .graph = network.graph, .blocks = &blocks };
    OK(ses_blocks_find(network.graph, &blocks, &err));
    OK(ses_fuse_activation(network.graph, &err));
    ADD("SE_2_1=scale=2");
    assert_int_equal(ses_tree_new(network.graph, &blocks, &s.variants, &tree,
                                  &err),
                     SES_EUNSUPPORTED);
    release(&s, network.graph, &blocks, NULL);
}

/* ---- a trained network -------------------------------------------------- */

static void a_trained_network_gives_the_bits_of_variants_alone(void **state)
{
    const char *path = shared_path("models/seresnet20-cifar10.pth");
    struct ses_model *model;
    struct ses_error err = { 0 };
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file)
        skip();
    fclose(file);
    OK(ses_model_open(path, &(struct ses_model_options){ 0 }, &model, &err));
    struct subject s = { .graph = model->graph, .blocks = &model->blocks };
    float *x = se_network_images(model->graph);
    add_sweep(&s, SES_SWEEP_BLOCKS);
    add_sweep(&s, SES_SWEEP_CUMULATIVE);
    ADD("all=scale=2");
    ADD("SE_4_3=scale=2", "SE_4_3=one");
    assert_same_bits(&s, x, BATCH);
    assert_different(&s, 0, 1);
    ses_variants_release(&s.variants);
    free(s.logits);
    free(x);
    ses_model_free(model);
}

/* ---- costs -------------------------------------------------------------- */

struct shape {
    int units[4];
    int planes[4];      /* of the convolution of 3x3 */
    int inner[4];       /* of the first of 1x1 */
    int outputs[4];
    int groups, down; /* kernel of shortcuts */
    bool deep_stem;
};

/* No weight is ever read but to see that it is finite: all are 0. */
static int layer(struct ses_graph *g, int x, int inputs, int outputs,
                 int kernel, int stride, int groups)
{
    const size_t shape[4] = { (size_t)outputs, (size_t)(inputs / groups),
                              (size_t)kernel, (size_t)kernel };
    return ses_graph_conv(g, "conv", x,
                          ses_window(kernel, stride, kernel / 2), groups,
                          ses_tensor_new(4, shape), NULL);
}

static int se_unit(struct ses_graph *g, const struct shape *shape, int x,
                   int stage, int inputs, int stride)
{
    int n = shape->outputs[stage], planes = shape->planes[stage];
    int inner = shape->inner[stage];
    int y = layer(g, x, inputs, inner, 1, 1, 1);
    y = layer(g, y, inner, planes, 3, stride, shape->groups);
    y = layer(g, y, planes, n, 1, 1, 1);
    int gate = ses_graph_unary(g, "squeeze", y, SES_OP_GLOBAL_MEAN);
    gate = layer(g, gate, n, n / 16, 1, 1, 1);
    gate = ses_graph_activation(g, "relu", gate, SES_ACT_RELU, 0, 0);
    gate = layer(g, gate, n / 16, n, 1, 1, 1);
    gate = ses_graph_activation(g, "gate", gate, SES_ACT_SIGMOID, 0, 0);
    y = ses_graph_multiply(g, "scale", y, gate);
    if (inputs != n || stride > 1)
        x = layer(g, x, inputs, n, stride > 1 ? shape->down : 1, stride, 1);
    return ses_graph_activation(g, "out", ses_graph_add(g, "add", y, x),
                                SES_ACT_RELU, 0, 0);
}

static struct ses_graph *big_network(const struct shape *shape)
{
    struct ses_error err = { 0 };
    struct ses_graph *g = ses_graph_new(&err);
    int x = ses_graph_input(g, "input", 3), inputs = 64;
    if (shape->deep_stem) {
        x = layer(g, x, 3, 64, 3, 2, 1);
        x = layer(g, x, 64, 64, 3, 1, 1);
        x = layer(g, x, 64, 128, 3, 1, 1);
        inputs = 128;
    } else {
        x = layer(g, x, 3, 64, 7, 2, 1);
    }
    x = ses_graph_pool(g, "pool", x, SES_OP_MAX_POOL, ses_window(3, 2, 1));
    for (int stage = 0; stage < 4; stage++)
        for (int i = 0; i < shape->units[stage]; i++) {
            x = se_unit(g, shape, x, stage, inputs, stage && !i ? 2 : 1);
            inputs = shape->outputs[stage];
        }
    x = ses_graph_unary(g, "mean", x, SES_OP_GLOBAL_MEAN);
    x = layer(g, x, inputs, 1000, 1, 1, 1);
    OK(ses_graph_finish(g, x, &err));
    OK(ses_graph_infer(g, 224, 224, &err));
    return g;
}

/* Whole network and all excitations in multiply-adds; passes of a sweep. */
static void assert_cost(const struct shape *shape, size_t n_blocks,
                        double least, double most, double excitations,
                        double passes)
{
    static const char *const one[] = { "one" };
    struct ses_graph *graph = big_network(shape);
    struct ses_blocks blocks;
    struct ses_tree *tree;
    struct ses_variants variants = { 0 };
    struct ses_error err = { 0 };
    double sum = 0;
    OK(ses_blocks_find(graph, &blocks, &err));
    assert_int_equal(blocks.count, n_blocks);
    size_t *all = ses_calloc(n_blocks, sizeof *all);
    for (size_t i = 0; i < n_blocks; i++) {
        all[i] = i;
        sum += ses_block_madds(graph, &blocks.items[i]);
    }
    assert_true(sum == excitations);
    OK(ses_sweep_add(&variants, SES_SWEEP_BLOCKS, one, 1,
                     &(struct ses_variant){ 0 }, &blocks, all, n_blocks,
                     &err));
    OK(ses_tree_new(graph, &blocks, &variants, &tree, &err));
    double madds = ses_tree_madds(tree), found = ses_tree_passes(tree);
    if (madds < least || madds > most || found > passes || found < 2)
        fail_msg("%g multiply-adds, %g passes", madds, found);
    print_message("%g multiply-adds, %g passes of %zu\n", madds, found,
                  variants.count);
    ses_tree_free(tree);
    ses_variants_release(&variants);
    ses_blocks_release(&blocks);
    ses_graph_free(graph);
    free(all);
}

/* 2 c^2 / 16 a block of c channels. Hu et al., section 5: 3.87 GFLOPs. */
static void sixteen_blocks_of_se_resnet_50_cost_9_5_passes(void **state)
{
    static const struct shape shape = {
        .units = { 3, 4, 6, 3 },
        .planes = { 64, 128, 256, 512 },
        .inner = { 64, 128, 256, 512 },
        .outputs = { 256, 512, 1024, 2048 },
        .groups = 1,
        .down = 1,
    };
    double k = 256.0 * 256 / 8;
    assert_cost(&shape, 16, 3.8e9, 4.2e9, k * (3 + 4 * 4 + 6 * 16 + 3 * 64),
                9.5);
}

static void fifty_blocks_of_senet_154_cost_27_passes(void **state)
{
    static const struct shape shape = {
        .units = { 3, 8, 36, 3 },
        .planes = { 256, 512, 1024, 2048 },
        .inner = { 128, 256, 512, 1024 },
        .outputs = { 256, 512, 1024, 2048 },
        .groups = 64,
        .down = 3,
        .deep_stem = true,
    };
    double k = 256.0 * 256 / 8;
    assert_cost(&shape, 50, 20e9, 21.5e9, k * (3 + 8 * 4 + 36 * 16 + 3 * 64),
                27);
}

static void variants_that_do_nothing_cost_one_pass(void **state)
{
    struct ses_blocks blocks;
    struct ses_graph *graph = small_network(&blocks);
    struct ses_tree *tree;
    struct ses_error err = { 0 };
    struct subject s = { .graph = graph, .blocks = &blocks };
    const char *const *none = NULL;
    add(&s.variants, s.blocks, none, 0);
    add(&s.variants, s.blocks, none, 0);
    OK(ses_tree_new(graph, &blocks, &s.variants, &tree, &err));
    assert_true(ses_tree_passes(tree) == 1);
    ses_tree_free(tree);
    release(&s, graph, &blocks, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sweeps_give_the_bits_of_variants_alone),
        cmocka_unit_test(scales_channels_and_orders_give_their_bits),
        cmocka_unit_test(a_failure_in_a_branch_ends_the_run),
        cmocka_unit_test(what_was_fused_cannot_be_scaled),
        cmocka_unit_test(a_trained_network_gives_the_bits_of_variants_alone),
        cmocka_unit_test(sixteen_blocks_of_se_resnet_50_cost_9_5_passes),
        cmocka_unit_test(fifty_blocks_of_senet_154_cost_27_passes),
        cmocka_unit_test(variants_that_do_nothing_cost_one_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
