/* See record-common.h. */
#include "tests/support/record-common.h"

#include <dirent.h>
#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tests/support/check.h"
#include "tests/support/tree.h"

static const char *const class_names[] = { "goldfish", "pug", "\u98db\u884c" };
static const char *const class_ids[] = { "n01443537", "n02110958",
                                         "n02690373" };
static const int32_t class_outputs[] = { 1, 6, -1 };

void common_init(struct common *common, size_t images)
{
    memset(common, 0, sizeof *common);
    common->paths = calloc(images, sizeof *common->paths);
    common->classes = calloc(images, sizeof *common->classes);
    assert_non_null(common->paths);
    assert_non_null(common->classes);
    for (size_t i = 0; i < images; i++) {
        common->classes[i] = (int32_t)(i % COMMON_CLASSES);
        common->paths[i] =
            ses_format("%s/%zu.png", class_ids[i % COMMON_CLASSES], i);
        assert_non_null(common->paths[i]);
    }
    common->blocks[0] = (struct ses_record_block){
        .name = "SE_2_1", .source = "layer1.0.se", .gate = "sigmoid",
        .squeeze = "mean", .index = 0, .stage = 2, .unit = 1, .channels = 8,
        .reduced = 2, .height = 16, .width = 17,
    };
    common->blocks[1] = (struct ses_record_block){
        .name = "features/3/se", .source = "features/3/se",
        .gate = "hard-sigmoid", .squeeze = "max", .index = 1, .stage = -1,
        .unit = -1, .channels = 12, .reduced = 3, .height = 8, .width = 9,
    };
    common->plan = (struct ses_record_plan){
        .version = "0.1.0", .command = "sescope record a.pth",
        .model = "a.pth", .model_sha256 = "0123", .arch = "toy",
        .images = "pictures", .preprocess = "resize=256,crop=224",
        .force = "SE_2_1=mean", .from = "first.h5",
        .from_sha256 = "89ab", .kernels = "none", .host = "here", .seed = -5,
        .n_classes = COMMON_CLASSES, .class_names = class_names,
        .class_ids = class_ids, .class_outputs = class_outputs,
        .n_images = images,
        .image_paths = (const char *const *)common->paths,
        .image_classes = common->classes, .n_blocks = COMMON_BLOCKS,
        .blocks = common->blocks, .outputs = COMMON_OUTPUTS,
        .parts = { .squeeze = true, .bottleneck = true, .logits = true },
    };
}

void common_release(struct common *common)
{
    for (size_t i = 0; i < common->plan.n_images; i++)
        free(common->paths[i]);
    free(common->paths);
    free(common->classes);
}

bool common_unreadable(size_t image)
{
    return image % 25 == 7;
}

size_t common_width(int part, size_t block)
{
    static const size_t widths[COMMON_BLOCKS][4] = {
        { 8, 8, 2, COMMON_OUTPUTS }, { 12, 12, 3, COMMON_OUTPUTS }
    };
    return widths[block][part];
}

float common_value(int part, size_t block, size_t image, size_t channel)
{
    uint64_t x = ((image * 64 + channel) * 4 + block) * 4 + (uint64_t)part;
    x *= UINT64_C(0x9e3779b97f4a7c15);
    x ^= x >> 29;
    x *= UINT64_C(0xbf58476d1ce4e5b9);
    return (float)(x >> 40) / (float)(1 << 24);
}

static enum ses_status write_image(struct ses_record_writer *writer,
                                   size_t image, struct ses_error *err)
{
    float values[3][COMMON_BLOCKS][COMMON_WIDEST], logits[COMMON_OUTPUTS];
    const float *pointers[3][COMMON_BLOCKS];
    for (int part = 0; part < 3; part++)
        for (size_t b = 0; b < COMMON_BLOCKS; b++) {
            for (size_t c = 0; c < COMMON_WIDEST; c++)
                values[part][b][c] = common_value(part, b, image, c);
            pointers[part][b] = values[part][b];
        }
    for (size_t c = 0; c < COMMON_OUTPUTS; c++)
        logits[c] = common_value(3, 0, image, c);
    const struct ses_record_row row = {
        .status = common_unreadable(image) ? SES_IMAGE_UNREADABLE
                                           : SES_IMAGE_DONE,
        .excitation = pointers[0],
        .squeeze = pointers[1],
        .bottleneck = pointers[2],
        .logits = logits,
        .loss = (float)image,
        .top5 = { (int32_t)image, 4, 3, 2, -1 },
    };
    return ses_record_write(writer, image, &row, err);
}

