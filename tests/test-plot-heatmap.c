/* plots/heatmap: figures of every size are written, and a cell has the colour
 * of its number. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "plots/heatmap.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"
#include "tests/support/svg.h"

struct made_up {
    size_t n_classes, n_channels;
    char **classes;
    int *channel;
    double *mean;
    size_t *order;
    struct ses_branch *row_tree, *column_tree;
    struct ses_heatmap_panel *panels;
    struct ses_heatmap_figure figure;
};

/* Leaf after leaf joins the first two. */
static struct ses_branch *grow(size_t n)
{
    struct ses_branch *tree = need(n, sizeof *tree);
    for (size_t i = 0; i + 1 < n; i++)
        tree[i] = (struct ses_branch){ i ? n + i - 1 : 0, i + 1,
                                       (double)(i + 1) };
    return tree;
}

static struct made_up *make_up(size_t n_panels, size_t n_classes,
                               size_t n_channels)
{
    struct made_up *m = need(1, sizeof *m);
    m->n_classes = n_classes;
    m->classes = need(n_classes, sizeof *m->classes);
    m->channel = need(n_channels, sizeof *m->channel);
    m->mean = need(n_classes * n_channels, sizeof *m->mean);
    m->panels = need(n_panels, sizeof *m->panels);
    for (size_t k = 0; k < n_classes; k++)
        m->classes[k] = ses_format(k % 3 ? "class %zu"
                                         : "the %zu. class, of long name", k);
    for (size_t c = 0; c < n_channels; c++)
        m->channel[c] = (int)c;
    for (size_t i = 0; i < n_classes * n_channels; i++)
        m->mean[i] = (double)(i * 37 % 101) / 100;
    size_t most = n_classes > n_channels ? n_classes : n_channels;
    m->order = need(most, sizeof *m->order);
    for (size_t i = 0; i < most; i++)
        m->order[i] = i;
    m->row_tree = grow(n_classes);
    m->column_tree = grow(n_channels);
    for (size_t p = 0; p < n_panels; p++)
        m->panels[p] = (struct ses_heatmap_panel){
            "SE_5_3", (const char *const *)m->classes, n_channels, m->channel,
            m->mean, m->order, m->order, m->row_tree, m->column_tree
        };
    m->figure = (struct ses_heatmap_figure){ n_classes, n_panels, m->panels,
                                             false };
    return m;
}

static void discard(struct made_up *m)
{
    for (size_t k = 0; k < m->n_classes; k++)
        free(m->classes[k]);
    free(m->classes);
    free(m->channel);
    free(m->mean);
    free(m->order);
    free(m->row_tree);
    free(m->column_tree);
    free(m->panels);
    free(m);
}

static void figures_of_all_sizes_are_written(void **state)
{
    static const size_t sizes[][3] = { /* panels, classes, channels */
        { 1, 1, 1 },   { 3, 2, 64 },  { 2, 4, 2048 },
        { 5, 10, 16 }, { 50, 10, 8 }, { 2, 1000, 128 },
    };
    static const double widths[] = { 85, 180 };
    struct ses_error err = { 0 };
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (size_t w = 0; w < 2; w++) {
            struct made_up *m = make_up(sizes[s][0], sizes[s][1], sizes[s][2]);
            m->figure.clustered = s % 2;
            struct ses_plot_style style = { .width_mm = widths[w], .dpi = 60,
                                            .theme = (int)w };
            char name[64];
            snprintf(name, sizeof name, "heatmap-%zu-%zu-%.0f.png",
                     sizes[s][0], sizes[s][1], widths[w]);
            OK(ses_plot_heatmap(picture(name), &m->figure, &style, &err));
            struct ses_heatmap_layout layout;
            OK(ses_heatmap_layout_init(&layout, &m->figure, &style, &err));
            check_sheet(&layout.sheet, name);
            for (size_t i = 0; i < m->figure.n_panels; i++) {
                assert_false(overlap(layout.bar.box, layout.grid.plots[i]));
                for (size_t j = 0; j < layout.sheet.labels.count; j++) {
                    struct ses_rect text = layout.sheet.labels.items[j].box;
                    assert_false(overlap(text, layout.grid.plots[i]));
                    if (!m->figure.clustered)
                        continue;
                    assert_false(overlap(text,
                                         ses_heatmap_row_tree(&layout, i)));
                    assert_false(overlap(
                        text, ses_heatmap_column_tree(&layout, i)));
                }
            }
            ses_heatmap_layout_release(&layout);
            discard(m);
        }
}

