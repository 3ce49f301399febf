/* See donor.h. What is read of a record, and whether it is the right one. */
#include "core/ablation/donor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/ablation/donor-data.h"
#include "core/base/alloc.h"
#include "core/base/number.h"
#include "core/base/text.h"
#include "core/record/moments.h"
#include "core/stats/block-read.h"

struct loading {
    const struct ses_run_file *run;
    const struct ses_model *model;
    const struct ses_set *set;
    const struct ses_variant *variants;
    size_t n_variants;
    struct ses_donor *donor;
    struct ses_error *err;
};

/* ---- is it the right record ---------------------------------------------- */

bool ses_donor_any(const struct ses_variant *variants, size_t n,
                   enum ses_force_kind kind)
{
    for (size_t v = 0; v < n; v++)
        for (size_t i = 0; i < variants[v].n_forces; i++)
            if (variants[v].forces[i].kind == kind)
                return true;
    return false;
}

static enum ses_status same_text(const struct loading *l, const char *what,
                                 const char *there, const char *here)
{
    if (strcmp(there, here) == 0)
        return SES_OK;
    return ses_fail(l->err, SES_EUSAGE,
                    "'%s' is no record to take gates from: its %s is '%s', "
                    "expected '%s'",
                    l->run->path, what, there, here);
}

static enum ses_status check_run(const struct loading *l)
{
    char *preprocess = ses_preprocess_text(&l->model->preprocess);
    if (!preprocess)
        return ses_fail_memory(l->err, "a record's check");
    enum ses_status status = same_text(l, "model_sha256", l->run->model_sha256,
                                       l->model->sha256);
    if (!status)
        status = same_text(l, "preprocess", l->run->preprocess, preprocess);
    if (!status)
        status = same_text(l, "force", l->run->force, "");
    if (!status && !l->run->n_done)
        status = ses_fail(l->err, SES_EUSAGE,
                          "'%s' is no record to take gates from: none of its "
                          "%zu images is done",
                          l->run->path, l->run->n_images);
    free(preprocess);
    return status;
}

/* A variant's text and a block's name are what a person knows of it. */
static enum ses_status check_force(const struct loading *l,
                                   const struct ses_variant *variant,
                                   const struct ses_force *force)
{
    const struct ses_block *block = &l->model->blocks.items[force->block];
    if (!ses_force_needs_record(force->kind))
        return SES_OK;
    if (!l->run)
        return ses_fail(l->err, SES_EUSAGE,
                        "'%s' needs a record of the network (--from RUN.h5)",
                        variant->text);
    int at = ses_run_block(l->run, block->name);
    if (at < 0)
        return ses_fail(l->err, SES_EUSAGE,
                        "'%s' has no block '%s', which '%s' needs",
                        l->run->path, block->name, variant->text);
    const struct ses_run_block *there = &l->run->blocks[at];
    if (there->channels != block->channels)
        return ses_fail(l->err, SES_EUSAGE,
                        "'%s': block '%s' has %d channels, expected %d",
                        l->run->path, block->name, there->channels,
                        block->channels);
    if (ses_force_needs_rows(force->kind) && !there->rows)
        return ses_fail(l->err, SES_EUSAGE,
                        "'%s' has no rows of '%s' (--summary-only), which "
                        "'%s' needs",
                        l->run->path, block->name, variant->text);
    return SES_OK;
}

static enum ses_status check(const struct loading *l)
{
    enum ses_status status = l->run ? check_run(l) : SES_OK;
    for (size_t v = 0; v < l->n_variants; v++)
        for (size_t i = 0; i < l->variants[v].n_forces && !status; i++)
            status = check_force(l, &l->variants[v],
                                 &l->variants[v].forces[i]);
    return status;
}

/* ---- what is needed of it ------------------------------------------------ */

