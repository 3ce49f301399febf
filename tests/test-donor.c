/* core/ablation/donor: forced gates that come of a record. What has one answer
 * is compared with PyTorch (scripts/reference/ablation.py), what is random with
 * what it must keep. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/ablation/donor.h"
#include "core/ablation/tree.h"
#include "core/base/alloc.h"
#include "core/graph/passes.h"
#include "core/import/families/family.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/tree.h"

enum { N = 12, K = 3, OUTPUTS = 10, FLOATS = 32 * 32 * 3, BLOCKS = 9 };

/* A network, pictures of three classes for it, and a record of them. */
struct bench {
    char *root, *path;
    struct ses_model model;
    struct ses_set set;
    struct ses_class classes[K];
    struct ses_item items[N];
    char names[N][32];
    float *x;            /* [N][FLOATS] */
    float *gates[BLOCKS]; /* [N][channels] */
    struct ses_engine *engine;
    struct ses_worker *worker;
};

/* ---- network and pictures ------------------------------------------------ */

/* Of splitmix64 by a name, as in scripts/reference/families.py. */
static double uniform(const char *name, size_t i)
{
    uint64_t seed = UINT64_C(0xcbf29ce484222325);
    for (; *name; name++)
        seed = (seed ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    uint64_t z = seed + (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 40) / (1 << 24);
}

/* pictures() of scripts/reference/ablation.py. */
static void make_pictures(struct bench *f, const struct golden *golden)
{
    float *base = golden_picture(golden);
    f->x = ses_calloc_floats(N * FLOATS);
    for (size_t i = 0; i < N; i++) {
        char name[32];
        snprintf(name, sizeof name, "picture %zu", i);
        double contrast = 0.25 + 2 * uniform(name, 3);
        for (size_t j = 0; j < FLOATS; j++)
            f->x[i * FLOATS + j] =
                (float)((base[j] * contrast + 4 * uniform(name, j % 3) - 2) *
                        (double)(1 + i % K));
    }
    free(base);
}

static void make_model(struct bench *f, const struct golden *golden)
{
    struct ses_model *model = &f->model;
    struct ses_family_result found;
    struct ses_error err = { 0 };
    int keep[BLOCKS];
    struct ses_state *state = golden_state(golden);
    struct ses_graph *graph = model->graph = ses_graph_new(&err);
    OK(ses_family_build(state, NULL, graph, &found, &err));
    ses_state_free(state);
    OK(ses_graph_infer(graph, 32, 32, &err));
    OK(ses_blocks_find(graph, &model->blocks, &err));
    assert_int_equal(model->blocks.count, BLOCKS);
    for (size_t b = 0; b < BLOCKS; b++)
        keep[b] = model->blocks.items[b].pregate;
    OK(ses_fold_batch_norm(graph, &err));
    OK(ses_fuse_activation_except(graph, keep, BLOCKS, &err));
    model->preprocess = found.preprocess;
    model->outputs = OUTPUTS;
    memset(model->sha256, 'a', 64);
}

static void make_set(struct bench *f)
{
    static char ids[K][4] = { "ant", "bee", "cow" };
    for (int k = 0; k < K; k++)
        f->classes[k] = (struct ses_class){ .id = ids[k], .name = ids[k],
                                            .label = -1, .output = k };
    for (int i = 0; i < N; i++) {
        snprintf(f->names[i], sizeof f->names[i], "%s/%d.png", ids[i % K], i);
        f->items[i] = (struct ses_item){ .path = f->names[i], .class = i % K };
    }
    f->set = (struct ses_set){ .classes = f->classes, .n_classes = K,
                               .items = f->items, .n_items = N };
}

static enum ses_status keep_gate(void *user, size_t watch, float *data,
                                 int batch, size_t first,
                                 struct ses_error *err)
{
    struct bench *f = user;
    size_t n = (size_t)(batch * f->model.blocks.items[watch].channels);
    f->gates[watch] = ses_calloc_floats(n);
    memcpy(f->gates[watch], data, n * sizeof *data);
    return SES_OK;
}

static void see_gates(struct bench *f)
{
    struct ses_error err = { 0 };
    int values[BLOCKS];
    for (size_t b = 0; b < BLOCKS; b++)
        values[b] = f->model.blocks.items[b].gate;
    const struct ses_watch watch = { values, BLOCKS, keep_gate, f };
    OK(ses_engine_new(f->model.graph, NULL, 0, N, &f->engine, &err));
    OK(ses_worker_new(f->engine, &f->worker, &err));
    OK(ses_worker_run(f->worker, f->x, N, 0, &watch, NULL, &err));
}

/* ---- the record ---------------------------------------------------------- */

/* How a record is to be unlike the bench's. */
struct lie {
    const char *force, *sha256, *preprocess;
    bool summary_only, one_class;
    size_t n_blocks; /* 0: all */
    size_t n_images; /* 0: all; the last of them is never unreadable */
    int unreadable;  /* an image, or -1 */
};

static struct ses_run_file *make_record(struct bench *f, struct lie lie)
{
    struct ses_error err = { 0 };
    struct ses_record_block blocks[BLOCKS];
    const char *ids[K], *paths[N];
    int32_t outputs[K], classes[N];
    char *preprocess = ses_preprocess_text(&f->model.preprocess);
    size_t n_blocks = lie.n_blocks ? lie.n_blocks : BLOCKS;
    size_t n_images = lie.n_images ? lie.n_images : N;
    for (size_t b = 0; b < n_blocks; b++) {
        const struct ses_block *from = &f->model.blocks.items[b];
        blocks[b] = (struct ses_record_block){
            .name = from->name, .source = from->source, .gate = "sigmoid",
            .squeeze = "mean", .index = (int)b, .stage = from->stage,
            .unit = from->unit, .channels = from->channels, .reduced = 1,
            .height = 1, .width = 1,
        };
    }
    for (int k = 0; k < K; k++) {
        ids[k] = f->classes[k].id;
        outputs[k] = k;
    }
    for (int i = 0; i < N; i++) {
        paths[i] = f->items[i].path;
        classes[i] = lie.one_class ? 0 : i % K;
    }
    const struct ses_record_plan plan = {
        .version = "", .command = "", .model = "", .arch = "", .images = "",
        .kernels = "", .host = "", .force = lie.force ? lie.force : "",
        .model_sha256 = lie.sha256 ? lie.sha256 : f->model.sha256,
        .preprocess = lie.preprocess ? lie.preprocess : preprocess,
        .n_classes = K, .class_names = ids, .class_ids = ids,
        .class_outputs = outputs, .n_images = n_images, .image_paths = paths,
        .image_classes = classes, .n_blocks = n_blocks, .blocks = blocks,
        .parts = { .summary_only = lie.summary_only },
    };
    struct ses_record_writer *writer;
    OK(ses_record_create(f->path, true, &plan, &writer, &err));
    for (size_t i = 0; i < n_images; i++) {
        const float *rows[BLOCKS];
        for (size_t b = 0; b < n_blocks; b++)
            rows[b] = f->gates[b] + i * (size_t)blocks[b].channels;
        const struct ses_record_row row = {
            .status = (int)i == lie.unreadable ? SES_IMAGE_UNREADABLE
                                               : SES_IMAGE_DONE,
            .excitation = rows,
        };
        OK(ses_record_write(writer, i, &row, &err));
    }
    OK(ses_record_finish(writer, &err));
    OK(ses_record_close(writer, &err));
    struct ses_run_file *run;
    OK(ses_run_open(f->path, &run, &err));
    free(preprocess);
    return run;
}

static int setup(void **state)
{
    struct bench *f = ses_calloc(1, sizeof *f);
    struct golden *golden = golden_read("senet-cifar20");
    f->root = tree_new();
    f->path = tree_path(f->root, "run.h5");
    make_model(f, golden);
    make_set(f);
    make_pictures(f, golden);
    see_gates(f);
    golden_free(golden);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct bench *f = *state;
    ses_worker_free(f->worker);
    ses_engine_free(f->engine);
    ses_graph_free(f->model.graph);
    ses_blocks_release(&f->model.blocks);
    for (size_t b = 0; b < BLOCKS; b++)
        free(f->gates[b]);
    free(f->x);
    tree_remove(f->root);
    free(f->path);
    free(f);
    return 0;
}

/* ---- what has one answer ------------------------------------------------- */

struct subject {
    struct bench *f;
    struct ses_variants variants;
    struct ses_donor *donor;
    double *expected; /* [variants][N * OUTPUTS] */
    size_t n_done;
};

static enum ses_status force(void *user, size_t variant, size_t block,
                             int batch, float *data, struct ses_error *err)
{
    static const size_t items[N] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    const struct subject *s = user;
    return ses_donor_force(s->donor, &s->variants.items[variant], block, items,
                           batch, data, err);
}

static void scale(void *user, size_t variant, size_t block, int batch,
                  float *data)
{
    const struct subject *s = user;
    ses_donor_scale(s->donor, &s->variants.items[variant], block, batch, data);
}

static enum ses_status done(void *user, size_t variant, const float *logits,
                            int batch, struct ses_error *err)
{
    struct subject *s = user;
    const double *expected = s->expected + variant * N * OUTPUTS;
    double most = 0;
    for (int i = 0; i < N * OUTPUTS; i++)
        most = fmax(most, fabs(expected[i]));
    for (int i = 0; i < N * OUTPUTS; i++)
        if (!(fabs(logits[i] - expected[i]) <= 1e-5 * most))
            fail_msg("'%s': logit %d of image %d is %.7g, expected %.7g",
                     s->variants.items[variant].text, i % OUTPUTS, i / OUTPUTS,
                     logits[i], expected[i]);
    s->n_done++;
    return SES_OK;
}

static void add_variant(struct subject *s, char *specs)
{
    struct ses_error err = { 0 };
    struct ses_variant variant = { .text = strdup("") };
    char *spec;
    while ((spec = strsep(&specs, " ")) != NULL)
        if (*spec)
            OK(ses_variant_add(&variant, spec, &s->f->model.blocks, &err));
    size_t n = s->variants.count++;
    s->variants.items =
        ses_realloc(s->variants.items, n + 1, sizeof *s->variants.items);
    s->expected = ses_realloc(s->expected, (n + 1) * N * OUTPUTS,
                              sizeof *s->expected);
    s->variants.items[n] = variant;
}

static void read_expected(struct subject *s)
{
    char *text = read_file(data_path("ablation/cifar20.txt"), NULL);
    char *rest = text, *line = strsep(&rest, "\n");
    assert_string_equal(line, "images 12");
    while ((line = strsep(&rest, "\n")) && *line) {
        assert_int_equal(strncmp(line, "variant", 7), 0);
        add_variant(s, line + 7);
        double *to = s->expected + (s->variants.count - 1) * N * OUTPUTS;
        line = strsep(&rest, "\n") + strlen("logits");
        for (int i = 0; i < N * OUTPUTS; i++) {
            char *end;
            to[i] = strtod(line, &end);
            assert_true(end != line);
            line = end;
        }
        assert_string_equal(line, "");
    }
    free(text);
}

static void forced_gates_are_what_pytorch_is_given(void **state)
{
    struct bench *f = *state;
    struct ses_error err = { 0 };
    struct subject s = { .f = f };
    const struct ses_tree_calls calls = { force, scale, done, &s };
    struct ses_run_file *run = make_record(f, (struct lie){ .unreadable = -1 });
    struct ses_tree *tree;
    read_expected(&s);
    assert_int_equal(s.variants.count, 13);
    OK(ses_donor_new(run, &f->model, &f->set, s.variants.items,
                     s.variants.count, 0, &s.donor, &err));
    OK(ses_tree_new(f->model.graph, &f->model.blocks, &s.variants, &tree,
                    &err));
    OK(ses_tree_run(tree, f->worker, f->x, N, &calls, &err));
    assert_int_equal(s.n_done, s.variants.count);
    ses_tree_free(tree);
    ses_donor_free(s.donor);
    ses_variants_release(&s.variants);
    ses_run_free(run);
    free(s.expected);
}

/* ---- what is random ------------------------------------------------------ */

/* Force one block's gates, as recorded, for some items. */
static float *force_block(struct bench *f, const char *spec, uint64_t seed,
                          struct lie lie, const size_t *items, int batch,
                          size_t *block)
{
    struct ses_error err = { 0 };
    struct ses_variant variant = { 0 };
    struct ses_donor *donor;
    struct ses_run_file *run = make_record(f, lie);
    OK(ses_variant_add(&variant, spec, &f->model.blocks, &err));
    OK(ses_donor_new(run, &f->model, &f->set, &variant, 1, seed, &donor,
                     &err));
    ses_run_free(run);
    *block = variant.forces[0].block;
    size_t channels = (size_t)f->model.blocks.items[*block].channels;
    float *data = ses_calloc_floats((size_t)batch * channels);
    for (int i = 0; i < batch; i++)
        memcpy(data + (size_t)i * channels,
               f->gates[*block] + items[i] * channels,
               channels * sizeof *data);
    OK(ses_donor_force(donor, &variant, *block, items, batch, data, &err));
    ses_donor_free(donor);
    ses_variant_release(&variant);
    return data;
}

static const struct lie honest = { .unreadable = -1 };
static const size_t everything[N] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };

