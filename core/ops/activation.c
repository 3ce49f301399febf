/* A non-linearity by itself. Reads activation, alpha, beta, slope. */
#include "core/ops/activate.h"
#include "core/ops/shape.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    enum ses_status status = ses_activate_check(node, in[0]->c, err);
    return status ? status : ses_infer_same(node, in, out, err);
}

static void run(const struct ses_run *run)
{
    ses_activate(run->node, NULL, run->x[0], run->y,
                 (size_t)run->batch * ses_pixels(run->in[0]),
                 (size_t)run->in[0]->c);
}

const struct ses_op_class ses_op_activation = { .name = "activation",
                                                .in_place = true,
                                                .infer = infer,
                                                .run = run };
