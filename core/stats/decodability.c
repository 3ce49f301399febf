/* See decodability.h. */
#include "core/stats/decodability.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/parallel.h"
#include "core/engine/gemm.h"
#include "core/stats/read-out.h"

double ses_learnt_from(const struct ses_class_images *images,
                       const struct ses_folds *folds, size_t class,
                       size_t fold)
{
    size_t n = 0;
    for (size_t i = images->start[class]; i < images->start[class + 1]; i++)
        n += folds->fold[i] != fold && folds->fold[i] < SES_FOLDS;
    return (double)n;
}

struct summing {
    const struct ses_class_images *images;
    const struct ses_folds *folds;
    size_t channels;
    const float *rows;
    double *sums; /* [SES_FOLDS][n_classes][channels] */
};

static void sum_class(void *user, size_t class, size_t thread)
{
    const struct summing *s = user;
    size_t channels = s->channels;
    for (size_t i = s->images->start[class]; i < s->images->start[class + 1];
         i++) {
        size_t fold = s->folds->fold[i];
        if (fold >= SES_FOLDS)
            continue;
        double *sum =
            s->sums + (fold * s->images->n_classes + class) * channels;
        for (size_t c = 0; c < channels; c++)
            sum[c] += s->rows[i * channels + c];
    }
}

/* The nearest mean m is that of the largest m . x - |m|^2 / 2. */
static void fit_means(const struct summing *s, size_t fold,
                      struct ses_read_out *out)
{
    size_t channels = s->channels, n_classes = s->images->n_classes;
    for (size_t k = 0; k < n_classes; k++) {
        double *mean = out->weight + k * channels, length = 0;
        double n = ses_learnt_from(s->images, s->folds, k, fold);
        for (size_t c = 0; c < channels; c++) {
            mean[c] = 0;
            for (size_t f = 0; f < SES_FOLDS; f++)
                if (f != fold)
                    mean[c] += s->sums[(f * n_classes + k) * channels + c];
            mean[c] = n > 0 ? mean[c] / n : 0;
            length += mean[c] * mean[c];
        }
        out->offset[k] = n > 0 ? -length / 2 : -INFINITY;
    }
}

static enum ses_status count_right(const struct summing *s,
                                   const struct ses_read_out *read_outs,
                                   size_t threads, size_t *right,
                                   struct ses_error *err)
{
    *right = 0;
    for (size_t f = 0; f < SES_FOLDS; f++) {
        size_t some;
        enum ses_status status =
            ses_read_out_test(&read_outs[f], s->images, s->folds, f,
                              s->channels, s->rows, threads, &some, err);
        if (status)
            return status;
        *right += some;
    }
    return SES_OK;
}

enum ses_status ses_decode(const struct ses_class_images *images,
                           const struct ses_folds *folds, size_t channels,
                           const float *rows, size_t threads, size_t *nearest,
                           size_t *ridge, struct ses_error *err)
{
    struct summing s = { images, folds, channels, rows, NULL };
    struct ses_read_out read_outs[SES_FOLDS] = { 0 };
    size_t cells;
    enum ses_status status = SES_OK;
    bool ok = ses_multiply(images->n_classes, channels, &cells) &&
              cells < (size_t)-1 / SES_FOLDS;
    if (ok)
        s.sums = ses_calloc(SES_FOLDS * cells, sizeof *s.sums);
    ok = ok && s.sums;
    for (size_t f = 0; ok && f < SES_FOLDS; f++) {
        read_outs[f].weight = ses_calloc(cells, sizeof(double));
        read_outs[f].offset = ses_calloc(images->n_classes, sizeof(double));
        ok = read_outs[f].weight && read_outs[f].offset;
    }
    if (!ok) {
        status = ses_fail_memory(err, "a read-out");
        goto out;
    }
    ses_gemm_setup();
    ses_parallel(threads, images->n_classes, sum_class, &s);
    for (size_t f = 0; f < SES_FOLDS; f++)
        fit_means(&s, f, &read_outs[f]);
    status = count_right(&s, read_outs, threads, nearest, err);
    if (!status)
        status = ses_ridge_fit(images, folds, channels, rows, s.sums, threads,
                               read_outs, err);
    if (!status)
        status = count_right(&s, read_outs, threads, ridge, err);
out:
    for (size_t f = 0; f < SES_FOLDS; f++) {
        free(read_outs[f].weight);
        free(read_outs[f].offset);
    }
    free(s.sums);
    return status;
}
