/* Channels that mark a class out, and the images that drive them. */
#ifndef SES_PLOTS_TOP_CHANNELS_H
#define SES_PLOTS_TOP_CHANNELS_H

#include <stdint.h>

#include "plots/plot.h"

/* 8 bits a sample. */
struct ses_thumbnail {
    int width, height;
    const uint8_t *rgb; /* [height][width][3]; NULL: none */
};

struct ses_top_row {
    int channel;
    double d_prime, low, high; /* NaN: none */
    const struct ses_thumbnail *pictures; /* [n_pictures] of the figure */
};

struct ses_top_panel {
    const char *block, *class_name;
    size_t n_rows; /* at least one */
    const struct ses_top_row *rows;
};

struct ses_top_figure {
    size_t n_panels;
    const struct ses_top_panel *panels;
    size_t n_pictures;          /* of a row at most; 0: none are drawn */
    const char *interval_label; /* "95 % interval"; NULL: not in the legend */
};

/* A panel a block and class: a row a channel, with its d' on an axis that all
 * panels share, and as many of its pictures as have room. As
 * ses_plot_activations() otherwise. */
SES_MUST_CHECK enum ses_status ses_plot_top_channels(
    const char *path, const struct ses_top_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);

#endif
