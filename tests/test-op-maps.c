/* core/ops that move floats, repeat them, or go along one axis: against naive
 * loops, and resize against ONNX Runtime (scripts/reference/resize.py). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/naive.h"
#include "tests/support/one-op.h"

static const int sizes[][3] = { { 5, 4, 21 }, { 1, 7, 40 }, { 6, 1, 1 },
                                { 3, 3, 16 }, { 1, 1, 130 } };
enum { SIZES = sizeof sizes / sizeof *sizes };

static struct ses_value shape(const int *size)
{
    return (struct ses_value){ .h = size[0], .w = size[1], .c = size[2] };
}

static int size_along(const struct ses_value *value, int axis)
{
    return axis == SES_AXIS_H   ? value->h
           : axis == SES_AXIS_W ? value->w
                                : value->c;
}

/* Element (i, j, c) of an image of an input. */
static float at(const struct one_op *op, int input, size_t image, int i, int j,
                int c)
{
    const struct ses_value *in = &op->in[input];
    return op->x[input][image * image_floats(in) +
                        (size_t)((i * in->w + j) * in->c + c)];
}

static void same(const struct one_op *op, size_t index, float found,
                 float expected)
{
    if (found == expected)
        return;
    one_op_print(op);
    fail_msg("element %zu is %.9g, expected %.9g", index, (double)found,
             (double)expected);
}

static void start(struct one_op *op, uint64_t seed)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    ses_random_seed(&random, seed);
    OK(one_op_infer(op, &err));
    one_op_fill(op, &random);
    one_op_run(op);
}

/* Every element of the output and where it is. */
#define EACH(op, n) \
    size_t n = 0; \
    for (size_t image = 0; image < (size_t)(op).batch; image++) \
        for (int i = 0; i < (op).out.h; i++) \
            for (int j = 0; j < (op).out.w; j++) \
                for (int c = 0; c < (op).out.c; c++, n++)

static void one_constant_serves_every_image(void **state)
{
    struct ses_random random;
    ses_random_seed(&random, 1);
    struct one_op op = { .batch = 3, .node = { .op = SES_OP_CONSTANT } };
    op.node.weight = random_weight(&random, 2, 3, 5, 1);
    op.node.weight->rank = 3;
    start(&op, 1);
    assert_int_equal(op.out.h, 2);
    assert_int_equal(op.out.w, 3);
    assert_int_equal(op.out.c, 5);
    for (size_t i = 0; i < 3 * 30; i++)
        same(&op, i, op.y[i], op.node.weight->data[i % 30]);
    one_op_release(&op);
}

static void maps_join_along_any_axis(void **state)
{
    for (int axis = 0; axis < 3; axis++)
        for (int s = 0; s < SIZES; s++) {
            struct one_op op = { .batch = 2,
                                 .node = { .op = SES_OP_CONCAT,
                                           .n_inputs = 3,
                                           .axis = (enum ses_axis)axis } };
            int end[3];
            for (int k = 0; k < 3; k++) {
                int size[3] = { sizes[s][0], sizes[s][1], sizes[s][2] };
                size[axis] = 3 * k + 1 + s;
                end[k] = size[axis] + (k ? end[k - 1] : 0);
                op.in[k] = shape(size);
            }
            start(&op, 2);
            assert_int_equal(size_along(&op.out, axis), end[2]);
            EACH(op, n) {
                int place[3] = { i, j, c };
                int k = place[axis] < end[0] ? 0 : place[axis] < end[1] ? 1 : 2;
                place[axis] -= k ? end[k - 1] : 0;
                same(&op, n, op.y[n],
                     at(&op, k, image, place[0], place[1], place[2]));
            }
            one_op_check_batch(&op);
            one_op_release(&op);
        }
}

static void maps_that_differ_elsewhere_do_not_join(void **state)
{
    struct ses_error err = { 0 };
    struct one_op op = { .node = { .op = SES_OP_CONCAT,
                                   .n_inputs = 2,
                                   .axis = SES_AXIS_C },
                         .in = { { .h = 2, .w = 3, .c = 4 },
                                 { .h = 2, .w = 1, .c = 4 } } };
    assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
    SAYS("2x3x4 and 2x1x4");
    op.node.n_inputs = 0;
    assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
}

