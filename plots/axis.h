/* Linear axes and their round ticks. */
#ifndef SES_PLOTS_AXIS_H
#define SES_PLOTS_AXIS_H

#include <stddef.h>

/* Ticks at first * step, (first + 1) * step, ..., last * step; whole numbers
 * times the step, so that 0 is a tick and no error adds up. */
struct ses_ticks {
    double step;
    long first, last;
};

/* The narrowest round ticks that hold low..high (finite, low <= high) in at
 * most `most` (> 0) intervals; steps are 1, 2, 2.5 or 5 times a power of 10.
 */
struct ses_ticks ses_ticks_around(double low, double high, int most);

/* The number of a tick as text with as many decimals as every `stride` steps
 * need, with a true minus; written to out. */
void ses_tick_text(const struct ses_ticks *ticks, long tick, int stride,
                   char *out, size_t size);

/* low..high laid along from..to (points; to may be the smaller). */
struct ses_ruler {
    double low, high, from, to;
};

double ses_ruler_at(const struct ses_ruler *axis, double value);

#endif
