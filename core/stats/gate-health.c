/* See gate-health.h. */
#include "core/stats/gate-health.h"

#include <math.h>

#include "core/stats/block-read.h"

/* Of the networks looked at, a trained gate that is alive moves by .02 and
 * more between images; one that decayed by .0003 at most, and one of random
 * weights by .001, its channels within .04 of a half. */
static const double STILL = 0.002, NEAR_HALF = 0.05;

static double mean_of_channel(size_t n_classes, size_t channels,
                              const uint64_t *count, const float *mean,
                              size_t channel)
{
    double sum = 0, images = 0;
    for (size_t k = 0; k < n_classes; k++) {
        if (!count[k])
            continue;
        sum += (double)count[k] * mean[k * channels + channel];
        images += (double)count[k];
    }
    return sum / images;
}

/* Squares of one channel's images around its mean, split at the classes. */
static void add_squares(size_t n_classes, size_t channels,
                        const uint64_t *count, const float *mean,
                        const float *std, size_t channel, double centre,
                        double *within, double *between)
{
    for (size_t k = 0; k < n_classes; k++) {
        if (!count[k])
            continue;
        double s = std[k * channels + channel];
        double m = mean[k * channels + channel] - centre;
        *within += (double)(count[k] - 1) * s * s;
        *between += (double)count[k] * m * m;
    }
}

void ses_gate_health_moments(size_t n_classes, size_t channels,
                             const uint64_t *count, const float *mean,
                             const float *std, struct ses_gate_health *out)
{
    double images = 0, sum = 0, squares = 0, within = 0, between = 0;
    size_t present = 0;
    for (size_t k = 0; k < n_classes; k++) {
        images += (double)count[k];
        present += count[k] > 0;
    }
    for (size_t c = 0; c < channels; c++) {
        double centre = mean_of_channel(n_classes, channels, count, mean, c);
        sum += centre;
        squares += centre * centre;
        add_squares(n_classes, channels, count, mean, std, c, centre, &within,
                    &between);
    }
    double n = (double)channels, total = images * n;
    double overall = sum / n;
    double spread = squares / n - overall * overall; /* of channel means */
    *out = (struct ses_gate_health){
        .mean = overall,
        .sd = sqrt((within + between) / total + fmax(spread, 0)),
        .moves = images > 1 ? sqrt((within + between) / total) : NAN,
        .between = present > 1 ? sqrt(between / total) : NAN,
        .below = NAN,
        .above = NAN,
    };
    /* One image cannot show whether a gate moves. */
    double still = images > 1 ? out->moves : out->sd;
    out->dead = fabs(overall - 0.5) < NEAR_HALF && out->sd < NEAR_HALF &&
                still < STILL;
}

struct shares {
    size_t channels, below, above, total;
};

static void add_row(void *user, size_t image, const float *row)
{
    struct shares *shares = user;
    shares->total += shares->channels;
    for (size_t c = 0; c < shares->channels; c++) {
        shares->below += row[c] < 0.01f;
        shares->above += row[c] > 0.99f;
    }
}

/* Shares of the gates of done images. */
static enum ses_status read_shares(const struct ses_run_file *run,
                                   size_t block, struct ses_gate_health *out,
                                   struct ses_error *err)
{
    struct shares shares = { .channels = (size_t)run->blocks[block].channels };
    const struct ses_row_visit rows = { .visit = add_row, .user = &shares };
    if (ses_visit_rows(run, block, &rows, err))
        return err->status;
    out->below = (double)shares.below / (double)shares.total;
    out->above = (double)shares.above / (double)shares.total;
    return SES_OK;
}

enum ses_status ses_gate_health(const struct ses_run_file *run, size_t block,
                                struct ses_gate_health *out,
                                struct ses_error *err)
{
    struct ses_block_moments moments;
    enum ses_status status = ses_block_moments_read(run, block, &moments, err);
    if (!status) {
        ses_gate_health_moments(run->n_classes,
                                (size_t)run->blocks[block].channels,
                                moments.count, moments.mean, moments.std, out);
        if (run->blocks[block].rows)
            status = read_shares(run, block, out, err);
    }
    ses_block_moments_release(&moments);
    return status;
}
