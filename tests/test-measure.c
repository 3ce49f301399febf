/* core/ablation/measure: what a variant loses and saves, worked out by hand
 * for a few images, and its cost for many. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/ablation/measure.h"
#include "core/base/random.h"
#include "tests/support/check.h"

enum { VARIANTS = 4, IMAGES = 8, BLOCKS = 2 };

/* Classes a, b are outputs 0, 1; c has none. Image 5 is unreadable, 6 pending,
 * 7 of c. */
static char *names[] = { (char[]){ "a" }, (char[]){ "b" }, (char[]){ "c" } };
static int32_t outputs[] = { 0, 1, -1 };
static int32_t classes[IMAGES] = { 0, 0, 0, 1, 1, 1, 1, 2 };
static uint8_t statuses[IMAGES] = { 1, 1, 1, 1, 1, 2, 0, 1 };
static char *forces[] = { (char[]){ "" }, (char[]){ "x=one" },
                          (char[]){ "y=one" }, (char[]){ "x=mean y=mean" } };
static char *sweeps[] = { (char[]){ "" }, (char[]){ "blocks" },
                          (char[]){ "blocks" }, (char[]){ "" } };
static uint8_t constant[] = { 0, 0, 1, 0, 0, 1, 1, 1 };
static int32_t top1[] = {
    0, 0, 1, 1, 1, -1, 0, 2, /* as it is: four of five right */
    0, 1, 1, 0, 1, -1, 0, 2, /* two lost */
    0, 0, 0, 1, 1, -1, 0, 1, /* one gained; the last other than before */
    1, 1, 0, 0, 0, -1, 0, 2, /* four lost, one gained */
};
static uint8_t top5[] = {
    1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0,
    1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
};
static float loss[VARIANTS * IMAGES], probability[VARIANTS * IMAGES],
    divergence[VARIANTS * IMAGES];

static struct ses_ablation small(void)
{
    static struct ses_ablation a;
    a = (struct ses_ablation){
        .parameters = 1150, .madds = 9000, .n_classes = 3,
        .class_names = names, .class_ids = names, .class_outputs = outputs,
        .n_images = IMAGES, .n_done = 6, .n_unreadable = 1, .n_pending = 1,
        .image_classes = classes, .image_status = statuses,
        .n_blocks = BLOCKS, .n_variants = VARIANTS, .forces = forces,
        .sweeps = sweeps, .constant = constant, .top1 = top1, .top5 = top5,
        .loss = loss, .probability = probability, .divergence = divergence,
    };
    a.blocks = calloc(BLOCKS, sizeof *a.blocks);
    assert_non_null(a.blocks);
    a.blocks[0].parameters = 50;
    a.blocks[0].madds = 400;
    a.blocks[1].parameters = 100;
    a.blocks[1].madds = 500;
    for (size_t v = 0; v < VARIANTS; v++)
        for (size_t i = 0; i < IMAGES; i++) {
            bool none = i >= 5;
            loss[v * IMAGES + i] = none ? NAN : (float)(i + 1 + v * v);
            probability[v * IMAGES + i] = none ? NAN : 0.5f - 0.125f * (float)v;
            divergence[v * IMAGES + i] = i == 5 ? NAN : (float)v * 0.5f;
        }
    return a;
}

static void near(double found, double expected)
{
    if (!(fabs(found - expected) < 1e-9))
        fail_msg("%.12g, expected %.12g", found, expected);
}

static void measure(const struct ses_ablation *a, const uint8_t *chosen,
                    struct ses_measure *out)
{
    struct ses_error err = { 0 };
    OK(ses_measure(a, chosen, 0, out, &err));
}

static void losses_are_those_of_the_same_images(void **state)
{
    struct ses_ablation a = small();
    struct ses_measure m[VARIANTS];
    measure(&a, NULL, m);
    static const double right[] = { 4, 2, 5, 1 }, five[] = { 5, 4, 5, 1 };
    static const size_t lost[] = { 0, 2, 0, 4 }, gained[] = { 0, 0, 1, 1 };
    static const double agreeing[] = { 6, 4, 4, 1 };
    for (size_t v = 0; v < VARIANTS; v++) {
        assert_int_equal(m[v].images, 6);
        assert_int_equal(m[v].labelled, 5);
        near(m[v].top1, right[v] / 5);
        near(m[v].top5, five[v] / 5);
        near(m[v].top1_change, (right[v] - 4) / 5);
        assert_int_equal(m[v].lost, lost[v]);
        assert_int_equal(m[v].gained, gained[v]);
        near(m[v].agreement, agreeing[v] / 6);
        near(m[v].loss, 3 + (double)(v * v));
        near(m[v].loss_change, (double)(v * v));
        near(m[v].loss_change_low, (double)(v * v));
        near(m[v].loss_change_high, (double)(v * v));
        near(m[v].probability_change, -0.125 * (double)v);
        near(m[v].divergence, 0.5 * (double)v);
        assert_true(m[v].top1_low <= m[v].top1 &&
                    m[v].top1 <= m[v].top1_high);
        assert_true(m[v].top1_change_low <= m[v].top1_change &&
                    m[v].top1_change <= m[v].top1_change_high);
    }
    assert_true(m[0].top1_change_low == 0 && m[0].top1_change_high == 0);
    free(a.blocks);
}

