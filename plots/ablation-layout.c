/* Where the parts of the ablation figure lie. See ablation-layout.h. */
#include "plots/ablation-layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

/* Sizes in points, at the figure's final size. */
static const double TITLE = 9;
static const double LABEL = 8; /* of axes and panels */
static const double SMALL = 7; /* ticks, legend */
static const double MARGIN = 2;
static const double INSET = 3;       /* from the plot's edge to the data */
static const double LONGEST = 70;    /* a point's name may be */
static const double BAR = 6;         /* width of a scale of colours */
static const double CELL = 9 * SES_MM; /* largest, of a matrix */
static const double PANEL_GAP = 9;
static const double BESIDE = 80 * SES_MM; /* matrices as wide as this */

struct placing {
    struct ses_ablation_layout *layout;
    const struct ses_type *type;
    double line, small; /* heights of text */
    double x, width;    /* of the column that is being filled */
};

static enum ses_status check(const struct ses_ablation_figure *figure,
                             const struct ses_plot_style *style,
                             struct ses_error *err)
{
    if (figure->n_panels == 0)
        return ses_fail(err, SES_EUSAGE, "no sweeps to plot");
    for (size_t i = 0; i < figure->n_panels; i++)
        if (figure->panels[i].n_points == 0)
            return ses_fail(err, SES_EUSAGE, "a panel has no points");
    if (!(style->width_mm >= 40 && style->width_mm <= 2000))
        return ses_fail(err, SES_EUSAGE,
                        "a figure %g mm wide, expected 40 to 2000",
                        style->width_mm);
    return SES_OK;
}

static enum ses_status name_series(struct ses_ablation_layout *layout,
                                   struct ses_error *err)
{
    const struct ses_ablation_figure *figure = layout->figure;
    for (size_t i = 0; i < figure->n_panels; i++)
        for (size_t k = 0; k < figure->panels[i].n_series; k++) {
            const char *name = figure->panels[i].series[k].name;
            if (ses_ablation_pen(layout, name) < layout->n_names)
                continue;
            if (layout->n_names == SES_MOST_PENS)
                return ses_fail(err, SES_EUSAGE,
                                "more than %d lines cannot be told apart",
                                (int)SES_MOST_PENS);
            layout->names[layout->n_names++] = name;
        }
    return SES_OK;
}

size_t ses_ablation_pen(const struct ses_ablation_layout *layout,
                        const char *name)
{
    size_t i = 0;
    while (i < layout->n_names && strcmp(layout->names[i], name) != 0)
        i++;
    return i;
}

/* ---- numbers to places --------------------------------------------------- */

double ses_ablation_x(const struct ses_ablation_layout *layout, size_t panel,
                      size_t point)
{
    const struct ses_rect *plot = &layout->places[panel].plot;
    size_t n = layout->figure->panels[panel].n_points;
    return plot->x + plot->width * ((double)point + 0.5) / (double)n;
}

double ses_ablation_row(const struct ses_ablation_layout *layout, size_t panel,
                        size_t point)
{
    const struct ses_rect *plot = &layout->places[panel].plot;
    size_t n = layout->figure->panels[panel].n_points;
    return plot->y + plot->height * ((double)point + 0.5) / (double)n;
}

double ses_ablation_y(const struct ses_ablation_layout *layout, size_t panel,
                      double value)
{
    const struct ses_ablation_place *place = &layout->places[panel];
    struct ses_rect box = place->plot;
    struct ses_axis axis = { (double)place->ticks.first * place->ticks.step,
                             (double)place->ticks.last * place->ticks.step,
                             box.y + box.height - INSET, box.y + INSET };
    if (layout->figure->panels[panel].kind == SES_ABLATION_MATRIX) {
        box = place->bar;
        axis.from = box.y + box.height;
        axis.to = box.y;
    }
    return ses_axis_at(&axis, value);
}

static void widen(const double *values, size_t n, double *low, double *high)
{
    for (size_t i = 0; values && i < n; i++) {
        if (!isfinite(values[i]))
            continue;
        *low = fmin(*low, values[i]);
        *high = fmax(*high, values[i]);
    }
}

/* 0 is always there: it is the network as it is. What reaches beyond it no
 * farther than the inset does needs no tick there. */
