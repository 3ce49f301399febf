/* See measure.h. */
#include "core/ablation/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/stats/holm.h"
#include "core/stats/mcnemar.h"
#include "core/stats/paired-bootstrap.h"

/* The images that are measured: labelled ones first. */
struct sample {
    const struct ses_ablation *a;
    size_t *images;
    size_t n, labelled;
};

static int32_t output_of(const struct ses_ablation *a, size_t image)
{
    return a->class_outputs[a->image_classes[image]];
}

static enum ses_status take_sample(struct sample *sample, const uint8_t *chosen,
                                   struct ses_error *err)
{
    const struct ses_ablation *a = sample->a;
    sample->images = ses_calloc(a->n_images, sizeof *sample->images);
    if (!sample->images)
        return ses_fail_memory(err, "the images to measure");
    for (int labelled = 1; labelled >= 0; labelled--) {
        for (size_t i = 0; i < a->n_images; i++)
            if (a->image_status[i] == SES_IMAGE_DONE &&
                (!chosen || chosen[i]) &&
                (output_of(a, i) >= 0) == (labelled == 1))
                sample->images[sample->n++] = i;
        if (labelled)
            sample->labelled = sample->n;
    }
    return SES_OK;
}

static bool is_right(const struct ses_ablation *a, size_t variant, size_t image)
{
    return a->top1[variant * a->n_images + image] == output_of(a, image);
}

/* Everything but intervals and corrections. */
static void add_up(const struct sample *sample, size_t v, struct ses_measure *m)
{
    const struct ses_ablation *a = sample->a;
    const size_t row = v * a->n_images;
    size_t right = 0, five = 0, agreeing = 0;
    double loss = 0, loss_change = 0, probability_change = 0, divergence = 0;
    for (size_t k = 0; k < sample->n; k++) {
        size_t i = sample->images[k];
        agreeing += a->top1[row + i] == a->top1[i];
        divergence += a->divergence[row + i];
    }
    for (size_t k = 0; k < sample->labelled; k++) {
        size_t i = sample->images[k];
        bool before = is_right(a, 0, i), now = is_right(a, v, i);
        right += now;
        m->lost += before && !now;
        m->gained += !before && now;
        five += a->top5[row + i];
        loss += a->loss[row + i];
        loss_change += (double)a->loss[row + i] - a->loss[i];
        probability_change +=
            (double)a->probability[row + i] - a->probability[i];
    }
    /* 0 / 0 is NaN, as wanted */
    double n = (double)sample->n, labelled = (double)sample->labelled;
    m->images = sample->n;
    m->labelled = sample->labelled;
    m->agreement = (double)agreeing / n;
    m->divergence = divergence / n;
    m->top1 = (double)right / labelled;
    m->top5 = (double)five / labelled;
    m->loss = loss / labelled;
    m->loss_change = loss_change / labelled;
    m->probability_change = probability_change / labelled;
    m->top1_change = ((double)m->gained - (double)m->lost) / labelled;
    m->p =
        v > 0 && sample->labelled ? ses_mcnemar_exact(m->lost, m->gained) : NAN;
}

static void add_savings(const struct ses_ablation *a, size_t v,
                        struct ses_measure *m)
{
    int64_t se = 0;
    for (size_t b = 0; b < a->n_blocks; b++) {
        se += a->blocks[b].parameters;
        if (!a->constant[v * a->n_blocks + b])
            continue;
        m->parameters_saved += a->blocks[b].parameters;
        m->madds_saved += a->blocks[b].madds;
    }
    int64_t plain = a->parameters - se;
    m->over_plain =
        plain > 0 ? (double)(se - m->parameters_saved) / (double)plain : NAN;
}

/* Rows to draw from: whether each labelled image is right, and its loss, for
 * each variant. [2 n_variants] of [labelled] in one piece. */
static float *make_rows(const struct sample *sample, const float **rows)
{
    const struct ses_ablation *a = sample->a;
    size_t n = sample->labelled, cells;
    if (!ses_multiply(2 * a->n_variants, n, &cells))
        return NULL;
    float *values = ses_calloc(cells, sizeof *values);
    for (size_t v = 0; v < a->n_variants && values; v++) {
        float *right = values + 2 * v * n, *loss = right + n;
        rows[2 * v] = right;
        rows[2 * v + 1] = loss;
        for (size_t k = 0; k < n; k++) {
            size_t i = sample->images[k];
            right[k] = is_right(a, v, i);
            loss[k] = a->loss[v * a->n_images + i];
        }
    }
    return values;
}

