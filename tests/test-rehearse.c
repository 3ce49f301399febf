/* core/record/rehearse: records whose bytes are changed anywhere end in an
 * error or in a record, and what a process may do that reads one. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/random.h"
#include "core/record/rehearse.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/record-common.h"

static void nothing_is_left_behind(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* ---- what a part may do -------------------------------------------------- */

static enum ses_status crash(const char *path, struct ses_error *err)
{
    raise(SIGSEGV);
    return SES_OK;
}

static enum ses_status leave(const char *path, struct ses_error *err)
{
    _exit(0);
}

static enum ses_status refuse(const char *path, struct ses_error *err)
{
    return ses_fail(err, SES_ESHAPE, "'%s' is odd", path);
}

static enum ses_status agree(const char *path, struct ses_error *err)
{
    return SES_OK;
}

#if !defined __SANITIZE_ADDRESS__ /* which takes memory its own way */
/* More than a small file's part may have. */
static enum ses_status take_memory(const char *path, struct ses_error *err)
{
    void *room = malloc((size_t)3 << 30);
    bool given = room != NULL;
    free(room);
    return given ? SES_OK : ses_fail_memory(err, "too much");
}
#endif

static void a_part_ends_in_its_answer_or_an_error(void **state)
{
    static const struct {
        ses_h5_part *part;
        enum ses_status status;
        const char *words;
    } cases[] = {
        { crash, SES_EFORMAT,
          "'x.h5' is damaged: reading it as HDF5 failed without an answer" },
        { leave, SES_EFORMAT, "'x.h5' is damaged" },
        { refuse, SES_ESHAPE, "'x.h5' is odd" },
        { agree, SES_OK, "" },
#if !defined __SANITIZE_ADDRESS__
        { take_memory, SES_ENOMEM, "no memory for too much" },
#endif
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_error err = { 0 };
        assert_int_equal(ses_h5_rehearse("x.h5", cases[i].part, &err),
                         cases[i].status);
        assert_contains(err.message, cases[i].words);
        nothing_is_left_behind();
    }
}

static void hang(int socket, void *user)
{
    for (volatile int i = 0;; i++)
        ;
}

static void a_child_that_hangs_is_ended(void **state)
{
    const struct ses_child_limits limits = { 1 << 20, 0 };
    struct ses_error err = { 0 };
    struct ses_child child;
    struct rusage used;
    char byte;
    OK(ses_child_start(&child, &limits, hang, NULL, &err));
    assert_false(ses_receive_bytes(child.socket, &byte, 1));
    ses_child_stop(&child);
    getrusage(RUSAGE_CHILDREN, &used);
    assert_true(used.ru_utime.tv_sec + used.ru_stime.tv_sec < 10);
    nothing_is_left_behind();
    ses_child_stop(&child);
}

/* ---- changed bytes ------------------------------------------------------- */

static void put_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* All that reader.h gives of a record that opens. */
static void read_all(const struct ses_run_file *run)
{
    char *text;
    for (size_t b = 0; b < run->n_blocks; b++) {
        size_t channels = (size_t)run->blocks[b].channels;
        float *mean = calloc(run->n_classes + 1, channels * sizeof *mean);
        float *row = calloc(channels, sizeof *row);
        if (mean && ses_run_moments(run, b, NULL, mean, NULL, NULL, NULL,
                                    NULL) == SES_OK)
            assert_non_null(mean);
        for (size_t i = 0; row && i < run->n_images; i++)
            if (ses_run_excitation(run, b, i, 1, row, NULL) != SES_OK)
                break;
        free(row);
        free(mean);
    }
    for (size_t i = 0; i < run->n_images; i++)
        if (ses_run_paths(run, i, 1, &text, NULL) == SES_OK)
            free(text);
}

static void change(const struct fixture *f, const char *path, int rounds)
{
    struct ses_random random;
    size_t size, refused = 0, opened = 0;
    char *bytes = read_file(path, &size);
    ses_random_seed(&random, 7);
    for (int round = 0; round < rounds; round++) {
        struct ses_error err = { 0 };
        struct ses_run_file *run;
        size_t at = ses_random_below(&random, size);
        char before = bytes[at];
        bytes[at] ^= (char)(1 + ses_random_below(&random, 255));
        put_file(f->path, bytes, size);
        if (ses_run_open(f->path, &run, &err) == SES_OK) {
            read_all(run);
            ses_run_free(run);
            opened++;
        } else {
            assert_contains(err.message, f->path);
            assert_null(strchr(err.message, '\n'));
            refused++;
        }
        nothing_is_left_behind();
        bytes[at] = before;
    }
    assert_true(refused > 5 && opened > 5);
    free(bytes);
}

static void changed_bytes_do_no_harm(void **state)
{
    struct fixture *f = *state;
    common_record(f->whole, &f->common.plan);
    change(f, f->whole, 300);
}

/* As other programs write a record: packed rows, text of variable length. */
static void changed_bytes_of_packed_records_do_no_harm(void **state)
{
    change(*state, data_path("record/by-h5py.h5"), 300);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_ends_in_its_answer_or_an_error),
        cmocka_unit_test(a_child_that_hangs_is_ended),
        TEST(changed_bytes_do_no_harm),
        TEST(changed_bytes_of_packed_records_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
