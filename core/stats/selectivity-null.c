/* Selectivity of shuffled labels: what would be found without any; see
 * selectivity.h. */
#include "core/stats/selectivity.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/engine/vector.h"

enum {
    PANEL = 16, /* channels of a task: class sums stay in the cache */
    GROUP = 32, /* shuffles of a task */
    AT_ONCE = SES_SHUFFLES_AT_ONCE /* shuffles for which a row is read once */
};

enum ses_status ses_shuffles_init(const struct ses_class_images *images,
                                  size_t shuffles, uint64_t seed,
                                  struct ses_shuffles *out,
                                  struct ses_error *err)
{
    size_t n = images->n, cells;
    struct ses_random random;
    ses_random_seed(&random, seed);
    *out = (struct ses_shuffles){ .shuffles = shuffles };
    if (ses_multiply(n, shuffles, &cells))
        out->class = ses_calloc(cells, sizeof *out->class);
    if (!out->class)
        return ses_fail_memory(err, "shuffled labels");
    for (size_t s = 0; s < shuffles; s++) {
        int32_t *class = out->class + s * n;
        memcpy(class, images->class, n * sizeof *class);
        for (size_t i = n; i > 1; i--) {
            size_t j = ses_random_below(&random, i);
            int32_t other = class[j];
            class[j] = class[i - 1];
            class[i - 1] = other;
        }
    }
    return SES_OK;
}

void ses_shuffles_release(struct ses_shuffles *shuffles)
{
    free(shuffles->class);
    *shuffles = (struct ses_shuffles){ 0 };
}

/* What a thread works in. */
struct room {
    float *rows; /* [n][PANEL], 0 past the last channel */
    float *sums; /* [AT_ONCE][n_classes][PANEL] */
};

struct shuffling {
    const struct ses_class_images *images;
    const struct ses_shuffles *shuffles;
    size_t channels, panels;
    const float *rows;
    const double *total;
    struct room *rooms; /* [threads] */
    double *eta;        /* [panels][shuffles] */
};

/* Class sums of one stretch of rows under AT_ONCE shuffles, each with n
 * labels and n_classes sums. */
SES_VECTOR
static void add_up(const float *rows, const int32_t *class, size_t n,
                   size_t n_classes, float *sums)
{
    for (size_t i = 0; i < n; i++) {
        const float *row = rows + i * PANEL;
        for (size_t s = 0; s < AT_ONCE; s++) {
            float *sum =
                sums + (s * n_classes + (size_t)class[s * n + i]) * PANEL;
            for (size_t c = 0; c < PANEL; c++)
                sum[c] += row[c];
        }
    }
}

/* Sum of eta squared over the first `width` channels. */
static double share(const struct shuffling *s, const float *sums,
                    const double *total, size_t width)
{
    double between[PANEL] = { 0 }, all[PANEL] = { 0 }, eta = 0;
    for (size_t k = 0; k < s->images->n_classes; k++) {
        double size = (double)ses_class_size(s->images, k);
        for (size_t c = 0; c < width; c++) {
            double sum = sums[k * PANEL + c];
            between[c] += sum * sum / size;
            all[c] += sum;
        }
    }
    for (size_t c = 0; c < width; c++)
        if (total[c] > 0)
            eta += (between[c] - all[c] * all[c] / (double)s->images->n) /
                   total[c];
        else
            eta += 0 * total[c]; /* NaN stays */
    return eta;
}

static void take_panel(void *user, size_t task, size_t thread)
{
    const struct shuffling *s = user;
    struct room *room = &s->rooms[thread];
    size_t n = s->images->n, count = s->shuffles->shuffles;
    size_t n_classes = s->images->n_classes;
    size_t panel = task % s->panels, first = task / s->panels * GROUP;
    size_t channel = panel * PANEL, width = s->channels - channel;
    if (width > PANEL)
        width = PANEL;
    for (size_t i = 0; i < n; i++)
        memcpy(room->rows + i * PANEL, s->rows + i * s->channels + channel,
               width * sizeof *room->rows);
    for (size_t i = first; i < first + GROUP && i < count; i += AT_ONCE) {
        memset(room->sums, 0, AT_ONCE * n_classes * PANEL *
                                  sizeof *room->sums);
        add_up(room->rows, s->shuffles->class + i * n, n, n_classes,
               room->sums);
        for (size_t j = 0; j < AT_ONCE; j++)
            s->eta[panel * count + i + j] =
                share(s, room->sums + j * n_classes * PANEL,
                      s->total + channel, width);
    }
    /* The last panel leaves blanks for the next. */
    for (size_t i = 0; width < PANEL && i < n; i++)
        memset(room->rows + i * PANEL, 0, PANEL * sizeof *room->rows);
}

enum ses_status ses_selectivity_shuffled(
    const struct ses_class_images *images, const struct ses_shuffles *shuffles,
    size_t channels, const float *rows, const double *total, size_t threads,
    double *eta, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t count = shuffles->shuffles, groups = ses_divide_up(count, GROUP);
    struct shuffling s = { .images = images, .shuffles = shuffles,
                           .channels = channels, .rows = rows, .total = total,
                           .panels = ses_divide_up(channels, PANEL) };
    s.rooms = ses_calloc(threads, sizeof *s.rooms);
    s.eta = ses_calloc(s.panels * count, sizeof *s.eta);
    bool ok = s.rooms && s.eta;
    for (size_t t = 0; ok && t < threads; t++) {
        s.rooms[t].rows = ses_calloc_floats(images->n * PANEL);
        s.rooms[t].sums = ses_calloc_floats(AT_ONCE * images->n_classes * PANEL);
        ok = s.rooms[t].rows && s.rooms[t].sums;
    }
    if (!ok) {
        status = ses_fail_memory(err, "shuffled labels");
        goto out;
    }
    ses_parallel(threads, s.panels * groups, take_panel, &s);
    for (size_t i = 0; i < count; i++) {
        eta[i] = 0;
        for (size_t p = 0; p < s.panels; p++)
            eta[i] += s.eta[p * count + i] / (double)channels;
    }
out:
    for (size_t t = 0; s.rooms && t < threads; t++) {
        free(s.rooms[t].rows);
        free(s.rooms[t].sums);
    }
    free(s.rooms);
    free(s.eta);
    return status;
}
