/* core/ops that compute, but convolution: against definitions. What moves
 * floats is in test-op-maps.c, PyTorch's word in test-ops-torch.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/vector.h"
#include "tests/support/check.h"
#include "tests/support/naive.h"
#include "tests/support/one-op.h"

typedef double naive_pool(const struct ses_window *window,
                          const struct ses_value *in, const float *image,
                          int i, int j, int c);

static void check_pool(const struct one_op *op, naive_pool *naive)
{
    size_t at = 0;
    for (int n = 0; n < op->batch; n++)
        for (int i = 0; i < op->out.h; i++)
            for (int j = 0; j < op->out.w; j++)
                for (int c = 0; c < op->out.c; c++, at++)
                    one_op_near(op, at,
                                naive(&op->node.window, &op->in[0],
                                      op->x[0] + (size_t)n *
                                          image_floats(&op->in[0]),
                                      i, j, c),
                                1e-6);
}

static void sweep_pools(enum ses_op kind, naive_pool *naive)
{
    struct ses_random random;
    int ran = 0;
    ses_random_seed(&random, (uint64_t)kind);
    for (int n = 0; n < 300; n++) {
        struct ses_window window = {
            .kernel_h = random_int(&random, 1, 7),
            .kernel_w = random_int(&random, 1, 7),
            .stride_h = random_int(&random, 1, 3),
            .stride_w = random_int(&random, 1, 3),
            .dilation_h = random_int(&random, 1, 2),
            .dilation_w = random_int(&random, 1, 2),
            .pad_top = random_int(&random, 0, 3),
            .pad_left = random_int(&random, 0, 3),
            .pad_bottom = random_int(&random, 0, 3),
            .pad_right = random_int(&random, 0, 3),
            .ceil_mode = random_int(&random, 0, 1),
            .count_include_pad = random_int(&random, 0, 1),
        };
        struct one_op op = {
            .batch = random_int(&random, 1, 2),
            .node = { .op = kind, .n_inputs = 1, .window = window },
            .in = { { .h = random_int(&random, 1, 14),
                      .w = random_int(&random, 1, 14),
                      .c = random_int(&random, 1, 150) } },
        };
        struct ses_error err = { 0 };
        if (one_op_infer(&op, &err) == SES_OK) {
            one_op_fill(&op, &random);
            one_op_run(&op);
            check_pool(&op, naive);
            one_op_check_batch(&op);
            ran++;
        }
        one_op_release(&op);
    }
    assert_true(ran > 200);
}

static void max_pools_match_their_definition(void **state)
{
    sweep_pools(SES_OP_MAX_POOL, naive_max_pool);
}

static void average_pools_match_their_definition(void **state)
{
    sweep_pools(SES_OP_AVERAGE_POOL, naive_average_pool);
}

/* A 1-channel 3 x 3, stride 2 pool of a ramp of 6 x 6. */
static void pool_ramp(struct one_op *op, int pad, bool ceil_mode, float first)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 1);
    *op = (struct one_op){
        .batch = 1,
        .node = { .op = SES_OP_MAX_POOL,
                  .n_inputs = 1,
                  .window = ses_window(3, 2, pad) },
        .in = { { .h = 6, .w = 6, .c = 1 } },
    };
    op->node.window.ceil_mode = ceil_mode;
    assert_int_equal(one_op_infer(op, &err), SES_OK);
    one_op_fill(op, &random);
    for (int i = 0; i < 36; i++)
        op->x[0][i] = first + (float)i;
    one_op_run(op);
    assert_int_equal(op->out.h, 3);
    assert_int_equal(op->out.w, 3);
}

static void caffe_and_torch_pools_differ_on_a_ramp(void **state)
{
    struct one_op op;
    pool_ramp(&op, 0, true, 0);
    assert_true(op.y[0] == 14.0f); /* rows 0 to 2, columns 0 to 2 */
    assert_true(op.y[8] == 35.0f); /* cut: rows 4 and 5 */
    assert_true(op.y[2] == 17.0f);
    one_op_release(&op);
    pool_ramp(&op, 1, false, 0);
    assert_true(op.y[0] == 7.0f); /* rows 0 and 1, columns 0 and 1 */
    assert_true(op.y[8] == 35.0f);
    one_op_release(&op);
}

