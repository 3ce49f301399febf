/* core/stats over a small record, against what numpy, scipy and scikit-learn
 * make of it (scripts/reference/stats-golden.py); and what records hold that
 * leave something out. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/stats.h"
#include "core/base/random.h"
#include "core/stats/decodability.h"
#include "tests/support/check.h"
#include "tests/support/record-common.h"
#include "tests/support/stats-golden.h"
#include "tests/support/tree.h"

enum { SEED = 11 }; /* of the golden's folds */

static struct ses_stats analyse(struct ses_run_file *run,
                                const struct ses_analysis_options *options)
{
    struct ses_stats stats = { .run = run };
    struct ses_error err = { 0 };
    if (ses_analyse(run, options, &stats.analysis, &err))
        fail_msg("%s", err.message);
    return stats;
}

static struct ses_stats analyse_small(struct ses_run_file *run)
{
    return analyse(run, &(struct ses_analysis_options){ .seed = SEED });
}

static size_t find_block(const struct ses_stats *stats, const char *name)
{
    for (size_t b = 0; b < stats->analysis.n_blocks; b++)
        if (!strcmp(stats->run->blocks[stats->analysis.blocks[b].block].name,
                    name))
            return b;
    fail_msg("no block '%s'", name);
    return 0;
}

static double value_of(const struct ses_stats *stats, const char *block,
                       const char *key)
{
    for (const struct ses_stats_field *f = ses_stats_fields; f->name; f++)
        if (!strcmp(f->name, key))
            return f->value(stats, find_block(stats, block));
    fail_msg("no key '%s'", key);
    return NAN;
}

static void numbers_are_those_of_scipy_and_scikit_learn(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    struct ses_stats stats = analyse_small(run);
    struct stats_golden golden;
    size_t seen = 0;
    stats_golden_open(&golden);
    while (stats_golden_next(&golden)) {
        if (strcmp(golden.kind, "block"))
            continue;
        double found = value_of(&stats, golden.name, golden.key);
        double expected = golden.value[0];
        if (isnan(expected) ? !isnan(found)
                            : !(fabs(found - expected) < 1e-6))
            fail_msg("%s of '%s' is %.9g, expected %.9g", golden.key,
                     golden.name, found, expected);
        seen++;
    }
    assert_true(seen > 150);
    stats_golden_close(&golden);
    ses_analysis_release(&stats.analysis);
    ses_run_free(run);
}

/* Ends of 1000 draws lie within a third of a standard deviation of those of
 * 20000 others: four times what chance makes of it. */
static void assert_interval(const char *what, double low, double high,
                            const double *golden)
{
    double allowed = golden[0] / 3;
    if (!(fabs(low - fmax(golden[1], -1)) <= allowed &&
          fabs(high - golden[2]) <= allowed))
        fail_msg("%s: %.6g to %.6g, expected %.6g to %.6g", what, low, high,
                 golden[1], golden[2]);
}

static void intervals_are_those_of_another_bootstrap(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    struct ses_stats stats = analyse_small(run);
    struct stats_golden golden;
    char key[64];
    size_t seen = 0;
    stats_golden_open(&golden);
    while (stats_golden_next(&golden)) {
        if (strcmp(golden.kind, "interval"))
            continue;
        snprintf(key, sizeof key, "%s_low", golden.key);
        double low = value_of(&stats, golden.name, key);
        snprintf(key, sizeof key, "%s_high", golden.key);
        double high = value_of(&stats, golden.name, key);
        double expected[3];
        memcpy(expected, golden.value, sizeof expected);
        /* Less than nothing of the variance is nothing. */
        if (!strcmp(golden.key, "eta_squared") && expected[1] < 0)
            expected[1] = 0;
        assert_interval(golden.name, low, high, expected);
        assert_true(low <= value_of(&stats, golden.name, golden.key));
        assert_true(high >= value_of(&stats, golden.name, golden.key));
        seen++;
    }
    assert_int_equal(seen, 12);
    stats_golden_close(&golden);
    ses_analysis_release(&stats.analysis);
    ses_run_free(run);
}

