/* Dissimilarity of classes, and likeness of blocks, against scipy
 * (scripts/reference/stats-golden.py). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/stats/ranks.h"
#include "core/stats/similarity.h"
#include "tests/support/check.h"
#include "tests/support/stats-golden.h"

enum { BLOCKS = 6, CLASSES = 5 };

static const size_t all_blocks[BLOCKS] = { 0, 1, 2, 3, 4, 5 };
static const size_t all_classes[CLASSES] = { 0, 1, 2, 3, 4 };

static int block_of(const struct ses_run_file *run, const char *name)
{
    int block = ses_run_block(run, name);
    assert_true(block >= 0);
    return block;
}

static void blocks_are_as_alike_as_scipy_says(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    double rsa[BLOCKS * BLOCKS], cka[BLOCKS * BLOCKS];
    struct ses_error err = { 0 };
    struct stats_golden golden;
    size_t seen = 0, n_images;
    if (ses_block_similarity(run, all_blocks, BLOCKS, all_classes, CLASSES,
                             rsa, cka, &n_images, &err))
        fail_msg("%s", err.message);
    assert_int_equal(n_images, 91); /* so few are all taken */
    stats_golden_open(&golden);
    while (stats_golden_next(&golden)) {
        if (strcmp(golden.kind, "pair"))
            continue;
        char *kind = strchr(golden.key, ' ');
        *kind++ = '\0';
        const double *values = !strcmp(kind, "rsa") ? rsa : cka;
        double found = values[block_of(run, golden.name) * BLOCKS +
                              block_of(run, golden.key)];
        double expected = golden.value[0];
        if (isnan(expected) ? !isnan(found)
                            : !(fabs(found - expected) < 1e-6))
            fail_msg("%s of %s and %s is %.9g, expected %.9g", kind,
                     golden.name, golden.key, found, expected);
        seen++;
    }
    assert_int_equal(seen, 2 * BLOCKS * BLOCKS);
    stats_golden_close(&golden);
    ses_run_free(run);
}

static void likeness_is_the_same_over_images_and_over_channels(void **state)
{
    /* The channels of all blocks are fewer than the images (39 and 91), but
     * not fewer than those of one class and another (23). */
    struct ses_run_file *run = stats_golden_record();
    const size_t few[] = { 2, 3 };
    double all[4], less[4], expected[BLOCKS * BLOCKS];
    const size_t pair[] = { 0, 1 };
    struct ses_error err = { 0 };
    assert_int_equal(ses_block_similarity(run, pair, 2, few, 2, NULL, all,
                                          NULL, &err), SES_OK);
    assert_int_equal(ses_block_similarity(run, all_blocks, BLOCKS, few, 2,
                                          NULL, expected, NULL, &err), SES_OK);
    assert_int_equal(ses_block_similarity(run, pair, 2, few, 2, NULL, less,
                                          NULL, &err), SES_OK);
    assert_true(all[1] > 0 && all[1] < 1);
    assert_true(fabs(all[1] - expected[1]) < 1e-6);
    assert_true(all[1] == less[1]);
    ses_run_free(run);
}

static void a_class_without_images_is_like_nothing(void **state)
{
    struct ses_run_file *run = stats_golden_record();
    double out[CLASSES * CLASSES];
    struct ses_error err = { 0 };
    assert_int_equal(ses_class_dissimilarity(run, 1, all_classes, CLASSES,
                                             out, &err), SES_OK);
    for (size_t i = 0; i < CLASSES; i++)
        for (size_t j = 0; j < CLASSES; j++) {
            double value = out[i * CLASSES + j];
            if (i == j)
                assert_true(value == 0);
            else if (i == 4 || j == 4)
                assert_true(isnan(value));
            else
                assert_true(value > 0 && value <= 2 &&
                            value == out[j * CLASSES + i]);
        }
    /* One channel does not vary over channels. */
    assert_int_equal(ses_class_dissimilarity(run, 5, all_classes, 2, out,
                                             &err), SES_OK);
    assert_true(isnan(out[1]));
    ses_run_free(run);
}

static void equal_values_share_a_rank(void **state)
{
    const double values[] = { 3, 1, 3, -2, 3 };
    const double expected[] = { 4, 2, 4, 1, 4 };
    double ranks[5];
    assert_int_equal(ses_ranks(values, 5, ranks, NULL), SES_OK);
    assert_memory_equal(ranks, expected, sizeof ranks);
    assert_true(isnan(ses_correlation(values, (double[]){ 1, 1, 1, 1, 1 },
                                      5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_as_alike_as_scipy_says),
        cmocka_unit_test(likeness_is_the_same_over_images_and_over_channels),
        cmocka_unit_test(a_class_without_images_is_like_nothing),
        cmocka_unit_test(equal_values_share_a_rank),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
