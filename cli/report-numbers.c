/* The numbers a page's picker draws from: as many channels as a page can
 * bear. See report.h. */
#include <stdlib.h>

#include "cli/report.h"
#include "core/base/alloc.h"
#include "core/base/number.h"

/* Two numbers of 16 bits for each, as base64: at most 5.3 MB of the page. */
enum { MOST_NUMBERS = 1000000 };

/* Channels of a block that are kept. */
static size_t kept_of(const struct ses_report_job *job, int channels)
{
    size_t cells = job->analysis->n_classes * job->analysis->n_blocks;
    size_t most = ses_most(MOST_NUMBERS / cells, 2);
    return ses_least((size_t)channels, most);
}

static enum ses_status fill_block(const struct ses_report_job *job, size_t i,
                                  struct ses_report_numbers *out,
                                  struct ses_error *err)
{
    const struct ses_analysis *a = job->analysis;
    size_t block = a->blocks[i].block;
    const struct ses_run_block *of = &job->run->blocks[block];
    struct ses_class_curves *curves = &out->curves[i];
    int *kept = ses_calloc((size_t)of->channels, sizeof *kept);
    if (!kept)
        return ses_fail_memory(err, "the picker");
    out->blocks[i].kept = kept;
    size_t n = ses_uniform_channels(of->channels, kept_of(job, of->channels),
                                    kept);
    enum ses_status status = ses_class_curves_init(
        job->run, block, a->classes, a->n_classes, kept, n, false, 0, curves,
        err);
    out->blocks[i] = (struct ses_doc_block){
        .name = of->name,
        .channels = of->channels,
        .n_kept = n,
        .kept = kept,
        .mean = curves->mean,
        .std = curves->std,
        .overall = curves->overall,
    };
    out->thinned |= n < (size_t)of->channels;
    return status;
}

enum ses_status ses_report_numbers_fill(const struct ses_report_job *job,
                                        struct ses_report_numbers *out,
                                        struct ses_error *err)
{
    const struct ses_analysis *a = job->analysis;
    *out = (struct ses_report_numbers){ 0 };
    out->blocks = ses_calloc(a->n_blocks, sizeof *out->blocks);
    out->curves = ses_calloc(a->n_blocks, sizeof *out->curves);
    out->classes = ses_calloc(a->n_classes, sizeof *out->classes);
    if (!out->blocks || !out->curves || !out->classes)
        return ses_fail_memory(err, "the picker");
    for (size_t i = 0; i < a->n_classes; i++)
        out->classes[i] = job->run->class_names[a->classes[i]];
    out->picker = (struct ses_doc_picker){
        .n_classes = a->n_classes,
        .classes = out->classes,
        .n_chosen = ses_least(a->n_classes, SES_SHOWN_CLASSES),
        .n_blocks = a->n_blocks,
        .blocks = out->blocks,
        .block = a->n_blocks - 1,
    };
    enum ses_status status = SES_OK;
    for (size_t i = 0; !status && i < a->n_blocks; i++)
        status = fill_block(job, i, out, err);
    return status;
}

void ses_report_numbers_release(struct ses_report_numbers *numbers)
{
    for (size_t i = 0; i < numbers->picker.n_blocks; i++) {
        free((void *)numbers->blocks[i].kept);
        ses_class_curves_release(&numbers->curves[i]);
    }
    free(numbers->blocks);
    free(numbers->curves);
    free(numbers->classes);
}
