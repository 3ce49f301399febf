/* Where the parts of the activation figure lie. See activations.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "plots/activations.h"

/* Sizes in points, at the figure's final size. */
static const double TITLE = 9;
static const double LABEL = 8; /* of axes and panels */
static const double SMALL = 7; /* ticks, legend */
static const double MARGIN = 2;
static const double INSET = 3; /* from the plot's edge to the data */

/* A plot this high has room for a label at every tick. */
static const double HIGH_PLOT = 62;

static enum ses_status check(const struct ses_activation_figure *figure,
                             const struct ses_plot_style *style,
                             struct ses_error *err)
{
    if (figure->n_panels == 0)
        return ses_fail(err, SES_EUSAGE, "no blocks to plot");
    for (size_t i = 0; i < figure->n_panels; i++)
        if (figure->panels[i].n_channels == 0)
            return ses_fail(err, SES_EUSAGE, "block '%s' has no channels",
                            figure->panels[i].name);
    if (!(style->width_mm >= 40 && style->width_mm <= 2000))
        return ses_fail(err, SES_EUSAGE,
                        "a figure %g mm wide, expected 40 to 2000",
                        style->width_mm);
    if (!(style->dpi >= 30 && style->dpi <= 2400))
        return ses_fail(err, SES_EUSAGE, "%g dpi, expected 30 to 2400",
                        style->dpi);
    return SES_OK;
}

