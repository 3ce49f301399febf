/* See record-mean.h. */
#include "core/export/record-mean.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

enum ses_status ses_record_of_model(const struct ses_run_file *run,
                                    const struct ses_model *model,
                                    struct ses_error *err)
{
    if (strcmp(run->model_sha256, model->sha256) != 0)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' is a record of another network: of '%s' with "
                        "SHA-256 %.12s..., but '%s' has %.12s...",
                        run->path, run->model, run->model_sha256, model->path,
                        model->sha256);
    if (*run->force)
        return ses_fail(err, SES_EUSAGE,
                        "'%s' was recorded with forced gates, '%s', expected "
                        "none",
                        run->path, run->force);
    char *text = ses_preprocess_text(&model->preprocess);
    if (!text)
        return ses_fail_memory(err, "preprocessing");
    bool same = strcmp(run->preprocess, text) == 0;
    if (!same)
        ses_fail(err, SES_EUSAGE,
                 "'%s' was recorded with preprocessing %s, but the network's "
                 "is %s",
                 run->path, run->preprocess, text);
    free(text);
    if (!same)
        return SES_EUSAGE;
    if (run->n_pending)
        return ses_fail(err, SES_EUNSUPPORTED,
                        "'%s' is unfinished, %zu of %zu images are still to "
                        "do; 'sescope record --resume' goes on with it",
                        run->path, run->n_pending, run->n_images);
    return SES_OK;
}

enum ses_status ses_record_mean(const struct ses_run_file *run,
                                const struct ses_block *block, float *mean,
                                struct ses_error *err)
{
    int index = ses_run_block(run, block->name);
    if (index < 0)
        return ses_fail(err, SES_EUSAGE, "'%s' does not hold block '%s'",
                        run->path, block->name);
    if (run->blocks[index].channels != block->channels)
        return ses_fail(err, SES_EUSAGE,
                        "'%s': block '%s' has %d channels, expected %d",
                        run->path, block->name, run->blocks[index].channels,
                        block->channels);
    size_t n = (size_t)block->channels, classes = run->n_classes;
    uint64_t *count = ses_calloc(classes, sizeof *count), images = 0;
    size_t floats = 0;
    float *means = ses_multiply(classes, n, &floats)
                       ? ses_calloc_floats(floats)
                       : NULL;
    enum ses_status status = SES_OK;
    if (!count || !means) {
        status = ses_fail_memory(err, "gates' means");
        goto out;
    }
    status = ses_run_moments(run, (size_t)index, count, means, NULL, NULL,
                             NULL, err);
    if (status)
        goto out;
    for (size_t k = 0; k < classes; k++)
        images += count[k];
    if (!images) {
        status = ses_fail(err, SES_ENOTFOUND, "'%s' holds no images",
                          run->path);
        goto out;
    }
    for (size_t c = 0; c < n && !status; c++) {
        double sum = 0;
        for (size_t k = 0; k < classes; k++)
            if (count[k])
                sum += (double)count[k] * (double)means[k * n + c];
        mean[c] = (float)(sum / (double)images);
        if (!isfinite(mean[c]))
            status = ses_fail(err, SES_EFORMAT,
                              "'%s': the mean gate of channel %zu of block "
                              "'%s' is no number",
                              run->path, c, block->name);
    }
out:
    free(count);
    free(means);
    return status;
}