static void shuffled_labels_tell_what_chance_gives(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    struct ses_stats stats = analyse_small(run);
    struct stats_golden golden;
    size_t seen = 0;
    stats_golden_open(&golden);
    while (stats_golden_next(&golden)) {
        if (strcmp(golden.kind, "shuffled"))
            continue;
        double sd = golden.value[0], p = golden.value[2];
        double high = value_of(&stats, golden.name, "null_95");
        double share = value_of(&stats, golden.name, "p");
        assert_true(fabs(high - golden.value[1]) < sd / 3);
        /* of 1000 shuffles and of 2000 */
        double chance = 4 * sqrt(p * (1 - p) * (1e-3 + 5e-4)) + 2e-3;
        if (!(fabs(share - p) < chance))
            fail_msg("p of '%s' is %.4g, expected %.4g", golden.name, share, p);
        seen++;
    }
    assert_int_equal(seen, 6);
    stats_golden_close(&golden);
    ses_analysis_release(&stats.analysis);
    ses_run_free(run);
}

static void the_trend_leaves_out_what_does_not_move(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    struct ses_stats stats = analyse_small(run);
    const struct ses_depth_trend *trend = &stats.analysis.trend;
    struct stats_golden golden;
    size_t seen = 0;
    stats_golden_open(&golden);
    while (stats_golden_next(&golden)) {
        double found = !strcmp(golden.key, "slope")      ? trend->slope.value
                       : !strcmp(golden.key, "spearman") ? trend->rank.value
                       : !strcmp(golden.key, "shallow")  ? trend->shallow
                                                         : trend->deep;
        if (!strcmp(golden.kind, "verdict")) {
            assert_true(fabs(found - golden.value[0]) < 1e-6);
            seen++;
        } else if (!strcmp(golden.kind, "slope")) {
            assert_interval("slope", trend->slope.low, trend->slope.high,
                            golden.value);
            seen++;
        }
    }
    assert_int_equal(seen, 5);
    assert_int_equal(trend->n_blocks, 5);
    /* The slope's interval holds 0, and the verdict must say so. */
    assert_true(trend->slope.low < 0 && trend->slope.high > 0);
    assert_non_null(strstr(trend->verdict, "no trend"));
    assert_non_null(strstr(trend->verdict, "1 block"));
    stats_golden_close(&golden);
    ses_analysis_release(&stats.analysis);
    ses_run_free(run);
}

static void findings_say_what_is_wrong_with_a_block(void **state)
{
    static const struct {
        const char *block, *finding;
    } cases[] = {
        { "SE_3_1", "1 of 12 channels never moves" },
        { "SE_3_2", "identity" },
        { "SE_3_2", "no more class-selective" },
        { "SE_4_1", "dead" },
    };
    struct ses_run_file *run = stats_golden_record();
    struct ses_stats stats = analyse_small(run);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct ses_block_analysis *block =
            &stats.analysis.blocks[find_block(&stats, cases[i].block)];
        bool said = false;
        for (size_t f = 0; f < block->n_findings; f++)
            said = said || strstr(block->findings[f], cases[i].finding);
        if (!said)
            fail_msg("'%s' is not found to be %s", cases[i].block,
                     cases[i].finding);
    }
    assert_int_equal(stats.analysis.blocks[1].n_findings, 0);
    assert_true(stats.analysis.blocks[4].dead);
    assert_true(stats.analysis.blocks[3].identity);
    assert_false(stats.analysis.blocks[2].dead);
    ses_analysis_release(&stats.analysis);
    ses_run_free(run);
}

