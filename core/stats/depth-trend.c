/* How selectivity goes with depth, and the sentence that says it; see
 * analysis.h. */
#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/base/text.h"
#include "core/stats/block-analysis.h"
#include "core/stats/bootstrap.h"
#include "core/stats/ranks.h"

/* Shares of variance below this are weak (Cohen, 1988: a medium effect). */
static const double WEAK = 0.06;

/* A correlation of ranks below this is no steady rise or fall. */
static const double STEADY = 0.7;

enum { FEWEST = 3 }; /* blocks that make a trend */

/* The blocks it is of. */
struct points {
    size_t n, *block; /* places in analysis->blocks */
    double *depth;    /* [n], 0 to 1 */
    double *order;    /* [n]: ranks of depth */
    double *value, *rank; /* [n] */
};

static double slope(const double *x, const double *y, size_t n)
{
    double mean_x = ses_average(x, n), mean_y = ses_average(y, n), xx = 0, xy = 0;
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    return xy / xx;
}

static enum ses_status points_init(const struct ses_analysis *analysis,
                                   struct points *p, struct ses_error *err)
{
    size_t n = analysis->n_blocks;
    p->block = ses_calloc(n, sizeof *p->block);
    p->depth = ses_calloc(n, sizeof *p->depth);
    p->order = ses_calloc(n, sizeof *p->order);
    p->value = ses_calloc(n, sizeof *p->value);
    p->rank = ses_calloc(n, sizeof *p->rank);
    if (!p->block || !p->depth || !p->order || !p->value || !p->rank)
        return ses_fail_memory(err, "a trend");
    for (size_t b = 0; b < n; b++) {
        const struct ses_block_analysis *block = &analysis->blocks[b];
        if (block->dead || block->constant ||
            isnan(block->omega_squared.value))
            continue;
        p->block[p->n] = b;
        p->depth[p->n] = (double)b / (double)(n - 1);
        p->order[p->n] = (double)p->n;
        p->value[p->n++] = block->omega_squared.value;
    }
    return SES_OK;
}

static void points_release(struct points *p)
{
    free(p->block);
    free(p->depth);
    free(p->order);
    free(p->value);
    free(p->rank);
}

static enum ses_status measure(struct points *p, double *slope_out,
                               double *rank_out, struct ses_error *err)
{
    if (ses_ranks(p->value, p->n, p->rank, err))
        return err->status;
    *slope_out = slope(p->depth, p->value, p->n);
    *rank_out = ses_correlation(p->order, p->rank, p->n);
    return SES_OK;
}

static enum ses_status fill_intervals(const struct ses_analysis_plan *plan,
                                      struct points *p,
                                      struct ses_depth_trend *trend,
                                      struct ses_error *err)
{
    size_t n = plan->draws.draws;
    double *slopes = ses_calloc(n, sizeof *slopes);
    double *ranks = ses_calloc(n, sizeof *ranks);
    enum ses_status status =
        slopes && ranks ? SES_OK : ses_fail_memory(err, "a bootstrap");
    for (size_t d = 0; d < n && !status; d++) {
        for (size_t i = 0; i < p->n; i++)
            p->value[i] = plan->omega_draws[p->block[i] * n + d];
        status = measure(p, &slopes[d], &ranks[d], err);
    }
    if (!status && n && !isnan(ses_average(slopes, n)))
        ses_percentile_interval(slopes, n, &trend->slope.low,
                                &trend->slope.high);
    if (!status && n && !isnan(ses_average(ranks, n)))
        ses_percentile_interval(ranks, n, &trend->rank.low, &trend->rank.high);
    free(slopes);
    free(ranks);
    return status;
}

/* ---- words --------------------------------------------------------------- */

static void say_direction(const struct ses_analysis *analysis,
                          struct ses_text *text)
{
    const struct ses_depth_trend *t = &analysis->trend;
    bool unknown = isnan(t->slope.low);
    bool rises = unknown ? t->slope.value > 0 : t->slope.low > 0;
    bool falls = unknown ? t->slope.value < 0 : t->slope.high < 0;
    bool steady = fabs(t->rank.value) >= STEADY;
    if (rises || falls)
        ses_text_add(text, "class selectivity %s with depth%s",
                     rises ? "rises" : "falls",
                     steady ? "" : ", but not from block to block");
    else
        ses_text_add(text, "no trend of class selectivity with depth can be "
                           "told from chance");
    ses_text_add(text,
                 ": omega squared is %.3f in the first third of the blocks "
                 "and %.3f in the last (slope %+.3f",
                 t->shallow, t->deep, t->slope.value);
    if (unknown)
        ses_text_add(text, ", of unknown interval");
    else
        ses_text_add(text, ", 95 %% %+.3f to %+.3f", t->slope.low,
                     t->slope.high);
    ses_text_add(text, "; Spearman %+.2f)", t->rank.value);
}

/* What the numbers allow to say, and no more. */
static void say(const struct ses_analysis *analysis, struct ses_text *text)
{
    const struct ses_depth_trend *t = &analysis->trend;
    double most = -INFINITY;
    if (analysis->n_classes < 2) {
        ses_text_add(text, "one class alone says nothing of selectivity");
        return;
    }
    if (analysis->n_single == analysis->n_classes) {
        ses_text_add(text, "every class has one image: what differs between "
                           "classes cannot be told from what differs between "
                           "images");
        return;
    }
    if (t->n_blocks < FEWEST) {
        ses_text_add(text, "%zu block%s whose gates move: too few to speak of "
                           "a trend with depth",
                     t->n_blocks, t->n_blocks == 1 ? "" : "s");
        return;
    }
    say_direction(analysis, text);
    for (size_t b = 0; b < analysis->n_blocks; b++)
        most = fmax(most, analysis->blocks[b].omega_squared.value);
    if (most < WEAK)
        ses_text_add(text, "; it is weak at every depth, at most %.3f", most);
    else if (t->deep < WEAK)
        ses_text_add(text, "; it is weak in the last blocks");
    if (t->n_blocks < analysis->n_blocks)
        ses_text_add(text, "; %zu block%s whose gates do not move left out",
                     analysis->n_blocks - t->n_blocks,
                     analysis->n_blocks - t->n_blocks == 1 ? "" : "s");
}

enum ses_status ses_depth_trend_fill(const struct ses_analysis_plan *plan,
                                     struct ses_analysis *analysis,
                                     struct ses_error *err)
{
    struct ses_depth_trend *trend = &analysis->trend;
    struct ses_estimate none = { NAN, NAN, NAN };
    struct points p = { 0 };
    struct ses_text text = { 0 };
    *trend = (struct ses_depth_trend){ .slope = none, .rank = none,
                                       .shallow = NAN, .deep = NAN };
    enum ses_status status = points_init(analysis, &p, err);
    trend->n_blocks = p.n;
    if (!status && p.n >= FEWEST) {
        size_t third = p.n / 3;
        trend->shallow = ses_average(p.value, third);
        trend->deep = ses_average(p.value + p.n - third, third);
        status = measure(&p, &trend->slope.value, &trend->rank.value, err);
        if (!status)
            status = fill_intervals(plan, &p, trend, err);
    }
    points_release(&p);
    if (status)
        return status;
    say(analysis, &text);
    trend->verdict = text.data;
    return text.failed ? ses_fail_memory(err, "the verdict") : SES_OK;
}
