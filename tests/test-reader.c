/* core/record/reader: records of ours and of others, and files that are none
 * or that lie. */
#include <hdf5.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/record/reader.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/record-common.h"
#include "tests/support/tree.h"

/* ---- ours --------------------------------------------------------------- */

static void a_record_is_read_back(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    struct ses_run_file *run = common_open(f->path);
    assert_string_equal(run->version, "0.1.0");
    assert_string_equal(run->command, "sescope record a.pth");
    assert_string_equal(run->preprocess, "resize=256,crop=224");
    assert_string_equal(run->force, "SE_2_1=mean");
    assert_string_equal(run->from, "first.h5");
    assert_string_equal(run->from_sha256, "89ab");
    assert_int_equal(strlen(run->created), strlen("2017-09-05T12:00:00Z"));
    assert_int_equal(run->seed, -5);
    assert_int_equal(run->n_classes, 3);
    assert_string_equal(run->class_names[0], "goldfish");
    assert_string_equal(run->class_names[2], "\u98db\u884c");
    assert_string_equal(run->class_ids[1], "n02110958");
    assert_int_equal(run->class_outputs[2], -1);
    assert_int_equal(run->n_images, COMMON_IMAGES);
    assert_int_equal(run->image_classes[4], 1);
    assert_int_equal(run->image_status[32], SES_IMAGE_UNREADABLE);
    assert_int_equal(run->n_done, 57);
    assert_int_equal(run->n_unreadable, 3);
    assert_int_equal(run->n_pending, 0);
    assert_true(run->complete && run->predictions);
    assert_true(run->parts.squeeze && run->parts.bottleneck &&
                run->parts.logits && !run->parts.summary_only);
    assert_int_equal(run->outputs, COMMON_OUTPUTS);
    assert_int_equal(run->n_blocks, 2);
    const struct ses_run_block *block = &run->blocks[1];
    assert_string_equal(block->name, "features/3/se");
    assert_string_equal(block->gate, "hard-sigmoid");
    assert_string_equal(block->squeeze, "max");
    assert_int_equal(block->stage, -1);
    assert_int_equal(block->channels, 12);
    assert_int_equal(block->reduced, 3);
    assert_int_equal(block->height, 8);
    assert_int_equal(block->width, 9);
    assert_true(block->rows && block->summary);
    assert_int_equal(ses_run_block(run, "features/3/se"), 1);
    assert_int_equal(ses_run_block(run, "SE_9_9"), -1);
    ses_run_free(run);
}

static void rows_are_read_in_ranges(void **state)
{
    struct fixture *f = *state;
    struct ses_error err = { 0 };
    float rows[4][12];
    char *paths[2];
    int32_t top5[COMMON_IMAGES][5];
    float loss[COMMON_IMAGES];
    common_record(f->path, &f->common.plan);
    struct ses_run_file *run = common_open(f->path);
    assert_int_equal(ses_run_excitation(run, 1, 5, 4, &rows[0][0], &err), 0);
    for (size_t c = 0; c < 12; c++) {
        assert_true(rows[0][c] == common_value(0, 1, 5, c));
        assert_true(rows[3][c] == common_value(0, 1, 8, c));
        assert_true(isnan(rows[2][c])); /* image 7 is unreadable */
    }
    assert_int_equal(ses_run_excitation(run, 1, 57, 4, &rows[0][0], &err),
                     SES_ESHAPE);
    assert_non_null(strstr(err.message, "has 60 images, not 57 to 61"));
    assert_int_equal(ses_run_excitation(run, 1, SIZE_MAX, 2, &rows[0][0],
                                        &err), SES_ESHAPE);
    assert_int_equal(ses_run_paths(run, 58, 2, paths, &err), SES_OK);
    assert_string_equal(paths[1], "n02690373/59.png");
    free(paths[0]);
    free(paths[1]);
    assert_int_equal(ses_run_predictions(run, &top5[0][0], NULL, &err), 0);
    assert_int_equal(ses_run_predictions(run, NULL, loss, &err), 0);
    assert_int_equal(top5[9][0], 9);
    assert_true(loss[9] == 9 && isnan(loss[7]));
    ses_run_free(run);
}

static void compare_moments(const char *a, const char *b)
{
    uint64_t count[2][3];
    float results[2][4][3 * 12];
    for (int i = 0; i < 2; i++) {
        struct ses_run_file *run = common_open(i ? b : a);
        assert_int_equal(
            ses_run_moments(run, 1, count[i], results[i][0], results[i][1],
                            results[i][2], results[i][3], NULL), SES_OK);
        ses_run_free(run);
    }
    assert_memory_equal(count[0], count[1], sizeof count[0]);
    assert_memory_equal(results[0], results[1], sizeof results[0]);
    assert_int_equal(count[0][0] + count[0][1] + count[0][2], 57);
}

