/* core/record/reader: records of ours and of others, and files that are none
 * or that lie. */
#include <hdf5.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "core/base/random.h"
#include "core/base/text.h"
#include "core/record/reader.h"
#include "tests/support/record-common.h"

struct fixture {
    char *folder, *path;
    struct common common;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->folder = common_folder_new();
    f->path = ses_format("%s/run.h5", f->folder);
    common_init(&f->common, COMMON_IMAGES);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    common_release(&f->common);
    common_folder_free(f->folder);
    free(f->path);
    free(f);
    return 0;
}

static struct ses_run_file *open_run(const char *path)
{
    struct ses_run_file *run = NULL;
    struct ses_error err = { 0 };
    if (ses_run_open(path, &run, &err) != SES_OK)
        fail_msg("%s", err.message);
    assert_string_equal(err.message, "");
    return run;
}

static void refuse(struct fixture *f, enum ses_status status,
                   const char *words)
{
    struct ses_run_file *run = NULL;
    struct ses_error err = { 0 };
    assert_int_equal(ses_run_open(f->path, &run, &err), status);
    assert_null(run);
    if (!strstr(err.message, words) || !strstr(err.message, f->path))
        fail_msg("'%s' is not in: %s", words, err.message);
}

/* ---- ours --------------------------------------------------------------- */

static void a_record_is_read_back(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    struct ses_run_file *run = open_run(f->path);
    assert_string_equal(run->version, "0.1.0");
    assert_string_equal(run->command, "sescope record a.pth");
    assert_string_equal(run->preprocess, "resize=256,crop=224");
    assert_string_equal(run->force, "");
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
    struct ses_run_file *run = open_run(f->path);
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
        struct ses_run_file *run = open_run(i ? b : a);
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
    struct ses_run_file *run = open_run(other);
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
    struct ses_run_file *run = open_run(f->path);
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
    struct ses_run_file *run = open_run(f->path);
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
    struct ses_run_file *run = open_run(f->path);
    assert_int_equal(run->n_done + run->n_unreadable, 30);
    ses_run_free(run);
    assert_int_equal(common_write_pending(writer, COMMON_IMAGES, 0, NULL), 0);
    assert_int_equal(ses_record_finish(writer, NULL), SES_OK);
    assert_int_equal(ses_record_close(writer, NULL), SES_OK);
    run = open_run(f->path);
    assert_true(run->complete);
    ses_run_free(run);
}

/* ---- by others ---------------------------------------------------------- */

/* scripts/reference/record.py wrote it. */
static void a_record_made_by_h5py_is_read(void **state)
{
    const char *folder = getenv("SES_TEST_DATA");
    char *path = ses_format("%s/record/by-h5py.h5", folder);
    struct ses_run_file *run = open_run(path);
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
    free(path);
}

/* ---- no records --------------------------------------------------------- */

static void write_bytes(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite(bytes, 1, size, file);
    fclose(file);
}

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

static void other_files_are_told_what_they_are(void **state)
{
    struct fixture *f = *state;
    refuse(f, SES_EIO, "No such file or directory");
    write_bytes(f->path, "", 0);
    refuse(f, SES_EFORMAT, "is empty, expected a record");
    write_bytes(f->path, "PK\3\4....", 8);
    refuse(f, SES_EFORMAT, "is a zip archive");
    write_bytes(f->path, "\x89PNG\r\n", 6);
    refuse(f, SES_EFORMAT, "is a PNG picture");
    write_bytes(f->path, "words\n", 6);
    refuse(f, SES_EFORMAT, "is a text file");
    write_bytes(f->path, "\0\1\2\3", 4);
    refuse(f, SES_EFORMAT, "is not an HDF5 file");
    H5Fclose(new_h5(f->path));
    refuse(f, SES_EFORMAT, "is an HDF5 file of another kind");
    hid_t file = new_h5(f->path);
    put_attribute(file, "model_config", 1);
    H5Fclose(file);
    refuse(f, SES_EFORMAT, "is a Keras model");
    assert_int_equal(remove(f->path), 0);
    char *path = f->path;
    f->path = f->folder;
    refuse(f, SES_EFORMAT, "is a folder");
    f->path = path;
}

static void a_higher_schema_asks_for_an_update(void **state)
{
    struct fixture *f = *state;
    hid_t file = new_h5(f->path);
    put_attribute(file, "schema", 2);
    H5Fclose(file);
    refuse(f, SES_EUNSUPPORTED,
           "has schema 2, this sescope knows up to 1: update sescope");
    file = new_h5(f->path);
    put_attribute(file, "schema", 0);
    H5Fclose(file);
    refuse(f, SES_EFORMAT, "has schema 0, expected 1");
}

/* ---- lies --------------------------------------------------------------- */

/* A dataset put in the place of the record's. */
static void replace(struct fixture *f, const char *name, hid_t type, int rank,
                    hsize_t rows, hsize_t width, hid_t list)
{
    hsize_t sizes[2] = { rows, width };
    hid_t file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t space = H5Screate_simple(rank, sizes, NULL);
    assert_true(H5Ldelete(file, name, H5P_DEFAULT) >= 0);
    hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, list,
                               H5P_DEFAULT);
    assert_true(dataset >= 0);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Fclose(file);
}

