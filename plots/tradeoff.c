/* See tradeoff.h. */
#include "plots/tradeoff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "plots/frame.h"

static const double NAME = 6; /* size of a variant's name, in points */
static const double INSET = 6;
static const double RADIUS = 1.7;
static const double GAP = 1.5; /* from a dot to its name */
static const double LONGEST = 130;

struct layout {
    const struct ses_tradeoff_figure *figure;
    struct ses_sheet sheet;
    struct ses_frame frame;
    struct ses_ticks across;
    bool *front; /* [n_points] */
    const char *groups[SES_MOST_PENS];
    size_t n_groups;
    struct ses_rect *taken; /* by dots and names; [n_taken] */
    size_t n_taken;
};

static bool is_better(const struct ses_tradeoff_point *a,
                      const struct ses_tradeoff_point *b)
{
    return a->accuracy >= b->accuracy && a->kept <= b->kept &&
           (a->accuracy > b->accuracy || a->kept < b->kept);
}

void ses_pareto_front(const struct ses_tradeoff_point *points, size_t n,
                      bool *front)
{
    for (size_t i = 0; i < n; i++) {
        front[i] = isfinite(points[i].accuracy);
        for (size_t j = 0; j < n && front[i]; j++) {
            bool same = points[j].accuracy == points[i].accuracy &&
                        points[j].kept == points[i].kept;
            if (is_better(&points[j], &points[i]) || (same && j < i))
                front[i] = false;
        }
    }
}

/* ---- where things lie ---------------------------------------------------- */

static double x_of(const struct layout *layout, double kept)
{
    const struct ses_rect *plot = &layout->frame.plot;
    struct ses_ruler axis = { (double)layout->across.first *
                                 layout->across.step,
                             (double)layout->across.last *
                                 layout->across.step,
                             plot->x + INSET, plot->x + plot->width - INSET };
    return ses_ruler_at(&axis, kept);
}

static double y_of(const struct layout *layout, double accuracy)
{
    return ses_frame_y(&layout->frame, accuracy);
}

static void add_group(struct layout *layout, const char *name)
{
    size_t i = 0;
    while (i < layout->n_groups && strcmp(layout->groups[i], name) != 0)
        i++;
    if (i == layout->n_groups && i < SES_MOST_PENS)
        layout->groups[layout->n_groups++] = name;
}

static struct ses_pen pen_of(const struct layout *layout, const char *group)
{
    size_t i = 0;
    while (i < layout->n_groups && strcmp(layout->groups[i], group) != 0)
        i++;
    const struct ses_look *look = &layout->sheet.look;
    struct ses_pen pen = *group ? ses_pen_of(look, i) : ses_pen_ink(look, 0.8);
    pen.n_dash = 0;
    return pen;
}

static void find_ticks(struct layout *layout)
{
    const struct ses_tradeoff_figure *figure = layout->figure;
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < figure->n_points; i++) {
        const struct ses_tradeoff_point *point = &figure->points[i];
        const double values[] = { point->accuracy, point->low, point->high };
        for (int k = 0; k < 3; k++)
            if (isfinite(values[k])) {
                low = fmin(low, values[k]);
                high = fmax(high, values[k]);
            }
    }
    layout->frame.ticks = ses_ticks_around(low, high, 6);
    layout->across = ses_ticks_around(0, 100, 4);
}

static bool overlap(const struct ses_rect *a, const struct ses_rect *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width &&
           a->y < b->y + b->height && b->y < a->y + a->height;
}

static bool is_free(const struct layout *layout, const struct ses_rect *box)
{
    const struct ses_rect *plot = &layout->frame.plot;
    if (box->x < plot->x + 1 || box->y < plot->y ||
        box->x + box->width > plot->x + plot->width ||
        box->y + box->height > plot->y + plot->height)
        return false;
    for (size_t i = 0; i < layout->n_taken; i++)
        if (overlap(box, &layout->taken[i]))
            return false;
    return true;
}

/* Whether a name beside a dot is not beside another, too. */
static bool is_alone(const struct layout *layout, size_t point, double height)
{
    const struct ses_tradeoff_point *points = layout->figure->points;
    double x = x_of(layout, points[point].kept);
    double y = y_of(layout, points[point].accuracy);
    for (size_t i = 0; i < layout->figure->n_points; i++)
        if (i != point && isfinite(points[i].accuracy) &&
            fabs(x_of(layout, points[i].kept) - x) < height &&
            fabs(y_of(layout, points[i].accuracy) - y) < height)
            return false;
    return true;
}

/* Those of the front, and of the network as it is, are named first. */
static bool is_first(const struct layout *layout, size_t point)
{
    return layout->front[point] || !*layout->figure->points[point].group;
}

/* Right of the dot or left of it, where there is room and no doubt, else
 * nowhere. The front's line goes left and right of its dots, which are larger:
 * their names may be above and below. */
