/* core/ablation's file: what is written comes back; killed at any moment it
 * opens, has all that it says it has, and goes on to the same bytes; and files
 * that lie about themselves. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/ablation/file.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/kill.h"
#include "tests/support/record-common.h"
#include "tests/support/tree.h"

enum { VARIANTS = 5, BLOCKS = 2, IMAGES = COMMON_IMAGES, FLUSH_EVERY = 7 };

static const char *const forces[VARIANTS] = {
    "", "SE_2_1=one", "features/3/se=one", "SE_2_1=mean", "stage\xff=one"
};
static const char *const sweeps[VARIANTS] = { "", "blocks", "blocks", "blocks",
                                              "" };
static const uint8_t constant[VARIANTS * BLOCKS] = { 0, 0, 1, 0, 0,
                                                     1, 1, 0, 0, 0 };
static const struct ses_ablation_block blocks[BLOCKS] = {
    { "SE_2_1", 2, 1, 8, 42, 1000 },
    { "features/3/se", -1, -1, 12, INT64_C(1) << 20, INT64_C(1) << 30 },
};

static struct ses_ablation_plan plan_of(const struct fixture *f)
{
    struct ses_ablation_plan plan = {
        .record = f->common.plan,
        .passes = 3.25,
        .parameters = INT64_C(1) << 34,
        .madds = INT64_C(1) << 40,
        .n_blocks = BLOCKS,
        .blocks = blocks,
        .n_variants = VARIANTS,
        .forces = forces,
        .sweeps = sweeps,
        .constant = constant,
    };
    return plan;
}

static struct ses_ablation_cell cell_of(size_t variant, size_t image)
{
    struct ses_ablation_cell cell = {
        .top1 = (int32_t)(image * 31 + variant) % COMMON_OUTPUTS,
        .top5 = (image + variant) % 3 == 0,
        .loss = common_value(0, 0, image, variant),
        .probability = common_value(1, 0, image, variant),
        .divergence = variant ? common_value(2, 0, image, variant) : 0,
    };
    if (image % 11 == 3)
        cell.loss = cell.probability = NAN;
    return cell;
}

static enum ses_status write_pending(struct ses_ablation_writer *writer,
                                     size_t until, size_t every,
                                     struct ses_error *err)
{
    size_t since = 0;
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < until && status == SES_OK; i++) {
        struct ses_ablation_cell cells[VARIANTS];
        if (ses_ablation_statuses(writer)[i] != SES_IMAGE_PENDING)
            continue;
        for (size_t v = 0; v < VARIANTS; v++)
            cells[v] = cell_of(v, i);
        status = ses_ablation_write(
            writer, i,
            common_unreadable(i) ? SES_IMAGE_UNREADABLE : SES_IMAGE_DONE,
            cells, err);
        if (status == SES_OK && every && ++since % every == 0)
            status = ses_ablation_flush(writer, err);
    }
    return status;
}

/* Make or go on with a file, to its end. */
static enum ses_status ablate(const void *user, struct ses_error *err)
{
    const struct fixture *f = user;
    const struct ses_ablation_plan plan = plan_of(f);
    struct ses_ablation_writer *writer = NULL;
    enum ses_status status =
        access(f->path, F_OK) == 0
            ? ses_ablation_resume(f->path, &plan, &writer, err)
            : ses_ablation_create(f->path, false, &plan, &writer, err);
    if (status == SES_OK)
        status = write_pending(writer, IMAGES, FLUSH_EVERY, err);
    if (status == SES_OK)
        return ses_ablation_close(writer, err);
    ses_ablation_close(writer, NULL);
    return status;
}

static void make(const struct fixture *f, const char *path, size_t images)
{
    const struct ses_ablation_plan plan = plan_of(f);
    struct ses_ablation_writer *writer;
    struct ses_error err = { 0 };
    OK(ses_ablation_create(path, true, &plan, &writer, &err));
    OK(write_pending(writer, images, 0, &err));
    OK(ses_ablation_close(writer, &err));
}

