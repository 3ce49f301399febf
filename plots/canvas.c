/* See canvas.h. */
#include "plots/canvas.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <glib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/file.h"
#include "plots/picture.h"
#include "plots/png.h"

enum kind { SVG, PDF, PNG, UNKNOWN };

static enum kind kind_of(const char *path)
{
    static const char *const endings[UNKNOWN] = { ".svg", ".pdf", ".png" };
    const char *dot = strrchr(path, '.');
    int kind = SVG;
    while (kind < UNKNOWN && !(dot && strcasecmp(dot, endings[kind]) == 0))
        kind++;
    return (enum kind)kind;
}

bool ses_plot_is_figure(const char *path)
{
    return kind_of(path) != UNKNOWN;
}

void ses_canvas_paint(cairo_t *cr, const struct ses_page *page, ses_draw *draw,
                      const void *user)
{
    ses_colour_use(page->paper, cr);
    cairo_paint(cr);
    draw(cr, user);
}

enum ses_status ses_canvas_status(cairo_status_t state, struct ses_error *err)
{
    if (state == CAIRO_STATUS_SUCCESS)
        return SES_OK;
    if (state == CAIRO_STATUS_NO_MEMORY)
        return ses_fail_memory(err, "the figure");
    return ses_fail(err, SES_EIO, "%s", cairo_status_to_string(state));
}

/* Where the bytes go, and the errno of the write that failed. */
struct sink {
    FILE *file;
    int number;
};

static cairo_status_t put(void *user, const unsigned char *data,
                          unsigned length)
{
    struct sink *sink = user;
    if (fwrite(data, 1, length, sink->file) == length)
        return CAIRO_STATUS_SUCCESS;
    if (!sink->number)
        sink->number = errno ? errno : EIO;
    return CAIRO_STATUS_WRITE_ERROR;
}

void ses_canvas_describe_pdf(cairo_surface_t *surface, const char *title)
{
    /* The day of making would make every file another one. */
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR,
                                   "sescope");
    if (!title)
        return;
    char *valid = g_utf8_make_valid(title, -1);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, valid);
    g_free(valid);
}

static cairo_surface_t *new_surface(enum kind kind, const struct ses_page *page,
                                    struct sink *sink)
{
    cairo_surface_t *surface;
    switch (kind) {
    case SVG:
        return cairo_svg_surface_create_for_stream(put, sink, page->width,
                                                   page->height);
    case PDF:
        surface = cairo_pdf_surface_create_for_stream(put, sink, page->width,
                                                      page->height);
        ses_canvas_describe_pdf(surface, page->title);
        return surface;
    default:
        return cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, (int)lround(page->width * page->dpi / 72),
            (int)lround(page->height * page->dpi / 72));
    }
}

/* Draw on the surface and push everything into the sink. */
static enum ses_status draw_page(cairo_surface_t *surface, enum kind kind,
                                 const struct ses_page *page, ses_draw *draw,
                                 const void *user, struct sink *sink,
                                 struct ses_error *err)
{
    cairo_t *cr = cairo_create(surface);
    if (kind == PNG)
        cairo_scale(cr, page->dpi / 72, page->dpi / 72);
    ses_canvas_paint(cr, page, draw, user);
    cairo_status_t state = cairo_status(cr);
    cairo_destroy(cr);
    if (state == CAIRO_STATUS_SUCCESS && kind == PNG)
        return ses_png_write(surface, page->dpi, sink->file, err);
    cairo_surface_finish(surface);
    if (state == CAIRO_STATUS_SUCCESS)
        state = cairo_surface_status(surface);
    if (sink->number)
        return ses_fail_errno(err, sink->number, "writing failed");
    return ses_canvas_status(state, err);
}

/* Cairo and every reader of PNG agree up to this many pixels. */
enum { MOST_PIXELS = 32767 };

enum ses_status ses_canvas_write(const char *path, const struct ses_page *page,
                                 ses_draw *draw, const void *user,
                                 struct ses_error *err)
{
    if (!path)
        return ses_picture_record(page, draw, user, err);
    enum kind kind = kind_of(path);
    if (kind == UNKNOWN)
        return ses_fail(err, SES_EUSAGE,
                        "'%s': unknown kind of figure, expected .svg, .pdf or "
                        ".png",
                        path);
    double longest = fmax(page->width, page->height) * page->dpi / 72;
    if (kind == PNG && longest > MOST_PIXELS)
        return ses_fail(err, SES_EUSAGE,
                        "'%s': a side is %.0f pixels long at %g dpi, "
                        "expected at most %d",
                        path, longest, page->dpi, (int)MOST_PIXELS);

    struct sink sink = { 0 };
    char *temporary = ses_temporary_name(path);
    if (!temporary)
        return ses_fail_memory(err, "a file name");
    sink.file = fopen(temporary, "wbe");
    if (!sink.file) {
        enum ses_status status =
            ses_fail_errno(err, errno, "cannot write '%s'", path);
        free(temporary);
        return status;
    }
    cairo_surface_t *surface = new_surface(kind, page, &sink);
    enum ses_status status =
        draw_page(surface, kind, page, draw, user, &sink, err);
    cairo_surface_destroy(surface);
    if (fclose(sink.file) != 0 && status == SES_OK)
        status = ses_fail_errno(err, errno, "writing failed");
    if (status == SES_OK) {
        status = ses_file_publish(temporary, path, err);
    } else {
        unlink(temporary);
        ses_error_context(err, "cannot write '%s'", path);
    }
    free(temporary);
    return status;
}
