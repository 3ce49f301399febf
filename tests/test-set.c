/* core/images/set*: opening sets of every kind, and reading pixels. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/random.h"
#include "core/base/text.h"
#include "core/images/order.h"
#include "core/images/set.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/sets.h"
#include "tests/support/tree.h"

/* The ids of a set's classes with commas between. */
static char *ids(const struct ses_set *set)
{
    struct ses_text text = { 0 };
    for (size_t i = 0; i < set->n_classes; i++)
        ses_text_add(&text, "%s%s", i ? "," : "", set->classes[i].id);
    assert_non_null(text.data);
    return text.data;
}

#define assert_ids(set, expected)                 \
    do {                                          \
        char *ids_ = ids(set);                    \
        assert_string_equal(ids_, expected);      \
        free(ids_);                               \
    } while (0)

static void classes_are_in_byte_order_however_they_were_made(void **state)
{
    /* C10: made in reverse. */
    char *root = tree_new();
    tree_files(root, "pug/2.jpg", "pug/1.jpg", "cliff/1.jpg", "Zoo/1.jpg",
               "airliner/1.jpg");
    struct ses_set *set = open_with(root, &plain);
    assert_ids(set, "Zoo,airliner,cliff,pug");
    assert_int_equal(set->n_items, 5);
    assert_string_equal(set->items[3].path, "pug/1.jpg");
    assert_string_equal(set->items[4].path, "pug/2.jpg");
    assert_int_equal(set->items[4].class, 3);
    assert_int_equal(set->classes[3].output, -1);
    assert_null(set->notes);
    ses_set_free(set);
    tree_remove(root);
}

static void items_are_those_of_torchvision(void **state)
{
    char *root = tree_new();
    char *text = read_file(data_path("set/image-folder.tsv"), NULL);
    char *lines[64], *rest = text, *line;
    int classes[64], n = 0;
    while ((line = strsep(&rest, "\n")) && *line) {
        char *tab = strchr(line, '\t');
        assert_non_null(tab);
        *tab = '\0';
        long class;
        assert_true(ses_parse_long(tab + 1, 0, 63, &class));
        assert_true(n < 64);
        lines[n] = line;
        classes[n++] = (int)class;
    }
    assert_int_equal(n, 19);
    for (int i = n; i-- > 0;)
        tree_files(root, lines[i]);
    tree_files(root, "a.b/.jpg.png", "b/README", "b/notes.txt", "a/x.gif",
               "b/.DS_Store", "b/._a.jpg");
    struct ses_set *set = open_with(root, &plain);
    assert_int_equal(set->n_items, n);
    for (int i = 0; i < n; i++) {
        assert_string_equal(set->items[i].path, lines[i]);
        assert_int_equal(set->items[i].class, classes[i]);
    }
    assert_contains(set->notes, "3 files without a picture's extension left "
                                "out ('a/x.gif', ...)");
    assert_contains(set->notes, "1 class folder without pictures, kept as "
                                "class: 'a.b'");
    ses_set_free(set);
    free(text);
    tree_remove(root);
}

static void integer_folders_are_hinted_at_and_sorted_three_ways(void **state)
{
    /* C08 */
    char *root = tree_new();
    for (int i = 11; i >= 0; i--) {
        char *path = ses_format("%d/x.png", i);
        tree_files(root, path);
        free(path);
    }
    struct ses_set *set = open_with(root, &plain);
    assert_ids(set, "0,1,10,11,2,3,4,5,6,7,8,9");
    assert_contains(set->notes, "all class names are integers and sort as "
                                "text ('11' before '2')");
    assert_contains(set->notes, "--folder-order numeric");
    ses_set_free(set);
    struct ses_set_options opt = plain;
    opt.folder_order = SES_FOLDER_NUMERIC;
    set = open_with(root, &opt);
    assert_ids(set, "0,1,2,3,4,5,6,7,8,9,10,11");
    assert_string_equal(set->items[10].path, "10/x.png");
    assert_int_equal(set->items[10].class, 10);
    assert_null(set->notes);
    ses_set_free(set);
    opt.folder_order = SES_FOLDER_NATURAL;
    set = open_with(root, &opt);
    assert_ids(set, "0,1,2,3,4,5,6,7,8,9,10,11");
    ses_set_free(set);
    tree_files(root, "cat/x.png");
    opt.folder_order = SES_FOLDER_NUMERIC;
    refuse_set(root, &opt, SES_EUSAGE, "class 'cat' is not a number");
    tree_remove(root);
}

