/* plots/: channels, ticks, pens and fonts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plots/axis.h"
#include "plots/channels.h"
#include "plots/palette.h"
#include "plots/plot.h"
#include "plots/text.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

static void channels_are_uniform_by_hand(void **state)
{
    static const int hand[50] = { 0,   5,   10,  16,  21,  26,  31,  36,  42,
                                  47,  52,  57,  62,  68,  73,  78,  83,  88,
                                  94,  99,  104, 109, 114, 120, 125, 130, 135,
                                  141, 146, 151, 156, 161, 167, 172, 177, 182,
                                  187, 193, 198, 203, 208, 213, 219, 224, 229,
                                  234, 239, 245, 250, 255 };
    int out[256];
    assert_int_equal(ses_uniform_channels(256, 50, out), 50);
    assert_memory_equal(out, hand, sizeof hand);
    /* Halves go up: 0, 2.5, 5, 7.5, 10, 12.5, 15. */
    static const int halves[7] = { 0, 3, 5, 8, 10, 13, 15 };
    assert_int_equal(ses_uniform_channels(16, 7, out), 7);
    assert_memory_equal(out, halves, sizeof halves);
}

static void channels_rise_from_first_to_last(void **state)
{
    int out[97];
    for (int channels = 2; channels <= 97; channels++) {
        for (size_t count = 2; count <= 99; count++) {
            size_t n = ses_uniform_channels(channels, count, out);
            size_t all = (size_t)channels;
            assert_int_equal(n, count < all ? count : all);
            assert_int_equal(out[0], 0);
            assert_int_equal(out[n - 1], channels - 1);
            for (size_t i = 1; i < n; i++)
                assert_true(out[i] > out[i - 1]);
        }
    }
    assert_int_equal(ses_uniform_channels(97, 0, out), 97);
    assert_int_equal(out[96], 96);
    assert_int_equal(ses_uniform_channels(97, 1, out), 1);
    assert_int_equal(out[0], 0);
    assert_int_equal(ses_uniform_channels(0, 5, out), 0);
}

static void assert_ticks(double low, double high, int most, double step,
                         long first, long last)
{
    struct ses_ticks ticks = ses_ticks_around(low, high, most);
    assert_true(fabs(ticks.step - step) < 1e-12 * step);
    assert_int_equal(ticks.first, first);
    assert_int_equal(ticks.last, last);
}

static void ticks_are_round_and_hold_the_data(void **state)
{
    assert_ticks(0, 1, 4, 0.25, 0, 4);
    assert_ticks(0, 1, 2, 0.5, 0, 2);
    assert_ticks(-1, 1, 4, 0.5, -2, 2);
    assert_ticks(0, 37, 4, 10, 0, 4);
    assert_ticks(0, 1.01, 4, 0.5, 0, 3);
    assert_ticks(0, 1 + 1e-9, 4, 0.25, 0, 4);
    assert_ticks(-0.001, 1, 4, 0.5, -1, 2);
    assert_ticks(0, 3e38, 4, 1e38, 0, 3);
    assert_ticks(0, 0, 4, 0.1, 0, 1);
}

static void tick_texts_have_the_decimals_they_need(void **state)
{
    char text[64];
    struct ses_ticks ticks = { .step = 0.25, .first = -4, .last = 4 };
    ses_tick_text(&ticks, 3, 1, text, sizeof text);
    assert_string_equal(text, "0.75");
    ses_tick_text(&ticks, 4, 2, text, sizeof text);
    assert_string_equal(text, "1.0");
    ses_tick_text(&ticks, -2, 1, text, sizeof text);
    assert_string_equal(text, "\u22120.50");
    ticks.step = 10;
    ses_tick_text(&ticks, 3, 1, text, sizeof text);
    assert_string_equal(text, "30");
}

static void channel_ticks_are_round_between_the_ends(void **state)
{
    int list[256];
    for (int i = 0; i < 256; i++)
        list[i] = i;
    struct ses_channel_ticks t = ses_channel_ticks_of(list, 256, 40);
    static const int rounds[5] = { 0, 64, 128, 192, 255 };
    assert_int_equal(t.n, 5);
    assert_memory_equal(t.channel, rounds, sizeof rounds);
    for (int i = 0; i < 5; i++)
        assert_true(t.position[i] == rounds[i]);

    /* 65 is shown at 13, 60 at 12: channel 64 lies between. */
    for (int i = 0; i < 52; i++)
        list[i] = 5 * i;
    t = ses_channel_ticks_of(list, 52, 8);
    assert_int_equal(t.channel[1], 64);
    assert_true(fabs(t.position[1] - 12.8) < 1e-9);
    assert_int_equal(t.channel[t.n - 1], 255);

    /* Too near to the last: 64 of 0..65 has no label. */
    for (int i = 0; i < 66; i++)
        list[i] = i;
    t = ses_channel_ticks_of(list, 66, 10);
    assert_int_equal(t.channel[t.n - 1], 65);
    assert_int_equal(t.channel[t.n - 2], 48);
}

