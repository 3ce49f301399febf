/* plots/depth: lines beside references, and matrices of which both halves are
 * shown. Dots, intervals and halves of matrices are in test-ablation-plots. */
#include <math.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "plots/depth-layout.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"
#include "tests/support/svg.h"

enum { MOST_BLOCKS = 50 };

/* A panel of two lines over a reference, and two matrices. */
struct made_up {
    size_t n;
    char *names[MOST_BLOCKS];
    int stage[MOST_BLOCKS];
    double value[3][MOST_BLOCKS], low[3][MOST_BLOCKS], high[3][MOST_BLOCKS];
    double matrix[2][MOST_BLOCKS * MOST_BLOCKS];
    struct ses_depth_series series[3];
    struct ses_depth_panel lines, matrices[2];
};

static struct made_up *make_up(size_t n, bool staged)
{
    static const char *const names[] = { "eta squared", "omega squared",
                                         "eta squared, labels shuffled" };
    struct made_up *m = need(1, sizeof *m);
    m->n = n;
    for (size_t i = 0; i < n; i++) {
        m->stage[i] = (int)(2 + 4 * i / n);
        m->names[i] = ses_format(staged ? "SE_5_%zu"
                                        : "features.%zu.block.se.gate", i);
    }
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < n; i++) {
            m->value[k][i] = k == 2 ? 0.1
                                    : 0.1 + 0.8 * (double)i / MOST_BLOCKS +
                                          0.01 * (double)k;
            m->low[k][i] = m->value[k][i] - (k == 2 ? 0 : 0.05);
            m->high[k][i] = m->value[k][i] + 0.05;
        }
        m->series[k] = (struct ses_depth_series){
            .name = names[k], .value = m->value[k], .low = m->low[k],
            .high = m->high[k], .reference = k == 2, .dashed = k == 1,
        };
    }
    for (size_t i = 0; i < n * n; i++) {
        size_t apart = i / n > i % n ? i / n - i % n : i % n - i / n;
        m->matrix[0][i] = 1 - (double)apart / (double)n;
        m->matrix[1][i] = 1 - 2 * (double)apart / (double)n;
    }
    m->lines = (struct ses_depth_panel){
        .kind = SES_DEPTH_LINES, .down = "class selectivity", .n_points = n,
        .points = (const char *const *)m->names,
        .stage = staged ? m->stage : NULL, .n_series = 3, .series = m->series,
    };
    for (int k = 0; k < 2; k++)
        m->matrices[k] = (struct ses_depth_panel){
            .kind = SES_DEPTH_MATRIX, .name = k ? "RSA" : "CKA",
            .down = k ? "Spearman's \u03c1" : "CKA", .n_points = n,
            .points = (const char *const *)m->names,
            .stage = staged ? m->stage : NULL, .matrix = m->matrix[k],
            .least = k ? -1 : 0, .most = 1,
        };
    return m;
}

static void discard(struct made_up *m)
{
    for (size_t i = 0; i < m->n; i++)
        free(m->names[i]);
    free(m);
}

static void check_figure(const struct ses_depth_figure *figure,
                         const struct ses_plot_style *style, const char *name)
{
    struct ses_error err = { 0 };
    struct ses_depth_layout layout;
    OK(ses_plot_depth(picture(name), figure, style, &err));
    OK(ses_depth_layout_init(&layout, figure, style, &err));
    check_sheet(&layout.sheet, name);
    for (size_t i = 0; i < figure->n_panels; i++)
        for (size_t j = 0; j < layout.sheet.labels.count; j++)
            assert_false(overlap(layout.sheet.labels.items[j].box,
                                 layout.places[i].frame.plot));
    ses_depth_layout_release(&layout);
}

