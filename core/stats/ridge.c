/* Ridge regression (Hoerl and Kennard, 1970) in cross-validation. The squares
 * of every fold are summed once; those that a read-out learns from are the sum
 * of the other folds'. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/parallel.h"
#include "core/engine/gemm.h"
#include "core/stats/read-out.h"

enum {
    TILE = 256, /* channels either way of a task */
    ROWS = 1024 /* images at a time */
};

struct gram {
    const struct ses_folds *folds;
    size_t channels, tiles;
    const float *rows;
    double **left, **right; /* [threads]: [ROWS][TILE] */
    double *squares; /* [SES_FOLDS][channels][channels], the lower half */
};

static size_t tile_width(const struct gram *gram, size_t tile)
{
    size_t width = gram->channels - tile * TILE;
    return width < TILE ? width : TILE;
}

static void gather(const struct gram *gram, const size_t *row, size_t n,
                   size_t tile, double *out)
{
    size_t width = tile_width(gram, tile);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < width; c++)
            out[i * TILE + c] =
                gram->rows[row[i] * gram->channels + tile * TILE + c];
}

static void take_tile(void *user, size_t task, size_t thread)
{
    const struct gram *gram = user;
    size_t fold = task % SES_FOLDS, pair = task / SES_FOLDS, below = 0;
    size_t channels = gram->channels;
    while (pair > below)
        pair -= ++below; /* row `below`, column `pair` of the lower half */
    double *out = gram->squares + fold * channels * channels +
                  below * TILE * channels + pair * TILE;
    double *left = gram->left[thread], *right = gram->right[thread];
    size_t total = gram->folds->size[fold];
    for (size_t first = 0; first < total; first += ROWS) {
        size_t n = total - first < ROWS ? total - first : ROWS;
        const size_t *row = gram->folds->row[fold] + first;
        gather(gram, row, n, below, left);
        if (pair != below)
            gather(gram, row, n, pair, right);
        ses_multiply_columns_double(tile_width(gram, below),
                                    tile_width(gram, pair), n, left, TILE,
                                    pair == below ? left : right, TILE,
                                    first > 0, out, channels);
    }
}

static enum ses_status sum_squares(struct gram *gram, size_t threads,
                                   struct ses_error *err)
{
    gram->left = ses_calloc(threads, sizeof *gram->left);
    gram->right = ses_calloc(threads, sizeof *gram->right);
    bool ok = gram->left && gram->right;
    for (size_t t = 0; ok && t < threads; t++) {
        gram->left[t] = ses_calloc(ROWS * TILE, sizeof(double));
        gram->right[t] = ses_calloc(ROWS * TILE, sizeof(double));
        ok = gram->left[t] && gram->right[t];
    }
    if (ok)
        ses_parallel(threads, SES_FOLDS * gram->tiles * (gram->tiles + 1) / 2,
                     take_tile, gram);
    for (size_t t = 0; t < threads; t++) {
        if (gram->left)
            free(gram->left[t]);
        if (gram->right)
            free(gram->right[t]);
    }
    free(gram->left);
    free(gram->right);
    return ok ? SES_OK : ses_fail_memory(err, "a ridge read-out");
}

struct fit {
    const struct ses_class_images *images;
    const struct ses_folds *folds;
    size_t channels;
    const double *squares, *sums;
    double **a, **b; /* [threads]: [channels][channels], [.][n_classes] */
    double **mean;   /* [threads]: [channels] */
    struct ses_read_out *out;
};

/* Normal equations of what is not in a fold, around its mean; returns its
 * number of images. */