static void few_or_unsorted_channels_are_named_themselves(void **state)
{
    static const int few[4] = { 3, 17, 18, 90 };
    struct ses_channel_ticks t = ses_channel_ticks_of(few, 4, 0.5);
    assert_int_equal(t.n, 4);
    assert_memory_equal(t.channel, few, sizeof few);
    int list[100];
    for (int i = 0; i < 100; i++)
        list[i] = 7 * i % 100;
    t = ses_channel_ticks_of(list, 100, 10);
    assert_true(t.n > 2);
    for (size_t i = 0; i < t.n; i++)
        assert_int_equal(t.channel[i], list[(int)t.position[i]]);
    assert_true(t.position[t.n - 1] == 99);
}

static double linear(double c)
{
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

/* CIE 1976 lightness. */
static double lightness(struct ses_colour c)
{
    double y = 0.2126 * linear(c.red) + 0.7152 * linear(c.green) +
               0.0722 * linear(c.blue);
    return y > 0.008856 ? 116 * cbrt(y) - 16 : 903.3 * y;
}

static double contrast(struct ses_colour a, struct ses_colour b)
{
    return fabs(lightness(a) - lightness(b));
}

static void pens_of_one_dash_differ_in_grey_print(void **state)
{
    for (int palette = 0; ses_palette_names[palette]; palette++)
        for (int theme = 0; ses_theme_names[theme]; theme++) {
            struct ses_look look = ses_look_of(&(struct ses_plot_style){
                .theme = theme, .palette = palette });
            for (size_t i = 0; i <= SES_MOST_PENS; i++) {
                struct ses_pen a = i < SES_MOST_PENS ? ses_pen_of(&look, i)
                                                     : ses_pen_ink(&look, 1);
                /* No ink, and to be seen on the paper. */
                assert_true(i == SES_MOST_PENS ||
                            contrast(a.colour, look.ink) > 5);
                assert_true(contrast(a.colour, look.paper) > 25);
                for (size_t j = 0; j < i; j++) {
                    struct ses_pen b = ses_pen_of(&look, j);
                    if (a.n_dash == b.n_dash &&
                        memcmp(a.dash, b.dash, sizeof a.dash) == 0 &&
                        contrast(a.colour, b.colour) < 15)
                        fail_msg("%s on %s: pens %zu and %zu",
                                 ses_palette_names[palette],
                                 ses_theme_names[theme], i, j);
                }
            }
        }
}

/* In a process of its own, for fontconfig reads its configuration once. */
static void no_font_at_all_is_an_error(void **state)
{
    const char *config = data_path("plots/no-fonts.conf");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct ses_error err = { 0 };
        struct ses_type *type = NULL;
        setenv("FONTCONFIG_FILE", config, 1);
        bool right = ses_type_new(NULL, &type, &err) == SES_EIO &&
                     strstr(err.message, "no font is installed") && !type;
        _exit(right ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* Where a name is written when its box begins at 40, in points. */
static void inked(const char *name, double most, double *left, double *right,
                  struct ses_rect *box)
{
    struct ses_type *type;
    struct ses_error err = { 0 };
    struct ses_captions captions = { 0 };
    const struct ses_font font = { .size = 10, .most = most };
    if (ses_type_new(NULL, &type, &err))
        fail_msg("%s", err.message);
    *box = ses_captions_add(&captions, type, name, &font, SES_UPPER_LEFT, 40,
                            0);
    assert_false(captions.failed);
    cairo_surface_t *surface =
        cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    cairo_t *cr = cairo_create(surface);
    ses_captions_draw(&captions, cr);
    double y, width, height;
    cairo_recording_surface_ink_extents(surface, left, &y, &width, &height);
    *right = *left + width;
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
    ses_captions_release(&captions);
    ses_type_free(type);
}

static void names_of_any_script_are_written_in_their_box(void **state)
{
    static const char *const names[] = {
        "class", "\u05db\u05dc\u05d1", "\u0643\u0644\u0628", "\u202eevil",
        "\u05db\u05dc\u05d1 dog"
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        double left, right;
        struct ses_rect box;
        inked(names[i], 200, &left, &right, &box);
        if (!(right > left && left >= 38 && right <= 42 + box.width))
            fail_msg("'%s' is from %g to %g, its box from 40 to %g", names[i],
                     left, right, 40 + box.width);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_are_uniform_by_hand),
        cmocka_unit_test(channels_rise_from_first_to_last),
        cmocka_unit_test(ticks_are_round_and_hold_the_data),
        cmocka_unit_test(tick_texts_have_the_decimals_they_need),
        cmocka_unit_test(channel_ticks_are_round_between_the_ends),
        cmocka_unit_test(few_or_unsorted_channels_are_named_themselves),
        cmocka_unit_test(pens_of_one_dash_differ_in_grey_print),
        cmocka_unit_test(no_font_at_all_is_an_error),
        cmocka_unit_test(names_of_any_script_are_written_in_their_box),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