static void padding_never_wins_a_max_pool(void **state)
{
    struct one_op op;
    pool_ramp(&op, 1, false, -100);
    assert_true(op.y[0] == -93.0f);
    assert_true(op.y[8] == -65.0f);
    one_op_release(&op);
}

static void global_means_are_exact_to_rounding(void **state)
{
    static const int sizes[][3] = { { 1, 1, 5 },     { 7, 7, 2048 },
                                    { 56, 56, 64 },  { 13, 9, 130 },
                                    { 112, 90, 33 }, { 3, 1, 1 } };
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 8);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        struct one_op op = {
            .batch = 2,
            .node = { .op = SES_OP_GLOBAL_MEAN, .n_inputs = 1 },
            .in = { { .h = sizes[s][0], .w = sizes[s][1], .c = sizes[s][2] } },
        };
        assert_int_equal(one_op_infer(&op, &err), SES_OK);
        one_op_fill(&op, &random);
        size_t pixels = (size_t)op.in[0].h * (size_t)op.in[0].w;
        size_t channels = (size_t)op.in[0].c;
        for (size_t i = 0; i < 2 * pixels * channels; i++)
            op.x[0][i] += 1; /* a mean to lose digits of */
        one_op_run(&op);
        for (size_t i = 0; i < 2 * channels; i++) {
            double sum = 0;
            for (size_t p = 0; p < pixels; p++)
                sum += (double)op.x[0][(i / channels * pixels + p) * channels +
                                       i % channels];
            one_op_near(&op, i, sum / (double)pixels, 1.5e-7);
        }
        one_op_check_batch(&op);

        /* An average pool over the whole map is the same number. */
        float *mean = op.y;
        op.y = NULL;
        op.node.op = SES_OP_AVERAGE_POOL;
        op.node.window = ses_window(1, 1, 0);
        op.node.window.kernel_h = op.in[0].h;
        op.node.window.kernel_w = op.in[0].w;
        assert_int_equal(one_op_infer(&op, &err), SES_OK);
        one_op_run(&op);
        assert_memory_equal(op.y, mean, 2 * channels * sizeof *mean);
        free(mean);
        one_op_release(&op);
    }
}

static void global_maxima_are_found_below_zero(void **state)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 9);
    struct one_op op = {
        .batch = 3,
        .node = { .op = SES_OP_GLOBAL_MAX, .n_inputs = 1 },
        .in = { { .h = 5, .w = 4, .c = 19 } },
    };
    assert_int_equal(one_op_infer(&op, &err), SES_OK);
    one_op_fill(&op, &random);
    for (size_t i = 0; i < 3 * 20 * 19; i++)
        op.x[0][i] -= 2;
    one_op_run(&op);
    for (size_t i = 0; i < 3 * 19; i++) {
        double largest = -INFINITY;
        for (size_t p = 0; p < 20; p++)
            largest = fmax(largest,
                           (double)op.x[0][(i / 19 * 20 + p) * 19 + i % 19]);
        one_op_near(&op, i, largest, 0);
    }
    one_op_check_batch(&op);
    one_op_release(&op);
}

static void exponentials_are_within_two_ulp(void **state)
{
    for (float x = -87.3f; x < 88.0f; x += 0.000971f) {
        float found = ses_exp(x);
        double expected = exp((double)x);
        double ulp = (double)(nextafterf((float)expected, INFINITY) -
                              (float)expected);
        if (fabs((double)found - expected) > 2 * ulp)
            fail_msg("exp(%.9g) is %.9g, expected %.9g", (double)x,
                     (double)found, expected);
    }
    assert_true(ses_exp(-1000.0f) == 0.0f);
    assert_true(ses_exp(-INFINITY) == 0.0f);
    assert_true(isnan(ses_exp(NAN)));
}