/* /summary, the rows when there is none yet, and moments that were summed up
 * on the way, survived a stop, and went on. */
static void moments_are_the_same_from_anywhere(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer;
    char *other = ses_format("%s/other.h5", f->folder);
    common_record(f->path, &f->common.plan);
    assert_int_equal(ses_record_create(other, true, &f->common.plan, &writer,
                                       NULL), SES_OK);
    assert_int_equal(common_write_pending(writer, COMMON_IMAGES, 0, NULL), 0);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    struct ses_run_file *run = common_open(other);
    assert_false(run->complete);
    assert_false(run->blocks[1].summary);
    ses_run_free(run);
    compare_moments(f->path, other);
    f->common.plan.parts = (struct ses_record_parts){ .summary_only = true };
    assert_int_equal(ses_record_create(other, true, &f->common.plan, &writer,
                                       NULL), SES_OK);
    assert_int_equal(common_write_pending(writer, 31, 0, NULL), SES_OK);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    assert_int_equal(ses_record_resume(other, &f->common.plan, &writer, NULL),
                     SES_OK);
    assert_int_equal(common_write_pending(writer, COMMON_IMAGES, 0, NULL), 0);
    assert_int_equal(ses_record_finish(writer, NULL), SES_OK);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    compare_moments(f->path, other);
    free(other);
}

static void an_unfinished_record_says_so(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer;
    struct ses_error err = { 0 };
    uint64_t count[3];
    float mean[3 * 12];
    f->common.plan.parts = (struct ses_record_parts){ .summary_only = true };
    assert_int_equal(ses_record_create(f->path, true, &f->common.plan, &writer,
                                       NULL), SES_OK);
    assert_int_equal(common_write_pending(writer, 30, 0, NULL), SES_OK);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    struct ses_run_file *run = common_open(f->path);
    assert_false(run->complete);
    assert_int_equal(run->n_done, 29);
    assert_int_equal(run->n_unreadable, 1);
    assert_int_equal(run->n_pending, 30);
    assert_true(run->parts.summary_only);
    assert_int_equal(run->blocks[1].channels, 12);
    assert_int_equal(ses_run_moments(run, 1, count, mean, NULL, NULL, NULL,
                                     &err), SES_ENOTFOUND);
    assert_non_null(strstr(err.message, "is not finished (30 of 60 images are "
                                        "pending) and has no rows"));
    assert_int_equal(ses_run_excitation(run, 0, 0, 1, mean, &err),
                     SES_ENOTFOUND);
    assert_non_null(strstr(err.message, "has no rows of 'SE_2_1'"));
    ses_run_free(run);
}

static void a_record_without_classifier_has_no_predictions(void **state)
{
    struct fixture *f = *state;
    struct ses_error err = { 0 };
    int32_t top5[COMMON_IMAGES][5];
    f->common.plan.outputs = 0;
    f->common.plan.parts.logits = false;
    common_record(f->path, &f->common.plan);
    struct ses_run_file *run = common_open(f->path);
    assert_false(run->predictions);
    assert_int_equal(ses_run_predictions(run, &top5[0][0], NULL, &err),
                     SES_ENOTFOUND);
    ses_run_free(run);
}

static void a_record_is_read_while_it_is_written(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer;
    assert_int_equal(ses_record_create(f->path, true, &f->common.plan, &writer,
                                       NULL), SES_OK);
    assert_int_equal(common_write_pending(writer, 30, 10, NULL), SES_OK);
    struct ses_run_file *run = common_open(f->path);
    assert_int_equal(run->n_done + run->n_unreadable, 30);
    ses_run_free(run);
    assert_int_equal(common_write_pending(writer, COMMON_IMAGES, 0, NULL), 0);
    assert_int_equal(ses_record_finish(writer, NULL), SES_OK);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    run = common_open(f->path);
    assert_true(run->complete);
    ses_run_free(run);
}

/* ---- by others ---------------------------------------------------------- */

