/* core/stats on a record: a small one is written, and read back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/stats/class-curves.h"
#include "core/stats/gate-health.h"
#include "tests/support/check.h"
#include "tests/support/record-common.h"
#include "tests/support/tree.h"

enum { IMAGES = 6, CHANNELS = 3 };

/* Class 0: images 0 2 4 (4 unreadable); class 1: 1 3; class 2: 5, unreadable.
 * Means of class 0: .2 .995 .5; of class 1: .6 .3 .004; over both classes: .4
 * .6475 .252. */
static const int32_t classes[IMAGES] = { 0, 1, 0, 1, 0, 2 };
static const float gates[IMAGES][CHANNELS] = {
    { .1f, 1.f, .5f },   { .5f, .3f, .003f }, { .3f, .99f, .5f },
    { .7f, .3f, .005f }, { 0 },               { 0 },
};

static char *folder, *path;

static void write_record(bool summary_only)
{
    static const char *const names[] = { "a", "b", "c" };
    static const char *const paths[IMAGES] = { "0", "1", "2", "3", "4", "5" };
    static const int32_t outputs[] = { 0, 1, 2 };
    const struct ses_record_block block = {
        .name = "SE_2_1", .source = "s", .gate = "sigmoid", .squeeze = "mean",
        .stage = 2, .unit = 1, .channels = CHANNELS, .reduced = 1,
        .height = 4, .width = 4,
    };
    const struct ses_record_plan plan = {
        .version = "0", .command = "", .model = "m", .model_sha256 = "0",
        .arch = "", .images = "i", .preprocess = "", .force = "",
        .kernels = "", .host = "", .n_classes = 3, .class_names = names,
        .class_ids = names, .class_outputs = outputs, .n_images = IMAGES,
        .image_paths = paths, .image_classes = classes, .n_blocks = 1,
        .blocks = &block, .parts.summary_only = summary_only,
    };
    struct ses_record_writer *writer = NULL;
    struct ses_error err = { 0 };
    if (ses_record_create(path, true, &plan, &writer, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < IMAGES; i++) {
        const float *excitation = gates[i];
        const struct ses_record_row row = {
            .status = i < 4 ? SES_IMAGE_DONE : SES_IMAGE_UNREADABLE,
            .excitation = &excitation,
            .loss = NAN,
        };
        assert_int_equal(ses_record_write(writer, i, &row, &err), SES_OK);
    }
    assert_int_equal(ses_record_finish(writer, &err), SES_OK);
    assert_int_equal(ses_record_close(writer, &err), SES_OK);
}

static struct ses_run_file *open_record(bool summary_only)
{
    write_record(summary_only);
    return common_open(path);
}

static void assert_values(const double *found, const double *expected, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(expected[i]) ? !isnan(found[i])
                               : !(fabs(found[i] - expected[i]) < 1e-6))
            fail_msg("value %zu is %.9g, expected %.9g", i, found[i],
                     expected[i]);
}

static void curves_are_class_means_in_the_order_asked_for(void **state)
{
    struct ses_run_file *run = open_record(false);
    struct ses_class_curves curves;
    struct ses_error err = { 0 };
    const size_t chosen[] = { 1, 0, 2 };
    const int channels[] = { 0, 2 };
    assert_int_equal(ses_class_curves_init(run, 0, chosen, 3, channels, 2,
                                           false, 0, &curves, &err), SES_OK);
    assert_values(curves.mean,
                  (double[]){ .6, .004, .2, .5, NAN, NAN }, 6);
    assert_values(curves.std,
                  (double[]){ sqrt(.02), sqrt(2e-6), sqrt(.02), 0, NAN, NAN },
                  6);
    /* of both classes that have images, whichever are drawn */
    assert_values(curves.overall, (double[]){ .4, .252 }, 2);
    assert_int_equal(curves.overall_classes, 2);
    assert_null(curves.low);
    ses_class_curves_release(&curves);
    assert_int_equal(ses_class_curves_init(run, 0, chosen, 1, channels, 2,
                                           false, 0, &curves, &err), SES_OK);
    assert_values(curves.overall, (double[]){ .4, .252 }, 2);
    ses_class_curves_release(&curves);
    ses_run_free(run);
}

