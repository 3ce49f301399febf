/* Inside the figure of top channels: where everything lies before it is
 * drawn. */
#ifndef SES_PLOTS_TOP_CHANNELS_LAYOUT_H
#define SES_PLOTS_TOP_CHANNELS_LAYOUT_H

#include "plots/sheet.h"
#include "plots/top-channels.h"

struct ses_top_layout {
    const struct ses_top_figure *figure; /* borrowed */
    struct ses_sheet sheet;
    struct ses_rect *plots; /* [n_panels] where d' goes */
    struct ses_ticks ticks; /* of d' */
    double row;             /* height of one */
    size_t n_pictures;      /* that have room */
    double side, pitch;     /* of pictures, which start `gap` */
    double gap;             /* to the right of the plot */
};

SES_MUST_CHECK enum ses_status ses_top_layout_init(
    struct ses_top_layout *layout, const struct ses_top_figure *figure,
    const struct ses_plot_style *style, struct ses_error *err);
void ses_top_layout_release(struct ses_top_layout *layout);

double ses_top_x(const struct ses_top_layout *layout, size_t panel,
                 double d_prime);
/* Middle of a row. */
double ses_top_y(const struct ses_top_layout *layout, size_t panel,
                 size_t row);
/* Where a picture goes; its own shape is inside. */
struct ses_rect ses_top_picture(const struct ses_top_layout *layout,
                                size_t panel, size_t row, size_t picture);

#endif
