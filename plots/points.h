/* An axis of named things side by side, each with an equal share of the
 * length: blocks in depth order, with their stages, or counts. */
#ifndef SES_PLOTS_POINTS_H
#define SES_PLOTS_POINTS_H

#include <stdbool.h>

#include "plots/sheet.h"

struct ses_points {
    size_t n;
    const char *const *names; /* [n] borrowed */
    const int *stage;         /* [n] borrowed; NULL: none */
    bool words;  /* names are words, cut at their end where they are too long;
                  * else paths, cut in the middle */
    bool *named; /* [n] has a label and a tick; by ses_points_choose() */
};

/* n > 0. Caller frees with ses_points_release(). */
SES_MUST_CHECK enum ses_status ses_points_init(struct ses_points *points,
                                               size_t n,
                                               const char *const *names,
                                               const int *stage,
                                               struct ses_error *err);
void ses_points_release(struct ses_points *points);

/* Middle of the i-th share of from .. from + length. */
double ses_points_at(const struct ses_points *points, double from,
                     double length, size_t i);

/* Width of the longest name, as it is shown. */
double ses_points_widest(const struct ses_points *points,
                         const struct ses_sheet *sheet);

/* Names below a plot, beside each other when all fit; else those of the first
 * and last, of stages' beginnings and of what has room between, reading
 * upwards if `upright`. y: the plot's lower edge and what else is there.
 * Returns how much room marks and names take. */
double ses_points_name_below(struct ses_points *points,
                             struct ses_sheet *sheet,
                             const struct ses_rect *plot, double y,
                             bool upright);

/* Names to the left of a plot whose rows they are; which of them, is what
 * ses_points_name_below() chose, or else (choose) what has room. */
void ses_points_name_left(struct ses_points *points, struct ses_sheet *sheet,
                          const struct ses_rect *plot, bool choose);

/* A stage's number over the middle of its blocks; takes a line of small text
 * above the plot. */
void ses_points_name_stages(const struct ses_points *points,
                            struct ses_sheet *sheet,
                            const struct ses_rect *plot);

/* Every other stage on grey, when there are several. */
void ses_points_shade(const struct ses_points *points,
                      const struct ses_rect *plot, const struct ses_look *look,
                      cairo_t *cr);

/* Marks at the names below or to the left, in the current pen, unstroked. */
void ses_points_mark_below(const struct ses_points *points,
                           const struct ses_rect *plot, cairo_t *cr);
void ses_points_mark_left(const struct ses_points *points,
                          const struct ses_rect *plot, cairo_t *cr);

#endif
