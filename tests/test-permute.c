/* core/graph/permute: orders of floats, alone and one after another. */
#include "core/graph/permute.h"
#include "tests/support/check.h"
#include "tests/support/naive.h"
#include "tests/support/one-op.h"

static struct ses_permute random_order(struct ses_random *random,
                                       const int *size, int n)
{
    struct ses_permute permute = { .n = n, .h = 1, .w = 1, .c = 1 };
    for (int i = 0; i < n; i++) {
        permute.size[i] = size[i];
        permute.c *= size[i];
        int j = random_int(random, 0, i);
        permute.perm[i] = permute.perm[j];
        permute.perm[j] = i;
    }
    return permute;
}

/* 24 or 36 floats, cut into axes in any way. */
static int random_cut(struct ses_random *random, int count, int *size)
{
    int n = 0;
    while (count > 1 && n < 4) {
        int part = random_int(random, 1, count);
        if (count % part)
            continue;
        size[n++] = part;
        count /= part;
    }
    size[n++] = count;
    return n;
}

static void two_orders_are_one(void **state)
{
    struct ses_random random;
    ses_random_seed(&random, 4);
    int merged = 0, refused = 0;
    for (int trial = 0; trial < 2000; trial++) {
        int size[8], count = trial & 1 ? 24 : 36;
        int n = random_cut(&random, count, size);
        struct ses_permute a = random_order(&random, size, n), both;
        n = random_cut(&random, count, size);
        struct ses_permute b = random_order(&random, size, n);
        struct ses_permute simple = ses_permute_simplify(&a);
        bool moves = false, simple_moves = simple.n > 1;
        for (size_t i = 0; i < (size_t)count; i++) {
            assert_int_equal(naive_permute_source(&simple, i),
                             naive_permute_source(&a, i));
            moves |= naive_permute_source(&a, i) != i;
        }
        assert_int_equal(moves, simple_moves);
        assert_int_equal(ses_permute_renames(&a), !moves);
        if (!ses_permute_merge(&a, &b, &both)) {
            refused++;
            continue;
        }
        merged++;
        for (size_t i = 0; i < (size_t)count; i++) {
            size_t middle = naive_permute_source(&b, i);
            assert_int_equal(naive_permute_source(&both, i),
                             naive_permute_source(&a, middle));
        }
    }
    assert_true(merged > 1000 && refused > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_orders_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