enum ses_status common_write_pending(struct ses_record_writer *writer,
                                     size_t until, size_t every,
                                     struct ses_error *err)
{
    size_t since = 0;
    for (size_t i = 0; i < until; i++) {
        if (ses_record_statuses(writer)[i] != SES_IMAGE_PENDING)
            continue;
        enum ses_status status = write_image(writer, i, err);
        if (status == SES_OK && every && ++since % every == 0)
            status = ses_record_flush(writer, err);
        if (status != SES_OK)
            return status;
    }
    return SES_OK;
}

void common_record(const char *path, const struct ses_record_plan *plan)
{
    struct ses_record_writer *writer = NULL;
    struct ses_error err = { 0 };
    enum ses_status status =
        ses_record_create(path, true, plan, &writer, &err);
    if (status == SES_OK)
        status = common_write_pending(writer, plan->n_images, 0, &err);
    if (status == SES_OK)
        status = ses_record_finish(writer, &err);
    if (status != SES_OK)
        fail_msg("%s", err.message);
    assert_int_equal(ses_record_close(writer, &err), SES_OK);
}

/* ---- comparing ---------------------------------------------------------- */

static void *read_all(hid_t file, const char *name, size_t *size, hid_t *type)
{
    hid_t dataset = H5Dopen2(file, name, H5P_DEFAULT);
    if (dataset < 0)
        return NULL;
    hid_t space = H5Dget_space(dataset);
    *type = H5Dget_type(dataset);
    *size = (size_t)H5Sget_simple_extent_npoints(space) * H5Tget_size(*type);
    void *bytes = calloc(*size + 1, 1);
    assert_non_null(bytes);
    assert_true(H5Dread(dataset, *type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                        bytes) >= 0);
    H5Sclose(space);
    H5Dclose(dataset);
    return bytes;
}

struct visit {
    hid_t other;
    size_t datasets;
    bool same;
};

static herr_t compare(hid_t file, const char *name, const H5O_info_t *info,
                      void *user)
{
    struct visit *visit = user;
    if (info->type != H5O_TYPE_DATASET)
        return 0;
    size_t size = 0, other_size = 0;
    hid_t type = H5I_INVALID_HID, other_type = H5I_INVALID_HID;
    void *bytes = read_all(file, name, &size, &type);
    void *other = read_all(visit->other, name, &other_size, &other_type);
    if (!other || size != other_size || H5Tequal(type, other_type) <= 0 ||
        memcmp(bytes, other, size) != 0) {
        print_error("dataset '%s' differs\n", name);
        visit->same = false;
    }
    visit->datasets++;
    H5Tclose(type);
    if (other_type >= 0)
        H5Tclose(other_type);
    free(bytes);
    free(other);
    return 0;
}

bool common_same_datasets(const char *a, const char *b)
{
    hid_t one = H5Fopen(a, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t two = H5Fopen(b, H5F_ACC_RDONLY, H5P_DEFAULT);
    assert_true(one >= 0);
    assert_true(two >= 0);
    struct visit there = { two, 0, true }, back = { one, 0, true };
    H5Ovisit(one, H5_INDEX_NAME, H5_ITER_INC, compare, &there);
    H5Ovisit(two, H5_INDEX_NAME, H5_ITER_INC, compare, &back);
    H5Fclose(one);
    H5Fclose(two);
    return there.datasets > 0 && there.same && back.same;
}

/* ---- folders ------------------------------------------------------------ */

int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->folder = tree_new();
    f->path = tree_path(f->folder, "run.h5");
    f->whole = tree_path(f->folder, "whole.h5");
    common_init(&f->common, COMMON_IMAGES);
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    common_release(&f->common);
    tree_remove(f->folder);
    free(f->path);
    free(f->whole);
    free(f);
    return 0;
}

size_t common_count_files(const char *folder)
{
    DIR *dir = opendir(folder);
    size_t count = 0;
    assert_non_null(dir);
    for (struct dirent *entry; (entry = readdir(dir));)
        count += entry->d_name[0] != '.';
    closedir(dir);
    return count;
}

struct ses_run_file *common_open(const char *path)
{
    struct ses_run_file *run = NULL;
    struct ses_error err = { 0 };
    OK(ses_run_open(path, &run, &err));
    assert_string_equal(err.message, "");
    return run;
}

void common_refuse(const struct fixture *f, enum ses_status status,
                   const char *words)
{
    struct ses_run_file *run = NULL;
    struct ses_error err = { 0 };
    assert_int_equal(ses_run_open(f->path, &run, &err), status);
    assert_null(run);
    SAYS(words);
    SAYS(f->path);
}
