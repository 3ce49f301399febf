/* See points.h. */
#include "plots/points.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

static const double LONGEST = 70; /* a name may be */

static struct ses_font font_of(const struct ses_points *points)
{
    return (struct ses_font){ .size = SES_SIZE_SMALL, .most = LONGEST,
                              .path = !points->words };
}

enum ses_status ses_points_init(struct ses_points *points, size_t n,
                                const char *const *names, const int *stage,
                                struct ses_error *err)
{
    *points = (struct ses_points){ .n = n, .names = names, .stage = stage };
    points->named = ses_calloc(n, sizeof *points->named);
    return points->named ? SES_OK : ses_fail_memory(err, "an axis");
}

void ses_points_release(struct ses_points *points)
{
    free(points->named);
    memset(points, 0, sizeof *points);
}

double ses_points_at(const struct ses_points *points, double from,
                     double length, size_t i)
{
    return from + length * ((double)i + 0.5) / (double)points->n;
}

double ses_points_widest(const struct ses_points *points,
                         const struct ses_sheet *sheet)
{
    double widest = 0;
    for (size_t i = 0; i < points->n && widest < LONGEST; i++)
        widest = fmax(widest, ses_sheet_text_width(sheet, points->names[i],
                                                   SES_SIZE_SMALL));
    return fmin(widest, LONGEST);
}

/* Whether a name goes beside those there are, `gap` points apart. */
static bool has_room(const struct ses_points *points, size_t at, double pitch,
                     double gap)
{
    for (size_t i = 0; i < points->n; i++)
        if (points->named[i] && fabs((double)i - (double)at) * pitch < gap)
            return false;
    return true;
}

/* First and last, where stages begin, and what has room between. */
static void choose_names(struct ses_points *points, double pitch, double gap)
{
    size_t n = points->n;
    memset(points->named, 0, n * sizeof *points->named);
    points->named[0] = true;
    if (has_room(points, n - 1, pitch, gap))
        points->named[n - 1] = true;
    for (size_t i = 1; i < n && points->stage; i++)
        if (points->stage[i] != points->stage[i - 1] &&
            has_room(points, i, pitch, gap))
            points->named[i] = true;
    /* Counts read best in equal steps. */
    size_t step = points->stage ? 1 : (size_t)ceil(gap / pitch);
    for (size_t i = 0; i < n; i += step)
        if (has_room(points, i, pitch, gap))
            points->named[i] = true;
}

double ses_points_name_below(struct ses_points *points,
                             struct ses_sheet *sheet,
                             const struct ses_rect *plot, double y,
                             bool upright)
{
    double pitch = plot->width / (double)points->n;
    double widest = ses_points_widest(points, sheet), high = sheet->small;
    upright = upright && widest + 4 > pitch;
    choose_names(points, pitch, upright ? sheet->small : widest + 4);
    struct ses_font font = font_of(points);
    double top = y + SES_TICK + (upright ? 1.5 : 0.5);
    for (size_t i = 0; i < points->n; i++)
        if (points->named[i]) {
            struct ses_rect box = ses_captions_add(
                &sheet->labels, sheet->type, points->names[i], &font,
                upright ? SES_END_RISING : SES_UPPER_CENTRE,
                ses_points_at(points, plot->x, plot->width, i), top);
            high = fmax(high, box.height);
        }
    return top - y + high;
}

void ses_points_name_left(struct ses_points *points, struct ses_sheet *sheet,
                          const struct ses_rect *plot, bool choose)
{
    if (choose)
        choose_names(points, plot->height / (double)points->n, sheet->small);
    struct ses_font font = font_of(points);
    for (size_t i = 0; i < points->n; i++)
        if (points->named[i])
            ses_captions_add(&sheet->labels, sheet->type, points->names[i],
                             &font, SES_MIDDLE_RIGHT,
                             plot->x - SES_TICK - 1.5,
                             ses_points_at(points, plot->y, plot->height, i));
}

void ses_points_name_stages(const struct ses_points *points,
                            struct ses_sheet *sheet,
                            const struct ses_rect *plot)
{
    size_t first = 0;
    for (size_t i = 1; points->stage && i <= points->n; i++) {
        if (i < points->n && points->stage[i] == points->stage[first])
            continue;
        char text[32], number[16];
        snprintf(text, sizeof text, "stage %d", points->stage[first]);
        snprintf(number, sizeof number, "%d", points->stage[first]);
        double width =
            plot->width * (double)(i - first) / (double)points->n;
        bool fits =
            ses_sheet_text_width(sheet, text, SES_SIZE_SMALL) + 2 < width;
        double x = (ses_points_at(points, plot->x, plot->width, first) +
                    ses_points_at(points, plot->x, plot->width, i - 1)) / 2;
        if (points->stage[first] >= 0)
            ses_sheet_text(sheet, fits ? text : number, SES_SIZE_SMALL,
                           SES_UPPER_CENTRE, x, plot->y - sheet->small - 0.5);
        first = i;
    }
}

void ses_points_shade(const struct ses_points *points,
                      const struct ses_rect *plot, const struct ses_look *look,
                      cairo_t *cr)
{
    if (!points->stage)
        return;
    double pitch = plot->width / (double)points->n;
    bool grey = points->stage[0] != points->stage[points->n - 1];
    ses_colour_use(ses_pen_grey(look, 0.93, 0).colour, cr);
    for (size_t i = 0; i < points->n; i++) {
        if (i > 0 && points->stage[i] != points->stage[i - 1])
            grey = !grey;
        if (grey)
            cairo_rectangle(cr, plot->x + pitch * (double)i, plot->y, pitch,
                            plot->height);
    }
    cairo_fill(cr);
}

void ses_points_mark_below(const struct ses_points *points,
                           const struct ses_rect *plot, cairo_t *cr)
{
    double bottom = plot->y + plot->height;
    for (size_t i = 0; i < points->n; i++)
        if (points->named[i]) {
            double x = ses_points_at(points, plot->x, plot->width, i);
            cairo_move_to(cr, x, bottom);
            cairo_line_to(cr, x, bottom + SES_TICK);
        }
}

void ses_points_mark_left(const struct ses_points *points,
                          const struct ses_rect *plot, cairo_t *cr)
{
    for (size_t i = 0; i < points->n; i++)
        if (points->named[i]) {
            double y = ses_points_at(points, plot->y, plot->height, i);
            cairo_move_to(cr, plot->x - SES_TICK, y);
            cairo_line_to(cr, plot->x, y);
        }
}
