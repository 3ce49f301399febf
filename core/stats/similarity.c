/* See similarity.h. */
#include "core/stats/similarity.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/parallel.h"
#include "core/engine/gemm.h"
#include "core/engine/matrix.h"
#include "core/stats/class-moments.h"
#include "core/stats/gate-products.h"
#include "core/stats/ranks.h"

/* Class means from the rows where there are any: gates that hardly move have
 * class means that are apart by less than the summary's float32 tells. */
static enum ses_status read_moments(const struct ses_run_file *run,
                                    size_t block,
                                    const struct ses_class_images *images,
                                    struct ses_class_moments *out,
                                    struct ses_error *err)
{
    size_t channels = (size_t)run->blocks[block].channels, cells;
    struct ses_gate_sums sums;
    float *rows = NULL;
    if (!run->blocks[block].rows)
        return ses_class_moments_of_summary(images, run, block, out, err);
    if (ses_multiply(images->n, channels, &cells))
        rows = ses_calloc_floats(cells);
    if (!rows)
        return ses_fail_memory(err, "excitations");
    enum ses_status status = ses_class_rows(images, run, block, rows, err);
    if (!status)
        status = ses_class_moments_of_rows(images, channels, rows,
                                           ses_threads(0), out, &sums, err);
    free(rows);
    return status;
}

/* A vector less its mean and of length one, so that products are
 * correlations; zeros and false when it does not vary or is not known. */
static bool standardise(const double *x, size_t n, double *out)
{
    double mean = 0, squares = 0;
    for (size_t c = 0; c < n; c++)
        mean += x[c] / (double)n;
    for (size_t c = 0; c < n; c++) {
        out[c] = x[c] - mean;
        squares += out[c] * out[c];
    }
    /* What rounding leaves of equal channels is no variance. */
    bool varies = squares > 1e-28 * mean * mean * (double)n;
    for (size_t c = 0; c < n; c++)
        out[c] = varies ? out[c] / sqrt(squares) : 0;
    return varies;
}

enum ses_status ses_class_dissimilarity(const struct ses_run_file *run,
                                        size_t block, const size_t *classes,
                                        size_t n_classes, double *out,
                                        struct ses_error *err)
{
    size_t channels = (size_t)run->blocks[block].channels, cells;
    struct ses_class_images images;
    struct ses_class_moments moments = { 0 };
    double *unit = NULL; /* a row a class */
    bool *known = ses_calloc(n_classes, sizeof *known);
    enum ses_status status =
        ses_class_images_init(run, classes, n_classes, &images, err);
    if (!status)
        status = read_moments(run, block, &images, &moments, err);
    if (status)
        goto out;
    if (ses_multiply(n_classes, channels, &cells))
        unit = ses_calloc(cells, sizeof *unit);
    if (!unit || !known) {
        status = ses_fail_memory(err, "class means");
        goto out;
    }
    for (size_t i = 0; i < n_classes; i++)
        for (size_t k = 0; k < images.n_classes; k++)
            if (images.classes[k] == classes[i])
                known[i] = standardise(moments.mean + k * channels, channels,
                                       unit + i * channels);
    ses_gemm_setup();
    ses_multiply_rows_double(n_classes, n_classes, channels, unit, channels,
                             unit, channels, out, n_classes);
    for (size_t i = 0; i < n_classes; i++) {
        for (size_t j = 0; j < i; j++)
            out[i * n_classes + j] = out[j * n_classes + i] =
                known[i] && known[j] ? 1 - out[i * n_classes + j] : NAN;
        out[i * n_classes + i] = 0;
    }
out:
    ses_class_images_release(&images);
    ses_class_moments_release(&moments);
    free(unit);
    free(known);
    return status;
}

/* Classes that have images. */
static size_t keep_present(const struct ses_run_file *run,
                           const size_t *classes, size_t n_classes,
                           size_t *out)
{
    size_t n = 0;
    for (size_t k = 0; k < n_classes; k++) {
        bool present = false;
        for (size_t i = 0; i < run->n_images && !present; i++)
            present = (size_t)run->image_classes[i] == classes[k] &&
                      run->image_status[i] == SES_IMAGE_DONE;
        if (present)
            out[n++] = classes[k];
    }
    return n;
}

