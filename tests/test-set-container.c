/* core/images/set-idx and set-cifar: sets that are a few large files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include "core/base/text.h"
#include "core/images/set.h"
#include "tests/support/check.h"
#include "tests/support/sets.h"
#include "tests/support/tree.h"

static void refuse(const char *spec, enum ses_status status,
                   const char *words)
{
    refuse_set(spec, &plain, status, words);
}

static void compress_file(const char *root, const char *path,
                          const void *bytes, size_t size)
{
    char *full = tree_path(root, path);
    gzFile gz = gzopen(full, "wb");
    assert_non_null(gz);
    assert_int_equal(gzwrite(gz, bytes, (unsigned)size), size);
    assert_int_equal(gzclose(gz), Z_OK);
    free(full);
}

/* Three images of two rows and three columns, and their labels. */
static const uint8_t images[] = {
    0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3,
    1, 2, 3, 4, 5, 6,
    11, 12, 13, 14, 15, 16,
    21, 22, 23, 24, 25, 255,
};
static const uint8_t labels[] = { 0, 0, 8, 1, 0, 0, 0, 3, 9, 2, 9 };

static void check_three(const struct ses_set *set, const char *stem)
{
    assert_int_equal(set->n_items, 3);
    assert_int_equal(set->n_classes, 2);
    assert_string_equal(set->classes[0].id, "2");
    assert_string_equal(set->classes[1].id, "9");
    assert_int_equal(set->classes[1].label, 9);
    assert_int_equal(set->items[0].class, 1);
    assert_int_equal(set->items[1].class, 0);
    char *path = ses_format("%s#2", stem);
    assert_string_equal(set->items[2].path, path);
    free(path);
    struct ses_error err = { 0 };
    struct ses_image image = { 0 };
    assert_int_equal(ses_set_read(set, 2, &image, &err), SES_OK);
    assert_int_equal(image.width, 3);
    assert_int_equal(image.height, 2);
    assert_int_equal(image.channels, 1);
    assert_memory_equal(image.pixels, images + 28, 6);
    ses_image_release(&image);
}

static void idx_pairs_open_plain_and_compressed(void **state)
{
    char *root = tree_new();
    tree_bytes(root, "a,b-images-idx3-ubyte", images, sizeof images);
    compress_file(root, "a,b-labels-idx1-ubyte.gz", labels, sizeof labels);
    char *spec = ses_format("idx:%s/a,b-images-idx3-ubyte,"
                            "%s/a,b-labels-idx1-ubyte.gz", root, root);
    struct ses_set *set = open_with(spec, &plain);
    assert_string_equal(set->root, root);
    check_three(set, "a,b-images");
    ses_set_free(set);
    free(spec);
    tree_remove(root);
}

static void a_folder_with_a_pair_is_found(void **state)
{
    char *root = tree_new();
    uint8_t others[sizeof labels];
    memcpy(others, labels, sizeof labels);
    others[8] = 2;
    compress_file(root, "t10k-images.idx3-ubyte.gz", images, sizeof images);
    compress_file(root, "t10k-labels.idx1-ubyte.gz", labels, sizeof labels);
    struct ses_set *set = open_with(root, &plain);
    check_three(set, "t10k-images");
    assert_null(set->notes);
    ses_set_free(set);

    /* The test pair goes before the training pair. */
    tree_bytes(root, "a-train-images-idx3-ubyte", images, sizeof images);
    tree_bytes(root, "a-train-labels-idx1-ubyte", others, sizeof others);
    set = open_with(root, &plain);
    check_three(set, "t10k-images");
    assert_contains(set->notes, "of several IDX pairs");
    ses_set_free(set);

    /* The same pair not compressed is not another pair. */
    tree_bytes(root, "t10k-images.idx3-ubyte", images, sizeof images);
    set = open_with(root, &plain);
    check_three(set, "t10k-images");
    ses_set_free(set);

    tree_bytes(root, "z-test-images-idx3-ubyte", images, sizeof images);
    tree_bytes(root, "z-test-labels-idx1-ubyte", labels, sizeof labels);
    refuse(root, SES_EUSAGE, "3 pairs of IDX files");
    tree_remove(root);
}

/* An images file of these bytes, compressed or not, beside sound labels. */
static void refuse_images(const char *root, const void *bytes, size_t size,
                          bool compressed, enum ses_status status,
                          const char *words)
{
    if (compressed)
        compress_file(root, "i", bytes, size);
    else
        tree_bytes(root, "i", bytes, size);
    tree_bytes(root, "l", labels, sizeof labels);
    char *spec = ses_format("idx:%s/i,%s/l", root, root);
    refuse(spec, status, words);
    free(spec);
}

