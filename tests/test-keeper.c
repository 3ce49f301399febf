/* core/record/keeper: HDF5 of strangers is read in a process of its own, whose
 * end is an error. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "core/base/random.h"
#include "core/record/keeper.h"
#include "core/record/run.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/record-common.h"

static void nothing_is_left_behind(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* libhdf5 is told never to follow links to other files where it opens one. */
static bool used_here(void)
{
    return H5Lis_registered(H5L_TYPE_EXTERNAL) == 0;
}

/* Before any test makes a record here. */
static void this_process_opens_no_file(void **state)
{
    struct ses_error err = { 0 };
    struct ses_run_file *run;
    assert_false(used_here());
    OK(ses_run_open(data_path("record/by-h5py.h5"), &run, &err));
    assert_true(run->n_images > 0 && run->n_blocks > 0);
    size_t channels = (size_t)run->blocks[0].channels;
    float *row = calloc(channels, sizeof *row);
    OK(ses_run_excitation(run, 0, 0, 1, row, &err));
    free(row);
    ses_run_free(run);
    assert_int_equal(ses_run_open(data_path("record/moments.txt"), &run, &err),
                     SES_EFORMAT);
    SAYS("is a text file, expected a record");
    assert_false(used_here());
    nothing_is_left_behind();
}

static void damaged(enum ses_status status, struct ses_error *err)
{
    assert_int_equal(status, SES_EFORMAT);
    assert_contains(err->message, "is damaged: reading it as HDF5 failed "
                                  "without an answer");
    *err = (struct ses_error){ 0 };
}

/* Whatever is asked of a file whose process has crashed. */
static void a_crash_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct ses_error err = { 0 };
    static float rows[COMMON_IMAGES * COMMON_WIDEST];
    static int32_t top5[5 * COMMON_IMAGES];
    char *path;
    common_record(f->path, &f->common.plan);
    struct ses_run_file *run = common_open(f->path);
    OK(ses_run_excitation(run, 0, 0, 2, rows, &err));
    assert_int_equal(kill(run->handle->keeper->child.pid, SIGSEGV), 0);
    damaged(ses_run_excitation(run, 0, 0, 2, rows, &err), &err);
    damaged(ses_run_moments(run, 1, NULL, rows, NULL, NULL, NULL, &err), &err);
    damaged(ses_run_paths(run, 0, 1, &path, &err), &err);
    assert_null(path);
    damaged(ses_run_predictions(run, top5, NULL, &err), &err);
    ses_run_free(run);
    nothing_is_left_behind();
}

/* What the file has not, the process says as this one would. */
static void its_errors_are_those_of_reading_here(void **state)
{
    struct fixture *f = *state;
    struct ses_error here = { 0 }, kept = { 0 };
    struct ses_run_file *run, *own;
    float row[COMMON_WIDEST];
    f->common.plan.parts = (struct ses_record_parts){ .summary_only = true };
    common_record(f->path, &f->common.plan);
    assert_int_equal(ses_run_open_here(f->path, &own, &here), SES_OK);
    run = common_open(f->path);
    assert_int_equal(ses_run_excitation(own, 0, 0, 1, row, &here),
                     SES_ENOTFOUND);
    assert_int_equal(ses_run_excitation(run, 0, 0, 1, row, &kept),
                     SES_ENOTFOUND);
    assert_string_equal(kept.message, here.message);
    ses_run_free(own);
    ses_run_free(run);
}

/* A process that says anything at all. */
static uint64_t seed;

static void babble(struct ses_keeper *keeper)
{
    struct ses_random random;
    ses_random_seed(&random, seed);
    ses_keeper_answer(keeper, SES_OK, NULL);
    for (int i = 0; i < 300; i++)
        ses_stream_send_number(&keeper->out,
                               ses_random_below(&random, 50)
                                   ? ses_random_below(&random, 3)
                                   : ses_random_below(&random, SIZE_MAX));
    ses_stream_flush(&keeper->out);
}

/* Some are records by chance. */
static void what_it_says_is_not_believed(void **state)
{
    struct fixture *f = *state;
    size_t refused = 0;
    common_record(f->path, &f->common.plan);
    for (seed = 0; seed < 300; seed++) {
        struct ses_error err = { 0 };
        struct ses_keeper *keeper;
        struct ses_run_file *run = calloc(1, sizeof *run);
        run->handle = calloc(1, sizeof *run->handle);
        run->handle->file = H5I_INVALID_HID;
        OK(ses_keeper_start(f->path, babble, &keeper, &err));
        run->handle->keeper = keeper;
        OK(ses_keeper_hear(keeper, &err));
        ses_run_receive(run, &keeper->in);
        if (ses_keeper_check(keeper, &err))
            refused++;
        else if (ses_run_check_images(run, &err))
            SAYS("image");
        ses_run_free(run);
        nothing_is_left_behind();
    }
    assert_true(refused > 100);
}

/* ---- bytes that libhdf5 believes ----------------------------------------- */

static void put_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Each ends in a record, or in one line that names the file. */
static void open_and_resume(struct fixture *f)
{
    struct ses_error err = { 0 };
    struct ses_run_file *run;
    struct ses_record_writer *writer;
    if (ses_run_open(f->path, &run, &err) == SES_OK)
        ses_run_free(run);
    else
        SAYS(f->path);
    nothing_is_left_behind();
    if (ses_record_resume(f->path, &f->common.plan, &writer, &err) == SES_OK)
        OK(ses_record_close(writer, &err));
    else
        SAYS(f->path);
    nothing_is_left_behind();
}

static char *find(char *from, const char *end, const char *word)
{
    size_t length = strlen(word) + 1;
    return from < end ? memmem(from, (size_t)(end - from), word, length) : NULL;
}

/* The lengths of an attribute's name, type and shape, 6, 4 and 2 bytes before
 * the name in this form of the file (HDF5 File Format Specification, IV.A.2.m,
 * version 1): HDF5 goes as far beyond what it has of the file. */
static void long_parts_of_attributes_do_no_harm(void **state)
{
    struct fixture *f = *state;
    size_t size, tried = 0;
    common_record(f->whole, &f->common.plan);
    char *bytes = read_file(f->whole, &size);
    for (char *at = bytes; (at = find(at, bytes + size, "unit")); at++)
        for (int high = -5; high < 0; high += 2) {
            if (at - bytes < 8 || at[-6] != 5 || at[high] != 0)
                continue;
            at[high] = (char)0xff;
            put_file(f->path, bytes, size);
            at[high] = 0;
            open_and_resume(f);
            tried++;
        }
    assert_int_equal(tried, 3 * COMMON_BLOCKS);
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(this_process_opens_no_file),
        TEST(a_crash_is_an_error),
        TEST(its_errors_are_those_of_reading_here),
        TEST(what_it_says_is_not_believed),
        TEST(long_parts_of_attributes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
