/* core/ablation/sweep-form.c: what a file's variants were, told by what their
 * texts say. */
#include <stdlib.h>

#include "core/ablation/sweep-form.h"
#include "core/base/alloc.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"

enum { BLOCKS = 4 };

/* An ablation of four blocks with the variants listed: force, sweep, ... */
static struct ses_ablation *ablation(const char *const *texts)
{
    static const char *const names[BLOCKS] = { "SE_2_1", "SE_2_10", "SE_3_1",
                                               "layer 4.se" };
    struct ses_ablation *a = need(1, sizeof *a);
    a->n_blocks = BLOCKS;
    a->blocks = need(BLOCKS, sizeof *a->blocks);
    for (int b = 0; b < BLOCKS; b++)
        a->blocks[b].name = strdup(names[b]);
    while (texts[2 * a->n_variants])
        a->n_variants++;
    a->forces = need(a->n_variants, sizeof *a->forces);
    a->sweeps = need(a->n_variants, sizeof *a->sweeps);
    for (size_t v = 0; v < a->n_variants; v++) {
        a->forces[v] = strdup(texts[2 * v]);
        a->sweeps[v] = strdup(texts[2 * v + 1]);
    }
    return a;
}

static void discard(struct ses_ablation *a)
{
    for (size_t b = 0; b < a->n_blocks; b++)
        free(a->blocks[b].name);
    for (size_t v = 0; v < a->n_variants; v++) {
        free(a->forces[v]);
        free(a->sweeps[v]);
    }
    free(a->blocks);
    free(a->forces);
    free(a->sweeps);
    free(a);
}

/* bits: the blocks, the first of them bit 0. */
static int find(const struct ses_sweep_forms *forms, size_t value,
                unsigned bits)
{
    bool forced[BLOCKS];
    for (int b = 0; b < BLOCKS; b++)
        forced[b] = bits >> b & 1;
    return ses_sweep_find(forms, value, forced);
}

static void variants_are_found_by_what_they_force(void **state)
{
    static const char *const texts[] = {
        "", "",
        "SE_2_1=one", "blocks",
        "SE_2_10=one", "blocks",
        "layer 4.se=one", "blocks",
        "SE_2_1=mean", "blocks",
        "SE_2_10=one SE_2_1=one", "pairs",
        "SE_2_1=one SE_2_10=one layer 4.se=one", "cumulative",
        NULL,
    };
    struct ses_ablation *a = ablation(texts);
    struct ses_sweep_forms forms;
    struct ses_error err = { 0 };
    OK(ses_sweep_forms_init(&forms, a, &err));
    assert_int_equal(forms.n_values, 2);
    assert_string_equal(forms.values[0], "one");
    assert_string_equal(forms.values[1], "mean");
    assert_int_equal(find(&forms, 0, 1), 1);
    assert_int_equal(find(&forms, 0, 2), 2);
    assert_int_equal(find(&forms, 0, 8), 3);
    assert_int_equal(find(&forms, 1, 1), 4);
    assert_int_equal(find(&forms, 0, 3), 5);
    assert_int_equal(find(&forms, 0, 11), 6);
    assert_int_equal(find(&forms, 0, 4), -1);
    assert_int_equal(find(&forms, 1, 2), -1);
    bool forced[BLOCKS];
    static const bool alone[BLOCKS] = { true, true, false, true };
    assert_int_equal(ses_sweep_blocks(&forms, a, "blocks", 0, forced), 3);
    assert_memory_equal(forced, alone, sizeof alone);
    assert_int_equal(ses_sweep_blocks(&forms, a, "pairs", 0, forced), 2);
    assert_int_equal(ses_sweep_blocks(&forms, a, NULL, 1, forced), 1);
    ses_sweep_forms_release(&forms);
    discard(a);
}

static void what_all_variants_share_is_left_out(void **state)
{
    static const char *const texts[] = {
        "", "",
        "SE_3_1=zero SE_2_1=one", "blocks",
        "SE_3_1=zero SE_2_10=one", "blocks",
        "SE_3_1=zero SE_2_10=one SE_2_1=one", "cumulative",
        NULL,
    };
    struct ses_ablation *a = ablation(texts);
    struct ses_sweep_forms forms;
    struct ses_error err = { 0 };
    OK(ses_sweep_forms_init(&forms, a, &err));
    assert_int_equal(forms.n_values, 1);
    assert_int_equal(find(&forms, 0, 1), 1);
    assert_int_equal(find(&forms, 0, 2), 2);
    assert_int_equal(find(&forms, 0, 3), 3);
    ses_sweep_forms_release(&forms);
    discard(a);
}

static void other_variants_have_no_form(void **state)
{
    static const char *const texts[] = {
        "", "",
        "SE_2_1[0-3]=one", "",   /* channels */
        "all=one", "",           /* no block's name */
        "SE_2_1=one SE_3_1=mean", "", /* two values */
        "SE_2_1=one SE_2_1=one", "",  /* a block twice */
        "SE_2_1", "",
        "=one", "",
        "SE_3_1=one", "",
        NULL,
    };
    struct ses_ablation *a = ablation(texts);
    struct ses_sweep_forms forms;
    struct ses_error err = { 0 };
    OK(ses_sweep_forms_init(&forms, a, &err));
    for (int v = 0; v < 7; v++)
        assert_int_equal(forms.value[v], -1);
    assert_int_equal(forms.value[7], 0);
    assert_int_equal(find(&forms, 0, 4), 7);
    ses_sweep_forms_release(&forms);
    discard(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variants_are_found_by_what_they_force),
        cmocka_unit_test(what_all_variants_share_is_left_out),
        cmocka_unit_test(other_variants_have_no_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
