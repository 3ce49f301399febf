/* Reports as HTML and PDF: everything in one file, nothing from a name taken
 * for markup, whole or not at all. What a browser makes of the page is tested
 * in tests/cli/report.sh. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/picture.h"
#include "plots/report/html-text.h"
#include "plots/report/html.h"
#include "plots/report/pdf.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"

static const char *const hostile = "a</script><b onload=\"x\">&'\xff\x01";
static const char *const escaped =
    "a&lt;/script&gt;&lt;b onload=&quot;x&quot;&gt;&amp;'\xef\xbf\xbd"
    "\xef\xbf\xbd";

static struct ses_picture draw(bool as_svg)
{
    struct ses_picture picture = { .as_svg = as_svg };
    struct ses_plot_style style = { .picture = &picture };
    struct ses_activation_figure *figure = new_figure(1, 2, 8, 0);
    struct ses_error err = { 0 };
    assert_int_equal(ses_plot_activations(NULL, figure, &style, &err), SES_OK);
    free_figure(figure);
    return picture;
}

/* A report with every kind of part; its picker stays the caller's. */
static struct ses_document report_with(const char *name,
                                       const struct ses_doc_picker *picker,
                                       bool as_svg)
{
    struct ses_document report;
    ses_doc_init(&report, name);
    ses_doc_heading(&report, 2, "%s", name);
    ses_doc_text(&report, "%s", name);
    ses_doc_verdict(&report, "%s", name);
    ses_doc_list(&report);
    ses_doc_item(&report, "%s", name);
    ses_doc_facts(&report);
    ses_doc_fact(&report, name, "%s", name);
    ses_doc_table(&report, name);
    ses_doc_column(&report, "block", NULL, false);
    ses_doc_column(&report, name, name, true);
    ses_doc_cell(&report, name);
    ses_doc_share(&report, 0.125, 1);
    ses_doc_cell(&report, "SE_5_3");
    ses_doc_number(&report, NAN, 1);
    struct ses_picture light = draw(as_svg), dark = draw(as_svg);
    ses_doc_figure(&report, name, name, &light, &dark);
    assert_null(light.svg);
    assert_null(light.surface);
    ses_doc_pick(&report, name, picker);
    return report;
}

static const int kept[] = { 0, 5 };
static const double class_means[] = { 0.25, 0.5, NAN, 1 };
static const double overall[] = { 0.5, 0.75 };
static const struct ses_doc_block block = {
    .name = "SE_2_1",
    .channels = 6,
    .n_kept = 2,
    .kept = kept,
    .mean = class_means,
    .overall = overall,
};

