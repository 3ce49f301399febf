/* core/record: killed at any moment, a record opens, has all that it says it
 * has, and goes on to the same bytes. Also what may not go on. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/record/reader.h"
#include "tests/support/check.h"
#include "tests/support/kill.h"
#include "tests/support/record-common.h"
#include "tests/support/tree.h"

/* ---- fixture ------------------------------------------------------------ */

enum { FLUSH_EVERY = 7 };

static void summary_only(struct fixture *f)
{
    f->common.plan.parts = (struct ses_record_parts){ .summary_only = true };
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

/* Make or go on with a record, to its end. */
static enum ses_status record(const void *user, struct ses_error *err)
{
    const struct fixture *f = user;
    struct ses_record_writer *writer = NULL;
    enum ses_status status =
        exists(f->path)
            ? ses_record_resume(f->path, &f->common.plan, &writer, err)
            : ses_record_create(f->path, false, &f->common.plan, &writer, err);
    if (status == SES_OK)
        status = common_write_pending(writer, COMMON_IMAGES, FLUSH_EVERY, err);
    if (status == SES_OK)
        status = ses_record_finish(writer, err);
    if (status == SES_OK)
        return ses_record_close(writer, err);
    ses_record_close(writer, NULL);
    return status;
}

/* The file opens, and each image marked has all its rows. Returns how many
 * are marked. */
static size_t check_marked(const struct fixture *f)
{
    struct ses_run_file *run = NULL;
    struct ses_error err = { 0 };
    static float rows[COMMON_IMAGES * COMMON_WIDEST];
    static int32_t top5[COMMON_IMAGES][5];
    static float loss[COMMON_IMAGES];
    if (ses_run_open(f->path, &run, &err) != SES_OK)
        fail_msg("%s", err.message);
    assert_int_equal(run->n_images, COMMON_IMAGES);
    assert_int_equal(ses_run_predictions(run, &top5[0][0], loss, &err), 0);
    for (size_t i = 0; i < COMMON_IMAGES; i++) {
        uint8_t status = run->image_status[i];
        if (status == SES_IMAGE_PENDING)
            continue;
        assert_int_equal(status, common_unreadable(i) ? 2 : 1);
        assert_int_equal(top5[i][0], common_unreadable(i) ? -1 : (int)i);
        assert_true(common_unreadable(i) ? isnan(loss[i])
                                         : loss[i] == (float)i);
    }
    for (size_t b = 0; b < COMMON_BLOCKS && run->blocks[b].rows; b++) {
        size_t width = common_width(0, b);
        assert_int_equal(ses_run_excitation(run, b, 0, COMMON_IMAGES, rows,
                                            &err), SES_OK);
        for (size_t i = 0; i < COMMON_IMAGES; i++)
            for (size_t c = 0; c < width; c++) {
                float found = rows[i * width + c];
                if (run->image_status[i] == SES_IMAGE_DONE)
                    assert_true(found == common_value(0, b, i, c));
                if (run->image_status[i] == SES_IMAGE_UNREADABLE)
                    assert_true(isnan(found));
            }
    }
    size_t marked = run->n_done + run->n_unreadable;
    assert_int_equal(marked + run->n_pending, COMMON_IMAGES);
    ses_run_free(run);
    return marked;
}

static void start_over(const struct fixture *f)
{
    char *sidecar = ses_format("%s.moments", f->path);
    remove(f->path);
    remove(sidecar);
    free(sidecar);
}

static void assert_same(const struct fixture *f)
{
    struct ses_run_file *run;
    assert_int_equal(ses_run_open(f->path, &run, NULL), SES_OK);
    assert_true(run->complete);
    ses_run_free(run);
    assert_true(common_same_datasets(f->path, f->whole));
}

/* ---- kills -------------------------------------------------------------- */

/* Kill at each system call in turn, look, go on, and compare. */
static void kill_everywhere(struct fixture *f)
{
    size_t empty = 0, partial = 0, kills = 0;
    common_record(f->whole, &f->common.plan);
    assert_true(kill_seen() > 20);
    for (long n = 0;; n++, kills++) {
        bool killed = false;
        start_over(f);
        killed = kill_at(record, f, n, n % 2);
        if (!killed)
            break;
        if (exists(f->path)) {
            size_t marked = check_marked(f);
            empty += marked == 0;
            partial += marked > 0 && marked < COMMON_IMAGES;
        }
        assert_false(kill_at(record, f, -1, false));
        check_marked(f);
        assert_same(f);
    }
    /* The kills were at interesting moments. */
    print_message("%zu kills, %zu before and %zu while images were marked\n",
                  kills, empty, partial);
    assert_true(kills > 50);
    assert_true(empty > 0);
    assert_true(partial > 5);
}

static void a_kill_at_any_call_loses_nothing(void **state)
{
    kill_everywhere(*state);
}

static void a_kill_at_any_call_loses_no_moments(void **state)
{
    summary_only(*state);
    kill_everywhere(*state);
}

/* Killed over and over, a few calls further each time. */
static void kill_repeatedly(struct fixture *f, long calls)
{
    size_t before = 0, kills = 0;
    common_record(f->whole, &f->common.plan);
    /* A file is made within 50 calls, and the first images soon marked. */
    for (long n = 50; kill_at(record, f, n, kills % 2); n = calls, kills++) {
        size_t marked = check_marked(f);
        assert_true(marked >= before);
        before = marked;
        assert_true(kills < 200);
    }
    assert_true(kills > 1);
    assert_same(f);
}

static void many_kills_come_to_the_same(void **state)
{
    kill_repeatedly(*state, 17);
}

static void many_kills_come_to_the_same_moments(void **state)
{
    summary_only(*state);
    kill_repeatedly(*state, 13);
}

/* By the clock, as a user would: no call is picked. */
static void a_kill_at_any_time_loses_nothing(void **state)
{
    struct fixture *f = *state;
    common_record(f->whole, &f->common.plan);
    for (int round = 0; round < 60; round++) {
        start_over(f);
        kill_after(record, f, (unsigned)(round * 97 % 6000));
        if (exists(f->path))
            check_marked(f);
        assert_false(kill_at(record, f, -1, false));
        assert_same(f);
    }
}

/* ---- going on ----------------------------------------------------------- */

static void begin(struct fixture *f, size_t images)
{
    struct ses_record_writer *writer;
    assert_int_equal(ses_record_create(f->path, true, &f->common.plan, &writer,
                                       NULL), SES_OK);
    assert_int_equal(common_write_pending(writer, images, 0, NULL), SES_OK);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
}

static void closing_keeps_what_was_written(void **state)
{
    struct fixture *f = *state;
    begin(f, 33);
    assert_int_equal(check_marked(f), 33);
    summary_only(f);
    begin(f, 33);
    assert_int_equal(check_marked(f), 33);
    common_record(f->whole, &f->common.plan);
    assert_false(kill_at(record, f, -1, false));
    assert_same(f);
}

static void lost_moments_start_over(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer;
    summary_only(f);
    common_record(f->whole, &f->common.plan);
    begin(f, 33);
    char *sidecar = ses_format("%s.moments", f->path);
    assert_int_equal(remove(sidecar), 0);
    assert_int_equal(ses_record_resume(f->path, &f->common.plan, &writer,
                                       NULL), SES_OK);
    for (size_t i = 0; i < COMMON_IMAGES; i++)
        assert_int_equal(ses_record_statuses(writer)[i], SES_IMAGE_PENDING);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    assert_int_equal(check_marked(f), 0);
    assert_false(kill_at(record, f, -1, false));
    assert_same(f);
    assert_false(exists(sidecar));
    free(sidecar);
}

static void refuse(struct fixture *f, enum ses_status status,
                   const char *words)
{
    struct ses_record_writer *writer = NULL;
    struct ses_error err = { 0 };
    assert_int_equal(ses_record_resume(f->path, &f->common.plan, &writer,
                                       &err), status);
    assert_null(writer);
    SAYS(words);
}

static void damaged_moments_are_refused(void **state)
{
    struct fixture *f = *state;
    summary_only(f);
    begin(f, 33);
    char *sidecar = ses_format("%s.moments", f->path);
    assert_int_equal(truncate(sidecar, 3000), 0);
    refuse(f, SES_EFORMAT, ".moments' is damaged: remove it to start over");
    assert_int_equal(truncate(sidecar, 10), 0);
    refuse(f, SES_EFORMAT, ".moments' is of another record than");
    assert_int_equal(check_marked(f), 33);
    free(sidecar);
}

static void a_new_record_forgets_old_moments(void **state)
{
    struct fixture *f = *state;
    char *sidecar = ses_format("%s.moments", f->path);
    summary_only(f);
    begin(f, 33);
    assert_true(exists(sidecar));
    f->common.plan.parts = (struct ses_record_parts){ 0 };
    common_record(f->path, &f->common.plan);
    assert_false(exists(sidecar));
    free(sidecar);
}

static void a_finished_record_stays_as_it_is(void **state)
{
    struct fixture *f = *state;
    common_record(f->whole, &f->common.plan);
    common_record(f->path, &f->common.plan);
    assert_false(kill_at(record, f, -1, false));
    assert_same(f);
    summary_only(f);
    common_record(f->whole, &f->common.plan);
    common_record(f->path, &f->common.plan);
    assert_false(kill_at(record, f, -1, false));
    assert_same(f);
}

static char *read_created(const char *path)
{
    struct ses_run_file *run;
    assert_int_equal(ses_run_open(path, &run, NULL), SES_OK);
    char *text = ses_format("%s %s", run->created, run->command);
    ses_run_free(run);
    return text;
}

static void the_first_runs_words_stay(void **state)
{
    struct fixture *f = *state;
    begin(f, 20);
    char *before = read_created(f->path);
    f->common.plan.command = "sescope record --resume";
    f->common.plan.host = "there";
    assert_false(kill_at(record, f, -1, false));
    char *after = read_created(f->path);
    assert_string_equal(before, after);
    assert_non_null(strstr(after, "Z sescope record a.pth"));
    free(before);
    free(after);
}

/* ---- what may not go on ------------------------------------------------- */

static void what_differs_is_named(void **state)
{
    struct fixture *f = *state;
    struct ses_record_plan *plan = &f->common.plan, plain = *plan;
    begin(f, 20);
    plan->model_sha256 = "4567";
    refuse(f, SES_EUSAGE, "its model_sha256 is '0123', now it is '4567'");
    *plan = plain;
    plan->preprocess = "crop=32";
    refuse(f, SES_EUSAGE, "its preprocess is 'resize=256,crop=224', now it is "
                          "'crop=32'");
    *plan = plain;
    plan->force = "SE_2_1=one";
    refuse(f, SES_EUSAGE, "its force is 'SE_2_1=mean', now it is 'SE_2_1=one'");
    *plan = plain;
    plan->from_sha256 = "cdef";
    refuse(f, SES_EUSAGE, "its from_sha256 is '89ab', now it is 'cdef'");
    *plan = plain;
    plan->kernels = "none, exact convolutions";
    refuse(f, SES_EUSAGE, "its --conv is 'fast', now it is 'exact'");
    *plan = plain;
    plan->arch = "other";
    refuse(f, SES_EUSAGE, "its arch is 'toy', now it is 'other'");
    *plan = plain;
    plan->seed = 3;
    refuse(f, SES_EUSAGE, "its seed is -5, now it is 3");
    *plan = plain;
    plan->n_images = 59;
    refuse(f, SES_EUSAGE, "its number of images is 60, now it is 59");
    *plan = plain;
    const char *ids[] = { "n01443537", "n1", "n02690373" };
    plan->class_ids = ids;
    refuse(f, SES_EUSAGE, "its class 1 is 'n02110958', now it is 'n1'");
    *plan = plain;
    const char *names[] = { "goldfish", "cat", "bird" };
    plan->class_names = names;
    refuse(f, SES_EUSAGE, "its class 1 is 'pug', now it is 'cat'");
    *plan = plain;
    const int32_t outputs[] = { 1, 5, -1 };
    plan->class_outputs = outputs;
    refuse(f, SES_EUSAGE, "its output of class 1 is 6, now it is 5");
    *plan = plain;
    char *path = f->common.paths[50];
    char other[] = "x.png";
    f->common.paths[50] = other;
    refuse(f, SES_EUSAGE, "its image 50 is 'n02690373/50.png', now it is "
                          "'x.png'");
    f->common.paths[50] = path;
    f->common.classes[50] = 0;
    refuse(f, SES_EUSAGE, "its class of image 50 is 'n02690373', now it is "
                          "'n01443537'");
    f->common.classes[50] = 2;
    plan->n_blocks = 1;
    refuse(f, SES_EUSAGE, "its number of blocks is 2, now it is 1");
    *plan = plain;
    f->common.blocks[1].name = "SE_2_2";
    refuse(f, SES_EUSAGE, "its block 1 is 'features/3/se', now it is "
                          "'SE_2_2'");
    f->common.blocks[1].name = "features/3/se";
    f->common.blocks[1].channels = 13;
    refuse(f, SES_EUSAGE, "its number of channels of block 1 is 12, now it "
                          "is 13");
    f->common.blocks[1].channels = 12;
    plan->parts.squeeze = false;
    refuse(f, SES_EUSAGE, "it was begun with --with squeeze, now it is "
                          "without");
    *plan = plain;
    plan->parts = (struct ses_record_parts){ .summary_only = true };
    refuse(f, SES_EUSAGE, "it was begun without --summary-only, now it is "
                          "with");
    *plan = plain;
    plan->outputs = 8;
    refuse(f, SES_EUSAGE, "its number of outputs is 7, now it is 8");
    *plan = plain;
    assert_int_equal(check_marked(f), 20);
    assert_false(kill_at(record, f, -1, false));
}

static void other_files_cannot_go_on(void **state)
{
    struct fixture *f = *state;
    refuse(f, SES_EIO, "No such file or directory");
    FILE *file = fopen(f->path, "w");
    fputs("some words\n", file);
    fclose(file);
    refuse(f, SES_EFORMAT, "is a text file, expected a record");
    hid_t other =
        H5Fcreate(f->path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(other);
    refuse(f, SES_EFORMAT, "is an HDF5 file of another kind");
}

static void a_repacked_record_cannot_go_on(void **state)
{
    struct fixture *f = *state;
    if (system("command -v h5repack >/dev/null 2>&1") != 0)
        skip();
    begin(f, 20);
    char *command = ses_format("h5repack -f GZIP=1 '%s' '%s.2' && "
                               "mv '%s.2' '%s'", f->path, f->path, f->path,
                               f->path);
    assert_int_equal(system(command), 0);
    free(command);
    assert_int_equal(check_marked(f), 20);
    refuse(f, SES_EUNSUPPORTED, "was packed anew by another tool");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_kill_at_any_call_loses_nothing),
        TEST(a_kill_at_any_call_loses_no_moments),
        TEST(many_kills_come_to_the_same),
        TEST(many_kills_come_to_the_same_moments),
        TEST(a_kill_at_any_time_loses_nothing),
        TEST(closing_keeps_what_was_written),
        TEST(lost_moments_start_over),
        TEST(damaged_moments_are_refused),
        TEST(a_new_record_forgets_old_moments),
        TEST(a_finished_record_stays_as_it_is),
        TEST(the_first_runs_words_stay),
        TEST(what_differs_is_named),
        TEST(other_files_cannot_go_on),
        TEST(a_repacked_record_cannot_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
