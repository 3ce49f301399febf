/* core/ablation/run: variants over a folder of small pictures, some of which
 * cannot be read, with a network that can be worked out by hand. The file is a
 * writer in memory. */
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "core/ablation/run.h"
#include "core/base/alloc.h"
#include "core/images/labels.h"
#include "tests/support/check.h"
#include "tests/support/hand-network.h"
#include "tests/support/tree.h"

enum { VARIANTS = 3 };

/* ---- the writer ---------------------------------------------------------- */

struct ses_ablation_writer {
    uint8_t statuses[IMAGES];
    struct ses_ablation_cell cells[IMAGES][VARIANTS];
    size_t next, flushes, most; /* images that may be written */
};

const uint8_t *ses_ablation_statuses(const struct ses_ablation_writer *writer)
{
    return writer->statuses;
}

enum ses_status ses_ablation_write(struct ses_ablation_writer *writer,
                                   size_t image, enum ses_image_status status,
                                   const struct ses_ablation_cell *cells,
                                   struct ses_error *err)
{
    assert_true(image >= writer->next);
    assert_int_equal(writer->statuses[image], SES_IMAGE_PENDING);
    if (!writer->most--)
        return ses_fail(err, SES_EIO, "the disk is full");
    writer->next = image + 1;
    writer->statuses[image] = (uint8_t)status;
    if (status == SES_IMAGE_DONE)
        memcpy(writer->cells[image], cells, sizeof writer->cells[image]);
    return SES_OK;
}

enum ses_status ses_ablation_flush(struct ses_ablation_writer *writer,
                                   struct ses_error *err)
{
    writer->flushes++;
    return SES_OK;
}

/* ---- fixture ------------------------------------------------------------- */

struct bench {
    char *root, *pictures;
    struct ses_model model;
    struct ses_set *set;
    struct ses_variants variants;
    struct ses_tree *tree;
    struct ses_donor *donor;
    struct ses_ablation_runner runner;
    struct ses_ablation_writer writer;
    size_t stop_at, unreadable;
};

static bool on_progress(void *user, const struct ses_progress *progress)
{
    const struct bench *f = user;
    return progress->done < f->stop_at;
}

static void on_unreadable(void *user, const char *path, const char *reason)
{
    struct bench *f = user;
    f->unreadable++;
}

static int setup(void **state)
{
    static const char *const specs[VARIANTS] = { NULL, "all=one",
                                                 "all=noise=0.1" };
    struct bench *f = ses_calloc(1, sizeof *f);
    struct ses_error err = { 0 };
    const struct ses_set_options options = { .label_base = -1 };
    f->root = tree_new();
    f->pictures = tree_path(f->root, "pictures");
    make_model(&f->model);
    assert_int_equal(mkdir(f->pictures, 0777), 0);
    make_pictures(f->pictures);
    OK(ses_set_open(f->pictures, &options, &f->set, &err));
    OK(ses_labels_apply(NULL, f->set, CLASSES, &err));
    f->variants.items = ses_calloc(VARIANTS, sizeof *f->variants.items);
    f->variants.count = VARIANTS;
    for (size_t v = 0; v < VARIANTS; v++)
        if (specs[v])
            OK(ses_variant_add(&f->variants.items[v], specs[v],
                               &f->model.blocks, &err));
    OK(ses_tree_new(f->model.graph, &f->model.blocks, &f->variants, &f->tree,
                    &err));
    OK(ses_donor_new(NULL, &f->model, f->set, f->variants.items, VARIANTS, 1,
                     &f->donor, &err));
    f->stop_at = f->writer.most = SIZE_MAX;
    f->runner = (struct ses_ablation_runner){
        .model = &f->model, .set = f->set, .variants = &f->variants,
        .tree = f->tree, .donor = f->donor, .threads = 2, .batch = 4,
        .progress = on_progress, .unreadable = on_unreadable, .user = f,
    };
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct bench *f = *state;
    ses_donor_free(f->donor);
    ses_tree_free(f->tree);
    ses_variants_release(&f->variants);
    ses_set_free(f->set);
    ses_blocks_release(&f->model.blocks);
    ses_graph_free(f->model.graph);
    tree_remove(f->root);
    free(f->pictures);
    free(f);
    return 0;
}

static struct ses_run_result run_all(struct bench *f)
{
    struct ses_run_result result;
    struct ses_error err = { 0 };
    OK(ses_ablation_run(&f->runner, &f->writer, &result, &err));
    return result;
}

/* ---- results ------------------------------------------------------------- */

static int best(const double *logits)
{
    int at = 0;
    for (int k = 1; k < CLASSES; k++)
        at = logits[k] > logits[at] ? k : at;
    return at;
}

static void softmax(const double *logits, double *out)
{
    double sum = 0;
    for (int k = 0; k < CLASSES; k++)
        sum += out[k] = exp(logits[k]);
    for (int k = 0; k < CLASSES; k++)
        out[k] /= sum;
}

static void assert_near(float found, double expected)
{
    if (!(fabs(found - expected) < 3e-6))
        fail_msg("found %.9g, expected %.9g", found, expected);
}

