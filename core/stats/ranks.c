/* See ranks.h. */
#include "core/stats/ranks.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"

struct item {
    double value;
    size_t index;
};

static int compare(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

enum ses_status ses_ranks(const double *values, size_t n, double *ranks,
                          struct ses_error *err)
{
    struct item *items = ses_calloc(n, sizeof *items);
    if (!items)
        return ses_fail_memory(err, "ranks");
    for (size_t i = 0; i < n; i++)
        items[i] = (struct item){ values[i], i };
    qsort(items, n, sizeof *items, compare);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1;
             end < n && items[end].value == items[first].value;)
            end++;
        for (size_t i = first; i < end; i++)
            ranks[items[i].index] = ((double)first + 1 + (double)end) / 2;
    }
    free(items);
    return SES_OK;
}

double ses_correlation(const double *a, const double *b, size_t n)
{
    double mean_a = 0, mean_b = 0, aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) {
        mean_a += a[i] / (double)n;
        mean_b += b[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double x = a[i] - mean_a, y = b[i] - mean_b;
        aa += x * x;
        bb += y * y;
        ab += x * y;
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}