/* A column, a column and a half, or a page's width of a journal. */
static double default_width(size_t n_panels)
{
    return n_panels == 1 ? 85 : n_panels == 2 ? 120 : 180;
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

/* 0..1, or more when the data ask for it: the same in all panels. */
static struct ses_ticks
excitation_ticks(const struct ses_activation_figure *figure)
{
    double low = 0, high = 1;
    for (size_t i = 0; i < figure->n_panels; i++) {
        const struct ses_activation_panel *panel = &figure->panels[i];
        size_t n = figure->n_classes * panel->n_channels;
        widen(panel->mean, n, &low, &high);
        widen(panel->overall, panel->n_channels, &low, &high);
        if (figure->n_classes <= SES_MOST_PENS) {
            widen(panel->low, n, &low, &high);
            widen(panel->high, n, &low, &high);
        }
    }
    return ses_ticks_around(low, high, 4);
}

struct ses_axis
ses_activation_across(const struct ses_activation_layout *layout, size_t panel)
{
    struct ses_rect plot = layout->plots[panel];
    size_t n = layout->figure->panels[panel].n_channels;
    double left = plot.x + INSET, right = plot.x + plot.width - INSET;
    if (n == 1) /* in the middle */
        return (struct ses_axis){ -1, 1, left, right };
    return (struct ses_axis){ 0, (double)(n - 1), left, right };
}

struct ses_axis ses_activation_down(const struct ses_activation_layout *layout,
                                    size_t panel)
{
    struct ses_rect plot = layout->plots[panel];
    const struct ses_ticks *ticks = &layout->ticks;
    return (struct ses_axis){ (double)ticks->first * ticks->step,
                              (double)ticks->last * ticks->step,
                              plot.y + plot.height - INSET, plot.y + INSET };
}

/* Widest label of the excitation axis, and of the channel axes. */
static double widest_tick(const struct ses_activation_layout *layout,
                          const struct ses_type *type)
{
    struct ses_font font = { .size = SMALL };
    double widest = 0, width, height;
    for (long t = layout->ticks.first; t <= layout->ticks.last; t++) {
        char text[64];
        ses_tick_text(&layout->ticks, t, 1, text, sizeof text);
        ses_text_measure(type, text, &font, &width, &height);
        widest = fmax(widest, width);
    }
    return widest;
}

static double widest_channel(const struct ses_activation_figure *figure,
                             const struct ses_type *type)
{
    int largest = 0;
    for (size_t i = 0; i < figure->n_panels; i++)
        for (size_t j = 0; j < figure->panels[i].n_channels; j++)
            if (figure->panels[i].channel[j] > largest)
                largest = figure->panels[i].channel[j];
    char text[16];
    snprintf(text, sizeof text, "%d", largest);
    double width, height;
    ses_text_measure(type, text, &(struct ses_font){ .size = SMALL }, &width,
                     &height);
    return width;
}

static enum ses_status place_legend(struct ses_activation_layout *layout,
                                    const struct ses_type *type, double x,
                                    double y, struct ses_error *err)
{
    const struct ses_activation_figure *figure = layout->figure;
    struct ses_legend_entry entries[SES_MOST_PENS + 2];
    size_t n = 0;
    bool lines = false, overall = false, bands = false;
    for (size_t i = 0; i < figure->n_panels; i++) {
        lines |= figure->panels[i].n_channels > 1;
        overall |= figure->panels[i].overall != NULL;
        bands |= figure->panels[i].low && figure->panels[i].high;
    }
    enum ses_sample sample = lines ? SES_SAMPLE_LINE : SES_SAMPLE_DOT;
    char many[64];
    if (layout->many) {
        snprintf(many, sizeof many, "%zu classes", figure->n_classes);
        struct ses_pen grey = ses_pen_grey(0.6, 0.6);
        entries[n++] = (struct ses_legend_entry){ many, sample, grey };
    }
    for (size_t k = 0; k < figure->n_classes && !layout->many; k++)
        entries[n++] = (struct ses_legend_entry){ figure->classes[k], sample,
                                                  ses_pen_of(k) };
    const char *all = figure->overall_label;
    if (overall)
        entries[n++] = (struct ses_legend_entry){ all ? all : "all classes",
                                                  sample, ses_pen_black(1) };
    if (bands && figure->band_label && !layout->many) {
        struct ses_pen grey = ses_pen_grey(0.5, 0);
        grey.alpha = 0.35;
        entries[n++] = (struct ses_legend_entry){ figure->band_label,
                                                  SES_SAMPLE_BAND, grey };
    }
    return ses_legend_place(&layout->legend, &layout->labels, type, SMALL,
                            entries, n, x, y, layout->width - x - MARGIN, err);
}

static void name_channels(struct ses_activation_layout *layout,
                          const struct ses_type *type, size_t panel,
                          double widest)
{
    const struct ses_activation_panel *data = &layout->figure->panels[panel];
    struct ses_axis across = ses_activation_across(layout, panel);
    double pitch = ses_axis_at(&across, 1) - ses_axis_at(&across, 0);
    struct ses_rect plot = layout->plots[panel];
    struct ses_channel_ticks ticks = ses_channel_ticks_of(
        data->channel, data->n_channels, (widest + 6) / pitch);
    layout->channel_ticks[panel] = ticks;
    for (size_t i = 0; i < ticks.n; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", ticks.channel[i]);
        double x = ses_axis_at(&across, ticks.position[i]);
        ses_captions_add(&layout->labels, type, text,
                       &(struct ses_font){ .size = SMALL }, SES_UPPER_CENTRE, x,
                       plot.y + plot.height + SES_TICK + 0.5);
    }
}

static void name_excitations(struct ses_activation_layout *layout,
                             const struct ses_type *type, size_t panel)
{
    struct ses_axis down = ses_activation_down(layout, panel);
    int stride = layout->panels.plot_height >= HIGH_PLOT ? 1 : 2;
    for (long t = layout->ticks.first; t <= layout->ticks.last; t++) {
        if (t % stride != 0)
            continue;
        char text[64];
        ses_tick_text(&layout->ticks, t, stride, text, sizeof text);
        ses_captions_add(&layout->labels, type, text,
                       &(struct ses_font){ .size = SMALL }, SES_MIDDLE_RIGHT,
                       layout->plots[panel].x - SES_TICK - 1.5,
                       ses_axis_at(&down, (double)t * layout->ticks.step));
    }
}

static double longest_name(const struct ses_activation_figure *figure,
                           const struct ses_type *type, double size)
{
    struct ses_font font = { .size = size };
    double longest = 0, width, height;
    for (size_t i = 0; i < figure->n_panels; i++) {
        ses_text_measure(type, figure->panels[i].name, &font, &width, &height);
        longest = fmax(longest, width);
    }
    return longest;
}

/* Fit the panels, with room above for names in as many lines as they need: a
 * layer's path that is cut could be its neighbour's. */
static enum ses_status fit_panels(struct ses_activation_layout *layout,
                                  const struct ses_type *type, int columns,
                                  struct ses_font *name, struct ses_error *err)
{
    struct ses_panels *panels = &layout->panels;
    enum ses_status status = ses_panels_fit(panels, columns, err);
    if (status != SES_OK)
        return status;
    *name = (struct ses_font){ .size = LABEL, .path = true, .lines = 1 };
    name->most = panels->plot_width;
    if (longest_name(layout->figure, type, LABEL) <= name->most)
        return SES_OK;
    name->size = SMALL;
    double longest = longest_name(layout->figure, type, SMALL);
    /* Lines break where words do, so they are not filled. */
    name->lines = longest <= name->most         ? 1
                  : longest <= 1.6 * name->most ? 2
                                                : 3;
    double width, line;
    ses_text_measure(type, "Mg", name, &width, &line);
    panels->above += (name->lines - 1) * line;
    return ses_panels_fit(panels, panels->columns, err);
}

static enum ses_status place(struct ses_activation_layout *layout,
                             const struct ses_type *type,
                             const struct ses_plot_style *style,
                             struct ses_error *err)
{
    const struct ses_activation_figure *figure = layout->figure;
    struct ses_font label = { .size = LABEL };
    double line, small_line, width;
    ses_text_measure(type, "excitation", &label, &width, &line);
    ses_text_measure(type, "0", &(struct ses_font){ .size = SMALL }, &width,
                     &small_line);
    double channel = widest_channel(figure, type);
    struct ses_panels *panels = &layout->panels;
    *panels = (struct ses_panels){
        .n = figure->n_panels,
        .width = layout->width,
        .left = MARGIN + line + 3 + widest_tick(layout, type) + 1.5 + SES_TICK,
        .right = MARGIN + fmax(channel / 2 - INSET, 0),
        .gutter = channel + 6,
        .above = line + 1.5,
        .below = SES_TICK + 0.5 + small_line,
        .row_gap = 5,
    };
    struct ses_font name;
    enum ses_status status =
        fit_panels(layout, type, style->columns, &name, err);
    if (status != SES_OK)
        return status;

    double y = MARGIN;
    if (style->title && *style->title) {
        struct ses_font font = { .size = TITLE, .bold = true, .lines = 3 };
        font.most = layout->width - panels->left - MARGIN;
        y += ses_captions_add(&layout->labels, type, style->title, &font,
                            SES_UPPER_LEFT, panels->left, y)
                 .height +
             3;
    }
    status = place_legend(layout, type, panels->left, y, err);
    if (status != SES_OK)
        return status;
    y += layout->legend.box.height + (layout->legend.n_entries ? 4 : 0);

    for (size_t i = 0; i < figure->n_panels; i++) {
        struct ses_rect plot = ses_panels_plot(panels, i, y);
        layout->plots[i] = plot;
        ses_captions_add(&layout->labels, type, figure->panels[i].name, &name,
                       SES_LOWER_LEFT, plot.x, plot.y - 1.5);
        name_channels(layout, type, i, channel);
        if (i % (size_t)panels->columns == 0)
            name_excitations(layout, type, i);
    }
    double height = ses_panels_height(panels);
    ses_captions_add(&layout->labels, type, "mean excitation", &label,
                   SES_MIDDLE_RISING, MARGIN, y + height / 2);
    double centre = (panels->left + layout->width - panels->right) / 2;
    y += height + 1;
    y += ses_captions_add(&layout->labels, type, "channel index", &label,
                        SES_UPPER_CENTRE, centre, y)
             .height;
    layout->height = y + MARGIN;
    return layout->labels.failed ? ses_fail_memory(err, "labels") : SES_OK;
}

enum ses_status
ses_activation_layout_init(struct ses_activation_layout *layout,
                           const struct ses_activation_figure *figure,
                           const struct ses_plot_style *style,
                           struct ses_error *err)
{
    memset(layout, 0, sizeof *layout);
    struct ses_plot_style full = *style;
    if (full.width_mm == 0)
        full.width_mm = default_width(figure->n_panels);
    if (full.dpi == 0)
        full.dpi = 300;
    enum ses_status status = check(figure, &full, err);
    if (status != SES_OK)
        return status;
    layout->figure = figure;
    layout->width = full.width_mm * SES_MM;
    layout->many = figure->n_classes > SES_MOST_PENS;
    layout->ticks = excitation_ticks(figure);
    layout->plots = ses_calloc(figure->n_panels, sizeof *layout->plots);
    layout->channel_ticks =
        ses_calloc(figure->n_panels, sizeof *layout->channel_ticks);
    if (!layout->plots || !layout->channel_ticks)
        return ses_fail_memory(err, "panels");
    struct ses_type *type = NULL;
    status = ses_type_new(full.font, &type, err);
    if (status == SES_OK)
        status = place(layout, type, &full, err);
    ses_type_free(type);
    return status;
}

void ses_activation_layout_release(struct ses_activation_layout *layout)
{
    free(layout->plots);
    free(layout->channel_ticks);
    ses_legend_release(&layout->legend);
    ses_captions_release(&layout->labels);
    memset(layout, 0, sizeof *layout);
}