static void bands_are_of_the_class_alone(void **state)
{
    struct ses_run_file *run = open_record(false);
    struct ses_class_curves curves;
    struct ses_error err = { 0 };
    const size_t chosen[] = { 0, 2 };
    const int channels[] = { 0, 2 };
    assert_int_equal(ses_class_curves_init(run, 0, chosen, 2, channels, 2,
                                           true, 3, &curves, &err), SES_OK);
    /* Of two images, a quarter of the draws takes one of them twice. */
    assert_values(curves.low, (double[]){ .1, .5, NAN, NAN }, 4);
    assert_values(curves.high, (double[]){ .3, .5, NAN, NAN }, 4);
    ses_class_curves_release(&curves);
    ses_run_free(run);
}

static void one_image_has_no_band(void **state)
{
    struct ses_run_file *run = open_record(false);
    struct ses_class_curves curves;
    struct ses_error err = { 0 };
    const size_t chosen[] = { 1, 0 };
    const int channels[] = { 0, 2 };
    run->image_status[3] = SES_IMAGE_UNREADABLE; /* the second of class 1 */
    assert_int_equal(ses_class_curves_init(run, 0, chosen, 2, channels, 2,
                                           true, 3, &curves, &err), SES_OK);
    assert_values(curves.low, (double[]){ NAN, NAN, .1, .5 }, 4);
    assert_values(curves.high, (double[]){ NAN, NAN, .3, .5 }, 4);
    ses_class_curves_release(&curves);
    ses_run_free(run);
}

static void bands_need_rows(void **state)
{
    struct ses_run_file *run = open_record(true);
    struct ses_class_curves curves;
    struct ses_error err = { 0 };
    const size_t chosen[] = { 0 };
    const int channels[] = { 0 };
    assert_int_equal(ses_class_curves_init(run, 0, chosen, 1, channels, 1,
                                           true, 0, &curves, &err),
                     SES_ENOTFOUND);
    assert_non_null(strstr(err.message, "holds summaries only"));
    ses_class_curves_release(&curves);
    ses_run_free(run);
}

static void shares_count_the_gates_of_done_images(void **state)
{
    /* Of 12 gates two are below .01 (.003 .005) and one is above .99; .99
     * itself is not. Mean (1.6 + 2.59 + 1.008) / 12. */
    struct ses_run_file *run = open_record(false);
    struct ses_gate_health health;
    struct ses_error err = { 0 };
    assert_int_equal(ses_gate_health(run, 0, &health, &err), SES_OK);
    assert_values(&health.below, (double[]){ 2.0 / 12 }, 1);
    assert_values(&health.above, (double[]){ 1.0 / 12 }, 1);
    assert_values(&health.mean, (double[]){ 5.198 / 12 }, 1);
    ses_run_free(run);
    run = open_record(true);
    assert_int_equal(ses_gate_health(run, 0, &health, &err), SES_OK);
    assert_true(isnan(health.below) && isnan(health.above));
    assert_values(&health.mean, (double[]){ 5.198 / 12 }, 1);
    ses_run_free(run);
}

static int make_folder(void **state)
{
    folder = tree_new();
    path = tree_path(folder, "run.h5");
    return 0;
}

static int remove_folder(void **state)
{
    free(path);
    tree_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curves_are_class_means_in_the_order_asked_for),
        cmocka_unit_test(bands_are_of_the_class_alone),
        cmocka_unit_test(one_image_has_no_band),
        cmocka_unit_test(bands_need_rows),
        cmocka_unit_test(shares_count_the_gates_of_done_images),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