/* Which image a row is of, or -1. */
static int image_of(const struct bench *f, size_t block, const float *row)
{
    size_t n = (size_t)f->model.blocks.items[block].channels;
    for (size_t i = 0; i < N; i++)
        if (memcmp(row, f->gates[block] + i * n, n * sizeof *row) == 0)
            return (int)i;
    return -1;
}

static void shuffled_images_all_move(void **state)
{
    struct bench *f = *state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        size_t block;
        unsigned given = 0;
        float *rows = force_block(f, "SE_4_1=shuffle-images", seed, honest,
                                  everything, N, &block);
        for (int i = 0; i < N; i++) {
            int from = image_of(f, block, rows + i * 64);
            assert_true(from >= 0 && from != i);
            given |= 1u << from;
        }
        assert_int_equal(given, (1u << N) - 1);
        free(rows);
    }
}

static void unreadable_and_unknown_images_give_no_gates(void **state)
{
    struct bench *f = *state;
    const struct lie lie = { .unreadable = 4, .n_images = 9 };
    size_t block;
    float *rows = force_block(f, "SE_4_1=shuffle-images", 7, lie, everything,
                              N, &block);
    for (int i = 0; i < N; i++) {
        int from = image_of(f, block, rows + i * 64);
        assert_true(from >= 0 && from < 9 && from != 4 && from != i);
    }
    free(rows);
}

