/* Part of a map along one axis. Reads axis, first, step, length. */
#include <string.h>

#include "core/ops/shape.h"
#include "core/ops/span.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    int size = ses_axis_size(in[0], node->axis);
    long long last =
        node->first + (long long)node->step * (node->length - 1LL);
    if (node->length < 1 || node->step == 0 || node->first < 0 ||
        node->first >= size || last < 0 || last >= size)
        return ses_fail(err, SES_ESHAPE,
                        "%d elements from %d on in steps of %d, of %d",
                        node->length, node->first, node->step, size);
    enum ses_status status = ses_infer_same(node, in, out, err);
    ses_axis_set(out, node->axis, node->length);
    return status;
}

static void run(const struct ses_run *run)
{
    const struct ses_node *node = run->node;
    struct ses_span in = ses_span(run->in[0], node->axis);
    size_t blocks = (size_t)run->batch * in.outer;
    float *y = run->y;
    for (size_t i = 0; i < blocks; i++) {
        const float *x = run->x[0] + i * in.size * in.inner;
        if (node->step == 1) {
            size_t floats = (size_t)node->length * in.inner;
            memcpy(y, x + (size_t)node->first * in.inner,
                   floats * sizeof *y);
            y += floats;
            continue;
        }
        for (int k = 0; k < node->length; k++, y += in.inner)
            memcpy(y, x + (size_t)(node->first + k * node->step) * in.inner,
                   in.inner * sizeof *y);
    }
}

const struct ses_op_class ses_op_slice = { .name = "slice",
                                           .infer = infer,
                                           .run = run };
