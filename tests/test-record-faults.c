/* core/record: failed writes, two writers, and what a record costs. */
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/record-common.h"
#include "tests/support/tree.h"

/* ---- failures ----------------------------------------------------------- */

/* A full disk, made of a limit to the size of files. */
static void a_failed_write_is_reported(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer;
    struct ses_error err = { 0 };
    struct rlimit before, small;
    struct stat st;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(ses_record_create(f->path, false, &f->common.plan,
                                       &writer, &err), SES_OK);
    assert_int_equal(common_write_pending(writer, 10, 5, &err), SES_OK);
    assert_int_equal(stat(f->path, &st), 0);
    small = before;
    small.rlim_cur = (rlim_t)st.st_size / 2;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum ses_status written =
        common_write_pending(writer, COMMON_IMAGES, 5, &err);
    enum ses_status again = ses_record_flush(writer, NULL);
    struct ses_error closing = { 0 };
    enum ses_status closed = ses_record_close(writer, &closing);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(written, SES_EIO);
    if (!strstr(err.message, "cannot write '") ||
        !strstr(err.message, "File too large"))
        fail_msg("%s", err.message);
    assert_int_equal(again, SES_EIO);
    assert_int_equal(closed, SES_OK);

    /* What was marked done is there, and the rest can follow. */
    assert_int_equal(ses_record_resume(f->path, &f->common.plan, &writer,
                                       &err), SES_OK);
    assert_int_equal(ses_record_statuses(writer)[9], SES_IMAGE_DONE);
    assert_int_equal(ses_record_statuses(writer)[10], SES_IMAGE_PENDING);
    assert_int_equal(common_write_pending(writer, COMMON_IMAGES, 0, &err),
                     SES_OK);
    assert_int_equal(ses_record_finish(writer, &err), SES_OK);
    assert_int_equal(ses_record_close(writer, &err), SES_OK);
    char *whole = ses_format("%s/whole.h5", f->folder);
    common_record(whole, &f->common.plan);
    assert_true(common_same_datasets(f->path, whole));
    free(whole);
}

static void a_file_that_cannot_be_made_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    struct rlimit before, small;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    struct ses_record_writer *writer = NULL;
    struct ses_error err = { 0 };
    enum ses_status status = ses_record_create(
        f->path, false, &f->common.plan, &writer, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, SES_EIO);
    if (!strstr(err.message, "File too large"))
        fail_msg("%s", err.message);
    assert_int_equal(common_count_files(f->folder), 0);
}

static void an_unfinished_record_cannot_be_finished(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer;
    struct ses_error err = { 0 };
    assert_int_equal(ses_record_create(f->path, false, &f->common.plan,
                                       &writer, &err), SES_OK);
    assert_int_equal(common_write_pending(writer, 10, 0, &err), SES_OK);
    assert_int_equal(ses_record_finish(writer, &err), SES_EUSAGE);
    assert_non_null(strstr(err.message, "image 10 is pending"));
    assert_int_equal(ses_record_close(writer, &err), SES_OK);
}

