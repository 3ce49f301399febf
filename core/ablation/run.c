/* See run.h. The pipeline's job that ablates. */
#include "core/ablation/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/record/pipeline.h"
#include "core/record/score.h"

struct ablating {
    const struct ses_ablation_runner *runner;
    struct ses_ablation_writer *writer;
    size_t batch, outputs, n_variants;
};

/* What is kept of a batch. */
struct results {
    struct ses_ablation_cell *cells; /* [batch][n_variants] */
    bool *finite;                    /* [batch] */
};

static void discard(void *user)
{
    struct results *results = user;
    if (!results)
        return;
    free(results->cells);
    free(results->finite);
    free(results);
}

static enum ses_status make(void *user, void **out, struct ses_error *err)
{
    const struct ablating *ablating = user;
    struct results *results = ses_calloc(1, sizeof *results);
    size_t cells;
    if (results &&
        ses_multiply(ablating->batch, ablating->n_variants, &cells)) {
        results->cells = ses_calloc(cells, sizeof *results->cells);
        results->finite =
            ses_calloc(ablating->batch, sizeof *results->finite);
    }
    if (!results || !results->cells || !results->finite) {
        discard(results);
        return ses_fail(err, SES_ENOMEM,
                        "no memory for batches of %zu images and %zu variants",
                        ablating->batch, ablating->n_variants);
    }
    *out = results;
    return SES_OK;
}

/* ---- scores -------------------------------------------------------------- */

/* log(sum(exp(logits))). */
static double log_sum(const float *logits, size_t n)
{
    return ses_cross_entropy(logits, n, 0) + logits[0];
}

/* KL(p || q) of two softmaxes, in nats. */
static double divergence(const float *p, const float *q, size_t n)
{
    double log_p = log_sum(p, n), log_q = log_sum(q, n), sum = 0;
    for (size_t i = 0; i < n; i++) {
        double ours = p[i] - log_p;
        sum += exp(ours) * (ours - (q[i] - log_q));
    }
    return sum < 0 ? 0 : sum; /* rounding alone makes it less */
}

/* unforced, forced: [n]; label may be none of them. */
static struct ses_ablation_cell score(const float *unforced,
                                      const float *forced, size_t n,
                                      int label)
{
    struct ses_ablation_cell cell = { -1, 0, NAN, NAN, NAN };
    int32_t top5[5];
    if (!n)
        return cell;
    ses_top5(forced, n, top5);
    cell.top1 = top5[0];
    cell.divergence = (float)divergence(unforced, forced, n);
    if (label < 0 || (size_t)label >= n)
        return cell;
    double loss = ses_cross_entropy(forced, n, (size_t)label);
    for (int i = 0; i < 5; i++)
        cell.top5 |= top5[i] == label;
    cell.loss = (float)loss;
    cell.probability = (float)exp(-loss);
    return cell;
}

/* ---- running ------------------------------------------------------------- */

/* A batch on its way through the tree. */
struct passing {
    const struct ablating *ablating;
    const size_t *items;
    size_t n;
    float *logits; /* [n_variants][n][outputs] */
};

static float *logits_of(const struct passing *passing, size_t variant,
                        size_t row)
{
    return passing->logits +
           (variant * passing->n + row) * passing->ablating->outputs;
}

static const struct ses_variant *variant_of(const struct passing *passing,
                                            size_t variant)
{
    return &passing->ablating->runner->variants->items[variant];
}

static enum ses_status force(void *user, size_t variant, size_t block,
                             int batch, float *data, struct ses_error *err)
{
    const struct passing *passing = user;
    return ses_donor_force(passing->ablating->runner->donor,
                           variant_of(passing, variant), block,
                           passing->items, batch, data, err);
}

static void scale(void *user, size_t variant, size_t block, int batch,
                  float *data)
{
    const struct passing *passing = user;
    ses_donor_scale(passing->ablating->runner->donor,
                    variant_of(passing, variant), block, batch, data);
}

static enum ses_status done(void *user, size_t variant, const float *logits,
                            int batch, struct ses_error *err)
{
    const struct passing *passing = user;
    memcpy(logits_of(passing, variant, 0), logits,
           passing->n * passing->ablating->outputs * sizeof *logits);
    return SES_OK;
}

static void score_all(const struct passing *passing, struct results *results)
{
    const struct ablating *ablating = passing->ablating;
    const struct ses_set *set = ablating->runner->set;
    for (size_t row = 0; row < passing->n; row++) {
        const struct ses_item *item = &set->items[passing->items[row]];
        struct ses_ablation_cell *cells =
            results->cells + row * ablating->n_variants;
        results->finite[row] = true;
        for (size_t v = 0; v < ablating->n_variants; v++) {
            const float *forced = logits_of(passing, v, row);
            cells[v] = score(logits_of(passing, 0, row), forced,
                             ablating->outputs,
                             set->classes[item->class].output);
            results->finite[row] &= ses_are_finite(forced, ablating->outputs);
        }
    }
}

static enum ses_status run(void *user, struct ses_worker *worker,
                           const float *x, const size_t *items, size_t n,
                           void *out, struct ses_error *err)
{
    const struct ablating *ablating = user;
    struct passing passing = { ablating, items, n, NULL };
    const struct ses_tree_calls calls = { force, scale, done, &passing };
    size_t floats;
    if (ses_multiply(ablating->n_variants * n, ablating->outputs, &floats))
        passing.logits = ses_realloc(NULL, floats, sizeof(float));
    if (!passing.logits)
        return ses_fail_memory(err, "the logits of all variants");
    enum ses_status status = ses_tree_run(ablating->runner->tree, worker, x,
                                          (int)n, &calls, err);
    if (!status)
        score_all(&passing, out);
    free(passing.logits);
    return status;
}

static enum ses_status write_row(void *user, size_t item,
                                 enum ses_image_status status, const void *in,
                                 size_t row, bool *finite,
                                 struct ses_error *err)
{
    const struct ablating *ablating = user;
    const struct results *results = in;
    *finite = results->finite[row];
    return ses_ablation_write(ablating->writer, item, status,
                              results->cells + row * ablating->n_variants,
                              err);
}

enum ses_status ses_ablation_run(const struct ses_ablation_runner *runner,
                                 struct ses_ablation_writer *writer,
                                 struct ses_run_result *result,
                                 struct ses_error *err)
{
    struct ablating ablating = {
        .runner = runner,
        .writer = writer,
        .batch = ses_pipeline_batch(runner->model, runner->batch),
        .outputs = (size_t)runner->model->outputs,
        .n_variants = runner->variants->count,
    };
    struct ses_pipeline pipeline = {
        .model = runner->model,
        .set = runner->set,
        .statuses = ses_ablation_statuses(writer),
        .threads = runner->threads,
        .batch = ablating.batch,
        .strict = runner->strict,
        .progress = runner->progress,
        .unreadable = runner->unreadable,
        .user = runner->user,
        .job = { make, discard, run, write_row, NULL, &ablating },
    };
    pipeline.cuts = ses_tree_cuts(runner->tree, &pipeline.n_cuts);
    enum ses_status status = ses_pipeline_run(&pipeline, result, err);
    /* Also after a failure: what was finished is kept. */
    struct ses_error late = { 0 };
    enum ses_status kept = ses_ablation_flush(writer, &late);
    if (kept && (!status || status == SES_ESTOPPED)) {
        status = kept;
        if (err)
            *err = late;
    }
    return status;
}