static void tests_are_corrected_within_their_sweep(void **state)
{
    struct ses_ablation a = small();
    struct ses_measure m[VARIANTS];
    measure(&a, NULL, m);
    assert_true(isnan(m[0].p) && isnan(m[0].p_holm));
    near(m[1].p, 0.5); /* 2 * (1/2)^2 */
    near(m[2].p, 1);
    near(m[3].p, 0.375); /* 2 * (1 + 5) / 2^5 */
    near(m[1].p_holm, 1); /* of two */
    near(m[2].p_holm, 1);
    near(m[3].p_holm, 0.375); /* of no sweep */
    free(a.blocks);
}

static void what_is_constant_is_saved(void **state)
{
    struct ses_ablation a = small();
    struct ses_measure m[VARIANTS];
    static const int64_t parameters[] = { 0, 50, 100, 150 },
                         madds[] = { 0, 400, 500, 900 };
    measure(&a, NULL, m);
    for (size_t v = 0; v < VARIANTS; v++) {
        assert_true(m[v].parameters_saved == parameters[v]);
        assert_true(m[v].madds_saved == madds[v]);
        near(m[v].over_plain, (150 - (double)parameters[v]) / 1000);
    }
    a.parameters = 150;
    measure(&a, NULL, m);
    assert_true(isnan(m[0].over_plain));
    free(a.blocks);
}

static void some_images_can_be_chosen(void **state)
{
    struct ses_ablation a = small();
    struct ses_measure m[VARIANTS];
    static const uint8_t of_b[IMAGES] = { [3] = 1, [4] = 1, [5] = 1, [6] = 1 };
    measure(&a, of_b, m);
    assert_int_equal(m[1].images, 2);
    near(m[1].top1, 0.5);
    near(m[1].loss_change, 1);
    assert_int_equal(m[3].lost, 2);
    static const uint8_t of_c[IMAGES] = { [7] = 1 };
    measure(&a, of_c, m);
    assert_int_equal(m[2].images, 1);
    assert_int_equal(m[2].labelled, 0);
    assert_true(isnan(m[2].top1) && isnan(m[2].loss) && isnan(m[2].p) &&
                isnan(m[2].p_holm) && isnan(m[2].top1_change_low));
    near(m[2].agreement, 0);
    free(a.blocks);
}

/* A sweep of SENet-154 with two values over 10 000 images: seconds. */
static void many_images_and_variants_take_seconds(void **state)
{
    enum { N = 10000, V = 121 };
    struct ses_ablation a = small();
    struct ses_measure *m = calloc(V, sizeof *m);
    struct ses_random random;
    size_t cells = (size_t)N * V;
    a.n_images = N;
    a.n_variants = V;
    a.image_classes = calloc(N, sizeof *a.image_classes);
    a.image_status = malloc(N);
    a.forces = calloc(V, sizeof *a.forces);
    a.sweeps = calloc(V, sizeof *a.sweeps);
    a.constant = calloc(V * BLOCKS, 1);
    a.top1 = calloc(cells, sizeof *a.top1);
    a.top5 = calloc(cells, 1);
    a.loss = calloc(cells, sizeof *a.loss);
    a.probability = calloc(cells, sizeof *a.probability);
    a.divergence = calloc(cells, sizeof *a.divergence);
    assert_true(m && a.image_classes && a.image_status && a.forces &&
                a.sweeps && a.constant && a.top1 && a.top5 && a.loss &&
                a.probability && a.divergence);
    memset(a.image_status, 1, N);
    for (size_t v = 0; v < V; v++) {
        a.forces[v] = forces[v > 0];
        a.sweeps[v] = sweeps[v > 0];
    }
    ses_random_seed(&random, 1);
    for (size_t i = 0; i < cells; i++) {
        a.top1[i] = ses_random_below(&random, 10) > 7;
        a.loss[i] = (float)ses_random_below(&random, 1000) / 1000;
    }
    struct timespec begin, end;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    measure(&a, NULL, m);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    double seconds = (double)(end.tv_sec - begin.tv_sec) +
                     1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    print_message("%d images, %d variants: %.2f s\n", N, V, seconds);
    assert_true(seconds < 60); /* sanitizers and a busy machine */
    /* a share of 0.8 and one of 0.8, without a relation: sd sqrt(.32 / n) */
    double wide = 1.96 * sqrt(0.32 / N);
    near(0.5 * (m[9].top1_change_high - m[9].top1_change_low) / wide > 0.9 &&
             0.5 * (m[9].top1_change_high - m[9].top1_change_low) / wide < 1.1,
         1);
    free(a.image_classes);
    free(a.image_status);
    free(a.forces);
    free(a.sweeps);
    free(a.constant);
    free(a.top1);
    free(a.top5);
    free(a.loss);
    free(a.probability);
    free(a.divergence);
    free(a.blocks);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_are_those_of_the_same_images),
        cmocka_unit_test(tests_are_corrected_within_their_sweep),
        cmocka_unit_test(what_is_constant_is_saved),
        cmocka_unit_test(some_images_can_be_chosen),
        cmocka_unit_test(many_images_and_variants_take_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
