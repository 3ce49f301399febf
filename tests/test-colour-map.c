/* plots/colour-map and plots/palette: even steps of lightness for every kind of colour vision,
 * and scales that say what colours stand for. */
#include <math.h>

#include "plots/colour-map.h"
#include "tests/support/check.h"

static double linear(double c)
{
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double bent(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

/* CIE L*a*b* (D65) of a colour as one with that kind of colour vision sees it:
 * 0 normal, 1 protanopia, 2 deuteranopia (Vienot, Brettel and Mollon, 1999, on
 * linear sRGB). */
static void see(struct ses_colour colour, int vision, double lab[3])
{
    static const double seen[3][3][3] = {
        { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
        { { 0.11238, 0.88762, 0 }, { 0.11238, 0.88762, 0 },
          { 0.00401, -0.00401, 1 } },
        { { 0.29275, 0.70725, 0 }, { 0.29275, 0.70725, 0 },
          { -0.02234, 0.02234, 1 } },
    };
    /* Rows over those of white. */
    static const double xyz[3][3] = {
        { 0.43395, 0.37622, 0.18984 },
        { 0.21267, 0.71515, 0.07218 },
        { 0.01776, 0.10947, 0.87277 },
    };
    double c[3] = { linear(colour.red), linear(colour.green),
                    linear(colour.blue) };
    double own[3], f[3];
    for (int i = 0; i < 3; i++)
        own[i] = seen[vision][i][0] * c[0] + seen[vision][i][1] * c[1] +
                 seen[vision][i][2] * c[2];
    for (int i = 0; i < 3; i++)
        f[i] = bent(xyz[i][0] * own[0] + xyz[i][1] * own[1] +
                    xyz[i][2] * own[2]);
    lab[0] = 116 * f[1] - 16;
    lab[1] = 500 * (f[0] - f[1]);
    lab[2] = 200 * (f[1] - f[2]);
}

static double lightness(struct ses_colour colour, int vision)
{
    double lab[3];
    see(colour, vision, lab);
    return lab[0];
}

static struct ses_look look_of(int theme, int palette)
{
    return ses_look_of(&(struct ses_plot_style){ .theme = theme,
                                                 .palette = palette });
}

#define EACH_LOOK(look) \
    for (int palette = 0; ses_palette_names[palette]; palette++) \
        for (int theme = 0; ses_theme_names[theme]; theme++) \
            for (struct ses_look look = look_of(theme, palette), \
                                 *once = &look; once; once = NULL)

enum { STEPS = 20 };

static void sequential_maps_climb_evenly(void **state)
{
    EACH_LOOK(look)
        for (int vision = 0; vision < 3; vision++) {
            double first = lightness(ses_colour_sequential(&look, 0), vision);
            double last = lightness(ses_colour_sequential(&look, 1), vision);
            double even = (last - first) / STEPS, before = first;
            assert_true(fabs(last - first) > 70);
            for (int i = 1; i <= STEPS; i++) {
                double now = lightness(
                    ses_colour_sequential(&look, (double)i / STEPS), vision);
                double step = (now - before) / even;
                if (!(step > 0.4 && step < 1.7))
                    fail_msg("palette %d, theme %d, vision %d: step %d is %g",
                             palette, theme, vision, i, step);
                before = now;
            }
        }
}

static void diverging_maps_leave_the_paper_evenly(void **state)
{
    EACH_LOOK(look)
    {
        bool grey = strcmp(ses_palette_names[palette], "grey") == 0;
        for (int side = -1; side <= 1; side += 2) {
            double first = lightness(ses_colour_diverging(&look, 0), 0);
            double last = lightness(ses_colour_diverging(&look, side), 0);
            double even = (last - first) / STEPS, before = first;
            for (int i = 1; i <= STEPS; i++) {
                double now = lightness(
                    ses_colour_diverging(&look, side * (double)i / STEPS), 0);
                double step = (now - before) / even;
                /* Mixed in sRGB, the greys are a little less even. */
                if (fabs(step - 1) > (grey ? 0.6 : 0.15))
                    fail_msg("palette %d, theme %d: step %d is %g", palette,
                             theme, side * i, step);
                before = now;
            }
        }
        struct ses_colour zero = ses_colour_diverging(&look, 0);
        if (!grey)
            assert_true(fabs(zero.red - look.paper.red) < 0.01 &&
                        fabs(zero.green - look.paper.green) < 0.01 &&
                        fabs(zero.blue - look.paper.blue) < 0.01);
        struct ses_colour below = ses_colour_diverging(&look, -1);
        struct ses_colour above = ses_colour_diverging(&look, 1);
        assert_true(fabs(below.blue - above.blue) > 0.4);
    }
}

static void pens_of_one_dash_differ_for_every_eye(void **state)
{
    EACH_LOOK(look)
        for (size_t i = 0; i < SES_MOST_PENS; i++)
            for (size_t j = 0; j < i; j++) {
                struct ses_pen a = ses_pen_of(&look, i);
                struct ses_pen b = ses_pen_of(&look, j);
                if (a.n_dash != b.n_dash ||
                    memcmp(a.dash, b.dash, sizeof a.dash) != 0)
                    continue;
                for (int vision = 0; vision < 3; vision++) {
                    double x[3], y[3];
                    see(a.colour, vision, x);
                    see(b.colour, vision, y);
                    double apart = hypot(hypot(x[0] - y[0], x[1] - y[1]),
                                         x[2] - y[2]);
                    if (apart < 15)
                        fail_msg("palette %d, theme %d, vision %d: pens %zu "
                                 "and %zu are %g apart", palette, theme,
                                 vision, i, j, apart);
                }
            }
}

static void numbers_beyond_have_the_colour_of_the_end(void **state)
{
    struct ses_look look = look_of(0, 0);
    struct ses_colour end = ses_colour_sequential(&look, 1);
    struct ses_colour beyond = ses_colour_sequential(&look, 7);
    assert_memory_equal(&end, &beyond, sizeof end);
    end = ses_colour_diverging(&look, -1);
    beyond = ses_colour_diverging(&look, -2);
    assert_memory_equal(&end, &beyond, sizeof end);
}

static void scales_hold_the_data_and_gaps_have_no_colour_of_it(void **state)
{
    struct ses_look look = look_of(0, 0);
    struct ses_colour_scale scale =
        ses_colour_scale_around(0.2, 0.71, 6, false);
    assert_true((double)scale.ticks.first * scale.ticks.step <= 0.2);
    assert_true((double)scale.ticks.last * scale.ticks.step >= 0.71);
    scale = ses_colour_scale_around(-0.1, 0.71, 4, true);
    assert_int_equal(scale.ticks.first, -scale.ticks.last);
    struct ses_colour zero = ses_colour_of(&scale, &look, 0);
    assert_true(zero.red > 0.99 && zero.green > 0.99 && zero.blue > 0.99);
    struct ses_colour gap = ses_colour_of(&scale, &look, NAN);
    for (int i = -100; i <= 100; i++) {
        struct ses_colour other =
            ses_colour_of(&scale, &look, (double)i / 100);
        assert_true(fabs(gap.red - other.red) + fabs(gap.green - other.green) +
                        fabs(gap.blue - other.blue) > 0.1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequential_maps_climb_evenly),
        cmocka_unit_test(diverging_maps_leave_the_paper_evenly),
        cmocka_unit_test(pens_of_one_dash_differ_for_every_eye),
        cmocka_unit_test(numbers_beyond_have_the_colour_of_the_end),
        cmocka_unit_test(scales_hold_the_data_and_gaps_have_no_colour_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
