/* See score.h. */
#include "core/record/score.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/record/writer.h"

enum { SCORES_AT_ONCE = 8192 };

void ses_top5(const float *logits, size_t n, int32_t out[5])
{
    int found = 0;
    for (size_t i = 0; i < n; i++) {
        int at = found;
        while (at > 0 && logits[i] > logits[out[at - 1]])
            at--;
        if (at == 5 || isnan(logits[i]))
            continue;
        if (found < 5)
            found++;
        for (int j = found - 1; j > at; j--)
            out[j] = out[j - 1];
        out[at] = (int32_t)i;
    }
    for (; found < 5; found++)
        out[found] = -1;
}

double ses_cross_entropy(const float *logits, size_t n, size_t label)
{
    double top = logits[0], sum = 0;
    for (size_t i = 1; i < n; i++)
        if (logits[i] > top)
            top = logits[i];
    for (size_t i = 0; i < n; i++)
        sum += exp(logits[i] - top);
    return top + log(sum) - logits[label];
}

struct scores {
    size_t labelled, first, five;
    double loss;
};

static void add_scores(const struct ses_set *set, size_t outputs,
                       const uint8_t *statuses, size_t first, size_t n,
                       const int32_t *top5, const float *loss,
                       struct scores *scores)
{
    for (size_t i = 0; i < n; i++, top5 += 5) {
        int label = set->classes[set->items[first + i].class].output;
        if (statuses[first + i] != SES_IMAGE_DONE || label < 0 ||
            (size_t)label >= outputs)
            continue;
        scores->labelled++;
        scores->first += top5[0] == label;
        for (int j = 0; j < 5; j++)
            scores->five += top5[j] == label;
        scores->loss += loss[i];
    }
}

enum ses_status ses_run_scores(const struct ses_set *set, size_t outputs,
                               const struct ses_record_writer *writer,
                               struct ses_run_result *result,
                               struct ses_error *err)
{
    size_t n = set->n_items;
    struct scores scores = { 0 };
    int32_t *top5 = ses_calloc(SCORES_AT_ONCE * 5, sizeof *top5);
    float *loss = ses_calloc(SCORES_AT_ONCE, sizeof *loss);
    enum ses_status status =
        top5 && loss ? SES_OK : ses_fail_memory(err, "the scores");
    for (size_t i = 0; i < n && outputs && status == SES_OK;
         i += SCORES_AT_ONCE) {
        size_t here = n - i < SCORES_AT_ONCE ? n - i : SCORES_AT_ONCE;
        status = ses_record_predictions(writer, i, here, top5, loss, err);
        if (status == SES_OK)
            add_scores(set, outputs, ses_record_statuses(writer), i, here,
                       top5, loss, &scores);
    }
    free(top5);
    free(loss);
    if (status != SES_OK)
        return status;
    double labelled = scores.labelled ? (double)scores.labelled : NAN;
    result->top1 = (double)scores.first / labelled;
    result->top5 = (double)scores.five / labelled;
    result->loss = scores.loss / labelled;
    return SES_OK;
}
