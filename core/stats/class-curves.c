/* See class-curves.h. */
#include "core/stats/class-curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/stats/block-read.h"
#include "core/stats/bootstrap.h"

void ses_class_curves_release(struct ses_class_curves *curves)
{
    free(curves->mean);
    free(curves->std);
    free(curves->low);
    free(curves->high);
    free(curves->overall);
    memset(curves, 0, sizeof *curves);
}

/* Lines of the classes drawn, and of the mean over all that have images. */
static enum ses_status fill_means(const struct ses_run_file *run, size_t block,
                                  const size_t *classes, const int *channels,
                                  struct ses_class_curves *out,
                                  struct ses_error *err)
{
    size_t n = out->n_channels, all = (size_t)run->blocks[block].channels;
    struct ses_block_moments moments;
    enum ses_status status = ses_block_moments_read(run, block, &moments, err);
    if (status)
        goto out;
    for (size_t i = 0; i < out->n_classes; i++)
        for (size_t c = 0; c < n; c++) {
            uint64_t images = moments.count[classes[i]];
            size_t at = classes[i] * all + (size_t)channels[c];
            out->mean[i * n + c] = images ? (double)moments.mean[at] : NAN;
            out->std[i * n + c] = images > 1 ? (double)moments.std[at] : NAN;
        }
    for (size_t i = 0; i < run->n_classes; i++) {
        out->overall_classes += moments.count[i] > 0;
        for (size_t c = 0; moments.count[i] && c < n; c++)
            out->overall[c] += moments.mean[i * all + (size_t)channels[c]];
    }
    for (size_t c = 0; c < n; c++)
        out->overall[c] /= (double)out->overall_classes;
out:
    ses_block_moments_release(&moments);
    return status;
}

/* The chosen channels of the done images of one class, packed into rows.
 * buffer: room for step rows of all channels. Returns how many there are in
 * *n. */
static enum ses_status read_class(const struct ses_run_file *run, size_t block,
                                  size_t class, const int *channels,
                                  size_t n_channels, float *buffer,
                                  size_t step, float *rows, size_t *n,
                                  struct ses_error *err)
{
    size_t all = (size_t)run->blocks[block].channels;
    *n = 0;
    for (size_t first = 0; first < run->n_images; first += step) {
        size_t count = run->n_images - first;
        if (count > step)
            count = step;
        /* Sets are sorted by class, so most stretches hold none of it. */
        bool wanted = false;
        for (size_t i = first; i < first + count && !wanted; i++)
            wanted = run->image_classes[i] == (int32_t)class;
        if (!wanted)
            continue;
        if (ses_run_excitation(run, block, first, count, buffer, err))
            return err->status;
        for (size_t i = 0; i < count; i++) {
            if (run->image_classes[first + i] != (int32_t)class ||
                run->image_status[first + i] != SES_IMAGE_DONE)
                continue;
            for (size_t c = 0; c < n_channels; c++)
                rows[*n * n_channels + c] =
                    buffer[i * all + (size_t)channels[c]];
            ++*n;
        }
    }
    return SES_OK;
}

static enum ses_status fill_bands(const struct ses_run_file *run, size_t block,
                                  const size_t *classes, const int *channels,
                                  uint64_t seed, struct ses_class_curves *out,
                                  struct ses_error *err)
{
    if (!run->blocks[block].rows)
        return ses_fail(err, SES_ENOTFOUND,
                        "'%s' holds summaries only, and intervals need every "
                        "image's excitations",
                        run->path);
    size_t n = out->n_channels, most = 0, cells;
    size_t all = (size_t)run->blocks[block].channels;
    size_t step = ses_rows_at_a_time(all);
    enum ses_status status = SES_OK;
    size_t *images = ses_calloc(run->n_classes, sizeof *images);
    float *buffer = ses_calloc_floats(step * all);
    float *rows = NULL;
    for (size_t i = 0; images && i < run->n_images; i++) {
        size_t now = ++images[run->image_classes[i]];
        most = now > most ? now : most;
    }
    if (ses_multiply(most, n, &cells))
        rows = ses_calloc_floats(cells);
    if (!images || !buffer || !rows) {
        status = ses_fail_memory(err, "excitations");
        goto out;
    }
    for (size_t i = 0; !status && i < out->n_classes; i++) {
        double *low = out->low + i * n, *high = out->high + i * n;
        size_t count = 0;
        status = read_class(run, block, classes[i], channels, n, buffer, step,
                            rows, &count, err);
        /* Seeded by class: a class has the same band whatever is drawn
         * beside it. */
        if (!status && count > 1)
            status = ses_bootstrap_mean(rows, count, n, seed + classes[i], low,
                                        high, err);
        for (size_t c = 0; count < 2 && c < n; c++)
            low[c] = high[c] = NAN;
    }
out:
    free(images);
    free(buffer);
    free(rows);
    return status;
}

enum ses_status ses_class_curves_init(
    const struct ses_run_file *run, size_t block, const size_t *classes,
    size_t n_classes, const int *channels, size_t n_channels, bool bands,
    uint64_t seed, struct ses_class_curves *out, struct ses_error *err)
{
    *out = (struct ses_class_curves){ .n_classes = n_classes,
                                      .n_channels = n_channels };
    size_t cells;
    bool fits = ses_multiply(n_classes, n_channels, &cells);
    out->mean = fits ? ses_calloc(cells, sizeof(double)) : NULL;
    out->std = fits ? ses_calloc(cells, sizeof(double)) : NULL;
    out->overall = ses_calloc(n_channels, sizeof(double));
    if (fits && bands) {
        out->low = ses_calloc(cells, sizeof(double));
        out->high = ses_calloc(cells, sizeof(double));
    }
    if (!out->mean || !out->std || !out->overall ||
        (bands && (!out->low || !out->high)))
        return ses_fail_memory(err, "class means");
    enum ses_status status =
        fill_means(run, block, classes, channels, out, err);
    if (!status && bands)
        status = fill_bands(run, block, classes, channels, seed, out, err);
    return status;
}
