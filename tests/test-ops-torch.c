/* core/ops, as PyTorch has them (scripts/reference/ops.py). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/ops/conv.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/one-op.h"

static void fill_ramp(float *x, size_t n, size_t start, float shift)
{
    for (size_t i = 0; i < n; i++)
        x[i] = ((float)((i * 37 + start) % 101) - 50) / 32 + shift;
}

static struct ses_tensor *ramp(int rank, const size_t *shape, size_t start)
{
    struct ses_tensor *tensor = ses_tensor_new(rank, shape);
    fill_ramp(tensor->data, tensor->count, start, 0);
    return tensor;
}

/* Whole numbers of a line. */
static void read_ints(FILE *file, int *out, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(fscanf(file, "%d", &out[i]), 1);
}

static void read_conv(FILE *file, struct one_op *op)
{
    int n[15];
    read_ints(file, n, 15);
    op->node = (struct ses_node){ .op = SES_OP_CONV, .n_inputs = 1 };
    op->in[0] = (struct ses_value){ .h = n[0], .w = n[1], .c = n[2] };
    op->node.groups = n[4];
    op->node.window = (struct ses_window){
        .kernel_h = n[5],   .kernel_w = n[6],    .stride_h = n[7],
        .stride_w = n[8],   .dilation_h = n[9],  .dilation_w = n[10],
        .pad_top = n[11],   .pad_left = n[12],   .pad_bottom = n[13],
        .pad_right = n[14],
    };
    size_t shape[4] = { (size_t)n[3], (size_t)(n[2] / n[4]), (size_t)n[5],
                        (size_t)n[6] };
    op->node.weight = ramp(4, shape, 5);
    op->node.bias = ramp(1, shape, 3);
}

static void read_pool(FILE *file, struct one_op *op, enum ses_op kind)
{
    int n[8];
    read_ints(file, n, 8);
    op->node = (struct ses_node){ .op = kind,
                                  .n_inputs = 1,
                                  .window = ses_window(n[3], n[4], n[5]) };
    op->in[0] = (struct ses_value){ .h = n[0], .w = n[1], .c = n[2] };
    op->node.window.ceil_mode = n[6];
    op->node.window.count_include_pad = n[7];
}

static void read_pad(FILE *file, struct one_op *op)
{
    char mode[32];
    int n[7];
    assert_int_equal(fscanf(file, "%31s", mode), 1);
    read_ints(file, n, 7);
    op->node = (struct ses_node){ .op = SES_OP_PAD,
                                  .n_inputs = 1,
                                  .alpha = 0.25f };
    op->node.padding = strcmp(mode, "reflect") == 0     ? SES_PAD_REFLECT
                       : strcmp(mode, "replicate") == 0 ? SES_PAD_EDGE
                                                        : SES_PAD_CONSTANT;
    op->node.window.pad_top = n[3];
    op->node.window.pad_left = n[4];
    op->node.window.pad_bottom = n[5];
    op->node.window.pad_right = n[6];
    op->in[0] = (struct ses_value){ .h = n[0], .w = n[1], .c = n[2] };
}

static void read_norm(FILE *file, struct one_op *op)
{
    int n[4];
    read_ints(file, n, 4);
    op->node = (struct ses_node){ .op = SES_OP_LRN, .n_inputs = 1 };
    op->node.window.kernel_h = n[3];
    assert_int_equal(fscanf(file, "%f %f %lf", &op->node.alpha,
                            &op->node.beta, &op->node.epsilon),
                     3);
    op->in[0] = (struct ses_value){ .h = n[0], .w = n[1], .c = n[2] };
}

/* Read and run what is no activation and whose first word was read. */
static void check_case(FILE *file, const char *word)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    struct one_op op = { .batch = 1 };
    int shape[3];
    ses_random_seed(&random, 13);
    if (strcmp(word, "conv") == 0)
        read_conv(file, &op);
    else if (strcmp(word, "pad") == 0)
        read_pad(file, &op);
    else if (strcmp(word, "lrn") == 0)
        read_norm(file, &op);
    else
        read_pool(file, &op, strcmp(word, "max") == 0 ? SES_OP_MAX_POOL
                                                      : SES_OP_AVERAGE_POOL);
    read_ints(file, shape, 3);
    bool fits = one_op_infer(&op, &err) == SES_OK;
    if (!fits || op.out.h != shape[0] || op.out.w != shape[1] ||
        op.out.c != shape[2]) {
        one_op_print(&op);
        fail_msg("expected a map of %dx%dx%d; %s", shape[0], shape[1],
                 shape[2], err.message);
    }
    one_op_fill(&op, &random);
    fill_ramp(op.x[0], image_floats(&op.in[0]), 11,
              op.node.op == SES_OP_MAX_POOL ? -3 : 0);
    one_op_run(&op);
    /* Winograd's way rounds by the largest numbers of a tile. */
    bool winograd = op.node.op == SES_OP_CONV &&
                    ses_conv_plan(&op.node, &op.in[0], &op.out).way ==
                        SES_CONV_WINOGRAD;
    for (size_t i = 0; i < image_floats(&op.out); i++) {
        double expected;
        assert_int_equal(fscanf(file, "%lf", &expected), 1);
        one_op_near(&op, i, expected, winograd ? 2e-5 : 1e-6);
    }
    one_op_release(&op);
}

/* The input: -8, -7.75 .. 8, or what lies beyond. */
static void check_activation(FILE *file, bool edges)
{
    static const float beyond[] = { -INFINITY, INFINITY, -1e30f, 1e30f,
                                    -104, 104 };
    struct ses_random random;
    struct ses_error err = { 0 };
    char name[32];
    double alpha, beta;
    int n;
    ses_random_seed(&random, 14);
    assert_int_equal(
        fscanf(file, "%31s %lf %lf %d", name, &alpha, &beta, &n), 4);
    int kind = 0;
    while (kind < SES_ACT_COUNT &&
           strcmp(name, ses_activation_name((enum ses_activation)kind)) != 0)
        kind++;
    assert_true(kind < SES_ACT_COUNT);
    struct one_op op = {
        .batch = 1,
        .node = { .op = SES_OP_ACTIVATION,
                  .n_inputs = 1,
                  .activation = (enum ses_activation)kind,
                  .alpha = (float)alpha,
                  .beta = (float)beta },
        .in = { { .h = 1, .w = 1, .c = n } },
    };
    assert_int_equal(one_op_infer(&op, &err), SES_OK);
    one_op_fill(&op, &random);
    for (int i = 0; i < n; i++)
        op.x[0][i] = edges ? beyond[i] : (float)(i - n / 2) / 4;
    one_op_run(&op);
    for (int i = 0; i < n; i++) {
        double expected;
        assert_int_equal(fscanf(file, "%lf", &expected), 1);
        one_op_near(&op, (size_t)i, expected, 3e-7);
    }
    one_op_release(&op);
}

static void results_are_those_of_torch(void **state)
{
    FILE *file = fopen(data_path("ops/torch.txt"), "r");
    assert_non_null(file);
    char word[32];
    int cases = 0;
    for (; fscanf(file, "%31s", word) == 1; cases++) {
        if (strcmp(word, "activation") == 0)
            check_activation(file, false);
        else if (strcmp(word, "edges") == 0)
            check_activation(file, true);
        else
            check_case(file, word);
    }
    assert_int_equal(cases, 192);
    fclose(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_those_of_torch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