static void figures_of_all_sizes_are_written(void **state)
{
    static const size_t blocks[] = { 1, 2, 3, 9, 16, 50 };
    static const double widths[] = { 60, 85, 180 };
    for (size_t b = 0; b < 6; b++)
        for (size_t w = 0; w < 3; w++)
            for (int staged = 0; staged < 2; staged++) {
                struct made_up *m = make_up(blocks[b], staged);
                struct ses_plot_style style = { .width_mm = widths[w],
                                                .dpi = 60, .theme = staged };
                char name[64];
                snprintf(name, sizeof name, "lines-%zu-%.0f-%d.png",
                         blocks[b], widths[w], staged);
                struct ses_depth_panel two[] = { m->lines, m->lines };
                two[0].name = "one";
                check_figure(&(struct ses_depth_figure){ 2, two,
                                                         "95 % interval" },
                             &style, name);
                snprintf(name, sizeof name, "likeness-%zu-%.0f-%d.png",
                         blocks[b], widths[w], staged);
                check_figure(&(struct ses_depth_figure){ 2, m->matrices,
                                                         NULL },
                             &style, name);
                discard(m);
            }
}

static void lines_go_through_their_numbers(void **state)
{
    struct made_up *m = make_up(5, true);
    struct ses_error err = { 0 };
    struct ses_depth_layout layout;
    const double numbers[] = { 0.1, 0.5, 0.2, 0.9, 0.4 };
    memcpy(m->value[0], numbers, sizeof numbers);
    m->lines.n_series = 1;
    struct ses_depth_figure figure = { 1, &m->lines, NULL };
    OK(ses_depth_layout_init(&layout, &figure, NULL, &err));
    OK(ses_plot_depth(in_folder("l.svg"), &figure, NULL, &err));
    char *svg = read_file(in_folder("l.svg"), NULL);
    struct ses_pen pen = ses_depth_pen(&layout, &m->series[0]);
    const char *fill = svg_fill(pen.colour.red, pen.colour.green,
                                pen.colour.blue);
    char stroke[128];
    snprintf(stroke, sizeof stroke, "stroke%s", fill + strlen("fill"));
    /* The legend's sample, then the line; dots after it. */
    struct svg_path line = svg_find(svg, stroke, 0);
    if (line.n != 5)
        line = svg_find(svg, stroke, 1);
    assert_int_equal(line.n, 5);
    const struct ses_rect *plot = &layout.places[0].frame.plot;
    for (size_t i = 0; i < 5; i++) {
        double x = plot->x + plot->width * ((double)i + 0.5) / 5;
        /* Ticks go from 0 to 1 (6 intervals at most: .2), 3 points inside. */
        double y = plot->y + plot->height - 3 -
                   (plot->height - 6) * numbers[i] / 1.0;
        assert_true(fabs(line.x[i] - x) <= SVG_STEP);
        assert_true(fabs(line.y[i] - y) <= SVG_STEP);
    }
    free(svg);
    ses_depth_layout_release(&layout);
    discard(m);
}

static void references_are_grey_and_take_no_pen(void **state)
{
    struct made_up *m = make_up(3, true);
    struct ses_error err = { 0 };
    struct ses_depth_layout layout;
    struct ses_depth_figure figure = { 1, &m->lines, "95 % interval" };
    OK(ses_depth_layout_init(&layout, &figure, NULL, &err));
    assert_int_equal(layout.n_names, 2);
    /* Three lines and the interval. */
    assert_int_equal(layout.sheet.legend.n_entries, 4);
    struct ses_pen first = ses_depth_pen(&layout, &m->series[0]);
    struct ses_pen second = ses_depth_pen(&layout, &m->series[1]);
    struct ses_pen third = ses_depth_pen(&layout, &m->series[2]);
    assert_int_equal(first.n_dash, 0);
    assert_true(second.n_dash > 0); /* the first is seen below it */
    assert_true(third.n_dash > 0);
    assert_true(third.colour.red == third.colour.green &&
                third.colour.green == third.colour.blue);
    ses_depth_layout_release(&layout);
    discard(m);
}

static void a_little_below_zero_needs_no_tick(void **state)
{
    struct made_up *m = make_up(4, true);
    struct ses_error err = { 0 };
    struct ses_depth_layout layout;
    struct ses_depth_figure figure = { 1, &m->lines, NULL };
    for (int deep = 0; deep < 2; deep++) {
        m->low[1][0] = deep ? -0.05 : -0.003;
        OK(ses_depth_layout_init(&layout, &figure, NULL, &err));
        const struct ses_frame *frame = &layout.places[0].frame;
        assert_true(frame->ticks.first < 0 ? deep : !deep);
        assert_true(ses_frame_y(frame, m->low[1][0]) <=
                    frame->plot.y + frame->plot.height);
        ses_depth_layout_release(&layout);
    }
    discard(m);
}