static struct ses_ticks ticks_of(const struct ses_ablation_panel *panel,
                                 double high_plot)
{
    double low = 0, high = 0;
    for (size_t k = 0; k < panel->n_series; k++) {
        const struct ses_ablation_series *series = &panel->series[k];
        widen(series->value, panel->n_points, &low, &high);
        widen(series->low, panel->n_points, &low, &high);
        widen(series->high, panel->n_points, &low, &high);
    }
    double inset = INSET / high_plot * (high - low);
    if (high < inset)
        high = 0;
    if (-low < inset)
        low = 0;
    return ses_ticks_around(low, high, high_plot > 40 * SES_MM ? 6 : 4);
}

/* Below the diagonal, of all matrices: as far on both sides of 0. */
static struct ses_ticks colours_of(const struct ses_ablation_figure *figure)
{
    double most = 0;
    for (size_t p = 0; p < figure->n_panels; p++) {
        const struct ses_ablation_panel *panel = &figure->panels[p];
        size_t n = panel->n_points;
        for (size_t i = 0; panel->kind == SES_ABLATION_MATRIX && i < n; i++)
            for (size_t j = 0; j < i; j++)
                if (isfinite(panel->matrix[i * n + j]))
                    most = fmax(most, fabs(panel->matrix[i * n + j]));
    }
    struct ses_ticks ticks = ses_ticks_around(0, most, 2);
    ticks.first = -ticks.last;
    return ticks;
}

/* ---- text ---------------------------------------------------------------- */

static double width_of(const struct placing *p, const char *text, double size)
{
    double width, height;
    ses_text_measure(p->type, text, &(struct ses_font){ .size = size },
                     &width, &height);
    return width;
}

static double widest_point(const struct placing *p,
                           const struct ses_ablation_panel *panel)
{
    double widest = 0;
    for (size_t i = 0; i < panel->n_points; i++)
        widest = fmax(widest, width_of(p, panel->points[i], SMALL));
    return fmin(widest, LONGEST);
}

static double widest_tick(const struct placing *p,
                          const struct ses_ticks *ticks)
{
    double widest = 0;
    for (long t = ticks->first; t <= ticks->last; t++) {
        char text[64];
        ses_tick_text(ticks, t, 1, text, sizeof text);
        widest = fmax(widest, width_of(p, text, SMALL));
    }
    return widest;
}

static void name_ticks(const struct placing *p, size_t panel, double x,
                       enum ses_anchor anchor)
{
    const struct ses_ticks *ticks = &p->layout->places[panel].ticks;
    for (long t = ticks->first; t <= ticks->last; t++) {
        char text[64];
        ses_tick_text(ticks, t, 1, text, sizeof text);
        double y = ses_ablation_y(p->layout, panel, (double)t * ticks->step);
        if (anchor == SES_UPPER_LEFT)
            y -= p->small / 2;
        ses_captions_add(&p->layout->labels, p->type, text,
                         &(struct ses_font){ .size = SMALL }, anchor, x, y);
    }
}

/* Whether a name goes beside those there are, `gap` points apart. */
static bool has_room(const bool *named, size_t n, size_t at, double pitch,
                     double gap)
{
    for (size_t i = 0; i < n; i++)
        if (named[i] && fabs((double)i - (double)at) * pitch < gap)
            return false;
    return true;
}

/* First and last, where stages begin, and what has room between. */
static void choose_names(const struct ses_ablation_panel *panel, double pitch,
                         double gap, bool *named)
{
    size_t n = panel->n_points;
    named[0] = true;
    if (has_room(named, n, n - 1, pitch, gap))
        named[n - 1] = true;
    for (size_t i = 1; i < n && panel->stage; i++)
        if (panel->stage[i] != panel->stage[i - 1] &&
            has_room(named, n, i, pitch, gap))
            named[i] = true;
    /* Counts read best in equal steps. */
    size_t step = panel->stage ? 1 : (size_t)ceil(gap / pitch);
    for (size_t i = 0; i < n; i += step)
        if (has_room(named, n, i, pitch, gap))
            named[i] = true;
}

/* Names below the plot, beside each other when these fit, else upwards;
 * returns how high they are. */
