/* A legend: samples of lines with their names, in rows and columns outside
 * the panels. */
#ifndef SES_PLOTS_LEGEND_H
#define SES_PLOTS_LEGEND_H

#include <stddef.h>

#include "plots/palette.h"
#include "plots/text.h"

enum ses_sample { SES_SAMPLE_LINE, SES_SAMPLE_DOT, SES_SAMPLE_BAND };

struct ses_legend_entry {
    const char *text;
    enum ses_sample sample;
    struct ses_pen pen;
};

struct ses_legend {
    struct ses_rect box;
    struct ses_rect *samples; /* [n_entries] */
    struct ses_legend_entry *entries;
    size_t n_entries;
};

/* Lay entries (copied; their texts borrowed until return) out from x, y
 * rightwards and down within width, in as few rows as go; a name too long is
 * cut with an ellipsis. Texts are added to labels. Caller frees with
 * ses_legend_release(). */
SES_MUST_CHECK enum ses_status ses_legend_place(
    struct ses_legend *legend, struct ses_captions *labels,
    const struct ses_type *type, double size,
    const struct ses_legend_entry *entries, size_t n_entries, double x,
    double y, double width, struct ses_error *err);

/* The samples; the texts are in the labels. */
void ses_legend_draw(const struct ses_legend *legend, cairo_t *cr);
void ses_legend_release(struct ses_legend *legend);

#endif