/* Over all images: class means, weighted by their numbers of images. */
static void weigh(size_t n_classes, int channels, const uint64_t *count,
                  const float *class_mean, float *mean)
{
    for (int c = 0; c < channels; c++) {
        double sum = 0, images = 0;
        for (size_t k = 0; k < n_classes; k++)
            if (count[k]) {
                sum += (double)count[k] *
                       class_mean[k * (size_t)channels + (size_t)c];
                images += (double)count[k];
            }
        mean[c] = (float)(sum / images);
    }
}

/* Every class of the set must have a mean. */
static enum ses_status check_classes(const struct loading *l, size_t block,
                                     const uint64_t *count)
{
    for (size_t i = 0; i < l->set->n_items; i++) {
        int32_t k = l->donor->classes[i];
        if (k < 0 || !count[k])
            return ses_fail(
                l->err, SES_EUSAGE,
                "'%s' has no image of class '%s', whose mean '%s' needs",
                l->run->path, l->set->classes[l->set->items[i].class].id,
                l->model->blocks.items[block].name);
    }
    return SES_OK;
}

static enum ses_status load_means(const struct loading *l, size_t block,
                                  bool by_class)
{
    struct ses_donor_block *to = &l->donor->blocks[block];
    struct ses_block_moments moments = { 0 };
    int at = ses_run_block(l->run, l->model->blocks.items[block].name);
    enum ses_status status =
        ses_block_moments_read(l->run, (size_t)at, &moments, l->err);
    if (status)
        goto out;
    to->mean = ses_calloc_floats((size_t)to->channels);
    if (!to->mean) {
        status = ses_fail_memory(l->err, "mean gates");
        goto out;
    }
    weigh(l->run->n_classes, to->channels, moments.count, moments.mean,
          to->mean);
    if (by_class) {
        status = check_classes(l, block, moments.count);
        to->class_mean = moments.mean;
        moments.mean = NULL;
    }
out:
    ses_block_moments_release(&moments);
    if (status == SES_ENOTFOUND && l->err)
        l->err->status = SES_EUSAGE;
    return status == SES_ENOTFOUND ? SES_EUSAGE : status;
}

static enum ses_status load_rows(const struct loading *l, size_t block)
{
    struct ses_donor_block *to = &l->donor->blocks[block];
    size_t channels = (size_t)to->channels, floats;
    int at = ses_run_block(l->run, l->model->blocks.items[block].name);
    if (ses_multiply(l->run->n_images, channels, &floats))
        to->rows = ses_realloc(NULL, floats, sizeof *to->rows);
    if (!to->rows)
        return ses_fail_memory(l->err, "recorded gates");
    size_t step = ses_rows_at_a_time(channels);
    enum ses_status status = SES_OK;
    for (size_t i = 0; i < l->run->n_images && !status; i += step) {
        size_t n = ses_least(l->run->n_images - i, step);
        status = ses_run_excitation(l->run, (size_t)at, i, n,
                                    to->rows + i * channels, l->err);
    }
    return status;
}

/* ---- selectivity --------------------------------------------------------- */

struct channel {
    double eta;
    int index;
};