static void damaged_idx_files_are_refused(void **state)
{
    char *root = tree_new();
    uint8_t bad[sizeof images + 1];
    for (int compressed = 0; compressed < 2; compressed++) {
        memcpy(bad, images, sizeof images);
        bad[sizeof images] = 0;
        refuse_images(root, bad, 0, compressed, SES_EFORMAT, "ends after 0");
        refuse_images(root, bad, 9, compressed, SES_EFORMAT, "ends after");
        refuse_images(root, bad, sizeof images - 1, compressed, SES_EFORMAT,
                      compressed ? "ends after 17 bytes of 18"
                                 : "has 33 bytes, expected 34");
        refuse_images(root, bad, sizeof bad, compressed, SES_EFORMAT,
                      compressed ? "more data than its header says"
                                 : "has 35 bytes, expected 34");
        bad[0] = 1;
        refuse_images(root, bad, sizeof images, compressed, SES_EFORMAT,
                      "not an IDX file");
        bad[0] = 0;
        bad[2] = 0x0d;
        refuse_images(root, bad, sizeof images, compressed, SES_EUNSUPPORTED,
                      "type 0x0d");
        bad[2] = 8;
        refuse_images(root, labels, sizeof labels, compressed, SES_EFORMAT,
                      "1 dimension, expected 3 (images); images come first");
        bad[7] = 2;
        bad[11] = 3;
        refuse_images(root, bad, sizeof images, compressed, SES_ESHAPE,
                      "2 images, ");
        bad[7] = 0;
        refuse_images(root, bad, sizeof images, compressed, SES_EFORMAT,
                      "holds no images");
        memset(bad + 4, 0xff, 12);
        refuse_images(root, bad, sizeof images, compressed, SES_EFORMAT,
                      "too large");
    }
    tree_remove(root);
}

static void idx_files_that_promise_too_much_cost_no_memory(void **state)
{
    /* 16 million images of 28x28: 13 GB out of a few bytes. */
    char *root = tree_new();
    uint8_t bad[16] = { 0, 0, 8, 3, 1, 0, 0, 0, 0, 0, 0, 28, 0, 0, 0, 28 };
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    refuse_images(root, bad, sizeof bad, true, SES_EFORMAT,
                  "compressed bytes cannot hold");
    refuse_images(root, bad, sizeof bad, false, SES_EFORMAT,
                  "has 16 bytes, expected 13153337360");
    getrusage(RUSAGE_SELF, &after);
    assert_true(after.ru_maxrss - before.ru_maxrss < 64 * 1024);
    tree_remove(root);
}

static void a_flipped_bit_in_compressed_data_is_noticed(void **state)
{
    char *root = tree_new();
    compress_file(root, "i", images, sizeof images);
    char *path = tree_path(root, "i");
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -8, SEEK_END), 0); /* the CRC */
    int byte = fgetc(file);
    assert_int_equal(fseek(file, -8, SEEK_END), 0);
    fputc(byte ^ 1, file);
    fclose(file);
    tree_bytes(root, "l", labels, sizeof labels);
    char *spec = ses_format("idx:%s/i,%s/l", root, root);
    refuse(spec, SES_EFORMAT, "is damaged");
    free(spec);
    free(path);
    tree_remove(root);
}

static void idx_specs_name_two_files(void **state)
{
    refuse("idx:images", SES_EUSAGE, "expected idx:IMAGES,LABELS");
    refuse("idx:/nowhere/i,/nowhere/l", SES_EIO, "'/nowhere/i'");
}

/* A batch of n records: plane c of record r is filled with 10 r + c, but for
 * its first row, which counts. The label bytes are given. */
static uint8_t *cifar_batch(int n, int label_bytes, const uint8_t *marks,
                            size_t *size)
{
    size_t stride = 3072 + (size_t)label_bytes;
    uint8_t *batch = calloc((size_t)n, stride);
    assert_non_null(batch);
    for (int r = 0; r < n; r++) {
        uint8_t *record = batch + (size_t)r * stride;
        memcpy(record, marks + r * label_bytes, (size_t)label_bytes);
        for (int c = 0; c < 3; c++) {
            uint8_t *plane = record + label_bytes + c * 1024;
            memset(plane, 10 * r + c, 1024);
            for (int x = 0; x < 32; x++)
                plane[x] = (uint8_t)(100 + x);
        }
    }
    *size = (size_t)n * stride;
    return batch;
}

