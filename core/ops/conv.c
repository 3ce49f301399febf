/* Convolution, and with it fully connected layers. Reads window, groups,
 * weight (O x I/groups x kh x kw), bias, and an activation for its output
 * (activation, alpha, beta, slope). */
#include "core/ops/conv.h"

#include <limits.h>

#include "core/ops/activate.h"
#include "core/ops/window.h"

static enum ses_status infer(const struct ses_node *node,
                             const struct ses_value *const *in,
                             struct ses_value *out, struct ses_error *err)
{
    const struct ses_tensor *weight = node->weight;
    size_t channels = weight->shape[1] * (size_t)node->groups;
    if ((size_t)in[0]->c != channels)
        return ses_fail(err, SES_ESHAPE,
                        "input has %d channels, expected %zu", in[0]->c,
                        channels);
    if (weight->shape[0] > INT_MAX)
        return ses_fail(err, SES_ESHAPE, "%zu outputs are too many",
                        weight->shape[0]);
    out->c = (int)weight->shape[0];
    enum ses_status status = ses_activate_check(node, out->c, err);
    if (status)
        return status;
    return ses_window_infer(&node->window, in[0]->h, in[0]->w, &out->h,
                            &out->w, err);
}

static size_t packed_floats(const struct ses_node *node,
                            const struct ses_value *const *in,
                            const struct ses_value *out)
{
    struct ses_conv_plan plan = ses_conv_plan(node, in[0], out);
    return plan.way == SES_CONV_WINOGRAD ? ses_winograd_floats(&plan)
           : plan.way == SES_CONV_LANES  ? ses_lanes_floats(node)
                                         : ses_conv_matrix_floats(&plan);
}

static void pack(const struct ses_node *node,
                 const struct ses_value *const *in,
                 const struct ses_value *out, float *packed)
{
    struct ses_conv_plan plan = ses_conv_plan(node, in[0], out);
    if (plan.way == SES_CONV_WINOGRAD)
        ses_winograd_pack(node, &plan, packed);
    else if (plan.way == SES_CONV_LANES)
        ses_lanes_pack(node, packed);
    else
        ses_conv_matrix(node, &plan, packed);
}

static size_t scratch_floats(const struct ses_node *node,
                             const struct ses_value *const *in,
                             const struct ses_value *out)
{
    struct ses_conv_plan plan = ses_conv_plan(node, in[0], out);
    if (plan.way == SES_CONV_WINOGRAD)
        return ses_winograd_scratch(&plan);
    if (plan.way == SES_CONV_LANES)
        return ses_lanes_scratch(node, out, &plan);
    if (plan.way == SES_CONV_STRIPS)
        return ses_strips_scratch(node, out, &plan);
    if (plan.way == SES_CONV_GEMM && !plan.direct)
        return plan.rows * ses_gathered_floats(&plan);
    return 0;
}

static void run(const struct ses_run *run)
{
    struct ses_conv_plan plan = ses_conv_plan(run->node, run->in[0], run->out);
    switch (plan.way) {
    case SES_CONV_VECTOR:
        ses_conv_run_vector(run, &plan);
        break;
    case SES_CONV_DEPTHWISE:
        ses_conv_run_depthwise(run, &plan);
        break;
    case SES_CONV_LANES:
        ses_conv_run_lanes(run, &plan);
        break;
    case SES_CONV_WINOGRAD:
        ses_conv_run_winograd(run, &plan);
        break;
    case SES_CONV_STRIPS:
        ses_conv_run_strips(run, &plan);
        break;
    default:
        ses_conv_run_gemm(run, &plan);
        break;
    }
}

const struct ses_op_class ses_op_conv = {
    .name = "convolution",
    .infer = infer,
    .packed_floats = packed_floats,
    .pack = pack,
    .scratch_floats = scratch_floats,
    .run = run,
};