static void threads_change_no_bit(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    struct ses_stats one = analyse(
        run, &(struct ses_analysis_options){ .seed = 3, .threads = 1 });
    struct ses_stats five = analyse(
        run, &(struct ses_analysis_options){ .seed = 3, .threads = 5 });
    for (size_t b = 0; b < one.analysis.n_blocks; b++)
        for (const struct ses_stats_field *f = ses_stats_fields; f->name;
             f++) {
            double x = f->value(&one, b), y = f->value(&five, b);
            assert_memory_equal(&x, &y, sizeof x);
        }
    assert_memory_equal(&one.analysis.trend.slope, &five.analysis.trend.slope,
                        sizeof one.analysis.trend.slope);
    ses_analysis_release(&one.analysis);
    ses_analysis_release(&five.analysis);
    ses_run_free(run);
}

static void a_choice_counts_alone_in_whatever_order(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    const size_t classes[] = { 3, 0 }, blocks[] = { 2, 0 };
    const size_t only[] = { 4 }; /* no image of it could be read */
    struct ses_stats stats = analyse(run, &(struct ses_analysis_options){
        .classes = classes, .n_classes = 2, .blocks = blocks, .n_blocks = 2 });
    assert_int_equal(stats.analysis.n_classes, 2);
    assert_int_equal(stats.analysis.classes[0], 0);
    assert_int_equal(stats.analysis.n_images, 60); /* 38 and 22 */
    assert_int_equal(stats.analysis.n_single, 0);
    assert_int_equal(stats.analysis.n_blocks, 2);
    assert_int_equal(stats.analysis.blocks[1].block, 2);
    assert_true(fabs(stats.analysis.blocks[0].chance - 38. / 60) < 1e-12);
    ses_analysis_release(&stats.analysis);
    struct ses_error err = { 0 };
    assert_int_equal(ses_analyse(run, &(struct ses_analysis_options){
        .classes = only, .n_classes = 1 }, &stats.analysis, &err),
        SES_ENOTFOUND);
    ses_analysis_release(&stats.analysis);
    assert_int_equal(ses_analyse(run, &(struct ses_analysis_options){
        .classes = only, .n_classes = 0 }, &stats.analysis, &err), SES_EUSAGE);
    ses_analysis_release(&stats.analysis);
    ses_run_free(run);
}

static void one_class_or_one_image_says_nothing_of_selectivity(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    const size_t classes[] = { 0, 2 }; /* the last has one image */
    struct ses_stats stats = analyse(run, &(struct ses_analysis_options){
        .classes = classes, .n_classes = 1 });
    const struct ses_block_analysis *block = &stats.analysis.blocks[0];
    assert_true(isnan(block->eta_squared.value));
    assert_true(isnan(block->decodability.value));
    assert_true(isnan(block->between) && isnan(block->distance));
    assert_true(block->within > 0.1);
    assert_non_null(strstr(stats.analysis.trend.verdict, "one class alone"));
    ses_analysis_release(&stats.analysis);
    stats = analyse(run, &(struct ses_analysis_options){
        .classes = classes + 1, .n_classes = 1 });
    block = &stats.analysis.blocks[0];
    assert_int_equal(stats.analysis.n_single, 1);
    assert_true(isnan(block->within) && !isnan(block->mean));
    assert_int_equal(block->still_channels, 0);
    ses_analysis_release(&stats.analysis);
    ses_run_free(run);
}

static void a_record_is_analysed_as_far_as_it_is(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer = NULL;
    struct ses_error err = { 0 };
    enum { WRITTEN = 40 };
    if (ses_record_create(f->path, false, &f->common.plan, &writer, &err) ||
        common_write_pending(writer, WRITTEN, 8, &err) ||
        ses_record_close(writer, &err))
        fail_msg("%s", err.message);
    struct ses_run_file *run = common_open(f->path);
    size_t done = 0, channels = common_width(0, 0);
    double mean = 0;
    for (size_t i = 0; i < WRITTEN; i++) {
        if (common_unreadable(i))
            continue;
        done++;
        for (size_t c = 0; c < channels; c++)
            mean += (double)common_value(0, 0, i, c);
    }
    assert_int_equal(run->n_pending, COMMON_IMAGES - WRITTEN);
    struct ses_stats stats = analyse(run, &(struct ses_analysis_options){ 0 });
    assert_int_equal(stats.analysis.n_images, done);
    assert_true(fabs(stats.analysis.blocks[0].mean -
                     mean / (double)(done * channels)) < 1e-9);
    ses_analysis_release(&stats.analysis);
    ses_run_free(run);
}

