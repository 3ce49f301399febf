/* core/record/reader: records that lie about themselves. */
#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/random.h"
#include "core/base/text.h"
#include "core/record/reader.h"
#include "tests/support/check.h"
#include "tests/support/record-common.h"
#include "tests/support/tree.h"

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
    common_refuse(f, status, words);
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
        common_refuse(f, SES_EFORMAT, names[i]);
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
    struct ses_run_file *run = common_open(f->path);
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
    common_refuse(f, SES_EIO, "/images/class");
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
    common_refuse(f, SES_EFORMAT, "image 4 is of class 3, there are 3");
    poke(f, "/images/class", H5T_NATIVE_INT, 4, -1);
    common_refuse(f, SES_EFORMAT, "image 4 is of class -1, there are 3");
    poke(f, "/images/class", H5T_NATIVE_INT, 4, 0);
    poke(f, "/images/status", H5T_NATIVE_INT, 9, 3);
    common_refuse(f, SES_EFORMAT, "image 9 has status 3, expected 0, 1 or 2");
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
    common_refuse(f, SES_EFORMAT, "there are too many groups");
}

static void a_short_file_is_an_error(void **state)
{
    struct fixture *f = *state;
    common_record(f->path, &f->common.plan);
    assert_int_equal(truncate(f->path, 9000), 0);
    common_refuse(f, SES_EIO, "truncated file");
}

/* Data changed at random: an error or a record, and no more. Of HDF5's own
 * structures see test-rehearse.c. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
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
