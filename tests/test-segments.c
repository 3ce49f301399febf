/* How a batch is divided (core/engine/segments.h): what must hold of any
 * division, and what is cheapest where that is plain. */
#include <stdlib.h>

#include "core/base/alloc.h"
#include "core/engine/gemm.h"
#include "core/engine/segments.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"
#include "tests/support/se-network.h"

enum { IMAGES = 8 };

struct division {
    struct ses_graph *graph;
    struct ses_step *steps;
    struct ses_segments segments;
};

/* Convolutions of one side: wide maps and few weights, then pooled to small
 * maps and many weights. */
static struct ses_graph *narrowing(void)
{
    struct ses_random random;
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    ses_random_seed(&random, 1);
    int x = ses_graph_input(graph, "input", 8);
    for (int i = 0; i < 4; i++)
        x = random_conv(graph, &random, x, 8, 8, 1, 1, 1);
    x = random_conv(graph, &random, x, 8, 256, 3, 16, 1);
    for (int i = 0; i < 4; i++)
        x = random_conv(graph, &random, x, 256, 256, 1, 1, 1);
    OK(ses_graph_finish(graph, x, &err));
    OK(ses_graph_infer(graph, 64, 64, &err));
    return graph;
}

static struct division divide(struct ses_graph *graph, const size_t *cuts,
                              size_t n_cuts, int images, size_t own,
                              size_t shared)
{
    struct ses_error err = { 0 };
    struct division division = { .graph = graph };
    const struct ses_caches caches = { own, shared };
    OK(ses_steps_make(graph, true, NULL, 0, &division.steps, &err));
    OK(ses_segments_make(graph, division.steps, cuts, n_cuts, images, &caches,
                         &division.segments, &err));
    return division;
}

static void release(struct division *division)
{
    ses_segments_release(&division->segments);
    free(division->steps);
}

/* All nodes once, in order; images from 1 to all; no cut within. */
static void check(const struct division *division, const size_t *cuts,
                  size_t n_cuts, int images)
{
    const struct ses_segments *segments = &division->segments;
    size_t at = 0;
    for (size_t s = 0; s < segments->count; s++) {
        const struct ses_segment *segment = &segments->items[s];
        assert_int_equal(segment->begin, at);
        assert_true(segment->end > at);
        assert_in_range(segment->images, 1, images);
        for (size_t c = 0; c < n_cuts; c++)
            assert_true(cuts[c] <= segment->begin || cuts[c] >= segment->end);
        at = segment->end;
    }
    assert_int_equal(at, division->graph->n_nodes);
}

static void divisions_cover_all_nodes(void **state)
{
    struct se_network network = se_network(true, false);
    static const size_t sizes[] = { 0, 100, 10000, 100000, 10000000 };
    size_t cuts[] = { 9, 4, 4, 0, 1000 };
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int images = 1; images < 40; images += 3)
            for (size_t n = 0; n <= 5; n += 5) {
                struct division division = divide(network.graph, cuts, n,
                                                  images, sizes[s], sizes[s]);
                check(&division, cuts, n, images);
                release(&division);
            }
    ses_graph_free(network.graph);
}

/* 64x64x8 maps are 128 KiB, 4x4x256 ones 16 KiB; weights 256 bytes and 256
 * KiB. */
static void few_images_where_maps_are_large(void **state)
{
    struct ses_graph *graph = narrowing();
    struct division division =
        divide(graph, NULL, 0, IMAGES, 300 * 1024, 0);
    const struct ses_segments *segments = &division.segments;
    check(&division, NULL, 0, IMAGES);
    assert_true(segments->count > 1);
    assert_int_equal(segments->items[0].images, 1);
    assert_int_equal(segments->items[segments->count - 1].images, IMAGES);
    release(&division);
    ses_graph_free(graph);
}

static void all_images_where_everything_fits(void **state)
{
    struct ses_graph *graph = narrowing();
    struct division division =
        divide(graph, NULL, 0, IMAGES, 64 * 1024 * 1024, 0);
    assert_int_equal(division.segments.count, 1);
    assert_int_equal(division.segments.items[0].images, IMAGES);
    release(&division);
    ses_graph_free(graph);
}

static void this_machine_has_caches(void **state)
{
    struct ses_caches caches = ses_caches_here();
    assert_in_range(caches.own, 64 * 1024, 1024 * 1024 * 1024);
    assert_in_range(caches.shared, 1, 16ull * 1024 * 1024 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divisions_cover_all_nodes),
        cmocka_unit_test(few_images_where_maps_are_large),
        cmocka_unit_test(all_images_where_everything_fits),
        cmocka_unit_test(this_machine_has_caches),
    };
    ses_gemm_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