/* a - b, the draws of a difference. */
static void subtract(const double *a, const double *b, double *out)
{
    for (size_t d = 0; d < SES_BOOTSTRAP_DRAWS; d++)
        out[d] = a[d] - b[d];
}

static void set_intervals(const double *draws, size_t n_variants,
                          struct ses_measure *out)
{
    enum { DRAWS = SES_BOOTSTRAP_DRAWS };
    double work[DRAWS];
    for (size_t v = 0; v < n_variants; v++) {
        const double *right = draws + 2 * v * DRAWS, *loss = right + DRAWS;
        struct ses_measure *m = &out[v];
        memcpy(work, right, sizeof work);
        ses_bootstrap_interval(work, &m->top1_low, &m->top1_high);
        subtract(right, draws, work);
        ses_bootstrap_interval(work, &m->top1_change_low, &m->top1_change_high);
        subtract(loss, draws + DRAWS, work);
        ses_bootstrap_interval(work, &m->loss_change_low, &m->loss_change_high);
    }
}

static enum ses_status find_intervals(const struct sample *sample,
                                      uint64_t seed, struct ses_measure *out,
                                      struct ses_error *err)
{
    size_t n = sample->a->n_variants, cells;
    double *draws = NULL;
    float *values = NULL;
    enum ses_status status = SES_OK;
    if (sample->labelled == 0) {
        for (size_t v = 0; v < n; v++)
            out[v].top1_low = out[v].top1_high = out[v].top1_change_low =
                out[v].top1_change_high = out[v].loss_change_low =
                    out[v].loss_change_high = NAN;
        return SES_OK;
    }
    const float **rows = ses_calloc(n, 2 * sizeof *rows);
    if (ses_multiply(n, (size_t)2 * SES_BOOTSTRAP_DRAWS, &cells))
        draws = ses_calloc(cells, sizeof *draws);
    if (rows)
        values = make_rows(sample, rows);
    if (!rows || !draws || !values)
        status = ses_fail_memory(err, "the bootstrap");
    else
        status = ses_bootstrap_draws(rows, 2 * n, sample->labelled, seed, draws,
                                     err);
    if (status == SES_OK)
        set_intervals(draws, n, out);
    free(values);
    free(draws);
    free(rows);
    return status;
}

/* Holm's correction over the variants of each sweep. */
static enum ses_status correct(const struct ses_ablation *a,
                               struct ses_measure *out, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    size_t n = a->n_variants;
    double *p = ses_calloc(n, sizeof *p);
    bool *done = ses_calloc(n, sizeof *done);
    if (!p || !done)
        status = ses_fail_memory(err, "a correction");
    for (size_t first = 0; first < n && status == SES_OK; first++) {
        size_t count = 0;
        if (done[first])
            continue;
        if (!*a->sweeps[first]) {
            out[first].p_holm = out[first].p;
            continue;
        }
        for (size_t v = first; v < n; v++)
            if (strcmp(a->sweeps[v], a->sweeps[first]) == 0)
                p[count++] = out[v].p;
        status = ses_holm(p, count, p, err);
        count = 0;
        for (size_t v = first; v < n && status == SES_OK; v++)
            if (strcmp(a->sweeps[v], a->sweeps[first]) == 0) {
                out[v].p_holm = p[count++];
                done[v] = true;
            }
    }
    free(done);
    free(p);
    return status;
}

enum ses_status ses_measure(const struct ses_ablation *ablation,
                            const uint8_t *chosen, uint64_t seed,
                            struct ses_measure *out, struct ses_error *err)
{
    struct sample sample = { .a = ablation };
    memset(out, 0, ablation->n_variants * sizeof *out);
    enum ses_status status = take_sample(&sample, chosen, err);
    for (size_t v = 0; v < ablation->n_variants && status == SES_OK; v++) {
        add_up(&sample, v, &out[v]);
        add_savings(ablation, v, &out[v]);
    }
    if (status == SES_OK)
        status = find_intervals(&sample, seed, out, err);
    if (status == SES_OK)
        status = correct(ablation, out, err);
    free(sample.images);
    return status;
}
