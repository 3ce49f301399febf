/* Pillow's resampling of 8-bit pictures, bit for bit: networks were trained
 * on its pixels, and other resizers cost up to two points of accuracy.
 *
 * A filter's support is widened when a side shrinks. Weights are fixed-point
 * numbers of 22 bits; columns first, rounded to 8 bits, then rows. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/images/preprocess.h"

enum { PRECISION = 32 - 8 - 2 };

static double box(double x)
{
    return x > -0.5 && x <= 0.5 ? 1.0 : 0.0;
}

static double bilinear(double x)
{
    x = fabs(x);
    return x < 1.0 ? 1.0 - x : 0.0;
}

/* Keys' cubic with a = -0.5. */
static double bicubic(double x)
{
    const double a = -0.5;
    x = fabs(x);
    if (x < 1.0)
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
    if (x < 2.0)
        return (((x - 5) * x + 8) * x - 4) * a;
    return 0.0;
}

static double sinc(double x)
{
    if (x == 0.0)
        return 1.0;
    x *= M_PI;
    return sin(x) / x;
}

static double lanczos(double x)
{
    return x >= -3.0 && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0;
}

static const struct kernel {
    double (*at)(double x);
    double support;
} kernels[] = {
    [SES_FILTER_BOX] = { box, 0.5 },
    [SES_FILTER_BILINEAR] = { bilinear, 1.0 },
    [SES_FILTER_BICUBIC] = { bicubic, 2.0 },
    [SES_FILTER_LANCZOS] = { lanczos, 3.0 },
};

/* For each of a run of output positions: the input positions it is made of,
 * and their weights. */
struct taps {
    int count; /* output positions */
    int most;  /* weights an output position has room for */
    int *first;
    int *length;
    int32_t *weights; /* [count][most] */
};

static void release_taps(struct taps *taps)
{
    free(taps->first);
    free(taps->length);
    free(taps->weights);
}

