/* core/images/labels*: label tables, and which output a class is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/images/labels.h"
#include "core/images/names.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/sets.h"
#include "tests/support/tree.h"

static struct ses_labels table(const char *name)
{
    struct ses_error err = { 0 };
    struct ses_labels labels = { 0 };
    if (ses_labels_open(name, &labels, &err))
        fail_msg("%s", err.message);
    return labels;
}

/* A set of class folders; names end in NULL. */
static struct ses_set *folders(char *root, const char *const *names)
{
    for (; *names; names++) {
        char *path = ses_format("%s/x.jpg", *names);
        tree_files(root, path);
        free(path);
    }
    return open_with(root, &plain);
}

#define FOLDERS(root, ...) \
    folders(root, (const char *const[]){ __VA_ARGS__, NULL })

static void apply(const struct ses_labels *labels, struct ses_set *set,
                  int outputs)
{
    struct ses_error err = { 0 };
    if (ses_labels_apply(labels, set, outputs, &err))
        fail_msg("%s", err.message);
}

static void refuse(const struct ses_labels *labels, struct ses_set *set,
                   int outputs, enum ses_status status, const char *words)
{
    struct ses_error err = { 0 };
    assert_int_equal(ses_labels_apply(labels, set, outputs, &err), status);
    assert_contains(err.message, words);
    for (size_t i = 0; i < set->n_classes; i++)
        assert_int_equal(set->classes[i].output, -1);
}

static void imagenet_is_in_the_order_of_wnids(void **state)
{
    struct ses_labels labels = table("imagenet");
    assert_int_equal(labels.count, 1000);
    for (size_t i = 1; i < 1000; i++)
        assert_true(strcmp(labels.items[i - 1].wnid,
                           labels.items[i].wnid) < 0);
    assert_string_equal(labels.items[1].wnid, "n01443537");
    assert_string_equal(labels.items[1].name, "goldfish, Carassius auratus");
    assert_string_equal(labels.items[388].wnid, "n02510455");
    assert_string_equal(labels.items[999].wnid, "n15075141");
    ses_labels_release(&labels);
}

static void the_devkit_order_is_that_of_the_caffe_networks(void **state)
{
    /* C02, C06 */
    static const struct {
        int output;
        const char *wnid;
    } facts[] = { { 449, "n01443537" }, { 142, "n02110958" },
                  { 358, "n09246464" }, { 371, "n03954731" },
                  { 229, "n02690373" }, { 230, "n04552348" },
                  { 168, "n02510455" } };
    struct ses_labels labels = table("imagenet-devkit");
    assert_int_equal(labels.count, 1000);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        assert_string_equal(labels.items[facts[i].output].wnid,
                            facts[i].wnid);
    /* No output is the same in both orders, and every class occurs. */
    bool seen[1000] = { false };
    for (int i = 0; i < 1000; i++) {
        int row = ses_imagenet_find(labels.items[i].wnid);
        assert_in_range(row, 0, 999);
        assert_int_not_equal(row, i);
        assert_false(seen[row]);
        seen[row] = true;
    }
    ses_labels_release(&labels);
}

static void the_embedded_tables_are_those_of_the_sources(void **state)
{
    const char *path = shared_path("data/imagenet-labels.txt");
    if (!path)
        skip();
    struct ses_labels file = table(path);
    struct ses_labels known = table("imagenet");
    assert_int_equal(file.count, 1000);
    for (size_t i = 0; i < 1000; i++) {
        assert_string_equal(file.items[i].wnid, known.items[i].wnid);
        char *first = ses_name_first(known.items[i].name);
        assert_string_equal(file.items[i].name, first);
        free(first);
    }
    ses_labels_release(&file);
    ses_labels_release(&known);

    FILE *tsv = fopen(shared_path("data/imagenet-devkit-order.tsv"), "r");
    assert_non_null(tsv);
    known = table("imagenet-devkit");
    char line[128], wnid[10];
    int output, sorted, rows = 0;
    assert_non_null(fgets(line, sizeof line, tsv));
    while (fgets(line, sizeof line, tsv)) {
        assert_int_equal(sscanf(line, "%d %9s %d", &output, wnid, &sorted),
                         3);
        assert_string_equal(known.items[output].wnid, wnid);
        rows++;
    }
    assert_int_equal(rows, 1000);
    fclose(tsv);
    ses_labels_release(&known);
}

