/* plots/top-channels and thumbnails: figures of every size are written, what
 * is drawn is what was given. */
#include <math.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/images/thumbnail.h"
#include "plots/frame.h"
#include "plots/top-channels-layout.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"
#include "tests/support/svg.h"

enum { ROWS = 5, PICTURES = 8 };

struct made_up {
    uint8_t rgb[3][12];
    struct ses_thumbnail pictures[PICTURES];
    struct ses_top_row rows[ROWS];
    struct ses_top_panel *panels;
    struct ses_top_figure figure;
};

static struct made_up *make_up(size_t n_panels, size_t n_pictures)
{
    static const char *const classes[] = { "goldfish, Carassius auratus",
                                           "pug", "\u03b3\u03ac\u03c4\u03b1" };
    struct made_up *m = need(1, sizeof *m);
    for (int i = 0; i < 12; i++)
        m->rgb[0][i] = m->rgb[1][i] = (uint8_t)(20 * i);
    for (int i = 0; i < PICTURES; i++)
        m->pictures[i] = (struct ses_thumbnail){ 2, 2, m->rgb[0] };
    for (int i = 0; i < ROWS; i++) {
        double d = i % 2 ? -3.0 / (i + 1) : 4.0 / (i + 1);
        m->rows[i] = (struct ses_top_row){ 400 * i, d, d - 0.3, d + 0.3,
                                           m->pictures };
    }
    m->panels = need(n_panels, sizeof *m->panels);
    for (size_t i = 0; i < n_panels; i++)
        m->panels[i] = (struct ses_top_panel){
            i % 2 ? "SE_5_3" : "features.12.block.squeeze_excite",
            classes[i % 3], i % 4 == 3 ? 1 : ROWS, m->rows
        };
    m->figure = (struct ses_top_figure){ n_panels, m->panels, n_pictures,
                                         "95 % interval" };
    return m;
}

static void discard(struct made_up *m)
{
    free(m->panels);
    free(m);
}

static void figures_of_all_sizes_are_written(void **state)
{
    static const size_t panels[] = { 1, 2, 4, 9, 50 };
    static const double widths[] = { 45, 85, 180 };
    struct ses_error err = { 0 };
    for (size_t p = 0; p < 5; p++)
        for (size_t w = 0; w < 3; w++)
            for (size_t pictures = 0; pictures <= PICTURES; pictures += 4) {
                struct made_up *m = make_up(panels[p], pictures);
                struct ses_plot_style style = { .width_mm = widths[w],
                                                .dpi = 60,
                                                .theme = (int)w % 2 };
                char name[64];
                snprintf(name, sizeof name, "top-%zu-%zu-%.0f.png", panels[p],
                         pictures, widths[w]);
                OK(ses_plot_top_channels(picture(name), &m->figure, &style,
                                         &err));
                struct ses_top_layout layout;
                OK(ses_top_layout_init(&layout, &m->figure, &style, &err));
                check_sheet(&layout.sheet, name);
                assert_true(layout.n_pictures <= pictures);
                for (size_t i = 0; layout.n_pictures && i < panels[p]; i++) {
                    struct ses_rect last =
                        ses_top_picture(&layout, i, 0, layout.n_pictures - 1);
                    assert_true(last.x + last.width <= layout.sheet.width);
                    assert_false(overlap(last, layout.plots[i]));
                    for (size_t j = 0; j < layout.sheet.labels.count; j++)
                        assert_false(
                            overlap(layout.sheet.labels.items[j].box, last));
                }
                ses_top_layout_release(&layout);
                discard(m);
            }
}

static void intervals_lie_where_their_numbers_are(void **state)
{
    struct made_up *m = make_up(1, 0);
    struct ses_error err = { 0 };
    struct ses_top_layout layout;
    m->panels[0].n_rows = 1;
    m->rows[0].d_prime = 1.5;
    m->rows[0].low = 1;
    m->rows[0].high = 3;
    m->figure.interval_label = NULL;
    OK(ses_top_layout_init(&layout, &m->figure, NULL, &err));
    OK(ses_plot_top_channels(in_folder("t.svg"), &m->figure, NULL, &err));
    char *svg = read_file(in_folder("t.svg"), NULL);
    struct ses_pen pen = ses_pen_of(&layout.sheet.look, 0);
    const char *fill = svg_fill(pen.colour.red, pen.colour.green,
                                pen.colour.blue);
    char stroke[128];
    snprintf(stroke, sizeof stroke, "stroke%s", fill + strlen("fill"));
    struct svg_path line = svg_find(svg, stroke, 0);
    assert_int_equal(line.moves, 3); /* the interval and its ends */
    /* 0 to 3 in steps of .5, 4 points inside. */
    const struct ses_rect *plot = &layout.plots[0];
    double unit = (plot->width - 8) / 3;
    assert_true(fabs(line.x[0] - (plot->x + 4 + unit)) <= SVG_STEP);
    assert_true(fabs(line.x[1] - (plot->x + 4 + 3 * unit)) <= SVG_STEP);
    assert_true(fabs(line.y[0] - (plot->y + plot->height / 2)) <= SVG_STEP);
    free(svg);
    ses_top_layout_release(&layout);
    discard(m);
}