static void gates_that_are_no_numbers_are_said(void **state)
{
    struct fixture *f = *state;
    struct ses_record_writer *writer = NULL;
    struct ses_error err = { 0 };
    float rows[COMMON_BLOCKS][COMMON_WIDEST];
    const float *excitation[COMMON_BLOCKS] = { rows[0], rows[1] };
    f->common.plan.parts = (struct ses_record_parts){ 0 };
    if (ses_record_create(f->path, false, &f->common.plan, &writer, &err))
        fail_msg("%s", err.message);
    for (size_t i = 0; i < COMMON_IMAGES; i++) {
        for (size_t b = 0; b < COMMON_BLOCKS; b++)
            for (size_t c = 0; c < COMMON_WIDEST; c++)
                rows[b][c] = (float)((i * 7 + c * 3) % 11) / 11;
        rows[0][2] = i == 5 ? NAN : .5f;
        const struct ses_record_row row = { .status = SES_IMAGE_DONE,
                                            .excitation = excitation,
                                            .loss = NAN };
        assert_int_equal(ses_record_write(writer, i, &row, &err), SES_OK);
    }
    assert_int_equal(ses_record_finish(writer, &err), SES_OK);
    assert_int_equal(ses_record_close(writer, &err), SES_OK);
    struct ses_run_file *run = common_open(f->path);
    struct ses_stats stats = analyse(run, &(struct ses_analysis_options){ 0 });
    const struct ses_block_analysis *blocks = stats.analysis.blocks;
    assert_true(isnan(blocks[0].mean) && isnan(blocks[0].eta_squared.value));
    assert_true(isnan(blocks[0].decodability.value) && isnan(blocks[0].p));
    assert_int_equal(blocks[0].n_findings, 1);
    assert_non_null(strstr(blocks[0].findings[0], "no numbers"));
    assert_false(isnan(blocks[1].mean));
    assert_false(isnan(blocks[1].decodability.value));
    ses_analysis_release(&stats.analysis);
    ses_run_free(run);
}

static void shares_have_binomial_intervals(void **state)
{
    /* scipy.stats.binom(n, right / n).ppf([.025, .975]) */
    static const struct {
        size_t right, n, low, high;
    } cases[] = {
        { 0, 10, 0, 0 },          { 10, 10, 10, 10 },
        { 1, 2, 0, 2 },           { 3, 10, 0, 6 },
        { 61, 100, 51, 70 },      { 9, 1000, 4, 15 },
        { 6140, 10000, 6044, 6235 }, { 49999, 50000, 49997, 50000 },
        { 1, 1000000, 0, 3 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double low, high, n = (double)cases[i].n;
        ses_share_interval(cases[i].right, cases[i].n, &low, &high);
        if (low != (double)cases[i].low / n ||
            high != (double)cases[i].high / n)
            fail_msg("%zu of %zu: %.0f to %.0f, expected %zu to %zu",
                     cases[i].right, cases[i].n, low * n, high * n,
                     cases[i].low, cases[i].high);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_those_of_scipy_and_scikit_learn),
        cmocka_unit_test(intervals_are_those_of_another_bootstrap),
        cmocka_unit_test(shuffled_labels_tell_what_chance_gives),
        cmocka_unit_test(the_trend_leaves_out_what_does_not_move),
        cmocka_unit_test(findings_say_what_is_wrong_with_a_block),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(a_choice_counts_alone_in_whatever_order),
        cmocka_unit_test(one_class_or_one_image_says_nothing_of_selectivity),
        TEST(a_record_is_analysed_as_far_as_it_is),
        TEST(gates_that_are_no_numbers_are_said),
        cmocka_unit_test(shares_have_binomial_intervals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