static void natural_order_reproduces_timm(void **state)
{
    /* C09 */
    char *root = tree_new();
    tree_files(root, "a1/x.png", "a10/x.png", "a2/x.png", "B1/x.png");
    struct ses_set_options opt = plain;
    struct ses_set *set = open_with(root, &opt);
    assert_ids(set, "B1,a1,a10,a2");
    ses_set_free(set);
    opt.folder_order = SES_FOLDER_NATURAL;
    set = open_with(root, &opt);
    assert_ids(set, "a1,a2,a10,B1");
    ses_set_free(set);
    tree_remove(root);

    char *text = read_file(data_path("set/natural-order.txt"), NULL);
    char *expected[256], *names[256], *rest = text, *line;
    size_t n = 0;
    for (; (line = strsep(&rest, "\n")) && *line && n < 256; n++)
        names[n] = expected[n] = line;
    assert_int_equal(n, 118);
    struct ses_random random;
    ses_random_seed(&random, 1);
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)ses_random_below(&random, i);
        char *name = names[i - 1];
        names[i - 1] = names[j];
        names[j] = name;
    }
    assert_int_equal(ses_order_names(names, n, SES_FOLDER_NATURAL, NULL),
                     SES_OK);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(names[i], expected[i]);
    free(text);
}

static void numbers_of_any_length_are_in_order(void **state)
{
    assert_true(ses_order_numeric("9", "99999999999999999999999") < 0);
    assert_true(ses_order_numeric("100000000000000000000000",
                                  "99999999999999999999999") > 0);
    assert_true(ses_order_numeric("007", "8") < 0);
    assert_true(ses_order_numeric("01", "1") != 0);
    assert_true(ses_is_number("0123456789"));
    assert_false(ses_is_number(""));
    assert_false(ses_is_number("1a"));
    assert_false(ses_is_number("-1"));
}

static void a_flat_folder_asks_for_a_list_file(void **state)
{
    /* C12 */
    char *root = tree_new();
    tree_files(root, "ILSVRC2012_val_00000001.JPEG",
               "ILSVRC2012_val_00000002.JPEG");
    refuse_set(root, &plain, SES_EUSAGE, "holds pictures but no class folders");
    refuse_set(root, &plain, SES_EUSAGE, "'ILSVRC2012_val_00000001.JPEG'");
    refuse_set(root, &plain, SES_EUSAGE, "list file");
    tree_files(root, "n01443537_goldfish.JPEG");
    refuse_set(root, &plain, SES_EUSAGE, "list file");
    tree_remove(root);
}

static void flat_names_that_start_with_a_wnid_are_classes(void **state)
{
    char *root = tree_new();
    tree_files(root, "n02110958_pug.JPEG", "n01443537_b.JPEG",
               "n01443537_a.JPEG", "n09246464_12.jpg", "LICENSE", ".x.jpg");
    char *slash = tree_path(root, "/");
    struct ses_set *set = open_with(slash, &plain);
    assert_string_equal(set->root, root);
    assert_ids(set, "n01443537,n02110958,n09246464");
    assert_int_equal(set->n_items, 4);
    assert_string_equal(set->items[0].path, "n01443537_a.JPEG");
    assert_int_equal(set->items[1].class, 0);
    assert_int_equal(set->items[3].class, 2);
    assert_contains(set->notes, "('LICENSE')");
    ses_set_free(set);
    free(slash);
    tree_remove(root);
}