static void tables_of_names_are_whole(void **state)
{
    static const struct {
        const char *table;
        size_t count, index;
        const char *name;
    } facts[] = {
        { "cifar10", 10, 0, "airplane" },
        { "cifar10", 10, 9, "truck" },
        { "cifar100", 100, 0, "apple" },
        { "cifar100", 100, 41, "lawn_mower" },
        { "cifar100", 100, 80, "squirrel" },
        { "cifar100", 100, 99, "worm" },
        { "cifar100-coarse", 20, 11, "large_omnivores_and_herbivores" },
        { "cifar100-coarse", 20, 19, "vehicles_2" },
        { "fashion-mnist", 10, 0, "T-shirt/top" },
        { "fashion-mnist", 10, 9, "Ankle boot" },
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        struct ses_labels labels = table(facts[i].table);
        assert_int_equal(labels.count, facts[i].count);
        assert_string_equal(labels.items[facts[i].index].name,
                            facts[i].name);
        assert_null(labels.items[facts[i].index].wnid);
        ses_labels_release(&labels);
    }
}

static void files_have_a_line_an_output(void **state)
{
    char *root = tree_new();
    tree_text(root, "table", "\xef\xbb\xbf" "n01443537 goldfish, gold fish\r\n"
                             "caf\xc3\xa9, coffee\n"
                             "n02110958\n"
                             "n00000001\tunknown\n"
                             "n014435371 no wnid\n\n");
    char *path = tree_path(root, "table");
    struct ses_labels labels = table(path);
    assert_int_equal(labels.count, 5);
    assert_string_equal(labels.items[0].wnid, "n01443537");
    assert_string_equal(labels.items[0].name, "goldfish, gold fish");
    assert_null(labels.items[1].wnid);
    assert_string_equal(labels.items[1].name, "caf\xc3\xa9, coffee");
    assert_string_equal(labels.items[2].wnid, "n02110958");
    assert_string_equal(labels.items[2].name, "pug, pug-dog");
    assert_string_equal(labels.items[3].name, "unknown");
    assert_null(labels.items[4].wnid);
    ses_labels_release(&labels);
    free(path);
    tree_remove(root);
}

static void bad_tables_are_refused(void **state)
{
    static const struct {
        const char *text;
        const char *words;
    } cases[] = {
        { "a\n\nb\n", "line 2: is empty" },
        { "a\nb\xe9\n", "line 2: is not UTF-8" },
        { "a\n\xc0\x80\n", "line 2: is not UTF-8" },
        { "\xed\xa0\x80\n", "line 1: is not UTF-8" },
        { "n01443537 a\nx\nn01443537 b\n", "in line 1 and in line 3" },
        { "", "no lines" },
        { "\n\n", "no lines" },
    };
    char *root = tree_new();
    char *path = tree_path(root, "table");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_error err = { 0 };
        struct ses_labels labels = { 0 };
        tree_text(root, "table", cases[i].text);
        assert_int_equal(ses_labels_open(path, &labels, &err), SES_EFORMAT);
        assert_contains(err.message, cases[i].words);
        assert_null(labels.items);
    }
    struct ses_error err = { 0 };
    struct ses_labels labels = { 0 };
    assert_int_equal(ses_labels_open("imagenett", &labels, &err), SES_EIO);
    assert_contains(err.message, "imagenet-devkit");
    free(path);
    tree_remove(root);
}

static void another_number_of_rows_names_both(void **state)
{
    /* C05 */
    char *root = tree_new();
    struct ses_text text = { 0 };
    ses_text_add(&text, "wnid name\n");
    for (int i = 0; i < SES_IMAGENET_CLASSES; i++)
        ses_text_add(&text, "%s\n", ses_imagenet[i].wnid);
    tree_text(root, "table", text.data);
    char *path = tree_path(root, "table");
    struct ses_labels labels = table(path);
    struct ses_set *set = FOLDERS(root, "n01443537");
    refuse(&labels, set, 1000, SES_EUSAGE,
           "the label table has 1001 rows, the network 1000 outputs");
    ses_set_free(set);
    ses_labels_release(&labels);
    ses_text_release(&text);
    free(path);
    tree_remove(root);
}

static void the_wnid_decides_with_fewer_folders_than_outputs(void **state)
{
    /* C01, C07: the same folders in both orders. */
    static const int sorted[] = { 1, 254, 404, 972 };
    static const int devkit[] = { 449, 142, 229, 358 };
    for (int i = 0; i < 2; i++) {
        char *root = tree_new();
        struct ses_labels labels = table(i ? "imagenet-devkit" : "imagenet");
        struct ses_set *set = FOLDERS(root, "n01443537", "n02110958-pug",
                                      "n02690373", "n09246464_cliff");
        apply(&labels, set, 1000);
        for (int c = 0; c < 4; c++)
            assert_int_equal(set->classes[c].output, (i ? devkit : sorted)[c]);
        assert_string_equal(set->classes[0].name, "goldfish");
        assert_string_equal(set->classes[0].names,
                            "goldfish, Carassius auratus");
        assert_string_equal(set->classes[1].id, "n02110958-pug");
        assert_string_equal(set->classes[3].name, "cliff");
        assert_null(set->notes);
        ses_set_free(set);
        ses_labels_release(&labels);
        tree_remove(root);
    }
}

