/* See permute.h. */
#include "core/graph/permute.h"

/* Leave out axis `at` of the input. */
static void remove_axis(struct ses_permute *permute, int at)
{
    int n = 0;
    for (int i = 0; i < permute->n; i++) {
        int axis = permute->perm[i];
        if (axis != at)
            permute->perm[n++] = axis > at ? axis - 1 : axis;
    }
    for (int i = at; i + 1 < permute->n; i++)
        permute->size[i] = permute->size[i + 1];
    permute->n = n;
}

/* Whether axis `at` and the next are neighbours in the output, too. */
static bool stays_joined(const struct ses_permute *permute, int at)
{
    for (int i = 0; i + 1 < permute->n; i++)
        if (permute->perm[i] == at)
            return permute->perm[i + 1] == at + 1;
    return false;
}

struct ses_permute ses_permute_simplify(const struct ses_permute *permute)
{
    struct ses_permute simple = *permute;
    for (int i = simple.n; i-- > 0;)
        if (simple.size[i] == 1)
            remove_axis(&simple, i);
    for (int i = simple.n - 1; i-- > 0;)
        if (stays_joined(&simple, i)) {
            simple.size[i] *= simple.size[i + 1];
            remove_axis(&simple, i + 1);
        }
    return simple;
}

bool ses_permute_renames(const struct ses_permute *permute)
{
    return ses_permute_simplify(permute).n <= 1;
}

/* An axis of what lies between the two: a part of an axis of each. */
struct piece {
    int size;
    int from; /* axis of the first's input */
    int to;   /* place of the second's axis in its output */
};

/* Pieces, outermost first; how many, or -1. From the innermost axes outwards,
 * the shorter of two must divide the longer. */
static int cut(const struct ses_permute *first,
               const struct ses_permute *second, struct piece *pieces)
{
    int place[SES_MAX_RANK];
    for (int i = 0; i < second->n; i++)
        place[second->perm[i]] = i;
    int n = 0, a = first->n, b = second->n, left_a = 1, left_b = 1;
    struct piece inside_out[SES_MAX_RANK];
    while (a > 0 || b > 0 || left_a > 1) {
        if (left_a == 1 && a-- > 0)
            left_a = first->size[first->perm[a]];
        if (left_b == 1 && b-- > 0)
            left_b = second->size[b];
        int size = left_a < left_b ? left_a : left_b;
        if (n == SES_MAX_RANK || size < 2 || left_a % size || left_b % size)
            return -1;
        inside_out[n++] = (struct piece){ size, first->perm[a], place[b] };
        left_a /= size;
        left_b /= size;
    }
    for (int i = 0; i < n; i++)
        pieces[i] = inside_out[n - 1 - i];
    return n;
}

/* How many pieces stand before piece i when sorted by an axis of theirs. */
static int rank_of(const struct piece *pieces, int n, int i, bool by_input)
{
    int before = 0;
    for (int j = 0; j < n; j++) {
        int a = by_input ? pieces[j].from : pieces[j].to;
        int b = by_input ? pieces[i].from : pieces[i].to;
        before += a < b || (a == b && j < i);
    }
    return before;
}

bool ses_permute_merge(const struct ses_permute *first,
                       const struct ses_permute *second,
                       struct ses_permute *out)
{
    struct ses_permute a = ses_permute_simplify(first);
    struct ses_permute b = ses_permute_simplify(second);
    struct piece pieces[SES_MAX_RANK];
    int n = cut(&a, &b, pieces);
    if (n < 0)
        return false;
    struct ses_permute merged = { .n = n, .h = b.h, .w = b.w, .c = b.c };
    for (int i = 0; i < n; i++) {
        int from = rank_of(pieces, n, i, true);
        merged.size[from] = pieces[i].size;
        merged.perm[rank_of(pieces, n, i, false)] = from;
    }
    *out = ses_permute_simplify(&merged);
    return true;
}
