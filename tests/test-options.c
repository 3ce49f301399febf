/* cli/options: parsing, suggestions and help from one table. */
#include <stdlib.h>
#include <string.h>

#include "cli/options.h"
#include "core/base/text.h"
#include "tests/support/check.h"

struct values {
    const char *images, *image_root;
    long threads, base;
    double width;
    int order;
    unsigned with;
    struct ses_words force;
    bool strict, fine;
};

static const char *const orders[] = { "bytes", "natural", NULL };
static const char *const parts[] = { "squeeze", "bottleneck", "logits", NULL };

static const struct values defaults = { .base = -1, .width = 84.5,
                                        .fine = true };

static const struct ses_option options[] = {
    { .kind = SES_OPTION_GROUP, .help = "Options" },
    { .kind = SES_OPTION_STRING, .letter = 'i', .name = "images",
      .argument = "SET", .help = "the images", SES_AT(struct values, images) },
    { .kind = SES_OPTION_STRING, .name = "image-root", .argument = "DIR",
      .help = "where they are", .unset = "here",
      SES_AT(struct values, image_root) },
    { .kind = SES_OPTION_LONG, .letter = 't', .name = "threads",
      .argument = "N", .help = "workers", .least = 0, .most = 64,
      .unset = "one a core", SES_AT(struct values, threads) },
    { .kind = SES_OPTION_LONG, .name = "base", .argument = "N",
      .help = "first label", .least = 0, .most = 1,
      SES_AT(struct values, base) },
    { .kind = SES_OPTION_DOUBLE, .name = "width", .argument = "MM",
      .help = "of the figure", .low = 10, .high = 1000,
      SES_AT(struct values, width) },
    { .kind = SES_OPTION_CHOICE, .name = "order", .argument = "ORDER",
      .help = "of folders", .choices = orders, SES_AT(struct values, order) },
    { .kind = SES_OPTION_LIST, .name = "with", .argument = "PARTS",
      .help = "record these too", .choices = parts,
      SES_AT(struct values, with) },
    { .kind = SES_OPTION_WORDS, .name = "force", .argument = "SPEC",
      .help = "gates", SES_AT(struct values, force) },
    { .kind = SES_OPTION_FLAG, .letter = 's', .name = "strict",
      .help = "stop at the first image that cannot be read, whatever it is",
      SES_AT(struct values, strict) },
    { .kind = SES_OPTION_FLAG, .name = "fine", .help = "fine labels",
      SES_AT(struct values, fine) },
    SES_OPTIONS_HELP,
    { .kind = SES_OPTION_END },
};

/* A parse and all it leaves. */
struct parsed {
    enum ses_status status;
    struct values values;
    struct ses_error err;
    int argc;
    char *argv[16];
    bool help;
};

#define PARSE(...) parse((const char *[]){ __VA_ARGS__, NULL })

static struct parsed parse(const char *const *words)
{
    static char copies[16][64];
    struct parsed p = { .values = defaults };
    for (; words[p.argc]; p.argc++) {
        assert_true(strlen(words[p.argc]) < sizeof copies[0]);
        memcpy(copies[p.argc], words[p.argc], strlen(words[p.argc]) + 1);
        p.argv[p.argc] = copies[p.argc];
    }
    p.status = ses_options_parse(options, &p.values, &p.argc, p.argv, &p.help,
                                 &p.err);
    return p;
}

static void assert_error(struct parsed p, const char *message)
{
    assert_int_equal(p.status, SES_EUSAGE);
    assert_string_equal(p.err.message, message);
}

static void values_come_with_or_without_an_equals_sign(void **state)
{
    struct parsed p = PARSE("--images=a=b", "--threads", "3", "--width=12.5");
    assert_int_equal(p.status, SES_OK);
    assert_string_equal(p.values.images, "a=b");
    assert_int_equal(p.values.threads, 3);
    assert_true(p.values.width == 12.5);
    p = PARSE("--images=");
    assert_int_equal(p.status, SES_OK);
    assert_string_equal(p.values.images, "");
}

