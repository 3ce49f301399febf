/* See mcnemar.h. */
#include "core/stats/mcnemar.h"

#include <math.h>

#include "core/base/number.h"

double ses_mcnemar_exact(size_t lost, size_t gained)
{
    size_t least = ses_least(lost, gained);
    double n = (double)lost + (double)gained;
    if (lost == gained)
        return 1;
    /* P(X = least), the largest term of the tail; the others follow from it
     * and fall at once. */
    int sign;
    double k = (double)least;
    double log_term = lgamma_r(n + 1, &sign) - lgamma_r(k + 1, &sign) -
                      lgamma_r(n - k + 1, &sign) - n * log(2);
    double sum = 1, term = 1;
    for (; k > 0; k--) {
        term *= k / (n - k + 1);
        if (term < sum * 1e-18)
            break;
        sum += term;
    }
    double p = 2 * exp(log_term + log(sum));
    return p < 1 ? p : 1;
}
