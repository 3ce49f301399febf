/* See svg.h. */
#include "tests/support/svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

struct svg_path svg_find(const char *svg, const char *style, int at)
{
    struct svg_path path = { 0 };
    for (const char *p = svg; (p = strstr(p, "<path style=\"")) != NULL;) {
        p += strlen("<path style=\"");
        const char *end = strchr(p, '"');
        const char *hit = strstr(p, style);
        if (!hit || hit > end || at-- > 0)
            continue;
        const char *d = strstr(end, " d=\"") + 4;
        while (*d && *d != '"') {
            if (*d == 'M' || *d == 'L') {
                assert_true(path.n < 64);
                path.moves += *d == 'M';
                char *next;
                path.x[path.n] = strtod(d + 1, &next);
                path.y[path.n++] = strtod(next, &next);
                d = next;
            } else {
                d++;
            }
        }
        return path;
    }
    return path;
}

/* Six decimals and no zeros at the end, as cairo writes numbers. */
static void percent(double part, char out[32])
{
    snprintf(out, 32, "%.6f", 100 * part);
    size_t n = strlen(out);
    while (out[n - 1] == '0')
        out[--n] = '\0';
    if (out[n - 1] == '.')
        out[n - 1] = '\0';
}

const char *svg_fill(double red, double green, double blue)
{
    static char text[128];
    char parts[3][32];
    percent(red, parts[0]);
    percent(green, parts[1]);
    percent(blue, parts[2]);
    snprintf(text, sizeof text, "fill:rgb(%s%%,%s%%,%s%%)", parts[0],
             parts[1], parts[2]);
    return text;
}