static void cells_have_the_colours_of_their_numbers(void **state)
{
    struct made_up *m = make_up(1, 2, 3);
    struct ses_error err = { 0 };
    struct ses_heatmap_layout layout;
    static const double numbers[] = { 0.05, 0.3, 0.55, 0.8, NAN, 0.95 };
    memcpy(m->mean, numbers, sizeof numbers);
    OK(ses_heatmap_layout_init(&layout, &m->figure, NULL, &err));
    OK(ses_plot_heatmap(in_folder("a.svg"), &m->figure, NULL, &err));
    char *svg = read_file(in_folder("a.svg"), NULL);
    const struct ses_rect *plot = &layout.grid.plots[0];
    for (size_t i = 0; i < 6; i++) {
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
        double x = plot->x + plot->width * (double)(i % 3) / 3;
        double y = plot->y + plot->height * (double)(i / 3) / 2;
        if (fabs(left - x) > SVG_STEP || fabs(top - y) > SVG_STEP)
            fail_msg("cell %zu is at %g, %g, expected %g, %g", i, left, top, x,
                     y);
    }
    free(svg);
    ses_heatmap_layout_release(&layout);
    discard(m);
}

/* Leaves 2, 0, 1 as shown; 0 and 1 meet halfway to the root. */
static void trees_stand_over_what_they_join(void **state)
{
    static const struct ses_branch branches[] = { { 0, 1, 1 }, { 2, 3, 2 } };
    static const size_t order[] = { 2, 0, 1 };
    const struct ses_rect room = { 10, 20, 60, 40 };
    struct ses_tree tree;
    struct ses_error err = { 0 };
    OK(ses_tree_init(&tree, branches, order, 3, &err));
    for (int down = 0; down < 2; down++) {
        cairo_surface_t *surface =
            cairo_image_surface_create(CAIRO_FORMAT_A8, 100, 100);
        cairo_t *cr = cairo_create(surface);
        ses_tree_draw(&tree, &room, down, cr);
        cairo_surface_flush(surface);
        const unsigned char *data = cairo_image_surface_get_data(surface);
        int stride = cairo_image_surface_get_stride(surface);
        /* Across: leaves at x 20 40 60, y 60; 0 and 1 at y 40, x 50; the root
         * at y 20. Down: leaves at y 26.7 40 53.3, x 10; and so on. */
        static const int inked[2][4][2] = {
            { { 40, 50 }, { 50, 40 }, { 20, 40 }, { 35, 20 } },
            { { 25, 40 }, { 40, 47 }, { 40, 27 }, { 70, 37 } },
        };
        static const int blank[2][2] = { { 40, 30 }, { 55, 40 } };
        for (int i = 0; i < 4; i++) {
            int x = inked[down][i][0], y = inked[down][i][1], ink = 0;
            for (int k = 0; k < 4; k++)
                ink += data[(y - k / 2) * stride + x - k % 2];
            assert_true(ink > 100);
        }
        assert_int_equal(data[blank[down][1] * stride + blank[down][0]], 0);
        cairo_destroy(cr);
        cairo_surface_destroy(surface);
    }
    ses_tree_release(&tree);
}

static void many_cells_become_one_picture(void **state)
{
    struct made_up *m = make_up(1, 300, 300);
    struct ses_error err = { 0 };
    OK(ses_plot_heatmap(in_folder("b.svg"), &m->figure, NULL, &err));
    size_t size;
    char *svg = read_file(in_folder("b.svg"), &size);
    assert_contains(svg, "<image ");
    assert_true(size < 1000000);
    free(svg);
    discard(m);
}

static void names_stand_where_orders_differ(void **state)
{
    struct made_up *m = make_up(4, 3, 8);
    struct ses_error err = { 0 };
    struct ses_heatmap_layout layout;
    struct ses_plot_style style = { .width_mm = 180, .columns = 2 };
    size_t count[2];
    for (int own = 0; own < 2; own++) {
        m->figure.clustered = own;
        OK(ses_heatmap_layout_init(&layout, &m->figure, &style, &err));
        count[own] = layout.sheet.labels.count;
        ses_heatmap_layout_release(&layout);
    }
    assert_int_equal(count[1] - count[0], 2 * 3);
    discard(m);
}

static void figures_that_cannot_be_made_are_refused(void **state)
{
    struct made_up *m = make_up(2, 3, 8);
    struct ses_heatmap_figure none = { 0 };
    struct ses_error err = { 0 };
    const char *path = in_folder("c.svg");
    assert_int_equal(ses_plot_heatmap(path, &none, NULL, &err), SES_EUSAGE);
    SAYS("no blocks to plot");
    m->panels[1].n_channels = 0;
    assert_int_equal(ses_plot_heatmap(path, &m->figure, NULL, &err),
                     SES_EUSAGE);
    SAYS("block 'SE_5_3' has no channels");
    m->figure.n_classes = 0;
    assert_int_equal(ses_plot_heatmap(path, &m->figure, NULL, &err),
                     SES_EUSAGE);
    SAYS("no classes to plot");
    discard(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_all_sizes_are_written),
        cmocka_unit_test(cells_have_the_colours_of_their_numbers),
        cmocka_unit_test(trees_stand_over_what_they_join),
        cmocka_unit_test(many_cells_become_one_picture),
        cmocka_unit_test(names_stand_where_orders_differ),
        cmocka_unit_test(figures_that_cannot_be_made_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