static void plots_stand_above_each_other(void **state)
{
    struct made_up *m = make_up(4, true);
    struct ses_error err = { 0 };
    struct ses_depth_layout layout;
    double percents[4] = { 10, 20, 30, 100 };
    struct ses_depth_series percent = { .name = "b", .value = percents };
    struct ses_depth_panel panels[] = { m->lines, m->lines };
    panels[1].series = &percent;
    panels[1].n_series = 1;
    struct ses_depth_figure figure = { 2, panels, NULL };
    OK(ses_depth_layout_init(&layout, &figure, NULL, &err));
    assert_true(layout.places[0].frame.plot.x ==
                layout.places[1].frame.plot.x);
    ses_depth_layout_release(&layout);
    discard(m);
}

static void whole_matrices_are_shown_on_their_own_scales(void **state)
{
    struct made_up *m = make_up(3, true);
    struct ses_error err = { 0 };
    struct ses_depth_layout layout;
    struct ses_plot_style style = { .width_mm = 180 };
    struct ses_depth_figure figure = { 2, m->matrices, NULL };
    OK(ses_depth_layout_init(&layout, &figure, &style, &err));
    const struct ses_rect *a = &layout.places[0].frame.plot;
    const struct ses_rect *b = &layout.places[1].frame.plot;
    assert_true(a->y == b->y && a->width == b->width && b->x > a->x);
    assert_true(a->width == a->height);
    assert_false(layout.places[0].bar.scale.diverging);
    assert_true(layout.places[1].bar.scale.diverging);
    OK(ses_plot_depth(in_folder("m.svg"), &figure, &style, &err));
    char *svg = read_file(in_folder("m.svg"), NULL);
    /* 2/3 is there twice above and twice below the diagonal of the first. */
    struct ses_colour c = ses_colour_of(&layout.places[0].bar.scale,
                                        &layout.sheet.look, 2.0 / 3);
    const char *fill = svg_fill(c.red, c.green, c.blue);
    int above = 0, below = 0;
    for (int at = 0; at < 64; at++) {
        struct svg_path cell = svg_find(svg, fill, at);
        if (cell.n < 4 || cell.x[0] > a->x + a->width)
            continue;
        double x = 0, y = 0;
        for (size_t i = 0; i < 4; i++) {
            x += (cell.x[i] - a->x) / 4;
            y += (cell.y[i] - a->y) / 4;
        }
        above += x > y;
        below += y > x;
    }
    assert_int_equal(above, 2);
    assert_int_equal(below, 2);
    free(svg);
    ses_depth_layout_release(&layout);
    style.width_mm = 85;
    OK(ses_depth_layout_init(&layout, &figure, &style, &err));
    assert_true(layout.places[1].frame.plot.y >
                layout.places[0].frame.plot.y);
    ses_depth_layout_release(&layout);
    discard(m);
}

static void gaps_are_left_out(void **state)
{
    struct made_up *m = make_up(9, true);
    struct ses_error err = { 0 };
    for (size_t i = 0; i < 9; i += 2)
        m->value[0][i] = m->low[1][i] = m->value[2][i] = m->matrix[0][9 * i] =
            NAN;
    struct ses_depth_panel panels[] = { m->lines, m->matrices[0] };
    struct ses_depth_figure figure = { 2, panels, NULL };
    OK(ses_plot_depth(in_folder("gaps.svg"), &figure, NULL, &err));
    char *text = read_file(in_folder("gaps.svg"), NULL);
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    free(text);
    discard(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_all_sizes_are_written),
        cmocka_unit_test(lines_go_through_their_numbers),
        cmocka_unit_test(references_are_grey_and_take_no_pen),
        cmocka_unit_test(a_little_below_zero_needs_no_tick),
        cmocka_unit_test(plots_stand_above_each_other),
        cmocka_unit_test(whole_matrices_are_shown_on_their_own_scales),
        cmocka_unit_test(gaps_are_left_out),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
