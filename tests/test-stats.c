/* core/stats: figures by hand arithmetic and by known distributions. */
#include <math.h>
#include <stdlib.h>

#include "core/stats/accuracy.h"
#include "core/stats/bootstrap.h"
#include "core/stats/gate-health.h"
#include "core/stats/parameter-share.h"
#include "tests/support/check.h"

#define assert_near(a, b, tolerance) \
    do { \
        if (!(fabs((a) - (b)) <= (tolerance))) \
            fail_msg("%s is %.12g, expected %.12g", #a, (double)(a), \
                     (double)(b)); \
    } while (0)

static void shares_are_over_all_and_over_the_plain_network(void **state)
{
    /* Stages of 20 + 20, 40 and 120 parameters in a network of 2200. */
    struct ses_block items[] = {
        { .stage = 2, .height = 56, .width = 56, .parameters = 20 },
        { .stage = 2, .height = 56, .width = 56, .parameters = 20 },
        { .stage = 3, .height = 28, .width = 28, .parameters = 40 },
        { .stage = 4, .height = 14, .width = 14, .parameters = 120 },
    };
    const struct ses_blocks blocks = { items, 4 };
    struct ses_parameter_share share;
    struct ses_stage_share stages[4];
    assert_int_equal(ses_parameter_share(&blocks, 2200, &share, stages), 3);
    assert_int_equal(share.se, 200);
    assert_near(share.of_all, 200.0 / 2200, 1e-12);
    assert_near(share.over_plain, 0.1, 1e-12);
    assert_near(share.without_last, 0.04, 1e-12);
    assert_int_equal(stages[0].blocks, 2);
    assert_int_equal(stages[0].parameters, 40);
    assert_int_equal(stages[2].stage, 4);
    assert_near(stages[2].of_se, 0.6, 1e-12);
    assert_near(stages[1].of_all, 40.0 / 2200, 1e-12);
}

static void blocks_without_a_stage_group_by_map(void **state)
{
    struct ses_block items[] = {
        { .stage = -1, .height = 8, .width = 8, .parameters = 1 },
        { .stage = -1, .height = 8, .width = 8, .parameters = 2 },
        { .stage = -1, .height = 4, .width = 4, .parameters = 3 },
    };
    const struct ses_blocks blocks = { items, 3 };
    struct ses_parameter_share share;
    struct ses_stage_share stages[3];
    assert_int_equal(ses_parameter_share(&blocks, 6, &share, stages), 2);
    assert_int_equal(stages[0].parameters, 3);
    assert_near(share.of_all, 1, 0);
    assert_near(share.over_plain, 0, 0); /* nothing but SE: no ratio */
}

static void accuracy_counts_done_and_labelled_images(void **state)
{
    /* Classes: output 3, output 7, none. One image pending, one unreadable. */
    int32_t outputs[] = { 3, 7, -1 };
    int32_t classes[] = { 0, 0, 0, 1, 1, 2, 1 };
    uint8_t status[] = { 1, 1, 1, 1, 2, 1, 0 };
    const int32_t top5[] = {
        3, 1, 2, 0, 4, /* right */
        1, 2, 0, 4, 3, /* fifth */
        1, 2, 0, 4, 5, /* wrong */
        7, 1, 2, 0, 4, /* right */
        0, 0, 0, 0, 0, /* unreadable */
        1, 2, 0, 4, 5, /* of no output */
        0, 0, 0, 0, 0, /* pending */
    };
    const float loss[] = { 1, 2, 6, 3, 100, NAN, 100 };
    struct ses_run_file run = { .n_classes = 3,
                                .class_outputs = outputs,
                                .n_images = 7,
                                .image_classes = classes,
                                .image_status = status };
    struct ses_accuracy each[3], total;
    ses_accuracy(&run, top5, loss, each, &total);
    assert_int_equal(each[0].images, 3);
    assert_near(each[0].top1_share, 1.0 / 3, 1e-12);
    assert_near(each[0].top5_share, 2.0 / 3, 1e-12);
    assert_near(each[0].loss, 3, 1e-12);
    assert_int_equal(each[1].images, 1);
    assert_near(each[1].top1_share, 1, 0);
    assert_int_equal(each[2].images, 1);
    assert_int_equal(each[2].labelled, 0);
    assert_true(isnan(each[2].top1_share));
    assert_true(isnan(each[2].loss));
    assert_int_equal(total.images, 5);
    assert_int_equal(total.labelled, 4);
    assert_near(total.top1_share, 0.5, 1e-12);
    assert_near(total.top5_share, 0.75, 1e-12);
    assert_near(total.loss, 3, 1e-12);
}