static struct ses_ablation *open_file(const char *path)
{
    struct ses_ablation *a = NULL;
    struct ses_error err = { 0 };
    OK(ses_ablation_open(path, &a, &err));
    return a;
}

static void assert_same_float(float found, float expected)
{
    assert_true(isnan(expected) ? isnan(found) : found == expected);
}

/* Each image marked has all its results. Returns how many are marked. */
static size_t check_marked(const struct fixture *f)
{
    struct ses_ablation *a = open_file(f->path);
    assert_int_equal(a->n_images, IMAGES);
    for (size_t i = 0; i < IMAGES; i++) {
        if (a->image_status[i] == SES_IMAGE_PENDING)
            continue;
        bool readable = !common_unreadable(i);
        assert_int_equal(a->image_status[i], readable ? 1 : 2);
        for (size_t v = 0; v < VARIANTS; v++) {
            const size_t at = v * IMAGES + i;
            struct ses_ablation_cell cell = { -1, 0, NAN, NAN, NAN };
            if (readable)
                cell = cell_of(v, i);
            assert_int_equal(a->top1[at], cell.top1);
            assert_int_equal(a->top5[at], cell.top5);
            assert_same_float(a->loss[at], cell.loss);
            assert_same_float(a->probability[at], cell.probability);
            assert_same_float(a->divergence[at], cell.divergence);
        }
    }
    size_t marked = a->n_done + a->n_unreadable;
    assert_int_equal(marked + a->n_pending, IMAGES);
    ses_ablation_free(a);
    return marked;
}

/* ---- what comes back ----------------------------------------------------- */

static void what_is_written_comes_back(void **state)
{
    struct fixture *f = *state;
    make(f, f->path, IMAGES);
    assert_int_equal(check_marked(f), IMAGES);
    struct ses_ablation *a = open_file(f->path);
    assert_string_equal(a->path, f->path);
    assert_string_equal(a->model_sha256, "0123");
    assert_string_equal(a->preprocess, "resize=256,crop=224");
    assert_string_equal(a->command, "sescope record a.pth");
    assert_string_equal(a->from, "first.h5");
    assert_string_equal(a->from_sha256, "89ab");
    assert_true(a->seed == -5);
    assert_true(a->passes == 3.25);
    assert_true(a->parameters == INT64_C(1) << 34);
    assert_true(a->madds == INT64_C(1) << 40);
    assert_int_equal(a->n_unreadable, 3);
    assert_int_equal(a->n_classes, COMMON_CLASSES);
    assert_string_equal(a->class_ids[1], "n02110958");
    assert_int_equal(a->class_outputs[2], -1);
    assert_int_equal(a->image_classes[4], 1);
    assert_int_equal(a->n_blocks, BLOCKS);
    for (size_t b = 0; b < BLOCKS; b++) {
        assert_string_equal(a->blocks[b].name, blocks[b].name);
        assert_int_equal(a->blocks[b].stage, blocks[b].stage);
        assert_int_equal(a->blocks[b].unit, blocks[b].unit);
        assert_int_equal(a->blocks[b].channels, blocks[b].channels);
        assert_true(a->blocks[b].parameters == blocks[b].parameters);
        assert_true(a->blocks[b].madds == blocks[b].madds);
    }
    assert_int_equal(a->n_variants, VARIANTS);
    for (size_t v = 0; v + 1 < VARIANTS; v++) {
        assert_string_equal(a->forces[v], forces[v]);
        assert_string_equal(a->sweeps[v], sweeps[v]);
    }
    assert_string_equal(a->forces[4], "stage\\xff=one");
    assert_memory_equal(a->constant, constant, sizeof constant);
    ses_ablation_free(a);
}

static void other_files_are_told_apart(void **state)
{
    struct fixture *f = *state;
    struct ses_ablation *a;
    struct ses_run_file *run;
    struct ses_error err = { 0 };
    make(f, f->path, 3);
    assert_int_equal(ses_run_open(f->path, &run, &err), SES_EFORMAT);
    SAYS("is an ablation (ABLATION.h5), expected a record (RUN.h5)");
    common_record(f->path, &f->common.plan);
    assert_int_equal(ses_ablation_open(f->path, &a, &err), SES_EFORMAT);
    SAYS("is a record (RUN.h5), expected an ablation (ABLATION.h5)");
    assert_null(a);
}

