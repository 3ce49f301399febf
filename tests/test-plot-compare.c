/* `sescope plot compare`: blocks of two records on one axis. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/diagnostics.h"
#include "cli/plot.h"
#include "core/base/text.h"
#include "tests/support/check.h"
#include "tests/support/figure.h"
#include "tests/support/files.h"
#include "tests/support/record-common.h"

struct blocks {
    const char *name[2];
    int stage[2], unit[2];
};

static struct ses_run_file *record(const char *name, struct blocks blocks)
{
    struct common common;
    struct ses_error err = { 0 };
    struct ses_run_file *run = NULL;
    common_init(&common, COMMON_IMAGES);
    common.plan.model = common.plan.model_sha256 = name;
    for (int b = 0; b < 2; b++) {
        common.blocks[b].name = blocks.name[b];
        common.blocks[b].stage = blocks.stage[b];
        common.blocks[b].unit = blocks.unit[b];
    }
    common_record(in_folder(name), &common.plan);
    common_release(&common);
    OK(ses_run_open(in_folder(name), &run, &err));
    return run;
}

/* The figure's numbers go to all.csv. */
static enum ses_status compare(struct blocks first, struct blocks second,
                               struct ses_error *err)
{
    struct ses_run_file *a = record("a.h5", first);
    struct ses_run_file *b = record("b.h5", second);
    char *svg = ses_format("%s", in_folder("all.svg"));
    char *csv = ses_format("%s", in_folder("all.csv"));
    const struct ses_plot_args args = { .output = svg, .data = csv,
                                        .blocks = "all" };
    enum ses_status status = ses_plot_two_records(a, b, &args, err);
    free(svg);
    free(csv);
    ses_run_free(a);
    ses_run_free(b);
    return status;
}

/* Mean gate of a block, over images that could be read and channels. */
static double mean_of(size_t block)
{
    double sum = 0, n = 0;
    for (size_t i = 0; i < COMMON_IMAGES; i++)
        for (size_t c = 0; !common_unreadable(i) &&
                           c < common_width(0, block); c++) {
            sum += (double)common_value(0, block, i, c);
            n++;
        }
    return sum / n;
}

static const struct blocks stage_2 = { { "SE_2_1", "SE_2_2" }, { 2, 2 },
                                       { 1, 2 } };

static void blocks_are_put_in_the_order_of_stages(void **state)
{
    struct ses_error err = { 0 };
    OK(compare(stage_2,
               (struct blocks){ { "SE_2_1", "SE_3_1" }, { 2, 3 }, { 1, 1 } },
               &err));
    static const struct {
        const char *series, *block;
        size_t of;
    } expected[] = { { "a.h5", "SE_2_1", 0 }, { "a.h5", "SE_2_2", 1 },
                     { "b.h5", "SE_2_1", 0 }, { "b.h5", "SE_3_1", 1 } };
    char *text = read_file(in_folder("all.csv"), NULL);
    char *line = strstr(text, "mean gate,");
    for (size_t i = 0; i < 4; i++) {
        char before[64];
        snprintf(before, sizeof before, "mean gate,%s,%s,",
                 expected[i].series, expected[i].block);
        assert_non_null(line);
        assert_memory_equal(line, before, strlen(before));
        assert_true(fabs(strtod(line + strlen(before), NULL) -
                         mean_of(expected[i].of)) < 1e-6);
        line = strstr(line + 1, "mean gate,");
    }
    assert_null(line);
    free(text);
}

static void the_same_names_need_no_stages(void **state)
{
    static const struct blocks bare = { { "f.1.se", "f.2.se" }, { -1, -1 },
                                        { -1, -1 } };
    struct ses_error err = { 0 };
    OK(compare(bare, bare, &err));
}

static void records_that_do_not_fit_are_refused(void **state)
{
    struct ses_error err = { 0 };
    const struct blocks paths = { { "SE_2_1", "f.2.se" }, { 2, -1 },
                                  { 1, -1 } };
    assert_int_equal(compare(stage_2, paths, &err), SES_ESHAPE);
    SAYS("'SE_2_2'");
    SAYS("'f.2.se', and without stages nothing says which is deeper");
    const struct blocks stage_3 = { { "SE_3_1", "SE_3_2" }, { 3, 3 },
                                    { 1, 2 } };
    assert_int_equal(compare(stage_2, stage_3, &err), SES_ESHAPE);
    SAYS("have no block in common");
}

int main(void)
{
    ses_report_quietly(true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_put_in_the_order_of_stages),
        cmocka_unit_test(the_same_names_need_no_stages),
        cmocka_unit_test(records_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
