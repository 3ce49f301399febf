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

/* What is counted, and where. */
struct counting {
    const struct ses_run_file *run;
    const size_t *index; /* [run->n_classes] place of a class in the
                          * histogram, or NONE */
    const double *edges; /* [bins + 1] */
    size_t channels;
    struct ses_gate_histogram *out;
};

static size_t class_of(const struct counting *counting, size_t image)
{
    return counting->index[counting->run->image_classes[image]];
}

static bool is_counted(const void *user, size_t image)
{
    return class_of(user, image) != NONE;
}

static void count_row(void *user, size_t image, const float *row)
{
    const struct counting *counting = user;
    struct ses_gate_histogram *h = counting->out;
    size_t class = class_of(counting, image);
    uint64_t *counts = h->counts + class * h->bins;
    double per_bin = (double)h->bins / (h->high - h->low);
    for (size_t c = 0; c < counting->channels; c++) {
        if (!isfinite(row[c]))
            continue;
        counts[bin_of(h, counting->edges, per_bin, row[c])]++;
        h->total[class]++;
        h->below[class] += row[c] < 0.01f;
        h->above[class] += row[c] > 0.99f;
        h->sum[class] += row[c];
    }
}

/* index: as in struct counting. */
static enum ses_status count_rows(const struct ses_run_file *run, size_t block,
                                  const size_t *index,
                                  struct ses_gate_histogram *out,
                                  struct ses_error *err)
{
    double width = (out->high - out->low) / (double)out->bins;
    double *edges = ses_calloc(out->bins + 1, sizeof *edges);
    if (!edges)
        return ses_fail_memory(err, "histograms");
    for (size_t b = 0; b <= out->bins; b++)
        edges[b] = out->low + (double)b * width;
    struct counting counting = {
        .run = run,
        .index = index,
        .edges = edges,
        .channels = (size_t)run->blocks[block].channels,
        .out = out,
    };
    const struct ses_row_visit rows = { is_counted, count_row, &counting };
    enum ses_status status = ses_visit_rows(run, block, &rows, err);
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