static void other_classes_are_other(void **state)
{
    struct bench *f = *state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        size_t block;
        float *rows = force_block(f, "SE_4_1=other-class", seed, honest,
                                  everything, N, &block);
        for (int i = 0; i < N; i++) {
            int from = image_of(f, block, rows + i * 64);
            assert_true(from >= 0 && from % K != i % K);
        }
        free(rows);
    }
}

static void shuffled_channels_are_one_order_for_all_images(void **state)
{
    struct bench *f = *state;
    size_t block;
    int order[64] = { 0 };
    float *rows = force_block(f, "SE_4_1[3,10-40]=shuffle-channels", 1, honest,
                              everything, N, &block);
    const float *gates = f->gates[block];
    unsigned taken = 0;
    for (int c = 0; c < 64; c++) {
        bool chosen = c == 3 || (c >= 10 && c <= 40);
        int from = -1;
        for (int d = 0; d < 64 && from < 0; d++) {
            bool same = true;
            for (int i = 0; i < N; i++)
                same &= rows[i * 64 + c] == gates[i * 64 + d];
            from = same ? d : -1;
        }
        order[c] = from;
        assert_true(from >= 0 && (from == c) == !chosen);
        taken += (unsigned)from;
    }
    assert_int_equal(taken, 64 * 63 / 2);
    free(rows);
    /* another seed, another order; the same whatever the batch */
    float *again = force_block(f, "SE_4_1[3,10-40]=shuffle-channels", 1,
                               honest, everything + 5, 1, &block);
    float *other = force_block(f, "SE_4_1[3,10-40]=shuffle-channels", 2,
                               honest, everything, N, &block);
    bool differs = false;
    for (int c = 0; c < 64; c++) {
        assert_true(again[c] == gates[5 * 64 + order[c]]);
        differs |= other[c] != gates[order[c]];
    }
    assert_true(differs);
    free(again);
    free(other);
}

