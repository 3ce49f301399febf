/* core/record/moments: against numpy, and by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/record/moments.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

enum { MOST = 8 };

/* Equal to a few units in the last place of a float; NaN equals NaN. */
static void assert_close(float found, double expected)
{
    if (isnan(expected)) {
        assert_true(isnan(found));
        return;
    }
    if (!(fabs(found - expected) <= 2e-7 * fabs(expected)))
        fail_msg("found %.9g, expected %.9g", found, expected);
}

static void moments_are_numpys(void **state)
{
    FILE *file = fopen(data_path("record/moments.txt"), "r");
    assert_non_null(file);
    size_t classes, channels, n;
    struct ses_moments moments;
    float results[4][MOST * MOST];
    assert_int_equal(fscanf(file, "%zu %zu %zu", &classes, &channels, &n), 3);
    assert_true(classes <= MOST && channels <= MOST);
    assert_int_equal(ses_moments_init(&moments, classes, channels, NULL), 0);
    for (size_t i = 0; i < n; i++) {
        size_t class;
        float row[MOST];
        assert_int_equal(fscanf(file, "%zu", &class), 1);
        for (size_t c = 0; c < channels; c++)
            assert_int_equal(fscanf(file, "%a", &row[c]), 1);
        ses_moments_add(&moments, class, row);
    }
    ses_moments_result(&moments, results[0], results[1], results[2],
                       results[3]);
    for (size_t k = 0; k < classes; k++) {
        size_t count;
        assert_int_equal(fscanf(file, "%zu", &count), 1);
        assert_int_equal(moments.count[k], count);
        for (int a = 0; a < 4; a++)
            for (size_t c = 0; c < channels; c++) {
                double expected;
                assert_int_equal(fscanf(file, "%lf", &expected), 1);
                assert_close(results[a][k * channels + c], expected);
            }
    }
    ses_moments_release(&moments);
    fclose(file);
}

static void a_still_channel_has_no_deviation(void **state)
{
    struct ses_moments moments;
    const float row[1] = { 0.1f };
    float std;
    assert_int_equal(ses_moments_init(&moments, 1, 1, NULL), 0);
    for (int i = 0; i < 1000; i++)
        ses_moments_add(&moments, 0, row);
    ses_moments_result(&moments, NULL, &std, NULL, NULL);
    assert_true(std == 0);
    ses_moments_release(&moments);
}

static void nan_is_not_hidden(void **state)
{
    const float rows[3] = { 1, NAN, 2 };
    struct ses_moments moments;
    float mean, std, min, max;
    assert_int_equal(ses_moments_init(&moments, 1, 1, NULL), 0);
    for (int i = 0; i < 3; i++)
        ses_moments_add(&moments, 0, &rows[i]);
    ses_moments_result(&moments, &mean, &std, &min, &max);
    assert_true(isnan(mean) && isnan(std) && isnan(min) && isnan(max));
    ses_moments_release(&moments);
}

static void more_than_memory_is_an_error(void **state)
{
    struct ses_moments moments;
    struct ses_error err = { 0 };
    assert_int_equal(
        ses_moments_init(&moments, SIZE_MAX / 2, SIZE_MAX / 2, &err),
        SES_ENOMEM);
    assert_string_equal(err.message, "no memory for the moments of all "
                                     "classes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_numpys),
        cmocka_unit_test(a_still_channel_has_no_deviation),
        cmocka_unit_test(nan_is_not_hidden),
        cmocka_unit_test(more_than_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
