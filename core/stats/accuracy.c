/* See accuracy.h. */
#include "core/stats/accuracy.h"

#include <math.h>
#include <string.h>

/* Place of an output among five, or 5. */
static int rank_of(const int32_t *top5, int32_t output)
{
    int rank = 0;
    while (rank < 5 && top5[rank] != output)
        rank++;
    return rank;
}

static void finish(struct ses_accuracy *a)
{
    double n = (double)a->labelled;
    a->top1_share = a->labelled ? (double)a->top1 / n : NAN;
    a->top5_share = a->labelled ? (double)a->top5 / n : NAN;
    a->loss = a->labelled ? a->loss / n : NAN;
}

void ses_accuracy(const struct ses_run_file *run, const int32_t *top5,
                  const float *loss, struct ses_accuracy *classes,
                  struct ses_accuracy *total)
{
    memset(classes, 0, run->n_classes * sizeof *classes);
    memset(total, 0, sizeof *total);
    for (size_t i = 0; i < run->n_images; i++) {
        if (run->image_status[i] != SES_IMAGE_DONE)
            continue;
        int32_t class = run->image_classes[i];
        int32_t output = run->class_outputs[class];
        struct ses_accuracy *both[] = { &classes[class], total };
        int rank = rank_of(top5 + 5 * i, output);
        for (int k = 0; k < 2; k++) {
            both[k]->images++;
            if (output < 0)
                continue;
            both[k]->labelled++;
            both[k]->top1 += rank == 0;
            both[k]->top5 += rank < 5;
            both[k]->loss += loss[i];
        }
    }
    for (size_t k = 0; k < run->n_classes; k++)
        finish(&classes[k]);
    finish(total);
}
