/* plots/saturation: bars and means are where the numbers say. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "plots/saturation.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"
#include "tests/support/svg.h"

enum { MOST = 50 };

struct made_up {
    char *names[MOST];
    int stages[MOST];
    double below[MOST], above[MOST], mean[MOST];
    struct ses_saturation_figure figure;
};

static struct made_up *make_up(size_t n)
{
    struct made_up *m = need(1, sizeof *m);
    for (size_t i = 0; i < n; i++) {
        m->stages[i] = (int)(2 + 4 * i / n);
        m->names[i] = ses_format("SE_%d_%zu", m->stages[i], i + 1);
        m->below[i] = (double)i / (double)(3 * n);
        m->above[i] = 0.6 * (double)(i % 7) / 7;
        m->mean[i] = 0.2 + 0.5 * (double)(i % 5) / 5;
    }
    m->figure = (struct ses_saturation_figure){
        n, (const char *const *)m->names, m->stages, m->below, m->above,
        m->mean
    };
    return m;
}

static void discard(struct made_up *m)
{
    for (size_t i = 0; i < MOST; i++)
        free(m->names[i]);
    free(m);
}

static void figures_of_all_sizes_are_written(void **state)
{
    static const size_t counts[] = { 1, 3, 16, MOST };
    static const double widths[] = { 60, 85, 180 };
    struct ses_error err = { 0 };
    for (size_t c = 0; c < 4; c++)
        for (size_t w = 0; w < 3; w++) {
            struct made_up *m = make_up(counts[c]);
            struct ses_plot_style style = { .width_mm = widths[w], .dpi = 100,
                                            .theme = (int)w % 2,
                                            .title = "Open and shut" };
            char name[64];
            snprintf(name, sizeof name, "saturation-%zu-%.0f.png", counts[c],
                     widths[w]);
            OK(ses_plot_saturation(picture(name), &m->figure, &style, &err));
            struct ses_saturation_layout layout;
            OK(ses_saturation_layout_init(&layout, &m->figure, &style, &err));
            check_sheet(&layout.sheet, name);
            assert_false(overlap(layout.sheet.legend.box, layout.frame.plot));
            ses_saturation_layout_release(&layout);
            discard(m);
        }
}

/* The lowest and the highest point of the at-th bar of a colour, as
 * numbers. */
static void assert_bar(const char *svg,
                       const struct ses_saturation_layout *layout,
                       struct ses_colour colour, int at, double low,
                       double high)
{
    struct svg_path bar = svg_find(
        svg, svg_fill(colour.red, colour.green, colour.blue), at);
    assert_true(bar.n >= 4);
    double top = INFINITY, bottom = -INFINITY;
    for (size_t i = 0; i < bar.n; i++) {
        top = fmin(top, bar.y[i]);
        bottom = fmax(bottom, bar.y[i]);
    }
    assert_true(fabs(top - ses_frame_y(&layout->frame, high)) < SVG_STEP);
    assert_true(fabs(bottom - ses_frame_y(&layout->frame, low)) < SVG_STEP);
}

static void bars_are_as_high_as_the_shares(void **state)
{
    struct made_up *m = make_up(2);
    struct ses_error err = { 0 };
    struct ses_saturation_layout layout;
    m->below[0] = 0.25;
    m->above[0] = 0.125;
    m->below[1] = 0;
    m->above[1] = 0.5;
    OK(ses_saturation_layout_init(&layout, &m->figure, NULL, &err));
    OK(ses_plot_saturation(in_folder("a.svg"), &m->figure, NULL, &err));
    char *svg = read_file(in_folder("a.svg"), NULL);
    struct ses_colour shut = ses_pen_of(&layout.sheet.look, 0).colour;
    struct ses_colour open = ses_pen_of(&layout.sheet.look, 1).colour;
    assert_bar(svg, &layout, shut, 0, 0, 0.25);
    assert_bar(svg, &layout, open, 0, 0.875, 1);
    assert_bar(svg, &layout, open, 1, 0.5, 1);
    free(svg);
    ses_saturation_layout_release(&layout);
    discard(m);
}

static void means_beyond_stretch_the_axis(void **state)
{
    struct made_up *m = make_up(3);
    struct ses_error err = { 0 };
    struct ses_saturation_layout layout;
    m->mean[1] = 1.7;
    m->mean[2] = NAN;
    OK(ses_saturation_layout_init(&layout, &m->figure, NULL, &err));
    assert_true(ses_frame_y(&layout.frame, 1.7) >= layout.frame.plot.y);
    OK(ses_plot_saturation(in_folder("b.svg"), &m->figure, NULL, &err));
    char *svg = read_file(in_folder("b.svg"), NULL);
    assert_null(strstr(svg, "nan"));
    free(svg);
    ses_saturation_layout_release(&layout);
    discard(m);
}

static void figures_that_cannot_be_made_are_refused(void **state)
{
    struct made_up *m = make_up(3);
    struct ses_saturation_figure none = { 0 };
    struct ses_error err = { 0 };
    assert_int_equal(ses_plot_saturation(in_folder("c.svg"), &none, NULL,
                                         &err),
                     SES_EUSAGE);
    SAYS("no blocks to plot");
    assert_int_equal(ses_plot_saturation("c.jpg", &m->figure, NULL, &err),
                     SES_EUSAGE);
    struct ses_plot_style narrow = { .width_mm = 30 };
    assert_int_equal(ses_plot_saturation(in_folder("c.svg"), &m->figure,
                                         &narrow, &err),
                     SES_EUSAGE);
    SAYS("expected 40 to 2000");
    discard(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_all_sizes_are_written),
        cmocka_unit_test(bars_are_as_high_as_the_shares),
        cmocka_unit_test(means_beyond_stretch_the_axis),
        cmocka_unit_test(figures_that_cannot_be_made_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
