/* core/ablation/spec, sweep: what is done to gates, as text and in families. */
#include "core/ablation/sweep.h"
#include "core/base/text.h"
#include "tests/support/check.h"

enum { N = 5 };
static char names[][8] = { "SE_2_1", "SE_2_2", "SE_3_1", "SE_4_1", "SE_4_2" };
static char sources[][16] = { "layer1.0.se", "layer1.1.se", "layer2.0.se",
                              "layer3.0.se", "layer3.1[0]" };
static struct ses_block items[N];
static const struct ses_blocks blocks = { items, N };

static int fill(void **state)
{
    static const int stages[] = { 2, 2, 3, 4, 4 };
    static const int channels[] = { 4, 4, 8, 16, 16 };
    for (int i = 0; i < N; i++)
        items[i] = (struct ses_block){ .name = names[i],
                                       .source = sources[i],
                                       .stage = stages[i],
                                       .channels = channels[i] };
    return 0;
}

static struct ses_variant parse(const char *spec)
{
    struct ses_variant variant = { 0 };
    struct ses_error err = { 0 };
    OK(ses_variant_add(&variant, spec, &blocks, &err));
    assert_string_equal(variant.text, spec);
    return variant;
}

static void assert_value(const char *spec, enum ses_force_kind kind,
                         double number)
{
    struct ses_variant variant = parse(spec);
    assert_int_equal(variant.n_forces, 1);
    assert_int_equal(variant.forces[0].kind, kind);
    assert_true(variant.forces[0].number == number);
    ses_variant_release(&variant);
}

static void assert_refused(const char *spec, const char *words)
{
    struct ses_variant variant = { 0 };
    struct ses_error err = { 0 };
    assert_int_equal(ses_variant_add(&variant, spec, &blocks, &err),
                     SES_EUSAGE);
    assert_int_equal(err.status, SES_EUSAGE);
    SAYS(words);
    SAYS(spec);
    assert_int_equal(variant.n_forces, 0);
    assert_null(variant.text);
}

/* The block and its channels, "2:0110..." */
static void assert_channels(const char *spec, const char *expected)
{
    struct ses_variant variant = parse(spec);
    struct ses_text found = { 0 };
    for (size_t i = 0; i < variant.n_forces; i++) {
        const struct ses_force *force = &variant.forces[i];
        ses_text_add(&found, "%s%zu:", i ? " " : "", force->block);
        for (int c = 0; c < items[force->block].channels; c++)
            ses_text_add(&found, "%d", force->channel[c]);
    }
    assert_string_equal(found.data, expected);
    ses_text_release(&found);
    ses_variant_release(&variant);
}

static void every_value_is_understood(void **state)
{
    assert_value("SE_2_1=one", SES_FORCE_NUMBER, 1);
    assert_value("SE_2_1=zero", SES_FORCE_NUMBER, 0);
    assert_value("SE_2_1=0.5", SES_FORCE_NUMBER, 0.5);
    assert_value("SE_2_1=-3e-2", SES_FORCE_NUMBER, -0.03);
    assert_value("SE_2_1=mean", SES_FORCE_MEAN, 0);
    assert_value("SE_2_1=class-mean", SES_FORCE_CLASS_MEAN, 0);
    assert_value("SE_2_1=shuffle-channels", SES_FORCE_SHUFFLE_CHANNELS, 0);
    assert_value("SE_2_1=shuffle-images", SES_FORCE_SHUFFLE_IMAGES, 0);
    assert_value("SE_2_1=other-class", SES_FORCE_OTHER_CLASS, 0);
    assert_value("SE_2_1=noise=0.25", SES_FORCE_NOISE, 0.25);
    assert_value("SE_2_1=noise=0", SES_FORCE_NOISE, 0);
    assert_value("SE_2_1=scale=2", SES_FORCE_SCALE, 2);
    assert_value("SE_2_1=top=12.5%", SES_FORCE_TOP, 0.125);
    assert_value("SE_2_1=top=100%", SES_FORCE_TOP, 1);
}

