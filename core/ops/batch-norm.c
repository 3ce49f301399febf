/* Batch normalisation, a shape rule only: a pass folds it into a convolution
 * before anything runs. Reads mean, variance, scale, shift, epsilon. */
#include "core/ops/shape.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    if (node->mean->count != (size_t)in[0]->c)
        return ses_fail(err, SES_ESHAPE,
                        "input has %d channels, expected %zu", in[0]->c,
                        node->mean->count);
    return ses_infer_same(node, in, out, err);
}

const struct ses_op_class ses_op_batch_norm = { .name = "batch norm",
                                                .infer = infer };
