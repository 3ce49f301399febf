/* See holm.h. */
#include "core/stats/holm.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/alloc.h"

struct test {
    double p;
    size_t index;
};

static int compare(const void *a, const void *b)
{
    const struct test *x = a, *y = b;
    return (x->p > y->p) - (x->p < y->p);
}

enum ses_status ses_holm(const double *p, size_t n, double *out,
                         struct ses_error *err)
{
    struct test *tests = ses_calloc(n, sizeof *tests);
    size_t count = 0;
    if (!tests)
        return ses_fail_memory(err, "a correction");
    for (size_t i = 0; i < n; i++) {
        if (isnan(p[i]))
            out[i] = p[i];
        else
            tests[count++] = (struct test){ p[i], i };
    }
    qsort(tests, count, sizeof *tests, compare);
    double least = 0; /* a larger p is not corrected to a smaller one */
    for (size_t i = 0; i < count; i++) {
        double corrected = tests[i].p * (double)(count - i);
        if (corrected > least)
            least = corrected < 1 ? corrected : 1;
        out[tests[i].index] = least;
    }
    free(tests);
    return SES_OK;
}