static void slices_step_either_way(void **state)
{
    static const int whole[3] = { 7, 6, 9 };
    for (int axis = 0; axis < 3; axis++)
        for (int first = 0; first < whole[axis]; first++)
            for (int step = -3; step <= 3; step++)
                for (int length = 0; length <= 4; length++) {
                    struct one_op op = { .batch = 2,
                                         .node = { .op = SES_OP_SLICE,
                                                   .n_inputs = 1,
                                                   .axis = (enum ses_axis)axis,
                                                   .first = first,
                                                   .step = step,
                                                   .length = length },
                                         .in = { shape(whole) } };
                    struct ses_error err = { 0 };
                    int last = first + (length - 1) * step;
                    if (length < 1 || step == 0 || last < 0 ||
                        last >= whole[axis]) {
                        assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
                        continue;
                    }
                    start(&op, 3);
                    assert_int_equal(size_along(&op.out, axis), length);
                    EACH(op, n) {
                        int place[3] = { i, j, c };
                        place[axis] = first + place[axis] * step;
                        same(&op, n, op.y[n],
                             at(&op, 0, image, place[0], place[1], place[2]));
                    }
                    one_op_check_batch(&op);
                    one_op_release(&op);
                }
}

static void pads_that_do_not_fit_are_refused(void **state)
{
    static const struct {
        enum ses_padding padding;
        int top, left, bottom, right;
    } refused[] = {
        { SES_PAD_CONSTANT, -4, 0, 0, 0 },  { SES_PAD_CONSTANT, -5, 0, 5, 0 },
        { SES_PAD_REFLECT, 4, 0, 0, 0 },    { SES_PAD_REFLECT, 0, 0, 0, 5 },
        { SES_PAD_REFLECT, -2, 0, 2, 0 },   { SES_PAD_EDGE, 0, -3, 0, -2 },
        { SES_PAD_CONSTANT, 2147483647, 0, 1, 0 },
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct ses_error err = { 0 };
        struct one_op op = { .node = { .op = SES_OP_PAD,
                                       .n_inputs = 1,
                                       .padding = refused[i].padding },
                             .in = { { .h = 4, .w = 5, .c = 2 } } };
        op.node.window.pad_top = refused[i].top;
        op.node.window.pad_left = refused[i].left;
        op.node.window.pad_bottom = refused[i].bottom;
        op.node.window.pad_right = refused[i].right;
        assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
        SAYS("does not fit a map of 4x5");
    }
}

/* ---- along an axis ------------------------------------------------------- */

static void axes_are_reduced_to_their_mean_or_maximum(void **state)
{
    for (int mean = 0; mean < 2; mean++)
        for (int axis = 0; axis < 3; axis++)
            for (int s = 0; s < SIZES; s++) {
                struct one_op op = {
                    .batch = 3,
                    .node = { .op = mean ? SES_OP_AXIS_MEAN : SES_OP_AXIS_MAX,
                              .n_inputs = 1,
                              .axis = (enum ses_axis)axis },
                    .in = { shape(sizes[s]) },
                };
                start(&op, 4);
                assert_int_equal(size_along(&op.out, axis), 1);
                EACH(op, n) {
                    double sum = 0, most = -INFINITY;
                    int place[3] = { i, j, c };
                    for (int k = 0; k < sizes[s][axis]; k++) {
                        place[axis] = k;
                        double x = (double)at(&op, 0, image, place[0],
                                              place[1], place[2]);
                        sum += x;
                        most = fmax(most, x);
                    }
                    double expected = mean ? sum / sizes[s][axis] : most;
                    if (fabs((double)op.y[n] - expected) > 1.5e-7) {
                        one_op_print(&op);
                        fail_msg("axis %d, element %zu: %.9g, expected %.9g",
                                 axis, n, (double)op.y[n], expected);
                    }
                }
                one_op_check_batch(&op);
                one_op_release(&op);
            }
}

static void nan_wins_a_maximum_along_an_axis(void **state)
{
    for (int axis = 0; axis < 3; axis++)
        for (int where = 0; where < 60; where++) {
            struct one_op op = { .batch = 1,
                                 .node = { .op = SES_OP_AXIS_MAX,
                                           .n_inputs = 1,
                                           .axis = (enum ses_axis)axis },
                                 .in = { { .h = 1, .w = 1, .c = 1 } } };
            int *size = axis == SES_AXIS_H   ? &op.in[0].h
                        : axis == SES_AXIS_W ? &op.in[0].w
                                             : &op.in[0].c;
            struct ses_random random;
            struct ses_error err = { 0 };
            ses_random_seed(&random, 5);
            *size = 60;
            OK(one_op_infer(&op, &err));
            one_op_fill(&op, &random);
            op.x[0][where] = NAN;
            one_op_run(&op);
            assert_true(isnan(op.y[0]));
            one_op_release(&op);
        }
}