static void what_is_not_given_keeps_its_default(void **state)
{
    struct parsed p = PARSE("x");
    assert_int_equal(p.status, SES_OK);
    assert_null(p.values.images);
    assert_int_equal(p.values.base, -1);
    assert_true(p.values.width == 84.5);
    assert_true(p.values.fine);
}

static void letters_bundle_and_take_glued_values(void **state)
{
    struct parsed p = PARSE("-st4", "-i", "set");
    assert_int_equal(p.status, SES_OK);
    assert_true(p.values.strict);
    assert_int_equal(p.values.threads, 4);
    assert_string_equal(p.values.images, "set");
}

static void the_last_of_two_wins(void **state)
{
    struct parsed p = PARSE("--threads=1", "-t2", "--strict", "--no-strict");
    assert_int_equal(p.values.threads, 2);
    assert_false(p.values.strict);
}

static void operands_move_to_the_front(void **state)
{
    struct parsed p = PARSE("a", "--strict", "b", "-", "--", "--c", "-i");
    assert_int_equal(p.status, SES_OK);
    assert_int_equal(p.argc, 5);
    assert_string_equal(p.argv[0], "a");
    assert_string_equal(p.argv[1], "b");
    assert_string_equal(p.argv[2], "-");
    assert_string_equal(p.argv[3], "--c");
    assert_string_equal(p.argv[4], "-i");
    assert_true(p.values.strict);
    assert_null(p.values.images);
}

static void unambiguous_beginnings_are_enough(void **state)
{
    struct parsed p = PARSE("--thr=2", "--image-r", "d", "--no-fi", "--str");
    assert_int_equal(p.status, SES_OK);
    assert_int_equal(p.values.threads, 2);
    assert_string_equal(p.values.image_root, "d");
    assert_false(p.values.fine);
    assert_true(p.values.strict);
}

static void ambiguous_beginnings_name_both(void **state)
{
    assert_error(PARSE("--image=x"),
                 "option '--image' is ambiguous, did you mean '--images' or "
                 "'--image-root'?");
}

static void a_whole_name_is_no_beginning_of_another(void **state)
{
    struct parsed p = PARSE("--images", "x");
    assert_int_equal(p.status, SES_OK);
    assert_string_equal(p.values.images, "x");
}

static void mistyped_options_get_a_suggestion(void **state)
{
    assert_error(PARSE("--treads=3"),
                 "unknown option '--treads', did you mean '--threads'?");
    assert_error(PARSE("--qqqqqqqq"), "unknown option '--qqqqqqqq'");
    assert_error(PARSE("-sx"), "unknown option '-x'");
    assert_error(PARSE("--no-images"), "unknown option '--no-images', did you "
                                       "mean '--images'?");
}

static void numbers_stay_in_their_range(void **state)
{
    const char *message = "option '--threads' is '65', expected a whole "
                          "number from 0 to 64";
    assert_error(PARSE("--threads=65"), message);
    assert_error(PARSE("-t65"), message);
    assert_error(PARSE("--threads=3x"),
                 "option '--threads' is '3x', expected a whole number from 0 "
                 "to 64");
    assert_error(PARSE("--threads="),
                 "option '--threads' is '', expected a whole number from 0 to "
                 "64");
    assert_error(PARSE("--width=9.9"),
                 "option '--width' is '9.9', expected a number from 10 to "
                 "1000");
    assert_error(PARSE("--base", "-1"),
                 "option '--base' is '-1', expected a whole number from 0 to "
                 "1");
}

static void choices_are_named_when_missed(void **state)
{
    struct parsed p = PARSE("--order=natural");
    assert_int_equal(p.status, SES_OK);
    assert_int_equal(p.values.order, 1);
    assert_error(PARSE("--order=size"),
                 "option '--order' is 'size', expected 'bytes' or 'natural'");
}

static void lists_set_a_bit_a_word(void **state)
{
    struct parsed p = PARSE("--with", "logits,squeeze");
    assert_int_equal(p.status, SES_OK);
    assert_int_equal(p.values.with, 5);
    assert_error(PARSE("--with=squeeze,gate"),
                 "option '--with' is 'gate', expected 'squeeze', 'bottleneck' "
                 "or 'logits'");
    assert_error(PARSE("--with=squeeze,"),
                 "option '--with' is '', expected 'squeeze', 'bottleneck' or "
                 "'logits'");
}

