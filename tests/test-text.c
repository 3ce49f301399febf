/* core/base/text: numbers, suggestions, growing strings; core/base/path. */
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/path.h"
#include "core/base/text.h"
#include "tests/support/check.h"

static void longs_are_whole_and_in_range(void **state)
{
    long n = 7;
    assert_true(ses_parse_long("-12", -20, 20, &n));
    assert_int_equal(n, -12);
    assert_false(ses_parse_long("12x", 0, 20, &n));
    assert_false(ses_parse_long("", 0, 20, &n));
    assert_false(ses_parse_long(" 1", 0, 20, &n));
    assert_false(ses_parse_long("21", 0, 20, &n));
    assert_false(ses_parse_long("99999999999999999999", 0, 20, &n));
    assert_int_equal(n, -12);
}

static void doubles_are_finite(void **state)
{
    double x = 0;
    assert_true(ses_parse_double("1e-3", 0, 1, &x));
    assert_true(x == 1e-3);
    assert_false(ses_parse_double("nan", 0, 1, &x));
    assert_false(ses_parse_double("inf", 0, 1e308, &x));
    assert_false(ses_parse_double("1.5", 0, 1, &x));
}

static void suggestions_are_near_names(void **state)
{
    const char *names[] = { "goldfish", "pug", "airliner", "cliff" };
    char out[128];
    ses_suggest("golfish", names, 4, out, sizeof out);
    assert_string_equal(out, ", did you mean 'goldfish'?");
    ses_suggest("clif", names, 4, out, sizeof out);
    assert_string_equal(out, ", did you mean 'cliff'?");
    ses_suggest("zzzzzz", names, 4, out, sizeof out);
    assert_string_equal(out, "");
}

static void suggestions_come_nearest_first(void **state)
{
    const char *names[] = { "SE_2_3", "SE_5_1", "SE_5_12", "SE_5_2" };
    char out[128];
    ses_suggest("SE_5_3", names, 4, out, sizeof out);
    assert_string_equal(out, ", did you mean 'SE_2_3', 'SE_5_1', 'SE_5_2' "
                             "or 'SE_5_12'?");
}

/* The reason comes after the names, and it must not be what is cut. */
static void the_longest_paths_leave_room_for_the_reason(void **state)
{
    char path[4096];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    struct ses_error err = { 0 };
    ses_fail(&err, SES_ESHAPE, "'%s' holds 3 images, '%s' 4 labels", path,
             path);
    assert_non_null(strstr(err.message, "' 4 labels"));
    ses_fail_errno(&err, ENOENT, "cannot open '%s'", path);
    ses_error_context(&err, "'%s'", path);
    assert_non_null(strstr(err.message, "': No such file or directory"));
}

static void a_name_listed_twice_is_suggested_once(void **state)
{
    const char *names[] = { "se_resnet50", "se_resnet20", "se_resnet50" };
    char out[128];
    ses_suggest("se_resnet5", names, 3, out, sizeof out);
    assert_string_equal(out, ", did you mean 'se_resnet50' or "
                             "'se_resnet20'?");
}

static void text_grows(void **state)
{
    struct ses_text text = { 0 };
    for (int i = 0; i < 1000; i++)
        ses_text_add(&text, "%d,", i);
    assert_false(text.failed);
    assert_int_equal(text.length, 10 * 2 + 90 * 3 + 900 * 4);
    ses_text_release(&text);
}

/* The parts of a path are what POSIX says. */
static void paths_have_names_and_folders(void **state)
{
    static const char *const paths[] = { "a", "a/b", "/a", "a/b/c.h5", "./a" };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char *for_name = strdup(paths[i]), *for_folder = strdup(paths[i]);
        char *folder = ses_path_folder(paths[i]);
        assert_string_equal(ses_path_name(paths[i]), basename(for_name));
        assert_string_equal(folder, dirname(for_folder));
        free(for_name);
        free(for_folder);
        free(folder);
    }
    assert_string_equal(ses_path_name("a/b/"), "a/b/");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(longs_are_whole_and_in_range),
        cmocka_unit_test(doubles_are_finite),
        cmocka_unit_test(suggestions_are_near_names),
        cmocka_unit_test(suggestions_come_nearest_first),
        cmocka_unit_test(the_longest_paths_leave_room_for_the_reason),
        cmocka_unit_test(a_name_listed_twice_is_suggested_once),
        cmocka_unit_test(text_grows),
        cmocka_unit_test(paths_have_names_and_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
