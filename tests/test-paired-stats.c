/* core/stats of paired results: McNemar's test, Holm's correction, and the
 * bootstrap of differences. Expected values are SciPy's
 * (scripts/reference/paired-stats.py). */
#include <math.h>
#include <stdlib.h>

#include "core/base/random.h"
#include "core/stats/holm.h"
#include "core/stats/mcnemar.h"
#include "core/stats/paired-bootstrap.h"
#include "tests/support/check.h"

enum { DRAWS = SES_BOOTSTRAP_DRAWS };

static void assert_close(double found, double expected, double relative)
{
    if (!(fabs(found - expected) <= relative * fabs(expected)))
        fail_msg("%.12g, expected %.12g", found, expected);
}

static void mcnemar_is_the_exact_binomial_test(void **state)
{
    static const struct {
        size_t lost, gained;
        double p;
    } cases[] = {
        { 0, 0, 1 },
        { 0, 1, 1 },
        { 1, 0, 1 },
        { 0, 6, 0.03125 },
        { 3, 10, 0.09228515625 },
        { 7, 7, 1 },
        { 25, 12, 0.0470310274395 },
        { 130, 101, 0.0652033615862 },
        { 5000, 4800, 0.0444041487998 },
        { 4800, 5000, 0.0444041487998 },
        { 2000, 1000, 1.00901486279e-75 },
        { 9000, 1000, 0 },
        { 60000, 59000, 0.00377986963478 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_close(ses_mcnemar_exact(cases[i].lost, cases[i].gained),
                     cases[i].p, 1e-9);
}

static void mcnemar_is_a_probability(void **state)
{
    for (size_t n = 0; n < 60; n++)
        for (size_t lost = 0; lost <= n; lost++) {
            double p = ses_mcnemar_exact(lost, n - lost);
            assert_true(p > 0 && p <= 1);
            assert_true(p == ses_mcnemar_exact(n - lost, lost));
        }
}

static void check_holm(const double *p, const double *expected, size_t n)
{
    double out[8];
    assert_int_equal(ses_holm(p, n, out, NULL), SES_OK);
    for (size_t i = 0; i < n; i++)
        assert_close(out[i], expected[i], 1e-12);
}

static void holm_is_monotone(void **state)
{
    const double a[] = { 0.01, 0.04, 0.03, 0.005 },
                 a_out[] = { 0.03, 0.06, 0.06, 0.02 };
    const double b[] = { 0.02, 0.02, 0.9, 0.021, 0.5 },
                 b_out[] = { 0.1, 0.1, 1, 0.1, 1 };
    const double c[] = { 0.3 };
    const double d[] = { 1e-9, 0.6, 0.6, 0.013 },
                 d_out[] = { 4e-9, 1, 1, 0.039 };
    check_holm(a, a_out, 4);
    check_holm(b, b_out, 5);
    check_holm(c, c, 1);
    check_holm(d, d_out, 4);
}

static void holm_leaves_out_what_is_no_test(void **state)
{
    double p[] = { NAN, 0.01, 0.04, NAN };
    assert_int_equal(ses_holm(p, 4, p, NULL), SES_OK);
    assert_true(isnan(p[0]) && isnan(p[3]));
    assert_close(p[1], 0.02, 1e-12);
    assert_close(p[2], 0.04, 1e-12);
}

/* n values, about normal, plus shift. */
static float *make_row(size_t n, uint64_t seed, float shift)
{
    struct ses_random random;
    float *row = calloc(n, sizeof *row);
    assert_non_null(row);
    ses_random_seed(&random, seed);
    for (size_t i = 0; i < n; i++) {
        for (int k = 0; k < 12; k++)
            row[i] += (float)ses_random_below(&random, 1 << 20) / (1 << 20);
        row[i] += shift - 6;
    }
    return row;
}

static void a_row_by_itself_has_the_interval_of_its_mean(void **state)
{
    enum { N = 997 };
    static double draws[2][DRAWS];
    float *rows[] = { make_row(N, 1, 0), make_row(N, 2, 3) };
    assert_int_equal(ses_bootstrap_draws((const float *const *)rows, 2, N, 7,
                                         draws[0], NULL), SES_OK);
    for (int r = 0; r < 2; r++) {
        double low, high, mean_low, mean_high;
        ses_bootstrap_interval(draws[r], &low, &high);
        assert_int_equal(ses_bootstrap_mean(rows[r], N, 1, 7, &mean_low,
                                            &mean_high, NULL), SES_OK);
        assert_close(low, mean_low, 1e-9);
        assert_close(high, mean_high, 1e-9);
        free(rows[r]);
    }
}

/* y = x + d: the interval of the difference is that of d, which varies a tenth
 * as much as x and y do. */
static void differences_are_paired(void **state)
{
    enum { N = 2000 };
    static double draws[3][DRAWS];
    float *x = make_row(N, 1, 0), *d = make_row(N, 2, 0), *y = make_row(N, 1, 0);
    double sum = 0, squares = 0, low, high, low_x, high_x;
    for (size_t i = 0; i < N; i++) {
        d[i] = d[i] * 0.1f + 0.5f;
        y[i] += d[i];
        sum += d[i];
        squares += (double)d[i] * d[i];
    }
    double mean = sum / N, sd = sqrt(squares / N - mean * mean);
    const float *rows[] = { x, y, x };
    assert_int_equal(ses_bootstrap_draws(rows, 3, N, 3, draws[0], NULL),
                     SES_OK);
    for (size_t i = 0; i < DRAWS; i++) {
        assert_true(draws[0][i] == draws[2][i]);
        draws[1][i] -= draws[0][i];
    }
    ses_bootstrap_interval(draws[1], &low, &high);
    ses_bootstrap_interval(draws[0], &low_x, &high_x);
    /* 1000 draws give a percentile to some 5 % of the width. */
    double wide = 1.959964 * sd / sqrt(N);
    assert_true(fabs(low - (mean - wide)) < 0.15 * wide);
    assert_true(fabs(high - (mean + wide)) < 0.15 * wide);
    assert_true(high_x - low_x > 8 * (high - low));
    free(x);
    free(d);
    free(y);
}

static void what_is_no_number_has_no_interval(void **state)
{
    double draws[DRAWS] = { 0 }, low = 0, high = 0;
    draws[17] = NAN;
    ses_bootstrap_interval(draws, &low, &high);
    assert_true(isnan(low) && isnan(high));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mcnemar_is_the_exact_binomial_test),
        cmocka_unit_test(mcnemar_is_a_probability),
        cmocka_unit_test(holm_is_monotone),
        cmocka_unit_test(holm_leaves_out_what_is_no_test),
        cmocka_unit_test(a_row_by_itself_has_the_interval_of_its_mean),
        cmocka_unit_test(differences_are_paired),
        cmocka_unit_test(what_is_no_number_has_no_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