static void cells_are_what_is_worked_out_by_hand(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result = run_all(f);
    size_t moved = 0;
    assert_int_equal(result.images, IMAGES);
    assert_int_equal(result.unreadable, 2);
    assert_int_equal(result.not_finite, 0);
    assert_int_equal(f->unreadable, 2);
    assert_true(f->writer.flushes > 0);
    for (size_t i = 0; i < IMAGES; i++) {
        struct expected as_is = work_out(i, false), open = work_out(i, true);
        const struct ses_ablation_cell *cells = f->writer.cells[i];
        double p[CLASSES], q[CLASSES], divergence = 0;
        size_t label = i * CLASSES / IMAGES;
        assert_int_equal(f->writer.statuses[i], readable(i)
                                                    ? SES_IMAGE_DONE
                                                    : SES_IMAGE_UNREADABLE);
        if (!readable(i))
            continue;
        softmax(as_is.logits, p);
        softmax(open.logits, q);
        for (int k = 0; k < CLASSES; k++)
            divergence += p[k] * log(p[k] / q[k]);
        assert_int_equal(cells[0].top1, best(as_is.logits));
        assert_int_equal(cells[1].top1, best(open.logits));
        assert_near(cells[0].loss, as_is.loss);
        assert_near(cells[1].loss, open.loss);
        assert_near(cells[0].probability, p[label]);
        assert_near(cells[1].probability, q[label]);
        assert_near(cells[1].divergence, divergence);
        assert_true(cells[0].divergence == 0);
        assert_int_equal(cells[0].top5, 1); /* there are three outputs */
        moved += cells[2].loss != cells[0].loss;
    }
    assert_int_equal(moved, IMAGES - 2);
}

static void threads_and_batches_change_no_bit(void **state)
{
    static const int ways[][2] = { { 1, 1 }, { 3, 2 }, { 2, 7 }, { 1, 40 } };
    struct bench *f = *state;
    struct ses_ablation_writer first;
    run_all(f);
    first = f->writer;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        f->writer = (struct ses_ablation_writer){ .most = SIZE_MAX };
        f->runner.threads = ways[i][0];
        f->runner.batch = ways[i][1];
        run_all(f);
        assert_memory_equal(f->writer.statuses, first.statuses, IMAGES);
        assert_memory_equal(f->writer.cells, first.cells, sizeof first.cells);
    }
}

static void only_pending_images_are_run(void **state)
{
    struct bench *f = *state;
    for (size_t i = 0; i < IMAGES; i += 2)
        f->writer.statuses[i] = SES_IMAGE_DONE;
    struct ses_run_result result = run_all(f);
    assert_int_equal(result.images, IMAGES);
    assert_int_equal(result.resumed, IMAGES / 2);
    assert_int_equal(result.unreadable, 2); /* both are odd */
    for (size_t i = 0; i < IMAGES; i += 2)
        assert_true(f->writer.cells[i][0].loss == 0);
}

static void classes_without_an_output_have_no_loss(void **state)
{
    struct bench *f = *state;
    f->set->classes[1].output = -1;
    run_all(f);
    for (size_t i = 0; i < IMAGES; i++) {
        bool known = i * CLASSES / IMAGES != 1;
        for (int v = 0; v < VARIANTS && readable(i); v++) {
            const struct ses_ablation_cell *cell = &f->writer.cells[i][v];
            assert_int_equal(isnan(cell->loss), !known);
            assert_int_equal(isnan(cell->probability), !known);
            assert_int_equal(cell->top5, known);
            assert_true(cell->top1 >= 0 && cell->divergence >= 0);
        }
    }
}

static void a_run_that_is_stopped_keeps_what_it_has(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    struct ses_error err = { 0 };
    f->stop_at = 0;
    assert_int_equal(ses_ablation_run(&f->runner, &f->writer, &result, &err),
                     SES_ESTOPPED);
    assert_int_equal(f->writer.flushes, 1);
    f->stop_at = SIZE_MAX;
    result = run_all(f);
    assert_int_equal(result.images, IMAGES);
}

static void strict_runs_and_full_disks_end(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    struct ses_error err = { 0 };
    f->runner.strict = true;
    assert_true(ses_ablation_run(&f->runner, &f->writer, &result, &err) !=
                SES_OK);
    SAYS("09.png");
    assert_int_equal(f->writer.next, BROKEN);
    assert_int_equal(f->writer.flushes, 1);
    f->writer = (struct ses_ablation_writer){ .most = 5 };
    assert_int_equal(ses_ablation_run(&f->runner, &f->writer, &result, &err),
                     SES_EIO);
    SAYS("the disk is full");
    assert_int_equal(f->writer.next, 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cells_are_what_is_worked_out_by_hand),
        TEST(threads_and_batches_change_no_bit),
        TEST(only_pending_images_are_run),
        TEST(classes_without_an_output_have_no_loss),
        TEST(a_run_that_is_stopped_keeps_what_it_has),
        TEST(strict_runs_and_full_disks_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
