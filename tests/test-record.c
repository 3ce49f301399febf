/* core/record: making, filling and finishing RUN.h5. */
#include <hdf5.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/record/reader.h"
#include "tests/support/check.h"
#include "tests/support/record-common.h"
#include "tests/support/tree.h"

/* Fails to make a record, with these words in the message. */
static void assert_refused(struct fixture *f, const char *path,
                           bool overwrite, enum ses_status status,
                           const char *words)
{
    struct ses_record_writer *writer = NULL;
    struct ses_error err = { 0 };
    assert_int_equal(ses_record_create(path, overwrite, &f->common.plan,
                                       &writer, &err),
                     status);
    assert_null(writer);
    SAYS(words);
}

/* ---- contents, read by HDF5 alone --------------------------------------- */

static void assert_text(hid_t file, const char *object, const char *name,
                        const char *expected)
{
    char *found = NULL;
    hid_t attribute =
        H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0);
    hid_t type = H5Aget_type(attribute);
    assert_true(H5Tis_variable_str(type) > 0);
    assert_int_equal(H5Tget_cset(type), H5T_CSET_UTF8);
    assert_true(H5Aread(attribute, type, &found) >= 0);
    assert_string_equal(found, expected);
    H5free_memory(found);
    H5Tclose(type);
    H5Aclose(attribute);
}

static void assert_int(hid_t file, const char *object, const char *name,
                       int expected)
{
    long long found;
    hid_t attribute =
        H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(attribute >= 0);
    assert_true(H5Aread(attribute, H5T_NATIVE_LLONG, &found) >= 0);
    assert_int_equal(found, expected);
    H5Aclose(attribute);
}

/* Read a dataset, of this type in the file and these sizes. */
static void read_dataset(hid_t file, const char *path, hid_t type, size_t rows,
                         size_t width, hid_t memory, void *out)
{
    hsize_t sizes[2] = { 0, 0 };
    hid_t dataset = H5Dopen2(file, path, H5P_DEFAULT);
    if (dataset < 0)
        fail_msg("'%s' is missing", path);
    hid_t found = H5Dget_type(dataset), space = H5Dget_space(dataset);
    assert_true(H5Tequal(found, type) > 0);
    assert_int_equal(H5Sget_simple_extent_ndims(space), width ? 2 : 1);
    H5Sget_simple_extent_dims(space, sizes, NULL);
    assert_int_equal(sizes[0], rows);
    if (width)
        assert_int_equal(sizes[1], width);
    assert_true(H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, out) >=
                0);
    H5Tclose(found);
    H5Sclose(space);
    H5Dclose(dataset);
}

static void a_record_says_what_it_is(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(file >= 0);
    assert_int(file, "/", "schema", 1);
    assert_int(file, "/", "seed", -5);
    assert_text(file, "/", "sescope_version", "0.1.0");
    assert_text(file, "/", "command", "sescope record a.pth");
    assert_text(file, "/", "model", "a.pth");
    assert_text(file, "/", "model_sha256", "0123");
    assert_text(file, "/", "arch", "toy");
    assert_text(file, "/", "images", "pictures");
    assert_text(file, "/", "preprocess", "resize=256,crop=224");
    assert_text(file, "/", "force", "SE_2_1=mean");
    assert_text(file, "/", "from", "first.h5");
    assert_text(file, "/", "from_sha256", "89ab");
    assert_text(file, "/", "kernels", "none");
    assert_text(file, "/", "host", "here");
    assert_true(H5Aexists(file, "created") > 0);
    assert_text(file, "/blocks/SE_2_1", "source", "layer1.0.se");
    assert_text(file, "/blocks/SE_2_1", "gate", "sigmoid");
    assert_text(file, "/blocks/features/3/se", "squeeze", "max");
    assert_int(file, "/blocks/features/3/se", "index", 1);
    assert_int(file, "/blocks/SE_2_1", "stage", 2);
    assert_int(file, "/blocks/SE_2_1", "unit", 1);
    assert_int(file, "/blocks/SE_2_1", "channels", 8);
    assert_int(file, "/blocks/SE_2_1", "reduced", 2);
    assert_int(file, "/blocks/SE_2_1", "height", 16);
    assert_int(file, "/blocks/SE_2_1", "width", 17);
    H5Fclose(file);
}

