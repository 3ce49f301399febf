/* core/stats/gate-histogram: every gate counts once, in its bin. (The numbers
 * of a real record are compared with numpy's in tests/cli/plot-record.sh.) */
#include <math.h>
#include <stdlib.h>

#include "core/stats/gate-histogram.h"
#include "tests/support/check.h"
#include "tests/support/files.h"
#include "tests/support/record-common.h"

static struct ses_run_file *run;

static int open_run(void **state)
{
    run = common_open(data_path("plots/run.h5"));
    return 0;
}

static int close_run(void **state)
{
    ses_run_free(run);
    return 0;
}

static void all_gates_of_done_images_are_counted(void **state)
{
    static const size_t classes[] = { 5, 0, 3 };
    struct ses_error err = { 0 };
    size_t images[6] = { 0 };
    for (size_t i = 0; i < run->n_images; i++)
        images[run->image_classes[i]] +=
            run->image_status[i] == SES_IMAGE_DONE;
    assert_true(run->n_unreadable > 0 && images[3] == 0);
    for (size_t b = 0; b < run->n_blocks; b++) {
        struct ses_gate_histogram h;
        OK(ses_gate_histogram_init(run, b, classes, 3, 7, 0, 1, &h, &err));
        for (size_t k = 0; k < 3; k++) {
            uint64_t counted = 0;
            for (size_t i = 0; i < 7; i++)
                counted += h.counts[7 * k + i];
            assert_int_equal(counted, images[classes[k]] *
                                          (size_t)run->blocks[b].channels);
            assert_int_equal(counted, h.total[k]);
        }
        ses_gate_histogram_release(&h);
    }
}

/* One block's gates of one class, one by one. */
static void edges_belong_to_the_bin_above(void **state)
{
    static const size_t class = 0;
    struct ses_error err = { 0 };
    size_t channels = (size_t)run->blocks[0].channels, on_edges = 0;
    uint64_t counts[10] = { 0 };
    float row[16];
    for (size_t i = 0; i < run->n_images; i++) {
        if (run->image_classes[i] != 0 ||
            run->image_status[i] != SES_IMAGE_DONE)
            continue;
        OK(ses_run_excitation(run, 0, i, 1, row, &err));
        for (size_t c = 0; c < channels; c++) {
            int bin = 0;
            while (bin < 9 && (double)row[c] >= (bin + 1) * 0.1)
                bin++;
            counts[bin]++;
            on_edges += row[c] == 0 || row[c] == 0.5f || row[c] == 1;
        }
    }
    assert_true(on_edges > 2);
    struct ses_gate_histogram h;
    OK(ses_gate_histogram_init(run, 0, &class, 1, 10, 0, 1, &h, &err));
    assert_memory_equal(h.counts, counts, sizeof counts);
    ses_gate_histogram_release(&h);
}

static void gates_beyond_count_at_the_ends(void **state)
{
    static const size_t class = 0;
    struct ses_error err = { 0 };
    struct ses_gate_histogram h;
    OK(ses_gate_histogram_init(run, 0, &class, 1, 4, 0.4, 0.6, &h, &err));
    uint64_t all = h.counts[0] + h.counts[1] + h.counts[2] + h.counts[3];
    assert_int_equal(all, h.total[0]);
    assert_true(h.counts[0] > 0 && h.counts[3] > 0);
    ses_gate_histogram_release(&h);
}

static void a_range_grows_by_what_is_beyond(void **state)
{
    static const size_t classes[] = { 4, 3 };
    struct ses_error err = { 0 };
    double low = 0, high = 1;
    OK(ses_gate_range(run, 2, classes, 2, &low, &high, &err));
    assert_true(low == 0 && high == 1);
    /* Class 4 has one image, class 3 none. */
    size_t image = 0;
    float row[16], least = 1, most = 0;
    while (run->image_classes[image] != 4)
        image++;
    OK(ses_run_excitation(run, 2, image, 1, row, &err));
    for (int c = 0; c < run->blocks[2].channels; c++) {
        least = fminf(least, row[c]);
        most = fmaxf(most, row[c]);
    }
    low = high = row[0];
    OK(ses_gate_range(run, 2, classes, 2, &low, &high, &err));
    assert_true(least < most && low == (double)least && high == (double)most);
}

static void summaries_have_no_shares(void **state)
{
    static const size_t class = 0;
    struct ses_error err = { 0 };
    struct ses_gate_histogram h;
    run->blocks[0].rows = false;
    assert_int_equal(ses_gate_histogram_init(run, 0, &class, 1, 4, 0, 1, &h,
                                             &err),
                     SES_ENOTFOUND);
    SAYS("holds summaries only");
    ses_gate_histogram_release(&h);
}

int main(void)
{
#define RUN(name) cmocka_unit_test_setup_teardown(name, open_run, close_run)
    const struct CMUnitTest tests[] = {
        RUN(all_gates_of_done_images_are_counted),
        RUN(edges_belong_to_the_bin_above),
        RUN(gates_beyond_count_at_the_ends),
        RUN(a_range_grows_by_what_is_beyond),
        RUN(summaries_have_no_shares),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
