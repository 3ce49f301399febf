/* The activation figure: its layout, and the data read back from its SVG. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plots/activations.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"
#include "tests/support/svg.h"

static char *drawn_svg(const struct ses_activation_figure *figure)
{
    struct ses_error err = { 0 };
    if (ses_plot_activations(in_folder("a.svg"), figure, NULL, &err))
        fail_msg("%s", err.message);
    size_t size;
    char *svg = read_file(in_folder("a.svg"), &size);
    empty_folder();
    return svg;
}

#define BLUE "stroke:rgb(0%,44.705882%,69.803922%)"
#define BLACK "stroke:rgb(0%,0%,0%)"
#define GRID "stroke:rgb(85%,85%,85%)"
#define BLUE_FILL "fill:rgb(0%,44.705882%,69.803922%);fill-opacity:"

/* Excitation at height y, by the grid lines of panel 0 (0, 0.25, ... 1). */
static double excitation_at(const char *svg, double y)
{
    struct svg_path grid = svg_find(svg, GRID, 0);
    assert_int_equal(grid.n, 10);
    return (y - grid.y[0]) / (grid.y[8] - grid.y[0]);
}

static void lines_lie_where_the_data_say(void **state)
{
    static const double data[6] = { 0, 0.6, 1, 0.25, 0.75, 0.1 };
    struct ses_activation_figure *figure = new_figure(3, 2, 6, 0);
    memcpy(means(figure, 0), data, sizeof data);
    char *svg = drawn_svg(figure);
    struct svg_path grid = svg_find(svg, GRID, 0);
    struct svg_path line = svg_find(svg,
                                 "stroke-width:0.8;stroke-linecap:butt;"
                                 "stroke-linejoin:round;" BLUE,
                                 0);
    assert_int_equal(line.n, 6);
    assert_int_equal(line.moves, 1);
    for (size_t i = 0; i < 6; i++) {
        assert_true(fabs(excitation_at(svg, line.y[i]) - data[i]) < 1e-3);
        double even = line.x[0] + (line.x[5] - line.x[0]) * (double)i / 5;
        assert_true(fabs(line.x[i] - even) < 0.01);
    }
    assert_true(line.y[0] > line.y[2]); /* y of a page points down */
    assert_true(line.x[0] > grid.x[0] && line.x[5] < grid.x[1]);
    /* The mean over all, a dead 0.5, is there too, from end to end. (Cairo
     * leaves points out that lie on the line between their neighbours.) */
    struct svg_path all = svg_find(svg, BLACK, 0);
    assert_int_equal(all.n, 2);
    assert_true(all.x[0] == line.x[0] && all.x[1] == line.x[5]);
    assert_true(fabs(excitation_at(svg, all.y[0]) - 0.5) < 1e-3);
    assert_true(all.y[0] == all.y[1]);
    free(svg);
    free_figure(figure);
}

static void bands_lie_between_their_bounds(void **state)
{
    const double low[6] = { 0.25, 0.1, 0.4, NAN, 0.2, 0.2 };
    const double high[6] = { 0.75, 0.6, 0.9, 0.9, NAN, 0.3 };
    struct ses_activation_figure *figure = new_figure(1, 1, 6, 0);
    struct ses_activation_panel *panel = panel_of(figure, 0);
    panel->low = low;
    panel->high = high;
    char *svg = drawn_svg(figure);
    struct svg_path band = svg_find(svg, BLUE_FILL "0.2", 0);
    /* Cairo closes a filled path with a further move. */
    assert_true(band.n >= 6);
    for (int i = 0; i < 3; i++) {
        assert_true(fabs(excitation_at(svg, band.y[i]) - high[i]) < 1e-3);
        assert_true(fabs(excitation_at(svg, band.y[5 - i]) - low[i]) < 1e-3);
        assert_true(fabs(band.x[i] - band.x[5 - i]) < 1e-6);
    }
    assert_null(strstr(svg, "nan"));
    free(svg);
    free_figure(figure);
}

static void not_a_number_breaks_a_line(void **state)
{
    const double data[8] = { 0.1, 0.2, NAN, 0.3, NAN, 0.4, 0.5, INFINITY };
    struct ses_activation_figure *figure = new_figure(3, 1, 8, 0);
    memcpy(means(figure, 0), data, sizeof data);
    char *svg = drawn_svg(figure);
    struct svg_path first = svg_find(svg, BLUE, 0);
    struct svg_path second = svg_find(svg, BLUE, 1);
    assert_int_equal(first.n, 2);
    assert_int_equal(second.n, 2);
    assert_true(fabs(excitation_at(svg, second.y[0]) - 0.4) < 1e-3);
    /* The lonely fourth value is a dot. */
    struct svg_path dot = svg_find(svg, BLUE_FILL "1", 0);
    assert_true(dot.n > 0);
    assert_true(fabs(excitation_at(svg, dot.y[0]) - 0.3) < 0.01);
    assert_null(strstr(svg, "nan"));
    free(svg);
    free_figure(figure);
}

