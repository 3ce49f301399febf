/* See html.h. */
#include "plots/report/html.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/file.h"
#include "plots/picture.h"
#include "plots/report/html-text.h"
#include "plots/report/page.h"

/* Nothing of the page may come from anywhere else, whatever a name in a record
 * says. */
static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, "
    "initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
    "'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src "
    "data:\">\n"
    "<meta name=\"generator\" content=\"sescope " PACKAGE_VERSION "\">\n";

static void add_lines(struct ses_text *out, const char *const *lines)
{
    for (; *lines; lines++)
        ses_text_add(out, "%s\n", *lines);
}

static void add_element(struct ses_text *out, const char *tag, const char *text)
{
    ses_text_add(out, "<%s>", tag);
    ses_html_text(out, text);
    ses_text_add(out, "</%s>\n", tag);
}

static void add_contents(struct ses_text *out,
                         const struct ses_document *report)
{
    ses_text_add(out, "<nav aria-label=\"Contents\">\n<ul>\n");
    for (size_t i = 0; i < report->n_parts; i++) {
        const struct ses_doc_part *part = &report->parts[i];
        if (part->kind != SES_PART_HEADING || part->level != 2)
            continue;
        ses_text_add(out, "<li><a href=\"#part-%zu\">", i);
        ses_html_text(out, part->text);
        ses_text_add(out, "</a></li>\n");
    }
    ses_text_add(out, "</ul>\n</nav>\n");
}

static void add_list(struct ses_text *out, const struct ses_doc_part *part)
{
    ses_text_add(out, "<ul>\n");
    for (size_t i = 0; i < part->n_cells; i++)
        add_element(out, "li", part->cells[i].text);
    ses_text_add(out, "</ul>\n");
}

static void add_facts(struct ses_text *out, const struct ses_doc_part *part)
{
    ses_text_add(out, "<dl>\n");
    for (size_t i = 0; i < part->n_cells; i++)
        add_element(out, i % 2 ? "dd" : "dt", part->cells[i].text);
    ses_text_add(out, "</dl>\n");
}

static void add_cell(struct ses_text *out, const struct ses_doc_part *part,
                     size_t i)
{
    const struct ses_doc_cell *cell = &part->cells[i];
    size_t column = i % part->n_columns;
    ses_text_add(out, column ? "<td" : "<th scope=\"row\"");
    if (part->columns[column].number) {
        ses_text_add(out, " class=\"number\"");
        if (!isnan(cell->number))
            ses_text_add(out, " data-value=\"%.9g\"", cell->number);
    }
    ses_text_add(out, ">");
    ses_html_text(out, cell->text);
    ses_text_add(out, column ? "</td>" : "</th>");
}

static void add_table(struct ses_text *out, const struct ses_doc_part *part)
{
    /* A wide table scrolls in its own frame, by the keyboard too. */
    ses_text_add(out, "<div class=\"wide\" tabindex=\"0\" role=\"region\" "
                      "aria-label=\"");
    ses_html_text(out, part->text);
    ses_text_add(out, "\">\n<table class=\"sortable\">\n<caption>");
    ses_html_text(out, part->text);
    ses_text_add(out, "</caption>\n<thead>\n<tr>");
    for (size_t i = 0; i < part->n_columns; i++) {
        const struct ses_doc_column *column = &part->columns[i];
        ses_text_add(out, "<th scope=\"col\"%s",
                     column->number ? " class=\"number\"" : "");
        if (column->meaning) {
            ses_text_add(out, " title=\"");
            ses_html_text(out, column->meaning);
            ses_text_add(out, "\"");
        }
        ses_text_add(out, ">");
        ses_html_text(out, column->name);
        ses_text_add(out, "</th>");
    }
    ses_text_add(out, "</tr>\n</thead>\n<tbody>\n");
    for (size_t i = 0; i < part->n_cells; i++) {
        if (i % part->n_columns == 0)
            ses_text_add(out, "<tr>");
        add_cell(out, part, i);
        if ((i + 1) % part->n_columns == 0)
            ses_text_add(out, "</tr>\n");
    }
    ses_text_add(out, "</tbody>\n</table>\n</div>\n");
}

