/* A report before it is a page: what html.c and pdf.c both write. Parts stand
 * in reading order.
 *
 * Text is copied, as UTF-8 (bytes that are not are shown as replacement
 * characters). Adding never fails at once: a lack of memory is kept in
 * `failed`, which the writers look at. */
#ifndef SES_PLOTS_REPORT_DOCUMENT_H
#define SES_PLOTS_REPORT_DOCUMENT_H

#include "core/base/error.h"
#include "plots/plot.h"

enum ses_part_kind {
    SES_PART_HEADING,
    SES_PART_TEXT,
    SES_PART_VERDICT, /* the sentence a reader takes home */
    SES_PART_LIST,
    SES_PART_FACTS, /* names and values */
    SES_PART_TABLE,
    SES_PART_FIGURE,
    SES_PART_PICKER
};

struct ses_doc_column {
    char *name, *meaning; /* meaning: what the number is; NULL: plain */
    bool number;          /* set flush right, sorted by value */
};

struct ses_doc_cell {
    char *text;
    double number; /* what text is sorted by; NaN: text alone */
};

/* Class means for a reader to choose from: of every block the channels that
 * are kept, of every class their means. */
struct ses_doc_block {
    const char *name;
    int channels; /* of the block */
    size_t n_kept;
    const int *kept;          /* [n_kept] channel indices, rising */
    const double *mean, *std; /* [n_classes][n_kept], NaN: none */
    const double *overall;    /* [n_kept] mean of all class means */
};

struct ses_doc_picker {
    size_t n_classes;
    const char *const *classes;
    size_t n_chosen; /* the first so many are shown at first */
    size_t n_blocks;
    const struct ses_doc_block *blocks;
    size_t block; /* shown at first */
};

struct ses_doc_part {
    enum ses_part_kind kind;
    int level;         /* of a heading, 2 or 3 */
    char *text;        /* heading, paragraph; caption of a table, figure,
                        * picker */
    char *alternative; /* what a figure shows, for who cannot see it */
    struct ses_picture light, dark; /* dark may be empty */
    size_t n_columns, n_cells;      /* cells row by row */
    struct ses_doc_column *columns;
    struct ses_doc_cell *cells;          /* of a list: one a line; of facts:
                                          * a name and a value by turns */
    const struct ses_doc_picker *picker; /* borrowed */
    size_t columns_room, cells_room;
};

struct ses_document {
    char *title;
    struct ses_doc_part *parts;
    size_t n_parts, parts_room;
    bool failed;
};

void ses_doc_init(struct ses_document *report, const char *title);
void ses_doc_release(struct ses_document *report);

void ses_doc_heading(struct ses_document *report, int level, const char *format,
                     ...) SES_PRINTF(3, 4);
void ses_doc_text(struct ses_document *report, const char *format, ...)
    SES_PRINTF(2, 3);
void ses_doc_verdict(struct ses_document *report, const char *format, ...)
    SES_PRINTF(2, 3);

/* What follows goes into the part that was begun last. */
void ses_doc_list(struct ses_document *report);
void ses_doc_item(struct ses_document *report, const char *format, ...)
    SES_PRINTF(2, 3);

void ses_doc_facts(struct ses_document *report);
void ses_doc_fact(struct ses_document *report, const char *name,
                  const char *format, ...) SES_PRINTF(3, 4);

void ses_doc_table(struct ses_document *report, const char *caption);
void ses_doc_column(struct ses_document *report, const char *name,
                    const char *meaning, bool number);
void ses_doc_cell(struct ses_document *report, const char *text);
/* The same, sorted by a number. */
void ses_doc_cell_of(struct ses_document *report, const char *text,
                     double number);
/* With so many decimals, as a share of 100 %, and with its interval; a dash
 * for NaN. */
void ses_doc_number(struct ses_document *report, double number, int decimals);
void ses_doc_share(struct ses_document *report, double share, int decimals);
void ses_doc_interval(struct ses_document *report, double number, double low,
                      double high, int decimals);

/* Pictures are moved. */
void ses_doc_figure(struct ses_document *report, const char *caption,
                    const char *alternative, struct ses_picture *light,
                    struct ses_picture *dark);

void ses_doc_pick(struct ses_document *report, const char *caption,
                  const struct ses_doc_picker *picker);

#endif
