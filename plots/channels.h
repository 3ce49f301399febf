/* Which of an axis's channels are named. */
#ifndef SES_PLOTS_CHANNELS_H
#define SES_PLOTS_CHANNELS_H

#include <stddef.h>

enum { SES_MOST_CHANNEL_TICKS = 8 };

struct ses_channel_ticks {
    size_t n;
    double position[SES_MOST_CHANNEL_TICKS]; /* 0 .. shown - 1 */
    int channel[SES_MOST_CHANNEL_TICKS];
};

/* Ticks of an axis on which channel[0 .. n_channels-1] lie evenly. The first
 * and the last are always among them. Between: every channel when so few are
 * shown; else, in rising lists, multiples of a power of two, at the place
 * the channel would have (between two positions when it is not shown); else
 * some of those shown. No two are nearer than `gap` positions, but for the
 * first and the last. */
struct ses_channel_ticks ses_channel_ticks_of(const int *channel,
                                              size_t n_channels, double gap);

#endif