/* ---- kills --------------------------------------------------------------- */

static void a_kill_at_any_call_loses_nothing(void **state)
{
    struct fixture *f = *state;
    size_t empty = 0, partial = 0, kills = 0;
    make(f, f->whole, IMAGES);
    assert_true(kill_seen() > 20);
    for (long n = 0;; n++, kills++) {
        remove(f->path);
        if (!kill_at(ablate, f, n, n % 2))
            break;
        if (access(f->path, F_OK) == 0) {
            size_t marked = check_marked(f);
            empty += marked == 0;
            partial += marked > 0 && marked < IMAGES;
        }
        assert_false(kill_at(ablate, f, -1, false));
        assert_int_equal(check_marked(f), IMAGES);
        assert_true(common_same_datasets(f->path, f->whole));
    }
    print_message("%zu kills, %zu before and %zu while images were marked\n",
                  kills, empty, partial);
    assert_true(kills > 100);
    assert_true(empty > 0);
    assert_true(partial > 50);
}

static void many_kills_come_to_the_same(void **state)
{
    struct fixture *f = *state;
    size_t before = 0, kills = 0;
    make(f, f->whole, IMAGES);
    for (long n = 90; kill_at(ablate, f, n, kills % 2); n = 45, kills++) {
        size_t marked = check_marked(f);
        assert_true(marked >= before);
        before = marked;
        assert_true(kills < 200);
    }
    assert_true(kills > 1);
    assert_true(common_same_datasets(f->path, f->whole));
}

static void a_kill_at_any_time_loses_nothing(void **state)
{
    struct fixture *f = *state;
    make(f, f->whole, IMAGES);
    for (unsigned round = 0; round < 30; round++) {
        remove(f->path);
        kill_after(ablate, f, round * 197 % 6000);
        if (access(f->path, F_OK) == 0)
            check_marked(f);
        assert_false(kill_at(ablate, f, -1, false));
        assert_true(common_same_datasets(f->path, f->whole));
    }
}

static void closing_keeps_what_was_written(void **state)
{
    struct fixture *f = *state;
    make(f, f->whole, IMAGES);
    make(f, f->path, 33);
    assert_int_equal(check_marked(f), 33);
    assert_false(kill_at(ablate, f, -1, false));
    assert_true(common_same_datasets(f->path, f->whole));
}

/* ---- what may not go on -------------------------------------------------- */

static void refuse(struct fixture *f, const struct ses_ablation_plan *plan,
                   const char *words)
{
    struct ses_ablation_writer *writer = NULL;
    struct ses_error err = { 0 };
    assert_int_equal(ses_ablation_resume(f->path, plan, &writer, &err),
                     SES_EUSAGE);
    assert_null(writer);
    SAYS(words);
    SAYS(f->path);
}

static void what_differs_is_named(void **state)
{
    struct fixture *f = *state;
    const char *others[VARIANTS] = { "", "SE_2_1=one", "SE_2_1=zero", "", "" };
    const struct ses_ablation_plan plain = plan_of(f);
    struct ses_ablation_plan plan = plain;
    make(f, f->path, 20);
    plan.record.model_sha256 = "4567";
    refuse(f, &plan, "its model_sha256 is '0123', now it is '4567'");
    plan = plain;
    plan.record.from_sha256 = "";
    refuse(f, &plan, "its from_sha256 is '89ab', now it is ''");
    plan = plain;
    plan.n_variants = 3;
    refuse(f, &plan, "its number of variants is 5, now it is 3");
    plan = plain;
    plan.forces = others;
    refuse(f, &plan,
           "its variant 2 is 'features/3/se=one', now it is 'SE_2_1=zero'");
    plan = plain;
    plan.record.seed = 3;
    refuse(f, &plan, "its seed is -5, now it is 3");
    assert_int_equal(check_marked(f), 20);
}