static void folders_are_matched_by_name_where_they_have_no_wnid(void **state)
{
    char *root = tree_new();
    struct ses_labels labels = table("imagenet");
    /* A synonym, underscores, another case, and the exact of two cases. */
    struct ses_set *set = FOLDERS(root, "Giant_Panda", "cardigan", "cliff",
                                  "goldfish", "pug-dog", "wonder");
    apply(&labels, set, 1000);
    static const char *const wnids[] = { "n02510455", "n02963159",
                                         "n09246464", "n01443537",
                                         "n02110958" };
    for (int c = 0; c < 5; c++)
        assert_int_equal(set->classes[c].output, ses_imagenet_find(wnids[c]));
    assert_int_equal(set->classes[5].output, -1);
    assert_string_equal(set->classes[5].name, "wonder");
    assert_contains(set->notes, "1 of 6 classes are not in the label table "
                                "and have no output: 'wonder'");
    ses_set_free(set);
    ses_labels_release(&labels);
    tree_remove(root);
}

static void an_ambiguous_folder_name_is_an_error(void **state)
{
    char *root = tree_new();
    struct ses_labels labels = table("imagenet");
    struct ses_set *set = FOLDERS(root, "crane", "goldfish");
    refuse(&labels, set, 1000, SES_EUSAGE, "n02012849 crane");
    refuse(&labels, set, 1000, SES_EUSAGE, "n03126707 crane");
    ses_set_free(set);
    tree_remove(root);
    root = tree_new();
    set = FOLDERS(root, "plane");
    refuse(&labels, set, 1000, SES_EUSAGE, "could be 3 rows");
    ses_set_free(set);
    ses_labels_release(&labels);
    tree_remove(root);
}

static void a_table_that_knows_no_class_is_an_error(void **state)
{
    char *root = tree_new();
    struct ses_labels labels = table("cifar10");
    struct ses_set *set = FOLDERS(root, "n01443537", "n02110958");
    refuse(&labels, set, 10, SES_ENOTFOUND, "which has no wnids");
    ses_set_free(set);
    ses_labels_release(&labels);
    tree_remove(root);
}

static void without_a_table_positions_count_when_numbers_agree(void **state)
{
    char *root = tree_new();
    struct ses_set *set = FOLDERS(root, "dog", "cat", "n01443537");
    apply(NULL, set, 4);
    for (int c = 0; c < 3; c++)
        assert_int_equal(set->classes[c].output, -1);
    assert_contains(set->notes, "the set has 3 classes, the network 4 "
                                "outputs");
    assert_string_equal(set->classes[2].name, "goldfish");
    apply(NULL, set, 3);
    for (int c = 0; c < 3; c++)
        assert_int_equal(set->classes[c].output, c);
    apply(NULL, set, 0);
    for (int c = 0; c < 3; c++)
        assert_int_equal(set->classes[c].output, -1);
    assert_false(ses_set_has_wnids(set));
    ses_set_free(set);
    tree_remove(root);
}

static void sets_of_wnids_are_known(void **state)
{
    char *root = tree_new();
    struct ses_set *set = FOLDERS(root, "n02110958", "n01443537");
    assert_true(ses_set_has_wnids(set));
    apply(NULL, set, 1000);
    assert_contains(set->notes, "--labels (imagenet, or imagenet-devkit");
    ses_set_free(set);
    tree_remove(root);
}

static void classes_of_one_name_are_told_apart(void **state)
{
    char *root = tree_new();
    struct ses_labels labels = table("imagenet");
    struct ses_set *set = FOLDERS(root, "n02012849", "n03126707",
                                  "n01443537", "goldfish");
    apply(&labels, set, 1000);
    assert_string_equal(set->classes[0].name, "goldfish (goldfish)");
    assert_string_equal(set->classes[1].name, "goldfish (n01443537)");
    assert_string_equal(set->classes[2].name, "crane (n02012849)");
    assert_string_equal(set->classes[3].name, "crane (n03126707)");
    assert_contains(set->notes, "are both output 1");
    ses_set_free(set);
    ses_labels_release(&labels);
    tree_remove(root);
}

