/* See axis.h. */
#include "plots/axis.h"

#include <math.h>
#include <stdio.h>

/* A bound this part of a step beyond a tick is rounding, not data. */
static const double SLACK = 1e-6;

struct ses_ticks ses_ticks_around(double low, double high, int most)
{
    static const double factors[] = { 1, 2, 2.5, 5 };
    /* A span too small for its numbers would need more digits than fit. */
    double span = fmax(high - low, fmax(fabs(low), fabs(high)) * 1e-9);
    if (!(span > 0))
        span = 1;
    double power = pow(10, floor(log10(span / most)));
    struct ses_ticks ticks = { 0 };
    for (int i = 0;; i++) {
        ticks.step = factors[i % 4] * power;
        ticks.first = (long)floor(low / ticks.step + SLACK);
        ticks.last = (long)ceil(high / ticks.step - SLACK);
        if (ticks.last == ticks.first)
            ticks.last++;
        if (ticks.last - ticks.first <= most)
            return ticks;
        if (i % 4 == 3)
            power *= 10;
    }
}

static int decimals(double step)
{
    for (int n = 0; n < 9; n++) {
        double scaled = step * pow(10, n);
        if (fabs(scaled - nearbyint(scaled)) < 1e-6 * scaled)
            return n;
    }
    return 9;
}

void ses_tick_text(const struct ses_ticks *ticks, long tick, int stride,
                   char *out, size_t size)
{
    double value = (double)tick * ticks->step;
    double step = ticks->step * stride;
    const char *sign = tick < 0 ? "\u2212" : "";
    if (step >= 1e6 || step < 1e-6)
        snprintf(out, size, "%s%.4g", sign, fabs(value));
    else
        snprintf(out, size, "%s%.*f", sign, decimals(step), fabs(value));
}

double ses_ruler_at(const struct ses_ruler *axis, double value)
{
    double part = (value - axis->low) / (axis->high - axis->low);
    return axis->from + part * (axis->to - axis->from);
}