static void folders_that_hold_no_set_are_refused(void **state)
{
    char *root = tree_new();
    char *missing = tree_path(root, "missing");
    refuse_set(missing, &plain, SES_EIO, "missing");
    refuse_set(root, &plain, SES_EFORMAT, "neither class folders nor pictures");
    tree_files(root, "cat/", "dog/readme");
    refuse_set(root, &plain, SES_EFORMAT, "2 class folders, but no picture");
    free(missing);
    tree_remove(root);
}

static void a_folder_of_splits_is_refused(void **state)
{
    char *root = tree_new();
    tree_files(root, "test/cat/1.jpg", "train/cat/1.jpg");
    refuse_set(root, &plain, SES_EUSAGE, "/test'");
    tree_files(root, "test/1.jpg");
    struct ses_set *set = open_with(root, &plain);
    assert_ids(set, "test,train");
    ses_set_free(set);
    tree_remove(root);
}

static void oddities_of_folders_are_noted(void **state)
{
    char *root = tree_new();
    tree_files(root, "cat/1.jpg", ".ipynb_checkpoints/1.jpg", "loose.jpg",
               "other/1.jpg");
    char *loop = tree_path(root, "cat/loop");
    char *dangling = tree_path(root, "gone");
    char *file = tree_path(root, "cat/2.jpg");
    char *folder = tree_path(root, "linked");
    assert_int_equal(symlink("..", loop), 0);
    assert_int_equal(symlink("nowhere", dangling), 0);
    assert_int_equal(symlink("missing.jpg", file), 0);
    assert_int_equal(symlink("other", folder), 0);
    struct ses_set *set = open_with(root, &plain);
    assert_ids(set, "cat,linked,other");
    assert_int_equal(set->n_items, 4);
    assert_string_equal(set->items[1].path, "cat/2.jpg");
    assert_string_equal(set->items[2].path, "linked/1.jpg");
    assert_contains(set->notes, "1 picture beside the class folders");
    assert_contains(set->notes, "'.ipynb_checkpoints'");
    assert_contains(set->notes, "'gone' leads nowhere");
    assert_contains(set->notes, "'cat/loop' leads to a folder it is in");
    struct ses_error err = { 0 };
    struct ses_image image = { 0 };
    assert_int_equal(ses_set_read(set, 1, &image, &err), SES_EIO);
    assert_contains(err.message, "No such file");
    ses_set_free(set);
    free(loop);
    free(dangling);
    free(file);
    free(folder);
    tree_remove(root);
}

/* Two pixels, (10, 20, 30) and (200, 100, 50), by Pillow. */
static const uint8_t png[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d,
    0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01,
    0x08, 0x02, 0x00, 0x00, 0x00, 0x7b, 0x40, 0xe8, 0xdd, 0x00, 0x00, 0x00,
    0x0f, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0xe4, 0x12, 0x91, 0xdb,
    0x17, 0x20, 0x02, 0x00, 0x04, 0x14, 0x01, 0x60, 0xba, 0xeb, 0xc2, 0x59,
    0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
};

static void pictures_are_told_by_content_and_bad_ones_are_errors(void **state)
{
    /* C74, C76 */
    char *root = tree_new();
    tree_bytes(root, "cat/1 one.JPEG", png, sizeof png);
    tree_bytes(root, "cat/2.png", png, sizeof png - 30);
    tree_text(root, "cat/3.jpg", "no picture");
    tree_files(root, "cat/4.jpg", "cat/d.jpg/x.jpg");
    struct ses_set *set = open_with(root, &plain);
    assert_int_equal(set->n_items, 5);
    struct ses_error err = { 0 };
    struct ses_image image = { 0 };
    assert_int_equal(ses_set_read(set, 0, &image, &err), SES_OK);
    assert_int_equal(image.width, 2);
    assert_int_equal(image.height, 1);
    assert_int_equal(image.channels, 3);
    static const uint8_t pixels[] = { 10, 20, 30, 200, 100, 50 };
    assert_memory_equal(image.pixels, pixels, sizeof pixels);
    ses_image_release(&image);
    for (size_t i = 1; i < 5; i++)
        assert_int_not_equal(ses_set_read(set, i, &image, &err), SES_OK);
    assert_int_equal(ses_set_read(set, 3, &image, &err), SES_EFORMAT);
    assert_contains(err.message, "is an empty file");
    ses_set_free(set);
    tree_remove(root);
}

