/* The channels a figure shows, and those its axis names. */
#include "plots/channels.h"

#include <stdbool.h>

#include "plots/plot.h"

size_t ses_uniform_channels(int channels, size_t count, int *out)
{
    size_t all = channels > 0 ? (size_t)channels : 0;
    if (count == 0 || count > all)
        count = all;
    for (size_t i = 0; i < count; i++) {
        /* i (C-1) / (n-1), to the nearest, halves up. */
        size_t intervals = count > 1 ? count - 1 : 1;
        out[i] = (int)((2 * i * (all - 1) + intervals) / (2 * intervals));
    }
    return count;
}

static bool rises(const int *channel, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (channel[i] <= channel[i - 1])
            return false;
    return true;
}

/* Where channel c lies between those shown; rising lists only. */
static double place(const int *channel, size_t n, int c)
{
    size_t i = 1;
    while (i + 1 < n && channel[i] < c)
        i++;
    int below = channel[i - 1], above = channel[i];
    return (double)(i - 1) + (double)(c - below) / (above - below);
}

static void add(struct ses_channel_ticks *ticks, double position, int channel)
{
    ticks->position[ticks->n] = position;
    ticks->channel[ticks->n] = channel;
    ticks->n++;
}

/* Add multiples of step inside the list, but for those too near to its ends.
 * False, with ticks as they were, when they are none, too many, or too near
 * to each other. */
static bool add_multiples(struct ses_channel_ticks *ticks, const int *channel,
                          size_t n, long step, double gap)
{
    size_t before = ticks->n;
    int last = channel[n - 1];
    for (long c = (channel[0] / step + 1) * step; c < last; c += step) {
        double at = place(channel, n, (int)c);
        if (at < gap || at > (double)(n - 1) - gap)
            continue;
        if (ticks->n + 2 > SES_MOST_CHANNEL_TICKS ||
            at - ticks->position[ticks->n - 1] < gap) {
            ticks->n = before;
            return false;
        }
        add(ticks, at, (int)c);
    }
    return ticks->n > before;
}

struct ses_channel_ticks ses_channel_ticks_of(const int *channel,
                                              size_t n_channels, double gap)
{
    struct ses_channel_ticks ticks = { 0 };
    if (n_channels == 0)
        return ticks;
    size_t end = n_channels - 1;
    add(&ticks, 0, channel[0]);
    if (end == 0)
        return ticks;
    if (n_channels <= SES_MOST_CHANNEL_TICKS && gap <= 1) {
        for (size_t i = 1; i < end; i++)
            add(&ticks, (double)i, channel[i]);
    } else if (rises(channel, n_channels)) {
        long span = (long)channel[end] - channel[0];
        for (long step = 1; step < span; step *= 2)
            if (add_multiples(&ticks, channel, n_channels, step, gap))
                break;
    } else {
        size_t pieces = SES_MOST_CHANNEL_TICKS - 1;
        while (pieces > 1 && (double)end / (double)pieces < gap + 1)
            pieces--;
        for (size_t i = 1; i < pieces; i++)
            add(&ticks, (double)(i * end / pieces), channel[i * end / pieces]);
    }
    add(&ticks, (double)end, channel[end]);
    return ticks;
}
