/* core/images/select*: --classes, --per-class and --seed. */
#include <stdlib.h>

#include "core/base/text.h"
#include "core/images/labels.h"
#include "core/images/set.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/sets.h"
#include "tests/support/tree.h"

static struct ses_set *open_set(const char *spec, const char *table,
                                int outputs)
{
    struct ses_error err = { 0 };
    struct ses_set *set = NULL;
    struct ses_labels labels = { 0 };
    enum ses_status status = ses_set_open(spec, &plain, &set, &err);
    if (!status && table)
        status = ses_labels_open(table, &labels, &err);
    if (!status)
        status = ses_labels_apply(table ? &labels : NULL, set, outputs, &err);
    if (status)
        fail_msg("%s", err.message);
    ses_labels_release(&labels);
    return set;
}

/* Folders, each with this many empty pictures. */
static char *tree_of(int pictures, const char *const *names)
{
    char *root = tree_new();
    for (; *names; names++)
        for (int i = 0; i < pictures; i++) {
            char *path = ses_format("%s/%02d.jpg", *names, i);
            tree_files(root, path);
            free(path);
        }
    return root;
}

#define TREE(pictures, ...) \
    tree_of(pictures, (const char *const[]){ __VA_ARGS__, NULL })

static void choose(struct ses_set *set, const char *classes, size_t per_class,
                   uint64_t seed)
{
    struct ses_error err = { 0 };
    if (ses_set_select(set, classes, per_class, seed, &err))
        fail_msg("%s", err.message);
}

/* Selecting must fail, say why, and change nothing. */
static void refuse(struct ses_set *set, const char *classes,
                   enum ses_status status, const char *words)
{
    struct ses_error err = { 0 };
    size_t n_classes = set->n_classes, n_items = set->n_items;
    assert_int_equal(ses_set_select(set, classes, 0, 0, &err), status);
    assert_contains(err.message, words);
    assert_int_equal(set->n_classes, n_classes);
    assert_int_equal(set->n_items, n_items);
}

#define assert_ids(set, ...)                                            \
    do {                                                                \
        const char *const ids_[] = { __VA_ARGS__ };                     \
        assert_int_equal((set)->n_classes, sizeof ids_ / sizeof *ids_); \
        for (size_t i_ = 0; i_ < (set)->n_classes; i_++)                \
            assert_string_equal((set)->classes[i_].id, ids_[i_]);       \
    } while (0)

static void classes_stand_as_named_and_items_as_before(void **state)
{
    char *root = TREE(2, "n01440764", "n01443537", "n02110958", "n02690373",
                      "n09246464");
    struct ses_set *set = open_set(root, "imagenet", 1000);
    choose(set, "cliff, n01443537,Pug-Dog", 0, 0);
    assert_ids(set, "n09246464", "n01443537", "n02110958");
    assert_int_equal(set->classes[0].output, 972);
    assert_string_equal(set->classes[2].name, "pug");
    assert_int_equal(set->n_items, 6);
    static const char *const paths[] = {
        "n01443537/00.jpg", "n01443537/01.jpg", "n02110958/00.jpg",
        "n02110958/01.jpg", "n09246464/00.jpg", "n09246464/01.jpg"
    };
    static const int classes[] = { 1, 1, 2, 2, 0, 0 };
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(set->items[i].path, paths[i]);
        assert_int_equal(set->items[i].class, classes[i]);
    }
    ses_set_free(set);
    tree_remove(root);
}

static void paper_is_its_four_classes(void **state)
{
    char *root = TREE(1, "n01440764", "n09246464", "n01443537", "n02110958",
                      "n02690373_airliner");
    struct ses_set *set = open_set(root, NULL, 1000);
    choose(set, "paper", 0, 0);
    assert_ids(set, "n01443537", "n02110958", "n02690373_airliner",
               "n09246464");
    choose(set, "goldfish,pug", 0, 0);
    refuse(set, "paper", SES_EUSAGE, "the set has no class 'n02690373'");
    ses_set_free(set);
    tree_remove(root);
    root = TREE(1, "rock", "paper", "scissors");
    set = open_set(root, NULL, 3);
    choose(set, "paper", 0, 0);
    assert_ids(set, "paper");
    ses_set_free(set);
    tree_remove(root);
}

