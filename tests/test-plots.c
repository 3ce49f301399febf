/* plots/: channels, axes, pens, files, and the activation figure, whose data
 * are read back from its SVG. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plots/activations.h"
#include "plots/canvas.h"
#include "plots/palette.h"

/* A folder of the running test's own. */
static char folder[256];

static const char *in_folder(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/sescope-plots-XXXXXX",
             parent ? parent : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

/* Remove the folder's files; how many there were. */
static int empty_folder(void)
{
    int files = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        files++;
        const char *path = in_folder(e->d_name);
        if (unlink(path) != 0)
            rmdir(path);
    }
    closedir(dir);
    return files;
}

static int remove_folder(void **state)
{
    empty_folder();
    return rmdir(folder);
}

/* A file's bytes and a NUL. */
static char *contents(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long length = ftell(file);
    rewind(file);
    char *data = malloc((size_t)length + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, (size_t)length, file), length);
    fclose(file);
    data[length] = '\0';
    *size = (size_t)length;
    return data;
}

static void *need(size_t count, size_t size)
{
    void *block = calloc(count, size);
    assert_non_null(block);
    return block;
}

/* A figure with arrays of its own: value 0.5 everywhere. */
static struct ses_activation_figure *
new_figure(size_t n_panels, size_t n_classes, int channels, size_t shown)
{
    struct ses_activation_figure *figure = need(1, sizeof *figure);
    struct ses_activation_panel *panels = need(n_panels, sizeof *panels);
    const char **classes = need(n_classes, sizeof *classes);
    for (size_t k = 0; k < n_classes; k++)
        classes[k] = "class";
    for (size_t i = 0; i < n_panels; i++) {
        int *channel = need((size_t)channels, sizeof *channel);
        size_t n = ses_uniform_channels(channels, shown, channel);
        double *mean = need(n_classes * n, sizeof *mean);
        double *overall = need(n, sizeof *overall);
        for (size_t j = 0; j < n_classes * n; j++)
            mean[j] = 0.5;
        for (size_t j = 0; j < n; j++)
            overall[j] = 0.5;
        panels[i] = (struct ses_activation_panel){ .name = "SE_5_3",
                                                   .n_channels = n,
                                                   .channel = channel,
                                                   .channels = channels,
                                                   .mean = mean,
                                                   .overall = overall };
    }
    *figure = (struct ses_activation_figure){ .n_classes = n_classes,
                                              .classes = classes,
                                              .n_panels = n_panels,
                                              .panels = panels,
                                              .overall_label = "all" };
    return figure;
}

static double *means(struct ses_activation_figure *figure, size_t panel)
{
    return (double *)(uintptr_t)figure->panels[panel].mean;
}

static void free_figure(struct ses_activation_figure *figure)
{
    for (size_t i = 0; i < figure->n_panels; i++) {
        free((void *)(uintptr_t)figure->panels[i].channel);
        free((void *)(uintptr_t)figure->panels[i].mean);
        free((void *)(uintptr_t)figure->panels[i].overall);
    }
    free((void *)(uintptr_t)figure->panels);
    free((void *)(uintptr_t)figure->classes);
    free(figure);
}

static char *drawn_svg(const struct ses_activation_figure *figure)
{
    struct ses_error err = { 0 };
    if (ses_plot_activations(in_folder("a.svg"), figure, NULL, &err))
        fail_msg("%s", err.message);
    size_t size;
    char *svg = contents(in_folder("a.svg"), &size);
    empty_folder();
    return svg;
}

/* The at-th path whose style holds `style`: its points, with the number of
 * sub-paths begun. Returns the number of points, 0 without such a path. */
struct path {
    size_t n, moves;
    double x[64], y[64];
};

static struct path find_path(const char *svg, const char *style, int at)
{
    struct path path = { 0 };
    for (const char *p = svg; (p = strstr(p, "<path style=\"")) != NULL;) {
        p += strlen("<path style=\"");
        const char *end = strchr(p, '"');
        const char *hit = strstr(p, style);
        if (!hit || hit > end || at-- > 0)
            continue;
        const char *d = strstr(end, " d=\"") + 4;
        while (*d && *d != '"') {
            if (*d == 'M' || *d == 'L') {
                assert_true(path.n < 64);
                path.moves += *d == 'M';
                char *next;
                path.x[path.n] = strtod(d + 1, &next);
                path.y[path.n++] = strtod(next, &next);
                d = next;
            } else {
                d++;
            }
        }
        return path;
    }
    return path;
}