static void noise_has_its_deviation_and_depends_on_the_image_alone(void **state)
{
    static const size_t backwards[3] = { 7, 2, 0 };
    struct bench *f = *state;
    size_t block;
    double sum = 0, squares = 0;
    float *rows = force_block(f, "SE_4_1=noise=0.5", 3, honest, everything, N,
                              &block);
    float *some = force_block(f, "SE_4_1=noise=0.5", 3, honest, backwards, 3,
                              &block);
    float *none = force_block(f, "SE_4_1=noise=0", 3, honest, everything, N,
                              &block);
    float *other = force_block(f, "SE_4_1=noise=0.5", 4, honest, everything, N,
                               &block);
    const float *gates = f->gates[block];
    for (int i = 0; i < N * 64; i++) {
        double d = (rows[i] - gates[i]) / 0.5;
        sum += d;
        squares += d * d;
        assert_true(none[i] == gates[i] && other[i] != rows[i]);
    }
    /* 768 normal numbers: four standard errors */
    assert_true(fabs(sum / (N * 64)) < 4 / sqrt(N * 64));
    assert_true(fabs(squares / (N * 64) - 1) < 4 * sqrt(2.0 / (N * 64)));
    for (int i = 0; i < 3; i++)
        assert_memory_equal(some + i * 64, rows + backwards[i] * 64,
                            64 * sizeof *rows);
    free(rows);
    free(some);
    free(none);
    free(other);
}

