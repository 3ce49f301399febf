/* The numbers of one block; see block-analysis.h. */
#include "core/stats/block-analysis.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/parallel.h"
#include "core/stats/bootstrap.h"
#include "core/stats/gate-health.h"

const double ses_quantiles[SES_N_QUANTILES] = { .05, .25, .5, .75, .95 };

/* Of each channel; all [channels]. */
struct channel_sums {
    double *mean, *between, *within, *total, *omega;
};

static enum ses_status sums_init(size_t channels, struct channel_sums *sums,
                                 struct ses_error *err)
{
    double **parts[] = { &sums->mean, &sums->between, &sums->within,
                         &sums->total, &sums->omega };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *parts[i] = ses_calloc(channels, sizeof **parts[i]);
        if (!*parts[i])
            return ses_fail_memory(err, "channels");
    }
    return SES_OK;
}

static void sums_release(struct channel_sums *sums)
{
    free(sums->mean);
    free(sums->between);
    free(sums->within);
    free(sums->total);
    free(sums->omega);
}

/* values are sorted; NaN everywhere when one is. */
static void fill_quantiles(double *values, size_t n, double *out)
{
    bool known = !isnan(ses_average(values, n));
    if (known)
        qsort(values, n, sizeof *values, ses_compare_doubles);
    for (size_t q = 0; q < SES_N_QUANTILES; q++)
        out[q] = known ? ses_quantile(values, n, ses_quantiles[q]) : NAN;
}

static void fill_selectivity(const struct ses_class_moments *m,
                             const struct channel_sums *sums, double *sorted,
                             struct ses_block_analysis *out)
{
    size_t channels = m->channels;
    double n_classes = (double)m->n_classes;
    for (size_t c = 0; c < channels; c++) {
        ses_selectivity(sums->between[c], sums->within[c], n_classes, m->n,
                        &out->channel_eta[c], &sums->omega[c]);
        sorted[c] = out->channel_eta[c];
    }
    out->eta_squared.value = ses_average(out->channel_eta, channels);
    out->omega_squared.value = ses_average(sums->omega, channels);
    fill_quantiles(sorted, channels, out->eta_quantiles);
    fill_quantiles(sums->omega, channels, out->omega_quantiles);
    /* Whatever labels are shuffled, their groups take K - 1 of the N - 1
     * degrees of freedom that a channel has. */
    double varied = 0;
    for (size_t c = 0; c < channels; c++)
        varied += sums->total[c] > 0;
    out->null = m->n_classes < 2 ? NAN
                                 : (n_classes - 1) / (m->n - 1) * varied /
                                       (double)channels;
}

static void fill_spread(const struct ses_class_moments *m,
                        const struct channel_sums *sums,
                        struct ses_block_analysis *out)
{
    double channels = (double)m->channels, n_classes = (double)m->n_classes;
    double between = 0, within = 0, total = 0, apart = 0, sizes = 0;
    out->mean = ses_average(sums->mean, m->channels);
    for (size_t c = 0; c < m->channels; c++) {
        double from_mean = sums->mean[c] - out->mean;
        between += sums->between[c];
        within += sums->within[c];
        total += sums->total[c];
        apart += from_mean * from_mean;
        out->still_channels +=
            m->n > 1 && sqrt(sums->total[c] / (m->n - 1)) < SES_STILL;
    }
    for (size_t k = 0; k < m->n_classes; k++)
        sizes += m->count[k] * m->count[k];
    out->sd = sqrt((total + m->n * apart) / (m->n * channels - 1));
    out->constant = m->n > 1 && out->still_channels == m->channels;
    double error = within / (m->n - n_classes) / channels;
    out->within = m->n > n_classes ? sqrt(error) : NAN;
    out->between = NAN;
    if (m->n_classes > 1 && m->n > n_classes) {
        /* of unequal classes, the size that stands for all */
        double size = (m->n - sizes / m->n) / (n_classes - 1);
        double square = between / (n_classes - 1) / channels;
        double variance = (square - error) / size;
        out->between = isnan(variance) ? NAN : sqrt(fmax(variance, 0));
    }
}

