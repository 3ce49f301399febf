/* Maps side by side along one axis. Reads axis. */
#include <limits.h>
#include <string.h>

#include "core/ops/shape.h"
#include "core/ops/span.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    if (node->n_inputs < 1)
        return ses_fail(err, SES_ESHAPE, "nothing to put together");
    long long sum = 0;
    for (int i = 0; i < node->n_inputs; i++) {
        struct ses_value like = *in[i];
        ses_axis_set(&like, node->axis, ses_axis_size(in[0], node->axis));
        if (like.h != in[0]->h || like.w != in[0]->w || like.c != in[0]->c)
            return ses_fail(err, SES_ESHAPE,
                            "inputs are %dx%dx%d and %dx%dx%d (height x width "
                            "x channels), expected them to differ along one "
                            "axis alone",
                            in[0]->h, in[0]->w, in[0]->c, in[i]->h, in[i]->w,
                            in[i]->c);
        sum += ses_axis_size(in[i], node->axis);
    }
    if (sum > INT_MAX)
        return ses_fail(err, SES_ESHAPE, "%lld elements along one axis", sum);
    enum ses_status status = ses_infer_same(node, in, out, err);
    ses_axis_set(out, node->axis, (int)sum);
    return status;
}

static void run(const struct ses_run *run)
{
    struct ses_span out = ses_span(run->out, run->node->axis);
    size_t blocks = (size_t)run->batch * out.outer;
    size_t row = out.size * out.inner, at = 0;
    for (int k = 0; k < run->node->n_inputs; k++) {
        struct ses_span in = ses_span(run->in[k], run->node->axis);
        size_t part = in.size * in.inner;
        for (size_t i = 0; i < blocks; i++)
            memcpy(run->y + i * row + at, run->x[k] + i * part,
                   part * sizeof(float));
        at += part;
    }
}

const struct ses_op_class ses_op_concat = { .name = "concat",
                                            .infer = infer,
                                            .run = run };
