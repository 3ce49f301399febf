/* Changing gates (donor.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/ablation/donor-data.h"
#include "core/base/alloc.h"
#include "core/base/random.h"

/* One force on one batch. */
struct job {
    const struct ses_donor *donor;
    const struct ses_donor_block *from;
    const struct ses_force *force;
    const size_t *items;
    int batch, channels;
    float *data;
    uint64_t turn; /* which of the noises of the block this is */
};

static void put_number(const struct job *job)
{
    for (int i = 0; i < job->batch; i++)
        for (int c = 0; c < job->channels; c++)
            if (job->force->channel[c])
                job->data[i * job->channels + c] = (float)job->force->number;
}

/* A row of the record for one image of the batch. */
static void put_row(const struct job *job, int i, const float *row)
{
    for (int c = 0; c < job->channels; c++)
        if (job->force->channel[c])
            job->data[i * job->channels + c] = row[c];
}

static void put_rows(const struct job *job)
{
    size_t channels = (size_t)job->channels;
    const struct ses_donor *donor = job->donor;
    for (int i = 0; i < job->batch; i++) {
        size_t item = job->items[i];
        switch (job->force->kind) {
        case SES_FORCE_MEAN:
            put_row(job, i, job->from->mean);
            break;
        case SES_FORCE_CLASS_MEAN:
            put_row(job, i, job->from->class_mean +
                                (size_t)donor->classes[item] * channels);
            break;
        case SES_FORCE_SHUFFLE_IMAGES:
            put_row(job, i,
                    job->from->rows + donor->shuffled[item] * channels);
            break;
        default:
            put_row(job, i, job->from->rows + donor->other[item] * channels);
            break;
        }
    }
}

/* Standard normal, of a key alone (Box and Muller 1958). */
static double normal(uint64_t key)
{
    double u = ((double)(ses_donor_mix(key, 0) >> 11) + 1) * 0x1p-53;
    double v = (double)(ses_donor_mix(key, 1) >> 11) * 0x1p-53;
    return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

static void add_noise(const struct job *job)
{
    uint64_t block = ses_donor_mix(
        ses_donor_mix(job->donor->seed, 4 + job->force->block), job->turn);
    for (int i = 0; i < job->batch; i++) {
        uint64_t image =
            ses_donor_mix(block, job->donor->keys[job->items[i]]);
        for (int c = 0; c < job->channels; c++)
            if (job->force->channel[c]) {
                double z = normal(ses_donor_mix(image, (uint64_t)c));
                float *gate = &job->data[i * job->channels + c];
                *gate = (float)(*gate + job->force->number * z);
            }
    }
}

/* The chosen channels in one cycle (Sattolo 1986): each gets another's. */
static enum ses_status shuffle_channels(const struct job *job,
                                        struct ses_error *err)
{
    size_t channels = (size_t)job->channels, n = 0;
    int *source = ses_calloc(channels, sizeof *source);
    int *chosen = ses_calloc(channels, sizeof *chosen);
    float *row = ses_calloc(channels, sizeof *row);
    struct ses_random random;
    enum ses_status status = SES_OK;
    if (!source || !chosen || !row) {
        status = ses_fail_memory(err, "an order of channels");
        goto out;
    }
    for (int c = 0; c < job->channels; c++)
        if (job->force->channel[c])
            source[n] = chosen[n] = c, n++;
    ses_random_seed(&random,
                    ses_donor_mix(job->donor->seed, 4 + job->force->block));
    for (size_t i = n; i > 1; i--) {
        size_t j = (size_t)ses_random_below(&random, i - 1);
        int moved = source[i - 1];
        source[i - 1] = source[j];
        source[j] = moved;
    }
    for (int i = 0; i < job->batch; i++) {
        float *data = job->data + (size_t)i * channels;
        memcpy(row, data, channels * sizeof *row);
        for (size_t k = 0; k < n; k++)
            data[chosen[k]] = row[source[k]];
    }
out:
    free(source);
    free(chosen);
    free(row);
    return status;
}

/* Of the chosen channels the most selective stay (at least one), the others
 * get their means. */
static void keep_top(const struct job *job)
{
    long chosen = 0;
    for (int c = 0; c < job->channels; c++)
        chosen += job->force->channel[c];
    long keep = lround(job->force->number * (double)chosen);
    keep = keep < 1 ? 1 : keep;
    for (int k = 0; k < job->channels; k++) {
        int c = job->from->selective[k];
        if (!job->force->channel[c] || keep-- > 0)
            continue;
        for (int i = 0; i < job->batch; i++)
            job->data[i * job->channels + c] = job->from->mean[c];
    }
}

static enum ses_status apply(const struct job *job, struct ses_error *err)
{
    switch (job->force->kind) {
    case SES_FORCE_NUMBER:
        put_number(job);
        break;
    case SES_FORCE_MEAN:
    case SES_FORCE_CLASS_MEAN:
    case SES_FORCE_SHUFFLE_IMAGES:
    case SES_FORCE_OTHER_CLASS:
        put_rows(job);
        break;
    case SES_FORCE_SHUFFLE_CHANNELS:
        return shuffle_channels(job, err);
    case SES_FORCE_NOISE:
        add_noise(job);
        break;
    case SES_FORCE_TOP:
        keep_top(job);
        break;
    case SES_FORCE_SCALE: /* was done before the non-linearity */
        break;
    }
    return SES_OK;
}

enum ses_status ses_donor_force(const struct ses_donor *donor,
                                const struct ses_variant *variant,
                                size_t block, const size_t *items, int batch,
                                float *data, struct ses_error *err)
{
    enum ses_status status = SES_OK;
    uint64_t noises = 0;
    for (size_t i = 0; i < variant->n_forces && !status; i++) {
        const struct ses_force *force = &variant->forces[i];
        if (force->block != block)
            continue;
        const struct job job = {
            .donor = donor,
            .from = &donor->blocks[block],
            .force = force,
            .items = items,
            .batch = batch,
            .channels = donor->blocks[block].channels,
            .data = data,
            .turn = noises,
        };
        noises += force->kind == SES_FORCE_NOISE;
        status = apply(&job, err);
    }
    return status;
}

void ses_donor_scale(const struct ses_donor *donor,
                     const struct ses_variant *variant, size_t block,
                     int batch, float *data)
{
    int channels = donor->blocks[block].channels;
    for (size_t f = 0; f < variant->n_forces; f++) {
        const struct ses_force *force = &variant->forces[f];
        if (force->block != block || force->kind != SES_FORCE_SCALE)
            continue;
        for (int i = 0; i < batch; i++)
            for (int c = 0; c < channels; c++)
                if (force->channel[c])
                    data[i * channels + c] /= (float)force->number;
    }
}
