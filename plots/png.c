/* See png.h. */
#include "plots/png.h"

#include <errno.h>
#include <math.h>
#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/base/alloc.h"

/* libpng's own handlers would print. */
static void fail(png_structp png, png_const_charp message)
{
    ses_fail(png_get_error_ptr(png), SES_EIO, "%s", message);
    longjmp(png_jmpbuf(png), 1);
}

static void ignore(png_structp png, png_const_charp message)
{
}

/* libpng's own writer does not say why it failed. */
static void put(png_structp png, png_bytep data, size_t length)
{
    errno = 0;
    if (fwrite(data, 1, length, png_get_io_ptr(png)) == length)
        return;
    ses_fail_errno(png_get_error_ptr(png), errno ? errno : EIO,
                   "writing failed");
    longjmp(png_jmpbuf(png), 1);
}

static void flush(png_structp png)
{
}

/* One row of cairo's native 0x00RRGGBB words as bytes. */
static void unpack(const unsigned char *words, int width, png_bytep out)
{
    const uint32_t *pixel = (const uint32_t *)(const void *)words;
    for (int x = 0; x < width; x++) {
        out[3 * x] = (png_byte)(pixel[x] >> 16);
        out[3 * x + 1] = (png_byte)(pixel[x] >> 8);
        out[3 * x + 2] = (png_byte)pixel[x];
    }
}

enum ses_status ses_png_write(cairo_surface_t *surface, double dpi, FILE *file,
                              struct ses_error *err)
{
    cairo_surface_flush(surface);
    const unsigned char *data = cairo_image_surface_get_data(surface);
    int width = cairo_image_surface_get_width(surface);
    int height = cairo_image_surface_get_height(surface);
    int stride = cairo_image_surface_get_stride(surface);
    struct ses_error own = { 0 };
    struct ses_error *const fault = err ? err : &own;

    png_infop info = NULL;
    png_bytep row = ses_calloc((size_t)width, 3);
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, fault, fail, ignore);
    if (!row || !png || !(info = png_create_info_struct(png))) {
        png_destroy_write_struct(&png, NULL);
        free(row);
        return ses_fail_memory(err, "a PNG");
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        free(row);
        return fault->status;
    }
    png_set_write_fn(png, file, put, flush);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8,
                 PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_uint_32 per_metre = (png_uint_32)lround(dpi / 0.0254);
    png_set_pHYs(png, info, per_metre, per_metre, PNG_RESOLUTION_METER);
    png_write_info(png, info);
    for (int y = 0; y < height; y++) {
        unpack(data + (size_t)y * (size_t)stride, width, row);
        png_write_row(png, row);
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(row);
    return SES_OK;
}
