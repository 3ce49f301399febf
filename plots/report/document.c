/* See document.h. */
#include "plots/report/document.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "plots/picture.h"

/* A new element at the end of an array, zeroed; NULL without memory. */
static void *add_to(struct ses_document *report, void **array, size_t *count,
                    size_t *room, size_t size)
{
    void *grown = ses_grow(*array, *count, room, size);
    if (!grown) {
        report->failed = true;
        return NULL;
    }
    *array = grown;
    void *element = (char *)grown + *count * size;
    memset(element, 0, size);
    (*count)++;
    return element;
}

static char *copy_of(struct ses_document *report, const char *text)
{
    char *copy = text ? strdup(text) : NULL;
    if (text && !copy)
        report->failed = true;
    return copy;
}

static struct ses_doc_part *add_part(struct ses_document *report,
                                     enum ses_part_kind kind)
{
    struct ses_doc_part *part =
        add_to(report, (void **)&report->parts, &report->n_parts,
               &report->parts_room, sizeof *part);
    if (part)
        part->kind = kind;
    return part;
}

static struct ses_doc_part *last_part(struct ses_document *report)
{
    return report->failed ? NULL : &report->parts[report->n_parts - 1];
}

SES_PRINTF(4, 0)
static void add_words(struct ses_document *report, enum ses_part_kind kind,
                      int level, const char *format, va_list args)
{
    struct ses_doc_part *part = add_part(report, kind);
    if (!part)
        return;
    part->level = level;
    if (vasprintf(&part->text, format, args) < 0) {
        part->text = NULL;
        report->failed = true;
    }
}

void ses_doc_init(struct ses_document *report, const char *title)
{
    *report = (struct ses_document){ 0 };
    report->title = copy_of(report, title);
}

static void release_part(struct ses_doc_part *part)
{
    for (size_t i = 0; i < part->n_columns; i++) {
        free(part->columns[i].name);
        free(part->columns[i].meaning);
    }
    for (size_t i = 0; i < part->n_cells; i++)
        free(part->cells[i].text);
    free(part->columns);
    free(part->cells);
    free(part->text);
    free(part->alternative);
    ses_picture_release(&part->light);
    ses_picture_release(&part->dark);
}

void ses_doc_release(struct ses_document *report)
{
    for (size_t i = 0; i < report->n_parts; i++)
        release_part(&report->parts[i]);
    free(report->parts);
    free(report->title);
    *report = (struct ses_document){ 0 };
}

void ses_doc_heading(struct ses_document *report, int level, const char *format,
                     ...)
{
    va_list args;
    va_start(args, format);
    add_words(report, SES_PART_HEADING, level, format, args);
    va_end(args);
}

void ses_doc_text(struct ses_document *report, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_words(report, SES_PART_TEXT, 0, format, args);
    va_end(args);
}

void ses_doc_verdict(struct ses_document *report, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_words(report, SES_PART_VERDICT, 0, format, args);
    va_end(args);
}

static struct ses_doc_cell *add_cell(struct ses_document *report)
{
    struct ses_doc_part *part = last_part(report);
    struct ses_doc_cell *cell =
        part ? add_to(report, (void **)&part->cells, &part->n_cells,
                      &part->cells_room, sizeof *cell)
             : NULL;
    if (cell)
        cell->number = NAN;
    return cell;
}

SES_PRINTF(2, 0)
static void add_cell_words(struct ses_document *report, const char *format,
                           va_list args)
{
    struct ses_doc_cell *cell = add_cell(report);
    if (cell && vasprintf(&cell->text, format, args) < 0) {
        cell->text = NULL;
        report->failed = true;
    }
}

void ses_doc_list(struct ses_document *report)
{
    add_part(report, SES_PART_LIST);
}

void ses_doc_item(struct ses_document *report, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_cell_words(report, format, args);
    va_end(args);
}

void ses_doc_facts(struct ses_document *report)
{
    add_part(report, SES_PART_FACTS);
}

void ses_doc_fact(struct ses_document *report, const char *name,
                  const char *format, ...)
{
    ses_doc_cell(report, name);
    va_list args;
    va_start(args, format);
    add_cell_words(report, format, args);
    va_end(args);
}

void ses_doc_table(struct ses_document *report, const char *caption)
{
    struct ses_doc_part *part = add_part(report, SES_PART_TABLE);
    if (part)
        part->text = copy_of(report, caption);
}

void ses_doc_column(struct ses_document *report, const char *name,
                    const char *meaning, bool number)
{
    struct ses_doc_part *part = last_part(report);
    struct ses_doc_column *column =
        part ? add_to(report, (void **)&part->columns, &part->n_columns,
                      &part->columns_room, sizeof *column)
             : NULL;
    if (!column)
        return;
    column->name = copy_of(report, name);
    column->meaning = copy_of(report, meaning);
    column->number = number;
}

void ses_doc_cell(struct ses_document *report, const char *text)
{
    struct ses_doc_cell *cell = add_cell(report);
    if (cell)
        cell->text = copy_of(report, text);
}

void ses_doc_cell_of(struct ses_document *report, const char *text,
                     double number)
{
    struct ses_doc_cell *cell = add_cell(report);
    if (!cell)
        return;
    cell->text = copy_of(report, text);
    cell->number = number;
}

/* A cell that is sorted by its number; the text says it. */
static void add_number(struct ses_document *report, double number,
                       const char *format, ...) SES_PRINTF(3, 4);

static void add_number(struct ses_document *report, double number,
                       const char *format, ...)
{
    struct ses_doc_cell *cell = add_cell(report);
    if (!cell)
        return;
    cell->number = number;
    va_list args;
    va_start(args, format);
    if (vasprintf(&cell->text, isnan(number) ? "\u2013" : format, args) < 0) {
        cell->text = NULL;
        report->failed = true;
    }
    va_end(args);
}

void ses_doc_number(struct ses_document *report, double number, int decimals)
{
    add_number(report, number, "%.*f", decimals, number);
}

void ses_doc_share(struct ses_document *report, double share, int decimals)
{
    add_number(report, share, "%.*f %%", decimals, 100 * share);
}

void ses_doc_interval(struct ses_document *report, double number, double low,
                      double high, int decimals)
{
    if (isnan(low))
        ses_doc_number(report, number, decimals);
    else
        add_number(report, number, "%.*f (%.*f to %.*f)", decimals, number,
                   decimals, low, decimals, high);
}

void ses_doc_figure(struct ses_document *report, const char *caption,
                    const char *alternative, struct ses_picture *light,
                    struct ses_picture *dark)
{
    struct ses_doc_part *part = add_part(report, SES_PART_FIGURE);
    if (!part) {
        ses_picture_release(light);
        ses_picture_release(dark);
        return;
    }
    part->text = copy_of(report, caption);
    part->alternative = copy_of(report, alternative);
    part->light = *light;
    part->dark = *dark;
    *light = *dark = (struct ses_picture){ 0 };
}

void ses_doc_pick(struct ses_document *report, const char *caption,
                  const struct ses_doc_picker *picker)
{
    struct ses_doc_part *part = add_part(report, SES_PART_PICKER);
    if (!part)
        return;
    part->text = copy_of(report, caption);
    part->picker = picker;
}