static void a_file_is_not_replaced_unasked(void **state)
{
    struct fixture *f = *state;
    struct ses_ablation_writer *writer;
    struct ses_error err = { 0 };
    const struct ses_ablation_plan plan = plan_of(f);
    make(f, f->path, 20);
    assert_int_equal(ses_ablation_create(f->path, false, &plan, &writer, &err),
                     SES_EUSAGE);
    SAYS("exists: --overwrite replaces it, --resume goes on with it");
    assert_int_equal(check_marked(f), 20);
}

/* Of one process HDF5 shares an open file, so the second is another. */
static enum ses_status is_refused(const void *user, struct ses_error *err)
{
    const struct fixture *f = user;
    const struct ses_ablation_plan plan = plan_of(f);
    struct ses_ablation_writer *writer;
    enum ses_status status =
        ses_ablation_resume(f->path, &plan, &writer, err);
    if (status == SES_EIO && strstr(err->message, "another process"))
        return SES_OK;
    return ses_fail(err, SES_EFORMAT, "it was let in");
}

static void two_cannot_write_one_file(void **state)
{
    struct fixture *f = *state;
    struct ses_error err = { 0 };
    int ready[2], over[2], result;
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(over), 0);
    make(f, f->path, 20);
    pid_t child = fork();
    if (child == 0) { /* holds the file until it is told */
        const struct ses_ablation_plan plan = plan_of(f);
        struct ses_ablation_writer *writer;
        if (ses_ablation_resume(f->path, &plan, &writer, &err) != SES_OK ||
            write(ready[1], &byte, 1) != 1 || read(over[0], &byte, 1) != 1)
            _exit(1);
        _exit(ses_ablation_close(writer, NULL) == SES_OK ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    bool refused = !kill_at(is_refused, f, -1, false);
    assert_int_equal(write(over[1], &byte, 1), 1);
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    assert_true(refused);
    for (int i = 0; i < 2; i++) {
        close(ready[i]);
        close(over[i]);
    }
}

/* ---- lies and damage ----------------------------------------------------- */

/* A dataset put in the place of the file's. */
static void a_lie(struct fixture *f, const char *name, hid_t type, int rank,
                  hsize_t rows, hsize_t width, enum ses_status status,
                  const char *words)
{
    hsize_t sizes[2] = { rows, width };
    struct ses_ablation *a = NULL;
    struct ses_error err = { 0 };
    make(f, f->path, IMAGES);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t space = H5Screate_simple(rank, sizes, NULL);
    assert_true(H5Ldelete(file, name, H5P_DEFAULT) >= 0);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT,
                               H5P_DEFAULT, H5P_DEFAULT);
    assert_true(dataset >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Fclose(file);
    assert_int_equal(ses_ablation_open(f->path, &a, &err), status);
    assert_null(a);
    SAYS(words);
    SAYS(f->path);
}

static void shapes_must_agree(void **state)
{
    struct fixture *f = *state;
    a_lie(f, "/results/top1", H5T_NATIVE_INT, 2, VARIANTS, IMAGES - 1,
          SES_ESHAPE, "is 59 long on axis 1, expected 60");
    a_lie(f, "/results/loss", H5T_NATIVE_FLOAT, 2, VARIANTS + 1, IMAGES,
          SES_ESHAPE, "is 6 long on axis 0, expected 5");
    a_lie(f, "/results/top5", H5T_NATIVE_FLOAT, 2, VARIANTS, IMAGES,
          SES_EFORMAT, "holds floats, expected integers");
    a_lie(f, "/variants/sweep", H5T_C_S1, 1, 2, 0, SES_ESHAPE,
          "is 2 long on axis 0, expected 5");
    a_lie(f, "/variants/constant", H5T_NATIVE_UINT8, 2, VARIANTS, BLOCKS + 1,
          SES_ESHAPE, "is 3 long on axis 1, expected 2");
    a_lie(f, "/blocks/stage", H5T_NATIVE_INT, 1, 3, 0, SES_ESHAPE,
          "is 3 long on axis 0, expected 2");
    a_lie(f, "/variants/force", H5T_C_S1, 1, INT64_C(1) << 40, 0, SES_EFORMAT,
          "is larger than the file can hold");
    a_lie(f, "/images/class", H5T_NATIVE_INT, 2, IMAGES, 1, SES_ESHAPE,
          "has rank 2, expected 1");
}

/* A number put in a dataset of the file's. */
static void wrong_number(struct fixture *f, const char *name, hid_t type,
                         long long value, const char *words)
{
    long long values[VARIANTS * IMAGES] = { 0 };
    struct ses_ablation *a = NULL;
    struct ses_error err = { 0 };
    make(f, f->path, IMAGES);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    values[1] = value;
    assert_true(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                         values) >= 0);
    H5Dclose(dataset);
    H5Fclose(file);
    assert_int_equal(ses_ablation_open(f->path, &a, &err), SES_EFORMAT);
    SAYS(words);
}

