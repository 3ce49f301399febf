/* See top-channels.h. */
#include "core/stats/top-channels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/base/random.h"
#include "core/stats/paired-bootstrap.h"

enum { DRAWS = SES_BOOTSTRAP_DRAWS };

/* Sums of one class in one channel. */
struct ses_class_part {
    double n, sum, squares; /* squares: around the mean */
};

/* d' of the class `own` among parts [n_classes]; 0 where nothing varies. */
static double d_prime(const struct ses_class_part *parts, size_t n_classes,
                      size_t own, double *mean, double *others)
{
    double sum = 0, squares = 0, n = 0;
    for (size_t k = 0; k < n_classes; k++) {
        if (k == own)
            continue;
        sum += parts[k].sum / parts[k].n;
        squares += parts[k].squares;
        n += parts[k].n - 1;
    }
    *mean = parts[own].sum / parts[own].n;
    *others = sum / (double)(n_classes - 1);
    double within = NAN; /* of the class */
    double pooled = n > 0 ? squares / n : NAN;
    if (parts[own].n > 1)
        within = parts[own].squares / (parts[own].n - 1);
    /* A class of one image takes the spread of the others. */
    double variance = isnan(within)   ? pooled
                      : isnan(pooled) ? within
                                      : (within + pooled) / 2;
    double apart = *mean - *others;
    return variance > 0 ? apart / sqrt(variance) : 0 * apart + 0 * variance;
}

static int stronger(const void *a, const void *b)
{
    const struct ses_top_channel *x = a, *y = b;
    double p = fabs(x->d_prime.value), q = fabs(y->d_prime.value);
    if (p != q)
        return p < q ? 1 : -1;
    return (x->channel > y->channel) - (x->channel < y->channel);
}

/* Sums of a channel, of every class; parts are zeroed. */
static void fill_parts(const struct ses_top_block *block, size_t channel,
                       struct ses_class_part *parts)
{
    const struct ses_class_images *images = &block->images;
    const float *column = block->rows + channel;
    for (size_t k = 0; k < images->n_classes; k++) {
        struct ses_class_part *part = &parts[k];
        part->n = (double)ses_class_size(images, k);
        for (size_t i = images->start[k]; i < images->start[k + 1]; i++)
            part->sum += column[i * block->channels];
        for (size_t i = images->start[k]; i < images->start[k + 1]; i++) {
            double apart = column[i * block->channels] - part->sum / part->n;
            part->squares += apart * apart;
        }
    }
}

/* Every channel's d' into all [channels], strongest first; NaN last. */
static void rank_channels(const struct ses_top_block *block, size_t own,
                          struct ses_top_channel *all)
{
    size_t n_classes = block->images.n_classes;
    for (size_t c = 0; c < block->channels; c++) {
        struct ses_top_channel *top = &all[c];
        *top = (struct ses_top_channel){ .channel = (int)c };
        top->d_prime.value = d_prime(block->parts + c * n_classes, n_classes,
                                     own, &top->mean, &top->others);
        top->d_prime.low = top->d_prime.high = NAN;
        if (isnan(top->d_prime.value))
            top->d_prime.value = 0; /* gates that are no numbers */
    }
    qsort(all, block->channels, sizeof *all, stronger);
}

/* Sums of one draw of a class, with replacement; columns [images of the
 * class][n]; parts: every n_classes-th is of the next channel. */
static void draw_class(struct ses_random *random, const float *columns,
                       size_t size, size_t n, size_t n_classes, double *sums,
                       struct ses_class_part *parts)
{
    memset(sums, 0, 2 * n * sizeof *sums);
    for (size_t i = 0; i < size; i++) {
        const float *row = columns + ses_random_below(random, size) * n;
        for (size_t t = 0; t < n; t++) {
            double x = (double)row[t] - (double)columns[t];
            sums[t] += x;
            sums[n + t] += x * x;
        }
    }
    for (size_t t = 0; t < n; t++) {
        double count = (double)size, sum = sums[t];
        parts[t * n_classes] = (struct ses_class_part){
            .n = count,
            .sum = sum + count * (double)columns[t],
            .squares = fmax(sums[n + t] - sum * sum / count, 0),
        };
    }
}

/* A class drawn with replacement varies (n - 1) / n too little, and its d'
 * would be as much too large: its images are set apart from their mean by the
 * root of n / (n - 1). */
static void spread_class(float *columns, size_t size, size_t n)
{
    double factor = size > 1 ? sqrt((double)size / (double)(size - 1)) : 1;
    for (size_t t = 0; t < n; t++) {
        double mean = 0;
        for (size_t i = 0; i < size; i++)
            mean += (double)columns[i * n + t] / (double)size;
        for (size_t i = 0; i < size; i++)
            columns[i * n + t] = (float)(
                mean + factor * ((double)columns[i * n + t] - mean));
    }
}