static char *html_of(const char *name)
{
    const char *const classes[] = { name, "pug" };
    const struct ses_doc_picker picker = {
        .n_classes = 2,
        .classes = classes,
        .n_chosen = 1,
        .n_blocks = 1,
        .blocks = &block,
    };
    struct ses_document report = report_with(name, &picker, true);
    struct ses_error err = { 0 };
    assert_int_equal(ses_doc_write_html(in_folder("a.html"), &report, &err),
                     SES_OK);
    ses_doc_release(&report);
    char *page = read_file(in_folder("a.html"), NULL);
    assert_int_equal(empty_folder(), 1);
    return page;
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void names_are_never_markup(void **state)
{
    char *page = html_of(hostile);
    assert_null(strstr(page, "<b onload"));
    /* title, h1, contents, h2, p, verdict, item, fact twice, aria-label and
     * caption of the table, title and text of its column, cell, label and
     * caption of the figure, class, caption of the picker */
    assert_int_equal(count(page, escaped), 18);
    free(page);
}

static void a_page_asks_for_nothing_else(void **state)
{
    char *page = html_of("plain");
    assert_non_null(strstr(page, "default-src 'none'"));
    assert_null(strstr(page, "src=\"http"));
    assert_null(strstr(page, "@import"));
    assert_null(strstr(page, "<link"));
    /* Names of namespaces are no addresses. */
    assert_int_equal(count(page, "http://") + count(page, "https://"),
                     count(page, "http://www.w3.org/"));
    free(page);
}

static void parts_of_two_pictures_have_names_of_their_own(void **state)
{
    struct ses_picture picture = draw(true);
    struct ses_text one = { 0 }, two = { 0 };
    struct ses_error err = { 0 };
    assert_int_equal(ses_picture_svg(&picture, "one-", "", &one, &err), SES_OK);
    assert_int_equal(ses_picture_svg(&picture, "two-", "", &two, &err), SES_OK);
    size_t names = count(one.data, "id=\"");
    assert_true(names > 0);
    assert_int_equal(count(one.data, "id=\"one-"), names);
    assert_int_equal(count(two.data, "id=\"two-"), names);
    assert_int_equal(count(one.data, "href=\"#"),
                     count(one.data, "#one-") - count(one.data, "url(#"));
    assert_null(strstr(one.data, "<?xml"));
    ses_text_release(&one);
    ses_text_release(&two);
    ses_picture_release(&picture);
}

static void numbers_sort_by_value(void **state)
{
    char *page = html_of("plain");
    assert_non_null(strstr(page, "data-value=\"0.125\">12.5 %"));
    assert_non_null(strstr(page, "<td class=\"number\">\u2013</td>"));
    free(page);
}

static void the_pickers_numbers_are_packed(void **state)
{
    char *page = html_of("plain");
    /* 0.25, 0.5, none and 1 over 0.25..1: 0, 21845 (0x5555), 65535, 65534. */
    assert_non_null(strstr(page, "\"data\":\"AABVVf///v8=\""));
    free(page);
}

static void base64_is_that_of_rfc_4648(void **state)
{
    struct ses_text text = { 0 };
    ses_html_base64(&text, (const unsigned char *)"foobar", 4);
    assert_string_equal(text.data, "Zm9vYg==");
    ses_text_release(&text);
    size_t n = 5000;
    unsigned char *zeros = need(n, 1);
    struct ses_text all = { 0 };
    ses_html_base64(&all, zeros, n);
    assert_int_equal(all.length, (n + 2) / 3 * 4);
    assert_int_equal(strspn(all.data, "A"), all.length - 1);
    ses_text_release(&all);
    free(zeros);
}

static void a_report_without_memory_is_not_written(void **state)
{
    struct ses_document report;
    struct ses_error err = { 0 };
    ses_doc_init(&report, "a");
    report.failed = true;
    assert_int_equal(ses_doc_write_html(in_folder("a.html"), &report, &err),
                     SES_ENOMEM);
    assert_int_equal(ses_doc_write_pdf(in_folder("a.pdf"), &report, NULL, &err),
                     SES_ENOMEM);
    assert_int_equal(empty_folder(), 0);
    ses_doc_release(&report);
}

static void a_pdf_has_the_same_bytes_each_time(void **state)
{
    struct ses_error err = { 0 };
    struct ses_document report = report_with(hostile, NULL, false);
    for (int i = 0; i < 200; i++)
        ses_doc_text(&report, "Line %d of a report of several pages.", i);
    assert_int_equal(ses_doc_write_pdf(in_folder("a.pdf"), &report, NULL, &err),
                     SES_OK);
    size_t size, again;
    char *bytes = read_file(in_folder("a.pdf"), &size);
    assert_memory_equal(bytes, "%PDF-", 5);
    assert_int_equal(ses_doc_write_pdf(in_folder("a.pdf"), &report, NULL, &err),
                     SES_OK);
    char *second = read_file(in_folder("a.pdf"), &again);
    assert_int_equal(size, again);
    assert_memory_equal(bytes, second, size);
    free(bytes);
    free(second);
    ses_doc_release(&report);
    assert_int_equal(empty_folder(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_never_markup),
        cmocka_unit_test(a_page_asks_for_nothing_else),
        cmocka_unit_test(parts_of_two_pictures_have_names_of_their_own),
        cmocka_unit_test(numbers_sort_by_value),
        cmocka_unit_test(the_pickers_numbers_are_packed),
        cmocka_unit_test(base64_is_that_of_rfc_4648),
        cmocka_unit_test(a_report_without_memory_is_not_written),
        cmocka_unit_test(a_pdf_has_the_same_bytes_each_time),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
