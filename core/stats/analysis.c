/* See analysis.h. Blocks are gone through one after another, all threads at
 * one of them; while they compute, one more reads the next block, and nobody
 * else is in HDF5. */
#include "core/stats/analysis.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/base/parallel.h"
#include "core/engine/gemm.h"
#include "core/stats/block-analysis.h"
#include "core/stats/bootstrap.h"

/* Limits that large records come to: values summed by the draws and by the
 * shuffles of all blocks, which are seconds each, and numbers that all draws
 * and all shuffles take. */
static const double MOST_DRAWN = 1.6e11, MOST_SHUFFLED = 3e10, MOST_KEPT = 5e7;
enum { SHUFFLES = 1000, FEWEST_DRAWS = 100, FEWEST_SHUFFLES = 40 };

static size_t limited(double most, double each, size_t usual, size_t fewest)
{
    double n = fmax(fmin(most / each, (double)usual), (double)fewest);
    return (size_t)n;
}

/* How many draws and shuffles a record is given. */
static void choose_counts(struct ses_analysis *analysis)
{
    const struct ses_run_file *run = analysis->run;
    double channels = 0, n = (double)analysis->n_images;
    bool rows = false;
    for (size_t i = 0; i < analysis->n_blocks; i++) {
        const struct ses_run_block *block =
            &run->blocks[analysis->blocks[i].block];
        channels += block->channels;
        rows = rows || block->rows;
    }
    /* Of one class, or of images that are each their own, nothing is
     * known. */
    if (!rows || analysis->n_classes < 2 ||
        analysis->n_single == analysis->n_classes)
        return;
    size_t draws = limited(fmin(MOST_DRAWN / channels, MOST_KEPT), n,
                           SES_BOOTSTRAP_DRAWS, FEWEST_DRAWS);
    analysis->draws = draws - draws % SES_DRAWS_AT_ONCE;
    size_t shuffles = limited(fmin(MOST_SHUFFLED / channels, MOST_KEPT), n,
                              SHUFFLES, FEWEST_SHUFFLES);
    analysis->shuffles = shuffles - shuffles % SES_SHUFFLES_AT_ONCE;
}

static enum ses_status choose_blocks(const struct ses_run_file *run,
                                     const struct ses_analysis_options *options,
                                     struct ses_analysis *out,
                                     struct ses_error *err)
{
    size_t n = options->blocks ? options->n_blocks : run->n_blocks;
    if ((options->blocks && !n) || (options->classes && !options->n_classes))
        return ses_fail(err, SES_EUSAGE, "no %s to analyse",
                        options->blocks && !n ? "blocks" : "classes");
    if (!n)
        return ses_fail(err, SES_ENOTFOUND, "'%s' holds no SE blocks",
                        run->path);
    out->blocks = ses_calloc(n, sizeof *out->blocks);
    if (!out->blocks)
        return ses_fail_memory(err, "blocks");
    /* in depth order, whatever the order asked for */
    for (size_t b = 0; b < run->n_blocks; b++) {
        bool chosen = !options->blocks;
        for (size_t i = 0; i < options->n_blocks && !chosen; i++)
            chosen = options->blocks[i] == b;
        if (chosen)
            out->blocks[out->n_blocks++].block = b;
    }
    return SES_OK;
}

static enum ses_status plan_init(const struct ses_analysis_options *options,
                                 struct ses_analysis *analysis,
                                 struct ses_analysis_plan *plan,
                                 struct ses_error *err)
{
    const struct ses_class_images *images = &plan->images;
    if (ses_class_images_init(plan->run, options->classes, options->n_classes,
                              &plan->images, err))
        return err->status;
    analysis->n_classes = images->n_classes;
    analysis->n_images = images->n;
    analysis->classes = ses_calloc(images->n_classes, sizeof(size_t));
    if (!analysis->classes)
        return ses_fail_memory(err, "classes");
    memcpy(analysis->classes, images->classes,
           images->n_classes * sizeof(size_t));
    for (size_t k = 0; k < images->n_classes; k++)
        analysis->n_single += ses_class_size(images, k) == 1;
    choose_counts(analysis);
    size_t cells;
    if (ses_multiply(analysis->n_blocks, analysis->draws, &cells))
        plan->omega_draws = ses_calloc(cells, sizeof(double));
    if (!plan->omega_draws)
        return ses_fail_memory(err, "a bootstrap");
    enum ses_status status = ses_folds_init(images, options->seed,
                                            &plan->folds, err);
    if (!status && analysis->draws)
        status = ses_image_draws_init(images, analysis->draws,
                                      options->seed + 1, &plan->draws, err);
    if (!status && analysis->shuffles)
        status = ses_shuffles_init(images, analysis->shuffles,
                                   options->seed + 2, &plan->shuffles, err);
    if (analysis->draws && plan->folds.n_classes > 1) {
        analysis->folds = SES_FOLDS;
        analysis->n_decoded = plan->folds.n;
    }
    return status;
}