static void numbers_must_be_in_range(void **state)
{
    struct fixture *f = *state;
    wrong_number(f, "/blocks/channels", H5T_NATIVE_LLONG, -3,
                 "'/blocks/channels' has -3 for block 1, expected 0 to");
    wrong_number(f, "/blocks/parameters", H5T_NATIVE_LLONG, -1,
                 "'/blocks/parameters' has -1 for block 1");
    wrong_number(f, "/variants/constant", H5T_NATIVE_LLONG, 7,
                 "'/variants/constant' holds 7, expected 0 or 1");
    wrong_number(f, "/results/top5", H5T_NATIVE_LLONG, 2,
                 "'/results/top5' holds 2, expected 0 or 1");
    wrong_number(f, "/images/class", H5T_NATIVE_LLONG, 3,
                 "image 1 is of class 3, there are 3");
}

static void missing_parts_are_named(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = { "/results", "/results/divergence",
                                         "/variants", "/blocks/name",
                                         "/images/status" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct ses_ablation *a = NULL;
        struct ses_error err = { 0 };
        make(f, f->path, IMAGES);
        hid_t file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
        assert_true(H5Ldelete(file, names[i], H5P_DEFAULT) >= 0);
        H5Fclose(file);
        assert_int_equal(ses_ablation_open(f->path, &a, &err), SES_EFORMAT);
        SAYS(names[i]);
        SAYS("is missing");
    }
}

static void put_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Nothing but an error, or a file that is sound. */
static void try_file(const char *path)
{
    struct ses_ablation *a = NULL;
    struct ses_error err = { 0 };
    if (ses_ablation_open(path, &a, &err) == SES_OK)
        ses_ablation_free(a);
    else
        assert_true(err.message[0] != '\0');
}

static void damage_ends_in_an_error_or_not_at_all(void **state)
{
    struct fixture *f = *state;
    struct ses_random random;
    size_t size;
    make(f, f->whole, IMAGES);
    char *bytes = read_file(f->whole, &size);
    for (size_t cut = 0; cut < size; cut += 1 + size / 97) {
        put_file(f->path, bytes, cut);
        try_file(f->path);
    }
    ses_random_seed(&random, 5);
    for (int round = 0; round < 300; round++) {
        size_t at = ses_random_below(&random, size);
        char before = bytes[at];
        bytes[at] ^= (char)(1 << ses_random_below(&random, 8));
        put_file(f->path, bytes, size);
        try_file(f->path);
        bytes[at] = before;
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_comes_back),
        TEST(other_files_are_told_apart),
        TEST(a_kill_at_any_call_loses_nothing),
        TEST(many_kills_come_to_the_same),
        TEST(a_kill_at_any_time_loses_nothing),
        TEST(closing_keeps_what_was_written),
        TEST(what_differs_is_named),
        TEST(a_file_is_not_replaced_unasked),
        TEST(two_cannot_write_one_file),
        TEST(shapes_must_agree),
        TEST(numbers_must_be_in_range),
        TEST(missing_parts_are_named),
        TEST(damage_ends_in_an_error_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
