/* See class-moments.h. */
#include "core/stats/class-moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/parallel.h"
#include "core/engine/vector.h"
#include "core/stats/block-read.h"

static enum ses_status allocate(const struct ses_class_images *images,
                                size_t channels, struct ses_class_moments *out,
                                struct ses_error *err)
{
    size_t cells;
    *out = (struct ses_class_moments){ .n_classes = images->n_classes,
                                       .channels = channels,
                                       .n = (double)images->n };
    out->count = ses_calloc(images->n_classes, sizeof *out->count);
    if (ses_multiply(images->n_classes, channels, &cells)) {
        out->mean = ses_calloc(cells, sizeof *out->mean);
        out->square = ses_calloc(cells, sizeof *out->square);
    }
    if (!out->count || !out->mean || !out->square)
        return ses_fail_memory(err, "class means");
    for (size_t k = 0; k < images->n_classes; k++)
        out->count[k] = (double)ses_class_size(images, k);
    return SES_OK;
}

void ses_class_moments_release(struct ses_class_moments *moments)
{
    free(moments->count);
    free(moments->mean);
    free(moments->square);
    *moments = (struct ses_class_moments){ 0 };
}

SES_VECTOR
static void add_row(const float *row, size_t channels, double n, double *mean,
                    double *square)
{
    for (size_t c = 0; c < channels; c++) {
        double x = row[c];
        double apart = x - mean[c];
        mean[c] += apart / n;
        square[c] += apart * (x - mean[c]);
    }
}

/* log2(x) for x in 0..1 within 1e-7 of itself, and something finite at 0: the
 * exponent by the bits, and a series of atanh on [1/sqrt(2), sqrt(2)]. */
static inline float log2_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)((bits - 0x3f3504f3u) >> 23);
    exponent = exponent > 128 ? exponent - 512 : exponent;
    bits -= (uint32_t)exponent << 23;
    float m;
    memcpy(&m, &bits, sizeof m);
    float t = (m - 1.0f) / (m + 1.0f), s = t * t;
    float p = 1.0f / 11.0f;
    p = p * s + 1.0f / 9.0f;
    p = p * s + 1.0f / 7.0f;
    p = p * s + 1.0f / 5.0f;
    p = p * s + 1.0f / 3.0f;
    p = p * s + 1.0f;
    return (float)exponent + 2.0f * t * p * 1.442695041f;
}

/* Gates summed in float32 before double; sums run in lanes, as additions of
 * floats have an order that the compiler keeps. */
enum { STRETCH = 64, LANES = 16 };

