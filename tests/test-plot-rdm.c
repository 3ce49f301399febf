/* plots/rdm: figures of every size are written, and a cell has the colour of
 * its number. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "plots/rdm-layout.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"
#include "tests/support/svg.h"

struct made_up {
    char **classes, **blocks;
    double *values;
    struct ses_rdm_panel *panels;
    struct ses_rdm_figure figure;
};

static struct made_up *make_up(size_t n_panels, size_t n_classes, bool staged)
{
    struct made_up *m = need(1, sizeof *m);
    m->classes = need(n_classes, sizeof *m->classes);
    m->blocks = need(n_panels, sizeof *m->blocks);
    m->values = need(n_classes * n_classes, sizeof *m->values);
    m->panels = need(n_panels, sizeof *m->panels);
    for (size_t k = 0; k < n_classes; k++)
        m->classes[k] = ses_format(k % 3 ? "class %zu"
                                         : "the %zu. class, of long name", k);
    for (size_t i = 0; i < n_classes * n_classes; i++) {
        size_t apart = i / n_classes > i % n_classes
                           ? i / n_classes - i % n_classes
                           : i % n_classes - i / n_classes;
        m->values[i] = 1.2 * (double)apart / (double)n_classes;
    }
    for (size_t i = 0; i < n_panels; i++) {
        m->blocks[i] = ses_format(staged ? "SE_5_%zu"
                                         : "features.%zu.block.se.gate", i);
        m->panels[i] = (struct ses_rdm_panel){ m->blocks[i], m->values };
    }
    m->figure = (struct ses_rdm_figure){
        n_classes, (const char *const *)m->classes, n_panels, m->panels,
        "1 \u2212 correlation of class means"
    };
    return m;
}

static void discard(struct made_up *m)
{
    for (size_t k = 0; k < m->figure.n_classes; k++)
        free(m->classes[k]);
    for (size_t i = 0; i < m->figure.n_panels; i++)
        free(m->blocks[i]);
    free(m->classes);
    free(m->blocks);
    free(m->values);
    free(m->panels);
    free(m);
}

static void figures_of_all_sizes_are_written(void **state)
{
    static const size_t sizes[][2] = { /* panels, classes */
        { 1, 2 }, { 3, 4 }, { 9, 10 }, { 50, 4 }, { 50, 10 }, { 3, 1000 },
    };
    static const double widths[] = { 85, 180 };
    struct ses_error err = { 0 };
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (size_t w = 0; w < 2; w++) {
            struct made_up *m = make_up(sizes[s][0], sizes[s][1], s % 2);
            struct ses_plot_style style = { .width_mm = widths[w], .dpi = 60,
                                            .theme = (int)w };
            char name[64];
            snprintf(name, sizeof name, "rdm-%zu-%zu-%.0f.png", sizes[s][0],
                     sizes[s][1], widths[w]);
            OK(ses_plot_rdm(picture(name), &m->figure, &style, &err));
            struct ses_rdm_layout layout;
            OK(ses_rdm_layout_init(&layout, &m->figure, &style, &err));
            check_sheet(&layout.sheet, name);
            for (size_t i = 0; i < m->figure.n_panels; i++) {
                assert_true(layout.squares[i].width ==
                            layout.squares[i].height);
                assert_false(overlap(layout.bar.box, layout.squares[i]));
                for (size_t j = 0; j < layout.sheet.labels.count; j++)
                    assert_false(overlap(layout.sheet.labels.items[j].box,
                                         layout.squares[i]));
            }
            /* Ten are where they have room. */
            if (sizes[s][1] != 10)
                assert_true(layout.named == (sizes[s][1] < 10));
            ses_rdm_layout_release(&layout);
            discard(m);
        }
}

static void cells_have_the_colours_of_their_numbers(void **state)
{
    struct made_up *m = make_up(1, 3, true);
    struct ses_error err = { 0 };
    struct ses_rdm_layout layout;
    static const double numbers[] = { 0,   0.21, 0.87, 0.33, 0.02,
                                      0.5, 0.61, NAN,  0.04 };
    memcpy(m->values, numbers, sizeof numbers);
    OK(ses_rdm_layout_init(&layout, &m->figure, NULL, &err));
    OK(ses_plot_rdm(in_folder("a.svg"), &m->figure, NULL, &err));
    char *svg = read_file(in_folder("a.svg"), NULL);
    const struct ses_rect *square = &layout.squares[0];
    for (size_t i = 0; i < 9; i++) {
        struct ses_colour c =
            ses_colour_of(&layout.bar.scale, &layout.sheet.look, numbers[i]);
        struct svg_path cell =
            svg_find(svg, svg_fill(c.red, c.green, c.blue), 0);
        assert_true(cell.n >= 4);
        double left = INFINITY, top = INFINITY;
        for (size_t j = 0; j < cell.n; j++) {
            left = fmin(left, cell.x[j]);
            top = fmin(top, cell.y[j]);
        }
        assert_true(fabs(left - square->x -
                         square->width * (double)(i % 3) / 3) <= SVG_STEP);
        assert_true(fabs(top - square->y -
                         square->height * (double)(i / 3) / 3) <= SVG_STEP);
    }
    free(svg);
    ses_rdm_layout_release(&layout);
    discard(m);
}

/* A page of fifty such matrices must stay one that a browser opens. */
static void a_vector_figure_has_no_more_pixels_than_can_be_seen(void **state)
{
    struct made_up *m = make_up(6, 1000, true);
    struct ses_error err = { 0 };
    const struct ses_plot_style style = { .width_mm = 85 };
    OK(ses_plot_rdm(in_folder("many.svg"), &m->figure, &style, &err));
    char *svg = read_file(in_folder("many.svg"), NULL);
    size_t n = 0;
    for (const char *at = svg; (at = strstr(at, "<image ")); at++, n++) {
        const char *width = strstr(at, " width=\"");
        assert_non_null(width);
        long pixels = strtol(width + strlen(" width=\""), NULL, 10);
        assert_in_range(pixels, 100, 85 * 12);
        assert_true(pixels < 1000);
    }
    assert_true(n >= 1);
    free(svg);
    discard(m);
}

static void figures_that_cannot_be_made_are_refused(void **state)
{
    struct made_up *m = make_up(2, 1, true);
    struct ses_error err = { 0 };
    const char *path = in_folder("refused.png");
    assert_int_equal(ses_plot_rdm(path, &m->figure, NULL, &err), SES_EUSAGE);
    SAYS("expected two or more");
    struct ses_rdm_figure none = { 0 };
    assert_int_equal(ses_plot_rdm(path, &none, NULL, &err), SES_EUSAGE);
    SAYS("no blocks");
    assert_int_equal(ses_plot_rdm("refused.jpg", &m->figure, NULL, &err),
                     SES_EUSAGE);
    discard(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_all_sizes_are_written),
        cmocka_unit_test(cells_have_the_colours_of_their_numbers),
        cmocka_unit_test(
            a_vector_figure_has_no_more_pixels_than_can_be_seen),
        cmocka_unit_test(figures_that_cannot_be_made_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
