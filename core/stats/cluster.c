/* See cluster.h. */
#include "core/stats/cluster.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"

/* ---- distances ----------------------------------------------------------- */

struct vectors {
    size_t n, length;
    double *unit;   /* [n][length] mean 0, norm 1; all 0 without spread */
    bool *missing;  /* [n] */
};

static void vectors_release(struct vectors *v)
{
    free(v->unit);
    free(v->missing);
}

/* Mean 0 and norm 1; a spread that is rounding is none. */
static void normalise(double *vector, size_t n)
{
    double sum = 0, largest = 0, squares = 0;
    for (size_t j = 0; j < n; j++) {
        sum += vector[j];
        largest = fmax(largest, fabs(vector[j]));
    }
    for (size_t j = 0; j < n; j++) {
        vector[j] -= sum / (double)n;
        squares += vector[j] * vector[j];
    }
    double norm = sqrt(squares);
    bool still = !(norm > 1e-13 * largest * sqrt((double)n));
    for (size_t j = 0; j < n; j++)
        vector[j] = still ? 0 : vector[j] / norm;
}

static enum ses_status read_vectors(const double *values, size_t n,
                                    size_t length, size_t vector_step,
                                    size_t number_step, struct vectors *out,
                                    struct ses_error *err)
{
    size_t cells;
    *out = (struct vectors){ .n = n };
    bool *left_out = ses_calloc(length, sizeof *left_out);
    out->missing = ses_calloc(n, sizeof *out->missing);
    if (ses_multiply(n, length, &cells))
        out->unit = ses_calloc(cells, sizeof *out->unit);
    if (!left_out || !out->missing || !out->unit) {
        free(left_out);
        return ses_fail_memory(err, "vectors to cluster");
    }
    for (size_t i = 0; i < n; i++) {
        const double *vector = values + i * vector_step;
        size_t there = 0;
        for (size_t j = 0; j < length; j++)
            there += isfinite(vector[j * number_step]);
        out->missing[i] = there == 0;
        for (size_t j = 0; j < length && there; j++)
            left_out[j] |= !isfinite(vector[j * number_step]);
    }
    for (size_t j = 0; j < length; j++)
        out->length += !left_out[j];
    for (size_t i = 0; i < n; i++) {
        double *unit = out->unit + i * out->length;
        size_t at = 0;
        for (size_t j = 0; j < length; j++)
            if (!left_out[j])
                unit[at++] = out->missing[i]
                                 ? 0
                                 : values[i * vector_step + j * number_step];
        normalise(unit, out->length);
    }
    free(left_out);
    return SES_OK;
}