static void a_lie(struct fixture *f, const char *name, hid_t type, int rank,
                  hsize_t rows, hsize_t width, hid_t list,
                  enum ses_status status, const char *words)
{
    common_record(f->path, &f->common.plan);
    replace(f, name, type, rank, rows, width, list);
    refuse(f, status, words);
}

static void shapes_must_agree(void **state)
{
    struct fixture *f = *state;
    static const char excitation[] = "/blocks/SE_2_1/excitation";
    a_lie(f, excitation, H5T_NATIVE_FLOAT, 2, 59, 8, H5P_DEFAULT, SES_ESHAPE,
          "dataset '/blocks/SE_2_1/excitation': is 59 long on axis 0, "
          "expected 60");
    a_lie(f, excitation, H5T_NATIVE_FLOAT, 1, 60, 0, H5P_DEFAULT, SES_ESHAPE,
          "has rank 1, expected 2");
    a_lie(f, excitation, H5T_NATIVE_INT, 2, 60, 8, H5P_DEFAULT, SES_EFORMAT,
          "holds integers, expected floats");
    a_lie(f, excitation, H5T_NATIVE_FLOAT, 2, 60, 9, H5P_DEFAULT, SES_ESHAPE,
          "'/blocks/SE_2_1/squeeze': is 8 long on axis 1, expected 9");
    a_lie(f, "/images/status", H5T_NATIVE_UINT8, 1, 61, 0, H5P_DEFAULT,
          SES_ESHAPE, "is 61 long on axis 0, expected 60");
    a_lie(f, "/images/path", H5T_NATIVE_INT, 1, 60, 0, H5P_DEFAULT,
          SES_EFORMAT, "holds integers, expected text");
    a_lie(f, "/classes/id", H5T_C_S1, 1, 2, 0, H5P_DEFAULT, SES_ESHAPE,
          "is 2 long on axis 0, expected 3");
    a_lie(f, "/predictions/top5", H5T_NATIVE_INT, 2, 60, 4, H5P_DEFAULT,
          SES_ESHAPE, "is 4 long on axis 1, expected 5");
    a_lie(f, "/summary/SE_2_1/count", H5T_NATIVE_INT, 1, 4, 0, H5P_DEFAULT,
          SES_ESHAPE, "is 4 long on axis 0, expected 3");
}

static void missing_parts_are_named(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = { "/images/status", "/classes/name",
                                         "/blocks", "/predictions/loss" };
    for (size_t i = 0; i < 4; i++) {
        common_record(f->path, &f->common.plan);
        hid_t file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
        assert_true(H5Ldelete(file, names[i], H5P_DEFAULT) >= 0);
        H5Fclose(file);
        refuse(f, SES_EFORMAT, names[i]);
    }
}

/* A summary that is missing or of another shape is not needed to open, but
 * found when it is asked for. */
static void a_summary_of_another_shape_is_found(void **state)
{
    struct fixture *f = *state;
    struct ses_error err = { 0 };
    float mean[3 * 8];
    common_record(f->path, &f->common.plan);
    replace(f, "/summary/SE_2_1/mean", H5T_NATIVE_FLOAT, 2, 3, 9, H5P_DEFAULT);
    struct ses_run_file *run = open_run(f->path);
    assert_int_equal(ses_run_moments(run, 0, NULL, mean, NULL, NULL, NULL,
                                     &err), SES_ESHAPE);
    assert_non_null(strstr(err.message, "is 9 long on axis 1, expected 8"));
    ses_run_free(run);
}

/* Sizes that no file of this length holds are refused before memory is asked
 * for. */
static void sizes_are_held_against_the_file(void **state)
{
    struct fixture *f = *state;
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk = 1024;
    H5Pset_chunk(list, 1, &chunk);
    a_lie(f, "/classes/output", H5T_NATIVE_INT, 1, (hsize_t)1 << 40, 0, list,
          SES_EFORMAT, "is larger than the file can hold");
    a_lie(f, "/images/class", H5T_NATIVE_INT, 1, (hsize_t)1 << 62, 0, list,
          SES_EFORMAT, "is larger than the file can hold");
    H5Pclose(list);
}

static void data_elsewhere_are_refused(void **state)
{
    struct fixture *f = *state;
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_external(list, "/etc/passwd", 0, 240);
    a_lie(f, "/images/class", H5T_NATIVE_INT, 1, 60, 0, list,
          SES_EUNSUPPORTED, "keeps its data elsewhere");
    H5Pclose(list);
}

/* A link into another file is not followed. It is made by Python, as HDF5 no
 * longer knows such links in this process. */