static void blocks_are_chosen_as_everywhere(void **state)
{
    assert_channels("SE_2_2=one", "1:1111");
    assert_channels("layer2.0.se=one", "2:11111111");
    assert_channels("stage2=one", "0:1111 1:1111");
    assert_channels("SE_?_1=one", "0:1111 2:11111111 3:1111111111111111");
}

static void channels_are_ranges_counted_from_0(void **state)
{
    assert_channels("SE_3_1[0]=one", "2:10000000");
    assert_channels("SE_3_1[1-3,6]=one", "2:01110010");
    assert_channels("SE_3_1[0-7]=noise=1", "2:11111111");
    assert_channels("stage2[3]=one", "0:0001 1:0001");
}

static void brackets_of_globs_and_of_names_are_no_ranges(void **state)
{
    assert_channels("SE_2_[12]=one", "0:1111 1:1111");
    assert_channels("SE_2_[12][0]=one", "0:1000 1:1000");
    assert_channels("layer3.1[0]=one", "4:1111111111111111");
    assert_channels("layer3.1[0][2-3]=one", "4:0011000000000000");
}

static void specs_compose_in_their_order(void **state)
{
    struct ses_variant variant = parse("stage2=one");
    struct ses_error err = { 0 };
    OK(ses_variant_add(&variant, "SE_2_2[0]=0.5", &blocks, &err));
    assert_string_equal(variant.text, "stage2=one SE_2_2[0]=0.5");
    assert_int_equal(variant.n_forces, 3);
    assert_int_equal(variant.forces[2].block, 1);
    assert_true(variant.forces[2].number == 0.5);
    assert_int_equal(ses_variant_first(&variant, &blocks), 0);
    /* what is wrong leaves it as it is */
    assert_int_equal(ses_variant_add(&variant, "all=two", &blocks, &err),
                     SES_EUSAGE);
    assert_int_equal(variant.n_forces, 3);
    ses_variant_release(&variant);
    assert_int_equal(ses_variant_first(&variant, &blocks), N);
}

static void unknown_blocks_and_values_suggest(void **state)
{
    assert_refused("SE_5_1=one", "no SE block is 'SE_5_1', did you mean");
    assert_refused("SE_9_9[0-3]=one", "no SE block is 'SE_9_9'");
    assert_refused("SE_2_1=oen", "did you mean 'one'");
    assert_refused("SE_2_1=class-maen", "'class-mean'");
    assert_refused("SE_2_1=shuffle", "'shuffle-channels'");
    assert_refused("SE_2_1=noise", "'noise=SIGMA'");
    assert_refused("SE_2_1=blabla", "expected a number, one, zero, mean");
}

static void numbers_that_make_no_gate_are_refused(void **state)
{
    assert_refused("SE_2_1=nan", "expected a finite number");
    assert_refused("SE_2_1=inf", "expected a finite number");
    assert_refused("SE_2_1=-1e999", "expected a finite number");
    assert_refused("SE_2_1=1e300", "expected a finite number");
    assert_refused("SE_2_1=noise=-1", "expected a deviation of 0 or more");
    assert_refused("SE_2_1=noise=nan", "expected a deviation of 0 or more");
    assert_refused("SE_2_1=scale=0", "expected a temperature above 0");
    assert_refused("SE_2_1=scale=-2", "expected a temperature above 0");
    assert_refused("SE_2_1=top=0%", "above 0% and up to 100%");
    assert_refused("SE_2_1=top=101%", "above 0% and up to 100%");
    assert_refused("SE_2_1=top=10", "as in top=10%");
    assert_refused("SE_2_1=top=%", "as in top=10%");
}

static void channels_that_are_none_are_refused(void **state)
{
    assert_refused("SE_3_1[8]=one", "no channel 8: 'SE_3_1' has 8");
    assert_refused("SE_3_1[5-9]=one", "no channel 9: 'SE_3_1' has 8");
    assert_refused("stage2,SE_3_1[6]=one", "no channel 6: 'SE_2_1' has 4");
    assert_refused("SE_3_1[3-1]=one", "channels are '3-1', expected N or N-M");
    assert_refused("SE_3_1[]=one", "channels are ''");
    assert_refused("SE_3_1[1,]=one", "channels are '1,'");
    assert_refused("SE_3_1[-1]=one", "channels are '-1'");
    assert_refused("SE_3_1[99999999999999999999]=one", "channels are '9999");
    assert_refused("SE_3_1[4294967296]=one", "channels are '4294967296'");
}

