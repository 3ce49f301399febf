/* core/record/runner: a small SE network that can be worked out by hand, over
 * a folder of small pictures, some of which cannot be read. */
#include <hdf5.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/record/reader.h"
#include "tests/support/check.h"
#include "tests/support/hand-network.h"
#include "tests/support/record-common.h"
#include "tests/support/run-bench.h"

static void read_floats(const char *path, const char *dataset, float *out)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t data = H5Dopen2(file, dataset, H5P_DEFAULT);
    assert_true(H5Dread(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                        out) >= 0);
    H5Dclose(data);
    H5Fclose(file);
}

static void assert_near(const float *found, const double *expected, int n)
{
    for (int i = 0; i < n; i++)
        if (!(fabs(found[i] - expected[i]) < 2e-6))
            fail_msg("found %.9g, expected %.9g (%d of %d)", found[i],
                     expected[i], i, n);
}

/* Everything a record holds of every image. */
static void check_rows(const char *path, const char *block, bool open)
{
    float gate[IMAGES][CHANNELS], squeeze[IMAGES][CHANNELS],
        bottleneck[IMAGES][REDUCED], logits[IMAGES][CLASSES], loss[IMAGES];
    char name[256];
    snprintf(name, sizeof name, "/blocks/%s/excitation", block);
    read_floats(path, name, &gate[0][0]);
    snprintf(name, sizeof name, "/blocks/%s/squeeze", block);
    read_floats(path, name, &squeeze[0][0]);
    snprintf(name, sizeof name, "/blocks/%s/bottleneck", block);
    read_floats(path, name, &bottleneck[0][0]);
    read_floats(path, "/predictions/logits", &logits[0][0]);
    read_floats(path, "/predictions/loss", loss);
    for (size_t i = 0; i < IMAGES; i++) {
        struct expected e = work_out(i, open);
        if (!readable(i)) {
            assert_true(isnan(gate[i][0]) && isnan(squeeze[i][3]) &&
                        isnan(bottleneck[i][1]) && isnan(logits[i][2]) &&
                        isnan(loss[i]));
            continue;
        }
        assert_near(gate[i], e.gate, CHANNELS);
        assert_near(squeeze[i], e.squeeze, CHANNELS);
        assert_near(bottleneck[i], e.bottleneck, REDUCED);
        assert_near(logits[i], e.logits, CLASSES);
        assert_near(&loss[i], &e.loss, 1);
    }
}

/* ---- tests -------------------------------------------------------------- */

static void rows_are_what_the_network_makes(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    bench_run(f, f->path, &result);
    check_rows(f->path, f->model.blocks.items[0].name, false);
    assert_true(f->calls >= 2);
}

static void a_result_counts_what_was_right(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    double right = 0, loss = 0;
    for (size_t i = 0; i < IMAGES; i++) {
        struct expected e = work_out(i, false);
        size_t label = i * CLASSES / IMAGES, best = 0;
        for (size_t k = 1; k < CLASSES; k++)
            best = e.logits[k] > e.logits[best] ? k : best;
        if (readable(i)) {
            right += best == label;
            loss += e.loss;
        }
    }
    assert_true(right > 0 && right < IMAGES - 2);
    bench_run(f, f->path, &result);
    assert_int_equal(result.images, IMAGES);
    assert_int_equal(result.unreadable, 2);
    assert_int_equal(result.resumed, 0);
    assert_true(fabs(result.top1 - right / (IMAGES - 2)) < 1e-12);
    assert_true(result.top5 == 1);
    assert_true(fabs(result.loss - loss / (IMAGES - 2)) < 1e-6);
    assert_true(result.seconds > 0);
}

/* A pixel times 1e36 is a number; what the network multiplies it to is none. */
static void numbers_that_overflow_are_counted(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    bench_run(f, f->path, &result);
    assert_int_equal(result.not_finite, 0);
    f->model.preprocess.scale = 1e36;
    bench_run(f, f->other, &result);
    assert_int_equal(result.not_finite, IMAGES - 2);
    assert_int_equal(result.unreadable, 2);
}

static void threads_and_batches_change_nothing(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    const int ways[][2] = { { 1, 1 }, { 3, 1 }, { 2, 7 }, { 5, 64 }, { 0, 0 } };
    f->runner.threads = f->runner.batch = 1;
    bench_run(f, f->path, &result);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        unlink(f->other);
        f->runner.threads = ways[i][0];
        f->runner.batch = ways[i][1];
        bench_run(f, f->other, &result);
        assert_true(common_same_datasets(f->path, f->other));
    }
}

