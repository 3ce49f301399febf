/* The numbers a page's picker draws from: as many channels as a page can
 * bear. See report.h. */
#include <math.h>
#include <stdlib.h>

#include "cli/report.h"
#include "core/base/alloc.h"
#include "core/stats/block-read.h"

/* Two numbers of 16 bits for each, as base64: at most 5.3 MB of the page. */
enum { MOST_NUMBERS = 1000000 };

/* Channels of a block that are kept. */
static size_t kept_of(const struct ses_report_job *job, int channels)
{
    size_t cells = job->analysis->n_classes * job->analysis->n_blocks;
    size_t most = MOST_NUMBERS / cells;
    if (most < 2)
        most = 2;
    return (size_t)channels < most ? (size_t)channels : most;
}

static enum ses_status fill_block(const struct ses_report_job *job,
                                  size_t block, struct ses_doc_block *out,
                                  struct ses_error *err)
{
    const struct ses_run_block *of = &job->run->blocks[block];
    size_t channels = (size_t)of->channels;
    size_t n_classes = job->analysis->n_classes;
    struct ses_block_moments moments;
    enum ses_status status =
        ses_block_moments_read(job->run, block, &moments, err);
    int *kept = ses_calloc(channels, sizeof *kept);
    size_t n = kept_of(job, of->channels);
    double *numbers = ses_calloc(2 * n_classes + 1, n * sizeof *numbers);
    if (!status && (!kept || !numbers))
        status = ses_fail_memory(err, "the picker");
    if (status) {
        free(kept);
        free(numbers);
        goto out;
    }
    n = ses_uniform_channels(of->channels, n, kept);
    double *mean = numbers, *std = mean + n_classes * n,
           *overall = std + n_classes * n;
    for (size_t k = 0; k < n_classes; k++) {
        size_t class = job->analysis->classes[k];
        for (size_t i = 0; i < n; i++) {
            size_t at = class * channels + (size_t)kept[i];
            mean[k * n + i] = moments.mean[at];
            std[k * n + i] = moments.count[class] > 1 ? moments.std[at] : NAN;
            overall[i] += mean[k * n + i] / (double)n_classes;
        }
    }
    *out = (struct ses_doc_block){
        .name = of->name,
        .channels = of->channels,
        .n_kept = n,
        .kept = kept,
        .mean = mean,
        .std = std,
        .overall = overall,
    };
out:
    ses_block_moments_release(&moments);
    return status;
}

enum ses_status ses_report_numbers_fill(const struct ses_report_job *job,
                                        struct ses_report_numbers *out,
                                        struct ses_error *err)
{
    const struct ses_analysis *a = job->analysis;
    *out = (struct ses_report_numbers){ 0 };
    out->blocks = ses_calloc(a->n_blocks, sizeof *out->blocks);
    out->classes = ses_calloc(a->n_classes, sizeof *out->classes);
    if (!out->blocks || !out->classes)
        return ses_fail_memory(err, "the picker");
    for (size_t i = 0; i < a->n_classes; i++)
        out->classes[i] = job->run->class_names[a->classes[i]];
    out->picker = (struct ses_doc_picker){
        .n_classes = a->n_classes,
        .classes = out->classes,
        .n_chosen = a->n_classes < SES_SHOWN_CLASSES ? a->n_classes
                                                 : SES_SHOWN_CLASSES,
        .n_blocks = a->n_blocks,
        .blocks = out->blocks,
        .block = a->n_blocks - 1,
    };
    enum ses_status status = SES_OK;
    for (size_t i = 0; !status && i < a->n_blocks; i++) {
        status = fill_block(job, a->blocks[i].block, &out->blocks[i], err);
        out->thinned |= out->blocks[i].n_kept < (size_t)out->blocks[i].channels;
    }
    return status;
}

void ses_report_numbers_release(struct ses_report_numbers *numbers)
{
    for (size_t i = 0; numbers->blocks && i < numbers->picker.n_blocks; i++) {
        free((void *)numbers->blocks[i].kept);
        free((void *)numbers->blocks[i].mean);
    }
    free(numbers->blocks);
    free(numbers->classes);
}
