/* Parts are set from top to bottom, and a part that does not fit begins the
 * next page; see pdf.h. */
#include "plots/report/pdf.h"

#include <cairo-pdf.h>
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "plots/picture.h"
#include "plots/text.h"

/* A4 and its margins. */
#define WIDTH (210 * SES_MM)
#define HEIGHT (297 * SES_MM)
#define SIDE (18 * SES_MM)
#define ABOVE (18 * SES_MM)
#define BELOW (20 * SES_MM)

enum { MANY_LINES = 10000 };

struct setter {
    cairo_t *cr;
    cairo_surface_t *surface;
    struct ses_type *type;
    const struct ses_document *report;
    double y;
    int page;
    bool failed; /* out of memory */
};

/* One text with its upper left corner at x, y, or its upper right one. */
static double set_text(struct setter *s, const char *text,
                       const struct ses_font *font, double grey, double x,
                       double y, bool right)
{
    struct ses_captions labels = { 0 };
    double width = 0;
    if (right) {
        double height;
        ses_text_measure(s->type, text, font, &width, &height);
    }
    struct ses_rect box = ses_captions_add(&labels, s->type, text, font,
                                           SES_UPPER_LEFT, x - width, y);
    s->failed |= labels.failed;
    cairo_set_source_rgb(s->cr, grey, grey, grey);
    ses_captions_draw(&labels, s->cr);
    ses_captions_release(&labels);
    return box.height;
}

static void set_rule(struct setter *s, double y, double grey)
{
    cairo_set_source_rgb(s->cr, grey, grey, grey);
    cairo_set_line_width(s->cr, 0.4);
    cairo_move_to(s->cr, SIDE, y);
    cairo_line_to(s->cr, WIDTH - SIDE, y);
    cairo_stroke(s->cr);
}

static void set_foot(struct setter *s)
{
    const struct ses_font font = { .size = 7.5, .most = WIDTH - 4 * SIDE };
    char number[16];
    snprintf(number, sizeof number, "%d", s->page);
    double y = HEIGHT - BELOW + 6 * SES_MM;
    set_text(s, s->report->title, &font, 0.4, SIDE, y, false);
    set_text(s, number, &font, 0.4, WIDTH - SIDE, y, true);
}

static void next_page(struct setter *s)
{
    set_foot(s);
    cairo_show_page(s->cr);
    s->page++;
    s->y = ABOVE;
}

/* Make sure that so much fits below; true when that took a new page. */
static bool make_room(struct setter *s, double height)
{
    if (s->y + height <= HEIGHT - BELOW || s->y <= ABOVE)
        return false;
    next_page(s);
    return true;
}

/* ---- words --------------------------------------------------------------- */

static void set_words(struct setter *s, const char *text, double size,
                      bool bold, double grey, double indent, double after)
{
    const struct ses_font font = { .size = size,
                                   .bold = bold,
                                   .most = WIDTH - 2 * SIDE - indent,
                                   .lines = MANY_LINES };
    double width, height;
    ses_text_measure(s->type, text, &font, &width, &height);
    make_room(s, height);
    s->y += set_text(s, text, &font, grey, SIDE + indent, s->y, false) + after;
}

static void set_heading(struct setter *s, const struct ses_doc_part *part)
{
    bool great = part->level <= 2;
    /* A heading stands with what follows. */
    make_room(s, great ? 40 * SES_MM : 30 * SES_MM);
    if (s->y > ABOVE) {
        s->y += great ? 14 : 8;
        if (great)
            set_rule(s, s->y - 5, 0.6);
    }
    if (great) {
        char *title = g_utf8_make_valid(part->text, -1);
        char *place = ses_format("page=%d pos=[%g %g]", s->page, SIDE, s->y);
        s->failed |= !place;
        if (place)
            cairo_pdf_surface_add_outline(s->surface, CAIRO_PDF_OUTLINE_ROOT,
                                          title, place, 0);
        free(place);
        g_free(title);
    }
    set_words(s, part->text, great ? 13 : 10.5, true, 0, 0, 5);
}