static void an_ambiguous_name_lists_its_candidates(void **state)
{
    /* C14 */
    char *root = TREE(1, "n02690373", "n04552348", "n03954731", "n09246464",
                      "n03042490", "n02012849", "n03126707");
    struct ses_set *set = open_set(root, "imagenet-devkit", 1000);
    refuse(set, "plane", SES_EUSAGE, "airliner (n02690373)");
    refuse(set, "plane", SES_EUSAGE, "warplane (n04552348)");
    refuse(set, "Plane", SES_EUSAGE, "plane (n03954731)");
    refuse(set, "cliff,plane", SES_EUSAGE, "'plane' could be ");
    refuse(set, "crane", SES_EUSAGE, "crane (n02012849), crane (n03126707)");
    refuse(set, "cardigan", SES_EUSAGE,
           "Cardigan (n02113186, not in this set)");
    choose(set, "cliff,cliff_dwelling,airliner,carpenter's plane,"
                "crane (n03126707)", 0, 0);
    assert_ids(set, "n09246464", "n03042490", "n02690373", "n03954731",
               "n03126707");
    ses_set_free(set);
    tree_remove(root);
}

static void a_name_means_the_same_in_every_subset(void **state)
{
    char *root = TREE(1, "n02690373", "n03042490", "n01491361");
    struct ses_set *set = open_set(root, "imagenet", 1000);
    refuse(set, "plane", SES_EUSAGE, "plane (n03954731, not in this set)");
    refuse(set, "cliff", SES_EUSAGE,
           "'cliff' is cliff (n09246464, not in this set)");
    refuse(set, "shark", SES_EUSAGE, "great white shark (n01484850, not in");
    refuse(set, "n09246464", SES_EUSAGE, "is not in the set");
    choose(set, "dwelling,tiger shark", 0, 0);
    assert_ids(set, "n03042490", "n01491361");
    ses_set_free(set);
    tree_remove(root);
}

static void unknown_names_suggest_near_ones(void **state)
{
    char *root = TREE(1, "airplane", "cat", "goldfish");
    struct ses_set *set = open_set(root, NULL, 3);
    refuse(set, "golfish", SES_EUSAGE, "did you mean 'goldfish'?");
    refuse(set, "plane", SES_EUSAGE, "did you mean 'airplane'?");
    refuse(set, "cat,,goldfish", SES_EUSAGE, "empty class name");
    refuse(set, "", SES_EUSAGE, "empty class name");
    refuse(set, "cat,CAT", SES_EUSAGE, "named already");
    ses_set_free(set);
    tree_remove(root);
}

static void numbers_are_ids_then_outputs_then_positions(void **state)
{
    char *root = TREE(1, "0", "1", "10", "2");
    struct ses_set *set = open_set(root, NULL, 4);
    refuse(set, "7", SES_EUSAGE, "no class of the set is output 7");
    refuse(set, "2,3", SES_EUSAGE, "named already");
    choose(set, "2,10", 0, 0);
    assert_ids(set, "2", "10");
    assert_int_equal(set->classes[0].output, 3);
    choose(set, "3", 0, 0);
    assert_ids(set, "2");
    ses_set_free(set);
    tree_remove(root);

    root = TREE(1, "ape", "bee", "cat");
    set = open_set(root, NULL, 0);
    refuse(set, "3", SES_EUSAGE, "the set has classes 0 to 2");
    choose(set, "2,0", 0, 0);
    assert_ids(set, "cat", "ape");
    ses_set_free(set);
    tree_remove(root);
}