static void activations_match_their_formulas(void **state)
{
    static const float special[] = { 0,        -0.0f,     INFINITY, -INFINITY,
                                     1e30f,    -1e30f,    88.5f,    -88.5f,
                                     -103.0f,  1e-30f,    -1e-30f,  0.625f,
                                     -0.6249f, 0.624999f, 3,        -3,
                                     6 };
    enum { SPECIAL = sizeof special / sizeof *special };
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 10);
    for (int kind = 0; kind < SES_ACT_COUNT; kind++) {
        struct one_op op = {
            .batch = 2,
            .node = { .op = SES_OP_ACTIVATION,
                      .n_inputs = 1,
                      .activation = (enum ses_activation)kind,
                      .alpha = 0.3f,
                      .beta = 0.4f },
            .in = { { .h = 13, .w = 7, .c = 37 } },
        };
        if (kind == SES_ACT_PRELU)
            op.node.slope = random_vector(&random, 37);
        assert_int_equal(one_op_infer(&op, &err), SES_OK);
        one_op_fill(&op, &random);
        size_t n = 2 * 13 * 7 * 37;
        for (size_t i = 0; i < n; i++)
            op.x[0][i] = i < SPECIAL ? special[i] : op.x[0][i] * 20;
        one_op_run(&op);
        for (size_t i = 0; i < n; i++) {
            double x = (double)op.x[0][i];
            double alpha = (double)(op.node.slope ? op.node.slope->data[i % 37]
                                                  : op.node.alpha);
            one_op_near(&op, i,
                        naive_activation(op.node.activation, x, alpha,
                                         (double)op.node.beta),
                        3e-7);
        }
        /* in place gives the same bits; NaN stays NaN */
        float *y = op.y, *x = op.x[0];
        op.y = NULL;
        const struct ses_value *in[] = { &op.in[0] };
        const float *from[] = { x };
        struct ses_run in_place = { .node = &op.node,
                                    .last = &op.node,
                                    .in = in,
                                    .out = &op.out,
                                    .x = from,
                                    .y = x,
                                    .batch = 2 };
        ses_op_class(SES_OP_ACTIVATION)->run(&in_place);
        assert_memory_equal(x, y, n * sizeof *x);
        x[5] = NAN;
        ses_op_class(SES_OP_ACTIVATION)->run(&in_place);
        assert_true(isnan(x[5]));
        free(y);
        one_op_release(&op);
    }
}

static float expected_of(enum ses_op kind, float a, float b)
{
    switch (kind) {
    case SES_OP_ADD:
        return a + b;
    case SES_OP_SUBTRACT:
        return a - b;
    case SES_OP_MULTIPLY:
        return a * b;
    case SES_OP_DIVIDE:
        return a / b;
    default:
        return fmaxf(a, b);
    }
}

/* An element of an input, where its axes of 1 are repeated. */
static float repeated(const struct one_op *op, int side, size_t image, int i,
                      int j, int c)
{
    const struct ses_value *in = &op->in[side];
    size_t at = (size_t)((in->h > 1 ? i : 0) * in->w + (in->w > 1 ? j : 0)) *
                    (size_t)in->c +
                (size_t)(in->c > 1 ? c : 0);
    return op->x[side][image * image_floats(in) + at];
}

static void check_binary(enum ses_op kind, const int *a, const int *b)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 11);
    struct one_op op = {
        .batch = 2,
        .node = { .op = kind, .n_inputs = 2 },
        .in = { { .h = a[0], .w = a[1], .c = a[2] },
                { .h = b[0], .w = b[1], .c = b[2] } },
    };
    assert_int_equal(one_op_infer(&op, &err), SES_OK);
    assert_int_equal(op.out.h, a[0] > b[0] ? a[0] : b[0]);
    assert_int_equal(op.out.w, a[1] > b[1] ? a[1] : b[1]);
    assert_int_equal(op.out.c, a[2] > b[2] ? a[2] : b[2]);
    one_op_fill(&op, &random);
    one_op_run(&op);
    size_t at = 0;
    for (size_t image = 0; image < 2; image++)
        for (int i = 0; i < op.out.h; i++)
            for (int j = 0; j < op.out.w; j++)
                for (int c = 0; c < op.out.c; c++, at++)
                    one_op_near(&op, at,
                                (double)expected_of(
                                    kind, repeated(&op, 0, image, i, j, c),
                                    repeated(&op, 1, image, i, j, c)),
                                0);
    one_op_check_batch(&op);
    one_op_release(&op);
}