#define BLUE "stroke:rgb(0%,44.705882%,69.803922%)"
#define BLACK "stroke:rgb(0%,0%,0%)"
#define GRID "stroke:rgb(87%,87%,87%)"
#define BLUE_FILL "fill:rgb(0%,44.705882%,69.803922%);fill-opacity:"

/* Excitation at height y, by the grid lines of panel 0 (0, 0.25, ... 1). */
static double excitation_at(const char *svg, double y)
{
    struct path grid = find_path(svg, GRID, 0);
    assert_int_equal(grid.n, 10);
    return (y - grid.y[0]) / (grid.y[8] - grid.y[0]);
}

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

static void pens_of_one_dash_differ_in_grey_print(void **state)
{
    for (size_t i = 0; i <= SES_MOST_PENS; i++) {
        struct ses_pen a = i < SES_MOST_PENS ? ses_pen_of(i) : ses_pen_black(1);
        /* Light enough to be no black, dark enough to be seen on white. */
        assert_true(i == SES_MOST_PENS || lightness(a.colour) > 20);
        assert_true(lightness(a.colour) < 75);
        for (size_t j = 0; j < i; j++) {
            struct ses_pen b = ses_pen_of(j);
            if (a.n_dash == b.n_dash &&
                memcmp(a.dash, b.dash, sizeof a.dash) == 0)
                assert_true(fabs(lightness(a.colour) - lightness(b.colour)) >=
                            15);
        }
    }
}

static void other_endings_are_refused(void **state)
{
    struct ses_activation_figure *figure = new_figure(1, 2, 8, 0);
    static const char *const names[] = { "a.jpg", "a", "a.svgz", "svg" };
    for (int i = 0; i < 4; i++) {
        struct ses_error err = { 0 };
        assert_int_equal(
            ses_plot_activations(in_folder(names[i]), figure, NULL, &err),
            SES_EUSAGE);
        assert_non_null(strstr(err.message, "expected .svg, .pdf or .png"));
        assert_non_null(strstr(err.message, names[i]));
    }
    assert_int_equal(empty_folder(), 0);
    assert_int_equal(ses_canvas_check("A.PNG", NULL), SES_OK);
    free_figure(figure);
}

static void unwritable_paths_leave_nothing(void **state)
{
    struct ses_activation_figure *figure = new_figure(1, 2, 8, 0);
    struct ses_error err = { 0 };
    assert_int_equal(
        ses_plot_activations(in_folder("no/a.svg"), figure, NULL, &err),
        SES_EIO);
    assert_non_null(strstr(err.message, "no/a.svg"));
    assert_non_null(strstr(err.message, "No such file"));
    assert_int_equal(empty_folder(), 0);
    assert_int_equal(mkdir(in_folder("a.svg"), 0700), 0);
    assert_int_equal(
        ses_plot_activations(in_folder("a.svg"), figure, NULL, &err), SES_EIO);
    assert_int_equal(empty_folder(), 1);
    free_figure(figure);
}

static void failed_writes_keep_the_old_file(void **state)
{
    struct ses_activation_figure *figure = new_figure(1, 2, 8, 0);
    static const char *const names[] = { "a.svg", "a.pdf", "a.png" };
    struct rlimit old, tight;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 3; i++) {
        FILE *file = fopen(in_folder(names[i]), "w");
        assert_non_null(file);
        fputs("old", file);
        fclose(file);
        struct ses_error err = { 0 };
        tight = old;
        tight.rlim_cur = 1000;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
        enum ses_status status =
            ses_plot_activations(in_folder(names[i]), figure, NULL, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        assert_int_equal(status, SES_EIO);
        assert_non_null(strstr(err.message, names[i]));
        size_t size;
        char *data = contents(in_folder(names[i]), &size);
        assert_string_equal(data, "old");
        free(data);
        assert_int_equal(empty_folder(), 1);
    }
    signal(SIGXFSZ, handler);
    free_figure(figure);
}

