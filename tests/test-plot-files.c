/* Figures as files: whole or not at all, of the size asked for, the same
 * every time. */
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "plots/canvas.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"

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
    assert_true(ses_plot_is_figure("A.PNG"));
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

/* Fails to write more than `most` bytes over a file that says "old". */
static void assert_write_fails(const struct ses_activation_figure *figure,
                               const char *path, rlim_t most)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("old", file);
    fclose(file);
    struct rlimit old;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    struct rlimit tight = old;
    tight.rlim_cur = most;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    struct ses_error err = { 0 };
    enum ses_status status = ses_plot_activations(path, figure, NULL, &err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(status, SES_EIO);
    assert_non_null(strstr(err.message, path));
    assert_non_null(strstr(err.message, "writing failed: File too large"));
    size_t size;
    char *data = read_file(path, &size);
    assert_string_equal(data, "old");
    free(data);
    assert_int_equal(empty_folder(), 1);
}

static void failed_writes_keep_the_old_file(void **state)
{
    struct ses_activation_figure *figure = new_figure(1, 2, 8, 0);
    static const char *const names[] = { "a.svg", "a.pdf", "a.png" };
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < 3; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s", in_folder(names[i]));
        assert_int_equal(ses_plot_activations(path, figure, NULL, NULL),
                         SES_OK);
        struct stat whole;
        assert_int_equal(stat(path, &whole), 0);
        empty_folder();
        assert_write_fails(figure, path, 1000);
        /* The last byte only leaves when the file is closed. */
        assert_write_fails(figure, path, (rlim_t)whole.st_size - 1);
    }
    signal(SIGXFSZ, handler);
    free_figure(figure);
}

static void pixels_are_width_times_resolution(void **state)
{
    struct ses_activation_figure *figure = new_figure(3, 2, 8, 0);
    struct ses_plot_style style = { .width_mm = 100, .dpi = 254 };
    assert_int_equal(
        ses_plot_activations(in_folder("a.png"), figure, &style, NULL), SES_OK);
    size_t size;
    char *data = read_file(in_folder("a.png"), &size);
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
            data[j] = read_file(in_folder(names[i]), &size[j]);
            if (i == 0)
                mask(data[j], "id=\"surface");
            assert_null(memmem(data[j], size[j], "CreationDate", 12));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_endings_are_refused),
        cmocka_unit_test(unwritable_paths_leave_nothing),
        cmocka_unit_test(failed_writes_keep_the_old_file),
        cmocka_unit_test(pixels_are_width_times_resolution),
        cmocka_unit_test(the_same_figure_has_the_same_bytes),
        cmocka_unit_test(fonts_not_installed_are_named),
        cmocka_unit_test(styles_out_of_range_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