static void names_are_padded_utf8(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t type = H5Tcopy(H5T_C_S1);
    char names[3][8], path[COMMON_IMAGES][16];
    int32_t outputs[3];
    H5Tset_size(type, 8);
    H5Tset_cset(type, H5T_CSET_UTF8);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    read_dataset(file, "/classes/name", type, 3, 0, type, names);
    assert_memory_equal(names, "goldfish" "pug\0\0\0\0\0"
                        "\xe9\xa3\x9b\xe8\xa1\x8c\0\0", 24);
    H5Tset_size(type, 16);
    read_dataset(file, "/images/path", type, COMMON_IMAGES, 0, type, path);
    assert_string_equal(path[4], "n02110958/4.png");
    read_dataset(file, "/classes/output", H5T_STD_I32LE, 3, 0,
                 H5T_NATIVE_INT32, outputs);
    assert_int_equal(outputs[2], -1);
    H5Tclose(type);
    H5Fclose(file);
}

static void assert_rows(hid_t file, const char *path, int part, size_t block)
{
    static float rows[COMMON_IMAGES * COMMON_WIDEST];
    size_t width = common_width(part, block);
    read_dataset(file, path, H5T_IEEE_F32LE, COMMON_IMAGES, width,
                 H5T_NATIVE_FLOAT, rows);
    for (size_t i = 0; i < COMMON_IMAGES; i++)
        for (size_t c = 0; c < width; c++) {
            float found = rows[i * width + c];
            if (common_unreadable(i))
                assert_true(isnan(found));
            else
                assert_true(found == common_value(part, block, i, c));
        }
}

static void rows_are_what_was_written(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_rows(file, "/blocks/SE_2_1/excitation", 0, 0);
    assert_rows(file, "/blocks/SE_2_1/squeeze", 1, 0);
    assert_rows(file, "/blocks/SE_2_1/bottleneck", 2, 0);
    assert_rows(file, "/blocks/features/3/se/excitation", 0, 1);
    assert_rows(file, "/blocks/features/3/se/squeeze", 1, 1);
    assert_rows(file, "/blocks/features/3/se/bottleneck", 2, 1);
    assert_rows(file, "/predictions/logits", 3, 0);
    H5Fclose(file);
}

static void unreadable_images_have_no_predictions(void **state)
{
    struct fixture *f = *state;
    int32_t top5[COMMON_IMAGES][5];
    float loss[COMMON_IMAGES];
    uint8_t status[COMMON_IMAGES];
    common_record(f->path, &f->common.plan);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    read_dataset(file, "/predictions/top5", H5T_STD_I32LE, COMMON_IMAGES, 5,
                 H5T_NATIVE_INT32, top5);
    read_dataset(file, "/predictions/loss", H5T_IEEE_F32LE, COMMON_IMAGES, 0,
                 H5T_NATIVE_FLOAT, loss);
    read_dataset(file, "/images/status", H5T_STD_U8LE, COMMON_IMAGES, 0,
                 H5T_NATIVE_UINT8, status);
    H5Fclose(file);
    for (int i = 0; i < COMMON_IMAGES; i++) {
        bool readable = i % 25 != 7;
        assert_int_equal(status[i], readable ? 1 : 2);
        assert_int_equal(top5[i][0], readable ? i : -1);
        assert_int_equal(top5[i][3], readable ? 2 : -1);
        assert_int_equal(top5[i][4], -1);
        assert_true(readable ? loss[i] == (float)i : isnan(loss[i]));
    }
}

