/* plots/depth and plots/tradeoff: figures of every size are written, and
 * what is drawn is what was given. */
#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "plots/depth-layout.h"
#include "plots/tradeoff.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"

enum { MOST_BLOCKS = 50, SERIES = 3 };

/* Uniform in -1 .. 1. */
static double random_number(struct ses_random *random)
{
    return (double)ses_random_below(random, 2001) / 1000 - 1;
}

/* A figure with all kinds of panels, of made-up numbers. */
struct made_up {
    size_t n;
    char *names[MOST_BLOCKS], *counts[MOST_BLOCKS + 1];
    int stage[MOST_BLOCKS];
    double value[SERIES][MOST_BLOCKS + 1], low[SERIES][MOST_BLOCKS + 1],
        high[SERIES][MOST_BLOCKS + 1];
    double matrix[MOST_BLOCKS * MOST_BLOCKS];
    struct ses_depth_series dots[SERIES], lines[SERIES];
    struct ses_depth_panel panels[3];
    struct ses_depth_figure figure;
};

static struct made_up *make_up(size_t n)
{
    static const char *const values[SERIES] = { "one", "mean",
                                                "shuffle-images" };
    static const char *const ways[SERIES] = { "mean, from the end",
                                              "mean, from the start",
                                              "one, from the end" };
    struct made_up *m = need(1, sizeof *m);
    struct ses_random random;
    ses_random_seed(&random, n);
    m->n = n;
    size_t stages = n < 4 ? 1 : n < 10 ? 3 : 4;
    for (size_t i = 0; i < n; i++) {
        m->stage[i] = (int)(2 + i * stages / n);
        m->names[i] = ses_format("SE_%d_%zu", m->stage[i], i + 1);
    }
    for (size_t i = 0; i <= n; i++)
        m->counts[i] = ses_format("%zu", i);
    for (int k = 0; k < SERIES; k++)
        for (size_t i = 0; i <= n; i++) {
            double size = 2.0 / (1.0 + (double)i) * (k + 1);
            m->value[k][i] = -size * fabs(random_number(&random));
            m->low[k][i] = m->value[k][i] - 0.2 * size - 0.05;
            m->high[k][i] = m->value[k][i] + 0.2 * size + 0.05;
        }
    for (size_t i = 0; i < n * n; i++)
        m->matrix[i] = 0.3 * random_number(&random);
    for (int k = 0; k < SERIES; k++) {
        m->dots[k] = (struct ses_depth_series){ .name = values[k],
                                                .value = m->value[k],
                                                .low = m->low[k],
                                                .high = m->high[k] };
        m->lines[k] = m->dots[k];
        m->lines[k].name = ways[k];
    }
    const char *const *names = (const char *const *)m->names;
    m->panels[0] = (struct ses_depth_panel){
        .kind = SES_DEPTH_DOTS, .name = "each block alone",
        .down = "change of top-1 (points)", .n_points = n, .points = names,
        .stage = m->stage, .n_series = SERIES, .series = m->dots,
    };
    m->panels[1] = (struct ses_depth_panel){
        .kind = SES_DEPTH_LINES, .name = "cumulative",
        .down = "change of top-1 (points)", .across = "blocks forced",
        .n_points = n + 1, .points = (const char *const *)m->counts,
        .n_series = SERIES, .series = m->lines,
    };
    m->panels[2] = (struct ses_depth_panel){
        .kind = SES_DEPTH_MATRIX, .name = "pairs: mean",
        .down = "interaction (points of top-1)", .n_points = n,
        .points = names, .stage = m->stage, .matrix = m->matrix,
    };
    m->figure = (struct ses_depth_figure){ 3, m->panels, "95 % interval" };
    return m;
}

static void discard(struct made_up *m)
{
    for (size_t i = 0; i <= m->n; i++) {
        free(m->counts[i]);
        if (i < m->n)
            free(m->names[i]);
    }
    free(m);
}