static void huge_and_odd_files_are_not_read(void **state)
{
    char *root = tree_new();
    tree_files(root, "cat/1.jpg");
    char *big = tree_path(root, "cat/1.jpg");
    char *pipe_path = tree_path(root, "cat/2.jpg");
    assert_int_equal(truncate(big, ((off_t)1 << 30) + 1), 0);
    assert_int_equal(mkfifo(pipe_path, 0666), 0);
    struct ses_set *set = open_with(root, &plain);
    assert_int_equal(set->n_items, 2);
    struct ses_error err = { 0 };
    struct ses_image image = { 0 };
    assert_int_equal(ses_set_read(set, 0, &image, &err), SES_EUNSUPPORTED);
    assert_contains(err.message, "1073741825 bytes");
    assert_int_equal(ses_set_read(set, 1, &image, &err), SES_EIO);
    assert_contains(err.message, "is a device");
    ses_set_free(set);
    free(big);
    free(pipe_path);
    tree_remove(root);
}

static void lists_have_a_path_and_a_label_a_line(void **state)
{
    char *root = tree_new();
    tree_text(root, "list.txt",
              "\xef\xbb\xbf" "b/one two.jpg 7\r\n"
              "# a comment\r\n"
              "\r\n"
              "  a.jpg\t0  \n"
              "ü.png   7\n"
              "/abs/x.jpg 12");
    tree_files(root, "a.jpg");
    char *list = tree_path(root, "list.txt");
    struct ses_set *set = open_with(list, &plain);
    assert_string_equal(set->root, root);
    assert_ids(set, "0,7,12");
    assert_int_equal(set->classes[1].label, 7);
    assert_int_equal(set->n_items, 4);
    assert_string_equal(set->items[0].path, "b/one two.jpg");
    assert_int_equal(set->items[0].class, 1);
    assert_string_equal(set->items[1].path, "a.jpg");
    assert_int_equal(set->items[1].class, 0);
    assert_string_equal(set->items[2].path, "ü.png");
    assert_int_equal(set->items[2].class, 1);
    assert_string_equal(set->items[3].path, "/abs/x.jpg");
    assert_int_equal(set->items[3].class, 2);
    ses_set_free(set);
    free(list);
    tree_remove(root);
}

static void an_image_root_stands_before_every_path(void **state)
{
    char *root = tree_new();
    tree_text(root, "list.txt", "/a.jpg 0\nb.jpg 1\n");
    tree_bytes(root, "pictures/a.jpg", png, sizeof png);
    char *list = tree_path(root, "list.txt");
    char *pictures = tree_path(root, "pictures");
    refuse_set(list, &plain, SES_ENOTFOUND, "--image-root");
    struct ses_set_options opt = plain;
    opt.image_root = pictures;
    struct ses_set *set = open_with(list, &opt);
    assert_string_equal(set->root, pictures);
    assert_string_equal(set->items[0].path, "a.jpg");
    struct ses_error err = { 0 };
    struct ses_image image = { 0 };
    assert_int_equal(ses_set_read(set, 0, &image, &err), SES_OK);
    ses_image_release(&image);
    assert_int_equal(ses_set_read(set, 1, &image, &err), SES_EIO);
    ses_set_free(set);
    free(list);
    free(pictures);
    tree_remove(root);
}

