/* See gate-health.h. */
#include "core/stats/gate-health.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"

/* A live gate moves by more than this between images or channels, even in
 * networks whose gates move little; a dead one by far less. */
static const double STILL = 0.01, NEAR_HALF = 0.05;

void ses_gate_health_moments(size_t n_classes, size_t channels,
                             const uint64_t *count, const float *mean,
                             const float *std, struct ses_gate_health *out)
{
    double images = 0, sum = 0, squares = 0, between = 0;
    for (size_t k = 0; k < n_classes; k++)
        images += (double)count[k];
    for (size_t c = 0; c < channels; c++) {
        double channel = 0;
        for (size_t k = 0; k < n_classes; k++)
            if (count[k])
                channel += (double)count[k] * mean[k * channels + c];
        sum += channel;
        channel /= images;
        for (size_t k = 0; k < n_classes; k++) {
            if (!count[k])
                continue;
            double m = mean[k * channels + c] - channel;
            between += (double)count[k] * m * m;
        }
    }
    double total = images * (double)channels;
    *out = (struct ses_gate_health){
        .mean = sum / total,
        .between = sqrt(between / total),
        .below = NAN,
        .above = NAN,
    };
    for (size_t k = 0; k < n_classes; k++) {
        for (size_t c = 0; count[k] && c < channels; c++) {
            double s = std[k * channels + c];
            double m = mean[k * channels + c] - out->mean;
            squares += (double)(count[k] - 1) * s * s +
                       (double)count[k] * m * m;
        }
    }
    out->sd = sqrt(squares / total);
    out->dead = fabs(out->mean - 0.5) < NEAR_HALF && out->sd < STILL;
}

/* Shares of the gates of done images, by rows of about a megabyte. */
static enum ses_status read_shares(const struct ses_run_file *run,
                                   size_t block, struct ses_gate_health *out,
                                   struct ses_error *err)
{
    size_t channels = (size_t)run->blocks[block].channels;
    size_t step = ((size_t)1 << 18) / channels + 1;
    float *rows = ses_calloc_floats(step * channels);
    if (!rows)
        return ses_fail_memory(err, "excitations");
    size_t below = 0, above = 0, total = 0;
    for (size_t first = 0; first < run->n_images; first += step) {
        size_t n = run->n_images - first;
        if (n > step)
            n = step;
        if (ses_run_excitation(run, block, first, n, rows, err)) {
            free(rows);
            return err->status;
        }
        for (size_t i = 0; i < n; i++) {
            if (run->image_status[first + i] != SES_IMAGE_DONE)
                continue;
            total += channels;
            for (size_t c = 0; c < channels; c++) {
                float gate = rows[i * channels + c];
                below += gate < 0.01f;
                above += gate > 0.99f;
            }
        }
    }
    free(rows);
    out->below = (double)below / (double)total;
    out->above = (double)above / (double)total;
    return SES_OK;
}

enum ses_status ses_gate_health(const struct ses_run_file *run, size_t block,
                                struct ses_gate_health *out,
                                struct ses_error *err)
{
    size_t k = run->n_classes;
    size_t channels = (size_t)run->blocks[block].channels;
    size_t cells;
    uint64_t *count = ses_calloc(k, sizeof *count);
    float *moments = NULL;
    if (ses_multiply(k, channels, &cells) && cells <= (size_t)-1 / 4)
        moments = ses_calloc_floats(4 * cells);
    enum ses_status status = SES_OK;
    if (!count || !moments) {
        status = ses_fail_memory(err, "class means");
        goto out;
    }
    status = ses_run_moments(run, block, count, moments, moments + cells,
                             moments + 2 * cells, moments + 3 * cells, err);
    if (status)
        goto out;
    ses_gate_health_moments(k, channels, count, moments, moments + cells, out);
    if (run->blocks[block].rows)
        status = read_shares(run, block, out, err);
out:
    free(count);
    free(moments);
    return status;
}
