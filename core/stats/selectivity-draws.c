/* Selectivity of images drawn with replacement; see selectivity.h. A draw is a
 * weight of every image, so that sums over the images of a class, for many
 * draws and channels at a time, are one product of matrices. */
#include "core/stats/selectivity.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/engine/matrix.h"
#include "core/engine/vector.h"

enum {
    DRAWS = SES_DRAWS_AT_ONCE,
    PANEL = 128, /* channels of a task */
    ROWS = 512   /* images that are squared at a time */
};

void ses_selectivity(double between, double within, double n_classes, double n,
                     double *eta, double *omega)
{
    double total = between + within;
    double error = within / (n - n_classes); /* mean square within */
    bool varies = total > 0;
    *eta = n_classes < 2 ? NAN : varies ? between / total : 0 * total;
    if (n_classes < 2 || n <= n_classes)
        *omega = NAN;
    else
        *omega = varies ? (between - (n_classes - 1) * error) / (total + error)
                        : 0 * total;
}

enum ses_status ses_image_draws_init(const struct ses_class_images *images,
                                     size_t draws, uint64_t seed,
                                     struct ses_image_draws *out,
                                     struct ses_error *err)
{
    size_t n = images->n, cells;
    struct ses_random random;
    ses_random_seed(&random, seed);
    *out = (struct ses_image_draws){ .draws = draws };
    if (ses_multiply(n, draws, &cells))
        out->times = ses_calloc_floats(cells);
    if (ses_multiply(images->n_classes, draws, &cells))
        out->sizes = ses_calloc_floats(cells);
    if (!out->times || !out->sizes)
        return ses_fail_memory(err, "a bootstrap");
    for (size_t d = 0; d < draws; d++)
        for (size_t i = 0; i < n; i++) {
            size_t image = ses_random_below(&random, n);
            out->times[image * draws + d]++;
            out->sizes[(size_t)images->class[image] * draws + d]++;
        }
    return SES_OK;
}

void ses_image_draws_release(struct ses_image_draws *draws)
{
    free(draws->times);
    free(draws->sizes);
    *draws = (struct ses_image_draws){ 0 };
}

/* What a thread works in; each [DRAWS][PANEL] but for the last. */
struct room {
    float *sum;      /* of a class */
    float *all;      /* of all classes */
    float *between;  /* of squared class sums over class sizes */
    float *squares;  /* of all images */
    float *squared;  /* [ROWS][PANEL] */
};

struct drawing {
    const struct ses_class_images *images;
    const struct ses_image_draws *draws;
    size_t channels, panels;
    const float *rows;
    struct room *rooms;  /* [threads] */
    double *eta, *omega; /* [panels][draws] */
};

SES_VECTOR
static void add_class(const float *sum, size_t width, float size, float *all,
                      float *between)
{
    float share = size > 0 ? 1 / size : 0;
    for (size_t c = 0; c < width; c++) {
        all[c] += sum[c];
        between[c] += sum[c] * sum[c] * share;
    }
}

SES_VECTOR
static void square(const float *x, size_t n, float *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = x[i] * x[i];
}

static void add_squares(const struct drawing *d, size_t channel, size_t width,
                        size_t draw, struct room *room)
{
    size_t n = d->images->n, stride = d->draws->draws;
    for (size_t first = 0; first < n; first += ROWS) {
        size_t count = n - first < ROWS ? n - first : ROWS;
        for (size_t i = 0; i < count; i++)
            square(d->rows + (first + i) * d->channels + channel, width,
                   room->squared + i * PANEL);
        ses_multiply_columns(DRAWS, width, count,
                             d->draws->times + first * stride + draw, stride,
                             room->squared, PANEL, first > 0, room->squares,
                             PANEL);
    }
}

