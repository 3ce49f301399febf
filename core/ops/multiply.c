/* Product of two maps of one shape, or of a map and a vector (the excitation;
 * Hu et al., eq. 4), either way round. */
#include "core/engine/vector.h"
#include "core/ops/shape.h"

static bool is_vector(const struct ses_value *value)
{
    return value->h == 1 && value->w == 1;
}

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    const struct ses_value *a = in[0], *b = in[1];
    bool same = a->h == b->h && a->w == b->w;
    if (a->c != b->c || (!same && !is_vector(a) && !is_vector(b)))
        return ses_fail(err, SES_ESHAPE,
                        "inputs are %dx%dx%d and %dx%dx%d (height x width x "
                        "channels), expected equal shapes or one 1x1x%d",
                        a->h, a->w, a->c, b->h, b->w, b->c, a->c);
    const struct ses_value *map = is_vector(a) ? b : a;
    out->h = map->h;
    out->w = map->w;
    out->c = map->c;
    return SES_OK;
}

SES_VECTOR static void product(const float *a, const float *b, float *y,
                               size_t n)
{
    SES_VECTOR_LOOP
    for (size_t i = 0; i < n; i++)
        y[i] = a[i] * b[i];
}

SES_VECTOR static void scale(const float *map, const float *gate, float *y,
                             size_t pixels, size_t channels)
{
    for (size_t i = 0; i < pixels; i++) {
        SES_VECTOR_LOOP
        for (size_t c = 0; c < channels; c++)
            y[i * channels + c] = map[i * channels + c] * gate[c];
    }
}

static void run(const struct ses_run *run)
{
    const struct ses_value *a = run->in[0], *b = run->in[1];
    size_t batch = (size_t)run->batch, channels = (size_t)run->out->c;
    size_t pixels = ses_pixels(run->out), floats = ses_floats(run->out);
    if (a->h == b->h && a->w == b->w) {
        product(run->x[0], run->x[1], run->y, batch * floats);
        return;
    }
    const float *map = run->x[is_vector(a)], *gate = run->x[!is_vector(a)];
    for (size_t i = 0; i < batch; i++)
        scale(map + i * floats, gate + i * channels, run->y + i * floats,
              pixels, channels);
}

const struct ses_op_class ses_op_multiply = { .name = "multiply",
                                              .in_place = true,
                                              .infer = infer,
                                              .run = run };