/* ---- what is refused ----------------------------------------------------- */

static void assert_refused(struct bench *f, const char *spec, struct lie lie,
                           const char *words)
{
    struct ses_error err = { 0 };
    struct ses_variant variant = { 0 };
    struct ses_donor *donor;
    struct ses_run_file *run = make_record(f, lie);
    OK(ses_variant_add(&variant, spec, &f->model.blocks, &err));
    assert_int_equal(ses_donor_new(run, &f->model, &f->set, &variant, 1, 0,
                                   &donor, &err),
                     SES_EUSAGE);
    assert_int_equal(err.status, SES_EUSAGE);
    SAYS(words);
    ses_variant_release(&variant);
    ses_run_free(run);
}

static void records_of_something_else_are_refused(void **state)
{
    struct bench *f = *state;
    struct lie lie = honest;
    lie.sha256 = "bbbb";
    assert_refused(f, "all=mean", lie, "its model_sha256 is 'bbbb', expected "
                                       "'aaaa");
    lie = honest;
    lie.preprocess = "resize=7";
    assert_refused(f, "all=mean", lie, "its preprocess is 'resize=7'");
    lie = honest;
    lie.force = "all=one";
    assert_refused(f, "all=mean", lie, "its force is 'all=one'");
}

static void records_that_lack_what_is_needed_are_refused(void **state)
{
    struct bench *f = *state;
    struct lie lie = honest;
    lie.n_blocks = 3;
    assert_refused(f, "SE_3_1=mean", lie, "has no block 'SE_3_1'");
    lie = honest;
    lie.summary_only = true;
    assert_refused(f, "all=shuffle-images", lie, "--summary-only");
    assert_refused(f, "all=other-class", lie, "--summary-only");
    assert_refused(f, "all=top=5%", lie, "--summary-only");
    lie = honest;
    lie.n_images = 2; /* of classes ant and bee */
    assert_refused(f, "all=class-mean", lie, "no image of class 'cow'");
    lie.n_images = 1;
    assert_refused(f, "all=shuffle-images", lie, "shuffle-images needs 2");
    lie = honest;
    lie.one_class = true;
    assert_refused(f, "all=other-class", lie, "images of class 'ant' only");
}

static void what_needs_a_record_says_so(void **state)
{
    static const char *const specs[] = { "all=mean", "all=class-mean",
                                         "all=shuffle-images",
                                         "all=other-class", "all=top=5%" };
    struct bench *f = *state;
    for (size_t i = 0; i < 5; i++) {
        struct ses_error err = { 0 };
        struct ses_variant variant = { 0 };
        struct ses_donor *donor;
        OK(ses_variant_add(&variant, specs[i], &f->model.blocks, &err));
        assert_int_equal(ses_donor_new(NULL, &f->model, &f->set, &variant, 1,
                                       0, &donor, &err),
                         SES_EUSAGE);
        SAYS("needs a record of the network (--from RUN.h5)");
        SAYS(specs[i]);
        ses_variant_release(&variant);
    }
}

static void means_of_a_record_without_rows_do(void **state)
{
    struct bench *f = *state;
    const struct lie lie = { .unreadable = -1, .summary_only = true };
    size_t block;
    float *with = force_block(f, "SE_4_1=class-mean", 0, honest, everything, N,
                              &block);
    float *without = force_block(f, "SE_4_1=class-mean", 0, lie, everything, N,
                                 &block);
    assert_memory_equal(with, without, N * 64 * sizeof *with);
    assert_memory_equal(with, with + 3 * 64, 64 * sizeof *with);
    assert_memory_not_equal(with, with + 64, 64 * sizeof *with);
    free(with);
    free(without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forced_gates_are_what_pytorch_is_given),
        cmocka_unit_test(shuffled_images_all_move),
        cmocka_unit_test(unreadable_and_unknown_images_give_no_gates),
        cmocka_unit_test(other_classes_are_other),
        cmocka_unit_test(shuffled_channels_are_one_order_for_all_images),
        cmocka_unit_test(
            noise_has_its_deviation_and_depends_on_the_image_alone),
        cmocka_unit_test(records_of_something_else_are_refused),
        cmocka_unit_test(records_that_lack_what_is_needed_are_refused),
        cmocka_unit_test(what_needs_a_record_says_so),
        cmocka_unit_test(means_of_a_record_without_rows_do),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
