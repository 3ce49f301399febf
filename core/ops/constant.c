/* One map for every image. Reads weight: h x w x c. */
#include <limits.h>
#include <string.h>

#include "core/ops/shape.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    (void)in;
    const struct ses_tensor *value = node->weight;
    if (value->rank != 3 || value->count > INT_MAX)
        return ses_fail(err, SES_ESHAPE,
                        "a constant of %d axes, expected height x width x "
                        "channels",
                        value->rank);
    out->h = (int)value->shape[0];
    out->w = (int)value->shape[1];
    out->c = (int)value->shape[2];
    return SES_OK;
}

static void run(const struct ses_run *run)
{
    size_t floats = ses_floats(run->out);
    for (size_t image = 0; image < (size_t)run->batch; image++)
        memcpy(run->y + image * floats, run->node->weight->data,
               floats * sizeof(float));
}

const struct ses_op_class ses_op_constant = { .name = "constant",
                                              .infer = infer,
                                              .run = run };