static void labels_of_lists_are_outputs(void **state)
{
    char *root = tree_new();
    tree_text(root, "list", "x 449\nx 0\nx 1000\nx 2000\n");
    tree_files(root, "x");
    char *path = tree_path(root, "list");
    struct ses_error err = { 0 };
    struct ses_set *set = NULL;
    assert_int_equal(ses_set_open(path, &plain, &set, &err), SES_OK);
    struct ses_labels labels = table("imagenet-devkit");
    apply(&labels, set, 1000);
    assert_int_equal(set->classes[0].output, 0);
    assert_string_equal(set->classes[0].id, "n02119789");
    assert_int_equal(set->classes[1].output, 449);
    assert_string_equal(set->classes[1].id, "n01443537");
    assert_string_equal(set->classes[1].name, "goldfish");
    assert_int_equal(set->classes[2].output, -1);
    assert_contains(set->notes, "2 of 4 labels are beyond the network's 1000 "
                                "outputs");
    ses_set_free(set);
    ses_labels_release(&labels);

    /* Without a table. */
    assert_int_equal(ses_set_open(path, &plain, &set, &err), SES_OK);
    apply(NULL, set, 1001);
    assert_int_equal(set->classes[2].output, 1000);
    assert_int_equal(set->classes[3].output, -1);
    assert_string_equal(set->classes[1].name, "449");
    ses_set_free(set);
    free(path);
    tree_remove(root);
}

static void labels_up_to_the_number_of_outputs_are_suspect(void **state)
{
    /* C03: too few classes to be noticed before the outputs are known. */
    char *root = tree_new();
    tree_text(root, "list", "x 449\nx 1000\n");
    tree_files(root, "x");
    char *path = tree_path(root, "list");
    struct ses_error err = { 0 };
    struct ses_set *set = NULL;
    assert_int_equal(ses_set_open(path, &plain, &set, &err), SES_OK);
    refuse(NULL, set, 1000, SES_EUSAGE, "--label-base 1");
    ses_set_free(set);
    struct ses_set_options opt = plain;
    opt.label_base = 1;
    assert_int_equal(ses_set_open(path, &opt, &set, &err), SES_OK);
    apply(NULL, set, 1000);
    assert_int_equal(set->classes[0].output, 448);
    assert_int_equal(set->classes[1].output, 999);
    ses_set_free(set);
    free(path);
    tree_remove(root);
}

static void names_fit_in_degrees(void **state)
{
    const char *names = "plane, carpenter's plane, Woodworking plane";
    assert_int_equal(ses_name_match(names, "plane"), SES_FIT_EXACT);
    assert_int_equal(ses_name_match(names, "carpenter's_plane"),
                     SES_FIT_EXACT);
    assert_int_equal(ses_name_match(names, "woodworking plane"),
                     SES_FIT_FOLDED);
    assert_int_equal(ses_name_match(names, "woodworking"), SES_FIT_WORDS);
    assert_int_equal(ses_name_match(names, "lane"), SES_FIT_NONE);
    assert_int_equal(ses_name_match(names, "wood"), SES_FIT_NONE);
    assert_int_equal(ses_name_match(names, ""), SES_FIT_NONE);
    assert_int_equal(ses_name_match("caf\xc3\xa9", "caf"), SES_FIT_NONE);
    assert_int_equal(ses_wnid_length("n01443537"), 9);
    assert_int_equal(ses_wnid_length("n01443537_x"), 9);
    assert_int_equal(ses_wnid_length("n0144353"), 0);
    assert_int_equal(ses_wnid_length("n014435370"), 0);
    assert_int_equal(ses_wnid_length("n01443537x"), 0);
    assert_int_equal(ses_wnid_length("N01443537"), 0);
    assert_int_equal(ses_wnid_length(""), 0);
    assert_int_equal(ses_imagenet_find("n00000000"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(imagenet_is_in_the_order_of_wnids),
        cmocka_unit_test(the_devkit_order_is_that_of_the_caffe_networks),
        cmocka_unit_test(the_embedded_tables_are_those_of_the_sources),
        cmocka_unit_test(tables_of_names_are_whole),
        cmocka_unit_test(files_have_a_line_an_output),
        cmocka_unit_test(bad_tables_are_refused),
        cmocka_unit_test(another_number_of_rows_names_both),
        cmocka_unit_test(the_wnid_decides_with_fewer_folders_than_outputs),
        cmocka_unit_test(folders_are_matched_by_name_where_they_have_no_wnid),
        cmocka_unit_test(an_ambiguous_folder_name_is_an_error),
        cmocka_unit_test(a_table_that_knows_no_class_is_an_error),
        cmocka_unit_test(without_a_table_positions_count_when_numbers_agree),
        cmocka_unit_test(sets_of_wnids_are_known),
        cmocka_unit_test(classes_of_one_name_are_told_apart),
        cmocka_unit_test(labels_of_lists_are_outputs),
        cmocka_unit_test(labels_up_to_the_number_of_outputs_are_suspect),
        cmocka_unit_test(names_fit_in_degrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