/* Even sizes have one more channel after than before, as ONNX says. */
static void response_norms_follow_their_formula(void **state)
{
    static const float betas[] = { 0.75f, 0.5f, 1, 2.25f };
    for (int size = 1; size <= 60; size += size < 12 ? 1 : 11)
        for (int b = 0; b < 4; b++) {
            struct one_op op = { .batch = 2,
                                 .node = { .op = SES_OP_LRN,
                                           .n_inputs = 1,
                                           .alpha = 0.4f,
                                           .beta = betas[b],
                                           .epsilon = 1.5 },
                                 .in = { { .h = 2, .w = 3, .c = 19 } } };
            op.node.window.kernel_h = size;
            start(&op, 6);
            EACH(op, n) {
                double sum = 0;
                for (int k = c - (size - 1) / 2; k <= c + size / 2; k++)
                    if (k >= 0 && k < 19)
                        sum += pow((double)at(&op, 0, image, i, j, k), 2);
                double x = (double)at(&op, 0, image, i, j, c);
                double expected =
                    x / pow(1.5 + (double)op.node.alpha / size * sum,
                            (double)op.node.beta);
                if (fabs((double)op.y[n] - expected) > 3e-7) {
                    one_op_print(&op);
                    fail_msg("element %zu is %.9g, expected %.9g", n,
                             (double)op.y[n], expected);
                }
            }
            one_op_check_batch(&op);
            one_op_release(&op);
        }
}

/* ---- other orders -------------------------------------------------------- */

static void check_permute(const struct ses_permute *permute)
{
    int count = permute->h * permute->w * permute->c;
    struct one_op op = { .batch = 2,
                         .node = { .op = SES_OP_PERMUTE,
                                   .n_inputs = 1,
                                   .permute = *permute },
                         .in = { { .h = 1, .w = count, .c = 1 } } };
    start(&op, 7);
    assert_int_equal(op.out.h, permute->h);
    assert_int_equal(op.out.w, permute->w);
    assert_int_equal(op.out.c, permute->c);
    for (size_t i = 0; i < 2 * (size_t)count; i++) {
        size_t image = i / (size_t)count * (size_t)count;
        same(&op, i, op.y[i],
             op.x[0][image + naive_permute_source(permute, i - image)]);
    }
    one_op_check_batch(&op);
    one_op_release(&op);
}

static void floats_move_to_any_order_of_axes(void **state)
{
    struct ses_random random;
    ses_random_seed(&random, 8);
    for (int trial = 0; trial < 400; trial++) {
        struct ses_permute permute = { .n = random_int(&random, 0, 6),
                                       .h = 1,
                                       .w = 1,
                                       .c = 1 };
        int *out[] = { &permute.h, &permute.w, &permute.c };
        for (int i = 0; i < permute.n; i++) {
            permute.size[i] = random_int(&random, 1, 4);
            int j = random_int(&random, 0, i);
            permute.perm[i] = permute.perm[j];
            permute.perm[j] = i;
            *out[random_int(&random, 0, 2)] *= permute.size[i];
        }
        check_permute(&permute);
    }
}

static void orders_that_are_none_are_refused(void **state)
{
    static const struct ses_permute refused[] = {
        { 2, { 2, 6 }, { 0, 0 }, 1, 3, 4 },  /* an axis twice */
        { 2, { 2, 6 }, { 0, 2 }, 1, 3, 4 },  /* one that is not there */
        { 2, { 2, 5 }, { 1, 0 }, 1, 2, 5 },  /* another number of floats */
        { 2, { 2, 6 }, { 1, 0 }, 1, 3, 5 },  /* another map */
        { 2, { -2, -6 }, { 1, 0 }, 1, 3, 4 },
        { 9, { 2, 6 }, { 1, 0 }, 1, 3, 4 },
        { 2, { 65536, 65536 }, { 1, 0 }, 1, 3, 4 },
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct ses_error err = { 0 };
        struct one_op op = { .node = { .op = SES_OP_PERMUTE,
                                       .n_inputs = 1,
                                       .permute = refused[i] },
                             .in = { { .h = 1, .w = 1, .c = 12 } } };
        assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
    }
}

/* ---- resizing ------------------------------------------------------------ */