static void what_is_no_spec_is_refused(void **state)
{
    assert_refused("SE_2_1", "expected BLOCK=VALUE");
    assert_refused("=one", "expected BLOCK=VALUE");
    assert_refused("SE_2_1=", "expected BLOCK=VALUE");
    assert_refused("", "expected BLOCK=VALUE");
}

/* Every byte of good SPECs, changed and cut: an error, or another SPEC. */
static void damaged_specs_are_refused_or_mean_something_else(void **state)
{
    static const char *const specs[] = { "SE_2_[12][0-3]=noise=0.1",
                                         "stage4,SE_2_1[1,2-3]=top=10%",
                                         "layer3.1[0][2-3]=scale=2" };
    static const char bytes[] = "[]=,-0%*?n.~ \xff";
    size_t refused = 0, taken = 0;
    for (size_t s = 0; s < sizeof specs / sizeof *specs; s++)
        for (size_t at = 0; at < strlen(specs[s]); at++)
            for (size_t b = 0; b < sizeof bytes; b++) { /* NUL cuts */
                struct ses_variant variant = { 0 };
                struct ses_error err = { 0 };
                char spec[64] = "";
                memcpy(spec, specs[s], strlen(specs[s]));
                spec[at] = bytes[b];
                if (ses_variant_add(&variant, spec, &blocks, &err)) {
                    assert_int_equal(err.status, SES_EUSAGE);
                    assert_true(strlen(err.message) > 0);
                    refused++;
                } else {
                    assert_true(variant.n_forces > 0);
                    taken++;
                }
                ses_variant_release(&variant);
            }
    assert_true(refused > 100 && taken > 10);
}

/* Constant blocks as digits. */
static void assert_constant(const char *first, const char *second,
                            const char *expected)
{
    struct ses_variant variant = parse(first);
    struct ses_error err = { 0 };
    bool constant[N];
    char found[N + 1] = "";
    if (second)
        OK(ses_variant_add(&variant, second, &blocks, &err));
    ses_variant_constant(&variant, &blocks, constant);
    for (int i = 0; i < N; i++)
        found[i] = constant[i] ? '1' : '0';
    assert_string_equal(found, expected);
    ses_variant_release(&variant);
}

static void blocks_made_constant_are_told(void **state)
{
    assert_constant("SE_2_1=one", NULL, "10000");
    assert_constant("stage4=mean", NULL, "00011");
    assert_constant("SE_2_1[0-2]=one", NULL, "00000");
    assert_constant("SE_2_1[0-2]=one", "SE_2_1[3]=mean", "10000");
    assert_constant("all=one", "SE_2_1[0]=class-mean", "01111");
    assert_constant("all=one", "stage2=noise=0.1", "00111");
    assert_constant("all=one", "stage2=shuffle-channels", "00111");
    assert_constant("all=one", "stage2=scale=3", "11111");
    assert_constant("all=top=10%", NULL, "00000");
}

/* ---- sweeps ------------------------------------------------------------- */

static struct ses_variants sweep(enum ses_sweep kind, const char *const *values,
                                 size_t n_values, const char *base_text,
                                 const size_t *chosen, size_t n_chosen)
{
    struct ses_variants variants = { 0 };
    struct ses_variant base = { 0 };
    struct ses_error err = { 0 };
    if (base_text)
        base = parse(base_text);
    OK(ses_sweep_add(&variants, kind, values, n_values, &base, &blocks,
                     chosen, n_chosen, &err));
    ses_variant_release(&base);
    return variants;
}

static void assert_sweep(enum ses_sweep kind, const char *base,
                         const size_t *chosen, size_t n_chosen,
                         const char *expected)
{
    static const char *const one[] = { "one" };
    struct ses_variants variants = sweep(kind, one, 1, base, chosen, n_chosen);
    struct ses_text found = { 0 };
    for (size_t i = 0; i < variants.count; i++)
        ses_text_add(&found, "%s%s", i ? "|" : "", variants.items[i].text);
    assert_string_equal(found.data, expected);
    ses_text_release(&found);
    ses_variants_release(&variants);
}