static void words_are_kept_in_their_order(void **state)
{
    char *argv[2 * (SES_MOST_WORDS + 1)], option[] = "--force", spec[] = "a=1";
    struct values values = defaults;
    struct ses_error err = { 0 };
    bool help;
    int argc = 0;
    struct parsed p = PARSE("--force", "b=1", "x", "--force=a=2", "--force=");
    assert_int_equal(p.status, SES_OK);
    assert_int_equal(p.argc, 1);
    assert_int_equal(p.values.force.count, 3);
    assert_string_equal(p.values.force.items[0], "b=1");
    assert_string_equal(p.values.force.items[1], "a=2");
    assert_string_equal(p.values.force.items[2], "");
    while (argc < 2 * (SES_MOST_WORDS + 1)) {
        argv[argc++] = option;
        argv[argc++] = spec;
    }
    assert_int_equal(ses_options_parse(options, &values, &argc, argv, &help,
                                       &err),
                     SES_EUSAGE);
    assert_string_equal(err.message,
                        "option '--force' is given more than 64 times");
}

static void values_are_neither_missing_nor_unwanted(void **state)
{
    assert_error(PARSE("--images"), "option '--images' needs a value, SET");
    assert_error(PARSE("-t"), "option '--threads' needs a value, N");
    assert_error(PARSE("--strict=yes"), "option '--strict' takes no value");
}

static void help_ends_parsing_but_not_earlier_errors(void **state)
{
    struct parsed p = PARSE("a", "--help", "--bogus");
    assert_int_equal(p.status, SES_OK);
    assert_true(p.help);
    p = PARSE("-sh");
    assert_true(p.help);
    p = PARSE("--bogus", "--help");
    assert_int_equal(p.status, SES_EUSAGE);
    assert_false(p.help);
}

static void help_shows_live_defaults(void **state)
{
    struct ses_text text = { 0 };
    struct values changed = defaults;
    ses_options_help(options, &defaults, &text);
    assert_string_equal(
        text.data,
        "Options:\n"
        "  -i, --images=SET        the images\n"
        "      --image-root=DIR    where they are (default: here)\n"
        "  -t, --threads=N         workers (default: one a core)\n"
        "      --base=N            first label\n"
        "      --width=MM          of the figure (default: 84.5)\n"
        "      --order=ORDER       of folders (default: bytes)\n"
        "      --with=PARTS        record these too\n"
        "      --force=SPEC        gates\n"
        "  -s, --strict            stop at the first image that cannot be "
        "read, whatever\n"
        "                          it is\n"
        "      --fine              fine labels (default; --no-fine turns it "
        "off)\n"
        "  -h, --help              print this help and exit\n");
    ses_text_release(&text);
    changed.threads = 7;
    changed.image_root = "there";
    changed.order = 1;
    ses_options_help(options, &changed, &text);
    assert_non_null(strstr(text.data, "workers (default: 7)\n"));
    assert_non_null(strstr(text.data, "where they are (default: there)\n"));
    assert_non_null(strstr(text.data, "of folders (default: natural)\n"));
    ses_text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_with_or_without_an_equals_sign),
        cmocka_unit_test(what_is_not_given_keeps_its_default),
        cmocka_unit_test(letters_bundle_and_take_glued_values),
        cmocka_unit_test(the_last_of_two_wins),
        cmocka_unit_test(operands_move_to_the_front),
        cmocka_unit_test(unambiguous_beginnings_are_enough),
        cmocka_unit_test(ambiguous_beginnings_name_both),
        cmocka_unit_test(a_whole_name_is_no_beginning_of_another),
        cmocka_unit_test(mistyped_options_get_a_suggestion),
        cmocka_unit_test(numbers_stay_in_their_range),
        cmocka_unit_test(choices_are_named_when_missed),
        cmocka_unit_test(lists_set_a_bit_a_word),
        cmocka_unit_test(words_are_kept_in_their_order),
        cmocka_unit_test(values_are_neither_missing_nor_unwanted),
        cmocka_unit_test(help_ends_parsing_but_not_earlier_errors),
        cmocka_unit_test(help_shows_live_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