/* Ranks of the upper triangle of a block's dissimilarities, all NaN when one
 * is. */
static enum ses_status rank_pairs(const struct ses_run_file *run, size_t block,
                                  const size_t *classes, size_t n,
                                  double *square, double *ranks,
                                  struct ses_error *err)
{
    size_t pairs = 0;
    bool known = true;
    if (ses_class_dissimilarity(run, block, classes, n, square, err))
        return err->status;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            square[pairs++] = square[i * n + j];
            known = known && !isnan(square[pairs - 1]);
        }
    if (known)
        return ses_ranks(square, pairs, ranks, err);
    for (size_t i = 0; i < pairs; i++)
        ranks[i] = NAN;
    return SES_OK;
}

static enum ses_status fill_rsa(const struct ses_run_file *run,
                                const size_t *blocks, size_t n_blocks,
                                const size_t *classes, size_t n_classes,
                                double *rsa, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t *present = ses_calloc(n_classes, sizeof *present);
    double *square = NULL, *ranks = NULL;
    size_t n = 0, pairs = 0, cells;
    if (present)
        n = keep_present(run, classes, n_classes, present);
    pairs = n * (n - (n > 0)) / 2;
    if (present && ses_multiply(n, n, &cells))
        square = ses_calloc(cells, sizeof *square);
    if (ses_multiply(pairs, n_blocks, &cells))
        ranks = ses_calloc(cells, sizeof *ranks);
    if (!present || !square || !ranks) {
        status = ses_fail_memory(err, "dissimilarities");
        goto out;
    }
    for (size_t b = 0; b < n_blocks && !status; b++)
        status = rank_pairs(run, blocks[b], present, n, square,
                            ranks + b * pairs, err);
    for (size_t a = 0; a < n_blocks && !status; a++)
        for (size_t b = 0; b <= a; b++) {
            double r = pairs < 2 ? NAN
                                 : ses_correlation(ranks + a * pairs,
                                                   ranks + b * pairs, pairs);
            rsa[a * n_blocks + b] = rsa[b * n_blocks + a] =
                a == b && !isnan(r) ? 1 : r;
        }
out:
    free(present);
    free(square);
    free(ranks);
    return status;
}

static enum ses_status fill_cka(const struct ses_run_file *run,
                                const size_t *blocks, size_t n_blocks,
                                const size_t *classes, size_t n_classes,
                                double *cka, size_t *n_images,
                                struct ses_error *err)
{
    *n_images = 0;
    for (size_t b = 0; b < n_blocks; b++)
        if (!run->blocks[blocks[b]].rows) {
            for (size_t i = 0; i < n_blocks * n_blocks; i++)
                cka[i] = NAN;
            return SES_OK;
        }
    if (ses_gate_products(run, blocks, n_blocks, classes, n_classes, cka,
                          n_images, err))
        return err->status;
    for (size_t a = 0; a < n_blocks; a++)
        for (size_t b = 0; b < a; b++) {
            double lengths = sqrt(cka[a * n_blocks + a] *
                                  cka[b * n_blocks + b]);
            cka[a * n_blocks + b] = cka[b * n_blocks + a] =
                lengths > 0 ? cka[a * n_blocks + b] / lengths : NAN;
        }
    for (size_t a = 0; a < n_blocks; a++)
        cka[a * n_blocks + a] = cka[a * n_blocks + a] > 0 ? 1 : NAN;
    return SES_OK;
}

enum ses_status ses_block_similarity(const struct ses_run_file *run,
                                     const size_t *blocks, size_t n_blocks,
                                     const size_t *classes, size_t n_classes,
                                     double *rsa, double *cka,
                                     size_t *cka_images, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t n_images = 0;
    if (rsa)
        status = fill_rsa(run, blocks, n_blocks, classes, n_classes, rsa, err);
    if (cka && !status)
        status = fill_cka(run, blocks, n_blocks, classes, n_classes, cka,
                          &n_images, err);
    if (cka_images)
        *cka_images = n_images;
    return status;
}
