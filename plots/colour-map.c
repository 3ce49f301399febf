/* See colour-map.h. */
#include "plots/colour-map.h"

#include <math.h>

/* Tenths of viridis (van der Walt and Smith, 2015) and of cividis (Nunez et
 * al., 2018), 0xRRGGBB; between them colours are mixed. */
enum { STOPS = 10 };
static const unsigned viridis[STOPS] = { 0x440154, 0x482878, 0x3e4989,
                                         0x31688e, 0x26828e, 0x1f9e89,
                                         0x35b779, 0x6ece58, 0xb5de2b,
                                         0xfde725 };
static const unsigned cividis[STOPS] = { 0x00204d, 0x00336f, 0x39486b,
                                         0x575c6d, 0x707173, 0x8a8779,
                                         0xa69d75, 0xc4b56c, 0xe4cf5b,
                                         0xffea46 };

/* By palette; NULL: grey. */
static const unsigned *const maps[] = { viridis, cividis, NULL };

static struct ses_colour stop(const unsigned *map, int i)
{
    return (struct ses_colour){ (map[i] >> 16) / 255.0,
                                (map[i] >> 8 & 255) / 255.0,
                                (map[i] & 255) / 255.0 };
}

struct ses_colour ses_colour_sequential(const struct ses_look *look,
                                        double share)
{
    const unsigned *map = maps[look->palette];
    share = fmin(fmax(share, 0), 1);
    if (!map)
        return ses_colour_mix(look->paper, look->ink, share);
    int i = (int)fmin(share * (STOPS - 1), STOPS - 2);
    return ses_colour_mix(stop(map, i), stop(map, i + 1),
                          share * (STOPS - 1) - i);
}

/* ---- diverging ----------------------------------------------------------- */

/* CIE L*a*b* (D65) of sRGB and back: what is mixed there looks even. */
static double to_linear(double c)
{
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double from_linear(double c)
{
    c = fmin(fmax(c, 0), 1);
    return c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055;
}

static double root(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

static double cube(double t)
{
    return t > 6.0 / 29 ? t * t * t : (116 * t - 16) * 27 / 24389;
}

static const double white[3] = { 0.95047, 1, 1.08883 };

static void to_lab(struct ses_colour colour, double lab[3])
{
    double r = to_linear(colour.red), g = to_linear(colour.green),
           b = to_linear(colour.blue);
    double x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / white[0]);
    double y = root((0.2126729 * r + 0.7151522 * g + 0.0721750 * b) / white[1]);
    double z = root((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / white[2]);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

static struct ses_colour from_lab(const double lab[3])
{
    double fy = (lab[0] + 16) / 116;
    double x = white[0] * cube(fy + lab[1] / 500);
    double y = white[1] * cube(fy);
    double z = white[2] * cube(fy - lab[2] / 200);
    return (struct ses_colour){
        from_linear(3.2404542 * x - 1.5371385 * y - 0.4985314 * z),
        from_linear(-0.9692660 * x + 1.8760108 * y + 0.0415560 * z),
        from_linear(0.0556434 * x - 0.2040259 * y + 1.0572252 * z)
    };
}

struct ses_colour ses_colour_diverging(const struct ses_look *look,
                                       double share)
{
    static const struct ses_colour vermilion = { 0xd5 / 255.0, 0x5e / 255.0,
                                                 0 };
    static const struct ses_colour blue = { 0, 0x72 / 255.0, 0xb2 / 255.0 };
    share = fmin(fmax(share, -1), 1);
    if (!maps[look->palette])
        return ses_colour_mix(look->ink, look->paper, (share + 1) / 2);
    double from[3], to[3];
    to_lab(look->paper, from);
    to_lab(share < 0 ? vermilion : blue, to);
    for (int i = 0; i < 3; i++)
        from[i] += fabs(share) * (to[i] - from[i]);
    return from_lab(from);
}

struct ses_colour ses_colour_missing(const struct ses_look *look)
{
    return ses_pen_grey(look, 0.85, 0).colour;
}

/* ---- scales -------------------------------------------------------------- */

struct ses_colour_scale ses_colour_scale_around(double low, double high,
                                                int most, bool diverging)
{
    struct ses_colour_scale scale = { .diverging = diverging };
    if (!diverging) {
        scale.ticks = ses_ticks_around(low, high, most);
        return scale;
    }
    int half = most > 2 ? most / 2 : 1;
    scale.ticks = ses_ticks_around(0, fmax(fabs(low), fabs(high)), half);
    scale.ticks.first = -scale.ticks.last;
    return scale;
}

struct ses_colour ses_colour_of(const struct ses_colour_scale *scale,
                                const struct ses_look *look, double value)
{
    if (!isfinite(value))
        return ses_colour_missing(look);
    const struct ses_ticks *ticks = &scale->ticks;
    double low = (double)ticks->first * ticks->step;
    double high = (double)ticks->last * ticks->step;
    double share = (value - low) / (high - low);
    return scale->diverging ? ses_colour_diverging(look, 2 * share - 1)
                            : ses_colour_sequential(look, share);
}
