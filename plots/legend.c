/* See legend.h. */
#include "plots/legend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"

static const double SAMPLE = 16; /* length of a line's sample */
static const double GAP = 3.5;   /* between a sample and its name */
static const double COLUMN_GAP = 11;
static const double LEADING = 2;   /* between rows */
static const double BASE = 0.77;   /* of a row is above its baseline */
static const double LONGEST = 230; /* a name may be */

/* Width of the c-th of `columns` columns when filled row by row. */
static double column_width(const double *widths, size_t n, size_t columns,
                           size_t c)
{
    double width = 0;
    for (size_t i = c; i < n; i += columns)
        width = fmax(width, widths[i]);
    return SAMPLE + GAP + width;
}

static size_t most_columns(const double *widths, size_t n, double room)
{
    for (size_t columns = n; columns > 1; columns--) {
        double total = COLUMN_GAP * (double)(columns - 1);
        for (size_t c = 0; c < columns; c++)
            total += column_width(widths, n, columns, c);
        if (total <= room)
            return columns;
    }
    return 1;
}

/* Where entries go: in columns when those take no more rows than entries set
 * one after the other, which one long name can spoil. Tops are row numbers.
 */
static void arrange(const double *widths, size_t n, double room,
                    struct ses_rect *samples)
{
    size_t row = 0;
    double left = 0;
    for (size_t i = 0; i < n; i++) {
        if (left > 0 && left + SAMPLE + GAP + widths[i] > room) {
            row++;
            left = 0;
        }
        samples[i].x = left;
        samples[i].y = (double)row;
        left += SAMPLE + GAP + widths[i] + COLUMN_GAP;
    }
    size_t columns = most_columns(widths, n, room);
    size_t rows = ses_divide_up(n, columns);
    if (rows > row + 1)
        return;
    /* No more columns than the rows need: six entries where five fit side by
     * side stand in three columns and two rows. */
    columns = ses_divide_up(n, rows);
    for (size_t i = 0; i < n; i++) {
        samples[i].x = 0;
        for (size_t c = 0; c < i % columns; c++)
            samples[i].x += column_width(widths, n, columns, c) + COLUMN_GAP;
        samples[i].y = (double)(i / columns);
    }
}

enum ses_status ses_legend_place(struct ses_legend *legend,
                                 struct ses_captions *labels,
                                 const struct ses_type *type, double size,
                                 const struct ses_legend_entry *entries,
                                 size_t n_entries, double x, double y,
                                 double width, struct ses_error *err)
{
    memset(legend, 0, sizeof *legend);
    legend->box = (struct ses_rect){ x, y, 0, 0 };
    if (n_entries == 0)
        return SES_OK;
    double *widths = ses_calloc(n_entries, sizeof *widths);
    legend->samples = ses_calloc(n_entries, sizeof *legend->samples);
    legend->entries = ses_calloc(n_entries, sizeof *legend->entries);
    if (!widths || !legend->samples || !legend->entries) {
        free(widths);
        ses_legend_release(legend);
        return ses_fail_memory(err, "a legend");
    }
    memcpy(legend->entries, entries, n_entries * sizeof *entries);
    legend->n_entries = n_entries;

    struct ses_font font = { .size = size };
    font.most = fmin(LONGEST, width - SAMPLE - GAP);
    /* Scripts differ in height; every row gets the highest. */
    double row = 0;
    for (size_t i = 0; i < n_entries; i++) {
        double height;
        ses_text_measure(type, entries[i].text, &font, &widths[i], &height);
        row = fmax(row, height);
    }
    arrange(widths, n_entries, width, legend->samples);
    for (size_t i = 0; i < n_entries; i++) {
        struct ses_rect *sample = &legend->samples[i];
        double base = y + sample->y * (row + LEADING) + BASE * row;
        double left = x + sample->x;
        struct ses_rect text =
            ses_captions_add(labels, type, entries[i].text, &font,
                             SES_LEFT_BASE, left + SAMPLE + GAP, base);
        *sample =
            (struct ses_rect){ left, base - 0.6 * size, SAMPLE, 0.6 * size };
        legend->box.width = fmax(legend->box.width, text.x + text.width - x);
        legend->box.height = fmax(legend->box.height, text.y + text.height - y);
    }
    free(widths);
    return SES_OK;
}

void ses_legend_draw(const struct ses_legend *legend, cairo_t *cr)
{
    for (size_t i = 0; i < legend->n_entries; i++) {
        const struct ses_pen *pen = &legend->entries[i].pen;
        struct ses_rect box = legend->samples[i];
        double middle = box.y + box.height / 2;
        ses_pen_use(pen, cr);
        switch (legend->entries[i].sample) {
        case SES_SAMPLE_LINE:
            cairo_move_to(cr, box.x, middle);
            cairo_line_to(cr, box.x + box.width, middle);
            cairo_stroke(cr);
            break;
        case SES_SAMPLE_DOT:
            ses_draw_dot(cr, box.x + box.width / 2, middle, 1.6);
            break;
        case SES_SAMPLE_BAND:
            ses_pen_fill(pen, pen->alpha, cr);
            cairo_rectangle(cr, box.x, box.y, box.width, box.height);
            cairo_fill(cr);
            break;
        }
    }
}

void ses_legend_release(struct ses_legend *legend)
{
    free(legend->samples);
    free(legend->entries);
    memset(legend, 0, sizeof *legend);
}
