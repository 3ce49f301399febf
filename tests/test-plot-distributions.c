/* plots/distributions: figures of every size are written, and ridges are as
 * high as the shares, between the ends of the axis. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "plots/distributions.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"
#include "tests/support/svg.h"

enum { BINS = 10 };

struct made_up {
    size_t n_classes;
    char **classes;
    double *share, *mean;
    struct ses_distribution_panel *panels;
    struct ses_distribution_figure figure;
};

static struct made_up *make_up(size_t n_panels, size_t n_classes)
{
    struct made_up *m = need(1, sizeof *m);
    m->n_classes = n_classes;
    m->classes = need(n_classes, sizeof *m->classes);
    m->share = need(n_classes * BINS, sizeof *m->share);
    m->mean = need(n_classes, sizeof *m->mean);
    m->panels = need(n_panels, sizeof *m->panels);
    for (size_t k = 0; k < n_classes; k++) {
        m->classes[k] = ses_format("class %zu", k);
        for (size_t b = 0; b < BINS; b++)
            m->share[k * BINS + b] = (double)((b + k) % BINS) / 45;
        m->mean[k] = (double)(k % 7) / 7;
    }
    for (size_t p = 0; p < n_panels; p++)
        m->panels[p] = (struct ses_distribution_panel){ "SE_5_3", m->share,
                                                        m->mean };
    m->figure = (struct ses_distribution_figure){
        n_classes, BINS, (const char *const *)m->classes, 0, 1, n_panels,
        m->panels
    };
    return m;
}

static void discard(struct made_up *m)
{
    for (size_t k = 0; k < m->n_classes; k++)
        free(m->classes[k]);
    free(m->classes);
    free(m->share);
    free(m->mean);
    free(m->panels);
    free(m);
}

static void figures_of_all_sizes_are_written(void **state)
{
    static const size_t sizes[][2] = { /* panels, classes */
        { 1, 1 }, { 3, 2 }, { 3, 4 }, { 4, 10 }, { 50, 10 }, { 2, 24 },
        { 2, 25 }, { 3, 1000 },
    };
    static const double widths[] = { 85, 180 };
    struct ses_error err = { 0 };
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (size_t w = 0; w < 2; w++) {
            struct made_up *m = make_up(sizes[s][0], sizes[s][1]);
            struct ses_plot_style style = { .width_mm = widths[w], .dpi = 60,
                                            .theme = (int)w,
                                            .title = "Gates" };
            char name[64];
            snprintf(name, sizeof name, "distributions-%zu-%zu-%.0f.png",
                     sizes[s][0], sizes[s][1], widths[w]);
            OK(ses_plot_distributions(picture(name), &m->figure, &style,
                                      &err));
            struct ses_distribution_layout layout;
            OK(ses_distribution_layout_init(&layout, &m->figure, &style,
                                            &err));
            check_sheet(&layout.sheet, name);
            assert_int_equal(layout.many, sizes[s][1] > SES_MOST_RIDGES);
            for (size_t i = 0; i < m->figure.n_panels; i++)
                assert_false(overlap(layout.sheet.legend.box,
                                     layout.grid.plots[i]));
            ses_distribution_layout_release(&layout);
            discard(m);
        }
}

/* A ridge is filled with a colour of its own: steps over its foot. */
static void ridges_are_as_high_as_the_shares(void **state)
{
    struct made_up *m = make_up(1, 2);
    struct ses_error err = { 0 };
    struct ses_distribution_layout layout;
    OK(ses_distribution_layout_init(&layout, &m->figure, NULL, &err));
    OK(ses_plot_distributions(in_folder("a.svg"), &m->figure, NULL, &err));
    char *svg = read_file(in_folder("a.svg"), NULL);
    struct ses_colour fill =
        ses_colour_mix(ses_pen_of(&layout.sheet.look, 0).colour,
                       layout.sheet.look.paper, 0.4);
    const struct ses_rect *plot = &layout.grid.plots[0];
    double most = 9.0 / 45;
    for (int k = 0; k < 2; k++) {
        struct svg_path ridge =
            svg_find(svg, svg_fill(fill.red, fill.green, fill.blue), k);
        double foot = ses_distribution_foot(&layout, 0, (size_t)k);
        assert_true(ridge.n > BINS);
        bool seen[BINS] = { false };
        for (size_t i = 0; i < ridge.n; i++) {
            double x = (ridge.x[i] - plot->x) / plot->width;
            assert_true(x > -1e-4 && x < 1 + 1e-4);
            /* Every height is that of the bin left or right of it. */
            double up = foot - ridge.y[i];
            assert_true(up > -SVG_STEP);
            long edge = lround(x * BINS);
            bool fits = up < SVG_STEP;
            for (long b = edge - 1; b <= edge; b++) {
                double share =
                    b < 0 || b >= BINS ? 0 : m->share[k * BINS + (int)b];
                bool own = fabs(up - ses_distribution_rise(&layout, 0, share,
                                                           most)) < SVG_STEP;
                fits |= own;
                if (own && b >= 0 && b < BINS)
                    seen[b] = true;
            }
            assert_true(fits);
        }
        for (int b = 0; b < BINS; b++)
            assert_true(seen[b]);
    }
    free(svg);
    ses_distribution_layout_release(&layout);
    discard(m);
}

static void ranges_beyond_have_their_ticks(void **state)
{
    struct made_up *m = make_up(2, 3);
    struct ses_error err = { 0 };
    struct ses_distribution_layout layout;
    m->figure.low = -1;
    m->figure.high = 3;
    OK(ses_distribution_layout_init(&layout, &m->figure, NULL, &err));
    const struct ses_rect *plot = &layout.grid.plots[1];
    assert_true(fabs(ses_distribution_x(&layout, 1, -1) - plot->x) < 1e-9);
    assert_true(fabs(ses_distribution_x(&layout, 1, 1) - plot->x -
                     plot->width / 2) < 1e-9);
    ses_distribution_layout_release(&layout);
    discard(m);
}

static void classes_without_images_have_no_ridge(void **state)
{
    for (size_t classes = 3; classes < 100; classes += 90) {
        struct made_up *m = make_up(1, classes);
        struct ses_error err = { 0 };
        for (size_t b = 0; b < BINS; b++)
            m->share[BINS + b] = NAN;
        m->mean[1] = NAN;
        OK(ses_plot_distributions(in_folder("b.svg"), &m->figure, NULL, &err));
        char *svg = read_file(in_folder("b.svg"), NULL);
        assert_null(strstr(svg, "nan"));
        free(svg);
        discard(m);
    }
}

static void figures_that_cannot_be_made_are_refused(void **state)
{
    struct made_up *m = make_up(2, 3);
    struct ses_error err = { 0 };
    const char *path = in_folder("c.svg");
    m->figure.n_classes = 0;
    assert_int_equal(ses_plot_distributions(path, &m->figure, NULL, &err),
                     SES_EUSAGE);
    SAYS("no classes to plot");
    m->figure.n_panels = 0;
    assert_int_equal(ses_plot_distributions(path, &m->figure, NULL, &err),
                     SES_EUSAGE);
    SAYS("no blocks to plot");
    discard(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_all_sizes_are_written),
        cmocka_unit_test(ridges_are_as_high_as_the_shares),
        cmocka_unit_test(ranges_beyond_have_their_ticks),
        cmocka_unit_test(classes_without_images_have_no_ridge),
        cmocka_unit_test(figures_that_cannot_be_made_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