static void unreadable_images_are_named_in_order(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    f->runner.threads = 4;
    f->runner.batch = 1;
    bench_run(f, f->path, &result);
    assert_int_equal(f->unreadable, 2);
    char *second = strchr(f->log, '\n') + 1;
    assert_int_equal(strncmp(f->log, "a/09.png ", 9), 0);
    assert_string_equal(second, "b/23.png is 6x12 pixels, expected the "
                                "network's 6x6\n");
    /* A run that goes on names them as well, and changes nothing. */
    f->log[0] = '\0';
    bench_run(f, f->path, &result);
    assert_int_equal(result.resumed, IMAGES);
    assert_int_equal(result.unreadable, 2);
    assert_string_equal(f->log, "a/09.png was unreadable in the run that is "
                                "resumed\nb/23.png was unreadable in the run "
                                "that is resumed\n");
}

static size_t count_marked(const char *path)
{
    struct ses_run_file *run;
    assert_int_equal(ses_run_open(path, &run, NULL), SES_OK);
    size_t marked = run->n_done + run->n_unreadable;
    ses_run_free(run);
    return marked;
}

/* Workers wait at image 24 until the run is told to stop (or for ten seconds,
 * which fails the test), so that this comes before the end on any machine. */
static enum ses_status hold(void *user, size_t block, const size_t *items,
                            int batch, float *data, struct ses_error *err)
{
    struct bench *f = user;
    for (int i = 0; i < 1000 && items[0] >= 24 && !f->stopped; i++)
        usleep(10000);
    return SES_OK;
}

static void strict_ends_at_the_first(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    struct ses_error err = { 0 };
    f->runner.strict = true;
    assert_int_equal(bench_try(f, f->path, &result, &err), SES_EFORMAT);
    assert_int_equal(strncmp(err.message, "'a/09.png' ", 11), 0);
    assert_true(strlen(err.message) > 15);
    assert_int_equal(f->unreadable, 0);
    assert_int_equal(count_marked(f->path), 9);
    /* Forgiven the first, it goes on to the second. */
    f->runner.strict = false;
    f->stop_at = 15;
    f->runner.force = hold;
    f->runner.force_user = f;
    assert_int_equal(bench_try(f, f->path, &result, &err), SES_ESTOPPED);
    f->stop_at = SIZE_MAX;
    f->runner.strict = true;
    assert_int_equal(bench_try(f, f->path, &result, &err), SES_EFORMAT);
    assert_string_equal(err.message, "'a/09.png' was unreadable in the run "
                                     "that is resumed");
}

static void a_stopped_run_goes_on(void **state)
{
    struct bench *f = *state;
    struct ses_run_result whole, stopped, result;
    struct ses_error err = { 0 };
    bench_run(f, f->other, &whole);
    f->runner.force = hold;
    f->runner.force_user = f;
    f->stop_at = 10;
    f->unreadable = 0;
    assert_int_equal(bench_try(f, f->path, &stopped, &err), SES_ESTOPPED);
    size_t marked = count_marked(f->path);
    assert_true(marked >= 10 && marked < IMAGES);
    assert_int_equal(stopped.images, marked);
    f->stop_at = SIZE_MAX;
    f->runner.force = NULL;
    bench_run(f, f->path, &result);
    assert_int_equal(result.resumed, marked);
    assert_int_equal(result.images, IMAGES);
    assert_true(result.top1 == whole.top1 && result.loss == whole.loss);
    assert_int_equal(result.unreadable, 2);
    assert_true(common_same_datasets(f->path, f->other));
}

static void a_run_can_be_stopped_at_once(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    struct ses_error err = { 0 };
    f->stop_at = 0;
    assert_int_equal(bench_try(f, f->path, &result, &err), SES_ESTOPPED);
    assert_true(count_marked(f->path) <= 4 * 4);
}

static enum ses_status open_gates(void *user, size_t block,
                                  const size_t *items, int batch, float *data,
                                  struct ses_error *err)
{
    const struct bench *f = user;
    if (block != 0)
        return ses_fail(err, SES_EUSAGE, "block %zu", block);
    for (int i = 0; i < batch; i++) {
        if (items[i] >= f->set->n_items || !readable(items[i]))
            return ses_fail(err, SES_EUSAGE, "image %zu", items[i]);
        /* What it was tells whether this row is of this image. */
        const struct expected e = work_out(items[i], false);
        if (fabs(data[i * CHANNELS] - e.gate[0]) > 1e-5)
            return ses_fail(err, SES_EUSAGE, "gate of %zu", items[i]);
        for (int c = 0; c < CHANNELS; c++)
            data[i * CHANNELS + c] = 1;
    }
    return SES_OK;
}

