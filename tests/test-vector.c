/* core/engine/vector.h, and the activations made of it: how far from double
 * precision, over floats of all sizes. Limits in ulp stand a little above the
 * worst of all floats, with FMA or without. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine/vector.h"
#include "core/ops/activate.h"
#include "tests/support/check.h"
#include "tests/support/naive.h"

enum {
    STRIDE = 997, /* of floats, the next is one float on */
    CHUNK = 4099,
    LONGEST = 200
};

/* Of a float at this size; of the smallest normal one below. */
static double ulp_at(double y)
{
    int exponent;
    frexp(y, &exponent);
    return ldexp(1, (exponent < -125 ? -125 : exponent) - 24);
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Within so many ulp for x in low .. high, low being below 0. */
struct accuracy {
    const char *name;
    float (*single)(float);
    double (*expected)(double);
    enum ses_activation activation; /* without a function */
    float low, high;
    double ulps;
};

static void check_chunk(const struct accuracy *of, const float *x, size_t n)
{
    const struct ses_node node = { .activation = of->activation, .alpha = 1 };
    static float y[CHUNK];
    if (!of->single)
        ses_activate(&node, NULL, x, y, 1, n);
    for (size_t i = 0; i < n; i++) {
        double found = (double)(of->single ? of->single(x[i]) : y[i]);
        double expected =
            of->expected ? of->expected((double)x[i])
                         : naive_activation(of->activation, (double)x[i], 1, 0);
        if (!(fabs(found - expected) <= of->ulps * ulp_at(expected)))
            fail_msg("%s of %.9g is %.9g, expected %.9g within %g ulp",
                     of->name, (double)x[i], found, expected, of->ulps);
    }
}

static void check_accuracy(const struct accuracy *of)
{
    static float x[CHUNK];
    size_t n = 0, all = 0;
    for (uint32_t sign = 0; sign < 2; sign++) {
        uint32_t last = bits_of(sign ? -of->low : of->high);
        for (uint32_t bits = 0; bits <= last; bits += STRIDE, all++) {
            x[n++] = float_of(bits | sign << 31);
            if (n < CHUNK)
                continue;
            check_chunk(of, x, n);
            n = 0;
        }
    }
    check_chunk(of, x, n);
    assert_true(all > 2000000);
}

static float expm1_within(float x)
{
    return ses_expm1_within(x);
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void functions_are_within_their_ulps(void **state)
{
    static const struct accuracy all[] = {
        { "exp", ses_exp, exp, 0, -87.3f, 88, 2 },
        { "expm1", expm1_within, expm1, 0, -88, 88, 3 },
        { "sigmoid", ses_sigmoid, sigmoid, 0, -87.3f, 1e30f, 3 },
        { "tanh", ses_tanh, tanh, 0, -1e30f, 1e30f, 4 },
        { "erf", ses_erf, erf, 0, -1e30f, 1e30f, 2 },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        check_accuracy(&all[i]);
}

/* GELUs far below 0 are differences of nearly equal numbers, or by the cube of
 * x: test-ops.c has their absolute error. */
static void activations_are_within_their_ulps(void **state)
{
    static const struct accuracy all[] = {
        { "sigmoid", NULL, NULL, SES_ACT_SIGMOID, -87.3f, 1e30f, 3 },
        { "tanh", NULL, NULL, SES_ACT_TANH, -1e30f, 1e30f, 4 },
        { "SiLU", NULL, NULL, SES_ACT_SILU, -87.3f, 1e30f, 3 },
        { "hard swish", NULL, NULL, SES_ACT_HARD_SWISH, -1e30f, 1e30f, 3 },
        { "mish", NULL, NULL, SES_ACT_MISH, -87.3f, 700, 5 },
        { "GELU", NULL, NULL, SES_ACT_GELU, -1, 1e30f, 3 },
        { "GELU (tanh)", NULL, NULL, SES_ACT_GELU_TANH, -1, 1e30f, 3 },
        { "ELU", NULL, NULL, SES_ACT_ELU, -1e30f, 88, 3 },
        { "erf", NULL, NULL, SES_ACT_ERF, -1e30f, 1e30f, 2 },
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        check_accuracy(&all[i]);
}

static void far_out_they_end_where_they_should(void **state)
{
    static const float far[] = { 88.5f, 89, 104, 1e30f, INFINITY };
    for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
        assert_true(ses_exp(-far[i]) == 0);
        assert_true(ses_exp(far[i]) > 1.6e38f);
        assert_true(ses_sigmoid(far[i]) == 1);
        assert_true(ses_sigmoid(-far[i]) == 0);
        assert_true(ses_tanh(far[i]) == 1 && ses_tanh(-far[i]) == -1);
        assert_true(ses_erf(far[i]) == 1 && ses_erf(-far[i]) == -1);
    }
    for (int i = 0; i < 2; i++) {
        float nan = copysignf(NAN, i ? -1.0f : 1.0f);
        assert_true(isnan(ses_exp(nan)) && isnan(ses_sigmoid(nan)));
        assert_true(isnan(ses_tanh(nan)) && isnan(ses_erf(nan)));
    }
}

static void limits_keep_what_lies_within(void **state)
{
    static const float same[] = { 0, 1e-40f, -1e-40f, 5.9999995f, -88, 6 };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_true(ses_limit(same[i], -88, 6) == same[i]);
    assert_true(ses_limit(6.000001f, -88, 6) == 6);
    assert_true(ses_limit(INFINITY, -88, 6) == 6);
    assert_true(ses_limit(-88.00001f, -88, 6) == -88);
    assert_true(ses_limit(-INFINITY, -88, 6) == -88);
    assert_true(ses_limit(-1e-40f, -0.0f, 6) == 0);
}

/* In the body of a vector loop or at its end, by itself or in place, with a
 * bias of nothing: a float's activation has the same bits. NaN stays NaN. */
static void bits_depend_on_the_float_alone(void **state)
{
    float x[LONGEST], y[LONGEST], whole[LONGEST], bias[LONGEST] = { 0 };
    for (size_t i = 0; i < LONGEST; i++)
        x[i] = (float)(i * 37 % LONGEST) * 0.0471f - 5.0f;
    x[LONGEST - 7] = NAN;
    for (int kind = 0; kind < SES_ACT_COUNT; kind++) {
        const struct ses_node node = {
            .activation = (enum ses_activation)kind,
            .alpha = 0.3f,
            .beta = 0.4f,
        };
        if (kind == SES_ACT_PRELU || kind == SES_ACT_POWER)
            continue;
        ses_activate(&node, NULL, x, whole, 1, LONGEST);
        assert_true(isnan(whole[LONGEST - 7]));
        for (size_t n = 1; n < LONGEST; n++) {
            size_t at = LONGEST - n;
            ses_activate(&node, NULL, x + at, y, 1, n);
            assert_memory_equal(y, whole + at, n * sizeof *y);
            ses_activate(&node, bias, x + at, y, 1, n);
            assert_memory_equal(y, whole + at, n * sizeof *y);
            memcpy(y, x + at, n * sizeof *y);
            ses_activate(&node, NULL, y, y, n, 1);
            assert_memory_equal(y, whole + at, n * sizeof *y);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_within_their_ulps),
        cmocka_unit_test(activations_are_within_their_ulps),
        cmocka_unit_test(far_out_they_end_where_they_should),
        cmocka_unit_test(limits_keep_what_lies_within),
        cmocka_unit_test(bits_depend_on_the_float_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