static void outputs_beyond_a_small_head_are_never_right(void **state)
{
    /* Three outputs: ranks four and five are -1, as is a class of none. */
    int32_t outputs[] = { -1 };
    int32_t classes[] = { 0 };
    uint8_t status[] = { 1 };
    const int32_t top5[] = { 0, 1, 2, -1, -1 };
    const float loss[] = { NAN };
    struct ses_run_file run = { .n_classes = 1,
                                .class_outputs = outputs,
                                .n_images = 1,
                                .image_classes = classes,
                                .image_status = status };
    struct ses_accuracy each[1], total;
    ses_accuracy(&run, top5, loss, each, &total);
    assert_int_equal(total.top5, 0);
    assert_int_equal(total.labelled, 0);
}

static void health_is_of_all_images_and_channels(void **state)
{
    /* Two classes of 2 and 1 images, two channels:
     *   class 0: (.2, .6) (.4, .8)   class 1: (.9, .1); class 2: none
     * All: .2 .6 .4 .8 .9 .1; mean .5, squared deviations .09 .01 .01 .09 .16
     * .16, sum .52. Channel means .5 and .5; class means .3 .7 and .9 .1, so
     * between: (2 * .04 + .16) + (2 * .04 + .16) = .48. */
    const uint64_t count[] = { 2, 1, 0 };
    const float mean[] = { .3f, .7f, .9f, .1f, 0, 0 };
    const float sd = sqrtf(0.02f); /* of .2 .4, sample */
    const float std[] = { sd, sd, 0, 0, 0, 0 };
    struct ses_gate_health health;
    ses_gate_health_moments(3, 2, count, mean, std, &health);
    assert_near(health.mean, 0.5, 1e-7);
    assert_near(health.sd, sqrt(0.52 / 6), 1e-7);
    assert_near(health.between, sqrt(0.48 / 6), 1e-7);
    /* channel means are the overall mean, so all of it is over images */
    assert_near(health.moves, sqrt(0.52 / 6), 1e-7);
    assert_true(isnan(health.below));
    assert_false(health.dead);
}

static void one_image_or_class_has_no_spread(void **state)
{
    const float mean[] = { .2f, .6f, .4f, .8f };
    const float std[] = { 0, 0, 0, 0 };
    struct ses_gate_health health;
    ses_gate_health_moments(2, 2, (const uint64_t[]){ 1, 0 }, mean, std,
                            &health);
    assert_near(health.mean, .4, 1e-7);
    assert_near(health.sd, .2, 1e-7); /* over channels */
    assert_true(isnan(health.moves));
    assert_true(isnan(health.between));
    ses_gate_health_moments(2, 2, (const uint64_t[]){ 2, 0 }, mean, std,
                            &health);
    assert_near(health.moves, 0, 0);
    assert_true(isnan(health.between));
    ses_gate_health_moments(2, 2, (const uint64_t[]){ 1, 1 }, mean, std,
                            &health);
    assert_near(health.moves, .1, 1e-7);
    assert_near(health.between, .1, 1e-7);
}