static void cifar10_batches_are_planes_after_a_label(void **state)
{
    char *root = tree_new();
    size_t size;
    static const uint8_t marks[] = { 3, 9, 3 };
    uint8_t *batch = cifar_batch(3, 1, marks, &size);
    tree_bytes(root, "test_batch.bin", batch, size);
    char *spec = ses_format("cifar10:%s", root);
    struct ses_set *set = open_with(spec, &plain);
    assert_string_equal(set->root, root);
    assert_int_equal(set->n_classes, 10);
    assert_string_equal(set->classes[3].id, "3");
    assert_string_equal(set->classes[3].name, "cat");
    assert_string_equal(set->classes[9].name, "truck");
    assert_int_equal(set->n_items, 3);
    assert_int_equal(set->items[1].class, 9);
    assert_string_equal(set->items[1].path, "test_batch#1");
    struct ses_error err = { 0 };
    struct ses_image image = { 0 };
    assert_int_equal(ses_set_read(set, 2, &image, &err), SES_OK);
    assert_int_equal(image.width, 32);
    assert_int_equal(image.height, 32);
    assert_int_equal(image.channels, 3);
    static const uint8_t second_row[] = { 20, 21, 22, 20, 21, 22 };
    assert_memory_equal(image.pixels + 32 * 3, second_row, 6);
    static const uint8_t first_row[] = { 100, 100, 100, 101, 101, 101 };
    assert_memory_equal(image.pixels, first_row, 6);
    ses_image_release(&image);
    ses_set_free(set);
    free(spec);

    /* The archive's own folder is found, too. */
    tree_bytes(root, "above/cifar-10-batches-bin/test_batch.bin", batch, size);
    spec = ses_format("cifar10:%s/above", root);
    set = open_with(spec, &plain);
    assert_int_equal(set->n_items, 3);
    ses_set_free(set);
    free(spec);
    free(batch);
    tree_remove(root);
}

static void cifar_files_can_be_listed_and_matched(void **state)
{
    char *root = tree_new();
    size_t size;
    for (int i = 1; i <= 10; i += 3) {
        uint8_t mark = (uint8_t)(i % 10);
        uint8_t *batch = cifar_batch(1, 1, &mark, &size);
        char *name = ses_format("data_batch_%d.bin", i);
        tree_bytes(root, name, batch, size);
        free(name);
        free(batch);
    }
    char *spec = ses_format("cifar10:%s/data_batch_*.bin", root);
    struct ses_set *set = open_with(spec, &plain);
    assert_string_equal(set->root, root);
    assert_int_equal(set->n_items, 4);
    assert_string_equal(set->items[0].path, "data_batch_1#0");
    assert_string_equal(set->items[3].path, "data_batch_10#0");
    assert_int_equal(set->items[2].class, 7);
    assert_int_equal(set->items[2].index, 2);
    ses_set_free(set);
    free(spec);
    spec = ses_format("cifar10:%s/data_batch_7.bin,%s/data_batch_4.bin", root,
                      root);
    set = open_with(spec, &plain);
    assert_int_equal(set->n_items, 2);
    assert_int_equal(set->items[0].class, 7);
    assert_int_equal(set->items[1].class, 4);
    ses_set_free(set);
    free(spec);
    spec = ses_format("cifar10:%s/nothing_*.bin", root);
    refuse(spec, SES_ENOTFOUND, "no file fits");
    free(spec);
    tree_remove(root);
}

static void cifar100_has_coarse_and_fine_labels(void **state)
{
    char *root = tree_new();
    size_t size;
    static const uint8_t marks[] = { 11, 19, 15, 29 }; /* coarse, fine */
    uint8_t *batch = cifar_batch(2, 2, marks, &size);
    tree_bytes(root, "test.bin", batch, size);
    char *spec = ses_format("cifar100:%s", root);
    struct ses_set_options opt = plain;
    struct ses_set *set = open_with(spec, &opt);
    assert_int_equal(set->n_classes, 100);
    assert_string_equal(set->classes[set->items[0].class].name, "cattle");
    assert_string_equal(set->classes[set->items[1].class].name, "dinosaur");
    assert_string_equal(set->classes[99].name, "worm");
    struct ses_image image = { 0 };
    struct ses_error err = { 0 };
    assert_int_equal(ses_set_read(set, 1, &image, &err), SES_OK);
    assert_int_equal(image.pixels[32 * 3], 10);
    assert_int_equal(image.pixels[32 * 3 + 2], 12);
    ses_image_release(&image);
    ses_set_free(set);
    opt.coarse = true;
    set = open_with(spec, &opt);
    assert_int_equal(set->n_classes, 20);
    assert_string_equal(set->classes[set->items[0].class].name,
                        "large_omnivores_and_herbivores");
    assert_string_equal(set->classes[set->items[1].class].name, "reptiles");
    ses_set_free(set);
    free(spec);
    free(batch);
    tree_remove(root);
}