static void pictures_are_drawn_only_when_there(void **state)
{
    struct made_up *m = make_up(1, 4);
    struct ses_error err = { 0 };
    OK(ses_plot_top_channels(in_folder("with.svg"), &m->figure, NULL, &err));
    char *svg = read_file(in_folder("with.svg"), NULL);
    assert_contains(svg, "<image ");
    assert_contains(svg, "width=\"2\" height=\"2\"");
    free(svg);
    for (int i = 0; i < PICTURES; i++)
        m->pictures[i].rgb = NULL; /* a row of fewer */
    m->rows[1].d_prime = m->rows[2].low = NAN;
    OK(ses_plot_top_channels(in_folder("without.svg"), &m->figure, NULL,
                             &err));
    svg = read_file(in_folder("without.svg"), NULL);
    assert_null(strstr(svg, "<image "));
    assert_null(strstr(svg, "nan"));
    free(svg);
    discard(m);
}

static void figures_that_cannot_be_made_are_refused(void **state)
{
    struct made_up *m = make_up(9, 0);
    struct ses_error err = { 0 };
    const char *path = in_folder("refused.png");
    struct ses_plot_style style = { .width_mm = 85, .columns = 4 };
    assert_int_equal(ses_plot_top_channels(path, &m->figure, &style, &err),
                     SES_EUSAGE);
    SAYS("4 columns of panels in 85 mm");
    m->panels[3].n_rows = 0;
    assert_int_equal(ses_plot_top_channels(path, &m->figure, NULL, &err),
                     SES_EUSAGE);
    SAYS("no channels");
    struct ses_top_figure none = { 0 };
    assert_int_equal(ses_plot_top_channels(path, &none, NULL, &err),
                     SES_EUSAGE);
    SAYS("no blocks");
    discard(m);
}

/* ---- thumbnails ---------------------------------------------------------- */

static void small_pictures_keep_their_pixels(void **state)
{
    struct ses_error err = { 0 };
    struct ses_image image, out;
    OK(ses_image_init(&image, 5, 2, 1, &err));
    for (int i = 0; i < 10; i++)
        image.pixels[i] = (uint8_t)(10 * i);
    OK(ses_thumbnail(&image, 64, &out, &err));
    assert_int_equal(out.width, 2);
    assert_int_equal(out.height, 2);
    assert_int_equal(out.channels, 3);
    static const uint8_t middle[] = { 10, 10, 10, 20, 20, 20,
                                      60, 60, 60, 70, 70, 70 };
    assert_memory_equal(out.pixels, middle, sizeof middle);
    ses_image_release(&out);
    ses_image_release(&image);
}

static void large_pictures_are_cut_and_shrunk(void **state)
{
    struct ses_error err = { 0 };
    for (int upright = 0; upright < 2; upright++) {
        struct ses_image image, out;
        int width = upright ? 256 : 512, height = upright ? 512 : 256;
        OK(ses_image_init(&image, width, height, 3, &err));
        /* Blue but for a red quarter at both ends. */
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                int at = upright ? y : x;
                bool end = at < 128 || at >= 384;
                image.pixels[3 * (y * width + x) + (end ? 0 : 2)] = 255;
            }
        OK(ses_thumbnail(&image, 64, &out, &err));
        assert_int_equal(out.width, 64);
        assert_int_equal(out.height, 64);
        for (int y = 2; y < 62; y++)
            for (int x = 2; x < 62; x++) {
                const uint8_t *pixel = out.pixels + 3 * (y * 64 + x);
                assert_int_equal(pixel[0], 0);
                assert_int_equal(pixel[2], 255);
            }
        ses_image_release(&out);
        ses_image_release(&image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_of_all_sizes_are_written),
        cmocka_unit_test(intervals_lie_where_their_numbers_are),
        cmocka_unit_test(pictures_are_drawn_only_when_there),
        cmocka_unit_test(figures_that_cannot_be_made_are_refused),
        cmocka_unit_test(small_pictures_keep_their_pixels),
        cmocka_unit_test(large_pictures_are_cut_and_shrunk),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