static void a_sample_is_that_of_the_reference(void **state)
{
    /* scripts/reference/sample.py cat 20 5 7, and so on */
    static const int cat7[] = { 3, 5, 9, 10, 19 };
    static const int cat9[] = { 3, 9, 12, 15, 18 };
    static const int dog7[] = { 0, 5, 13, 17, 19 };
    char *root = TREE(20, "cat", "dog", "emu");
    for (int turn = 0; turn < 3; turn++) {
        struct ses_set *set = open_set(root, NULL, 3);
        choose(set, turn == 1 ? "dog,cat" : NULL, 5, turn == 2 ? 9 : 7);
        assert_int_equal(set->n_items, turn == 1 ? 10 : 15);
        for (int i = 0; i < 5; i++) {
            int cat = (turn == 2 ? cat9 : cat7)[i];
            char *path = ses_format("cat/%02d.jpg", cat);
            assert_string_equal(set->items[i].path, path);
            free(path);
            if (turn == 2)
                continue;
            path = ses_format("dog/%02d.jpg", dog7[i]);
            assert_string_equal(set->items[5 + i].path, path);
            free(path);
        }
        assert_null(set->notes);
        ses_set_free(set);
    }
    tree_remove(root);
}

static void labels_are_sampled_by_number_whatever_names_them(void **state)
{
    /* scripts/reference/sample.py 5 20 5 7 */
    static const int five[] = { 0, 2, 3, 7, 8 };
    char *root = tree_new();
    struct ses_text text = { 0 };
    for (int i = 0; i < 20; i++)
        ses_text_add(&text, "x/%d.jpg 5\nx/%d.jpg 8\n", i, i);
    tree_text(root, "list", text.data);
    tree_files(root, "x/0.jpg");
    char *list = tree_path(root, "list");
    static const char *const tables[] = { NULL, "cifar10", "imagenet" };
    for (int t = 0; t < 3; t++) {
        struct ses_set *set = open_set(list, tables[t], t == 2 ? 1000 : 10);
        choose(set, "5", 5, 7);
        assert_int_equal(set->n_items, 5);
        for (int i = 0; i < 5; i++) {
            char *path = ses_format("x/%d.jpg", five[i]);
            assert_string_equal(set->items[i].path, path);
            free(path);
        }
        ses_set_free(set);
    }
    free(list);
    ses_text_release(&text);
    tree_remove(root);
}

static void every_item_is_as_likely_as_another(void **state)
{
    /* 3 of 10, 3000 seeds: each item 900 times, standard deviation 25. */
    char *root = TREE(10, "cat");
    int counts[10] = { 0 };
    for (uint64_t seed = 0; seed < 3000; seed++) {
        struct ses_set *set = open_set(root, NULL, 1);
        choose(set, NULL, 3, seed);
        assert_int_equal(set->n_items, 3);
        for (int i = 0; i < 3; i++)
            counts[(set->items[i].path[5] - '0')]++;
        ses_set_free(set);
    }
    for (int i = 0; i < 10; i++)
        assert_in_range(counts[i], 800, 1000);
    tree_remove(root);
}

static void small_classes_are_kept_whole_and_noted(void **state)
{
    char *root = TREE(3, "cat", "dog");
    tree_files(root, "emu/1.jpg", "emu/2.jpg", "emu/3.jpg", "emu/4.jpg",
               "fox/");
    struct ses_set *set = open_set(root, NULL, 4);
    choose(set, "cat,emu", 4, 1);
    assert_int_equal(set->n_items, 7);
    assert_contains(set->notes, "class 'cat' has 3 of the 4 images asked for");
    ses_set_free(set);
    set = open_set(root, NULL, 4);
    choose(set, NULL, 4, 1);
    assert_int_equal(set->n_items, 10);
    assert_int_equal(set->n_classes, 4);
    assert_contains(set->notes, "3 classes have fewer than the 4 images "
                                "asked for ('cat' has 3)");
    refuse(set, "fox", SES_ENOTFOUND, "have no images");
    ses_set_free(set);
    tree_remove(root);
}

