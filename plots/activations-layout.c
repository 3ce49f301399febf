/* Where the parts of the activation figure lie. See activations.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "plots/activations.h"

static const double INSET = 3; /* from the plot's edge to the data */

static enum ses_status check(const struct ses_activation_figure *figure,
                             struct ses_error *err)
{
    if (figure->n_panels == 0)
        return ses_fail(err, SES_EUSAGE, "no blocks to plot");
    for (size_t i = 0; i < figure->n_panels; i++)
        if (figure->panels[i].n_channels == 0)
            return ses_fail(err, SES_EUSAGE, "block '%s' has no channels",
                            figure->panels[i].name);
    return SES_OK;
}

static double default_width(size_t n_panels)
{
    return n_panels == 1   ? SES_COLUMN_MM
           : n_panels == 2 ? SES_MIDDLE_MM
                           : SES_PAGE_MM;
}

/* 0..1, or more when the data ask for it: the same in all panels. */
static struct ses_ticks
excitation_ticks(const struct ses_activation_figure *figure)
{
    double low = 0, high = 1;
    for (size_t i = 0; i < figure->n_panels; i++) {
        const struct ses_activation_panel *panel = &figure->panels[i];
        size_t n = figure->n_classes * panel->n_channels;
        ses_widen(panel->mean, n, &low, &high);
        ses_widen(panel->overall, panel->n_channels, &low, &high);
        if (figure->n_classes <= SES_MOST_PENS && !figure->cut_bands) {
            ses_widen(panel->low, n, &low, &high);
            ses_widen(panel->high, n, &low, &high);
        }
    }
    return ses_ticks_around(low, high, 4);
}

static struct ses_ruler across(struct ses_rect plot, size_t n)
{
    double left = plot.x + INSET, right = plot.x + plot.width - INSET;
    if (n == 1) /* in the middle */
        return (struct ses_ruler){ -1, 1, left, right };
    return (struct ses_ruler){ 0, (double)(n - 1), left, right };
}

static double widest_channel(const struct ses_activation_figure *figure,
                             const struct ses_sheet *sheet)
{
    int largest = 0;
    for (size_t i = 0; i < figure->n_panels; i++)
        for (size_t j = 0; j < figure->panels[i].n_channels; j++)
            if (figure->panels[i].channel[j] > largest)
                largest = figure->panels[i].channel[j];
    return ses_channel_width(sheet, largest);
}

static enum ses_status place_head(struct ses_activation_layout *layout,
                                  struct ses_error *err)
{
    const struct ses_activation_figure *figure = layout->figure;
    const struct ses_look *look = &layout->sheet.look;
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
        struct ses_pen grey = ses_pen_grey(look, 0.6, 0.6);
        entries[n++] = (struct ses_legend_entry){ many, sample, grey };
    }
    for (size_t k = 0; k < figure->n_classes && !layout->many; k++)
        entries[n++] = (struct ses_legend_entry){ figure->classes[k], sample,
                                                  ses_pen_of(look, k) };
    const char *all = figure->overall_label;
    if (overall)
        entries[n++] = (struct ses_legend_entry){ all ? all : "all classes",
                                                  sample,
                                                  ses_pen_ink(look, 1) };
    if (bands && figure->band_label && !layout->many) {
        struct ses_pen grey = ses_pen_grey(look, 0.5, 0);
        grey.alpha = 0.35;
        entries[n++] = (struct ses_legend_entry){ figure->band_label,
                                                  SES_SAMPLE_BAND, grey };
    }
    return ses_sheet_head(&layout->sheet, layout->panels.left, entries, n,
                          err);
}

static enum ses_status place(struct ses_activation_layout *layout,
                             struct ses_error *err)
{
    const struct ses_activation_figure *figure = layout->figure;
    struct ses_sheet *sheet = &layout->sheet;
    double channel = widest_channel(figure, sheet);
    struct ses_panels *panels = &layout->panels;
    *panels = (struct ses_panels){
        .n = figure->n_panels,
        .width = sheet->width,
        .left = ses_frame_left(sheet, &layout->ticks, true),
        .right = SES_SHEET_MARGIN + fmax(channel / 2 - INSET, 0),
        .gutter = channel + 6,
        .above = sheet->line + 1.5,
        .below = SES_TICK + 0.5 + sheet->small,
        .row_gap = 5,
    };
    for (size_t i = 0; i < figure->n_panels; i++)
        layout->names[i] = figure->panels[i].name;
    struct ses_font name;
    enum ses_status status =
        ses_panels_fit_titles(panels, sheet, layout->names, &name, err);
    if (!status)
        status = place_head(layout, err);
    if (status)
        return status;
    for (size_t i = 0; i < figure->n_panels; i++) {
        struct ses_rect plot = ses_panels_plot(panels, i, sheet->y);
        layout->frames[i] = (struct ses_frame){ plot, layout->ticks, INSET };
        ses_captions_add(&sheet->labels, sheet->type, figure->panels[i].name,
                         &name, SES_LOWER_LEFT, plot.x, plot.y - 1.5);
        const struct ses_activation_panel *panel = &figure->panels[i];
        layout->channels[i] = ses_channel_axis_place(
            sheet, across(plot, panel->n_channels), panel->channel,
            panel->n_channels, plot.y + plot.height, channel);
        if (i % (size_t)panels->columns == 0)
            ses_frame_name(&layout->frames[i], sheet);
    }
    double height = ses_panels_height(panels);
    ses_sheet_text(sheet, "mean excitation", SES_SIZE_LABEL,
                   SES_MIDDLE_RISING, SES_SHEET_MARGIN,
                   sheet->y + height / 2);
    double centre = (panels->left + sheet->width - panels->right) / 2;
    sheet->y += height + 1;
    sheet->y += ses_sheet_text(sheet, "channel index", SES_SIZE_LABEL,
                               SES_UPPER_CENTRE, centre, sheet->y)
                    .height;
    return SES_OK;
}

enum ses_status
ses_activation_layout_init(struct ses_activation_layout *layout,
                           const struct ses_activation_figure *figure,
                           const struct ses_plot_style *style,
                           struct ses_error *err)
{
    memset(layout, 0, sizeof *layout);
    enum ses_status status = check(figure, err);
    if (!status)
        status = ses_sheet_init(&layout->sheet, style,
                                default_width(figure->n_panels), err);
    if (status)
        return status;
    layout->figure = figure;
    layout->many = figure->n_classes > SES_MOST_PENS;
    layout->ticks = excitation_ticks(figure);
    layout->frames = ses_calloc(figure->n_panels, sizeof *layout->frames);
    layout->channels = ses_calloc(figure->n_panels, sizeof *layout->channels);
    layout->names = ses_calloc(figure->n_panels, sizeof *layout->names);
    if (!layout->frames || !layout->channels || !layout->names)
        return ses_fail_memory(err, "panels");
    return place(layout, err);
}

void ses_activation_layout_release(struct ses_activation_layout *layout)
{
    free(layout->frames);
    free(layout->channels);
    free(layout->names);
    ses_sheet_release(&layout->sheet);
    memset(layout, 0, sizeof *layout);
}
