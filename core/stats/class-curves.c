/* See class-curves.h. */
#include "core/stats/class-curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
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

/* The chosen channels of the images of one class, packed into rows. */
struct packing {
    const struct ses_run_file *run;
    size_t class, n_channels, n; /* n: rows so far */
    const int *channels;
    float *rows;
};

static bool is_of_class(const void *user, size_t image)
{
    const struct packing *packing = user;
    return packing->run->image_classes[image] == (int32_t)packing->class;
}

static void pack_row(void *user, size_t image, const float *row)
{
    struct packing *packing = user;
    float *to = packing->rows + packing->n++ * packing->n_channels;
    for (size_t c = 0; c < packing->n_channels; c++)
        to[c] = row[packing->channels[c]];
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
    enum ses_status status = SES_OK;
    size_t *images = ses_calloc(run->n_classes, sizeof *images);
    float *rows = NULL;
    for (size_t i = 0; images && i < run->n_images; i++)
        most = ses_most(most, ++images[run->image_classes[i]]);
    if (ses_multiply(most, n, &cells))
        rows = ses_calloc_floats(cells);
    if (!images || !rows) {
        status = ses_fail_memory(err, "excitations");
        goto out;
    }
    for (size_t i = 0; !status && i < out->n_classes; i++) {
        double *low = out->low + i * n, *high = out->high + i * n;
        struct packing packing = { .run = run,
                                   .class = classes[i],
                                   .n_channels = n,
                                   .channels = channels,
                                   .rows = rows };
        const struct ses_row_visit visit = { is_of_class, pack_row, &packing };
        status = ses_visit_rows(run, block, &visit, err);
        size_t count = packing.n;
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