/* scripts/reference/record.py wrote it. */
static void a_record_made_by_h5py_is_read(void **state)
{
    struct ses_run_file *run = common_open(data_path("record/by-h5py.h5"));
    uint64_t count[2];
    float mean[2][4], std[2][4], min[2][4], rows[6][4], loss[6];
    int32_t top5[6][5];
    char *paths[6];
    assert_string_equal(run->arch, "by hand");
    assert_string_equal(run->model, "model.pth");
    assert_string_equal(run->host, "");
    assert_int_equal(run->seed, 77);
    assert_string_equal(run->class_names[1], "M\u00f6we");
    assert_string_equal(run->class_ids[0], "fish");
    assert_int_equal(run->class_outputs[1], -1);
    assert_int_equal(run->n_done, 4);
    assert_int_equal(run->n_pending, 1);
    assert_int_equal(run->n_blocks, 2);
    assert_string_equal(run->blocks[0].name, "A");
    assert_string_equal(run->blocks[0].gate, "sigmoid");
    assert_string_equal(run->blocks[1].name, "B");
    assert_int_equal(run->blocks[1].channels, 4);
    assert_int_equal(ses_run_paths(run, 0, 6, paths, NULL), SES_OK);
    assert_string_equal(paths[5], "bild5.png");
    for (int i = 0; i < 6; i++)
        free(paths[i]);
    assert_int_equal(ses_run_excitation(run, 1, 0, 6, &rows[0][0], NULL), 0);
    assert_true(rows[4][3] == 4.375f);
    assert_int_equal(ses_run_predictions(run, &top5[0][0], loss, NULL), 0);
    assert_int_equal(top5[5][4], 29);
    assert_true(loss[3] == 0.75f);
    /* Class 0 has rows 0 and 3, class 1 has 1 and 4. */
    assert_int_equal(ses_run_moments(run, 1, count, &mean[0][0], &std[0][0],
                                     &min[0][0], NULL, NULL), SES_OK);
    assert_int_equal(count[0], 2);
    assert_int_equal(count[1], 2);
    assert_true(mean[0][2] == 1.75f && mean[1][0] == 2.5f);
    assert_true(fabsf(std[0][0] - 2.1213203f) < 1e-6f);
    assert_true(min[1][1] == 1.125f);
    ses_run_free(run);
}

/* ---- no records --------------------------------------------------------- */

static hid_t new_h5(const char *path)
{
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

static void put_attribute(hid_t object, const char *name, int value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    if (H5Aexists(object, name) > 0)
        H5Adelete(object, name);
    hid_t attribute = H5Acreate2(object, name, H5T_NATIVE_INT, space,
                                 H5P_DEFAULT, H5P_DEFAULT);
    assert_true(H5Awrite(attribute, H5T_NATIVE_INT, &value) >= 0);
    H5Aclose(attribute);
    H5Sclose(space);
}

/* Nobody writes to it, so a reader that waits waits for ever. */
static void a_pipe_is_refused_at_once(void **state)
{
    struct fixture *f = *state;
    unlink(f->path);
    assert_int_equal(mkfifo(f->path, 0600), 0);
    alarm(300); /* however busy the machine is */
    common_refuse(f, SES_EFORMAT, "is no file, expected a record");
    alarm(0);
    unlink(f->path);
}

static void other_files_are_told_what_they_are(void **state)
{
    struct fixture *f = *state;
    common_refuse(f, SES_EIO, "No such file or directory");
    tree_bytes(f->folder, "run.h5", "", 0);
    common_refuse(f, SES_EFORMAT, "is empty, expected a record");
    tree_bytes(f->folder, "run.h5", "PK\3\4....", 8);
    common_refuse(f, SES_EFORMAT, "is a zip archive");
    tree_bytes(f->folder, "run.h5", "\x89PNG\r\n", 6);
    common_refuse(f, SES_EFORMAT, "is a PNG picture");
    tree_bytes(f->folder, "run.h5", "words\n", 6);
    common_refuse(f, SES_EFORMAT, "is a text file");
    tree_bytes(f->folder, "run.h5", "\0\1\2\3", 4);
    common_refuse(f, SES_EFORMAT, "is not an HDF5 file");
    H5Fclose(new_h5(f->path));
    common_refuse(f, SES_EFORMAT, "is an HDF5 file of another kind");
    hid_t file = new_h5(f->path);
    put_attribute(file, "model_config", 1);
    H5Fclose(file);
    common_refuse(f, SES_EFORMAT, "is a Keras model");
    assert_int_equal(remove(f->path), 0);
    char *path = f->path;
    f->path = f->folder;
    common_refuse(f, SES_EFORMAT, "is a folder");
    f->path = path;
}

static void a_higher_schema_asks_for_an_update(void **state)
{
    struct fixture *f = *state;
    hid_t file = new_h5(f->path);
    put_attribute(file, "schema", 2);
    H5Fclose(file);
    common_refuse(f, SES_EUNSUPPORTED,
                  "has schema 2, this sescope knows up to 1: update sescope");
    file = new_h5(f->path);
    put_attribute(file, "schema", 0);
    H5Fclose(file);
    common_refuse(f, SES_EFORMAT, "has schema 0, expected 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_is_read_back),
        TEST(rows_are_read_in_ranges),
        TEST(moments_are_the_same_from_anywhere),
        TEST(an_unfinished_record_says_so),
        TEST(a_record_without_classifier_has_no_predictions),
        TEST(a_record_is_read_while_it_is_written),
        TEST(a_record_made_by_h5py_is_read),
        TEST(a_pipe_is_refused_at_once),
        TEST(other_files_are_told_what_they_are),
        TEST(a_higher_schema_asks_for_an_update),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