/* By the rule that `record` warns by. */
static enum ses_status fill_health(const struct ses_class_moments *m,
                                   struct ses_block_analysis *out,
                                   struct ses_error *err)
{
    size_t cells = m->n_classes * m->channels;
    float *mean = ses_calloc_floats(cells), *std = ses_calloc_floats(cells);
    uint64_t *count = ses_calloc(m->n_classes, sizeof *count);
    enum ses_status status = SES_OK;
    if (!mean || !std || !count) {
        status = ses_fail_memory(err, "class means");
        goto out;
    }
    for (size_t k = 0; k < m->n_classes; k++) {
        count[k] = (uint64_t)m->count[k];
        for (size_t c = 0; c < m->channels; c++) {
            size_t i = k * m->channels + c;
            mean[i] = (float)m->mean[i];
            std[i] = count[k] < 2
                         ? 0
                         : (float)sqrt(m->square[i] / (m->count[k] - 1));
        }
    }
    struct ses_gate_health health;
    ses_gate_health_moments(m->n_classes, m->channels, count, mean, std,
                            &health);
    out->dead = health.dead;
out:
    free(mean);
    free(std);
    free(count);
    return status;
}

static void fill_sums(const struct ses_gate_sums *sums,
                      struct ses_block_analysis *out)
{
    out->above_99 = sums->above / sums->n;
    out->below_01 = sums->below / sums->n;
    out->from_one = sums->from_one / sums->n;
    out->entropy = sums->coins > 0 ? sums->entropy / sums->coins : NAN;
    out->identity = out->from_one < 0.02;
}

static void no_interval(struct ses_estimate *estimate)
{
    estimate->low = estimate->high = NAN;
}

/* draws: around the value from here on; *scratch [n]. */
static void centre_interval(struct ses_estimate *estimate, double *draws,
                            size_t n, double *scratch)
{
    double shift = estimate->value - ses_average(draws, n);
    for (size_t i = 0; i < n; i++)
        scratch[i] = draws[i] += shift;
    if (isnan(shift))
        no_interval(estimate);
    else
        ses_percentile_interval(scratch, n, &estimate->low, &estimate->high);
}

static enum ses_status fill_draws(const struct ses_analysis_plan *plan,
                                  size_t channels, const float *rows,
                                  double *omega,
                                  struct ses_block_analysis *out,
                                  struct ses_error *err)
{
    size_t n = plan->draws.draws;
    double *eta = ses_calloc(n, sizeof *eta);
    double *scratch = ses_calloc(n, sizeof *scratch);
    enum ses_status status =
        eta && scratch ? SES_OK : ses_fail_memory(err, "a bootstrap");
    if (!status)
        status = ses_selectivity_draws(&plan->images, &plan->draws, channels,
                                       rows, plan->threads, eta, omega, err);
    if (!status) {
        centre_interval(&out->eta_squared, eta, n, scratch);
        centre_interval(&out->omega_squared, omega, n, scratch);
        out->eta_squared.low = fmax(out->eta_squared.low, 0);
        out->eta_squared.high = fmin(out->eta_squared.high, 1);
    }
    free(eta);
    free(scratch);
    return status;
}

static enum ses_status fill_null(const struct ses_analysis_plan *plan,
                                 size_t channels, const float *rows,
                                 const double *total,
                                 struct ses_block_analysis *out,
                                 struct ses_error *err)
{
    size_t n = plan->shuffles.shuffles, reached = 1;
    double *eta = ses_calloc(n, sizeof *eta);
    enum ses_status status =
        eta ? ses_selectivity_shuffled(&plan->images, &plan->shuffles,
                                       channels, rows, total, plan->threads,
                                       eta, err)
            : ses_fail_memory(err, "shuffled labels");
    if (status || isnan(ses_average(eta, n)))
        goto out;
    for (size_t i = 0; i < n; i++)
        reached += eta[i] >= out->eta_squared.value;
    qsort(eta, n, sizeof *eta, ses_compare_doubles);
    out->null_high = ses_quantile(eta, n, 0.95);
    out->p = (double)reached / (double)(n + 1);
out:
    free(eta);
    return status;
}