static void one_channel_is_dots(void **state)
{
    struct ses_activation_figure *figure = new_figure(1, 3, 1, 0);
    means(figure, 0)[0] = 0.2;
    char *svg = drawn_svg(figure);
    assert_int_equal(svg_find(svg, BLUE, 0).n, 0);
    struct svg_path dot = svg_find(svg, BLUE_FILL "1", 0);
    assert_true(dot.n > 0);
    assert_true(fabs(excitation_at(svg, dot.y[0]) - 0.2) < 1e-3);
    free(svg);
    free_figure(figure);
}

static void values_beyond_stretch_every_panel(void **state)
{
    struct ses_activation_figure *figure = new_figure(3, 2, 8, 0);
    means(figure, 1)[3] = -0.9;
    struct ses_activation_layout layout;
    struct ses_plot_style style = { 0 };
    assert_int_equal(ses_activation_layout_init(&layout, figure, &style, NULL),
                     SES_OK);
    for (size_t i = 0; i < 3; i++) {
        const struct ses_frame *frame = &layout.frames[i];
        double low = ses_frame_y(frame, -1), high = ses_frame_y(frame, 1);
        assert_true(fabs(low - high + 2 * frame->inset -
                         frame->plot.height) < 1e-9);
    }
    ses_activation_layout_release(&layout);
    free_figure(figure);
}

/* A mean and its standard deviation may reach where no gate can be. */
static void cut_bands_end_at_the_axis(void **state)
{
    static const double low[4] = { -0.5, 0.1, 0.2, 0.3 };
    static const double high[4] = { 1.5, 0.9, 0.8, 0.7 };
    struct ses_activation_figure *figure = new_figure(1, 1, 4, 0);
    panel_of(figure, 0)->low = low;
    panel_of(figure, 0)->high = high;
    struct ses_activation_layout layout;
    struct ses_error err = { 0 };
    for (int cut = 0; cut < 2; cut++) {
        figure->cut_bands = cut;
        OK(ses_activation_layout_init(&layout, figure, NULL, &err));
        assert_true(((double)layout.ticks.first * layout.ticks.step < 0) !=
                    cut);
        ses_activation_layout_release(&layout);
    }
    char *svg = drawn_svg(figure);
    assert_contains(svg, "clip-path");
    free(svg);
    free_figure(figure);
}

static bool apart(struct ses_rect a, struct ses_rect b)
{
    double slack = 0.01;
    return a.x + a.width <= b.x + slack || b.x + b.width <= a.x + slack ||
           a.y + a.height <= b.y + slack || b.y + b.height <= a.y + slack;
}

/* No text, sample or plot covers another, and all are on the page. */
static void check_layout(const struct ses_activation_figure *figure,
                         struct ses_plot_style style)
{
    struct ses_activation_layout layout;
    struct ses_error err = { 0 };
    if (ses_activation_layout_init(&layout, figure, &style, &err))
        fail_msg("%s", err.message);
    const struct ses_sheet *sheet = &layout.sheet;
    size_t n_texts = sheet->labels.count;
    size_t n_samples = sheet->legend.n_entries;
    size_t n = n_texts + n_samples + figure->n_panels;
    struct ses_rect *boxes = need(n, sizeof *boxes);
    for (size_t i = 0; i < n_texts; i++)
        boxes[i] = sheet->labels.items[i].box;
    memcpy(boxes + n_texts, sheet->legend.samples, n_samples * sizeof *boxes);
    for (size_t i = 0; i < figure->n_panels; i++)
        boxes[n_texts + n_samples + i] = layout.frames[i].plot;
    for (size_t i = 0; i < n; i++) {
        assert_true(boxes[i].width > 0 && boxes[i].height > 0);
        assert_true(boxes[i].x >= 0 && boxes[i].y >= 0);
        assert_true(boxes[i].x + boxes[i].width <= sheet->width);
        assert_true(boxes[i].y + boxes[i].height <=
                    sheet->y + SES_SHEET_MARGIN);
        for (size_t j = 0; j < i; j++)
            if (!apart(boxes[i], boxes[j]))
                fail_msg("%zu panels, %zu classes, %g mm: box %zu covers %zu",
                         figure->n_panels, figure->n_classes, style.width_mm, i,
                         j);
    }
    for (size_t i = 0; i < figure->n_panels; i++)
        assert_true(apart(sheet->legend.box, layout.frames[i].plot));
    free(boxes);
    ses_activation_layout_release(&layout);
}