/* Two passes in double over the readable images of a class. */
static void summary_is_of_readable_images(void **state)
{
    struct fixture *f = *state;
    int32_t count[3];
    float mean[3][8], std[3][8], min[3][8], max[3][8];
    common_record(f->path, &f->common.plan);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    read_dataset(file, "/summary/SE_2_1/count", H5T_STD_I32LE, 3, 0,
                 H5T_NATIVE_INT32, count);
    read_dataset(file, "/summary/SE_2_1/mean", H5T_IEEE_F32LE, 3, 8,
                 H5T_NATIVE_FLOAT, mean);
    read_dataset(file, "/summary/SE_2_1/std", H5T_IEEE_F32LE, 3, 8,
                 H5T_NATIVE_FLOAT, std);
    read_dataset(file, "/summary/SE_2_1/min", H5T_IEEE_F32LE, 3, 8,
                 H5T_NATIVE_FLOAT, min);
    read_dataset(file, "/summary/SE_2_1/max", H5T_IEEE_F32LE, 3, 8,
                 H5T_NATIVE_FLOAT, max);
    H5Fclose(file);
    for (int k = 0; k < 3; k++)
        for (size_t c = 0; c < 8; c++) {
            int n = 0;
            double sum = 0, square = 0, low = 2, high = -1;
            for (size_t i = (size_t)k; i < COMMON_IMAGES; i += 3) {
                double x = common_value(0, 0, i, c);
                if (common_unreadable(i))
                    continue;
                n++;
                sum += x;
                low = x < low ? x : low;
                high = x > high ? x : high;
            }
            for (size_t i = (size_t)k; i < COMMON_IMAGES; i += 3)
                if (!common_unreadable(i))
                    square += pow(common_value(0, 0, i, c) - sum / n, 2);
            assert_int_equal(count[k], n);
            assert_true(fabs(mean[k][c] - sum / n) < 1e-7);
            assert_true(fabs(std[k][c] - sqrt(square / (n - 1))) < 1e-7);
            assert_true(min[k][c] == (float)low);
            assert_true(max[k][c] == (float)high);
        }
}

static bool has(const char *path, const char *dataset)
{
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    bool found = H5Lexists(file, dataset, H5P_DEFAULT) > 0;
    H5Fclose(file);
    return found;
}

static void only_parts_asked_for_are_there(void **state)
{
    struct fixture *f = *state;
    f->common.plan.parts = (struct ses_record_parts){ 0 };
    common_record(f->path, &f->common.plan);
    assert_true(has(f->path, "/blocks/SE_2_1/excitation"));
    assert_true(has(f->path, "/predictions/top5"));
    assert_false(has(f->path, "/blocks/SE_2_1/squeeze"));
    assert_false(has(f->path, "/blocks/SE_2_1/bottleneck"));
    assert_false(has(f->path, "/predictions/logits"));
    f->common.plan.outputs = 0;
    common_record(f->path, &f->common.plan);
    assert_false(has(f->path, "/predictions"));
    f->common.plan.parts.summary_only = true;
    common_record(f->path, &f->common.plan);
    assert_true(has(f->path, "/summary/SE_2_1/mean"));
    assert_false(has(f->path, "/blocks/SE_2_1/excitation"));
    assert_int_equal(common_count_files(f->folder), 1);
}

/* ---- names and space ---------------------------------------------------- */

/* File names are bytes, the record's texts are UTF-8: h5py and R stop at
 * others. */
static void names_that_are_no_utf8_are_escaped(void **state)
{
    struct fixture *f = *state;
    struct ses_record_plan *plan = &f->common.plan;
    const char *names[COMMON_CLASSES] = { "caf\xc3\xa9", "caf\xe9",
                                          "\xed\xa0\x80\xf0\x9f\x98" };
    struct ses_error err = { 0 };
    struct ses_run_file *run;
    struct ses_record_writer *writer;
    char *paths[2];
    plan->class_names = names;
    plan->images = "/data/\xff";
    free(f->common.paths[1]);
    f->common.paths[1] = strdup("b/\xe9\xe8.png");
    common_record(f->path, plan);
    assert_int_equal(ses_run_open(f->path, &run, &err), SES_OK);
    assert_string_equal(run->class_names[0], "caf\xc3\xa9");
    assert_string_equal(run->class_names[1], "caf\\xe9");
    assert_string_equal(run->class_names[2], "\\xed\\xa0\\x80\\xf0\\x9f\\x98");
    assert_string_equal(run->images, "/data/\\xff");
    assert_int_equal(ses_run_paths(run, 0, 2, paths, &err), SES_OK);
    assert_string_equal(paths[1], "b/\\xe9\\xe8.png");
    free(paths[0]);
    free(paths[1]);
    ses_run_free(run);
    if (ses_record_resume(f->path, plan, &writer, &err))
        fail_msg("%s", err.message);
    assert_int_equal(ses_record_close(writer, &err), SES_OK);
}