/* Images are drawn within their classes, which so keep their sizes. */
static enum ses_status fill_intervals(const struct ses_top_block *block,
                                      size_t own, uint64_t seed,
                                      struct ses_top_channel *top, size_t n,
                                      struct ses_error *err)
{
    enum ses_status status = SES_OK;
    const struct ses_class_images *images = &block->images;
    size_t n_classes = images->n_classes, cells;
    float *columns = NULL; /* [images][n] */
    if (ses_multiply(images->n, n, &cells))
        columns = ses_calloc_floats(cells);
    struct ses_class_part *parts = ses_calloc(n_classes * n, sizeof *parts);
    double *sums = ses_calloc(2 * n, sizeof *sums);
    double *draws = ses_calloc(n, DRAWS * sizeof *draws);
    if (!columns || !parts || !sums || !draws) {
        status = ses_fail_memory(err, "a bootstrap");
        goto out;
    }
    for (size_t i = 0; i < images->n; i++)
        for (size_t t = 0; t < n; t++)
            columns[i * n + t] =
                block->rows[i * block->channels + (size_t)top[t].channel];
    for (size_t k = 0; k < n_classes; k++)
        spread_class(columns + images->start[k] * n,
                     ses_class_size(images, k), n);
    struct ses_random random;
    ses_random_seed(&random, seed);
    for (size_t d = 0; d < DRAWS; d++) {
        for (size_t k = 0; k < n_classes; k++)
            draw_class(&random, columns + images->start[k] * n,
                       ses_class_size(images, k), n, n_classes, sums,
                       parts + k);
        for (size_t t = 0; t < n; t++) {
            double mean, others;
            draws[t * DRAWS + d] = d_prime(parts + t * n_classes, n_classes,
                                           own, &mean, &others);
        }
    }
    for (size_t t = 0; t < n; t++)
        ses_bootstrap_interval(draws + t * DRAWS, &top[t].d_prime.low,
                               &top[t].d_prime.high);
out:
    free(columns);
    free(parts);
    free(sums);
    free(draws);
    return status;
}

static void fill_drivers(const struct ses_top_block *block, size_t own,
                         size_t most, struct ses_top_channel *top)
{
    const struct ses_class_images *images = &block->images;
    const float *column = block->rows + top->channel;
    float sign = top->d_prime.value < 0 ? -1 : 1;
    for (size_t i = images->start[own]; i < images->start[own + 1]; i++) {
        float gate = column[i * block->channels];
        size_t at = top->n_drivers;
        while (at > 0 && sign * gate > sign * top->gates[at - 1])
            at--;
        if (at >= most)
            continue;
        if (top->n_drivers < most)
            top->n_drivers++;
        for (size_t j = top->n_drivers - 1; j > at; j--) {
            top->gates[j] = top->gates[j - 1];
            top->drivers[j] = top->drivers[j - 1];
        }
        top->gates[at] = gate;
        top->drivers[at] = images->image[i];
    }
}

void ses_top_block_release(struct ses_top_block *block)
{
    ses_class_images_release(&block->images);
    free(block->rows);
    free(block->parts);
    memset(block, 0, sizeof *block);
}

enum ses_status ses_top_block_init(const struct ses_run_file *run,
                                   size_t block, const size_t *classes,
                                   size_t n_classes, struct ses_top_block *out,
                                   struct ses_error *err)
{
    size_t cells;
    *out = (struct ses_top_block){
        .run = run,
        .channels = (size_t)run->blocks[block].channels,
    };
    enum ses_status status =
        ses_class_images_init(run, classes, n_classes, &out->images, err);
    if (status)
        return status;
    if (ses_multiply(out->images.n, out->channels, &cells))
        out->rows = ses_calloc_floats(cells);
    if (ses_multiply(out->images.n_classes, out->channels, &cells))
        out->parts = ses_calloc(cells, sizeof *out->parts);
    if (!out->rows || !out->parts)
        return ses_fail_memory(err, "excitations");
    status = ses_class_rows(&out->images, run, block, out->rows, err);
    for (size_t c = 0; !status && c < out->channels; c++)
        fill_parts(out, c, out->parts + c * out->images.n_classes);
    return status;
}

/* Its place among the classes of the block. */
static enum ses_status find_class(const struct ses_top_block *block,
                                  size_t class_index, size_t *own,
                                  struct ses_error *err)
{
    const struct ses_class_images *images = &block->images;
    const char *path = block->run->path;
    const char *name = block->run->class_names[class_index];
    for (*own = 0; *own < images->n_classes; ++*own)
        if (images->classes[*own] == class_index)
            break;
    if (*own == images->n_classes)
        return ses_fail(err, SES_ENOTFOUND, "'%s' holds no image of '%s'",
                        path, name);
    if (images->n_classes < 2)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' holds no other class that '%s' could be told "
                        "from",
                        path, name);
    return SES_OK;
}

enum ses_status ses_top_channels(const struct ses_top_block *block,
                                 size_t class_index, uint64_t seed, size_t n,
                                 size_t n_drivers, struct ses_top_channel *out,
                                 size_t *count, struct ses_error *err)
{
    size_t own;
    enum ses_status status = find_class(block, class_index, &own, err);
    if (status)
        return status;
    struct ses_top_channel *all = ses_calloc(block->channels, sizeof *all);
    if (!all)
        return ses_fail_memory(err, "channels");
    rank_channels(block, own, all);
    *count = ses_least(n, block->channels);
    memcpy(out, all, *count * sizeof *out);
    free(all);
    n_drivers = ses_least(n_drivers, SES_MOST_DRIVERS);
    if (ses_class_size(&block->images, own) >= SES_LEAST_DRAWN)
        status = fill_intervals(block, own, seed, out, *count, err);
    for (size_t t = 0; t < *count && !status; t++)
        fill_drivers(block, own, n_drivers, &out[t]);
    return status;
}
