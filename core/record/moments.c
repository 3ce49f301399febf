/* See moments.h. */
#include "core/record/moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

enum ses_status ses_moments_init(struct ses_moments *moments, size_t classes,
                                 size_t channels, struct ses_error *err)
{
    memset(moments, 0, sizeof *moments);
    size_t cells;
    if (!ses_multiply(classes, channels, &cells))
        return ses_fail_memory(err, "the moments of all classes");
    moments->classes = classes;
    moments->channels = channels;
    moments->count = ses_calloc(classes, sizeof *moments->count);
    moments->mean = ses_calloc(cells, sizeof *moments->mean);
    moments->square = ses_calloc(cells, sizeof *moments->square);
    moments->min = ses_calloc(cells, sizeof *moments->min);
    moments->max = ses_calloc(cells, sizeof *moments->max);
    if (moments->count && moments->mean && moments->square && moments->min &&
        moments->max)
        return SES_OK;
    ses_moments_release(moments);
    return ses_fail_memory(err, "the moments of all classes");
}

void ses_moments_release(struct ses_moments *moments)
{
    free(moments->count);
    free(moments->mean);
    free(moments->square);
    free(moments->min);
    free(moments->max);
    memset(moments, 0, sizeof *moments);
}

void ses_moments_add(struct ses_moments *moments, size_t class,
                     const float *row)
{
    size_t at = class * moments->channels;
    double *mean = moments->mean + at, *square = moments->square + at;
    float *min = moments->min + at, *max = moments->max + at;
    double n = (double)++moments->count[class];
    for (size_t c = 0; c < moments->channels; c++) {
        double delta = row[c] - mean[c];
        mean[c] += delta / n;
        square[c] += delta * (row[c] - mean[c]);
    }
    if (moments->count[class] == 1) {
        memcpy(min, row, moments->channels * sizeof *row);
        memcpy(max, row, moments->channels * sizeof *row);
        return;
    }
    for (size_t c = 0; c < moments->channels; c++) {
        if (row[c] < min[c] || isnan(row[c]))
            min[c] = row[c];
        if (row[c] > max[c] || isnan(row[c]))
            max[c] = row[c];
    }
}

void ses_moments_result(const struct ses_moments *moments, float *mean,
                        float *std, float *min, float *max)
{
    for (size_t k = 0, at = 0; k < moments->classes; k++) {
        uint64_t n = moments->count[k];
        for (size_t c = 0; c < moments->channels; c++, at++) {
            if (mean)
                mean[at] = n ? (float)moments->mean[at] : NAN;
            if (std)
                std[at] = n < 2 ? 0
                                : (float)sqrt(moments->square[at] /
                                              (double)(n - 1));
            if (min)
                min[at] = n ? moments->min[at] : NAN;
            if (max)
                max[at] = n ? moments->max[at] : NAN;
        }
    }
}
