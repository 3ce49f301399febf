/* core/ops/window: padding that follows from the map's size, in every
 * operation that has a window. */
#include <stdlib.h>
#include <string.h>

#include "core/ops/conv.h"
#include "core/ops/window.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"

/* What TensorFlow's documentation gives for SAME, on well-known layers. */
static void padding_is_tensorflows(void **test)
{
    static const struct {
        int size, kernel, stride, dilation, before, after;
    } cases[] = {
        { 224, 7, 2, 1, 2, 3 }, { 112, 3, 2, 1, 0, 1 }, { 112, 5, 2, 1, 1, 2 },
        { 225, 3, 2, 1, 1, 1 }, { 56, 3, 1, 1, 1, 1 },  { 56, 3, 1, 2, 2, 2 },
        { 7, 1, 2, 1, 0, 0 },   { 1, 5, 2, 1, 2, 2 },   { 10, 3, 3, 1, 1, 1 },
        { 9, 2, 3, 1, 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ses_window window =
            ses_window(cases[i].kernel, cases[i].stride, 0);
        window.dilation_h = window.dilation_w = cases[i].dilation;
        window.same_upper = true;
        struct ses_window found = ses_window_padded(&window, cases[i].size, 50);
        assert_int_equal(found.pad_top, cases[i].before);
        assert_int_equal(found.pad_bottom, cases[i].after);
        found = ses_window_padded(&window, 50, cases[i].size);
        assert_int_equal(found.pad_left, cases[i].before);
        assert_int_equal(found.pad_right, cases[i].after);
        assert_false(found.same_upper);
    }
}

/* The least padding that gives size / stride windows, rounded up. */
static int search(int size, int kernel, int stride, int dilation)
{
    int wanted = (size + stride - 1) / stride;
    int reach = dilation * (kernel - 1) + 1, padding = 0;
    while (size + padding < reach ||
           (size + padding - reach) / stride + 1 < wanted)
        padding++;
    return padding;
}

static struct ses_window with_pads(struct ses_window window, int h, int w)
{
    int tall = search(h, window.kernel_h, window.stride_h, window.dilation_h);
    int wide = search(w, window.kernel_w, window.stride_w, window.dilation_w);
    window.same_upper = false;
    window.pad_top = tall / 2;
    window.pad_bottom = tall - tall / 2;
    window.pad_left = wide / 2;
    window.pad_right = wide - wide / 2;
    return window;
}

/* Run the node as it is and with the pads said: the same bits. */
static void compare(struct one_op *op, struct ses_random *random)
{
    struct ses_error err = { 0 };
    struct ses_window same = op->node.window;
    int h = op->in[0].h, w = op->in[0].w;
    op->node.n_inputs = 1;
    OK(one_op_infer(op, &err));
    assert_int_equal(op->out.h, (h + same.stride_h - 1) / same.stride_h);
    assert_int_equal(op->out.w, (w + same.stride_w - 1) / same.stride_w);
    one_op_fill(op, random);
    one_op_run(op);
    size_t size = (size_t)op->batch * image_floats(&op->out) * sizeof(float);
    float *first = op->y;
    op->y = NULL;
    op->node.window = with_pads(same, h, w);
    OK(one_op_infer(op, &err));
    one_op_run(op);
    if (memcmp(first, op->y, size)) {
        one_op_print(op);
        fail_msg("the padding that follows from the map differs");
    }
    free(first);
    one_op_release(op);
}

static struct ses_window random_window(struct ses_random *random)
{
    struct ses_window window = {
        .kernel_h = random_int(random, 1, 5),
        .kernel_w = random_int(random, 1, 5),
        .stride_h = random_int(random, 1, 3),
        .stride_w = random_int(random, 1, 3),
        .dilation_h = random_int(random, 1, 2),
        .dilation_w = random_int(random, 1, 2),
        .same_upper = true,
    };
    return window;
}

static void convolutions_pad_by_the_map(void **test)
{
    struct ses_random random;
    int ways[SES_CONV_WAYS] = { 0 };
    ses_random_seed(&random, 3);
    for (int n = 0; n < 300; n++) {
        bool winograd = n % 3 == 0, depthwise = n % 3 == 1;
        int channels = winograd ? 16 : random_int(&random, 2, 9);
        struct one_op op = {
            .batch = 2,
            .node = { .op = SES_OP_CONV,
                      .window = random_window(&random),
                      .groups = depthwise ? channels : 1 },
            .in = { { .h = random_int(&random, 1, 12),
                      .w = random_int(&random, 1, 12),
                      .c = channels } },
        };
        struct ses_window *window = &op.node.window;
        if (winograd) {
            *window = ses_window(3, 1, 0);
            window->same_upper = true;
        }
        op.node.weight = random_weight(&random, channels,
                                       depthwise ? 1 : channels,
                                       window->kernel_h, window->kernel_w);
        struct ses_error err = { 0 };
        op.node.n_inputs = 1;
        OK(one_op_infer(&op, &err));
        ways[ses_conv_plan(&op.node, &op.in[0], &op.out).way]++;
        compare(&op, &random);
    }
    assert_true(ways[SES_CONV_DEPTHWISE] + ways[SES_CONV_LANES] > 50);
    assert_true(ways[SES_CONV_WINOGRAD] > 50);
    assert_true(ways[SES_CONV_GEMM] + ways[SES_CONV_STRIPS] > 50);
}

static void pools_pad_by_the_map(void **test)
{
    struct ses_random random;
    ses_random_seed(&random, 4);
    for (int n = 0; n < 200; n++) {
        struct one_op op = {
            .batch = 2,
            .node = { .op = n % 2 ? SES_OP_MAX_POOL : SES_OP_AVERAGE_POOL,
                      .window = random_window(&random) },
            .in = { { .h = random_int(&random, 1, 12),
                      .w = random_int(&random, 1, 12),
                      .c = random_int(&random, 1, 5) } },
        };
        op.node.window.count_include_pad = n % 4 < 2;
        compare(&op, &random);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(padding_is_tensorflows),
        cmocka_unit_test(convolutions_pad_by_the_map),
        cmocka_unit_test(pools_pad_by_the_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