static double name_points(const struct placing *p, size_t index, bool upright)
{
    const struct ses_ablation_panel *panel = &p->layout->figure->panels[index];
    struct ses_ablation_place *place = &p->layout->places[index];
    double pitch = place->plot.width / (double)panel->n_points;
    double widest = widest_point(p, panel), high = p->small;
    upright = upright && widest + 4 > pitch;
    choose_names(panel, pitch, upright ? p->small : widest + 4, place->named);
    double y = place->plot.y + place->plot.height + SES_ABLATION_TICK + 0.5;
    /* The last row's name reaches below a matrix of small cells. */
    double below = panel->kind == SES_ABLATION_MATRIX
                       ? fmax(p->small - pitch, 0) / 2
                       : 0;
    y += below;
    struct ses_font font = { .size = SMALL, .most = LONGEST, .path = true };
    for (size_t i = 0; i < panel->n_points; i++)
        if (place->named[i]) {
            struct ses_rect box = ses_captions_add(
                &p->layout->labels, p->type, panel->points[i], &font,
                upright ? SES_END_RISING : SES_UPPER_CENTRE,
                ses_ablation_x(p->layout, index, i),
                upright ? y + 1 : y);
            high = fmax(high, box.height);
        }
    return SES_ABLATION_TICK + 0.5 + below + high + (upright ? 1 : 0);
}

/* A stage's number over the middle of its blocks. */
static void name_stages(const struct placing *p, size_t index)
{
    const struct ses_ablation_panel *panel = &p->layout->figure->panels[index];
    const struct ses_rect *plot = &p->layout->places[index].plot;
    size_t first = 0;
    for (size_t i = 1; i <= panel->n_points; i++) {
        if (i < panel->n_points && panel->stage[i] == panel->stage[first])
            continue;
        char text[32], number[16];
        snprintf(text, sizeof text, "stage %d", panel->stage[first]);
        snprintf(number, sizeof number, "%d", panel->stage[first]);
        double width = plot->width * (double)(i - first) /
                       (double)panel->n_points;
        bool fits = width_of(p, text, SMALL) + 2 < width;
        double x = (ses_ablation_x(p->layout, index, first) +
                    ses_ablation_x(p->layout, index, i - 1)) / 2;
        if (panel->stage[first] >= 0)
            ses_captions_add(&p->layout->labels, p->type,
                             fits ? text : number,
                             &(struct ses_font){ .size = SMALL },
                             SES_UPPER_CENTRE, x,
                             plot->y - p->small - 0.5);
        first = i;
    }
}

/* ---- panels -------------------------------------------------------------- */

/* Dots and lines from y on; returns where it ends. */
static double place_plot(const struct placing *p, size_t index, double y)
{
    struct ses_ablation_layout *layout = p->layout;
    const struct ses_ablation_panel *panel = &layout->figure->panels[index];
    struct ses_ablation_place *place = &layout->places[index];
    double height = fmin(fmax(0.42 * p->width, 34 * SES_MM), 55 * SES_MM);
    place->ticks = ticks_of(panel, height);
    double left = p->x + MARGIN + p->line + 3 +
                  widest_tick(p, &place->ticks) + 1.5 + SES_ABLATION_TICK;
    double right = p->x + p->width - MARGIN - 2;
    if (panel->stage)
        y += p->small + 1;
    place->plot = (struct ses_rect){ left, y, right - left, height };
    name_ticks(p, index, left - SES_ABLATION_TICK - 1.5, SES_MIDDLE_RIGHT);
    if (panel->stage)
        name_stages(p, index);
    if (panel->down)
        ses_captions_add(&layout->labels, p->type, panel->down,
                         &(struct ses_font){ .size = LABEL,
                                             .most = height + 20 },
                         SES_MIDDLE_RISING, p->x + MARGIN, y + height / 2);
    return y + height +
           name_points(p, index, panel->kind == SES_ABLATION_DOTS);
}