/* ---- ablation ------------------------------------------------------------ */

static const size_t block_counts[] = { 1, 2, 3, 9, 16, 50 };
static const double widths[] = { 60, 85, 180 };

static void figures_of_all_sizes_are_written(void **state)
{
    struct ses_error err = { 0 };
    for (size_t b = 0; b < 6; b++)
        for (size_t w = 0; w < 3; w++) {
            struct made_up *m = make_up(block_counts[b]);
            struct ses_plot_style style = { .width_mm = widths[w],
                                            .dpi = 100 };
            char name[64];
            snprintf(name, sizeof name, "ablation-%zu-%.0f.png",
                     block_counts[b], widths[w]);
            OK(ses_plot_depth(picture(name), &m->figure, &style, &err));
            struct ses_depth_layout layout;
            OK(ses_depth_layout_init(&layout, &m->figure, &style, &err));
            check_sheet(&layout.sheet, name);
            ses_depth_layout_release(&layout);
            discard(m);
        }
}

static void places_follow_the_numbers(void **state)
{
    struct made_up *m = make_up(9);
    struct ses_plot_style style = { .width_mm = 85 };
    struct ses_error err = { 0 };
    struct ses_depth_layout layout;
    OK(ses_depth_layout_init(&layout, &m->figure, &style, &err));
    for (size_t panel = 0; panel < 2; panel++) {
        const struct ses_frame *frame = &layout.places[panel].frame;
        const struct ses_rect *plot = &frame->plot;
        for (int k = 0; k < SERIES; k++)
            for (size_t i = 0; i < 9; i++) {
                double low = ses_frame_y(frame, m->low[k][i]);
                double high = ses_frame_y(frame, m->high[k][i]);
                assert_true(high < low); /* up is more */
                assert_true(low <= plot->y + plot->height);
                assert_true(high >= plot->y);
                double x = ses_points_at(&layout.places[panel].points, plot->x,
                                         plot->width, i);
                assert_true(x > plot->x && x < plot->x + plot->width);
            }
        /* 0 is a tick, and equal differences are equal lengths. */
        double zero = ses_frame_y(frame, 0);
        double one = ses_frame_y(frame, 1);
        double two = ses_frame_y(frame, 2);
        assert_true(fabs((zero - one) - (one - two)) < 1e-9);
        assert_true(frame->ticks.first <= 0);
        assert_true(frame->ticks.last >= 0);
    }
    const struct ses_ticks *colours = &layout.places[2].bar.scale.ticks;
    assert_int_equal(colours->first, -colours->last);
    assert_true((double)colours->last * colours->step >= 0.25);
    const struct ses_rect *matrix = &layout.places[2].frame.plot;
    assert_true(matrix->width == matrix->height);
    ses_depth_layout_release(&layout);
    discard(m);
}

static void matrices_stand_beside_each_other_where_they_have_room(void **state)
{
    struct made_up *m = make_up(9);
    struct ses_error err = { 0 };
    m->panels[0] = m->panels[1];
    m->panels[1] = m->panels[2];
    const struct {
        double width;
        int columns;
        bool second, third; /* in a row with the one before */
    } cases[] = { { 180, 0, false, true },  { 150, 0, false, false },
                  { 180, 1, false, false }, { 180, 2, true, false },
                  { 180, 3, true, true },   { 180, 9, true, true } };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ses_plot_style style = { .width_mm = cases[i].width,
                                        .columns = cases[i].columns };
        struct ses_depth_layout layout;
        OK(ses_depth_layout_init(&layout, &m->figure, &style, &err));
        const struct ses_depth_place *p = layout.places;
        for (int k = 1; k < 3; k++) {
            bool beside = k == 1 ? cases[i].second : cases[i].third;
            const struct ses_rect *plot = &p[k].frame.plot,
                                  *last = &p[k - 1].frame.plot;
            assert_int_equal(plot->x >= last->x + last->width, beside);
            assert_int_equal(plot->y >= last->y + last->height, !beside);
        }
        check_sheet(&layout.sheet, "beside");
        ses_depth_layout_release(&layout);
    }
    discard(m);
}

