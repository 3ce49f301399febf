/* See gate-products.h. |X'Y|^2 is summed over channels, or, as the sum of
 * (XX') * (YY'), over pairs of images: whichever are fewer. */
#include "core/stats/gate-products.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/engine/gemm.h"
#include "core/engine/matrix.h"
#include "core/stats/class-images.h"

static const double MOST_WORK = 1e11; /* of products by channels */
enum { MOST_CHANNELS = 4096 };

/* Rows of a block in double, less each channel's mean. */
static enum ses_status read_centred(const struct ses_class_images *images,
                                    const struct ses_run_file *run,
                                    size_t block, size_t stride, double *out,
                                    struct ses_error *err)
{
    size_t channels = (size_t)run->blocks[block].channels, cells;
    float *rows = NULL;
    if (ses_multiply(images->n, channels, &cells))
        rows = ses_calloc_floats(cells);
    if (!rows)
        return ses_fail_memory(err, "excitations");
    enum ses_status status = ses_class_rows(images, run, block, rows, err);
    for (size_t c = 0; !status && c < channels; c++) {
        double mean = 0;
        for (size_t i = 0; i < images->n; i++)
            mean += ((double)rows[i * channels + c] - (double)rows[c]) /
                    (double)images->n;
        mean += (double)rows[c];
        for (size_t i = 0; i < images->n; i++)
            out[i * stride + c] = (double)rows[i * channels + c] - mean;
    }
    free(rows);
    return status;
}

/* All blocks side by side, and all their products at once. */
static enum ses_status by_channels(const struct ses_class_images *images,
                                   const struct ses_run_file *run,
                                   const size_t *blocks, size_t n_blocks,
                                   size_t channels, double *out,
                                   struct ses_error *err)
{
    size_t cells, first = 0;
    double *x = NULL, *products = NULL;
    enum ses_status status = SES_OK;
    if (ses_multiply(images->n, channels, &cells))
        x = ses_calloc(cells, sizeof *x);
    products = ses_calloc(channels * channels, sizeof *products);
    if (!x || !products) {
        status = ses_fail_memory(err, "products of gates");
        goto out;
    }
    for (size_t b = 0; b < n_blocks && !status; b++) {
        status = read_centred(images, run, blocks[b], channels, x + first, err);
        first += (size_t)run->blocks[blocks[b]].channels;
    }
    if (status)
        goto out;
    ses_multiply_columns_double(channels, channels, images->n, x, channels, x,
                                channels, false, products, channels);
    size_t row = 0;
    for (size_t a = 0; a < n_blocks; a++) {
        size_t column = 0, height = (size_t)run->blocks[blocks[a]].channels;
        for (size_t b = 0; b < n_blocks; b++) {
            size_t width = (size_t)run->blocks[blocks[b]].channels;
            double sum = 0;
            for (size_t i = row; i < row + height; i++)
                for (size_t j = column; j < column + width; j++)
                    sum += products[i * channels + j] *
                           products[i * channels + j];
            out[a * n_blocks + b] = sum;
            column += width;
        }
        row += height;
    }
out:
    free(x);
    free(products);
    return status;
}

/* XX' of a block, its lower half row by row, in float32: all blocks' are kept.
 * */
static enum ses_status image_products(const struct ses_class_images *images,
                                      const struct ses_run_file *run,
                                      size_t block, double *square, float *out,
                                      struct ses_error *err)
{
    size_t n = images->n, channels = (size_t)run->blocks[block].channels;
    size_t cells;
    double *x = NULL;
    if (ses_multiply(n, channels, &cells))
        x = ses_calloc(cells, sizeof *x);
    if (!x)
        return ses_fail_memory(err, "excitations");
    enum ses_status status =
        read_centred(images, run, block, channels, x, err);
    if (!status)
        ses_multiply_rows_double(n, n, channels, x, channels, x, channels,
                                 square, n);
    for (size_t i = 0; i < n && !status; i++)
        for (size_t j = 0; j <= i; j++)
            *out++ = (float)square[i * n + j];
    free(x);
    return status;
}

static double product(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            sum += 2 * (double)a[j] * (double)b[j];
        sum += (double)a[i] * (double)b[i];
        a += i + 1;
        b += i + 1;
    }
    return sum;
}

static enum ses_status by_images(const struct ses_class_images *images,
                                 const struct ses_run_file *run,
                                 const size_t *blocks, size_t n_blocks,
                                 double *out, struct ses_error *err)
{
    size_t n = images->n, half = n * (n + 1) / 2, cells;
    double *square = ses_calloc(n * n, sizeof *square);
    float *halves = NULL;
    enum ses_status status = SES_OK;
    if (ses_multiply(half, n_blocks, &cells))
        halves = ses_calloc_floats(cells);
    if (!square || !halves) {
        status = ses_fail_memory(err, "products of gates");
        goto out;
    }
    for (size_t b = 0; b < n_blocks && !status; b++)
        status = image_products(images, run, blocks[b], square,
                                halves + b * half, err);
    for (size_t a = 0; a < n_blocks && !status; a++)
        for (size_t b = 0; b <= a; b++)
            out[a * n_blocks + b] = out[b * n_blocks + a] =
                product(halves + a * half, halves + b * half, n);
out:
    free(square);
    free(halves);
    return status;
}

/* Keep SES_SAMPLE of the images, evenly. */
static void thin_out(struct ses_class_images *images)
{
    for (size_t i = 0; i < SES_SAMPLE; i++)
        images->image[i] =
            images->image[(size_t)((double)i * (double)images->n /
                                   SES_SAMPLE)];
    images->n = SES_SAMPLE;
}

enum ses_status ses_gate_products(const struct ses_run_file *run,
                                  const size_t *blocks, size_t n_blocks,
                                  const size_t *classes, size_t n_classes,
                                  double *out, size_t *n_images,
                                  struct ses_error *err)
{
    struct ses_class_images images;
    size_t channels = 0;
    enum ses_status status =
        ses_class_images_init(run, classes, n_classes, &images, err);
    if (status)
        goto out;
    for (size_t b = 0; b < n_blocks; b++)
        channels += (size_t)run->blocks[blocks[b]].channels;
    double wide = (double)channels, n = (double)images.n;
    ses_gemm_setup();
    if (channels <= MOST_CHANNELS && channels <= images.n &&
        n * wide * wide <= MOST_WORK) {
        status = by_channels(&images, run, blocks, n_blocks, channels, out,
                             err);
    } else {
        if (images.n > SES_SAMPLE)
            thin_out(&images);
        status = by_images(&images, run, blocks, n_blocks, out, err);
    }
    *n_images = images.n;
out:
    ses_class_images_release(&images);
    return status;
}
