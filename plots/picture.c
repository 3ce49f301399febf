/* See picture.h. */
#include "plots/picture.h"

#include <cairo-svg.h>
#include <stdlib.h>
#include <string.h>

static cairo_status_t put(void *user, const unsigned char *data,
                          unsigned length)
{
    struct ses_text *text = user;
    ses_text_add(text, "%.*s", (int)length, (const char *)data);
    return text->failed ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

enum ses_status ses_picture_record(const struct ses_page *page, ses_draw *draw,
                                   const void *user, struct ses_error *err)
{
    struct ses_picture *picture = page->picture;
    const cairo_rectangle_t extent = { 0, 0, page->width, page->height };
    struct ses_text svg = { 0 };
    cairo_surface_t *surface =
        picture->as_svg
            ? cairo_svg_surface_create_for_stream(put, &svg, page->width,
                                                  page->height)
            : cairo_recording_surface_create(CAIRO_CONTENT_COLOR, &extent);
    cairo_t *cr = cairo_create(surface);
    ses_canvas_paint(cr, page, draw, user);
    enum ses_status status = ses_canvas_status(cairo_status(cr), err);
    cairo_destroy(cr);
    if (!status && picture->as_svg) {
        cairo_surface_finish(surface);
        status = ses_canvas_status(cairo_surface_status(surface), err);
    }
    if (status || picture->as_svg) {
        cairo_surface_destroy(surface);
        surface = NULL;
    }
    if (status) {
        ses_text_release(&svg);
        return status;
    }
    picture->svg = svg.data;
    picture->surface = surface;
    picture->width = page->width;
    picture->height = page->height;
    return SES_OK;
}

void ses_picture_draw(const struct ses_picture *picture, cairo_t *cr, double x,
                      double y)
{
    cairo_set_source_surface(cr, picture->surface, x, y);
    cairo_paint(cr);
}

void ses_picture_release(struct ses_picture *picture)
{
    free(picture->svg);
    cairo_surface_destroy(picture->surface);
    *picture = (struct ses_picture){ 0 };
}

/* ---- SVG ----------------------------------------------------------------- */

/* Cairo names its parts in these three ways, and no other text of a drawing
 * holds quotes or brackets. */
static const char *const identifiers[] = { "id=\"", "href=\"#", "url(#" };

/* Copy cairo's elements with the prefix before each identifier. */
static void add_prefixed(const char *svg, const char *prefix,
                         struct ses_text *out)
{
    while (*svg) {
        const char *next = NULL;
        size_t length = 0;
        for (size_t i = 0; i < sizeof identifiers / sizeof *identifiers; i++) {
            const char *found = strstr(svg, identifiers[i]);
            if (found && (!next || found < next)) {
                next = found;
                length = strlen(identifiers[i]);
            }
        }
        if (!next) {
            ses_text_add(out, "%s", svg);
            return;
        }
        int until = (int)(next - svg + (ptrdiff_t)length);
        ses_text_add(out, "%.*s%s", until, svg, prefix);
        svg += until;
    }
}

enum ses_status ses_picture_svg(const struct ses_picture *picture,
                                const char *prefix, const char *attributes,
                                struct ses_text *out, struct ses_error *err)
{
    const char *tag = strstr(picture->svg, "<svg");
    const char *inside = tag ? strchr(tag, '>') : NULL;
    if (!inside)
        return ses_fail(err, SES_EIO, "cairo wrote no <svg>");
    ses_text_add(out,
                 "<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
                 "viewBox=\"0 0 %.2f %.2f\" %s>",
                 picture->width, picture->height, attributes);
    add_prefixed(inside + 1, prefix, out);
    return out->failed ? ses_fail_memory(err, "the figure") : SES_OK;
}