static void nothing_covers_anything(void **state)
{
    static const char *const names[] = {
        "金魚(キンギョ科の淡水魚)、観賞用に改良された多くの品種を含む",
        ("plane, carpenter's plane, woodworking plane, and all the other "
         "synonyms WordNet has for a tool that makes wood flat and smooth"),
        "パグ",
        "cliff",
        "not UTF-8: \xff\xfe",
        "two\nlines",
        ""
    };
    static const size_t panels[] = { 1, 2, 3, 4, 6, 7, 16, 50 };
    static const size_t classes[] = { 1, 4, 10, 12, 13, 1000 };
    static const double widths[] = { 0, 40, 85, 180 };
    for (size_t p = 0; p < 8; p++) {
        for (size_t k = 0; k < 6; k++) {
            struct ses_activation_figure *figure =
                new_figure(panels[p], classes[k], 2048, 50);
            const char **name = (const char **)(uintptr_t)figure->classes;
            for (size_t i = 0; i < classes[k]; i++)
                name[i] = names[i % 6];
            for (size_t w = 0; w < 4; w++)
                check_layout(figure,
                             (struct ses_plot_style){
                                 .width_mm = widths[w],
                                 .title = p % 2 ? names[p % 2] : NULL });
            check_layout(figure, (struct ses_plot_style){ .columns = 7 });
            struct ses_activation_panel *panel = panel_of(figure, 0);
            panel[0].name = "features.stage4.unit11.body.se.excitation";
            check_layout(figure, (struct ses_plot_style){ 0 });
            free_figure(figure);
        }
    }
}

static void long_names_are_cut_not_lost(void **state)
{
    struct ses_activation_figure *figure = new_figure(3, 2, 64, 0);
    struct ses_activation_panel *panel = panel_of(figure, 0);
    panel[1].name = "a.path.so.long.that.no.panel.of.a.figure.of.this.width."
                    "can.hold.it.in.one.line.but.three.of.them.do";
    struct ses_activation_layout layout;
    struct ses_plot_style style = { .width_mm = 180 };
    assert_int_equal(ses_activation_layout_init(&layout, figure, &style, NULL),
                     SES_OK);
    bool found = false;
    for (size_t i = 0; i < layout.sheet.labels.count; i++) {
        struct ses_rect box = layout.sheet.labels.items[i].box;
        struct ses_rect plot = layout.frames[1].plot;
        if (fabs(box.x - plot.x) > 1e-9 || box.y > plot.y)
            continue;
        found = true;
        assert_true(box.width <= layout.frames[1].plot.width);
        assert_true(box.height > 16); /* more than a line */
    }
    assert_true(found);
    ses_activation_layout_release(&layout);
    free_figure(figure);
}

static void a_thousand_classes_are_grey_and_unnamed(void **state)
{
    struct ses_activation_figure *figure = new_figure(6, 1000, 256, 50);
    struct ses_activation_layout layout;
    struct ses_plot_style style = { 0 };
    assert_int_equal(ses_activation_layout_init(&layout, figure, &style, NULL),
                     SES_OK);
    assert_true(layout.many);
    assert_int_equal(layout.sheet.legend.n_entries, 2);
    ses_activation_layout_release(&layout);
    /* 300 000 points as pixels, not as paths. */
    char *svg = drawn_svg(figure);
    assert_true(strlen(svg) < 1000000);
    assert_non_null(strstr(svg, "<image"));
    assert_int_equal(svg_find(svg, BLUE, 0).n, 0);
    assert_int_equal(svg_find(svg, BLACK, 0).n, 2);
    free(svg);
    free_figure(figure);
}

static void columns_can_be_asked_for(void **state)
{
    struct ses_activation_figure *figure = new_figure(6, 2, 8, 0);
    struct ses_plot_style style = { .columns = 2 };
    struct ses_activation_layout layout;
    assert_int_equal(ses_activation_layout_init(&layout, figure, &style, NULL),
                     SES_OK);
    assert_true(layout.frames[2].plot.x == layout.frames[0].plot.x);
    assert_true(layout.frames[1].plot.x > layout.frames[0].plot.x);
    assert_true(layout.frames[4].plot.y > layout.frames[3].plot.y);
    ses_activation_layout_release(&layout);
    free_figure(figure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_lie_where_the_data_say),
        cmocka_unit_test(bands_lie_between_their_bounds),
        cmocka_unit_test(not_a_number_breaks_a_line),
        cmocka_unit_test(one_channel_is_dots),
        cmocka_unit_test(values_beyond_stretch_every_panel),
        cmocka_unit_test(cut_bands_end_at_the_axis),
        cmocka_unit_test(nothing_covers_anything),
        cmocka_unit_test(long_names_are_cut_not_lost),
        cmocka_unit_test(a_thousand_classes_are_grey_and_unnamed),
        cmocka_unit_test(columns_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