static void gates_at_a_half_are_dead_and_others_are_not(void **state)
{
    const uint64_t count[] = { 10 };
    float mean[] = { .5f, .5f };
    float std[] = { 0, 0 };
    struct ses_gate_health health;
    ses_gate_health_moments(1, 2, count, mean, std, &health);
    assert_true(health.dead);
    std[0] = std[1] = 0.001f;
    mean[0] = 0.5005f;
    ses_gate_health_moments(1, 2, count, mean, std, &health);
    assert_true(health.dead);
    std[0] = std[1] = 0.05f; /* moves with the image */
    ses_gate_health_moments(1, 2, count, mean, std, &health);
    assert_false(health.dead);
    std[0] = std[1] = 0; /* channels near a half that never move */
    mean[0] = .47f;
    mean[1] = .53f;
    ses_gate_health_moments(1, 2, count, mean, std, &health);
    assert_near(health.sd, .03, 1e-6);
    assert_near(health.moves, 0, 0);
    assert_true(health.dead);
    mean[0] = .4f; /* channels that differ by what was learned */
    mean[1] = .6f;
    ses_gate_health_moments(1, 2, count, mean, std, &health);
    assert_false(health.dead);
    mean[0] = mean[1] = 1; /* still, but a choice that was learned */
    ses_gate_health_moments(1, 2, count, mean, std, &health);
    assert_false(health.dead);
    const uint64_t one[] = { 1 }; /* image, which shows no movement */
    mean[0] = .47f;
    mean[1] = .53f;
    ses_gate_health_moments(1, 2, one, mean, std, &health);
    assert_false(health.dead);
}

static void the_interval_of_one_value_is_that_value(void **state)
{
    const float rows[] = { .25f, .75f, .25f, .75f, .25f, .75f };
    double low[2], high[2];
    assert_int_equal(ses_bootstrap_mean(rows, 3, 2, 1, low, high, NULL),
                     SES_OK);
    assert_near(low[0], .25, 0);
    assert_near(high[0], .25, 0);
    assert_near(low[1], .75, 0);
    assert_near(high[1], .75, 0);
}

static void intervals_are_those_of_the_binomial(void **state)
{
    /* 40 zeros and 60 ones: the mean of a draw is Binomial(100, .6) / 100,
     * whose 2.5 % and 97.5 % points are .50 and .69 (from its summed terms);
     * 1000 draws find them within .015. Channel 1 is the mirror image. */
    float rows[200];
    for (int i = 0; i < 100; i++) {
        rows[2 * i] = i >= 40;
        rows[2 * i + 1] = i < 40;
    }
    for (uint64_t seed = 0; seed < 5; seed++) {
        double low[2], high[2];
        assert_int_equal(
            ses_bootstrap_mean(rows, 100, 2, seed, low, high, NULL), SES_OK);
        assert_near(low[0], .50, .015);
        assert_near(high[0], .69, .015);
        assert_near(low[1], 1 - high[0], 1e-9);
        assert_near(high[1], 1 - low[0], 1e-9);
    }
}

static void intervals_follow_the_seed(void **state)
{
    float rows[50];
    for (int i = 0; i < 50; i++)
        rows[i] = (float)(i * i % 17) / 17;
    double a[2], b[2], c[2];
    assert_int_equal(
        ses_bootstrap_mean(rows, 50, 1, 7, &a[0], &a[1], NULL), SES_OK);
    assert_int_equal(
        ses_bootstrap_mean(rows, 50, 1, 7, &b[0], &b[1], NULL), SES_OK);
    assert_int_equal(
        ses_bootstrap_mean(rows, 50, 1, 8, &c[0], &c[1], NULL), SES_OK);
    assert_true(a[0] == b[0] && a[1] == b[1]);
    assert_true(a[0] != c[0] || a[1] != c[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_over_all_and_over_the_plain_network),
        cmocka_unit_test(blocks_without_a_stage_group_by_map),
        cmocka_unit_test(accuracy_counts_done_and_labelled_images),
        cmocka_unit_test(outputs_beyond_a_small_head_are_never_right),
        cmocka_unit_test(health_is_of_all_images_and_channels),
        cmocka_unit_test(one_image_or_class_has_no_spread),
        cmocka_unit_test(gates_at_a_half_are_dead_and_others_are_not),
        cmocka_unit_test(the_interval_of_one_value_is_that_value),
        cmocka_unit_test(intervals_are_those_of_the_binomial),
        cmocka_unit_test(intervals_follow_the_seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
