/* See tradeoff.h. */
#include "plots/tradeoff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "plots/axis.h"
#include "plots/legend.h"

/* Sizes in points, at the figure's final size. */
static const double TITLE = 9;
static const double LABEL = 8;
static const double SMALL = 7;
static const double NAME = 6; /* of a variant */
static const double MARGIN = 2;
static const double INSET = 6;
static const double TICK = 2;
static const double RADIUS = 1.7;
static const double GAP = 1.5; /* from a dot to its name */
static const double LONGEST = 130;

struct layout {
    const struct ses_tradeoff_figure *figure;
    double width, height;
    struct ses_rect plot;
    struct ses_ticks across, down;
    bool *front; /* [n_points] */
    const char *groups[SES_MOST_PENS];
    size_t n_groups;
    struct ses_rect *taken; /* by dots and names; [n_taken] */
    size_t n_taken;
    struct ses_legend legend;
    struct ses_captions labels;
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
    const struct ses_rect *plot = &layout->plot;
    struct ses_axis axis = { (double)layout->across.first *
                                 layout->across.step,
                             (double)layout->across.last *
                                 layout->across.step,
                             plot->x + INSET, plot->x + plot->width - INSET };
    return ses_axis_at(&axis, kept);
}

static double y_of(const struct layout *layout, double accuracy)
{
    const struct ses_rect *plot = &layout->plot;
    struct ses_axis axis = { (double)layout->down.first * layout->down.step,
                             (double)layout->down.last * layout->down.step,
                             plot->y + plot->height - INSET,
                             plot->y + INSET };
    return ses_axis_at(&axis, accuracy);
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
    struct ses_pen pen = *group ? ses_pen_of(i) : ses_pen_black(0.8);
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
    layout->down = ses_ticks_around(low, high, 6);
    layout->across = ses_ticks_around(0, 100, 4);
}

static bool overlap(const struct ses_rect *a, const struct ses_rect *b)
{
    return a->x < b->x + b->width && b->x < a->x + a->width &&
           a->y < b->y + b->height && b->y < a->y + a->height;
}

static bool is_free(const struct layout *layout, const struct ses_rect *box)
{
    const struct ses_rect *plot = &layout->plot;
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
static void name_point(struct layout *layout, const struct ses_type *type,
                       size_t index)
{
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
        ses_captions_add(&layout->labels, type, point->name, &font,
                         SES_UPPER_LEFT, box->x, box->y);
        return;
    }
}

static void name_points(struct layout *layout, const struct ses_type *type)
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
                name_point(layout, type, i);
}

static double name_axes(struct layout *layout, const struct ses_type *type)
{
    const struct ses_rect *plot = &layout->plot;
    struct ses_font small = { .size = SMALL }, label = { .size = LABEL };
    double bottom = plot->y + plot->height, high = 0;
    char text[64];
    for (long t = layout->down.first; t <= layout->down.last; t++) {
        ses_tick_text(&layout->down, t, 1, text, sizeof text);
        ses_captions_add(&layout->labels, type, text, &small,
                         SES_MIDDLE_RIGHT, plot->x - TICK - 1.5,
                         y_of(layout, (double)t * layout->down.step));
    }
    for (long t = layout->across.first; t <= layout->across.last; t++) {
        ses_tick_text(&layout->across, t, 1, text, sizeof text);
        high = ses_captions_add(&layout->labels, type, text, &small,
                                SES_UPPER_CENTRE,
                                x_of(layout,
                                     (double)t * layout->across.step),
                                bottom + TICK + 0.5)
                   .height;
    }
    ses_captions_add(&layout->labels, type, "top-1 accuracy (%)", &label,
                     SES_MIDDLE_RISING, MARGIN, plot->y + plot->height / 2);
    struct ses_rect box = ses_captions_add(
        &layout->labels, type, "SE parameters kept (%)", &label,
        SES_UPPER_CENTRE, plot->x + plot->width / 2,
        bottom + TICK + 0.5 + high + 1);
    return box.y + box.height;
}

static double widest_tick(const struct layout *layout,
                          const struct ses_type *type)
{
    double widest = 0, width, height;
    for (long t = layout->down.first; t <= layout->down.last; t++) {
        char text[64];
        ses_tick_text(&layout->down, t, 1, text, sizeof text);
        ses_text_measure(type, text, &(struct ses_font){ .size = SMALL },
                         &width, &height);
        widest = fmax(widest, width);
    }
    return widest;
}

static enum ses_status place_legend(struct layout *layout,
                                    const struct ses_type *type, double y,
                                    struct ses_error *err)
{
    const struct ses_tradeoff_figure *figure = layout->figure;
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
                                              ses_pen_grey(0.45, 0.8) };
    if (intervals && figure->interval_label)
        entries[n++] = (struct ses_legend_entry){ figure->interval_label,
                                                  SES_SAMPLE_LINE,
                                                  ses_pen_grey(0.75, 0.5) };
    return ses_legend_place(&layout->legend, &layout->labels, type, SMALL,
                            entries, n, MARGIN, y, layout->width - 2 * MARGIN,
                            err);
}