static double assemble(const struct fit *fit, size_t fold, double *a,
                       double *b, double *mean)
{
    size_t channels = fit->channels, n_classes = fit->images->n_classes;
    double n = (double)(fit->folds->n - fit->folds->size[fold]), trace = 0;
    memset(a, 0, channels * channels * sizeof *a);
    memset(b, 0, channels * n_classes * sizeof *b);
    memset(mean, 0, channels * sizeof *mean);
    for (size_t f = 0; f < SES_FOLDS; f++) {
        if (f == fold)
            continue;
        const double *squares = fit->squares + f * channels * channels;
        const double *sums = fit->sums + f * n_classes * channels;
        for (size_t i = 0; i < channels; i++)
            for (size_t j = 0; j <= i; j++)
                a[i * channels + j] += squares[i * channels + j];
        for (size_t k = 0; k < n_classes; k++)
            for (size_t c = 0; c < channels; c++) {
                b[c * n_classes + k] += sums[k * channels + c];
                mean[c] += sums[k * channels + c] / n;
            }
    }
    for (size_t k = 0; k < n_classes; k++) {
        double size = ses_learnt_from(fit->images, fit->folds, k, fold);
        for (size_t c = 0; c < channels; c++)
            b[c * n_classes + k] -= size * mean[c];
    }
    for (size_t i = 0; i < channels; i++) {
        for (size_t j = 0; j <= i; j++)
            a[i * channels + j] -= n * mean[i] * mean[j];
        trace += a[i * channels + i];
    }
    for (size_t i = 0; i < channels; i++)
        a[i * channels + i] += trace / n;
    return n;
}

static void take_fold(void *user, size_t fold, size_t thread)
{
    const struct fit *fit = user;
    size_t channels = fit->channels, n_classes = fit->images->n_classes;
    double *a = fit->a[thread], *b = fit->b[thread];
    double *mean = fit->mean[thread];
    struct ses_read_out *out = &fit->out[fold];
    double n = assemble(fit, fold, a, b, mean);
    /* Without any variance there is nothing to read: shares alone decide. */
    if (!ses_solve_symmetric(channels, n_classes, a, b))
        memset(b, 0, channels * n_classes * sizeof *b);
    for (size_t k = 0; k < n_classes; k++) {
        double size = ses_learnt_from(fit->images, fit->folds, k, fold);
        double offset = size / n;
        for (size_t c = 0; c < channels; c++) {
            double weight = b[c * n_classes + k];
            out->weight[k * channels + c] = weight;
            offset -= mean[c] * weight;
        }
        out->offset[k] = size > 0 ? offset : -INFINITY;
    }
}

enum ses_status ses_ridge_fit(const struct ses_class_images *images,
                              const struct ses_folds *folds, size_t channels,
                              const float *rows, const double *sums,
                              size_t threads, struct ses_read_out *out,
                              struct ses_error *err)
{
    size_t cells = 0;
    struct gram gram = { .folds = folds, .channels = channels, .rows = rows,
                         .tiles = (channels + TILE - 1) / TILE };
    struct fit fit = { .images = images, .folds = folds, .channels = channels,
                       .sums = sums, .out = out };
    if (threads > SES_FOLDS)
        threads = SES_FOLDS;
    if (ses_multiply(channels, channels, &cells) && cells < (size_t)-1 / 8)
        gram.squares = ses_calloc(cells * SES_FOLDS, sizeof(double));
    fit.a = ses_calloc(threads, sizeof *fit.a);
    fit.b = ses_calloc(threads, sizeof *fit.b);
    fit.mean = ses_calloc(threads, sizeof *fit.mean);
    bool ok = gram.squares && fit.a && fit.b && fit.mean;
    for (size_t t = 0; ok && t < threads; t++) {
        fit.a[t] = ses_calloc(cells, sizeof(double));
        fit.b[t] = ses_calloc(channels * images->n_classes, sizeof(double));
        fit.mean[t] = ses_calloc(channels, sizeof(double));
        ok = fit.a[t] && fit.b[t] && fit.mean[t];
    }
    enum ses_status status = ok ? sum_squares(&gram, threads, err)
                                : ses_fail_memory(err, "a ridge read-out");
    fit.squares = gram.squares;
    if (!status)
        ses_parallel(threads, SES_FOLDS, take_fold, &fit);
    for (size_t t = 0; t < threads; t++) {
        if (fit.a)
            free(fit.a[t]);
        if (fit.b)
            free(fit.b[t]);
        if (fit.mean)
            free(fit.mean[t]);
    }
    free(fit.a);
    free(fit.b);
    free(fit.mean);
    free(gram.squares);
    return status;
}
