/* core/graph/select: patterns of SE blocks. */
#include <stdio.h>

#include "core/graph/select.h"
#include "tests/support/check.h"

static char names[][8] = { "SE_2_1", "SE_2_2", "SE_3_1", "SE_3_2", "SE_4_1" };
static char sources[][16] = { "layer1.0.se", "layer1.1.se", "layer2.0.se",
                              "layer2.1.se", "layer3[0].se" };
static struct ses_block items[5];
static const struct ses_blocks blocks = { items, 5 };

static int fill(void **state)
{
    static const int stages[] = { 2, 2, 3, 3, 4 };
    for (int i = 0; i < 5; i++)
        items[i] = (struct ses_block){ .name = names[i],
                                       .source = sources[i],
                                       .stage = stages[i] };
    return 0;
}

/* Chosen indices as digits, or the error's message. */
static void assert_chosen(const char *pattern, const char *expected)
{
    size_t index[5], count;
    struct ses_error err = { 0 };
    char found[SES_ERROR_SIZE] = "";
    if (ses_blocks_select(&blocks, pattern, index, &count, &err)) {
        assert_int_equal(err.status, SES_EUSAGE);
        assert_string_equal(err.message, expected);
        return;
    }
    for (size_t i = 0; i < count; i++)
        snprintf(found + i, 2, "%zu", index[i]);
    assert_string_equal(found, expected);
}

static void names_sources_and_globs_choose(void **state)
{
    assert_chosen("SE_3_1", "2");
    assert_chosen("layer2.1.se", "3");
    assert_chosen("SE_?_1", "024");
    assert_chosen("layer[12].1*", "13");
    assert_chosen("*", "01234");
}

static void sources_that_look_like_globs_are_names_first(void **state)
{
    assert_chosen("layer3[0].se", "4");
}

static void stages_and_words_choose(void **state)
{
    assert_chosen("stage3", "23");
    assert_chosen("last-of-stage", "134");
    assert_chosen("all", "01234");
}

static void parts_join_in_depth_order_without_doubles(void **state)
{
    assert_chosen("SE_4_1,stage2,SE_2_*", "014");
}

static void unknown_parts_suggest(void **state)
{
    assert_chosen("SE_4_1,layer2.1.sx",
                  "no SE block is 'layer2.1.sx', did you mean 'layer2.1.se', "
                  "'layer1.1.se', 'layer2.0.se' or 'layer1.0.se'?");
    assert_chosen("qqq",
                  "no SE block is 'qqq' (there are 5, 'SE_2_1' to 'SE_4_1')");
    assert_chosen("", "no SE block is '' (there are 5, 'SE_2_1' to 'SE_4_1')");
    assert_chosen("stage9", "no SE block is 'stage9' (there are 5, 'SE_2_1' "
                            "to 'SE_4_1')");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_sources_and_globs_choose),
        cmocka_unit_test(sources_that_look_like_globs_are_names_first),
        cmocka_unit_test(stages_and_words_choose),
        cmocka_unit_test(parts_join_in_depth_order_without_doubles),
        cmocka_unit_test(unknown_parts_suggest),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