static void sweeps_are_the_families_they_say(void **state)
{
    static const size_t some[] = { 0, 2, 3, 4 };
    assert_sweep(SES_SWEEP_BLOCKS, NULL, some, 4,
                 "|SE_2_1=one|SE_3_1=one|SE_4_1=one|SE_4_2=one");
    assert_sweep(SES_SWEEP_STAGES, NULL, some, 4,
                 "|SE_2_1=one|SE_3_1=one|SE_4_1=one SE_4_2=one");
    assert_sweep(SES_SWEEP_CUMULATIVE, NULL, some, 3,
                 "|SE_4_1=one|SE_3_1=one SE_4_1=one"
                 "|SE_2_1=one SE_3_1=one SE_4_1=one"
                 "|SE_2_1=one|SE_2_1=one SE_3_1=one");
    assert_sweep(SES_SWEEP_PAIRS, NULL, some, 3,
                 "|SE_2_1=one|SE_3_1=one|SE_4_1=one"
                 "|SE_2_1=one SE_3_1=one|SE_2_1=one SE_4_1=one"
                 "|SE_3_1=one SE_4_1=one");
    assert_sweep(SES_SWEEP_BLOCKS, NULL, some, 0, "");
}

static void a_sweep_stands_on_its_base(void **state)
{
    static const size_t some[] = { 0, 4 };
    assert_sweep(SES_SWEEP_BLOCKS, "stage4=mean", some, 2,
                 "|stage4=mean SE_2_1=one|stage4=mean SE_4_2=one");
}

static void variants_that_do_the_same_are_there_once(void **state)
{
    static const char *const values[] = { "one", "1", "mean" };
    static const size_t all[] = { 0, 1, 2, 3, 4 };
    struct ses_error err = { 0 };
    struct ses_variants v = sweep(SES_SWEEP_BLOCKS, values, 3, NULL, all, 5);
    assert_int_equal(v.count, 1 + 2 * 5);
    /* of stages only the middle one is a block by itself */
    OK(ses_sweep_add(&v, SES_SWEEP_STAGES, values, 1,
                     &(struct ses_variant){ 0 }, &blocks, all, 5, &err));
    assert_int_equal(v.count, 1 + 2 * 5 + 2);
    ses_variants_release(&v);
}

static void a_sweep_of_what_is_no_value_says_so(void **state)
{
    static const char *const values[] = { "oen" };
    static const size_t all[] = { 0, 1 };
    struct ses_variants variants = { 0 };
    struct ses_error err = { 0 };
    assert_int_equal(ses_sweep_add(&variants, SES_SWEEP_PAIRS, values, 1,
                                   &(struct ses_variant){ 0 }, &blocks, all, 2,
                                   &err),
                     SES_EUSAGE);
    SAYS("did you mean 'one'");
    ses_variants_release(&variants);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_understood),
        cmocka_unit_test(blocks_are_chosen_as_everywhere),
        cmocka_unit_test(channels_are_ranges_counted_from_0),
        cmocka_unit_test(brackets_of_globs_and_of_names_are_no_ranges),
        cmocka_unit_test(specs_compose_in_their_order),
        cmocka_unit_test(unknown_blocks_and_values_suggest),
        cmocka_unit_test(numbers_that_make_no_gate_are_refused),
        cmocka_unit_test(channels_that_are_none_are_refused),
        cmocka_unit_test(what_is_no_spec_is_refused),
        cmocka_unit_test(damaged_specs_are_refused_or_mean_something_else),
        cmocka_unit_test(blocks_made_constant_are_told),
        cmocka_unit_test(sweeps_are_the_families_they_say),
        cmocka_unit_test(a_sweep_stands_on_its_base),
        cmocka_unit_test(variants_that_do_the_same_are_there_once),
        cmocka_unit_test(a_sweep_of_what_is_no_value_says_so),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
