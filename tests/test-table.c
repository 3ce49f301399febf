/* cli/table and the progress bar's text: what stands under what. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "cli/progress.h"
#include "cli/table.h"
#include "core/base/text.h"
#include "tests/support/check.h"

static const struct ses_column columns[] = {
    { "class", false },
    { "images", true },
    { "top-1", true },
};

static void assert_table(const struct ses_table *table, const char *expected)
{
    struct ses_text text = { 0 };
    ses_table_text(table, &text);
    assert_false(text.failed);
    assert_string_equal(text.data, expected);
    ses_text_release(&text);
}

static void numbers_align_right_and_words_left(void **state)
{
    struct ses_table table;
    ses_table_init(&table, columns, 3);
    ses_table_cell(&table, "goldfish");
    ses_table_cell(&table, "%d", 7);
    ses_table_share(&table, 0.5, 2);
    ses_table_cell(&table, "pug");
    ses_table_cell(&table, "%d", 1234567);
    ses_table_share(&table, 1, 2);
    assert_table(&table, "class      images     top-1\n"
                         "goldfish        7   50.00 %\n"
                         "pug       1234567  100.00 %\n");
    ses_table_release(&table);
}

static void wide_and_combining_characters_count_as_on_a_terminal(void **state)
{
    assert_int_equal(ses_text_columns("金魚"), 4);
    assert_int_equal(ses_text_columns("Zürich"), 6);
    assert_int_equal(ses_text_columns("e\xcc\x81"), 1); /* e + acute */
    assert_int_equal(ses_text_columns("\xff\xfe"), 2);  /* no UTF-8 */
    assert_int_equal(ses_text_columns("\xe9\x87"), 2);  /* cut short */
    struct ses_table table;
    ses_table_init(&table, columns, 2);
    ses_table_cell(&table, "金魚");
    ses_table_cell(&table, "10");
    ses_table_cell(&table, "pug");
    ses_table_cell(&table, "9");
    assert_table(&table, "class  images\n"
                         "金魚       10\n"
                         "pug         9\n");
    ses_table_release(&table);
}

static void untitled_tables_have_no_blanks_at_line_ends(void **state)
{
    static const struct ses_column plain[] = { { NULL, false },
                                               { NULL, false },
                                               { NULL, false } };
    struct ses_table table;
    ses_table_init(&table, plain, 3);
    ses_table_cell(&table, "a");
    ses_table_cell(&table, "%s", "");
    ses_table_cell(&table, "%s", "");
    ses_table_cell(&table, "bcd");
    ses_table_cell(&table, "e");
    ses_table_cell(&table, "f");
    ses_table_cell(&table, "g");
    ses_table_cell(&table, "%s", "");
    ses_table_cell(&table, "h");
    assert_table(&table, "a\nbcd  e  f\ng       h\n");
    ses_table_release(&table);
}

static void names_cannot_move_the_cursor(void **state)
{
    struct ses_table table;
    ses_table_init(&table, columns, 1);
    ses_table_cell(&table, "%s", "a\033[2Jb\nc");
    assert_table(&table, "class\na?[2Jb?c\n");
    ses_table_release(&table);
}

static void what_is_not_known_is_a_dash(void **state)
{
    struct ses_table table;
    ses_table_init(&table, columns, 3);
    ses_table_cell(&table, "x");
    ses_table_share(&table, NAN, 2);
    ses_table_number(&table, NAN, 3);
    assert_table(&table, "class  images  top-1\nx           -      -\n");
    ses_table_release(&table);
}

static void assert_bar(struct ses_progress progress, size_t base, size_t width,
                       const char *expected)
{
    struct ses_text text = { 0 };
    ses_bar_text(&progress, base, width, &text);
    assert_string_equal(text.data, expected);
    assert_true(strlen(text.data) <= width);
    ses_text_release(&text);
}

static void bars_fit_the_terminal(void **state)
{
    struct ses_progress p = { .done = 50, .total = 200, .seconds = 10 };
    assert_bar(p, 0, 61, "[#####...............]  25 %  50/200  5.0 images/s"
                         "  0:30 left");
    assert_bar(p, 0, 20, " 25 %  50/200  5.0 i");
    assert_bar((struct ses_progress){ .total = 3 }, 0, 35,
               "[......................]   0 %  0/3");
}

static void the_rate_is_of_this_run_alone(void **state)
{
    /* 100 of the 150 were done before; 50 in 10 s, so 50 more take 10 s. */
    struct ses_progress p = { .done = 150, .total = 200, .seconds = 10,
                              .unreadable = 2 };
    assert_bar(p, 100, 58, " 75 %  150/200  5.0 images/s  0:10 left  "
                           "2 unreadable");
}

static void long_runs_count_hours(void **state)
{
    struct ses_progress p = { .done = 1, .total = 7384, .seconds = 1 };
    assert_bar(p, 0, 45, "  0 %  1/7384  1.0 images/s  2:03:03 left");
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_align_right_and_words_left),
        cmocka_unit_test(wide_and_combining_characters_count_as_on_a_terminal),
        cmocka_unit_test(untitled_tables_have_no_blanks_at_line_ends),
        cmocka_unit_test(names_cannot_move_the_cursor),
        cmocka_unit_test(what_is_not_known_is_a_dash),
        cmocka_unit_test(bars_fit_the_terminal),
        cmocka_unit_test(the_rate_is_of_this_run_alone),
        cmocka_unit_test(long_runs_count_hours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
