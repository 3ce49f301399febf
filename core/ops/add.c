/* Sum of two maps of one shape: the residual. */
#include "core/engine/vector.h"
#include "core/ops/shape.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    const struct ses_value *a = in[0], *b = in[1];
    if (a->h != b->h || a->w != b->w || a->c != b->c)
        return ses_fail(err, SES_ESHAPE,
                        "inputs are %dx%dx%d and %dx%dx%d (height x width x "
                        "channels), expected equal shapes",
                        a->h, a->w, a->c, b->h, b->w, b->c);
    return ses_infer_same(node, in, out, err);
}

SES_VECTOR static void sum(const float *a, const float *b, float *y, size_t n)
{
    SES_VECTOR_LOOP
    for (size_t i = 0; i < n; i++)
        y[i] = a[i] + b[i];
}

static void run(const struct ses_run *run)
{
    sum(run->x[0], run->x[1], run->y,
        (size_t)run->batch * ses_floats(run->out));
}

const struct ses_op_class ses_op_add = { .name = "add",
                                         .in_place = true,
                                         .infer = infer,
                                         .run = run };