/* Four sums, so that one addition does not wait for the other. */
static double dot(const double *a, const double *b, size_t n)
{
    double sums[4] = { 0 };
    size_t j = 0;
    for (; j + 4 <= n; j += 4)
        for (int k = 0; k < 4; k++)
            sums[k] += a[j + (size_t)k] * b[j + (size_t)k];
    for (; j < n; j++)
        sums[0] += a[j] * b[j];
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

static void fill_distances(const struct vectors *v, double *distances)
{
    for (size_t i = 0; i < v->n; i++)
        for (size_t j = 0; j < i; j++) {
            double d = v->missing[i] || v->missing[j]
                           ? 2
                           : 1 - dot(v->unit + i * v->length,
                                     v->unit + j * v->length, v->length);
            distances[i * v->n + j] = distances[j * v->n + i] = fmax(d, 0);
        }
}

/* ---- merging ------------------------------------------------------------- */

struct merging {
    size_t n;
    double *distances; /* [n][n] */
    size_t *size;      /* [n] of the cluster that stands at a vector's place;
                        * 0: it went into another */
    size_t *chain, n_chain;
};

/* The cluster nearest to the chain's end; of several the one before it in the
 * chain, else the first. */
static size_t nearest(const struct merging *m)
{
    size_t end = m->chain[m->n_chain - 1], best = m->n;
    const double *distances = m->distances + end * m->n;
    double least = INFINITY;
    if (m->n_chain > 1) {
        best = m->chain[m->n_chain - 2];
        least = distances[best];
    }
    for (size_t i = 0; i < m->n; i++)
        if (m->size[i] && i != end && distances[i] < least) {
            least = distances[i];
            best = i;
        }
    return best;
}

/* The cluster at `from` goes into the one at `into`. */
static void join(struct merging *m, size_t from, size_t into)
{
    double a = (double)m->size[from], b = (double)m->size[into];
    for (size_t i = 0; i < m->n; i++) {
        if (!m->size[i] || i == from || i == into)
            continue;
        double d = (a * m->distances[from * m->n + i] +
                    b * m->distances[into * m->n + i]) /
                   (a + b);
        m->distances[into * m->n + i] = m->distances[i * m->n + into] = d;
    }
    m->size[into] += m->size[from];
    m->size[from] = 0;
}

/* Clusters that are each other's nearest are merged whenever met; first and
 * second are places of vectors so far. */
static void merge_all(struct merging *m, struct ses_merge *merges)
{
    for (size_t done = 0; done + 1 < m->n; done++) {
        if (m->n_chain == 0) {
            size_t first = 0;
            while (!m->size[first])
                first++;
            m->chain[m->n_chain++] = first;
        }
        size_t next = nearest(m);
        while (m->n_chain < 2 || next != m->chain[m->n_chain - 2]) {
            m->chain[m->n_chain++] = next;
            next = nearest(m);
        }
        size_t end = m->chain[m->n_chain - 1];
        size_t from = end < next ? end : next, into = end < next ? next : end;
        merges[done] = (struct ses_merge){
            from, into, m->distances[from * m->n + into]
        };
        m->n_chain -= 2;
        join(m, from, into);
    }
}

/* ---- the tree ------------------------------------------------------------ */

struct numbered {
    struct ses_merge merge;
    size_t number; /* when it was found */
};

static int compare(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;
    if (x->merge.distance != y->merge.distance)
        return x->merge.distance < y->merge.distance ? -1 : 1;
    return x->number < y->number ? -1 : x->number > y->number;
}

static size_t root_of(size_t *parent, size_t i)
{
    size_t root = i;
    while (parent[root] != root)
        root = parent[root];
    while (parent[i] != root) {
        size_t next = parent[i];
        parent[i] = root;
        i = next;
    }
    return root;
}

/* Nearest first, with the numbers of clusters. parent: [2 n - 1]. */
static enum ses_status sort_merges(struct ses_merge *merges, size_t n,
                                   size_t *parent, struct ses_error *err)
{
    struct numbered *sorted = ses_calloc(n, sizeof *sorted);
    if (!sorted)
        return ses_fail_memory(err, "clusters");
    for (size_t i = 0; i + 1 < n; i++)
        sorted[i] = (struct numbered){ merges[i], i };
    qsort(sorted, n - 1, sizeof *sorted, compare);
    for (size_t i = 0; i < 2 * n - 1; i++)
        parent[i] = i;
    for (size_t i = 0; i + 1 < n; i++) {
        size_t a = root_of(parent, sorted[i].merge.first);
        size_t b = root_of(parent, sorted[i].merge.second);
        merges[i] = (struct ses_merge){ a < b ? a : b, a < b ? b : a,
                                        sorted[i].merge.distance };
        parent[a] = parent[b] = n + i;
    }
    free(sorted);
    return SES_OK;
}

/* Leaves from the root on. stack: [2 n - 1]. */
static void list_leaves(const struct ses_merge *merges, size_t n,
                        size_t *stack, size_t *order)
{
    size_t depth = 0, count = 0;
    stack[depth++] = 2 * n - 2;
    while (depth) {
        size_t node = stack[--depth];
        if (node < n) {
            order[count++] = node;
            continue;
        }
        stack[depth++] = merges[node - n].second;
        stack[depth++] = merges[node - n].first;
    }
}

/* Vectors that have no number go behind the others. scratch: [n]. */
static void put_missing_last(const struct vectors *v, size_t *order,
                             size_t *scratch)
{
    size_t there = 0, missing = 0;
    for (size_t i = 0; i < v->n; i++)
        if (v->missing[order[i]])
            scratch[missing++] = order[i];
        else
            order[there++] = order[i];
    memcpy(order + there, scratch, missing * sizeof *order);
}

enum ses_status ses_cluster(const double *values, size_t n, size_t length,
                            size_t vector_step, size_t number_step,
                            size_t *order, struct ses_merge *merges,
                            struct ses_error *err)
{
    struct vectors vectors = { 0 };
    struct merging m = { .n = n };
    struct ses_merge *own = ses_calloc(n, sizeof *own);
    size_t cells, *scratch = ses_calloc(2 * n, sizeof *scratch);
    m.size = ses_calloc(n, sizeof *m.size);
    m.chain = ses_calloc(n, sizeof *m.chain);
    if (ses_multiply(n, n, &cells))
        m.distances = ses_calloc(cells, sizeof *m.distances);
    enum ses_status status = SES_OK;
    if (!own || !scratch || !m.size || !m.chain || !m.distances)
        status = ses_fail_memory(err, "clusters");
    else
        status = read_vectors(values, n, length, vector_step, number_step,
                              &vectors, err);
    if (status)
        goto out;
    fill_distances(&vectors, m.distances);
    for (size_t i = 0; i < n; i++)
        m.size[i] = 1;
    merge_all(&m, own);
    status = sort_merges(own, n, scratch, err);
    if (status)
        goto out;
    list_leaves(own, n, scratch, order);
    put_missing_last(&vectors, order, scratch);
    if (merges)
        memcpy(merges, own, (n - 1) * sizeof *own);
out:
    vectors_release(&vectors);
    free(own);
    free(scratch);
    free(m.size);
    free(m.chain);
    free(m.distances);
    return status;
}