/* A child holds the record while this process asks for it. */
static void a_record_being_written_is_left_alone(void **state)
{
    struct fixture *f = *state;
    int ready[2], end[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(end), 0);
    pid_t child = fork();
    if (child == 0) {
        struct ses_record_writer *held;
        close(end[1]);
        if (ses_record_create(f->path, false, &f->common.plan, &held, NULL) ||
            write(ready[1], "x", 1) != 1)
            _exit(1);
        (void)!read(end[0], &byte, 1);
        _exit(0);
    }
    close(end[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    struct ses_record_writer *writer = NULL;
    struct ses_error err = { 0 };
    assert_int_equal(ses_record_resume(f->path, &f->common.plan, &writer,
                                       &err), SES_EIO);
    assert_non_null(strstr(err.message,
                           "is being written by another process"));
    assert_int_equal(ses_record_create(f->path, true, &f->common.plan,
                                       &writer, &err), SES_EIO);
    assert_non_null(strstr(err.message,
                           "is being written by another process"));
    assert_int_equal(common_count_files(f->folder), 1);
    close(end[1]);
    close(ready[0]);
    close(ready[1]);
    waitpid(child, NULL, 0);
    assert_int_equal(ses_record_resume(f->path, &f->common.plan, &writer,
                                       &err), SES_OK);
    assert_int_equal(ses_record_close(writer, &err), SES_OK);
}

/* ---- what changes, and what it takes ------------------------------------ */

struct extents {
    haddr_t from[64], to[64];
    size_t count;
};

static herr_t collect(hid_t file, const char *name, const H5O_info_t *info,
                      void *user)
{
    struct extents *extents = user;
    if (info->type != H5O_TYPE_DATASET)
        return 0;
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    size_t at = extents->count++;
    assert_true(at < 64);
    extents->from[at] = H5Dget_offset(dataset);
    extents->to[at] = extents->from[at] + H5Dget_storage_size(dataset);
    H5Dclose(dataset);
    return 0;
}

static void only_rows_change_after_creation(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer;
    struct extents extents = { .count = 0 };
    size_t size, size_after, outside = 0, changed = 0;
    assert_int_equal(ses_record_create(f->path, false, &f->common.plan,
                                       &writer, NULL), SES_OK);
    char *before = read_file(f->path, &size);
    assert_int_equal(common_write_pending(writer, COMMON_IMAGES, 7, NULL),
                     SES_OK);
    assert_int_equal(ses_record_finish(writer, NULL), SES_OK);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    char *after = read_file(f->path, &size_after);
    assert_int_equal(size_after, size);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, collect, &extents);
    H5Fclose(file);
    for (size_t i = 0; i < size; i++) {
        bool inside = false;
        for (size_t e = 0; e < extents.count; e++)
            inside |= i >= extents.from[e] && i < extents.to[e];
        /* Bytes 20 to 23 say that a file is open for writing; in superblock 0
         * HDF5 sets them, but minds them no more than any reader. */
        inside |= i >= 20 && i < 24;
        outside += !inside;
        changed += before[i] != after[i];
        if (!inside && before[i] != after[i])
            fail_msg("byte %zu changed, which is in no dataset", i);
    }
    assert_true(outside > 1000);
    assert_true(changed > 1000);
    free(before);
    free(after);
}

static long peak_kib(struct fixture *f, size_t images)
{
    int result[2];
    long peak = 0;
    assert_int_equal(pipe(result), 0);
    pid_t child = fork();
    if (child == 0) {
        struct common many;
        struct rusage usage;
        common_init(&many, images);
        common_record(f->path, &many.plan);
        getrusage(RUSAGE_SELF, &usage);
        _exit(write(result[1], &usage.ru_maxrss, sizeof peak) != sizeof peak);
    }
    assert_int_equal(read(result[0], &peak, sizeof peak), sizeof peak);
    waitpid(child, NULL, 0);
    close(result[0]);
    close(result[1]);
    return peak;
}

static void memory_does_not_grow_with_images(void **state)
{
#ifdef __SANITIZE_ADDRESS__
    skip();
#endif
    struct fixture *f = *state;
    long few = peak_kib(f, 2000), many = peak_kib(f, 40000);
    /* The plan itself has about 50 bytes an image more. */
    if (many - few > 6 * 1024)
        fail_msg("%ld KiB for 2000 images, %ld KiB for 40000", few, many);
}

static void other_tools_open_a_record(void **state)
{
    struct fixture *f = *state;
    if (system("command -v h5dump >/dev/null 2>&1") != 0)
        skip();
    common_record(f->path, &f->common.plan);
    char *command = ses_format("h5dump -d /blocks/SE_2_1/excitation -s 4,7 -c "
                               "1,1 '%s' | grep -o '(4,7): [0-9.]*'", f->path);
    char line[64] = "", expected[64];
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(line, sizeof line, pipe));
    pclose(pipe);
    snprintf(expected, sizeof expected, "(4,7): %g\n",
             (double)common_value(0, 0, 4, 7));
    assert_string_equal(line, expected);
    free(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_failed_write_is_reported),
        TEST(a_file_that_cannot_be_made_leaves_nothing),
        TEST(an_unfinished_record_cannot_be_finished),
        TEST(a_record_being_written_is_left_alone),
        TEST(only_rows_change_after_creation),
        TEST(memory_does_not_grow_with_images),
        TEST(other_tools_open_a_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