static void lines_lie_where_the_data_say(void **state)
{
    static const double data[6] = { 0, 0.6, 1, 0.25, 0.75, 0.1 };
    struct ses_activation_figure *figure = new_figure(3, 2, 6, 0);
    memcpy(means(figure, 0), data, sizeof data);
    char *svg = drawn_svg(figure);
    struct path grid = find_path(svg, GRID, 0);
    struct path line = find_path(svg,
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
    struct path all = find_path(svg, BLACK, 0);
    assert_int_equal(all.n, 2);
    assert_true(all.x[0] == line.x[0] && all.x[1] == line.x[5]);
    assert_true(fabs(excitation_at(svg, all.y[0]) - 0.5) < 1e-3);
    assert_true(all.y[0] == all.y[1]);
    free(svg);
    free_figure(figure);
}

static void bands_lie_between_their_bounds(void **state)
{
    static const double low[3] = { 0.25, 0.1, 0.4 };
    static const double high[3] = { 0.75, 0.6, 0.9 };
    struct ses_activation_figure *figure = new_figure(1, 1, 3, 0);
    struct ses_activation_panel *panel =
        (struct ses_activation_panel *)(uintptr_t)figure->panels;
    panel->low = low;
    panel->high = high;
    char *svg = drawn_svg(figure);
    struct path band = find_path(svg, BLUE_FILL "0.2", 0);
    /* Cairo closes a filled path with a further move. */
    assert_true(band.n >= 6);
    for (int i = 0; i < 3; i++) {
        assert_true(fabs(excitation_at(svg, band.y[i]) - high[i]) < 1e-3);
        assert_true(fabs(excitation_at(svg, band.y[5 - i]) - low[i]) < 1e-3);
        assert_true(fabs(band.x[i] - band.x[5 - i]) < 1e-6);
    }
    free(svg);
    free_figure(figure);
}

static void not_a_number_breaks_a_line(void **state)
{
    const double data[8] = { 0.1, 0.2, NAN, 0.3, NAN, 0.4, 0.5, INFINITY };
    struct ses_activation_figure *figure = new_figure(3, 1, 8, 0);
    memcpy(means(figure, 0), data, sizeof data);
    char *svg = drawn_svg(figure);
    struct path first = find_path(svg, BLUE, 0);
    struct path second = find_path(svg, BLUE, 1);
    assert_int_equal(first.n, 2);
    assert_int_equal(second.n, 2);
    assert_true(fabs(excitation_at(svg, second.y[0]) - 0.4) < 1e-3);
    /* The lonely fourth value is a dot. */
    struct path dot = find_path(svg, BLUE_FILL "1", 0);
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
    assert_int_equal(find_path(svg, BLUE, 0).n, 0);
    struct path dot = find_path(svg, BLUE_FILL "1", 0);
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
        struct ses_axis down = ses_activation_down(&layout, i);
        assert_true(down.low == -1 && down.high == 1);
    }
    ses_activation_layout_release(&layout);
    free_figure(figure);
}