static double place_matrix(const struct placing *p, size_t index, double y)
{
    struct ses_ablation_layout *layout = p->layout;
    const struct ses_ablation_panel *panel = &layout->figure->panels[index];
    struct ses_ablation_place *place = &layout->places[index];
    double n = (double)panel->n_points;
    place->ticks = colours_of(layout->figure);
    double left =
        p->x + MARGIN + widest_point(p, panel) + 1.5 + SES_ABLATION_TICK;
    double beside = 10 + BAR + SES_ABLATION_TICK + 1.5 +
                    widest_tick(p, &place->ticks) + 3 + p->line + MARGIN;
    double side = fmin(p->x + p->width - left - beside, n * CELL);
    y += fmax(p->small - side / n, 0) / 2; /* the first row's name */
    place->plot = (struct ses_rect){ left, y, side, side };
    place->bar = (struct ses_rect){ left + side + 10, y, BAR,
                                    fmin(side, 60 * SES_MM) };
    double end = place->bar.x + BAR + SES_ABLATION_TICK + 1.5;
    name_ticks(p, index, end, SES_UPPER_LEFT);
    if (panel->down)
        ses_captions_add(&layout->labels, p->type, panel->down,
                         &(struct ses_font){ .size = LABEL,
                                             .most = place->bar.height + 20 },
                         SES_MIDDLE_RISING,
                         end + widest_tick(p, &place->ticks) + 3,
                         y + place->bar.height / 2);
    double high = name_points(p, index, true);
    struct ses_font font = { .size = SMALL, .most = LONGEST, .path = true };
    for (size_t i = 0; i < panel->n_points; i++)
        if (place->named[i])
            ses_captions_add(&layout->labels, p->type, panel->points[i], &font,
                             SES_MIDDLE_RIGHT,
                             left - SES_ABLATION_TICK - 1.5,
                             ses_ablation_row(layout, index, i));
    return y + side + high;
}

static double place_panel(const struct placing *p, size_t index, double y)
{
    struct ses_ablation_layout *layout = p->layout;
    const struct ses_ablation_panel *panel = &layout->figure->panels[index];
    if (panel->name)
        y += ses_captions_add(&layout->labels, p->type, panel->name,
                              &(struct ses_font){ .size = LABEL,
                                                  .bold = true },
                              SES_UPPER_LEFT, p->x + MARGIN, y)
                 .height +
             2;
    bool matrix = panel->kind == SES_ABLATION_MATRIX;
    y = matrix ? place_matrix(p, index, y) : place_plot(p, index, y);
    if (panel->across) {
        struct ses_rect plot = layout->places[index].plot;
        y += ses_captions_add(&layout->labels, p->type, panel->across,
                              &(struct ses_font){ .size = LABEL },
                              SES_UPPER_CENTRE, plot.x + plot.width / 2,
                              y + 1)
                 .height +
             1;
    }
    return y;
}

static enum ses_status place_legend(const struct placing *p, double y,
                                    struct ses_error *err)
{
    struct ses_ablation_layout *layout = p->layout;
    struct ses_legend_entry entries[SES_MOST_PENS + 1];
    size_t n = 0;
    bool lines = false, intervals = false;
    for (size_t i = 0; i < layout->figure->n_panels; i++) {
        const struct ses_ablation_panel *panel = &layout->figure->panels[i];
        lines |= panel->kind == SES_ABLATION_LINES;
        for (size_t k = 0; k < panel->n_series; k++)
            intervals |= panel->series[k].low && panel->series[k].high;
    }
    enum ses_sample sample = lines ? SES_SAMPLE_LINE : SES_SAMPLE_DOT;
    for (size_t i = 0; i < layout->n_names; i++)
        entries[n++] = (struct ses_legend_entry){ layout->names[i], sample,
                                                  ses_pen_of(i) };
    if (intervals && layout->figure->interval_label) {
        struct ses_pen grey = ses_pen_grey(0.5, lines ? 0 : 0.9);
        grey.alpha = lines ? 0.35 : 1;
        entries[n++] = (struct ses_legend_entry){
            layout->figure->interval_label,
            lines ? SES_SAMPLE_BAND : SES_SAMPLE_LINE, grey
        };
    }
    return ses_legend_place(&layout->legend, &layout->labels, p->type, SMALL,
                            entries, n, MARGIN, y, layout->width - 2 * MARGIN,
                            err);
}

/* How many panels go beside each other from this one on: as many as are asked
 * for, else matrices, which are square, where they have room. */
