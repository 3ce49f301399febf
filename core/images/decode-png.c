/* PNG by libpng: no gamma, no profile, no background; alpha is dropped as
 * Pillow's convert('RGB') drops it. */
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "core/images/decode.h"

struct job {
    png_structp png;
    png_infop info;
    const uint8_t *data;
    size_t size, used;
    bool ended; /* the file ended before the picture */
    char said[128];
    struct ses_error *err;
    struct ses_image image;
};

static PNG_NORETURN void on_error(png_structp png, png_const_charp said)
{
    struct job *job = png_get_error_ptr(png);
    strncpy(job->said, said, sizeof job->said - 1);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp said)
{
}

static void on_read(png_structp png, png_bytep to, size_t count)
{
    struct job *job = png_get_io_ptr(png);
    if (count > job->size - job->used) {
        job->ended = true;
        png_error(png, "unexpected end");
    }
    memcpy(to, job->data + job->used, count);
    job->used += count;
}

/* Deflate makes at most 1032 bytes of one, so that a short file cannot ask
 * for the memory of a large picture. */
static enum ses_status check_claim(const struct job *job)
{
    size_t width = png_get_image_width(job->png, job->info);
    size_t height = png_get_image_height(job->png, job->info);
    size_t bits = (size_t)png_get_bit_depth(job->png, job->info) *
                  png_get_channels(job->png, job->info);
    /* 2^31 pixels a side of 64 bits would not fit. */
    if (width > SES_IMAGE_MAX_SIDE || height > SES_IMAGE_MAX_SIDE ||
        width * height * bits / 8 / 1032 <= job->size)
        return SES_OK;
    return ses_fail(job->err, SES_EFORMAT,
                    "is a damaged PNG file: it claims %zux%zu pixels, but has "
                    "%zu bytes only",
                    width, height, job->size);
}

/* Into rows of 8-bit grey, RGB, or palette indices. */
static void set_transforms(struct job *job)
{
    int colour = png_get_color_type(job->png, job->info);
    int depth = png_get_bit_depth(job->png, job->info);
    if (depth == 16)
        png_set_strip_16(job->png);
    if (colour == PNG_COLOR_TYPE_PALETTE)
        png_set_packing(job->png);
    else if (depth < 8)
        png_set_expand_gray_1_2_4_to_8(job->png);
    if (colour & PNG_COLOR_MASK_ALPHA)
        png_set_strip_alpha(job->png);
}

/* Colours of indices that stand in the last third of every row. An index
 * without an entry is a grey of its own value, as in Pillow. */
static void look_up(struct job *job)
{
    struct ses_image *image = &job->image;
    size_t width = (size_t)image->width;
    uint8_t table[256][3];
    for (int i = 0; i < 256; i++)
        memset(table[i], i, 3);
    png_colorp palette = NULL;
    int count = 0;
    png_get_PLTE(job->png, job->info, &palette, &count);
    for (int i = 0; i < count && i < 256; i++) {
        table[i][0] = palette[i].red;
        table[i][1] = palette[i].green;
        table[i][2] = palette[i].blue;
    }
    for (int y = 0; y < image->height; y++) {
        uint8_t *row = image->pixels + (size_t)y * width * 3;
        for (size_t x = 0; x < width; x++)
            memcpy(row + 3 * x, table[row[2 * width + x]], 3);
    }
}

/* Everything that may longjmp; job lives outside of it. */
static enum ses_status read_picture(struct job *job)
{
    png_structp png = job->png;
    if (setjmp(png_jmpbuf(png))) {
        if (job->ended)
            return ses_fail(job->err, SES_EFORMAT,
                            "is a truncated PNG file: its %zu bytes end "
                            "before the picture does",
                            job->size);
        return ses_fail_damaged(job->err, "PNG", job->said);
    }
    png_set_read_fn(png, job, on_read);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_read_info(png, job->info);

    int colour = png_get_color_type(png, job->info);
    bool palette = colour == PNG_COLOR_TYPE_PALETTE;
    int channels = colour & PNG_COLOR_MASK_COLOR ? 3 : 1;
    enum ses_status status = check_claim(job);
    if (status == SES_OK)
        status = ses_image_init(
            &job->image, (int)png_get_image_width(png, job->info),
            (int)png_get_image_height(png, job->info), channels, job->err);
    if (status != SES_OK)
        return status;
    set_transforms(job);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, job->info);
    struct ses_image *image = &job->image;
    size_t stride = (size_t)image->width * (size_t)channels;
    uint8_t *first = image->pixels + (palette ? 2 * (size_t)image->width : 0);
    for (int pass = 0; pass < passes; pass++)
        for (int y = 0; y < image->height; y++)
            png_read_row(png, first + (size_t)y * stride, NULL);
    png_read_end(png, NULL);
    if (palette)
        look_up(job);
    return SES_OK;
}

enum ses_status ses_png_decode(const uint8_t *data, size_t size,
                               struct ses_image *out, struct ses_error *err)
{
    struct job job = { .data = data, .size = size, .err = err };
    enum ses_status status;
    job.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &job, on_error,
                                     on_warning);
    if (job.png)
        job.info = png_create_info_struct(job.png);
    if (job.info)
        status = read_picture(&job);
    else
        status = ses_fail_memory(err, "a PNG picture");
    png_destroy_read_struct(&job.png, &job.info, NULL);
    if (status == SES_OK)
        *out = job.image;
    else
        ses_image_release(&job.image);
    return status;
}