static float sum_lanes(const float *values)
{
    float lanes[LANES] = { 0 }, sum = 0;
    for (size_t i = 0; i < STRETCH; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lanes[l] += values[i + l];
    for (size_t l = 0; l < LANES; l++)
        sum += lanes[l];
    return sum;
}

/* below, above, from_one, entropy and coins of STRETCH gates. */
SES_VECTOR
static void add_stretch(const float *gates, float *sums)
{
    float bits[STRETCH], away[STRETCH];
    int below = 0, above = 0, coins = 0;
    for (size_t i = 0; i < STRETCH; i++) {
        float g = gates[i];
        int coin = (g >= 0.0f) & (g <= 1.0f);
        float p = coin ? g : 1.0f;
        bits[i] = -(p * log2_of(p) + (1.0f - p) * log2_of(1.0f - p));
        away[i] = fabsf(1.0f - g);
        below += g < 0.01f;
        above += g > 0.99f;
        coins += coin;
    }
    sums[0] = (float)below;
    sums[1] = (float)above;
    sums[2] = sum_lanes(away);
    sums[3] = sum_lanes(bits);
    sums[4] = (float)coins;
}

static void add_gates(const float *row, size_t channels,
                      struct ses_gate_sums *sums)
{
    sums->n += (double)channels;
    for (size_t c = 0; c < channels; c += STRETCH) {
        float part[5], rest[STRETCH];
        size_t n = channels - c;
        const float *gates = row + c;
        if (n < STRETCH) { /* filled up with gates that say nothing */
            for (size_t i = 0; i < STRETCH; i++)
                rest[i] = i < n ? gates[i] : 1.0f;
            gates = rest;
        }
        add_stretch(gates, part);
        if (n < STRETCH) {
            part[1] -= (float)(STRETCH - n);
            part[4] -= (float)(STRETCH - n);
        }
        sums->below += part[0];
        sums->above += part[1];
        sums->from_one += part[2];
        sums->entropy += part[3];
        sums->coins += part[4];
    }
}

struct pass {
    const struct ses_class_images *images;
    const float *rows;
    struct ses_class_moments *out;
    struct ses_gate_sums *sums; /* [n_classes] */
};

static void take_class(void *user, size_t class, size_t thread)
{
    const struct pass *pass = user;
    size_t channels = pass->out->channels;
    const size_t *start = pass->images->start;
    for (size_t i = start[class]; i < start[class + 1]; i++) {
        const float *row = pass->rows + i * channels;
        add_row(row, channels, (double)(i - start[class] + 1),
                pass->out->mean + class * channels,
                pass->out->square + class * channels);
        add_gates(row, channels, &pass->sums[class]);
    }
}

enum ses_status ses_class_moments_of_rows(
    const struct ses_class_images *images, size_t channels, const float *rows,
    size_t threads, struct ses_class_moments *out, struct ses_gate_sums *sums,
    struct ses_error *err)
{
    enum ses_status status = allocate(images, channels, out, err);
    struct ses_gate_sums *parts = ses_calloc(images->n_classes, sizeof *parts);
    if (status || !parts) {
        free(parts);
        return status ? status : ses_fail_memory(err, "class means");
    }
    struct pass pass = { images, rows, out, parts };
    ses_parallel(threads, images->n_classes, take_class, &pass);
    *sums = (struct ses_gate_sums){ 0 };
    for (size_t k = 0; k < images->n_classes; k++) {
        sums->n += parts[k].n;
        sums->below += parts[k].below;
        sums->above += parts[k].above;
        sums->from_one += parts[k].from_one;
        sums->entropy += parts[k].entropy;
        sums->coins += parts[k].coins;
    }
    free(parts);
    return SES_OK;
}

enum ses_status ses_class_moments_of_summary(
    const struct ses_class_images *images, const struct ses_run_file *run,
    size_t block, struct ses_class_moments *out, struct ses_error *err)
{
    struct ses_block_moments read = { 0 };
    size_t channels = (size_t)run->blocks[block].channels;
    enum ses_status status = allocate(images, channels, out, err);
    if (!status)
        status = ses_block_moments_read(run, block, &read, err);
    for (size_t k = 0; !status && k < images->n_classes; k++)
        for (size_t c = 0; c < channels; c++) {
            size_t from = images->classes[k] * channels + c;
            double std = read.std[from];
            out->mean[k * channels + c] = read.mean[from];
            out->square[k * channels + c] = (out->count[k] - 1) * std * std;
        }
    ses_block_moments_release(&read);
    return status;
}

void ses_class_moments_total(const struct ses_class_moments *m, double *mean,
                             double *between, double *within)
{
    size_t channels = m->channels;
    for (size_t c = 0; c < channels; c++)
        mean[c] = between[c] = within[c] = 0;
    for (size_t k = 0; k < m->n_classes; k++)
        for (size_t c = 0; c < channels; c++)
            mean[c] += m->count[k] / m->n * m->mean[k * channels + c];
    /* A channel of one value has it as its mean, to the last bit. */
    for (size_t c = 0; c < channels; c++) {
        double low = m->mean[c], high = low;
        for (size_t k = 1; k < m->n_classes; k++) {
            low = fmin(low, m->mean[k * channels + c]);
            high = fmax(high, m->mean[k * channels + c]);
        }
        if (!isnan(mean[c]))
            mean[c] = fmin(fmax(mean[c], low), high);
    }
    for (size_t k = 0; k < m->n_classes; k++)
        for (size_t c = 0; c < channels; c++) {
            double apart = m->mean[k * channels + c] - mean[c];
            between[c] += m->count[k] * apart * apart;
            within[c] += m->square[k * channels + c];
        }
}