static enum ses_status place(struct layout *layout,
                             const struct ses_type *type, const char *title,
                             struct ses_error *err)
{
    double y = MARGIN, width, line;
    if (title && *title) {
        struct ses_font font = { .size = TITLE, .bold = true, .lines = 3 };
        font.most = layout->width - 2 * MARGIN;
        y += ses_captions_add(&layout->labels, type, title, &font,
                              SES_UPPER_LEFT, MARGIN, y)
                 .height +
             3;
    }
    enum ses_status status = place_legend(layout, type, y, err);
    if (status)
        return status;
    y += layout->legend.box.height + 4;
    find_ticks(layout);
    ses_text_measure(type, "Mg", &(struct ses_font){ .size = LABEL }, &width,
                     &line);
    double left =
        MARGIN + line + 3 + widest_tick(layout, type) + 1.5 + TICK;
    layout->plot = (struct ses_rect){
        left, y, layout->width - left - MARGIN - 6,
        fmin(0.62 * layout->width, 110 * SES_MM)
    };
    layout->height = name_axes(layout, type) + MARGIN;
    name_points(layout, type);
    return layout->labels.failed ? ses_fail_memory(err, "labels") : SES_OK;
}

/* ---- drawing ------------------------------------------------------------- */

static void draw_frame(cairo_t *cr, const struct layout *layout)
{
    const struct ses_rect *plot = &layout->plot;
    double bottom = plot->y + plot->height;
    struct ses_pen grid = ses_pen_grey(0.87, 0.4);
    ses_pen_use(&grid, cr);
    for (long t = layout->down.first; t <= layout->down.last; t++) {
        double y = y_of(layout, (double)t * layout->down.step);
        cairo_move_to(cr, plot->x, y);
        cairo_line_to(cr, plot->x + plot->width, y);
    }
    cairo_stroke(cr);
    struct ses_pen pen = ses_pen_grey(0.25, 0.5);
    ses_pen_use(&pen, cr);
    cairo_move_to(cr, plot->x, plot->y);
    cairo_line_to(cr, plot->x, bottom);
    cairo_line_to(cr, plot->x + plot->width, bottom);
    for (long t = layout->down.first; t <= layout->down.last; t++) {
        double y = y_of(layout, (double)t * layout->down.step);
        cairo_move_to(cr, plot->x - TICK, y);
        cairo_line_to(cr, plot->x, y);
    }
    for (long t = layout->across.first; t <= layout->across.last; t++) {
        double x = x_of(layout, (double)t * layout->across.step);
        cairo_move_to(cr, x, bottom);
        cairo_line_to(cr, x, bottom + TICK);
    }
    cairo_stroke(cr);
}

static void draw_intervals(cairo_t *cr, const struct layout *layout)
{
    struct ses_pen pen = ses_pen_grey(0.75, 0.5);
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
    struct ses_pen pen = ses_pen_grey(0.45, 0.8);
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
        cairo_new_path(cr);
        cairo_arc(cr, x_of(layout, point->kept),
                  y_of(layout, point->accuracy),
                  layout->front[i] ? RADIUS : 0.7 * RADIUS, 0, 4 * acos(0));
        cairo_fill(cr);
    }
    ses_legend_draw(&layout->legend, cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    ses_captions_draw(&layout->labels, cr);
}

static enum ses_status check(const struct ses_tradeoff_figure *figure,
                             double width_mm, struct ses_error *err)
{
    size_t finite = 0;
    for (size_t i = 0; i < figure->n_points; i++)
        finite += isfinite(figure->points[i].accuracy);
    if (!finite)
        return ses_fail(err, SES_EUSAGE, "no variant has an accuracy");
    if (!(width_mm >= 40 && width_mm <= 2000))
        return ses_fail(err, SES_EUSAGE,
                        "a figure %g mm wide, expected 40 to 2000", width_mm);
    return SES_OK;
}

enum ses_status ses_plot_tradeoff(const char *path,
                                  const struct ses_tradeoff_figure *figure,
                                  const struct ses_plot_style *style,
                                  struct ses_error *err)
{
    static const struct ses_plot_style defaults;
    if (!style)
        style = &defaults;
    double width_mm = style->width_mm > 0 ? style->width_mm : 120;
    struct ses_type *type = NULL;
    struct layout layout = { .figure = figure, .width = width_mm * SES_MM };
    enum ses_status status = ses_canvas_check(path, err);
    if (!status)
        status = check(figure, width_mm, err);
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
    status = ses_type_new(style->font, &type, err);
    if (!status)
        status = place(&layout, type, style->title, err);
    if (!status) {
        struct ses_page page = { layout.width, layout.height,
                                 style->dpi > 0 ? style->dpi : 300,
                                 style->title };
        status = ses_canvas_write(path, &page, draw_figure, &layout, err);
    }
out:
    ses_type_free(type);
    free(layout.front);
    free(layout.taken);
    ses_legend_release(&layout.legend);
    ses_captions_release(&layout.labels);
    return status;
}