static void cifar_files_of_another_kind_are_refused(void **state)
{
    /* C81 */
    char *root = tree_new();
    size_t size;
    static const uint8_t marks[] = { 3, 10, 3, 0 };
    uint8_t *batch = cifar_batch(2, 1, marks, &size);
    char *spec = ses_format("cifar10:%s/x.bin", root);
    tree_bytes(root, "x.bin", batch, size - 1);
    refuse(spec, SES_EFORMAT, "has 6145 bytes, expected a multiple of 3073");
    tree_bytes(root, "x.bin", batch, 0);
    refuse(spec, SES_EFORMAT, "has 0 bytes");
    tree_bytes(root, "x.bin", batch, 3074);
    refuse(spec, SES_EFORMAT, "it looks like CIFAR-100");
    tree_bytes(root, "x.bin", batch, size);
    refuse(spec, SES_EFORMAT, "image 1 has label 10, expected 0..9");
    tree_bytes(root, "x.bin", "\x80\x02}q\x01", 5);
    refuse(spec, SES_EFORMAT, "Python version");
    free(spec);
    spec = ses_format("cifar100:%s/x.bin", root);
    tree_bytes(root, "x.bin", batch, 3073);
    refuse(spec, SES_EFORMAT, "it looks like CIFAR-10");
    free(spec);
    spec = ses_format("cifar10:%s", root);
    refuse(spec, SES_ENOTFOUND, "holds no 'test_batch.bin', which");
    tree_files(root, "test_batch");
    refuse(spec, SES_ENOTFOUND, "Python version");
    free(spec);
    refuse("cifar10:", SES_EUSAGE, "names no folder or file");
    free(batch);
    tree_remove(root);
}

static void fashion_mnist_opens_whole(void **state)
{
    const char *folder = "/usr/share/datasets/fashion-mnist";
    if (access(folder, R_OK) != 0)
        skip();
    struct ses_set *set = open_with(folder, &plain);
    assert_int_equal(set->n_items, 10000);
    assert_int_equal(set->n_classes, 10);
    assert_contains(set->notes, "t10k-images-idx3-ubyte");
    int counts[10] = { 0 };
    for (size_t i = 0; i < set->n_items; i++)
        counts[set->classes[set->items[i].class].label]++;
    for (int c = 0; c < 10; c++)
        assert_int_equal(counts[c], 1000);
    static const int first[] = { 9, 2, 1, 1, 6 };
    for (int i = 0; i < 5; i++)
        assert_int_equal(set->classes[set->items[i].class].label, first[i]);
    assert_string_equal(set->items[17].path, "t10k-images#17");
    /* Sums over all pixels of images 0 and 9999, by numpy. */
    static const size_t index[] = { 0, 9999 };
    static const int sums[] = { 33456, 24390 };
    for (int i = 0; i < 2; i++) {
        struct ses_image image = { 0 };
        struct ses_error err = { 0 };
        assert_int_equal(ses_set_read(set, index[i], &image, &err), SES_OK);
        assert_int_equal(image.width, 28);
        assert_int_equal(image.height, 28);
        int sum = 0;
        for (int j = 0; j < 28 * 28; j++)
            sum += image.pixels[j];
        assert_int_equal(sum, sums[i]);
        ses_image_release(&image);
    }
    ses_set_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idx_pairs_open_plain_and_compressed),
        cmocka_unit_test(a_folder_with_a_pair_is_found),
        cmocka_unit_test(damaged_idx_files_are_refused),
        cmocka_unit_test(idx_files_that_promise_too_much_cost_no_memory),
        cmocka_unit_test(a_flipped_bit_in_compressed_data_is_noticed),
        cmocka_unit_test(idx_specs_name_two_files),
        cmocka_unit_test(cifar10_batches_are_planes_after_a_label),
        cmocka_unit_test(cifar_files_can_be_listed_and_matched),
        cmocka_unit_test(cifar100_has_coarse_and_fine_labels),
        cmocka_unit_test(cifar_files_of_another_kind_are_refused),
        cmocka_unit_test(fashion_mnist_opens_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
