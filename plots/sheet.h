/* A figure's page while its parts find their places, from the top down: what
 * all figures share of sizes, margins, title and legend.
 *
 * A figure calls ses_sheet_init(), ses_sheet_head(), places its panels from
 * sheet.y on (and moves y), and hands a function that paints them to
 * ses_sheet_write(); legend and text are painted after it. */
#ifndef SES_PLOTS_SHEET_H
#define SES_PLOTS_SHEET_H

#include "plots/axis.h"
#include "plots/canvas.h"
#include "plots/legend.h"
#include "plots/palette.h"
#include "plots/text.h"

/* Sizes in points, at the figure's final size. */
#define SES_SIZE_TITLE 9.0
#define SES_SIZE_LABEL 8.0 /* of axes and panels */
#define SES_SIZE_SMALL 7.0 /* ticks, legend */
#define SES_SHEET_MARGIN 2.0
#define SES_TICK 2.0 /* length of its mark */

/* Widths of a figure without one in its style, in millimetres: a journal's
 * column, a column and a half, and its page. */
#define SES_COLUMN_MM 85.0
#define SES_MIDDLE_MM 120.0
#define SES_PAGE_MM 180.0

struct ses_sheet {
    struct ses_plot_style style; /* nothing is left at 0 but columns */
    struct ses_look look;
    struct ses_type *type;
    struct ses_captions labels; /* every text of the figure */
    struct ses_legend legend;
    double width, y;    /* of the page; of what is placed so far */
    double line, small; /* heights of a line of the two sizes */
};

/* style may be NULL; width_mm: without one in it. SES_EUSAGE for a style out
 * of range, SES_ENOTFOUND for its font. Caller frees with
 * ses_sheet_release(), also after a failure. */
SES_MUST_CHECK enum ses_status ses_sheet_init(
    struct ses_sheet *sheet, const struct ses_plot_style *style,
    double width_mm, struct ses_error *err);
void ses_sheet_release(struct ses_sheet *sheet);

/* Title and legend, from `left` on; n_entries may be 0. */
SES_MUST_CHECK enum ses_status ses_sheet_head(
    struct ses_sheet *sheet, double left,
    const struct ses_legend_entry *entries, size_t n_entries,
    struct ses_error *err);

/* One line of text; its box. */
struct ses_rect ses_sheet_text(struct ses_sheet *sheet, const char *text,
                               double size, enum ses_anchor anchor, double x,
                               double y);
double ses_sheet_text_width(const struct ses_sheet *sheet, const char *text,
                            double size);

/* The number of a tick, in small text; stride as for ses_tick_text(). */
void ses_sheet_tick(struct ses_sheet *sheet, const struct ses_ticks *ticks,
                    long tick, int stride, enum ses_anchor anchor, double x,
                    double y);

/* Of a number beside an axis. */
double ses_sheet_widest_tick(const struct ses_sheet *sheet,
                             const struct ses_ticks *ticks);

/* Write the page, as high as y and a margin. */
SES_MUST_CHECK enum ses_status ses_sheet_write(const char *path,
                                               struct ses_sheet *sheet,
                                               ses_draw *draw,
                                               const void *user,
                                               struct ses_error *err);

#endif
