/* See paired-bootstrap.h. How often each image is drawn is counted for some
 * draws at a time, and every row is read once for all of them: sums of n
 * products, and no lookups. */
#include "core/stats/paired-bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/random.h"

enum { DRAWS = SES_BOOTSTRAP_DRAWS, AT_ONCE = 8 };
_Static_assert(DRAWS % AT_ONCE == 0, "draws come in whole groups");

/* counts: [n][AT_ONCE] */
static void draw(struct ses_random *random, size_t n, double *counts)
{
    memset(counts, 0, n * AT_ONCE * sizeof *counts);
    for (size_t d = 0; d < AT_ONCE; d++)
        for (size_t i = 0; i < n; i++)
            counts[ses_random_below(random, n) * AT_ONCE + d]++;
}

static void add_up(const float *row, const double *counts, size_t n,
                   double *out)
{
    double sums[AT_ONCE] = { 0 };
    for (size_t i = 0; i < n; i++) {
        double value = row[i];
        for (size_t d = 0; d < AT_ONCE; d++)
            sums[d] += value * counts[i * AT_ONCE + d];
    }
    for (size_t d = 0; d < AT_ONCE; d++)
        out[d] = sums[d] / (double)n;
}

enum ses_status ses_bootstrap_draws(const float *const *rows, size_t n_rows,
                                    size_t n, uint64_t seed, double *out,
                                    struct ses_error *err)
{
    double *counts = ses_calloc(n, AT_ONCE * sizeof *counts);
    struct ses_random random;
    if (!counts)
        return ses_fail_memory(err, "a bootstrap");
    ses_random_seed(&random, seed);
    for (size_t first = 0; first < DRAWS; first += AT_ONCE) {
        draw(&random, n, counts);
        for (size_t r = 0; r < n_rows; r++)
            add_up(rows[r], counts, n, out + r * DRAWS + first);
    }
    free(counts);
    return SES_OK;
}

void ses_bootstrap_interval(double *draws, double *low, double *high)
{
    *low = *high = NAN;
    for (size_t i = 0; i < DRAWS; i++)
        if (isnan(draws[i]))
            return;
    ses_percentile_interval(draws, DRAWS, low, high);
}