static void name_point(struct layout *layout, size_t index)
{
    const struct ses_type *type = layout->sheet.type;
    const struct ses_tradeoff_point *point = &layout->figure->points[index];
    bool front = layout->front[index], first_named = is_first(layout, index);
    struct ses_font font = { .size = NAME, .most = LONGEST, .bold = front };
    double width, height;
    ses_text_measure(type, point->name, &font, &width, &height);
    double x = x_of(layout, point->kept), y = y_of(layout, point->accuracy);
    double away = RADIUS + GAP;
    const struct ses_rect boxes[] = {
        { x + away, y - height / 2, width, height },
        { x - away - width, y - height / 2, width, height },
        { x + away / 2, y - away - height, width, height },
        { x - away / 2 - width, y - away - height, width, height },
        { x + away / 2, y + away, width, height },
        { x - away / 2 - width, y + away, width, height },
        { x - width / 2, y - away - height, width, height },
        { x - width / 2, y + away, width, height },
    };
    enum { BOXES = sizeof boxes / sizeof boxes[0], SIDES = 2 };
    size_t n = first_named ? BOXES : SIDES, first = front ? SIDES : 0;
    if (!first_named && !is_alone(layout, index, height))
        return;
    for (size_t i = 0; i < n; i++) {
        const struct ses_rect *box = &boxes[(first + i) % BOXES];
        if (!is_free(layout, box))
            continue;
        layout->taken[layout->n_taken++] = *box;
        ses_captions_add(&layout->sheet.labels, type, point->name, &font,
                         SES_UPPER_LEFT, box->x, box->y);
        return;
    }
}

static void name_points(struct layout *layout)
{
    const struct ses_tradeoff_figure *figure = layout->figure;
    for (size_t i = 0; i < figure->n_points; i++) {
        const struct ses_tradeoff_point *point = &figure->points[i];
        if (isfinite(point->accuracy))
            layout->taken[layout->n_taken++] = (struct ses_rect){
                x_of(layout, point->kept) - RADIUS,
                y_of(layout, point->accuracy) - RADIUS, 2 * RADIUS, 2 * RADIUS
            };
    }
    for (int others = 0; others < 2; others++)
        for (size_t i = 0; i < figure->n_points; i++)
            if (isfinite(figure->points[i].accuracy) &&
                is_first(layout, i) == !others)
                name_point(layout, i);
}

static void name_axes(struct layout *layout)
{
    struct ses_sheet *sheet = &layout->sheet;
    const struct ses_rect *plot = &layout->frame.plot;
    ses_frame_name(&layout->frame, sheet);
    sheet->y = plot->y + plot->height + SES_TICK + 0.5;
    for (long t = layout->across.first; t <= layout->across.last; t++)
        ses_sheet_tick(sheet, &layout->across, t, 1, SES_UPPER_CENTRE,
                       x_of(layout, (double)t * layout->across.step),
                       sheet->y);
    ses_sheet_text(sheet, "top-1 accuracy (%)", SES_SIZE_LABEL,
                   SES_MIDDLE_RISING, SES_SHEET_MARGIN,
                   plot->y + plot->height / 2);
    sheet->y += sheet->small + 1;
    sheet->y += ses_sheet_text(sheet, "SE parameters kept (%)",
                               SES_SIZE_LABEL, SES_UPPER_CENTRE,
                               plot->x + plot->width / 2, sheet->y)
                    .height;
}

static enum ses_status place_head(struct layout *layout,
                                  struct ses_error *err)
{
    const struct ses_tradeoff_figure *figure = layout->figure;
    const struct ses_look *look = &layout->sheet.look;
    struct ses_legend_entry entries[SES_MOST_PENS + 2];
    size_t n = 0;
    bool intervals = false;
    for (size_t i = 0; i < figure->n_points; i++)
        intervals |= isfinite(figure->points[i].low) &&
                     isfinite(figure->points[i].high);
    for (size_t i = 0; i < layout->n_groups; i++)
        entries[n++] = (struct ses_legend_entry){
            layout->groups[i], SES_SAMPLE_DOT,
            pen_of(layout, layout->groups[i])
        };
    entries[n++] = (struct ses_legend_entry){ "Pareto front",
                                              SES_SAMPLE_LINE,
                                              ses_pen_grey(look, 0.45, 0.8) };
    if (intervals && figure->interval_label)
        entries[n++] = (struct ses_legend_entry){
            figure->interval_label, SES_SAMPLE_LINE,
            ses_pen_grey(look, 0.75, 0.5)
        };
    return ses_sheet_head(&layout->sheet, SES_SHEET_MARGIN, entries, n, err);
}

static enum ses_status place(struct layout *layout, struct ses_error *err)
{
    struct ses_sheet *sheet = &layout->sheet;
    enum ses_status status = place_head(layout, err);
    if (status)
        return status;
    find_ticks(layout);
    double left = ses_frame_left(sheet, &layout->frame.ticks, true);
    layout->frame.inset = INSET;
    layout->frame.plot = (struct ses_rect){
        left, sheet->y, sheet->width - left - SES_SHEET_MARGIN - 6,
        fmin(0.62 * sheet->width, 110 * SES_MM)
    };
    name_axes(layout);
    name_points(layout);
    return SES_OK;
}