static void forced_gates_are_recorded_and_used(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    f->runner.force = open_gates;
    f->runner.force_user = f;
    bench_run(f, f->path, &result);
    check_rows(f->path, f->model.blocks.items[0].name, true);
}

static enum ses_status fail_late(void *user, size_t block,
                                 const size_t *items, int batch, float *data,
                                 struct ses_error *err)
{
    /* The earlier of the failures is the slower. */
    if (items[0] == 20)
        usleep(30000);
    return items[0] < 20 ? SES_OK
                         : ses_fail(err, SES_ESHAPE, "item %zu", items[0]);
}

static void the_first_failure_is_reported(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    struct ses_error err = { 0 };
    f->runner.force = fail_late;
    f->runner.threads = 4;
    f->runner.batch = 1;
    assert_int_equal(bench_try(f, f->path, &result, &err), SES_ESHAPE);
    assert_string_equal(err.message, "item 20");
    assert_int_equal(count_marked(f->path), 20);
}

static void a_killed_run_goes_on(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    size_t kills = 0;
    bench_run(f, f->other, &result);
    for (int round = 0; round < 12; round++) {
        unlink(f->path);
        pid_t child = fork();
        if (child == 0) {
            _exit(bench_try(f, f->path, &result, NULL) != SES_OK);
        }
        int how;
        usleep((useconds_t)(round * 1500));
        kill(child, SIGKILL);
        waitpid(child, &how, 0);
        kills += WIFSIGNALED(how);
        bench_run(f, f->path, &result);
        assert_true(common_same_datasets(f->path, f->other));
    }
    assert_true(kills > 2);
}

static void a_network_without_classifier_runs(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    f->model.outputs = 0;
    f->parts = (struct ses_record_parts){ 0 };
    bench_run(f, f->path, &result);
    assert_int_equal(result.images, IMAGES);
    assert_true(isnan(result.top1) && isnan(result.top5) &&
                isnan(result.loss));
}

static void unlabelled_images_have_no_loss(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    float loss[IMAGES];
    for (size_t k = 0; k < CLASSES; k++)
        f->set->classes[k].output = -1;
    bench_run(f, f->path, &result);
    assert_true(isnan(result.top1) && isnan(result.loss));
    read_floats(f->path, "/predictions/loss", loss);
    for (size_t i = 0; i < IMAGES; i++)
        assert_true(isnan(loss[i]));
}

static void summaries_alone_are_the_same(void **state)
{
    struct bench *f = *state;
    struct ses_run_result result;
    float mean[2][CLASSES][CHANNELS], std[2][CLASSES][CHANNELS];
    for (int i = 0; i < 2; i++) {
        struct ses_run_file *run;
        const char *path = i ? f->path : f->other;
        f->parts = (struct ses_record_parts){ .summary_only = i };
        bench_run(f, path, &result);
        assert_int_equal(ses_run_open(path, &run, NULL), SES_OK);
        assert_int_equal(run->blocks[0].rows, !i);
        assert_int_equal(ses_run_moments(run, 0, NULL, &mean[i][0][0],
                                         &std[i][0][0], NULL, NULL, NULL), 0);
        ses_run_free(run);
    }
    assert_memory_equal(mean[0], mean[1], sizeof mean[0]);
    assert_memory_equal(std[0], std[1], sizeof std[0]);
    assert_true(std[0][2][3] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BENCH(rows_are_what_the_network_makes),
        BENCH(a_result_counts_what_was_right),
        BENCH(numbers_that_overflow_are_counted),
        BENCH(threads_and_batches_change_nothing),
        BENCH(unreadable_images_are_named_in_order),
        BENCH(strict_ends_at_the_first),
        BENCH(a_stopped_run_goes_on),
        BENCH(a_run_can_be_stopped_at_once),
        BENCH(forced_gates_are_recorded_and_used),
        BENCH(the_first_failure_is_reported),
        BENCH(a_killed_run_goes_on),
        BENCH(a_network_without_classifier_runs),
        BENCH(unlabelled_images_have_no_loss),
        BENCH(summaries_alone_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
