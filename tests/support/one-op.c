/* See one-op.h. */
#include "tests/support/one-op.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/engine/gemm.h"
#include "tests/support/check.h"

float random_float(struct ses_random *random)
{
    return (float)((double)ses_random_below(random, 1 << 24) / (1 << 23) - 1);
}

int random_int(struct ses_random *random, int low, int high)
{
    return low + (int)ses_random_below(random, (uint64_t)(high - low + 1));
}

static struct ses_tensor *random_tensor(struct ses_random *random, int rank,
                                        const size_t *shape)
{
    struct ses_tensor *tensor = ses_tensor_new(rank, shape);
    assert_non_null(tensor);
    for (size_t i = 0; i < tensor->count; i++)
        tensor->data[i] = random_float(random);
    return tensor;
}

struct ses_tensor *random_weight(struct ses_random *random, int o, int i,
                                 int h, int w)
{
    size_t shape[4] = { (size_t)o, (size_t)i, (size_t)h, (size_t)w };
    return random_tensor(random, 4, shape);
}

struct ses_tensor *random_vector(struct ses_random *random, int n)
{
    size_t shape[1] = { (size_t)n };
    return random_tensor(random, 1, shape);
}

size_t image_floats(const struct ses_value *value)
{
    return (size_t)value->h * (size_t)value->w * (size_t)value->c;
}

static const struct ses_value *const *inputs(const struct one_op *op,
                                             const struct ses_value **in)
{
    for (int i = 0; i < ONE_OP_INPUTS; i++)
        in[i] = &op->in[i];
    return in;
}

enum ses_status one_op_infer(struct one_op *op, struct ses_error *err)
{
    const struct ses_value *in[ONE_OP_INPUTS];
    ses_gemm_setup();
    return ses_op_class(op->node.op)->infer(&op->node, inputs(op, in),
                                            &op->out, err);
}

void one_op_fill(struct one_op *op, struct ses_random *random)
{
    for (int i = 0; i < ONE_OP_INPUTS; i++) {
        size_t floats = (size_t)op->batch * image_floats(&op->in[i]);
        op->x[i] = ses_calloc_floats(floats);
        assert_non_null(op->x[i]);
        for (size_t j = 0; j < floats; j++)
            op->x[i][j] = random_float(random);
    }
}

/* Run on given arrays. Scratch starts as rubbish that would be seen. */
static void run(const struct one_op *op, const float *const *x, int batch,
                float *y)
{
    const struct ses_op_class *class = ses_op_class(op->node.op);
    const struct ses_value *in[ONE_OP_INPUTS];
    inputs(op, in);
    float *packed = NULL;
    if (class->pack) {
        packed = ses_calloc_floats(
            class->packed_floats(&op->node, in, &op->out));
        class->pack(&op->node, in, &op->out, packed);
    }
    size_t scratch =
        class->scratch_floats ? class->scratch_floats(&op->node, in, &op->out)
                              : 0;
    struct ses_run arguments = {
        .node = &op->node,
        .last = &op->node,
        .in = in,
        .out = &op->out,
        .x = x,
        .y = y,
        .batch = batch,
        .gate = op->gated ? x[1] : NULL,
        .add = op->added ? x[2] : NULL,
        .packed = packed,
        .scratch = ses_calloc_floats(scratch),
    };
    memset(arguments.scratch, 0xff, scratch * sizeof(float));
    memset(y, 0xff, (size_t)batch * image_floats(&op->out) * sizeof *y);
    class->run(&arguments);
    free(arguments.scratch);
    free(packed);
}

void one_op_run(struct one_op *op)
{
    free(op->y);
    op->y = ses_calloc_floats((size_t)op->batch * image_floats(&op->out));
    assert_non_null(op->y);
    run(op, (const float *const *)op->x, op->batch, op->y);
}

void one_op_check_batch(const struct one_op *op)
{
    size_t floats = image_floats(&op->out);
    float *alone = ses_calloc_floats(floats);
    for (size_t i = 0; i < (size_t)op->batch; i++) {
        const float *x[ONE_OP_INPUTS];
        for (int j = 0; j < ONE_OP_INPUTS; j++)
            x[j] = op->x[j] + i * image_floats(&op->in[j]);
        run(op, x, 1, alone);
        if (memcmp(alone, op->y + i * floats, floats * sizeof *alone)) {
            one_op_print(op);
            fail_msg("image %zu differs when it is run alone", i);
        }
    }
    free(alone);
}

void one_op_print(const struct one_op *op)
{
    const struct ses_node *node = &op->node;
    const struct ses_window *w = &node->window;
    print_error("%s: batch %d, in %dx%dx%d and %dx%dx%d, out %dx%dx%d, "
                "kernel %dx%d, stride %dx%d, dilation %dx%d, padding %d %d %d "
                "%d, ceil %d, count padding %d, groups %d, bias %d, "
                "activation %s alpha %g beta %g slopes %zu, gated %d, added "
                "%d\n",
                ses_op_class(node->op)->name, op->batch, op->in[0].h,
                op->in[0].w, op->in[0].c, op->in[1].h, op->in[1].w,
                op->in[1].c, op->out.h, op->out.w, op->out.c, w->kernel_h,
                w->kernel_w, w->stride_h, w->stride_w, w->dilation_h,
                w->dilation_w, w->pad_top, w->pad_left, w->pad_bottom,
                w->pad_right, w->ceil_mode, w->count_include_pad,
                node->groups, node->bias != NULL,
                ses_activation_name(node->activation), (double)node->alpha,
                (double)node->beta, node->slope ? node->slope->count : 0,
                op->gated, op->added);
}

void one_op_release(struct one_op *op)
{
    ses_tensor_free(op->node.weight);
    ses_tensor_free(op->node.bias);
    ses_tensor_free(op->node.slope);
    for (int i = 0; i < ONE_OP_INPUTS; i++)
        free(op->x[i]);
    free(op->y);
    *op = (struct one_op){ 0 };
}

void one_op_near(const struct one_op *op, size_t index, double expected,
                 double tolerance)
{
    double found = (double)op->y[index];
    if (fabs(found - expected) <= tolerance * (1 + fabs(expected)) ||
        found == expected || (isnan(found) && isnan(expected)))
        return;
    one_op_print(op);
    fail_msg("element %zu is %.9g, expected %.9g", index, found, expected);
}