static void a_little_beyond_zero_takes_no_tick(void **state)
{
    struct made_up *m = make_up(3);
    struct ses_error err = { 0 };
    struct ses_plot_style style = { .width_mm = 85 };
    m->panels[0].n_series = 1;
    for (int k = 0; k < 2; k++) {
        double sign = k ? -1 : 1, big = -24 * sign, little = 0.2 * sign;
        for (int i = 0; i < 3; i++)
            m->value[0][i] = m->low[0][i] = m->high[0][i] = i ? big : little;
        struct ses_depth_layout layout;
        OK(ses_depth_layout_init(&layout, &m->figure, &style, &err));
        const struct ses_frame *frame = &layout.places[0].frame;
        double y = ses_frame_y(frame, little);
        assert_int_equal(k ? frame->ticks.first : frame->ticks.last, 0);
        assert_true(y > frame->plot.y &&
                    y < frame->plot.y + frame->plot.height);
        ses_depth_layout_release(&layout);
    }
    discard(m);
}

static void a_name_has_one_pen(void **state)
{
    struct made_up *m = make_up(3);
    struct ses_plot_style style = { .width_mm = 85 };
    struct ses_error err = { 0 };
    struct ses_depth_layout layout;
    m->lines[1].name = "mean"; /* as the second of the dots */
    OK(ses_depth_layout_init(&layout, &m->figure, &style, &err));
    assert_int_equal(layout.n_names, 5);
    assert_int_equal(ses_depth_index(&layout, "one"), 0);
    assert_int_equal(ses_depth_index(&layout, "mean"), 1);
    assert_int_equal(ses_depth_index(&layout, "one, from the end"), 4);
    ses_depth_layout_release(&layout);
    discard(m);
}

static void gaps_are_left_out(void **state)
{
    struct made_up *m = make_up(9);
    struct ses_error err = { 0 };
    for (size_t i = 0; i < 9; i += 2)
        m->value[0][i] = m->low[1][i] = m->matrix[9 * i] = NAN;
    m->dots[2].low = NULL;
    OK(ses_plot_depth(in_folder("gaps.svg"), &m->figure, NULL, &err));
    char *text = read_file(in_folder("gaps.svg"), NULL);
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    free(text);
    discard(m);
}

static void the_same_figure_is_the_same_bytes(void **state)
{
    struct made_up *m = make_up(9);
    struct ses_error err = { 0 };
    char *bytes[2];
    size_t sizes[2];
    for (int i = 0; i < 2; i++) {
        OK(ses_plot_depth(in_folder("same.pdf"), &m->figure, NULL, &err));
        bytes[i] = read_file(in_folder("same.pdf"), &sizes[i]);
    }
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(bytes[0], bytes[1], sizes[0]);
    free(bytes[0]);
    free(bytes[1]);
    discard(m);
}

static void figures_that_cannot_be_made_are_refused(void **state)
{
    struct made_up *m = make_up(3);
    struct ses_error err = { 0 };
    struct ses_plot_style narrow = { .width_mm = 30 };
    struct ses_depth_figure none = { 0 };
    const char *path = in_folder("refused.png");
    assert_int_equal(ses_plot_depth(path, &none, NULL, &err), SES_EUSAGE);
    SAYS("no panels to plot");
    assert_int_equal(ses_plot_depth(path, &m->figure, &narrow, &err),
                     SES_EUSAGE);
    SAYS("expected 40 to 2000");
    m->panels[0].n_points = 0;
    assert_int_equal(ses_plot_depth(path, &m->figure, NULL, &err),
                     SES_EUSAGE);
    SAYS("no points");
    assert_int_equal(ses_plot_depth("refused.jpg", &m->figure, NULL, &err),
                     SES_EUSAGE);
    discard(m);
}