static void labels_from_one_need_a_label_base(void **state)
{
    /* C03 */
    char *root = tree_new();
    struct ses_text text = { 0 };
    for (int i = 1000; i >= 1; i--)
        ses_text_add(&text, "x.jpg %d\n", i);
    tree_text(root, "list.txt", text.data);
    ses_text_release(&text);
    tree_files(root, "x.jpg");
    char *list = tree_path(root, "list.txt");
    struct ses_set_options opt = plain;
    refuse_set(list, &opt, SES_EUSAGE, "labels run from 1 to 1000");
    refuse_set(list, &opt, SES_EUSAGE, "--label-base 1");
    opt.label_base = 1;
    struct ses_set *set = open_with(list, &opt);
    assert_int_equal(set->n_classes, 1000);
    assert_int_equal(set->classes[0].label, 0);
    assert_string_equal(set->classes[999].id, "999");
    assert_int_equal(set->items[0].class, 999);
    assert_true(set->label_base_given);
    ses_set_free(set);
    opt.label_base = 0;
    set = open_with(list, &opt);
    assert_int_equal(set->classes[0].label, 1);
    assert_int_equal(set->classes[999].label, 1000);
    ses_set_free(set);
    tree_text(root, "list.txt", "x.jpg 3\nx.jpg 0\n");
    opt.label_base = 1;
    refuse_set(list, &opt, SES_EFORMAT, "line 2: label '0'");
    free(list);
    tree_remove(root);
}

static void bad_lists_are_refused_with_the_line(void **state)
{
    char *root = tree_new();
    tree_files(root, "a.jpg");
    char *list = tree_path(root, "list.txt");
    tree_text(root, "list.txt", "a.jpg 0\n\na.jpg\n");
    refuse_set(list, &plain, SES_EFORMAT, "line 3: 'a.jpg' has no label");
    tree_text(root, "list.txt", "a.jpg 0\na.jpg cat\n");
    refuse_set(list, &plain, SES_EFORMAT, "line 2: label 'cat'");
    tree_text(root, "list.txt", "a.jpg -1\n");
    refuse_set(list, &plain, SES_EFORMAT, "line 1: label '-1'");
    tree_text(root, "list.txt", "a.jpg 99999999999999999999\n");
    refuse_set(list, &plain, SES_EFORMAT, "line 1: label '9999");
    tree_text(root, "list.txt", "a.jpg 1.5\n");
    refuse_set(list, &plain, SES_EFORMAT, "label '1.5'");
    tree_text(root, "list.txt", "\n\n");
    refuse_set(list, &plain, SES_EFORMAT, "lists no pictures");
    tree_text(root, "list.txt", "");
    refuse_set(list, &plain, SES_EFORMAT, "lists no pictures");
    tree_bytes(root, "list.txt", "a.jpg\0 1\n", 9);
    refuse_set(list, &plain, SES_EFORMAT, "a binary file");
    tree_bytes(root, "list.txt", png, sizeof png);
    refuse_set(list, &plain, SES_EFORMAT, "is a PNG picture, expected a folder "
                                          "or a list file");
    free(list);
    tree_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_are_in_byte_order_however_they_were_made),
        cmocka_unit_test(items_are_those_of_torchvision),
        cmocka_unit_test(integer_folders_are_hinted_at_and_sorted_three_ways),
        cmocka_unit_test(natural_order_reproduces_timm),
        cmocka_unit_test(numbers_of_any_length_are_in_order),
        cmocka_unit_test(a_flat_folder_asks_for_a_list_file),
        cmocka_unit_test(flat_names_that_start_with_a_wnid_are_classes),
        cmocka_unit_test(folders_that_hold_no_set_are_refused),
        cmocka_unit_test(a_folder_of_splits_is_refused),
        cmocka_unit_test(oddities_of_folders_are_noted),
        cmocka_unit_test(pictures_are_told_by_content_and_bad_ones_are_errors),
        cmocka_unit_test(huge_and_odd_files_are_not_read),
        cmocka_unit_test(lists_have_a_path_and_a_label_a_line),
        cmocka_unit_test(an_image_root_stands_before_every_path),
        cmocka_unit_test(labels_from_one_need_a_label_base),
        cmocka_unit_test(bad_lists_are_refused_with_the_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