static size_t columns_from(const struct ses_ablation_layout *layout,
                           const struct ses_plot_style *style, size_t panel)
{
    const struct ses_ablation_figure *figure = layout->figure;
    size_t left = figure->n_panels - panel, n = 0;
    if (style->columns > 0)
        return left < (size_t)style->columns ? left : (size_t)style->columns;
    while (n < left && figure->panels[panel + n].kind == SES_ABLATION_MATRIX &&
           (double)(n + 1) * BESIDE <= layout->width)
        n++;
    return n ? n : 1;
}

/* Returns where the panels end. */
static double place_panels(struct placing *p,
                           const struct ses_plot_style *style, double y)
{
    size_t n = p->layout->figure->n_panels, columns;
    double asked = fmin(style->columns, (double)n);
    for (size_t i = 0; i < n; i += columns) {
        columns = columns_from(p->layout, style, i);
        double end = y + (i ? PANEL_GAP : 0), top = end;
        p->width = p->layout->width / fmax(asked, (double)columns);
        for (size_t k = 0; k < columns; k++) {
            p->x = (double)k * p->width;
            end = fmax(end, place_panel(p, i + k, top));
        }
        y = end;
    }
    return y;
}

static enum ses_status place(struct placing *p,
                             const struct ses_plot_style *style,
                             struct ses_error *err)
{
    struct ses_ablation_layout *layout = p->layout;
    double y = MARGIN;
    if (style->title && *style->title) {
        struct ses_font font = { .size = TITLE, .bold = true, .lines = 3 };
        font.most = layout->width - 2 * MARGIN;
        y += ses_captions_add(&layout->labels, p->type, style->title, &font,
                              SES_UPPER_LEFT, MARGIN, y)
                 .height +
             3;
    }
    enum ses_status status = place_legend(p, y, err);
    if (status)
        return status;
    y += layout->legend.box.height + (layout->legend.n_entries ? 4 : 0);
    layout->height = place_panels(p, style, y) + MARGIN;
    for (size_t i = 0; i < layout->figure->n_panels; i++)
        if (layout->places[i].plot.width < 8 * SES_MM)
            return ses_fail(err, SES_EUSAGE,
                            "names leave %.0f of %.0f mm for a plot, expected "
                            "at least 8",
                            fmax(layout->places[i].plot.width / SES_MM, 0),
                            style->width_mm);
    return layout->labels.failed ? ses_fail_memory(err, "labels") : SES_OK;
}

enum ses_status ses_ablation_layout_init(
    struct ses_ablation_layout *layout,
    const struct ses_ablation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err)
{
    memset(layout, 0, sizeof *layout);
    struct ses_plot_style full = *style;
    if (full.width_mm == 0)
        full.width_mm = 180;
    enum ses_status status = check(figure, &full, err);
    layout->figure = figure;
    if (!status)
        status = name_series(layout, err);
    if (status)
        return status;
    layout->width = full.width_mm * SES_MM;
    layout->places = ses_calloc(figure->n_panels, sizeof *layout->places);
    bool made = layout->places != NULL;
    for (size_t i = 0; i < figure->n_panels && made; i++) {
        layout->places[i].named =
            ses_calloc(figure->panels[i].n_points, sizeof(bool));
        made = layout->places[i].named != NULL;
    }
    if (!made)
        return ses_fail_memory(err, "panels");
    struct ses_type *type = NULL;
    status = ses_type_new(full.font, &type, err);
    if (status)
        return status;
    struct placing p = { .layout = layout, .type = type };
    double width;
    ses_text_measure(type, "Mg", &(struct ses_font){ .size = LABEL }, &width,
                     &p.line);
    ses_text_measure(type, "Mg", &(struct ses_font){ .size = SMALL }, &width,
                     &p.small);
    status = place(&p, &full, err);
    ses_type_free(type);
    return status;
}

void ses_ablation_layout_release(struct ses_ablation_layout *layout)
{
    for (size_t i = 0; layout->places && i < layout->figure->n_panels; i++)
        free(layout->places[i].named);
    free(layout->places);
    ses_legend_release(&layout->legend);
    ses_captions_release(&layout->labels);
    memset(layout, 0, sizeof *layout);
}
