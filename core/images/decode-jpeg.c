/* JPEG by libjpeg, as Pillow sets it up. What libjpeg only warns of is sorted
 * here: pixels that were not in the file are an error. */
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>
#include <jerror.h>

#include "core/images/decode.h"

/* More scans than any encoder writes, in a file made to keep us busy. */
enum { MAX_SCANS = 1000 };

struct job {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    size_t size;
    enum ses_status status; /* set before escape is taken */
    struct ses_error *err;
    struct ses_image image;
};

static struct job *job_of(j_common_ptr jpeg)
{
    return jpeg->client_data;
}

static void on_error(j_common_ptr jpeg)
{
    struct job *job = job_of(jpeg);
    char said[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, said);
    switch (jpeg->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
        job->status = ses_fail_memory(job->err, "a JPEG picture");
        break;
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_COMPONENT_COUNT:
        job->status = ses_fail(job->err, SES_EUNSUPPORTED,
                               "is a JPEG file that cannot be read: %s", said);
        break;
    default:
        job->status = ses_fail_damaged(job->err, "JPEG", said);
    }
    longjmp(job->escape, 1);
}

/* Traces and harmless warnings (stray bytes between segments, odd headers)
 * are silent; those after which libjpeg invents pixels end the picture. */
static void on_message(j_common_ptr jpeg, int level)
{
    if (level >= 0)
        return;
    struct job *job = job_of(jpeg);
    switch (jpeg->err->msg_code) {
    case JWRN_JPEG_EOF:
        job->status = ses_fail(job->err, SES_EFORMAT,
                               "is a truncated JPEG file: its %zu bytes end "
                               "within the picture",
                               job->size);
        longjmp(job->escape, 1);
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
        on_error(jpeg);
    }
}

static void on_output(j_common_ptr jpeg)
{
}

static void on_progress(j_common_ptr jpeg)
{
    struct job *job = job_of(jpeg);
    if (job->jpeg.input_scan_number <= MAX_SCANS)
        return;
    job->status = ses_fail(job->err, SES_EUNSUPPORTED,
                           "is a JPEG file of more than %d scans", MAX_SCANS);
    longjmp(job->escape, 1);
}

/* A Huffman-coded block takes a bit at least, so that a short file cannot
 * ask for the memory of a large picture. (Arithmetic coding may take less.) */
static enum ses_status check_claim(const struct job *job)
{
    const struct jpeg_decompress_struct *jpeg = &job->jpeg;
    size_t blocks = 0;
    for (int i = 0; i < jpeg->num_components; i++)
        blocks += (size_t)jpeg->comp_info[i].width_in_blocks *
                  jpeg->comp_info[i].height_in_blocks;
    if (jpeg->arith_code ? ses_claim_is_likely(jpeg->image_width,
                                               jpeg->image_height, job->size)
                         : blocks / 8 <= job->size)
        return SES_OK;
    return ses_fail(job->err, SES_EFORMAT,
                    "is a damaged JPEG file: it claims %ux%u pixels, but has "
                    "%zu bytes only",
                    jpeg->image_width, jpeg->image_height, job->size);
}

static void read_rows(struct job *job)
{
    enum { ROWS = 8 };
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    struct ses_image *image = &job->image;
    size_t stride = (size_t)image->width * (size_t)image->channels;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW rows[ROWS];
        JDIMENSION count = jpeg->output_height - jpeg->output_scanline;
        if (count > ROWS)
            count = ROWS;
        for (JDIMENSION i = 0; i < count; i++)
            rows[i] = image->pixels + (jpeg->output_scanline + i) * stride;
        jpeg_read_scanlines(jpeg, rows, count);
    }
}

/* a * b / 255, rounded, as Pillow computes it. */
static unsigned multiply_255(unsigned a, unsigned b)
{
    unsigned product = a * b + 128;
    return ((product >> 8) + product) >> 8;
}

/* Adobe stores inks inverted (255: none), and so does everything else that
 * is met: Pillow inverts without looking for Adobe's marker. */
static void read_inverted_cmyk(struct job *job)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    struct ses_image *image = &job->image;
    size_t width = (size_t)image->width;
    JSAMPARRAY row = jpeg->mem->alloc_sarray(
        (j_common_ptr)jpeg, JPOOL_IMAGE, (JDIMENSION)width * 4, 1);
    uint8_t *out = image->pixels;
    while (jpeg->output_scanline < jpeg->output_height) {
        jpeg_read_scanlines(jpeg, row, 1);
        const uint8_t *in = row[0];
        for (size_t x = 0; x < width; x++, in += 4, out += 3)
            for (int c = 0; c < 3; c++)
                out[c] = (uint8_t)(in[3] -
                                   multiply_255(255u - in[c], in[3]));
    }
}

/* The smallest scale that leaves the shorter side long enough. */
static void choose_scale(struct jpeg_decompress_struct *jpeg, int least_side)
{
    JDIMENSION shorter = jpeg->image_width < jpeg->image_height
                             ? jpeg->image_width
                             : jpeg->image_height;
    for (unsigned down = 8; least_side > 0 && down > 1; down /= 2)
        if (shorter / down >= (JDIMENSION)least_side) {
            jpeg->scale_num = 1;
            jpeg->scale_denom = down;
            break;
        }
    jpeg_calc_output_dimensions(jpeg);
}

/* Everything that may longjmp; job lives outside of it. */
static enum ses_status read_picture(struct job *job, const uint8_t *data,
                                    int least_side)
{
    struct jpeg_decompress_struct *jpeg = &job->jpeg;
    if (setjmp(job->escape))
        return job->status;
    jpeg_create_decompress(jpeg);
    jpeg->progress = &job->progress;
    jpeg_mem_src(jpeg, data, job->size);
    jpeg_read_header(jpeg, TRUE);

    int channels = jpeg->num_components == 1 ? 1 : 3;
    switch (jpeg->num_components) {
    case 1:
        jpeg->out_color_space = JCS_GRAYSCALE;
        break;
    case 3:
        jpeg->out_color_space = JCS_RGB;
        break;
    case 4:
        jpeg->out_color_space = JCS_CMYK;
        break;
    default:
        return ses_fail(job->err, SES_EUNSUPPORTED,
                        "is a JPEG file of %d channels, expected 1, 3 or 4",
                        jpeg->num_components);
    }
    choose_scale(jpeg, least_side);
    enum ses_status status = check_claim(job);
    if (status == SES_OK)
        status = ses_image_init(&job->image, (int)jpeg->output_width,
                                (int)jpeg->output_height, channels, job->err);
    if (status != SES_OK)
        return status;
    jpeg_start_decompress(jpeg);
    if (jpeg->num_components == 4)
        read_inverted_cmyk(job);
    else
        read_rows(job);
    jpeg_finish_decompress(jpeg);
    return SES_OK;
}

enum ses_status ses_jpeg_decode(const uint8_t *data, size_t size,
                                int least_side, struct ses_image *out,
                                struct ses_error *err)
{
    struct job job = { .size = size, .err = err };
    job.jpeg.err = jpeg_std_error(&job.errors);
    job.jpeg.client_data = &job;
    job.errors.error_exit = on_error;
    job.errors.emit_message = on_message;
    job.errors.output_message = on_output;
    job.progress.progress_monitor = on_progress;
    enum ses_status status = read_picture(&job, data, least_side);
    jpeg_destroy_decompress(&job.jpeg);
    if (status == SES_OK)
        *out = job.image;
    else
        ses_image_release(&job.image);
    return status;
}
