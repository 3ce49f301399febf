/* core/record/score: best outputs and losses, by hand. */
#include <math.h>

#include "core/record/score.h"
#include "tests/support/check.h"

static void top5_is_best_first_and_stable(void **state)
{
    int32_t top[5];
    const float seven[] = { 1, 5, 5, -2, 9, 1, 3 };
    ses_top5(seven, 7, top);
    const int32_t expected[] = { 4, 1, 2, 6, 0 };
    assert_memory_equal(top, expected, sizeof top);
    const float three[] = { -INFINITY, NAN, 2 };
    ses_top5(three, 3, top);
    const int32_t few[] = { 2, 0, -1, -1, -1 };
    assert_memory_equal(top, few, sizeof top);
}

static void cross_entropy_is_stable(void **state)
{
    const float even[] = { 3, 3, 3, 3 }, far[] = { 1000, 0, -1000 };
    assert_true(fabs(ses_cross_entropy(even, 4, 2) - log(4)) < 1e-12);
    assert_true(fabs(ses_cross_entropy(far, 3, 1) - 1000) < 1e-9);
    assert_true(ses_cross_entropy(far, 3, 0) == 0);
    const float mixed[] = { 0.5f, -1, 2 };
    assert_true(fabs(ses_cross_entropy(mixed, 3, 1) -
                     log(exp(1.5) + 1 + exp(3))) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(top5_is_best_first_and_stable),
        cmocka_unit_test(cross_entropy_is_stable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
