/* core/stats/cluster: the trees that scipy makes (scripts/reference/plots.py),
 * and what has no correlation. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/stats/cluster.h"
#include "tests/support/check.h"
#include "tests/support/files.h"

enum { MOST = 45, CELLS = 1000 };

struct golden {
    size_t n, length, order[MOST];
    double values[CELLS];
    struct ses_merge merges[MOST];
};

/* False at the end of the file. */
static bool read_golden(FILE *file, struct golden *g)
{
    if (fscanf(file, "%zu %zu", &g->n, &g->length) != 2)
        return false;
    assert_true(g->n <= MOST && g->n * g->length <= CELLS);
    for (size_t i = 0; i < g->n * g->length; i++)
        assert_int_equal(fscanf(file, "%lf", &g->values[i]), 1);
    for (size_t i = 0; i < g->n; i++)
        assert_int_equal(fscanf(file, "%zu", &g->order[i]), 1);
    for (size_t i = 0; i + 1 < g->n; i++)
        assert_int_equal(fscanf(file, "%zu %zu %lf", &g->merges[i].first,
                                &g->merges[i].second, &g->merges[i].distance),
                         3);
    return true;
}

static void check(const struct golden *g, const double *values,
                  size_t vector_step, size_t number_step)
{
    size_t order[MOST];
    struct ses_merge merges[MOST];
    struct ses_error err = { 0 };
    OK(ses_cluster(values, g->n, g->length, vector_step, number_step, order,
                   merges, &err));
    assert_memory_equal(order, g->order, g->n * sizeof *order);
    for (size_t i = 0; i + 1 < g->n; i++) {
        assert_int_equal(merges[i].first, g->merges[i].first);
        assert_int_equal(merges[i].second, g->merges[i].second);
        assert_true(fabs(merges[i].distance - g->merges[i].distance) < 1e-12);
    }
}

static void trees_are_those_of_scipy(void **state)
{
    static struct golden g;
    static double turned[CELLS];
    FILE *file = fopen(data_path("plots/cluster.txt"), "r");
    assert_non_null(file);
    int cases = 0;
    for (; read_golden(file, &g); cases++) {
        check(&g, g.values, g.length, 1);
        for (size_t i = 0; i < g.n; i++)
            for (size_t j = 0; j < g.length; j++)
                turned[j * g.n + i] = g.values[i * g.length + j];
        check(&g, turned, 1, g.n);
    }
    fclose(file);
    assert_int_equal(cases, 4);
}

static void like_stands_beside_like(void **state)
{
    /* 0 and 3 rise, 1 and 2 fall. */
    static const double values[4][3] = {
        { 1, 2, 3 }, { 3, 2, 0 }, { 9, 5, 2 }, { 0, 5, 9 },
    };
    size_t order[4];
    struct ses_error err = { 0 };
    OK(ses_cluster(values[0], 4, 3, 3, 1, order, NULL, &err));
    size_t apart = 0;
    for (size_t i = 1; i < 4; i++) {
        bool rises = order[i] == 0 || order[i] == 3;
        bool before = order[i - 1] == 0 || order[i - 1] == 3;
        apart += rises != before;
    }
    assert_int_equal(apart, 1);
}

static void vectors_without_numbers_are_last(void **state)
{
    static const double values[5][3] = {
        { NAN, NAN, NAN }, { 1, 2, 3 }, { NAN, INFINITY, NAN }, { 3, 2, 1 },
        { 1, 2, 4 },
    };
    size_t order[5];
    struct ses_merge merges[4];
    struct ses_error err = { 0 };
    OK(ses_cluster(values[0], 5, 3, 3, 1, order, merges, &err));
    assert_memory_equal(order, ((size_t[]){ 3, 1, 4, 0, 2 }), sizeof order);
    assert_int_equal(merges[0].first, 1);
    assert_int_equal(merges[0].second, 4);
    assert_true(merges[3].distance == 2);
}

static void a_missing_number_is_left_out_of_all(void **state)
{
    /* Without the second number 0 and 1 are the same line. */
    static const double values[3][4] = {
        { 1, 77, 2, 3 }, { 2, NAN, 4, 6 }, { 3, 0, 1, 2 },
    };
    size_t order[3];
    struct ses_merge merges[2];
    struct ses_error err = { 0 };
    OK(ses_cluster(values[0], 3, 4, 4, 1, order, merges, &err));
    assert_int_equal(merges[0].first, 0);
    assert_int_equal(merges[0].second, 1);
    assert_true(merges[0].distance < 1e-12);
    /* Pearson of (1, 2, 3) and (3, 1, 2): -1/2. */
    assert_true(fabs(merges[1].distance - 1.5) < 1e-12);
}

static void still_vectors_keep_their_order(void **state)
{
    double values[6][4];
    size_t order[6];
    struct ses_merge merges[5];
    struct ses_error err = { 0 };
    for (int i = 0; i < 24; i++)
        values[i / 4][i % 4] = 0.1 * (i / 4);
    OK(ses_cluster(values[0], 6, 4, 4, 1, order, merges, &err));
    bool seen[6] = { false };
    for (int i = 0; i < 6; i++)
        seen[order[i]] = true;
    for (int i = 0; i < 6; i++)
        assert_true(seen[i]);
    for (int i = 0; i < 5; i++)
        assert_true(merges[i].distance == 1);
}

static void one_vector_is_a_tree(void **state)
{
    static const double values[3] = { 1, 2, 3 };
    size_t order[3] = { 9, 9, 9 };
    struct ses_error err = { 0 };
    OK(ses_cluster(values, 1, 3, 3, 1, order, NULL, &err));
    assert_int_equal(order[0], 0);
    /* Numbers of length one have no correlation. */
    OK(ses_cluster(values, 3, 1, 1, 1, order, NULL, &err));
    assert_int_equal(order[0] + order[1] + order[2], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_those_of_scipy),
        cmocka_unit_test(like_stands_beside_like),
        cmocka_unit_test(vectors_without_numbers_are_last),
        cmocka_unit_test(a_missing_number_is_left_out_of_all),
        cmocka_unit_test(still_vectors_keep_their_order),
        cmocka_unit_test(one_vector_is_a_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