static void pixels_are_width_times_resolution(void **state)
{
    struct ses_activation_figure *figure = new_figure(3, 2, 8, 0);
    struct ses_plot_style style = { .width_mm = 100, .dpi = 254 };
    assert_int_equal(
        ses_plot_activations(in_folder("a.png"), figure, &style, NULL), SES_OK);
    size_t size;
    char *data = contents(in_folder("a.png"), &size);
    const unsigned char *png = (const unsigned char *)data;
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(png[18] << 8 | png[19], 1000);
    /* pHYs follows IHDR: 254 dpi are 10000 a metre, both ways. */
    assert_memory_equal(png + 33, "\0\0\0\x09pHYs\0\0\x27\x10\0\0\x27\x10\1",
                        17);
    free(data);
    style = (struct ses_plot_style){ .width_mm = 2000, .dpi = 2400 };
    struct ses_error err = { 0 };
    assert_int_equal(
        ses_plot_activations(in_folder("b.png"), figure, &style, &err),
        SES_EUSAGE);
    assert_non_null(strstr(err.message, "188976 pixels"));
    assert_int_equal(empty_folder(), 1);
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
    size_t n_texts = layout.labels.count, n_samples = layout.legend.n_entries;
    size_t n = n_texts + n_samples + figure->n_panels;
    struct ses_rect *boxes = need(n, sizeof *boxes);
    for (size_t i = 0; i < n_texts; i++)
        boxes[i] = layout.labels.items[i].box;
    memcpy(boxes + n_texts, layout.legend.samples, n_samples * sizeof *boxes);
    memcpy(boxes + n_texts + n_samples, layout.plots,
           figure->n_panels * sizeof *boxes);
    for (size_t i = 0; i < n; i++) {
        assert_true(boxes[i].width > 0 && boxes[i].height > 0);
        assert_true(boxes[i].x >= 0 && boxes[i].y >= 0);
        assert_true(boxes[i].x + boxes[i].width <= layout.width);
        assert_true(boxes[i].y + boxes[i].height <= layout.height);
        for (size_t j = 0; j < i; j++)
            if (!apart(boxes[i], boxes[j]))
                fail_msg("%zu panels, %zu classes, %g mm: box %zu covers %zu",
                         figure->n_panels, figure->n_classes, style.width_mm, i,
                         j);
    }
    for (size_t i = 0; i < figure->n_panels; i++)
        assert_true(apart(layout.legend.box, layout.plots[i]));
    free(boxes);
    ses_activation_layout_release(&layout);
}

static void nothing_covers_anything(void **state)
{
    static const char *const names[] = {
        "金魚(キンギョ科の淡水魚)、観賞用に改良された多くの品種を含む",
        "plane, carpenter's plane, woodworking plane, and all the other "
        "synonyms WordNet has for a tool that makes wood flat and smooth",
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
            struct ses_activation_panel *panel =
                (struct ses_activation_panel *)(uintptr_t)figure->panels;
            panel[0].name = "features.stage4.unit11.body.se.excitation";
            check_layout(figure, (struct ses_plot_style){ 0 });
            free_figure(figure);
        }
    }
}