static void set_verdict(struct setter *s, const char *text)
{
    double page = s->page, top = s->y;
    set_words(s, text, 11, false, 0, 10, 0);
    if (s->page > page)
        top = ABOVE;
    cairo_set_source_rgb(s->cr, 0.04, 0.37, 0.66);
    cairo_rectangle(s->cr, SIDE, top, 2.5, s->y - top);
    cairo_fill(s->cr);
    s->y += 9;
}

static void set_list(struct setter *s, const struct ses_doc_part *part)
{
    const struct ses_font dot = { .size = 9 };
    for (size_t i = 0; i < part->n_cells; i++) {
        set_words(s, part->cells[i].text, 9, false, 0, 10, 2);
        double width, height;
        const struct ses_font font = { .size = 9,
                                       .most = WIDTH - 2 * SIDE - 10,
                                       .lines = MANY_LINES };
        ses_text_measure(s->type, part->cells[i].text, &font, &width, &height);
        set_text(s, "\u2022", &dot, 0, SIDE + 2, s->y - 2 - height, false);
    }
    s->y += 5;
}

static void set_facts(struct setter *s, const struct ses_doc_part *part)
{
    const struct ses_font font = { .size = 9 };
    double indent = 0, width, height;
    for (size_t i = 0; i < part->n_cells; i += 2) {
        ses_text_measure(s->type, part->cells[i].text, &font, &width, &height);
        indent = fmax(indent, width + 10);
    }
    for (size_t i = 0; i + 1 < part->n_cells; i += 2) {
        make_room(s, 14);
        set_text(s, part->cells[i].text, &font, 0.35, SIDE, s->y, false);
        set_words(s, part->cells[i + 1].text, 9, false, 0, indent, 2);
    }
    s->y += 5;
}

/* ---- tables -------------------------------------------------------------- */

static const double GAP = 9; /* between columns, at size 8 */

/* Widths of the columns at size 8, and of all; false without memory. */
static bool measure_columns(struct setter *s, const struct ses_doc_part *part,
                            double *widths, double *all)
{
    const struct ses_font font = { .size = 8 },
                          bold = { .size = 8, .bold = true };
    double height;
    for (size_t i = 0; i < part->n_columns; i++)
        ses_text_measure(s->type, part->columns[i].name, &bold, &widths[i],
                         &height);
    for (size_t i = 0; i < part->n_cells; i++) {
        double width;
        if (!part->cells[i].text)
            return false;
        ses_text_measure(s->type, part->cells[i].text, &font, &width, &height);
        widths[i % part->n_columns] = fmax(widths[i % part->n_columns], width);
    }
    *all = GAP * (double)(part->n_columns - 1);
    for (size_t i = 0; i < part->n_columns; i++)
        *all += widths[i];
    return true;
}

/* One row, of heads or of cells; its height. */
static double set_row(struct setter *s, const struct ses_doc_part *part,
                      const struct ses_doc_cell *cells, const double *widths,
                      double scale)
{
    double x = SIDE, tallest = 0;
    for (size_t i = 0; i < part->n_columns; i++) {
        const struct ses_font font = { .size = 8 * scale,
                                       .bold = !cells,
                                       .most = widths[i] * scale + 0.5 };
        bool right = part->columns[i].number;
        double at = right ? x + widths[i] * scale : x;
        const char *text = cells ? cells[i].text : part->columns[i].name;
        tallest = fmax(tallest, set_text(s, text, &font, 0, at, s->y, right));
        x += (widths[i] + GAP) * scale;
    }
    return tallest;
}

static void set_table(struct setter *s, const struct ses_doc_part *part)
{
    /* Below this nobody reads: what is wider is cut. */
    static const double SMALLEST = 0.55;
    double *widths = ses_calloc(part->n_columns, sizeof *widths);
    double all = 0;
    if (!widths || !measure_columns(s, part, widths, &all)) {
        s->failed = true;
        free(widths);
        return;
    }
    double scale = fmin(1, (WIDTH - 2 * SIDE) / all);
    if (scale < SMALLEST) {
        for (size_t i = 0; i < part->n_columns; i++)
            widths[i] *= scale / SMALLEST;
        scale = SMALLEST;
    }
    double line = 13 * scale;
    make_room(s, 14 + 4 * line);
    set_words(s, part->text, 8, false, 0.35, 0, 3);
    s->y += set_row(s, part, NULL, widths, scale) + 2;
    set_rule(s, s->y - 1, 0.5);
    for (size_t i = 0; i < part->n_cells; i += part->n_columns) {
        if (make_room(s, line)) {
            s->y += set_row(s, part, NULL, widths, scale) + 2;
            set_rule(s, s->y - 1, 0.5);
        }
        s->y += fmax(line, set_row(s, part, &part->cells[i], widths, scale));
    }
    s->y += 9;
    free(widths);
}