static void plan_release(struct ses_analysis_plan *plan)
{
    ses_class_images_release(&plan->images);
    ses_image_draws_release(&plan->draws);
    ses_shuffles_release(&plan->shuffles);
    ses_folds_release(&plan->folds);
    free(plan->omega_draws);
}

/* Whether this block and the next are in memory together. */
static bool reads_ahead(const struct ses_analysis *analysis, size_t b)
{
    const double most = 1 << 28; /* gates, a GiB of them */
    double channels = 0;
    for (size_t i = b; i < b + 2; i++)
        channels += analysis->run->blocks[analysis->blocks[i].block].channels;
    return channels * (double)analysis->n_images <= most;
}

/* A block's rows on their way. */
struct reading {
    const struct ses_analysis_plan *plan;
    size_t block;
    float *rows; /* NULL: none in the record, or failed */
    enum ses_status status;
    struct ses_error err;
};

static void *read_block(void *argument)
{
    struct reading *reading = argument;
    const struct ses_class_images *images = &reading->plan->images;
    const struct ses_run_file *run = reading->plan->run;
    const struct ses_run_block *block = &run->blocks[reading->block];
    size_t cells;
    reading->rows = NULL;
    reading->status = SES_OK;
    if (!block->rows)
        return NULL;
    if (ses_multiply(images->n, (size_t)block->channels, &cells))
        reading->rows = ses_calloc_floats(cells);
    if (!reading->rows) {
        reading->status = ses_fail_memory(&reading->err, block->name);
        return NULL;
    }
    reading->status = ses_class_rows(images, run, reading->block,
                                     reading->rows, &reading->err);
    return NULL;
}

/* All blocks; each is read while the one before is computed. */
static enum ses_status analyse_blocks(
    const struct ses_analysis_options *options, struct ses_analysis *analysis,
    struct ses_analysis_plan *plan, struct reading *turns,
    struct ses_error *err)
{
    enum ses_status status = SES_OK;
    turns[0] = turns[1] = (struct reading){ .plan = plan };
    turns[0].block = analysis->blocks[0].block;
    read_block(&turns[0]);
    for (size_t b = 0; b < analysis->n_blocks && !status; b++) {
        struct reading *now = &turns[b % 2], *next = &turns[(b + 1) % 2];
        struct ses_block_analysis *block = &analysis->blocks[b];
        bool more = b + 1 < analysis->n_blocks && now->rows &&
                    reads_ahead(analysis, b);
        bool begun = false;
        pthread_t reader;
        if (options->progress)
            options->progress(options->user,
                              (double)b / (double)analysis->n_blocks);
        if (b + 1 < analysis->n_blocks)
            next->block = analysis->blocks[b + 1].block;
        if (more && !now->status)
            begun = !pthread_create(&reader, NULL, read_block, next);
        status = now->status;
        if (status)
            *err = now->err;
        else
            status = ses_block_analyse(
                plan, now->rows, plan->omega_draws + b * analysis->draws,
                block, err);
        free(now->rows);
        now->rows = NULL;
        if (!status)
            status = ses_block_findings(plan, block, err);
        if (begun)
            pthread_join(reader, NULL);
        else if (b + 1 < analysis->n_blocks && !status)
            read_block(next);
    }
    free(turns[0].rows);
    free(turns[1].rows);
    return status;
}

enum ses_status ses_analyse(const struct ses_run_file *run,
                            const struct ses_analysis_options *options,
                            struct ses_analysis *out, struct ses_error *err)
{
    struct ses_analysis_plan plan = { .run = run,
                                      .threads = ses_threads(
                                          options->threads) };
    struct reading *turns = ses_calloc(2, sizeof *turns);
    *out = (struct ses_analysis){ .run = run };
    ses_gemm_setup();
    enum ses_status status = turns ? choose_blocks(run, options, out, err)
                                   : ses_fail_memory(err, "blocks");
    if (!status)
        status = plan_init(options, out, &plan, err);
    if (!status)
        status = analyse_blocks(options, out, &plan, turns, err);
    if (!status)
        status = ses_depth_trend_fill(&plan, out, err);
    plan_release(&plan);
    free(turns);
    return status;
}

void ses_analysis_release(struct ses_analysis *analysis)
{
    for (size_t b = 0; b < analysis->n_blocks; b++) {
        struct ses_block_analysis *block = &analysis->blocks[b];
        free(block->channel_eta);
        for (size_t i = 0; i < block->n_findings; i++)
            free(block->findings[i]);
        free(block->findings);
    }
    free(analysis->blocks);
    free(analysis->classes);
    free(analysis->trend.verdict);
    *analysis = (struct ses_analysis){ 0 };
}