static enum ses_status add_picture(struct ses_text *out,
                                   const struct ses_picture *picture,
                                   size_t index, const char *theme,
                                   struct ses_error *err)
{
    char prefix[64], attributes[128];
    snprintf(prefix, sizeof prefix, "%s-%zu-", theme, index);
    snprintf(attributes, sizeof attributes,
             "class=\"%s\" aria-hidden=\"true\" focusable=\"false\"", theme);
    return ses_picture_svg(picture, prefix, attributes, out, err);
}

static enum ses_status add_figure(struct ses_text *out,
                                  const struct ses_doc_part *part, size_t index,
                                  struct ses_error *err)
{
    ses_text_add(out, "<figure>\n<div class=\"picture\" role=\"img\" "
                      "aria-label=\"");
    ses_html_text(out, part->alternative);
    ses_text_add(out, "\">\n");
    enum ses_status status = add_picture(
        out, &part->light, index, part->dark.svg ? "light" : "any", err);
    if (!status && part->dark.svg)
        status = add_picture(out, &part->dark, index, "dark", err);
    ses_text_add(out, "</div>\n");
    add_element(out, "figcaption", part->text);
    ses_text_add(out, "</figure>\n");
    return status;
}

static enum ses_status add_part(struct ses_text *out,
                                const struct ses_doc_part *part, size_t index,
                                struct ses_error *err)
{
    switch (part->kind) {
    case SES_PART_HEADING:
        ses_text_add(out, "<h%d id=\"part-%zu\">", part->level, index);
        ses_html_text(out, part->text);
        ses_text_add(out, "</h%d>\n", part->level);
        break;
    case SES_PART_TEXT:
        add_element(out, "p", part->text);
        break;
    case SES_PART_VERDICT:
        ses_text_add(out, "<p class=\"verdict\">");
        ses_html_text(out, part->text);
        ses_text_add(out, "</p>\n");
        break;
    case SES_PART_LIST:
        add_list(out, part);
        break;
    case SES_PART_FACTS:
        add_facts(out, part);
        break;
    case SES_PART_TABLE:
        add_table(out, part);
        break;
    case SES_PART_FIGURE:
        return add_figure(out, part, index, err);
    case SES_PART_PICKER:
        ses_html_picker(out, part);
        break;
    }
    return SES_OK;
}

static enum ses_status add_page(struct ses_text *out,
                                const struct ses_document *report,
                                struct ses_error *err)
{
    enum ses_status status = SES_OK;
    ses_text_add(out, "%s", head);
    add_element(out, "title", report->title);
    ses_text_add(out, "<style>\n");
    add_lines(out, ses_page_css);
    ses_text_add(out, "</style>\n</head>\n<body>\n<a class=\"skip\" "
                      "href=\"#main\">To the content</a>\n<header>\n");
    add_element(out, "h1", report->title);
    ses_text_add(out, "<button type=\"button\" id=\"theme\" hidden></button>\n"
                      "</header>\n");
    add_contents(out, report);
    ses_text_add(out, "<main id=\"main\">\n");
    for (size_t i = 0; !status && i < report->n_parts; i++)
        status = add_part(out, &report->parts[i], i, err);
    ses_text_add(out, "</main>\n<script>\n");
    add_lines(out, ses_page_js);
    ses_text_add(out, "</script>\n</body>\n</html>\n");
    if (!status && (out->failed || report->failed))
        status = ses_fail_memory(err, "the report");
    return status;
}

enum ses_status ses_doc_write_html(const char *path,
                                   const struct ses_document *report,
                                   struct ses_error *err)
{
    struct ses_text page = { 0 };
    enum ses_status status = add_page(&page, report, err);
    if (!status)
        status = ses_file_write(path, page.data, page.length, err);
    ses_text_release(&page);
    return status;
}
