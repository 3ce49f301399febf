/* How far class means stand from each other; see block-analysis.h. */
#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/base/parallel.h"
#include "core/engine/matrix.h"
#include "core/stats/block-analysis.h"

enum { BATCH = 64 }; /* classes of a task */

struct pairs {
    size_t n_classes, channels;
    double *means;  /* [n_classes][channels], less the mean of all */
    double *length; /* [n_classes], squared */
    double **room;  /* [threads]: [BATCH][n_classes] */
    double *sums;   /* [tasks] of distances */
};

static void take_batch(void *user, size_t task, size_t thread)
{
    struct pairs *p = user;
    size_t first = task * BATCH, n = p->n_classes - first;
    double *products = p->room[thread];
    n = n > BATCH ? BATCH : n;
    ses_multiply_rows_double(n, p->n_classes, p->channels,
                             p->means + first * p->channels, p->channels,
                             p->means, p->channels, products, p->n_classes);
    for (size_t i = 0; i < n; i++)
        for (size_t j = first + i + 1; j < p->n_classes; j++) {
            double squared = p->length[first + i] + p->length[j] -
                             2 * products[i * p->n_classes + j];
            p->sums[task] += squared > 0 ? sqrt(squared) : squared * 0;
        }
}

/* Mean correlation over pairs: of unit vectors u, the squared length of their
 * sum holds all products twice and their own lengths. Classes whose vector
 * does not vary have none. */
static double mean_correlation(const struct ses_class_moments *m, double *sum)
{
    size_t channels = m->channels;
    double varied = 0, total = 0;
    for (size_t c = 0; c < channels; c++)
        sum[c] = 0;
    for (size_t k = 0; k < m->n_classes; k++) {
        const double *x = m->mean + k * channels;
        double mean = 0, squares = 0;
        for (size_t c = 0; c < channels; c++)
            mean += x[c] / (double)channels;
        for (size_t c = 0; c < channels; c++)
            squares += (x[c] - mean) * (x[c] - mean);
        /* What rounding leaves of equal channels is no variance. */
        if (squares <= 1e-28 * mean * mean * (double)channels)
            continue;
        varied++;
        for (size_t c = 0; c < channels; c++)
            sum[c] += (x[c] - mean) / sqrt(squares);
    }
    for (size_t c = 0; c < channels; c++)
        total += sum[c] * sum[c];
    return varied < 2 ? NAN : (total - varied) / (varied * (varied - 1));
}

static void fill_pairs(const struct ses_class_moments *m, struct pairs *p)
{
    for (size_t c = 0; c < m->channels; c++) {
        double centre = 0;
        for (size_t k = 0; k < m->n_classes; k++)
            centre += m->mean[k * m->channels + c] / (double)m->n_classes;
        for (size_t k = 0; k < m->n_classes; k++) {
            double x = m->mean[k * m->channels + c] - centre;
            p->means[k * m->channels + c] = x;
            p->length[k] += x * x;
        }
    }
}

enum ses_status ses_class_distances(const struct ses_class_moments *moments,
                                    size_t threads, double *distance,
                                    double *correlation, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t n = moments->n_classes, tasks = ses_divide_up(n, BATCH);
    struct pairs p = { .n_classes = n, .channels = moments->channels };
    p.means = ses_calloc(n * moments->channels, sizeof *p.means);
    p.length = ses_calloc(n, sizeof *p.length);
    p.room = ses_calloc(threads, sizeof *p.room);
    p.sums = ses_calloc(tasks, sizeof *p.sums);
    double *sum = ses_calloc(moments->channels, sizeof *sum);
    bool ok = p.means && p.length && p.room && p.sums && sum;
    for (size_t t = 0; ok && t < threads; t++) {
        p.room[t] = ses_calloc(n, BATCH * sizeof(double));
        ok = p.room[t];
    }
    if (!ok) {
        status = ses_fail_memory(err, "class distances");
        goto out;
    }
    *correlation = mean_correlation(moments, sum);
    fill_pairs(moments, &p);
    ses_parallel(threads, tasks, take_batch, &p);
    double total = 0, size = (double)n;
    for (size_t t = 0; t < tasks; t++)
        total += p.sums[t];
    *distance = n < 2 ? NAN
                      : total / (size * (size - 1) / 2) /
                            sqrt((double)moments->channels);
out:
    for (size_t t = 0; p.room && t < threads; t++)
        free(p.room[t]);
    free(p.means);
    free(p.length);
    free(p.room);
    free(p.sums);
    free(sum);
    return status;
}