static enum ses_status fill_decodability(const struct ses_analysis_plan *plan,
                                         size_t channels, const float *rows,
                                         struct ses_block_analysis *out,
                                         struct ses_error *err)
{
    size_t n = plan->folds.n, nearest, ridge;
    enum ses_status status =
        ses_decode(&plan->images, &plan->folds, channels, rows, plan->threads,
                   &nearest, &ridge, err);
    if (status)
        return status;
    out->decodability.value = (double)nearest / (double)n;
    ses_share_interval(nearest, n, &out->decodability.low,
                       &out->decodability.high);
    out->ridge.value = (double)ridge / (double)n;
    ses_share_interval(ridge, n, &out->ridge.low, &out->ridge.high);
    return SES_OK;
}

struct centring {
    const struct ses_class_images *images;
    size_t channels;
    const double *mean;
    float *rows;
};

static void centre_class(void *user, size_t class, size_t thread)
{
    const struct centring *c = user;
    const size_t *start = c->images->start;
    for (size_t i = start[class]; i < start[class + 1]; i++)
        for (size_t j = 0; j < c->channels; j++)
            c->rows[i * c->channels + j] -= (float)c->mean[j];
}

/* What needs every image. */
static enum ses_status fill_from_rows(const struct ses_analysis_plan *plan,
                                      size_t channels, float *rows,
                                      const struct channel_sums *sums,
                                      double *omega_draws,
                                      struct ses_block_analysis *out,
                                      struct ses_error *err)
{
    enum ses_status status = SES_OK;
    struct centring centring = { &plan->images, channels, sums->mean, rows };
    ses_parallel(plan->threads, plan->images.n_classes, centre_class,
                 &centring);
    if (plan->draws.draws)
        status = fill_draws(plan, channels, rows, omega_draws, out, err);
    if (!status && plan->shuffles.shuffles)
        status = fill_null(plan, channels, rows, sums->total, out, err);
    if (!status && plan->folds.n_classes > 1)
        status = fill_decodability(plan, channels, rows, out, err);
    return status;
}

static void begin(struct ses_block_analysis *out)
{
    struct ses_estimate none = { NAN, NAN, NAN };
    out->eta_squared = out->omega_squared = none;
    out->decodability = out->ridge = none;
    out->null_high = out->p = NAN;
    out->above_99 = out->below_01 = out->from_one = out->entropy = NAN;
}

enum ses_status ses_block_analyse(const struct ses_analysis_plan *plan,
                                  float *rows, double *omega_draws,
                                  struct ses_block_analysis *out,
                                  struct ses_error *err)
{
    size_t channels = (size_t)plan->run->blocks[out->block].channels;
    struct ses_class_moments moments = { 0 };
    struct ses_gate_sums gates;
    struct channel_sums sums = { 0 };
    double *sorted = ses_calloc(channels, sizeof *sorted);
    begin(out);
    for (size_t i = 0; i < plan->draws.draws; i++)
        omega_draws[i] = NAN;
    out->channel_eta = ses_calloc(channels, sizeof *out->channel_eta);
    enum ses_status status = sorted && out->channel_eta
                                 ? sums_init(channels, &sums, err)
                                 : ses_fail_memory(err, "channels");
    if (!status)
        status = rows ? ses_class_moments_of_rows(&plan->images, channels,
                                                  rows, plan->threads,
                                                  &moments, &gates, err)
                      : ses_class_moments_of_summary(&plan->images, plan->run,
                                                     out->block, &moments,
                                                     err);
    if (status)
        goto out;
    ses_class_moments_total(&moments, sums.mean, sums.between, sums.within);
    for (size_t c = 0; c < channels; c++)
        sums.total[c] = sums.between[c] + sums.within[c];
    fill_selectivity(&moments, &sums, sorted, out);
    fill_spread(&moments, &sums, out);
    out->chance = plan->folds.n_classes ? plan->folds.chance : NAN;
    if (rows)
        fill_sums(&gates, out);
    status = fill_health(&moments, out, err);
    if (!status)
        status = ses_class_distances(&moments, plan->threads, &out->distance,
                                     &out->correlation, err);
    if (isnan(out->sd)) /* gates that are no numbers */
        out->null = NAN;
    else if (!status && rows)
        status = fill_from_rows(plan, channels, rows, &sums, omega_draws, out,
                                err);
out:
    ses_class_moments_release(&moments);
    sums_release(&sums);
    free(sorted);
    return status;
}
