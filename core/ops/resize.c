/* Larger or smaller maps, as ONNX's Resize says it. Reads resize.
 *
 * Coordinates are floats, as in ONNX Runtime: where a pixel lies just between
 * two, rounding decides which is the nearest. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "core/engine/vector.h"
#include "core/ops/shape.h"

static int output_size(int size, double scale, int wanted)
{
    if (wanted)
        return wanted;
    float out = floorf((float)size * (float)scale);
    return out >= 1 && out < (float)INT_MAX ? (int)out : 0;
}

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    const struct ses_resize *resize = &node->resize;
    out->h = output_size(in[0]->h, resize->scale_h, resize->h);
    out->w = output_size(in[0]->w, resize->scale_w, resize->w);
    out->c = in[0]->c;
    if (out->h > 0 && out->w > 0)
        return SES_OK;
    return ses_fail(err, SES_ESHAPE, "a map of %dx%d by %g and %g", in[0]->h,
                    in[0]->w, resize->scale_h, resize->scale_w);
}

/* Where pixel `at` of an output of `out` lies in an input of `in`. */
static float coordinate(const struct ses_resize *resize, int at, int in,
                        int out, float scale)
{
    switch (resize->coordinate) {
    case SES_COORDINATE_ASYMMETRIC:
        return (float)at / scale;
    case SES_COORDINATE_ALIGN_CORNERS:
        return out > 1 ? (float)at * (float)(in - 1) / (float)(out - 1) : 0;
    case SES_COORDINATE_PYTORCH_HALF_PIXEL:
        if (out == 1)
            return 0;
        break;
    case SES_COORDINATE_HALF_PIXEL:
        break;
    }
    return ((float)at + 0.5f) / scale - 0.5f;
}

/* A float may round the last pixel up to the one behind it. */
static int clamp(float at, int size)
{
    if (at < 0)
        return 0;
    return at >= (float)size || (int)at >= size ? size - 1 : (int)at;
}

static int nearest(const struct ses_resize *resize, float at, int size)
{
    float down = floorf(at), up = ceilf(at);
    bool half = at - down == 0.5f;
    switch (resize->nearest) {
    case SES_NEAREST_FLOOR:
        return clamp(down, size);
    case SES_NEAREST_CEIL:
        return clamp(up, size);
    case SES_NEAREST_ROUND_PREFER_FLOOR:
        return clamp(half ? down : roundf(at), size);
    case SES_NEAREST_ROUND_PREFER_CEIL:
        return clamp(half ? up : roundf(at), size);
    }
    return 0;
}

/* Two neighbours and the second's share; one pixel when nearest. */
struct source {
    int first, second;
    float share;
};

static struct source source(const struct ses_resize *resize, int at, int in,
                            int out, float scale)
{
    float exact = coordinate(resize, at, in, out, scale);
    if (resize->mode == SES_RESIZE_NEAREST) {
        int pixel = nearest(resize, exact, in);
        return (struct source){ pixel, pixel, 0 };
    }
    float last = (float)(in - 1);
    exact = exact < 0 ? 0 : exact > last ? last : exact;
    int first = clamp(floorf(exact), in);
    int second = first + 1 < in ? first + 1 : first;
    return (struct source){ first, second, exact - (float)first };
}

static float scale_of(int in, int out, double scale, int wanted)
{
    return wanted ? (float)out / (float)in : (float)scale;
}

SES_VECTOR static void mix(const float *a, const float *b, const float *c,
                           const float *d, float right, float down, float *y,
                           size_t channels)
{
    SES_VECTOR_LOOP
    for (size_t i = 0; i < channels; i++) {
        float top = a[i] + right * (b[i] - a[i]);
        float bottom = c[i] + right * (d[i] - c[i]);
        y[i] = top + down * (bottom - top);
    }
}

static void run(const struct ses_run *run)
{
    const struct ses_resize *resize = &run->node->resize;
    const struct ses_value *in = run->in[0], *out = run->out;
    size_t channels = (size_t)in->c, width = (size_t)in->w;
    float scale_h = scale_of(in->h, out->h, resize->scale_h, resize->h);
    float scale_w = scale_of(in->w, out->w, resize->scale_w, resize->w);
    float *y = run->y;
    for (size_t image = 0; image < (size_t)run->batch; image++) {
        const float *x = run->x[0] + image * ses_floats(in);
        for (int i = 0; i < out->h; i++) {
            struct source v = source(resize, i, in->h, out->h, scale_h);
            const float *top = x + (size_t)v.first * width * channels;
            const float *bottom = x + (size_t)v.second * width * channels;
            for (int j = 0; j < out->w; j++, y += channels) {
                struct source u = source(resize, j, in->w, out->w, scale_w);
                size_t left = (size_t)u.first * channels;
                size_t right = (size_t)u.second * channels;
                if (resize->mode == SES_RESIZE_NEAREST)
                    memcpy(y, top + left, channels * sizeof *y);
                else
                    mix(top + left, top + right, bottom + left,
                        bottom + right, u.share, v.share, y, channels);
            }
        }
    }
}

const struct ses_op_class ses_op_resize = { .name = "resize",
                                            .infer = infer,
                                            .run = run };
