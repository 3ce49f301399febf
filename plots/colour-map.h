/* Numbers as colours: even steps of a number are even steps of lightness, for
 * every kind of colour vision and in a grey copy. */
#ifndef SES_PLOTS_COLOUR_MAP_H
#define SES_PLOTS_COLOUR_MAP_H

#include <stdbool.h>

#include "plots/axis.h"
#include "plots/palette.h"

/* share: 0..1 from dark to light (of the palette grey: from paper to ink);
 * what is beyond has the colour of the end. */
struct ses_colour ses_colour_sequential(const struct ses_look *look,
                                        double share);

/* share: -1..1; paper at 0, vermilion below it, blue above. Signs look alike
 * in a grey copy, but for the palette grey, which goes from ink to paper. */
struct ses_colour ses_colour_diverging(const struct ses_look *look,
                                       double share);

/* Of what is no number: a grey, which only the palette grey has elsewhere;
 * cells that are large enough are crossed out too. */
struct ses_colour ses_colour_missing(const struct ses_look *look);

/* Which numbers colours stand for: the first to the last of the ticks. */
struct ses_colour_scale {
    struct ses_ticks ticks;
    bool diverging;
};

/* Around low..high, in at most `most` intervals; a diverging one goes as far
 * to both sides of 0. */
struct ses_colour_scale ses_colour_scale_around(double low, double high,
                                                int most, bool diverging);
struct ses_colour ses_colour_of(const struct ses_colour_scale *scale,
                                const struct ses_look *look, double value);

#endif