/* ---- drawing ------------------------------------------------------------- */

static void draw_frame(cairo_t *cr, const struct layout *layout)
{
    const struct ses_rect *plot = &layout->frame.plot;
    double bottom = plot->y + plot->height;
    ses_frame_draw_grid(&layout->frame, &layout->sheet.look, cr);
    ses_frame_draw(&layout->frame, &layout->sheet.look, cr);
    for (long t = layout->across.first; t <= layout->across.last; t++) {
        double x = x_of(layout, (double)t * layout->across.step);
        cairo_move_to(cr, x, bottom);
        cairo_line_to(cr, x, bottom + SES_TICK);
    }
    cairo_stroke(cr);
}

static void draw_intervals(cairo_t *cr, const struct layout *layout)
{
    struct ses_pen pen = ses_pen_grey(&layout->sheet.look, 0.75, 0.5);
    ses_pen_use(&pen, cr);
    for (size_t i = 0; i < layout->figure->n_points; i++) {
        const struct ses_tradeoff_point *point = &layout->figure->points[i];
        if (!isfinite(point->low) || !isfinite(point->high))
            continue;
        double x = x_of(layout, point->kept);
        cairo_move_to(cr, x, y_of(layout, point->low));
        cairo_line_to(cr, x, y_of(layout, point->high));
    }
    cairo_stroke(cr);
}

/* The point of the front with the fewest parameters more than `kept`, or the
 * number of points. */
static size_t next_on_front(const struct layout *layout, double kept)
{
    size_t n = layout->figure->n_points, next = n;
    const struct ses_tradeoff_point *points = layout->figure->points;
    for (size_t i = 0; i < n; i++)
        if (layout->front[i] && points[i].kept > kept &&
            (next == n || points[i].kept < points[next].kept))
            next = i;
    return next;
}

static void draw_front(cairo_t *cr, const struct layout *layout)
{
    const struct ses_tradeoff_point *points = layout->figure->points;
    struct ses_pen pen = ses_pen_grey(&layout->sheet.look, 0.45, 0.8);
    ses_pen_use(&pen, cr);
    for (size_t i = next_on_front(layout, -INFINITY);
         i < layout->figure->n_points;
         i = next_on_front(layout, points[i].kept))
        cairo_line_to(cr, x_of(layout, points[i].kept),
                      y_of(layout, points[i].accuracy));
    cairo_stroke(cr);
}

static void draw_figure(cairo_t *cr, const void *user)
{
    const struct layout *layout = user;
    draw_frame(cr, layout);
    draw_intervals(cr, layout);
    draw_front(cr, layout);
    for (size_t i = 0; i < layout->figure->n_points; i++) {
        const struct ses_tradeoff_point *point = &layout->figure->points[i];
        if (!isfinite(point->accuracy))
            continue;
        struct ses_pen pen = pen_of(layout, point->group);
        ses_pen_use(&pen, cr);
        ses_draw_dot(cr, x_of(layout, point->kept),
                     y_of(layout, point->accuracy),
                     layout->front[i] ? RADIUS : 0.7 * RADIUS);
    }
}

static enum ses_status check(const struct ses_tradeoff_figure *figure,
                             struct ses_error *err)
{
    size_t finite = 0;
    for (size_t i = 0; i < figure->n_points; i++)
        finite += isfinite(figure->points[i].accuracy);
    if (!finite)
        return ses_fail(err, SES_EUSAGE, "no variant has an accuracy");
    return SES_OK;
}

enum ses_status ses_plot_tradeoff(const char *path,
                                  const struct ses_tradeoff_figure *figure,
                                  const struct ses_plot_style *style,
                                  struct ses_error *err)
{
    struct layout layout = { .figure = figure };
    enum ses_status status = check(figure, err);
    if (status)
        return status;
    layout.front = ses_calloc(figure->n_points, sizeof *layout.front);
    layout.taken = ses_calloc(2 * figure->n_points, sizeof *layout.taken);
    if (!layout.front || !layout.taken) {
        status = ses_fail_memory(err, "variants");
        goto out;
    }
    ses_pareto_front(figure->points, figure->n_points, layout.front);
    for (size_t i = 0; i < figure->n_points; i++)
        if (*figure->points[i].group)
            add_group(&layout, figure->points[i].group);
    status = ses_sheet_init(&layout.sheet, style, SES_MIDDLE_MM, err);
    if (!status)
        status = place(&layout, err);
    if (!status)
        status = ses_sheet_write(path, &layout.sheet, draw_figure, &layout,
                                 err);
out:
    free(layout.front);
    free(layout.taken);
    ses_sheet_release(&layout.sheet);
    return status;
}
