/* See top-channels.h. */
#include "core/stats/top-channels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/random.h"
#include "core/stats/block-read.h"
#include "core/stats/class-images.h"
#include "core/stats/paired-bootstrap.h"

enum { DRAWS = SES_BOOTSTRAP_DRAWS };

/* Sums of one class in one channel. */
struct part {
    double n, sum, squares; /* squares: around the mean */
};

/* d' of the class `own` among parts [n_classes]; 0 where nothing varies. */
static double d_prime(const struct part *parts, size_t n_classes, size_t own,
                      double *mean, double *others)
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

/* Every channel's d' into all [channels], strongest first; NaN last. */
static enum ses_status rank_channels(const struct ses_class_images *images,
                                     size_t own, size_t channels,
                                     const float *rows,
                                     struct ses_top_channel *all,
                                     struct ses_error *err)
{
    struct part *parts = ses_calloc(images->n_classes, sizeof *parts);
    if (!parts)
        return ses_fail_memory(err, "classes");
    for (size_t c = 0; c < channels; c++) {
        for (size_t k = 0; k < images->n_classes; k++) {
            struct part *part = &parts[k];
            *part = (struct part){ .n = (double)ses_class_size(images, k) };
            for (size_t i = images->start[k]; i < images->start[k + 1]; i++)
                part->sum += rows[i * channels + c];
            for (size_t i = images->start[k]; i < images->start[k + 1]; i++) {
                double apart = rows[i * channels + c] - part->sum / part->n;
                part->squares += apart * apart;
            }
        }
        struct ses_top_channel *top = &all[c];
        *top = (struct ses_top_channel){ .channel = (int)c };
        top->d_prime.value = d_prime(parts, images->n_classes, own,
                                     &top->mean, &top->others);
        top->d_prime.low = top->d_prime.high = NAN;
        if (isnan(top->d_prime.value))
            top->d_prime.value = 0; /* gates that are no numbers */
    }
    free(parts);
    qsort(all, channels, sizeof *all, stronger);
    return SES_OK;
}

/* Sums of one draw of a class, with replacement; columns [images of the
 * class][n]; parts: every n_classes-th is of the next channel. */
static void draw_class(struct ses_random *random, const float *columns,
                       size_t size, size_t n, size_t n_classes, double *sums,
                       struct part *parts)
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
        parts[t * n_classes] = (struct part){
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
static enum ses_status fill_intervals(const struct ses_class_images *images,
                                      size_t own, size_t channels,
                                      const float *rows, uint64_t seed,
                                      struct ses_top_channel *top, size_t n,
                                      struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t n_classes = images->n_classes, cells;
    float *columns = NULL; /* [images][n] */
    if (ses_multiply(images->n, n, &cells))
        columns = ses_calloc_floats(cells);
    struct part *parts = ses_calloc(n_classes * n, sizeof *parts);
    double *sums = ses_calloc(2 * n, sizeof *sums);
    double *draws = ses_calloc(n, DRAWS * sizeof *draws);
    if (!columns || !parts || !sums || !draws) {
        status = ses_fail_memory(err, "a bootstrap");
        goto out;
    }
    for (size_t i = 0; i < images->n; i++)
        for (size_t t = 0; t < n; t++)
            columns[i * n + t] = rows[i * channels + (size_t)top[t].channel];
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

static void fill_drivers(const struct ses_class_images *images, size_t own,
                         size_t channels, const float *rows, size_t most,
                         struct ses_top_channel *top)
{
    float sign = top->d_prime.value < 0 ? -1 : 1;
    for (size_t i = images->start[own]; i < images->start[own + 1]; i++) {
        float gate = rows[i * channels + (size_t)top->channel];
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

/* The class itself and those it is told from. */
static enum ses_status choose_images(const struct ses_run_file *run,
                                     size_t class_index, const size_t *classes,
                                     size_t n_classes,
                                     struct ses_class_images *images,
                                     size_t *own, struct ses_error *err)
{
    size_t *chosen = ses_calloc(n_classes + 1, sizeof *chosen);
    if (!chosen)
        return ses_fail_memory(err, "classes");
    memcpy(chosen, classes, n_classes * sizeof *chosen);
    chosen[n_classes] = class_index;
    enum ses_status status =
        ses_class_images_init(run, chosen, n_classes + 1, images, err);
    free(chosen);
    if (status)
        return status;
    for (*own = 0; *own < images->n_classes; ++*own)
        if (images->classes[*own] == class_index)
            break;
    if (*own == images->n_classes)
        return ses_fail(err, SES_ENOTFOUND, "'%s' holds no image of '%s'",
                        run->path, run->class_names[class_index]);
    if (images->n_classes < 2)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' holds no other class that '%s' could be told "
                        "from",
                        run->path, run->class_names[class_index]);
    return SES_OK;
}

enum ses_status ses_top_channels(const struct ses_run_file *run, size_t block,
                                 size_t class_index, const size_t *classes,
                                 size_t n_classes, uint64_t seed, size_t n,
                                 size_t n_drivers, struct ses_top_channel *out,
                                 size_t *count, struct ses_error *err)
{
    size_t channels = (size_t)run->blocks[block].channels, own = 0, cells;
    struct ses_class_images images = { 0 };
    struct ses_top_channel *all = NULL;
    float *rows = NULL;
    *count = n < channels ? n : channels;
    if (n_drivers > SES_MOST_DRIVERS)
        n_drivers = SES_MOST_DRIVERS;
    enum ses_status status = choose_images(run, class_index, classes,
                                           n_classes, &images, &own, err);
    if (status)
        goto out;
    all = ses_calloc(channels, sizeof *all);
    if (ses_multiply(images.n, channels, &cells))
        rows = ses_calloc_floats(cells);
    if (!all || !rows) {
        status = ses_fail_memory(err, "excitations");
        goto out;
    }
    status = ses_class_rows(&images, run, block, rows, err);
    if (!status)
        status = rank_channels(&images, own, channels, rows, all, err);
    if (status)
        goto out;
    memcpy(out, all, *count * sizeof *out);
    if (ses_class_size(&images, own) >= SES_LEAST_DRAWN)
        status = fill_intervals(&images, own, channels, rows, seed, out,
                                *count, err);
    for (size_t t = 0; t < *count && !status; t++)
        fill_drivers(&images, own, channels, rows, n_drivers, &out[t]);
out:
    ses_class_images_release(&images);
    free(all);
    free(rows);
    return status;
}