static int by_eta(const void *a, const void *b)
{
    const struct channel *x = a, *y = b;
    if (x->eta != y->eta)
        return x->eta > y->eta ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

/* SS_between / SS_total of a channel; 0 when it does not move. */
static double eta_squared(const struct ses_moments *m, size_t c)
{
    double images = 0, sum = 0, within = 0, between = 0;
    for (size_t k = 0; k < m->classes; k++) {
        images += (double)m->count[k];
        sum += (double)m->count[k] * m->mean[k * m->channels + c];
        within += m->square[k * m->channels + c];
    }
    for (size_t k = 0; k < m->classes; k++) {
        double d = m->mean[k * m->channels + c] - sum / images;
        between += m->count[k] ? (double)m->count[k] * d * d : 0;
    }
    double eta = between / (between + within);
    return isfinite(eta) ? eta : 0;
}

/* Channels in the order of their selectivity; rows are loaded. */
static enum ses_status rank_channels(const struct loading *l, size_t block)
{
    struct ses_donor_block *to = &l->donor->blocks[block];
    size_t channels = (size_t)to->channels;
    struct ses_moments moments = { 0 };
    struct channel *order = ses_calloc(channels, sizeof *order);
    to->selective = ses_calloc(channels, sizeof *to->selective);
    enum ses_status status =
        ses_moments_init(&moments, l->run->n_classes, channels, l->err);
    if (!status && (!order || !to->selective))
        status = ses_fail_memory(l->err, "selectivities");
    if (status)
        goto out;
    for (size_t i = 0; i < l->run->n_images; i++)
        if (l->run->image_status[i] == SES_IMAGE_DONE)
            ses_moments_add(&moments, (size_t)l->run->image_classes[i],
                            to->rows + i * channels);
    for (size_t c = 0; c < channels; c++)
        order[c] = (struct channel){ eta_squared(&moments, c), (int)c };
    qsort(order, channels, sizeof *order, by_eta);
    for (size_t c = 0; c < channels; c++)
        to->selective[c] = order[c].index;
out:
    ses_moments_release(&moments);
    free(order);
    return status;
}

/* ---- all of it ----------------------------------------------------------- */

static enum ses_status load_block(const struct loading *l, size_t block)
{
    bool means = false, by_class = false, rows = false, top = false;
    for (size_t v = 0; v < l->n_variants; v++)
        for (size_t i = 0; i < l->variants[v].n_forces; i++) {
            const struct ses_force *force = &l->variants[v].forces[i];
            if (force->block != block)
                continue;
            by_class |= force->kind == SES_FORCE_CLASS_MEAN;
            top |= force->kind == SES_FORCE_TOP;
            means |= force->kind == SES_FORCE_MEAN;
            rows |= ses_force_needs_rows(force->kind);
        }
    enum ses_status status = SES_OK;
    if (means || by_class || top)
        status = load_means(l, block, by_class);
    if (!status && rows)
        status = load_rows(l, block);
    if (!status && top)
        status = rank_channels(l, block);
    return status;
}

static enum ses_status load(const struct loading *l)
{
    struct ses_donor *donor = l->donor;
    const struct ses_blocks *blocks = &l->model->blocks;
    donor->blocks = ses_calloc(blocks->count, sizeof *donor->blocks);
    if (!donor->blocks)
        return ses_fail_memory(l->err, "a donor of gates");
    donor->n_blocks = blocks->count;
    enum ses_status status = check(l);
    if (!status)
        status = ses_donor_match(donor, l->run, l->set, l->variants,
                                 l->n_variants, l->err);
    for (size_t b = 0; b < blocks->count && !status; b++) {
        donor->blocks[b].channels = blocks->items[b].channels;
        status = load_block(l, b);
    }
    return status;
}

enum ses_status ses_donor_new(const struct ses_run_file *run,
                              const struct ses_model *model,
                              const struct ses_set *set,
                              const struct ses_variant *variants,
                              size_t n_variants, uint64_t seed,
                              struct ses_donor **out, struct ses_error *err)
{
    struct ses_donor *donor = ses_calloc(1, sizeof *donor);
    if (!donor)
        return ses_fail_memory(err, "a donor of gates");
    donor->seed = seed;
    const struct loading loading = { run,        model, set, variants,
                                     n_variants, donor, err };
    enum ses_status status = load(&loading);
    if (status) {
        ses_donor_free(donor);
        return status;
    }
    *out = donor;
    return SES_OK;
}

void ses_donor_free(struct ses_donor *donor)
{
    if (!donor)
        return;
    for (size_t b = 0; b < donor->n_blocks; b++) {
        free(donor->blocks[b].mean);
        free(donor->blocks[b].class_mean);
        free(donor->blocks[b].rows);
        free(donor->blocks[b].selective);
    }
    free(donor->blocks);
    free(donor->keys);
    free(donor->classes);
    free(donor->shuffled);
    free(donor->other);
    free(donor);
}
