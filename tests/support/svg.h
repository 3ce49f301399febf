/* What cairo drew into an SVG, read back. */
#ifndef SES_TESTS_SVG_H
#define SES_TESTS_SVG_H

#include <stddef.h>

/* Cairo writes coordinates to 1/256 of a point. */
#define SVG_STEP 5e-3

/* The at-th path whose style holds `style`: its points, with the number of
 * sub-paths begun; 0 points without such a path. Cairo leaves points out that
 * lie on the line between their neighbours. */
struct svg_path {
    size_t n, moves;
    double x[64], y[64];
};
struct svg_path svg_find(const char *svg, const char *style, int at);

/* "fill:rgb(..." of a colour as cairo writes it; until the next call. */
const char *svg_fill(double red, double green, double blue);

#endif
