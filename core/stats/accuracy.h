/* Accuracy of a record's predictions, class by class. */
#ifndef SES_STATS_ACCURACY_H
#define SES_STATS_ACCURACY_H

#include "core/record/reader.h"

struct ses_accuracy {
    size_t images;   /* done */
    size_t labelled; /* of them, those whose class has a network output */
    size_t top1, top5; /* right ones among the labelled */
    double top1_share, top5_share; /* NaN without labelled images */
    double loss;                   /* mean, nats; NaN without any */
};

/* top5 [n_images][5] and loss [n_images] as ses_run_predictions() gives them;
 * classes [n_classes] and total are filled. */
void ses_accuracy(const struct ses_run_file *run, const int32_t *top5,
                  const float *loss, struct ses_accuracy *classes,
                  struct ses_accuracy *total);

#endif