/* ---- figures ------------------------------------------------------------- */

static void set_figure(struct setter *s, const struct ses_doc_part *part)
{
    const struct ses_picture *picture = &part->light;
    const struct ses_font caption = { .size = 8,
                                      .most = WIDTH - 2 * SIDE,
                                      .lines = MANY_LINES };
    double width, height;
    ses_text_measure(s->type, part->text, &caption, &width, &height);
    double most = HEIGHT - ABOVE - BELOW - height - 4;
    double scale = fmin(
        1, fmin((WIDTH - 2 * SIDE) / picture->width, most / picture->height));
    make_room(s, picture->height * scale + 3 + height);
    cairo_save(s->cr);
    cairo_translate(s->cr, SIDE, s->y);
    cairo_scale(s->cr, scale, scale);
    ses_picture_draw(picture, s->cr, 0, 0);
    cairo_restore(s->cr);
    s->y += picture->height * scale + 3;
    set_words(s, part->text, 8, false, 0.35, 0, 10);
}

/* ---- all ----------------------------------------------------------------- */

static void set_part(struct setter *s, const struct ses_doc_part *part)
{
    switch (part->kind) {
    case SES_PART_HEADING:
        set_heading(s, part);
        break;
    case SES_PART_TEXT:
        set_words(s, part->text, 9, false, 0, 0, 5);
        break;
    case SES_PART_VERDICT:
        set_verdict(s, part->text);
        break;
    case SES_PART_LIST:
        set_list(s, part);
        break;
    case SES_PART_FACTS:
        set_facts(s, part);
        break;
    case SES_PART_TABLE:
        set_table(s, part);
        break;
    case SES_PART_FIGURE:
        set_figure(s, part);
        break;
    case SES_PART_PICKER: /* of a screen only */
        break;
    }
}

static cairo_status_t put(void *user, const unsigned char *data,
                          unsigned length)
{
    return g_byte_array_append(user, data, length) ? CAIRO_STATUS_SUCCESS
                                                   : CAIRO_STATUS_NO_MEMORY;
}

static enum ses_status set_report(const struct ses_document *report,
                                  struct ses_type *type, GByteArray *bytes,
                                  struct ses_error *err)
{
    struct setter s = { .type = type, .report = report, .y = ABOVE, .page = 1 };
    s.surface = cairo_pdf_surface_create_for_stream(put, bytes, WIDTH, HEIGHT);
    ses_canvas_describe_pdf(s.surface, report->title);
    s.cr = cairo_create(s.surface);
    set_words(&s, report->title, 17, true, 0, 0, 10);
    for (size_t i = 0; i < report->n_parts; i++)
        set_part(&s, &report->parts[i]);
    set_foot(&s);
    cairo_show_page(s.cr);
    enum ses_status status = ses_canvas_status(cairo_status(s.cr), err);
    cairo_destroy(s.cr);
    cairo_surface_finish(s.surface);
    if (!status)
        status = ses_canvas_status(cairo_surface_status(s.surface), err);
    if (!status && s.failed)
        status = ses_fail_memory(err, "the report");
    cairo_surface_destroy(s.surface);
    return status;
}

enum ses_status ses_doc_write_pdf(const char *path,
                                  const struct ses_document *report,
                                  const char *font, struct ses_error *err)
{
    if (report->failed)
        return ses_fail_memory(err, "the report");
    struct ses_type *type;
    enum ses_status status = ses_type_new(font, &type, err);
    if (status)
        return status;
    GByteArray *bytes = g_byte_array_new();
    status = set_report(report, type, bytes, err);
    if (!status)
        status = ses_file_write(path, bytes->data, bytes->len, err);
    g_byte_array_unref(bytes);
    ses_type_free(type);
    return status;
}