/* Unpack an archive of the shared data into a new folder. */
static char *unpack(const char *archive, const char *members)
{
    const char *shared = shared_path("data");
    if (!shared)
        return NULL;
    char *root = tree_new();
    char *command = ses_format("tar -x -f '%s/%s' -C '%s' %s", shared, archive,
                               root, members);
    assert_non_null(command);
    assert_int_equal(system(command), 0);
    free(command);
    return root;
}

static void photographs_of_imagenet_open_and_decode(void **state)
{
    char *root = unpack("imagenet-sample.tar", "");
    if (!root)
        skip();
    char *folder = tree_path(root, "imagenet-sample");
    struct ses_set *set = open_set(folder, "imagenet-devkit", 1000);
    assert_int_equal(set->n_classes, 207);
    assert_int_equal(set->n_items, 207);
    assert_true(ses_set_has_wnids(set));
    for (size_t i = 0; i < set->n_classes; i++)
        assert_in_range(set->classes[i].output, 0, 999);
    refuse(set, "plane", SES_EUSAGE, "airliner (n02690373), warplane "
                                     "(n04552348)");
    refuse(set, "goldfsh", SES_EUSAGE, "did you mean 'goldfish'");
    choose(set, "paper", 10, 1);
    assert_ids(set, "n01443537", "n02110958", "n02690373", "n09246464");
    static const int outputs[] = { 449, 142, 229, 358 };
    static const char *const names[] = { "goldfish", "pug", "airliner",
                                         "cliff" };
    for (int i = 0; i < 4; i++) {
        assert_int_equal(set->classes[i].output, outputs[i]);
        assert_string_equal(set->classes[i].name, names[i]);
        struct ses_error err = { 0 };
        struct ses_image image = { 0 };
        if (ses_set_read(set, (size_t)i, &image, &err))
            fail_msg("'%s' %s", set->items[i].path, err.message);
        assert_in_range(image.width, 50, 5000);
        ses_image_release(&image);
    }
    assert_contains(set->notes, "4 classes have fewer than the 10 images");
    ses_set_free(set);
    free(folder);
    tree_remove(root);
}

static void cifar_in_folders_is_matched_by_name(void **state)
{
    char *root = unpack("cifar10-jpeg.tar.xz", "test");
    if (!root)
        skip();
    struct ses_set *set = NULL;
    struct ses_error err = { 0 };
    assert_int_equal(ses_set_open(root, &plain, &set, &err), SES_EUSAGE);
    assert_contains(err.message, "holds whole sets, not classes");
    char *folder = tree_path(root, "test");
    set = open_set(folder, "cifar10", 10);
    assert_int_equal(set->n_items, 10000);
    for (int i = 0; i < 10; i++)
        assert_int_equal(set->classes[i].output, i);
    choose(set, "ship,2", 100, 5);
    assert_ids(set, "ship", "bird");
    assert_int_equal(set->n_items, 200);
    struct ses_image image = { 0 };
    assert_int_equal(ses_set_read(set, 199, &image, &err), SES_OK);
    assert_int_equal(image.width, 32);
    assert_int_equal(image.channels, 3);
    ses_image_release(&image);
    ses_set_free(set);
    free(folder);
    tree_remove(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_stand_as_named_and_items_as_before),
        cmocka_unit_test(paper_is_its_four_classes),
        cmocka_unit_test(an_ambiguous_name_lists_its_candidates),
        cmocka_unit_test(a_name_means_the_same_in_every_subset),
        cmocka_unit_test(unknown_names_suggest_near_ones),
        cmocka_unit_test(numbers_are_ids_then_outputs_then_positions),
        cmocka_unit_test(a_sample_is_that_of_the_reference),
        cmocka_unit_test(labels_are_sampled_by_number_whatever_names_them),
        cmocka_unit_test(every_item_is_as_likely_as_another),
        cmocka_unit_test(small_classes_are_kept_whole_and_noted),
        cmocka_unit_test(photographs_of_imagenet_open_and_decode),
        cmocka_unit_test(cifar_in_folders_is_matched_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
