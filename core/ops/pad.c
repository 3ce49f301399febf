/* Pixels around a map. Reads window's pads (below 0 they crop), padding, and
 * alpha: the constant. */
#include <limits.h>
#include <string.h>

#include "core/ops/shape.h"

/* An axis with its pads; 0 when it cannot be. */
static int padded(int size, int before, int after)
{
    long long all = (long long)size + before + after;
    return all < 1 || all > INT_MAX ? 0 : (int)all;
}

/* What is left of an axis where pads crop; others mirror no more than that. */
static bool fits(int size, int before, int after, enum ses_padding padding)
{
    long long kept = (long long)size + (before < 0 ? before : 0) +
                     (after < 0 ? after : 0);
    if (kept < 1 || !padded(size, before, after))
        return false;
    return padding != SES_PAD_REFLECT || (before < kept && after < kept);
}

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    const struct ses_window *pad = &node->window;
    if (!fits(in[0]->h, pad->pad_top, pad->pad_bottom, node->padding) ||
        !fits(in[0]->w, pad->pad_left, pad->pad_right, node->padding))
        return ses_fail(err, SES_ESHAPE,
                        "padding of %d, %d, %d, %d (top, left, bottom, right) "
                        "does not fit a map of %dx%d",
                        pad->pad_top, pad->pad_left, pad->pad_bottom,
                        pad->pad_right, in[0]->h, in[0]->w);
    out->h = padded(in[0]->h, pad->pad_top, pad->pad_bottom);
    out->w = padded(in[0]->w, pad->pad_left, pad->pad_right);
    out->c = in[0]->c;
    return SES_OK;
}

/* Which input position stands at an output position; -1 for the constant. */
static int source(int at, int size, enum ses_padding padding)
{
    if (at >= 0 && at < size)
        return at;
    if (padding == SES_PAD_CONSTANT)
        return -1;
    if (padding == SES_PAD_EDGE)
        return at < 0 ? 0 : size - 1;
    return at < 0 ? -at : 2 * (size - 1) - at;
}

static void run(const struct ses_run *run)
{
    const struct ses_node *node = run->node;
    const struct ses_value *in = run->in[0], *out = run->out;
    size_t channels = (size_t)in->c, width = (size_t)in->w;
    float *y = run->y;
    for (size_t image = 0; image < (size_t)run->batch; image++) {
        const float *x = run->x[0] + image * ses_floats(in);
        for (int i = 0; i < out->h; i++) {
            int row = source(i - node->window.pad_top, in->h, node->padding);
            for (int j = 0; j < out->w; j++, y += channels) {
                int column =
                    source(j - node->window.pad_left, in->w, node->padding);
                if (row >= 0 && column >= 0)
                    memcpy(y,
                           x + ((size_t)row * width + (size_t)column) *
                                   channels,
                           channels * sizeof *y);
                else
                    for (size_t c = 0; c < channels; c++)
                        y[c] = node->alpha;
            }
        }
    }
}

const struct ses_op_class ses_op_pad = { .name = "pad",
                                         .infer = infer,
                                         .run = run };