static void resizes_are_those_of_onnx_runtime(void **state)
{
    FILE *file = fopen(data_path("ops/resize.txt"), "r");
    assert_non_null(file);
    int n[9], cases = 0;
    while (fscanf(file, "%d %d %d %d %d %d %d", &n[0], &n[1], &n[2], &n[3],
                  &n[4], &n[5], &n[6]) == 7) {
        enum { CHANNELS = 5 };
        struct ses_error err = { 0 };
        struct ses_random random;
        ses_random_seed(&random, 9);
        struct one_op op = { .batch = 2,
                             .node = { .op = SES_OP_RESIZE, .n_inputs = 1 },
                             .in = { { .h = n[3], .w = n[4],
                                       .c = CHANNELS } } };
        struct ses_resize *resize = &op.node.resize;
        resize->mode = n[0] ? SES_RESIZE_LINEAR : SES_RESIZE_NEAREST;
        static const int coordinates[] = { SES_COORDINATE_HALF_PIXEL,
                                           SES_COORDINATE_PYTORCH_HALF_PIXEL,
                                           SES_COORDINATE_ASYMMETRIC,
                                           SES_COORDINATE_ALIGN_CORNERS };
        static const int nearest[] = { SES_NEAREST_ROUND_PREFER_FLOOR,
                                       SES_NEAREST_ROUND_PREFER_CEIL,
                                       SES_NEAREST_FLOOR, SES_NEAREST_CEIL };
        memcpy(&resize->coordinate, &coordinates[n[1]],
               sizeof resize->coordinate);
        memcpy(&resize->nearest, &nearest[n[2]], sizeof resize->nearest);
        resize->h = n[5];
        resize->w = n[6];
        assert_int_equal(fscanf(file, "%lf %lf %d %d", &resize->scale_h,
                                &resize->scale_w, &n[7], &n[8]),
                         4);
        OK(one_op_infer(&op, &err));
        if (op.out.h != n[7] || op.out.w != n[8])
            fail_msg("case %d: %dx%d by %g, %g is %dx%d, expected %dx%d",
                     cases, n[3], n[4], resize->scale_h, resize->scale_w,
                     op.out.h, op.out.w, n[7], n[8]);
        one_op_fill(&op, &random);
        for (size_t i = 0; i < 2 * image_floats(&op.in[0]); i++)
            op.x[0][i] = (float)(i / CHANNELS % (size_t)(n[3] * n[4])) +
                         (float)(i % CHANNELS);
        one_op_run(&op);
        for (int i = 0; i < n[7] * n[8]; i++) {
            double expected;
            assert_int_equal(fscanf(file, "%lf", &expected), 1);
            for (int c = 0; c < CHANNELS; c++) {
                double found = (double)op.y[i * CHANNELS + c];
                if (fabs(found - expected - c) > 4e-6 * (1 + fabs(expected)))
                    fail_msg("case %d (mode %d, coordinate %d, nearest %d, "
                             "%dx%d to %dx%d), element %d: %.9g, expected "
                             "%.9g",
                             cases, n[0], n[1], n[2], n[3], n[4], n[7], n[8],
                             i, found - c, expected);
            }
        }
        one_op_check_batch(&op);
        one_op_release(&op);
        cases++;
    }
    assert_int_equal(cases, 220);
    fclose(file);
}

static void resizes_to_nothing_are_refused(void **state)
{
    static const double scales[] = { 0, 0.1, -1, NAN, INFINITY, 1e30 };
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        struct ses_error err = { 0 };
        struct one_op op = { .node = { .op = SES_OP_RESIZE, .n_inputs = 1 },
                             .in = { { .h = 4, .w = 5, .c = 2 } } };
        op.node.resize.scale_h = scales[i];
        op.node.resize.scale_w = 2;
        assert_int_equal(one_op_infer(&op, &err), SES_ESHAPE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_constant_serves_every_image),
        cmocka_unit_test(maps_join_along_any_axis),
        cmocka_unit_test(maps_that_differ_elsewhere_do_not_join),
        cmocka_unit_test(slices_step_either_way),
        cmocka_unit_test(pads_that_do_not_fit_are_refused),
        cmocka_unit_test(axes_are_reduced_to_their_mean_or_maximum),
        cmocka_unit_test(nan_wins_a_maximum_along_an_axis),
        cmocka_unit_test(response_norms_follow_their_formula),
        cmocka_unit_test(floats_move_to_any_order_of_axes),
        cmocka_unit_test(orders_that_are_none_are_refused),
        cmocka_unit_test(resizes_are_those_of_onnx_runtime),
        cmocka_unit_test(resizes_to_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
