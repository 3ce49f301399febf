/* See bootstrap.h. */
#include "core/stats/bootstrap.h"

#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/random.h"

int ses_compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double ses_average(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return sum / (double)n;
}

double ses_quantile(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1);
    size_t below = (size_t)at;
    if (below + 1 >= n)
        return sorted[n - 1];
    double part = at - (double)below;
    return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

void ses_percentile_interval(double *values, size_t n, double *low,
                             double *high)
{
    qsort(values, n, sizeof *values, ses_compare_doubles);
    *low = ses_quantile(values, n, 0.025);
    *high = ses_quantile(values, n, 0.975);
}

enum ses_status ses_bootstrap_mean(const float *rows, size_t n,
                                   size_t channels, uint64_t seed, double *low,
                                   double *high, struct ses_error *err)
{
    enum { DRAWS = SES_BOOTSTRAP_DRAWS };
    size_t cells;
    double *means = NULL; /* [channels][DRAWS] */
    if (ses_multiply(channels, DRAWS, &cells))
        means = ses_calloc(cells, sizeof *means);
    double *sums = ses_calloc(channels, sizeof *sums);
    enum ses_status status = SES_OK;
    if (!means || !sums) {
        status = ses_fail_memory(err, "a bootstrap");
        goto out;
    }
    struct ses_random random;
    ses_random_seed(&random, seed);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        for (size_t c = 0; c < channels; c++)
            sums[c] = 0;
        for (size_t i = 0; i < n; i++) {
            const float *row = rows + ses_random_below(&random, n) * channels;
            for (size_t c = 0; c < channels; c++)
                sums[c] += row[c];
        }
        for (size_t c = 0; c < channels; c++)
            means[c * DRAWS + draw] = sums[c] / (double)n;
    }
    for (size_t c = 0; c < channels; c++)
        ses_percentile_interval(means + c * DRAWS, DRAWS, &low[c], &high[c]);
out:
    free(means);
    free(sums);
    return status;
}
