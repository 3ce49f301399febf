/* Ridge regression (Hoerl and Kennard, 1970) in cross-validation. The squares
 * of every fold are summed once; those that a read-out learns from are the sum
 * of the other folds'. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/base/parallel.h"
#include "core/engine/matrix.h"
#include "core/stats/read-out.h"

enum {
    TILE = 256, /* channels either way of a task */
    ROWS = 1024 /* images at a time */
};

struct gram {
    const struct ses_folds *folds;
    size_t channels, tiles;
    const float *rows;
    bool fast; /* products in float32, a few rows at a time */
    struct room *rooms; /* [threads] */
    double *squares; /* [SES_FOLDS][channels][channels], the lower half */
};

/* Half the time for blocks that take seconds; squares are then right to 1e-7
 * of the variances. */
static const double MOST_EXACT = 4e10;

/* What a thread works in: two tiles of rows, and of the fast way the product
 * of two tiles. */
struct room {
    double *left, *right;                        /* [ROWS][TILE] */
    float *left_float, *right_float, *product; /* [ROWS][TILE] */
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

static void gather_floats(const struct gram *gram, const size_t *row, size_t n,
                          size_t tile, float *out)
{
    for (size_t i = 0; i < n; i++)
        memcpy(out + i * TILE,
               gram->rows + row[i] * gram->channels + tile * TILE,
               tile_width(gram, tile) * sizeof *out);
}

/* Add the products of tiles `a` and `b` over n rows to out. */
static void add_products(const struct gram *gram, const size_t *row, size_t n,
                         size_t a, size_t b, bool add, struct room *room,
                         double *out)
{
    gather(gram, row, n, a, room->left);
    if (a != b)
        gather(gram, row, n, b, room->right);
    ses_multiply_columns_double(tile_width(gram, a), tile_width(gram, b), n,
                                room->left, TILE,
                                a == b ? room->left : room->right, TILE, add,
                                out, gram->channels);
}

static void add_products_fast(const struct gram *gram, const size_t *row,
                              size_t n, size_t a, size_t b, struct room *room,
                              double *out)
{
    size_t width = tile_width(gram, b);
    gather_floats(gram, row, n, a, room->left_float);
    if (a != b)
        gather_floats(gram, row, n, b, room->right_float);
    ses_multiply_columns(tile_width(gram, a), width, n, room->left_float, TILE,
                         a == b ? room->left_float : room->right_float, TILE,
                         false, room->product, TILE);
    for (size_t i = 0; i < tile_width(gram, a); i++)
        for (size_t j = 0; j < width; j++)
            out[i * gram->channels + j] += room->product[i * TILE + j];
}

static void take_tile(void *user, size_t task, size_t thread)
{
    const struct gram *gram = user;
    size_t fold = task % SES_FOLDS, b = task / SES_FOLDS, a = 0;
    size_t channels = gram->channels, total = gram->folds->size[fold];
    while (b > a)
        b -= ++a; /* row a, column b of the lower half */
    double *out = gram->squares + fold * channels * channels +
                  a * TILE * channels + b * TILE;
    for (size_t first = 0; first < total; first += ROWS) {
        size_t n = total - first < ROWS ? total - first : ROWS;
        const size_t *row = gram->folds->row[fold] + first;
        if (gram->fast)
            add_products_fast(gram, row, n, a, b, &gram->rooms[thread], out);
        else
            add_products(gram, row, n, a, b, first > 0, &gram->rooms[thread],
                         out);
    }
}

static bool room_init(struct room *room, bool fast)
{
    if (fast) {
        room->left_float = ses_calloc_floats(ROWS * TILE);
        room->right_float = ses_calloc_floats(ROWS * TILE);
        room->product = ses_calloc_floats(TILE * TILE);
        return room->left_float && room->right_float && room->product;
    }
    room->left = ses_calloc(ROWS * TILE, sizeof(double));
    room->right = ses_calloc(ROWS * TILE, sizeof(double));
    return room->left && room->right;
}

static enum ses_status sum_squares(struct gram *gram, size_t threads,
                                   struct ses_error *err)
{
    gram->rooms = ses_calloc(threads, sizeof *gram->rooms);
    bool ok = gram->rooms;
    for (size_t t = 0; ok && t < threads; t++)
        ok = room_init(&gram->rooms[t], gram->fast);
    if (ok)
        ses_parallel(threads, SES_FOLDS * gram->tiles * (gram->tiles + 1) / 2,
                     take_tile, gram);
    for (size_t t = 0; gram->rooms && t < threads; t++) {
        free(gram->rooms[t].left);
        free(gram->rooms[t].right);
        free(gram->rooms[t].left_float);
        free(gram->rooms[t].right_float);
        free(gram->rooms[t].product);
    }
    free(gram->rooms);
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
                         .tiles = ses_divide_up(channels, TILE),
                         .fast = (double)folds->n * (double)channels *
                                     (double)channels >
                                 MOST_EXACT };
    struct fit fit = { .images = images, .folds = folds, .channels = channels,
                       .sums = sums, .out = out };
    size_t fitting = threads < SES_FOLDS ? threads : SES_FOLDS;
    if (ses_multiply(channels, channels, &cells) && cells < (size_t)-1 / 8)
        gram.squares = ses_calloc(cells * SES_FOLDS, sizeof(double));
    fit.a = ses_calloc(fitting, sizeof *fit.a);
    fit.b = ses_calloc(fitting, sizeof *fit.b);
    fit.mean = ses_calloc(fitting, sizeof *fit.mean);
    bool ok = gram.squares && fit.a && fit.b && fit.mean;
    for (size_t t = 0; ok && t < fitting; t++) {
        fit.a[t] = ses_calloc(cells, sizeof(double));
        fit.b[t] = ses_calloc(channels * images->n_classes, sizeof(double));
        fit.mean[t] = ses_calloc(channels, sizeof(double));
        ok = fit.a[t] && fit.b[t] && fit.mean[t];
    }
    enum ses_status status = ok ? sum_squares(&gram, threads, err)
                                : ses_fail_memory(err, "a ridge read-out");
    fit.squares = gram.squares;
    if (!status)
        ses_parallel(fitting, SES_FOLDS, take_fold, &fit);
    for (size_t t = 0; t < fitting; t++) {
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