static void long_names_are_cut_not_lost(void **state)
{
    struct ses_activation_figure *figure = new_figure(3, 2, 64, 0);
    struct ses_activation_panel *panel =
        (struct ses_activation_panel *)(uintptr_t)figure->panels;
    panel[1].name = "a.path.so.long.that.no.panel.of.a.figure.of.this.width."
                    "can.hold.it.in.one.line.but.three.of.them.do";
    struct ses_activation_layout layout;
    struct ses_plot_style style = { .width_mm = 180 };
    assert_int_equal(ses_activation_layout_init(&layout, figure, &style, NULL),
                     SES_OK);
    bool found = false;
    for (size_t i = 0; i < layout.labels.count; i++) {
        struct ses_rect box = layout.labels.items[i].box;
        if (fabs(box.x - layout.plots[1].x) > 1e-9 || box.y > layout.plots[1].y)
            continue;
        found = true;
        assert_true(box.width <= layout.plots[1].width);
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
    assert_int_equal(layout.legend.n_entries, 2);
    ses_activation_layout_release(&layout);
    /* 300 000 points as pixels, not as paths. */
    char *svg = drawn_svg(figure);
    assert_true(strlen(svg) < 1000000);
    assert_non_null(strstr(svg, "<image"));
    assert_int_equal(find_path(svg, BLUE, 0).n, 0);
    assert_int_equal(find_path(svg, BLACK, 0).n, 2);
    free(svg);
    free_figure(figure);
}

/* Overwrite the digits behind every `before`. */
static void mask(char *text, const char *before)
{
    for (char *p = text; (p = strstr(p, before)) != NULL;)
        for (p += strlen(before); *p >= '0' && *p <= '9'; p++)
            *p = '#';
}

static void the_same_figure_has_the_same_bytes(void **state)
{
    struct ses_activation_figure *figure = new_figure(6, 4, 64, 0);
    static const char *const names[] = { "a.svg", "a.pdf", "a.png" };
    struct ses_plot_style style = { .title = "not UTF-8: \xff" };
    for (int i = 0; i < 3; i++) {
        char *data[2];
        size_t size[2];
        for (int j = 0; j < 2; j++) {
            assert_int_equal(
                ses_plot_activations(in_folder(names[i]), figure, &style, NULL),
                SES_OK);
            data[j] = contents(in_folder(names[i]), &size[j]);
            if (i == 0)
                mask(data[j], "id=\"surface");
        }
        assert_int_equal(size[0], size[1]);
        assert_memory_equal(data[0], data[1], size[0]);
        free(data[0]);
        free(data[1]);
    }
    assert_int_equal(empty_folder(), 3);
    free_figure(figure);
}

static void fonts_not_installed_are_named(void **state)
{
    struct ses_activation_figure *figure = new_figure(1, 2, 8, 0);
    struct ses_plot_style style = { .font = "Dejavu Sens" };
    struct ses_error err = { 0 };
    assert_int_equal(
        ses_plot_activations(in_folder("a.svg"), figure, &style, &err),
        SES_ENOTFOUND);
    assert_non_null(strstr(err.message, "font 'Dejavu Sens' is not"));
    style.font = "serif";
    assert_int_equal(
        ses_plot_activations(in_folder("a.svg"), figure, &style, NULL), SES_OK);
    assert_int_equal(empty_folder(), 1);
    free_figure(figure);
}

static void styles_out_of_range_are_refused(void **state)
{
    struct ses_activation_figure *figure = new_figure(9, 2, 8, 0);
    const struct ses_plot_style styles[] = {
        { .width_mm = 10 },  { .width_mm = -85 },
        { .width_mm = NAN }, { .dpi = 5 },
        { .dpi = 1000000 },  { .width_mm = 85, .columns = 9 },
    };
    for (size_t i = 0; i < sizeof styles / sizeof styles[0]; i++)
        assert_int_equal(
            ses_plot_activations(in_folder("a.png"), figure, &styles[i], NULL),
            SES_EUSAGE);
    size_t panels = figure->n_panels;
    figure->n_panels = 0;
    assert_int_equal(
        ses_plot_activations(in_folder("a.png"), figure, NULL, NULL),
        SES_EUSAGE);
    figure->n_panels = panels;
    assert_int_equal(empty_folder(), 0);
    free_figure(figure);
}

static void columns_can_be_asked_for(void **state)
{
    struct ses_activation_figure *figure = new_figure(6, 2, 8, 0);
    struct ses_plot_style style = { .columns = 2 };
    struct ses_activation_layout layout;
    assert_int_equal(ses_activation_layout_init(&layout, figure, &style, NULL),
                     SES_OK);
    assert_true(layout.plots[2].x == layout.plots[0].x);
    assert_true(layout.plots[1].x > layout.plots[0].x);
    assert_true(layout.plots[4].y > layout.plots[3].y);
    ses_activation_layout_release(&layout);
    free_figure(figure);
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
        cmocka_unit_test(other_endings_are_refused),
        cmocka_unit_test(unwritable_paths_leave_nothing),
        cmocka_unit_test(failed_writes_keep_the_old_file),
        cmocka_unit_test(lines_lie_where_the_data_say),
        cmocka_unit_test(bands_lie_between_their_bounds),
        cmocka_unit_test(not_a_number_breaks_a_line),
        cmocka_unit_test(one_channel_is_dots),
        cmocka_unit_test(values_beyond_stretch_every_panel),
        cmocka_unit_test(pixels_are_width_times_resolution),
        cmocka_unit_test(nothing_covers_anything),
        cmocka_unit_test(long_names_are_cut_not_lost),
        cmocka_unit_test(a_thousand_classes_are_grey_and_unnamed),
        cmocka_unit_test(the_same_figure_has_the_same_bytes),
        cmocka_unit_test(fonts_not_installed_are_named),
        cmocka_unit_test(styles_out_of_range_are_refused),
        cmocka_unit_test(columns_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