/* ---- tradeoff ------------------------------------------------------------ */

static void the_front_is_what_nothing_beats(void **state)
{
    static const struct ses_tradeoff_point points[] = {
        { "all", "", 100, 94, NAN, NAN },  { "a", "", 60, 93.5, NAN, NAN },
        { "b", "", 60, 93, NAN, NAN },     { "c", "", 70, 93.4, NAN, NAN },
        { "d", "", 40, 93.5, NAN, NAN },   { "none", "", 0, 50, NAN, NAN },
        { "e", "", 100, 94, NAN, NAN },    { "f", "", 0, NAN, NAN, NAN },
        { "g", "", 90, 94.5, NAN, NAN },
    };
    static const bool expected[] = { false, false, false, false, true,
                                     true,  false, false, true };
    bool front[9];
    ses_pareto_front(points, 9, front);
    assert_memory_equal(front, expected, sizeof front);
    ses_pareto_front(points, 8, front);
    assert_true(front[0]);  /* without the last that beats it */
    assert_false(front[6]); /* its twin */
}

static void tradeoffs_of_all_sizes_are_written(void **state)
{
    struct ses_error err = { 0 };
    struct ses_random random;
    ses_random_seed(&random, 11);
    for (size_t b = 0; b < 6; b++)
        for (size_t w = 0; w < 3; w++) {
            size_t n = 3 * block_counts[b] + 1;
            struct ses_tradeoff_point *points = need(n, sizeof *points);
            char **names = need(n, sizeof *names);
            for (size_t i = 0; i < n; i++) {
                double kept = i ? 100 * (double)(i % 40) / 40 : 100;
                double best = 94 - 3 * exp(-kept / 15);
                double accuracy =
                    best - (i ? fabs(random_number(&random)) : 0);
                names[i] = i ? ses_format("SE_%zu_%zu=mean", 2 + i % 4, i)
                             : ses_format("as it is");
                points[i] = (struct ses_tradeoff_point){
                    names[i],
                    i == 0 ? "" : i % 2 ? "blocks" : "cumulative",
                    kept, accuracy, accuracy - 0.4, accuracy + 0.4
                };
            }
            struct ses_tradeoff_figure figure = { n, points,
                                                  "95 % interval" };
            struct ses_plot_style style = { .width_mm = widths[w],
                                            .dpi = 100 };
            char name[64];
            snprintf(name, sizeof name, "tradeoff-%zu-%.0f.png",
                     block_counts[b], widths[w]);
            OK(ses_plot_tradeoff(picture(name), &figure, &style, &err));
            for (size_t i = 0; i < n; i++)
                free(names[i]);
            free(names);
            free(points);
        }
}

static void a_tradeoff_without_accuracy_is_refused(void **state)
{
    static const struct ses_tradeoff_point point = { "a", "", 0, NAN, NAN,
                                                     NAN };
    struct ses_tradeoff_figure figure = { 1, &point, NULL };
    struct ses_error err = { 0 };
    assert_int_equal(ses_plot_tradeoff(in_folder("none.svg"), &figure, NULL,
                                       &err),
                     SES_EUSAGE);
    SAYS("no variant has an accuracy");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_all_sizes_are_written),
        cmocka_unit_test(places_follow_the_numbers),
        cmocka_unit_test(matrices_stand_beside_each_other_where_they_have_room),
        cmocka_unit_test(a_little_beyond_zero_takes_no_tick),
        cmocka_unit_test(a_name_has_one_pen),
        cmocka_unit_test(gaps_are_left_out),
        cmocka_unit_test(the_same_figure_is_the_same_bytes),
        cmocka_unit_test(figures_that_cannot_be_made_are_refused),
        cmocka_unit_test(the_front_is_what_nothing_beats),
        cmocka_unit_test(tradeoffs_of_all_sizes_are_written),
        cmocka_unit_test(a_tradeoff_without_accuracy_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
