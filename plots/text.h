/* Text that is measured before it is drawn, so that a figure's layout can
 * keep it apart from everything else, the same in every file format. */
#ifndef SES_PLOTS_TEXT_H
#define SES_PLOTS_TEXT_H

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

#include "plots/canvas.h"

/* The fonts of one figure. */
struct ses_type;

/* family: one name, or several separated by commas in order of preference;
 * NULL: sans-serif. A family that is not installed is SES_ENOTFOUND: a figure
 * in another font than the one asked for is a fault. Caller frees with
 * ses_type_free(). */
SES_MUST_CHECK enum ses_status ses_type_new(const char *family,
                                            struct ses_type **out,
                                            struct ses_error *err);
void ses_type_free(struct ses_type *type);

struct ses_font {
    double size; /* points */
    bool bold;
    double most; /* width it may take before it is cut; 0: any */
    int lines;   /* it may be wrapped to; 0: one */
    bool path;   /* of dotted parts: wrapped behind dots, cut in the middle */
};

/* Which point of a label's box is the one it is placed by. */
enum ses_anchor {
    SES_UPPER_LEFT,
    SES_LOWER_LEFT,
    SES_UPPER_CENTRE,
    SES_MIDDLE_RIGHT,
    SES_LEFT_BASE,    /* left end of the first line's baseline */
    SES_MIDDLE_RISING, /* middle of the left edge; reads upwards */
    SES_END_RISING     /* end of text that reads upwards, its middle */
};

struct ses_caption {
    struct ses_rect box; /* as it lies on the page */
    void *layout;        /* Pango's */
    bool rising;
};

/* All text of a figure. Zeroed means empty; `failed` is sticky. */
struct ses_captions {
    struct ses_caption *items;
    size_t count, capacity;
    bool failed;
};

/* Width and height text takes on a page. Bytes that are not UTF-8 are shown
 * as replacement characters. */
void ses_text_measure(const struct ses_type *type, const char *text,
                      const struct ses_font *font, double *width,
                      double *height);

/* Place text; returns its box (zeroed when out of memory). */
struct ses_rect ses_captions_add(struct ses_captions *labels,
                                 const struct ses_type *type, const char *text,
                                 const struct ses_font *font,
                                 enum ses_anchor anchor, double x, double y);

/* In the current colour. */
void ses_captions_draw(const struct ses_captions *labels, cairo_t *cr);
void ses_captions_release(struct ses_captions *labels);

#endif