static void an_existing_file_is_kept(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    assert_refused(f, f->path, false, SES_EUSAGE,
                   "exists: --overwrite replaces it, --resume goes on");
    assert_true(has(f->path, "/blocks/SE_2_1/excitation"));
    assert_int_equal(common_count_files(f->folder), 1);
}

static void a_link_is_followed(void **state)
{
    struct fixture *f = *state;
    struct stat st;
    char *link = ses_format("%s/link.h5", f->folder);
    common_record(f->path, &f->common.plan);
    assert_int_equal(symlink(f->path, link), 0);
    f->common.plan.parts.logits = false;
    common_record(link, &f->common.plan);
    assert_int_equal(lstat(link, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_false(has(f->path, "/predictions/logits"));
    free(link);
}

static void what_cannot_be_written_is_refused(void **state)
{
    struct fixture *f = *state;
    char *nowhere = ses_format("%s/no/run.h5", f->folder);
    assert_refused(f, nowhere, false, SES_EIO, "there is no folder '");
    assert_refused(f, f->folder, true, SES_EUSAGE, "it is a folder");
    assert_refused(f, "/dev/null", true, SES_EUSAGE, "it is no file");
    assert_int_equal(common_count_files(f->folder), 0);
    free(nowhere);
}

static void more_than_the_disk_has_is_refused(void **state)
{
    struct fixture *f = *state;
    f->common.plan.outputs = (size_t)1 << 40;
    assert_refused(f, f->path, false, SES_EIO, "run.h5' needs 240.0 TiB, ");
    assert_refused(f, f->path, false, SES_EIO, " is free");
    f->common.plan.outputs = (size_t)1 << 61;
    assert_refused(f, f->path, false, SES_EUNSUPPORTED,
                   "larger than a file can be");
    assert_int_equal(common_count_files(f->folder), 0);
}

static void bad_plans_are_refused(void **state)
{
    struct fixture *f = *state;
    f->common.plan.parts.summary_only = true;
    assert_refused(f, f->path, false, SES_EUSAGE, "--summary-only records no");
    f->common.plan.parts = (struct ses_record_parts){ 0 };
    f->common.classes[9] = 3;
    assert_refused(f, f->path, false, SES_ESHAPE,
                   "image 9 is of class 3, there are 3");
    f->common.classes[9] = 0;
    f->common.blocks[1].name = "SE_2_1";
    assert_refused(f, f->path, false, SES_EIO, "cannot write '");
    f->common.plan.n_images = 0;
    assert_refused(f, f->path, false, SES_EUSAGE, "no images");
    f->common.plan.n_images = COMMON_IMAGES;
    assert_int_equal(common_count_files(f->folder), 0);
}

static void a_file_is_as_large_as_its_numbers(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer;
    struct stat st;
    struct common large;
    common_init(&large, 20000);
    /* excitation, squeeze, bottleneck, logits, top5, loss, class, status,
     * "n01443537/19998.png" */
    size_t row = 4 * (20 + 20 + 5 + 7 + 5 + 1 + 1) + 1 + 19;
    assert_int_equal(ses_record_create(f->path, false, &large.plan, &writer,
                                       NULL), SES_OK);
    assert_int_equal(stat(f->path, &st), 0);
    assert_true((size_t)st.st_size >= row * 20000);
    assert_true((size_t)st.st_size < row * 20000 + 65536);
    /* Rows take room when they are written, not before. */
    assert_true((size_t)st.st_blocks * 512 < row * 20000 / 3);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    common_release(&large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_says_what_it_is),
        TEST(names_are_padded_utf8),
        TEST(rows_are_what_was_written),
        TEST(unreadable_images_have_no_predictions),
        TEST(summary_is_of_readable_images),
        TEST(only_parts_asked_for_are_there),
        TEST(names_that_are_no_utf8_are_escaped),
        TEST(an_existing_file_is_kept),
        TEST(a_link_is_followed),
        TEST(what_cannot_be_written_is_refused),
        TEST(more_than_the_disk_has_is_refused),
        TEST(bad_plans_are_refused),
        TEST(a_file_is_as_large_as_its_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