static void links_elsewhere_are_refused(void **state)
{
    struct fixture *f = *state;
    char *other = ses_format("%s/other.h5", f->folder);
    common_record(other, &f->common.plan);
    common_record(f->path, &f->common.plan);
    char *command = ses_format(
        "/usr/bin/python3 -c \"import h5py; f = h5py.File('%s', 'r+'); "
        "del f['images/class']; f['images/class'] = h5py.ExternalLink('%s', "
        "'images/class'); f['images/class'][0]\" 2>/dev/null", f->path,
        other);
    int made = system(command);
    free(command);
    free(other);
    if (made != 0)
        skip();
    refuse(f, SES_EIO, "/images/class");
}

static void poke(struct fixture *f, const char *name, hid_t type,
                 hsize_t index, int value)
{
    hsize_t one = 1;
    hid_t file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    hid_t space = H5Dget_space(dataset);
    hid_t memory = H5Screate_simple(1, &one, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, &index, NULL, &one, NULL);
    assert_true(H5Dwrite(dataset, type, memory, space, H5P_DEFAULT, &value) >=
                0);
    H5Sclose(memory);
    H5Sclose(space);
    H5Dclose(dataset);
    H5Fclose(file);
}

static void indices_must_be_in_range(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    poke(f, "/images/class", H5T_NATIVE_INT, 4, 3);
    refuse(f, SES_EFORMAT, "image 4 is of class 3, there are 3");
    poke(f, "/images/class", H5T_NATIVE_INT, 4, -1);
    refuse(f, SES_EFORMAT, "image 4 is of class -1, there are 3");
    poke(f, "/images/class", H5T_NATIVE_INT, 4, 0);
    poke(f, "/images/status", H5T_NATIVE_INT, 9, 3);
    refuse(f, SES_EFORMAT, "image 9 has status 3, expected 0, 1 or 2");
}

/* A group that holds itself. */
static void groups_in_circles_end(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    hid_t file = H5Fopen(f->path, H5F_ACC_RDWR, H5P_DEFAULT);
    assert_true(H5Lcreate_hard(file, "/blocks", file, "/blocks/again",
                               H5P_DEFAULT, H5P_DEFAULT) >= 0);
    H5Fclose(file);
    refuse(f, SES_EFORMAT, "there are too many groups");
}

static void a_short_file_is_an_error(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    assert_int_equal(truncate(f->path, 9000), 0);
    refuse(f, SES_EIO, "truncated file");
}

/* Data changed at random: an error or a record, and no more. (HDF5's own
 * structures are HDF5's to check.) */
static void changed_data_do_no_harm(void **state)
{
    static const char *const names[] = {
        "/classes/name",   "/classes/id",     "/classes/output",
        "/images/path",    "/images/class",   "/images/status",
        "/summary/SE_2_1/count", "/predictions/top5",
        "/blocks/SE_2_1/excitation",
    };
    enum { NAMES = sizeof names / sizeof *names };
    struct fixture *f = *state;
    struct ses_random random;
    size_t refused = 0, opened = 0;
    size_t offset[NAMES], size[NAMES];
    ses_random_seed(&random, 11);
    common_record(f->path, &f->common.plan);
    hid_t h5 = H5Fopen(f->path, H5F_ACC_RDONLY, H5P_DEFAULT);
    for (size_t i = 0; i < NAMES; i++) {
        hid_t dataset = H5Dopen2(h5, names[i], H5P_DEFAULT);
        offset[i] = H5Dget_offset(dataset);
        size[i] = H5Dget_storage_size(dataset);
        H5Dclose(dataset);
    }
    H5Fclose(h5);
    for (int round = 0; round < 300; round++) {
        struct ses_run_file *run = NULL;
        char *paths[COMMON_IMAGES];
        float mean[3 * 8];
        common_record(f->path, &f->common.plan);
        FILE *file = fopen(f->path, "r+b");
        for (int i = 0; i <= round % 8; i++) {
            size_t at = ses_random_below(&random, NAMES);
            fseek(file,
                  (long)(offset[at] + ses_random_below(&random, size[at])),
                  SEEK_SET);
            fputc((int)ses_random_below(&random, 256), file);
        }
        fclose(file);
        if (ses_run_open(f->path, &run, NULL) != SES_OK) {
            refused++;
            continue;
        }
        opened++;
        assert_int_equal(ses_run_moments(run, 0, NULL, mean, NULL, NULL, NULL,
                                         NULL), SES_OK);
        assert_int_equal(ses_run_paths(run, 0, COMMON_IMAGES, paths, NULL),
                         SES_OK);
        for (size_t i = 0; i < COMMON_IMAGES; i++)
            free(paths[i]);
        ses_run_free(run);
    }
    assert_true(refused > 20 && opened > 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

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
        TEST(other_files_are_told_what_they_are),
        TEST(a_higher_schema_asks_for_an_update),
        TEST(shapes_must_agree),
        TEST(missing_parts_are_named),
        TEST(a_summary_of_another_shape_is_found),
        TEST(sizes_are_held_against_the_file),
        TEST(data_elsewhere_are_refused),
        TEST(links_elsewhere_are_refused),
        TEST(indices_must_be_in_range),
        TEST(groups_in_circles_end),
        TEST(a_short_file_is_an_error),
        TEST(changed_data_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
