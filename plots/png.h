/* Cairo writes PNG without a resolution, and a figure that does not know its
 * size fills a page; so pixels are written here. */
#ifndef SES_PLOTS_PNG_H
#define SES_PLOTS_PNG_H

#include <cairo.h>
#include <stdio.h>

#include "core/base/error.h"

/* Write an image surface of CAIRO_FORMAT_RGB24 with its resolution. */
SES_MUST_CHECK enum ses_status ses_png_write(cairo_surface_t *surface,
                                             double dpi, FILE *file,
                                             struct ses_error *err);

#endif