static int32_t to_fixed(double weight)
{
    double scaled = weight * (1 << PRECISION);
    return (int32_t)(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}

/* Positions from .. from+count-1 of `to` that `in` is resized to. The order
 * of the arithmetic is Pillow's. */
static enum ses_status make_taps(struct taps *taps, int in, int to, int from,
                                 int count, const struct kernel *kernel,
                                 struct ses_error *err)
{
    double scale = (double)in / to;
    double widening = scale < 1.0 ? 1.0 : scale;
    double support = kernel->support * widening;
    double inverse = 1.0 / widening;
    taps->count = count;
    taps->most = (int)ceil(support) * 2 + 1;

    size_t total;
    double *weights = ses_calloc((size_t)taps->most, sizeof *weights);
    taps->first = ses_calloc((size_t)count, sizeof *taps->first);
    taps->length = ses_calloc((size_t)count, sizeof *taps->length);
    if (ses_multiply((size_t)count, (size_t)taps->most, &total))
        taps->weights = ses_calloc(total, sizeof *taps->weights);
    if (!weights || !taps->first || !taps->length || !taps->weights) {
        free(weights);
        return ses_fail_memory(err, "resizing");
    }
    for (int i = 0; i < count; i++) {
        double center = (from + i + 0.5) * scale;
        int first = (int)(center - support + 0.5);
        int end = (int)(center + support + 0.5);
        first = first < 0 ? 0 : first;
        end = end > in ? in : end;
        double sum = 0.0;
        for (int x = 0; x < end - first; x++) {
            weights[x] = kernel->at((x + first - center + 0.5) * inverse);
            sum += weights[x];
        }
        int32_t *fixed = taps->weights + (size_t)i * (size_t)taps->most;
        for (int x = 0; x < end - first; x++)
            fixed[x] = to_fixed(sum != 0.0 ? weights[x] / sum : weights[x]);
        taps->first[i] = first;
        taps->length[i] = end - first;
    }
    free(weights);
    return SES_OK;
}

static uint8_t clip(int32_t sum)
{
    sum >>= PRECISION;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/* Part of a picture, or of one between the passes. */
struct plane {
    const uint8_t *pixels;
    size_t stride; /* bytes from row to row */
};

static void resize_row_1(const struct taps *taps, const uint8_t *in,
                         uint8_t *out)
{
    for (int i = 0; i < taps->count; i++) {
        const uint8_t *p = in + taps->first[i];
        const int32_t *w = taps->weights + (size_t)i * (size_t)taps->most;
        int32_t sum = 1 << (PRECISION - 1);
        for (int x = 0; x < taps->length[i]; x++)
            sum += p[x] * w[x];
        out[i] = clip(sum);
    }
}

static void resize_row_3(const struct taps *taps, const uint8_t *in,
                         uint8_t *out)
{
    for (int i = 0; i < taps->count; i++, out += 3) {
        const uint8_t *p = in + 3 * (size_t)taps->first[i];
        const int32_t *w = taps->weights + (size_t)i * (size_t)taps->most;
        int32_t r = 1 << (PRECISION - 1), g = r, b = r;
        for (int x = 0; x < taps->length[i]; x++, p += 3) {
            r += p[0] * w[x];
            g += p[1] * w[x];
            b += p[2] * w[x];
        }
        out[0] = clip(r);
        out[1] = clip(g);
        out[2] = clip(b);
    }
}

/* One row of out from `length` rows of in; sums holds a row of bytes. */
static void resize_column(const int32_t *weights, int length, struct plane in,
                          size_t bytes, int32_t *restrict sums,
                          uint8_t *restrict out)
{
    for (size_t x = 0; x < bytes; x++)
        sums[x] = 1 << (PRECISION - 1);
    for (int i = 0; i < length; i++) {
        const uint8_t *restrict row = in.pixels + (size_t)i * in.stride;
        int32_t w = weights[i];
        for (size_t x = 0; x < bytes; x++)
            sums[x] += row[x] * w;
    }
    for (size_t x = 0; x < bytes; x++)
        out[x] = clip(sums[x]);
}

static enum ses_status resample(const struct ses_image *image, int width,
                                int height, const struct kernel *kernel,
                                struct ses_rectangle part,
                                struct ses_image *out, struct ses_error *err)
{
    size_t channels = (size_t)image->channels;
    size_t bytes = (size_t)part.width * channels;
    struct taps columns = { 0 }, rows = { 0 };
    uint8_t *between = NULL;
    int32_t *sums = NULL;
    enum ses_status status = SES_OK;

    /* The input rows that are needed, and in columns of the part. */
    int first = part.top, end = part.top + part.height;
    if (height != image->height) {
        status = make_taps(&rows, image->height, height, part.top,
                           part.height, kernel, err);
        if (status != SES_OK)
            goto out;
        first = rows.first[0];
        end = rows.first[rows.count - 1] + rows.length[rows.count - 1];
    }
    size_t stride = (size_t)image->width * channels;
    struct plane plane = { image->pixels + (size_t)first * stride, stride };
    if (width == image->width) {
        plane.pixels += (size_t)part.left * channels;
    } else {
        status = make_taps(&columns, image->width, width, part.left,
                           part.width, kernel, err);
        if (status != SES_OK)
            goto out;
        between = ses_calloc((size_t)(end - first), bytes);
        if (!between) {
            status = ses_fail_memory(err, "resizing");
            goto out;
        }
        for (int y = 0; y < end - first; y++)
            (channels == 1 ? resize_row_1 : resize_row_3)(
                &columns, plane.pixels + (size_t)y * stride,
                between + (size_t)y * bytes);
        plane = (struct plane){ between, bytes };
    }
    sums = ses_calloc(bytes, sizeof *sums);
    if (!sums) {
        status = ses_fail_memory(err, "resizing");
        goto out;
    }
    for (int y = 0; y < part.height; y++) {
        uint8_t *to = out->pixels + (size_t)y * bytes;
        struct plane from = plane;
        if (height == image->height) {
            memcpy(to, plane.pixels + (size_t)y * plane.stride, bytes);
            continue;
        }
        from.pixels += (size_t)(rows.first[y] - first) * plane.stride;
        resize_column(rows.weights + (size_t)y * (size_t)rows.most,
                      rows.length[y], from, bytes, sums, to);
    }
out:
    release_taps(&columns);
    release_taps(&rows);
    free(between);
    free(sums);
    return status;
}

/* Positions from .. from+count-1 of `to`; -1 where rounding leads past the
 * end. Pillow adds up the steps, and so its rounding errors. */
static void nearest_positions(int in, int to, int from, int count, int *out)
{
    double step = (double)in / to;
    double at = step * 0.5;
    for (int i = 0; i < from; i++)
        at += step;
    for (int i = 0; i < count; i++, at += step)
        out[i] = (int)at < in ? (int)at : -1;
}

static enum ses_status take_nearest(const struct ses_image *image, int width,
                                    int height, struct ses_rectangle part,
                                    struct ses_image *out,
                                    struct ses_error *err)
{
    size_t channels = (size_t)image->channels;
    size_t stride = (size_t)image->width * channels;
    int *columns = ses_calloc((size_t)part.width, sizeof *columns);
    int *rows = ses_calloc((size_t)part.height, sizeof *rows);
    if (!columns || !rows) {
        free(columns);
        free(rows);
        return ses_fail_memory(err, "resizing");
    }
    nearest_positions(image->width, width, part.left, part.width, columns);
    nearest_positions(image->height, height, part.top, part.height, rows);
    uint8_t *to = out->pixels;
    for (int y = 0; y < part.height; y++)
        for (int x = 0; x < part.width; x++, to += channels)
            if (rows[y] >= 0 && columns[x] >= 0)
                memcpy(to,
                       image->pixels + (size_t)rows[y] * stride +
                           (size_t)columns[x] * channels,
                       channels);
    free(columns);
    free(rows);
    return SES_OK;
}

enum ses_status ses_image_resize(const struct ses_image *image, int width,
                                 int height, enum ses_filter filter,
                                 struct ses_rectangle part,
                                 struct ses_image *out, struct ses_error *err)
{
    assert(part.left >= 0 && part.top >= 0);
    assert(part.width <= width - part.left);
    assert(part.height <= height - part.top);
    enum ses_status status = ses_image_init(out, part.width, part.height,
                                            image->channels, err);
    if (status != SES_OK)
        return status;
    if (filter == SES_FILTER_NEAREST &&
        (width != image->width || height != image->height))
        status = take_nearest(image, width, height, part, out, err);
    else
        status = resample(image, width, height, &kernels[filter], part, out,
                          err);
    if (status != SES_OK)
        ses_image_release(out);
    return status;
}