/* A panel of channels in DRAWS draws. */
static void take_panel(void *user, size_t task, size_t thread)
{
    const struct drawing *d = user;
    struct room *room = &d->rooms[thread];
    size_t panel = task % d->panels, stride = d->draws->draws;
    size_t draw = task / d->panels * DRAWS, channel = panel * PANEL;
    size_t width = d->channels - channel;
    if (width > PANEL)
        width = PANEL;
    for (size_t i = 0; i < DRAWS * PANEL; i++)
        room->all[i] = room->between[i] = 0;
    for (size_t k = 0; k < d->images->n_classes; k++) {
        size_t start = d->images->start[k];
        const float *sizes = d->draws->sizes + k * stride + draw;
        ses_multiply_columns(DRAWS, width, ses_class_size(d->images, k),
                             d->draws->times + start * stride + draw, stride,
                             d->rows + start * d->channels + channel,
                             d->channels, false, room->sum, PANEL);
        for (size_t i = 0; i < DRAWS; i++)
            add_class(room->sum + i * PANEL, width, sizes[i],
                      room->all + i * PANEL, room->between + i * PANEL);
    }
    add_squares(d, channel, width, draw, room);
    double n = (double)d->images->n;
    for (size_t i = 0; i < DRAWS; i++) {
        double *eta = d->eta + panel * stride + draw + i;
        double *omega = d->omega + panel * stride + draw + i;
        double present = 0;
        for (size_t k = 0; k < d->images->n_classes; k++)
            present += d->draws->sizes[k * stride + draw + i] > 0;
        *eta = *omega = 0;
        for (size_t c = 0; c < width; c++) {
            double all = room->all[i * PANEL + c], one, less_biased;
            double between = room->between[i * PANEL + c] - all * all / n;
            double within =
                room->squares[i * PANEL + c] - room->between[i * PANEL + c];
            ses_selectivity(fmax(between, 0), fmax(within, 0), present, n,
                            &one, &less_biased);
            *eta += one;
            *omega += less_biased;
        }
    }
}

static bool rooms_init(struct room *rooms, size_t threads)
{
    bool ok = true;
    for (size_t t = 0; t < threads; t++) {
        struct room *room = &rooms[t];
        float **parts[] = { &room->sum, &room->all, &room->between,
                            &room->squares };
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            *parts[i] = ses_calloc_floats(DRAWS * PANEL);
            ok = ok && *parts[i];
        }
        room->squared = ses_calloc_floats(ROWS * PANEL);
        ok = ok && room->squared;
    }
    return ok;
}

static void rooms_free(struct room *rooms, size_t threads)
{
    for (size_t t = 0; rooms && t < threads; t++) {
        free(rooms[t].sum);
        free(rooms[t].all);
        free(rooms[t].between);
        free(rooms[t].squares);
        free(rooms[t].squared);
    }
    free(rooms);
}

enum ses_status ses_selectivity_draws(
    const struct ses_class_images *images, const struct ses_image_draws *draws,
    size_t channels, const float *rows, size_t threads, double *eta,
    double *omega, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t n = draws->draws;
    struct drawing d = { .images = images, .draws = draws,
                         .channels = channels, .rows = rows,
                         .panels = ses_divide_up(channels, PANEL) };
    d.rooms = ses_calloc(threads, sizeof *d.rooms);
    d.eta = ses_calloc(d.panels * n, sizeof *d.eta);
    d.omega = ses_calloc(d.panels * n, sizeof *d.omega);
    if (!d.rooms || !d.eta || !d.omega || !rooms_init(d.rooms, threads)) {
        status = ses_fail_memory(err, "a bootstrap");
        goto out;
    }
    ses_parallel(threads, d.panels * (n / DRAWS), take_panel, &d);
    for (size_t i = 0; i < n; i++) {
        eta[i] = omega[i] = 0;
        for (size_t p = 0; p < d.panels; p++) {
            eta[i] += d.eta[p * n + i] / (double)channels;
            omega[i] += d.omega[p * n + i] / (double)channels;
        }
    }
out:
    rooms_free(d.rooms, threads);
    free(d.eta);
    free(d.omega);
    return status;
}
