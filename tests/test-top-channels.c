/* Top channels of a class against numpy (scripts/reference/
 * stats-golden.py). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/stats/top-channels.h"
#include "tests/support/check.h"
#include "tests/support/stats-golden.h"

enum { TOP = 3, BLOCK = 1 /* SE_2_2, of 8 channels */ };

static const size_t all[] = { 0, 1, 2, 3, 4 };

/* Lines are CLASS CHANNEL D_PRIME SD LOW HIGH IMAGE... */
static void channels_and_images_are_those_of_numpy(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    struct ses_top_channel top[TOP];
    struct ses_error err = { 0 };
    struct stats_golden golden;
    struct ses_top_block block;
    size_t seen = 0, count;
    assert_int_equal(ses_top_block_init(run, BLOCK, all, 5, &block, &err),
                     SES_OK);
    stats_golden_open(&golden);
    while (stats_golden_next(&golden)) {
        if (strcmp(golden.kind, "top"))
            continue;
        const double *expected = golden.value;
        if (seen % TOP == 0 &&
            ses_top_channels(&block, (size_t)expected[0], 1, TOP, 2, top,
                             &count, &err))
            fail_msg("%s", err.message);
        const struct ses_top_channel *found = &top[seen % TOP];
        assert_int_equal(count, TOP);
        assert_int_equal(found->channel, (int)expected[1]);
        assert_true(fabs(found->d_prime.value - expected[2]) < 1e-6);
        size_t drivers = golden.count - 6;
        assert_int_equal(found->n_drivers, drivers);
        for (size_t i = 0; i < drivers; i++)
            assert_int_equal(found->drivers[i], (size_t)expected[6 + i]);
        if (expected[3] == 0) { /* one image: no interval */
            assert_true(isnan(found->d_prime.low));
            assert_true(isnan(found->d_prime.high));
        } else {
            assert_true(fabs(found->d_prime.low - expected[4]) <
                        expected[3] / 3);
            assert_true(fabs(found->d_prime.high - expected[5]) <
                        expected[3] / 3);
        }
        seen++;
    }
    assert_int_equal(seen, 2 * TOP);
    stats_golden_close(&golden);
    ses_top_block_release(&block);
    ses_run_free(run);
}

static void a_still_channel_marks_out_nothing(void **state)
{
    enum { CHANNELS = 12 }; /* of SE_3_1; its fifth never moves */
    struct ses_run_file *run = stats_golden_record();
    struct ses_top_channel top[2 * CHANNELS];
    struct ses_error err = { 0 };
    struct ses_top_block block;
    size_t count;
    assert_int_equal(ses_top_block_init(run, 2, NULL, 0, &block, &err),
                     SES_OK);
    assert_int_equal(ses_top_channels(&block, 0, 0, 2 * CHANNELS, 1, top,
                                      &count, &err), SES_OK);
    assert_int_equal(count, CHANNELS);
    assert_int_equal(top[CHANNELS - 1].channel, 4);
    assert_true(top[CHANNELS - 1].d_prime.value == 0);
    for (size_t i = 1; i < count; i++)
        assert_true(fabs(top[i].d_prime.value) <=
                    fabs(top[i - 1].d_prime.value));
    ses_top_block_release(&block);
    ses_run_free(run);
}

static void there_must_be_the_class_and_another(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    struct ses_top_channel top[TOP];
    struct ses_error err = { 0 };
    struct ses_top_block block;
    size_t count;
    const size_t own[] = { 0 };
    assert_int_equal(ses_top_block_init(run, BLOCK, all, 5, &block, &err),
                     SES_OK);
    assert_int_equal(ses_top_channels(&block, 4, 0, TOP, 1, top, &count,
                                      &err), SES_ENOTFOUND);
    assert_non_null(strstr(err.message, "'eel'"));
    ses_top_block_release(&block);
    assert_int_equal(ses_top_block_init(run, BLOCK, own, 1, &block, &err),
                     SES_OK);
    assert_int_equal(ses_top_channels(&block, 0, 0, TOP, 1, top, &count,
                                      &err), SES_ENOTFOUND);
    assert_non_null(strstr(err.message, "no other class"));
    ses_top_block_release(&block);
    ses_run_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channels_and_images_are_those_of_numpy),
        cmocka_unit_test(a_still_channel_marks_out_nothing),
        cmocka_unit_test(there_must_be_the_class_and_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
