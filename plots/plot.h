/* Figures, as files. Plots take plain arrays; nothing here knows HDF5. */
#ifndef SES_PLOTS_PLOT_H
#define SES_PLOTS_PLOT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"

/* A figure in memory, to stand in a larger page. Zeroed means empty. */
struct ses_picture {
    bool as_svg;          /* asked for: what it becomes */
    double width, height; /* points of 1/72 inch */
    char *svg;            /* a file of SVG, or ... */
    void *surface;        /* ... Cairo's record of the drawing */
};

enum ses_theme { SES_THEME_LIGHT, SES_THEME_DARK };

/* Their names, and those of the palettes, by number; NULL ends them. */
extern const char *const ses_theme_names[];
extern const char *const ses_palette_names[];

/* What every figure can be told. Zeroed means defaults. */
struct ses_plot_style {
    struct ses_picture *picture; /* filled in place of a file, whose path is
                                  * then NULL; NULL: none */
    double width_mm;  /* 0: the figure's own */
    double dpi;       /* of PNG; 0: 300 */
    const char *font; /* family; NULL: sans-serif */
    const char *title;
    int columns; /* of panels; 0: by width */
    int theme;   /* enum ses_theme */
    int palette; /* of ses_palette_names */
};

/* One panel: class means of one block at the channels shown. */
struct ses_activation_panel {
    const char *name;   /* "SE_2_3" */
    size_t n_channels;  /* shown */
    const int *channel; /* [n_channels] channel indices */
    int channels;       /* of the block */
    const double *mean; /* [n_classes][n_channels], NaN: no image */
    const double *low;  /* band, same shape; NULL: none */
    const double *high;
    const double *overall; /* [n_channels] mean over all classes present;
                            * NULL: not drawn */
};

struct ses_activation_figure {
    size_t n_classes;
    const char *const *classes; /* display names, UTF-8 */
    size_t n_panels;
    const struct ses_activation_panel *panels;
    const char *overall_label; /* "all 10 classes" */
    const char *band_label;    /* "95 % interval"; NULL: not in the legend */
    bool cut_bands; /* at the axis, which then is of the lines alone: of bands
                     * that may reach where no data can be */
};

/* The class-specific activation figure of the SENet paper (Hu et al.,
 * arXiv:1709.01507, section 6): a panel a block, x = channel, y = mean
 * excitation in 0..1 (more when the data go beyond), a line a class and a
 * black one for the mean over all. More than 12 classes are thin grey lines
 * without bands or names. Not a number breaks a line; a block of one channel
 * has dots. style may be NULL. The ending of path decides: .svg, .pdf, .png
 * (SES_EUSAGE for any other). Written whole or not at all. */
SES_MUST_CHECK enum ses_status ses_plot_activations(
    const char *path, const struct ses_activation_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);

/* Whether the ending of path is one of a figure that can be written. */
bool ses_plot_is_figure(const char *path);

/* count uniformly spaced channel indices of channels, first and last
 * included (all when count >= channels or count is 0), into out (room for
 * channels); returns how many. */
size_t ses_uniform_channels(int channels, size_t count, int *out);

#endif
