/* The parts of a cross-validation, and intervals of its accuracy; see
 * decodability.h. */
#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/base/random.h"
#include "core/stats/decodability.h"

void ses_folds_release(struct ses_folds *folds)
{
    free(folds->fold);
    for (size_t f = 0; f < SES_FOLDS; f++)
        free(folds->row[f]);
    *folds = (struct ses_folds){ 0 };
}

/* Deal out a class's images; the next class goes on where it ended, so that
 * folds have the same size whatever the classes have. */
static void deal(struct ses_random *random, size_t *order, size_t first,
                 size_t n, size_t *next, uint8_t *fold)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t j = ses_random_below(random, i);
        size_t other = order[j];
        order[j] = order[i - 1];
        order[i - 1] = other;
    }
    for (size_t i = 0; i < n; i++)
        fold[first + order[i]] = (uint8_t)((*next)++ % SES_FOLDS);
}

enum ses_status ses_folds_init(const struct ses_class_images *images,
                               uint64_t seed, struct ses_folds *out,
                               struct ses_error *err)
{
    enum ses_status status = SES_OK;
    struct ses_random random;
    size_t next = 0, largest = 0;
    *out = (struct ses_folds){ 0 };
    size_t *order = ses_calloc(images->n, sizeof *order);
    out->fold = ses_calloc(images->n, 1);
    if (!order || !out->fold) {
        status = ses_fail_memory(err, "folds");
        goto out;
    }
    ses_random_seed(&random, seed);
    for (size_t k = 0; k < images->n_classes; k++) {
        size_t n = ses_class_size(images, k), first = images->start[k];
        if (n < 2) {
            out->fold[first] = SES_FOLDS;
            continue;
        }
        deal(&random, order, first, n, &next, out->fold);
        out->n_classes++;
        out->n += n;
        largest = ses_most(largest, n);
    }
    out->chance = (double)largest / (double)out->n;
    for (size_t f = 0; f < SES_FOLDS; f++) {
        out->row[f] = ses_calloc(out->n / SES_FOLDS + 1, sizeof(size_t));
        if (!out->row[f]) {
            status = ses_fail_memory(err, "folds");
            goto out;
        }
    }
    for (size_t i = 0; i < images->n; i++) {
        size_t f = out->fold[i];
        if (f < SES_FOLDS)
            out->row[f][out->size[f]++] = i;
    }
out:
    free(order);
    return status;
}

/* Least x with P(X <= x) >= p, of n trials of probability q, by the ratio of
 * neighbouring terms from the likeliest on. */
static size_t binomial_point(size_t n, double q, double p)
{
    double size = (double)n;
    size_t mode = ses_least((size_t)((size + 1) * q), n);
    int sign;
    double m = (double)mode;
    double term = exp(lgamma_r(size + 1, &sign) - lgamma_r(m + 1, &sign) -
                      lgamma_r(size - m + 1, &sign) + m * log(q) +
                      (size - m) * log1p(-q));
    double below = 0, t = term; /* P(X < mode), then of X < x */
    for (double x = m; x > 0 && t > 0; x--) {
        t *= x * (1 - q) / ((size - x + 1) * q);
        below += t;
    }
    size_t x = mode;
    if (below + term >= p) { /* at the mode, or before it */
        t = term;
        while (x > 0 && below >= p) {
            t *= (double)x * (1 - q) / ((size - (double)x + 1) * q);
            below -= t;
            x--;
        }
        return x;
    }
    double sum = below + term;
    t = term;
    while (x < n && sum < p) {
        t *= (size - (double)x) * q / (((double)x + 1) * (1 - q));
        sum += t;
        x++;
    }
    return x;
}

void ses_share_interval(size_t right, size_t n, double *low, double *high)
{
    double size = (double)n, q = (double)right / size;
    if (right == 0 || right == n) {
        *low = *high = q;
        return;
    }
    *low = (double)binomial_point(n, q, 0.025) / size;
    *high = (double)binomial_point(n, q, 0.975) / size;
}