/* Each of height, width and channels: equal, 1 on the left, on the right, or
 * on both sides. */
static void operands_are_repeated_along_any_axes(void **state)
{
    static const enum ses_op kinds[] = { SES_OP_ADD, SES_OP_SUBTRACT,
                                         SES_OP_MULTIPLY, SES_OP_DIVIDE,
                                         SES_OP_MAXIMUM };
    static const int whole[3] = { 5, 4, 21 };
    for (int ways = 0; ways < 64; ways++) {
        int a[3], b[3];
        for (int axis = 0; axis < 3; axis++) {
            int way = ways >> (2 * axis) & 3;
            a[axis] = way & 1 ? 1 : whole[axis];
            b[axis] = way & 2 ? 1 : whole[axis];
        }
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            check_binary(kinds[k], a, b);
    }
}

static void nan_wins_a_maximum_from_either_side(void **state)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 15);
    struct one_op op = {
        .batch = 1,
        .node = { .op = SES_OP_MAXIMUM, .n_inputs = 2 },
        .in = { { .h = 1, .w = 1, .c = 40 }, { .h = 1, .w = 1, .c = 40 } },
    };
    assert_int_equal(one_op_infer(&op, &err), SES_OK);
    one_op_fill(&op, &random);
    op.x[0][3] = NAN;
    op.x[1][37] = NAN;
    one_op_run(&op);
    for (int i = 0; i < 40; i++)
        assert_int_equal(isnan(op.y[i]), i == 3 || i == 37);
    one_op_release(&op);
}

static void shapes_that_do_not_fit_are_refused(void **state)
{
    struct ses_error err = { 0 };
    struct one_op op = {
        .node = { .op = SES_OP_ADD, .n_inputs = 2 },
        .in = { { .h = 2, .w = 3, .c = 4 }, { .h = 1, .w = 1, .c = 5 } },
    };
    assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
    assert_non_null(strstr(err.message, "2x3x4 and 1x1x5"));
    op.node.op = SES_OP_MULTIPLY;
    op.in[1] = (struct ses_value){ .h = 2, .w = 2, .c = 4 };
    assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
    op.in[1] = (struct ses_value){ .h = 3, .w = 1, .c = 1 };
    assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
}

static void softmax_neither_overflows_nor_mixes_pixels(void **state)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, 12);
    struct one_op op = {
        .batch = 2,
        .node = { .op = SES_OP_SOFTMAX, .n_inputs = 1 },
        .in = { { .h = 2, .w = 3, .c = 11 } },
    };
    assert_int_equal(one_op_infer(&op, &err), SES_OK);
    one_op_fill(&op, &random);
    for (size_t i = 0; i < 2 * 6 * 11; i++)
        op.x[0][i] *= 500;
    one_op_run(&op);
    for (size_t i = 0; i < 2 * 6 * 11; i++) {
        const float *pixel = op.x[0] + i / 11 * 11;
        double sum = 0;
        for (size_t c = 0; c < 11; c++)
            sum += exp((double)pixel[c] - (double)op.x[0][i]);
        one_op_near(&op, i, 1 / sum, 1e-6);
    }
    one_op_check_batch(&op);
    one_op_release(&op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(max_pools_match_their_definition),
        cmocka_unit_test(average_pools_match_their_definition),
        cmocka_unit_test(caffe_and_torch_pools_differ_on_a_ramp),
        cmocka_unit_test(padding_never_wins_a_max_pool),
        cmocka_unit_test(global_means_are_exact_to_rounding),
        cmocka_unit_test(global_maxima_are_found_below_zero),
        cmocka_unit_test(exponentials_are_within_two_ulp),
        cmocka_unit_test(activations_match_their_formulas),
        cmocka_unit_test(operands_are_repeated_along_any_axes),
        cmocka_unit_test(nan_wins_a_maximum_from_either_side),
        cmocka_unit_test(shapes_that_do_not_fit_are_refused),
        cmocka_unit_test(softmax_neither_overflows_nor_mixes_pixels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
