/* See gate-histogram.h. */
#include "core/stats/gate-histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/stats/block-read.h"

static const size_t NONE = (size_t)-1;

enum ses_status ses_gate_range(const struct ses_run_file *run, size_t block,
                               const size_t *classes, size_t n_classes,
                               double *low, double *high,
                               struct ses_error *err)
{
    size_t channels = (size_t)run->blocks[block].channels, cells = 0;
    float *least = NULL, *most = NULL;
    if (ses_multiply(run->n_classes, channels, &cells)) {
        least = ses_calloc_floats(cells);
        most = ses_calloc_floats(cells);
    }
    enum ses_status status =
        least && most ? ses_run_moments(run, block, NULL, NULL, NULL, least,
                                        most, err)
                      : ses_fail_memory(err, "ranges");
    for (size_t k = 0; !status && k < n_classes; k++)
        for (size_t c = 0; c < channels; c++) {
            size_t at = classes[k] * channels + c;
            if (isfinite(least[at]) && isfinite(most[at])) {
                *low = fmin(*low, least[at]);
                *high = fmax(*high, most[at]);
            }
        }
    free(least);
    free(most);
    return status;
}

void ses_gate_histogram_release(struct ses_gate_histogram *histogram)
{
    free(histogram->counts);
    free(histogram->total);
    free(histogram->below);
    free(histogram->above);
    free(histogram->sum);
    memset(histogram, 0, sizeof *histogram);
}

/* edges: [bins + 1]. The quotient may round to a neighbour; they decide. */
static size_t bin_of(const struct ses_gate_histogram *h, const double *edges,
                     double per_bin, double gate)
{
    double part = (gate - h->low) * per_bin;
    size_t last = h->bins - 1;
    size_t bin = !(part > 0) ? 0 : part < (double)last ? (size_t)part : last;
    if (bin > 0 && gate < edges[bin])
        bin--;
    if (bin < last && gate >= edges[bin + 1])
        bin++;
    return bin;
}

static void count_row(struct ses_gate_histogram *h, const double *edges,
                      size_t class, const float *row, size_t channels)
{
    uint64_t *counts = h->counts + class * h->bins;
    double per_bin = (double)h->bins / (h->high - h->low);
    for (size_t c = 0; c < channels; c++) {
        if (!isfinite(row[c]))
            continue;
        counts[bin_of(h, edges, per_bin, row[c])]++;
        h->total[class]++;
        h->below[class] += row[c] < 0.01f;
        h->above[class] += row[c] > 0.99f;
        h->sum[class] += row[c];
    }
}

/* index: [run->n_classes] place of a class in the histogram, or NONE. */
static enum ses_status count_rows(const struct ses_run_file *run, size_t block,
                                  const size_t *index,
                                  struct ses_gate_histogram *out,
                                  struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t channels = (size_t)run->blocks[block].channels;
    size_t step = ses_rows_at_a_time(channels);
    float *rows = ses_calloc_floats(step * channels);
    double *edges = ses_calloc(out->bins + 1, sizeof *edges);
    if (!rows || !edges)
        status = ses_fail_memory(err, "excitations");
    double width = (out->high - out->low) / (double)out->bins;
    for (size_t b = 0; !status && b <= out->bins; b++)
        edges[b] = out->low + (double)b * width;
    for (size_t first = 0; !status && first < run->n_images; first += step) {
        size_t n = run->n_images - first;
        if (n > step)
            n = step;
        status = ses_run_excitation(run, block, first, n, rows, err);
        for (size_t i = 0; !status && i < n; i++) {
            size_t class = index[run->image_classes[first + i]];
            if (class != NONE &&
                run->image_status[first + i] == SES_IMAGE_DONE)
                count_row(out, edges, class, rows + i * channels, channels);
        }
    }
    free(rows);
    free(edges);
    return status;
}

enum ses_status ses_gate_histogram_init(const struct ses_run_file *run,
                                        size_t block, const size_t *classes,
                                        size_t n_classes, size_t bins,
                                        double low, double high,
                                        struct ses_gate_histogram *out,
                                        struct ses_error *err)
{
    *out = (struct ses_gate_histogram){ .n_classes = n_classes, .bins = bins,
                                        .low = low, .high = high };
    if (!run->blocks[block].rows)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' holds summaries only, and shares of gates need "
                        "every image's excitations",
                        run->path);
    size_t cells;
    size_t *index = ses_calloc(run->n_classes, sizeof *index);
    if (ses_multiply(n_classes, bins, &cells))
        out->counts = ses_calloc(cells, sizeof *out->counts);
    out->total = ses_calloc(n_classes, sizeof *out->total);
    out->below = ses_calloc(n_classes, sizeof *out->below);
    out->above = ses_calloc(n_classes, sizeof *out->above);
    out->sum = ses_calloc(n_classes, sizeof *out->sum);
    enum ses_status status = SES_OK;
    if (!index || !out->counts || !out->total || !out->below || !out->above ||
        !out->sum) {
        status = ses_fail_memory(err, "histograms");
        goto out;
    }
    for (size_t k = 0; k < run->n_classes; k++)
        index[k] = NONE;
    for (size_t k = 0; k < n_classes; k++)
        index[classes[k]] = k;
    status = count_rows(run, block, index, out, err);
out:
    free(index);
    return status;
}
