/* core/import/view.h: random chains of operations on a framework's tensors,
 * against row-major arrays of any rank. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/alloc.h"
#include "core/engine/engine.h"
#include "core/graph/passes.h"
#include "core/import/view.h"
#include "tests/support/check.h"
#include "tests/support/one-op.h"

/* ---- tensors, plainly ----------------------------------------------------- */

enum { MOST = 4096 };

/* One image's elements in row-major order; axis 0 is the batch. */
struct plain {
    int rank, size[SES_MAX_RANK];
    double data[MOST];
};

static int count_of(const struct plain *x)
{
    int count = 1;
    for (int i = 1; i < x->rank; i++)
        count *= x->size[i];
    return count;
}

/* The index along each axis of element number `at`. */
static void indices(const struct plain *x, int at, int *index)
{
    for (int i = x->rank - 1; i > 0; i--) {
        index[i] = at % x->size[i];
        at /= x->size[i];
    }
    index[0] = 0;
}

/* Sizes of 1 are repeated. */
static double element(const struct plain *x, const int *index)
{
    int at = 0;
    for (int i = 1; i < x->rank; i++)
        at = at * x->size[i] + (x->size[i] == 1 ? 0 : index[i]);
    return x->data[at];
}

/* ---- one network under test ----------------------------------------------- */

struct chain {
    struct ses_random random;
    struct ses_error err;
    struct ses_graph *graph;
    struct ses_view view;
    struct plain plain;
    char log[4096]; /* what was done */
};

static void say(struct chain *chain, const char *format, ...)
    SES_PRINTF(2, 3);
static void say(struct chain *chain, const char *format, ...)
{
    size_t at = strlen(chain->log);
    va_list list;
    va_start(list, format);
    vsnprintf(chain->log + at, sizeof chain->log - at, format, list);
    va_end(list);
}

static void check_shape(const struct chain *chain)
{
    if (chain->view.value < 0)
        fail_msg("%s: %s", chain->log, chain->err.message);
    assert_int_equal(chain->view.rank, chain->plain.rank);
    for (int i = 0; i < chain->plain.rank; i++)
        if (chain->view.size[i] != chain->plain.size[i])
            fail_msg("%s: axis %d is %d, expected %d", chain->log, i,
                     chain->view.size[i], chain->plain.size[i]);
}

static void transpose(struct chain *chain)
{
    int perm[SES_MAX_RANK] = { 0 }, rank = chain->plain.rank;
    for (int i = 1; i < rank; i++)
        perm[i] = i;
    for (int i = rank - 1; i > 1; i--) {
        int j = random_int(&chain->random, 1, i), swap = perm[i];
        perm[i] = perm[j];
        perm[j] = swap;
    }
    struct plain out = { .rank = rank };
    for (int i = 0; i < rank; i++)
        out.size[i] = chain->plain.size[perm[i]];
    for (int at = 0; at < count_of(&out); at++) {
        int to[SES_MAX_RANK], from[SES_MAX_RANK];
        indices(&out, at, to);
        for (int i = 0; i < rank; i++)
            from[perm[i]] = to[i];
        out.data[at] = element(&chain->plain, from);
    }
    say(chain, " transpose");
    chain->plain = out;
    chain->view =
        ses_view_transpose(chain->graph, "transpose", &chain->view, perm);
}

/* Any shape of so many elements: factors in random places. */
static void reshape(struct chain *chain)
{
    int left = count_of(&chain->plain);
    int rank = random_int(&chain->random, 2, 6);
    for (int i = 0; i < rank; i++)
        chain->plain.size[i] = 1;
    chain->plain.rank = rank;
    for (int factor = 2; left > 1;) {
        if (left % factor) {
            factor++;
            continue;
        }
        chain->plain.size[random_int(&chain->random, 1, rank - 1)] *= factor;
        left /= factor;
    }
    say(chain, " reshape");
    for (int i = 0; i < rank; i++)
        say(chain, "%c%d", i ? 'x' : ':', chain->plain.size[i]);
    chain->view = ses_view_reshape(chain->graph, "reshape", &chain->view, rank,
                                   chain->plain.size);
}

static void reduce(struct chain *chain)
{
    struct plain *x = &chain->plain;
    bool axes[SES_MAX_RANK] = { false }, keep = random_int(&chain->random, 0, 1);
    bool max = random_int(&chain->random, 0, 1);
    for (int i = 1; i < x->rank; i++)
        axes[i] = random_int(&chain->random, 0, 2) == 0;
    struct plain kept = { .rank = x->rank }, out = { .rank = 0 };
    for (int i = 0; i < x->rank; i++)
        kept.size[i] = axes[i] ? 1 : x->size[i];
    for (int at = 0; at < count_of(&kept); at++)
        kept.data[at] = max ? -INFINITY : 0;
    for (int at = 0; at < count_of(x); at++) {
        int index[SES_MAX_RANK], to = 0;
        indices(x, at, index);
        for (int i = 1; i < x->rank; i++)
            to = to * kept.size[i] + (axes[i] ? 0 : index[i]);
        kept.data[to] = max ? fmax(kept.data[to], x->data[at])
                            : kept.data[to] + x->data[at] * count_of(&kept) /
                                                  count_of(x);
    }
    out = kept;
    if (!keep) {
        out.rank = 0;
        for (int i = 0; i < x->rank; i++)
            if (!axes[i])
                out.size[out.rank++] = x->size[i];
    }
    say(chain, " reduce");
    for (int i = 0; i < x->rank; i++)
        say(chain, "%d", axes[i]);
    chain->plain = out;
    chain->view = ses_view_reduce(
        chain->graph, "reduce", &chain->view,
        max ? SES_OP_GLOBAL_MAX : SES_OP_GLOBAL_MEAN, axes, keep);
}

static double apply(enum ses_op op, double a, double b)
{
    return op == SES_OP_ADD        ? a + b
           : op == SES_OP_SUBTRACT ? a - b
           : op == SES_OP_MULTIPLY ? a * b
           : op == SES_OP_DIVIDE   ? a / b
                                   : fmax(a, b);
}

static enum ses_op any_op(struct chain *chain)
{
    static const enum ses_op ops[] = { SES_OP_ADD, SES_OP_SUBTRACT,
                                       SES_OP_MULTIPLY, SES_OP_DIVIDE,
                                       SES_OP_MAXIMUM };
    return ops[random_int(&chain->random, 0, 4)];
}

/* y = op(x, other), sizes broadcast; false when it would be too large. */
static bool join(const struct plain *a, const struct plain *b, enum ses_op op,
                 struct plain *out)
{
    out->rank = a->rank;
    for (int i = 0; i < a->rank; i++)
        out->size[i] = a->size[i] > b->size[i] ? a->size[i] : b->size[i];
    if (count_of(out) > MOST)
        return false;
    for (int at = 0; at < count_of(out); at++) {
        int index[SES_MAX_RANK];
        indices(out, at, index);
        out->data[at] = apply(op, element(a, index), element(b, index));
    }
    return true;
}

/* With a constant of any shape that fits, of 0.5 .. 1.5. */
static void with_constant(struct chain *chain)
{
    struct plain *x = &chain->plain, other = { .rank = x->rank }, out;
    enum ses_op op = any_op(chain);
    bool first = random_int(&chain->random, 0, 1);
    bool divides = op == SES_OP_DIVIDE && first;
    int lead = random_int(&chain->random, 0, x->rank);
    size_t shape[SES_MAX_RANK];
    for (int i = 0; i < x->rank; i++)
        other.size[i] = i > 0 && i >= lead && random_int(&chain->random, 0, 1)
                            ? x->size[i]
                            : 1;
    for (int i = lead; i < x->rank; i++)
        shape[i - lead] = (size_t)other.size[i];
    struct ses_tensor *tensor = ses_tensor_new(x->rank - lead, shape);
    for (size_t i = 0; i < tensor->count; i++) {
        tensor->data[i] = 1 + random_float(&chain->random) / 2;
        other.data[i] = (double)tensor->data[i];
    }
    if (divides) /* stay away from 0 */
        op = SES_OP_ADD;
    assert_true(first ? join(&other, x, op, &out) : join(x, &other, op, &out));
    say(chain, " %d constant(%d of %d)", (int)op, count_of(&other),
        count_of(x));
    *x = out;
    chain->view = ses_view_with_constant(chain->graph, "constant", op,
                                         &chain->view, tensor, first, true);
}

/* With a part of itself: an excitation of any kind. */
static void with_mean(struct chain *chain)
{
    struct chain gate = *chain;
    struct plain out;
    enum ses_op op = any_op(chain);
    bool axes[SES_MAX_RANK] = { false };
    struct plain mean = { .rank = chain->plain.rank };
    for (int i = 0; i < mean.rank; i++) {
        axes[i] = i > 0 && random_int(&chain->random, 0, 1);
        mean.size[i] = axes[i] ? 1 : chain->plain.size[i];
    }
    for (int at = 0; at < count_of(&chain->plain); at++) {
        int index[SES_MAX_RANK], to = 0;
        indices(&chain->plain, at, index);
        for (int i = 1; i < mean.rank; i++)
            to = to * mean.size[i] + (axes[i] ? 0 : index[i]);
        mean.data[to] += chain->plain.data[at] * count_of(&mean) /
                         count_of(&chain->plain);
    }
    /* sigmoids are in 0 .. 1, so dividing by them is safe */
    for (int at = 0; at < count_of(&mean); at++)
        mean.data[at] = 1 / (1 + exp(-mean.data[at]));
    gate.view = ses_view_reduce(chain->graph, "mean", &chain->view,
                                SES_OP_GLOBAL_MEAN, axes, true);
    gate.view = ses_view_activation(chain->graph, "gate", &gate.view,
                                    SES_ACT_SIGMOID, 0, 0);
    assert_true(join(&chain->plain, &mean, op, &out));
    say(chain, " %d gate(%d of %d)", (int)op, count_of(&mean),
        count_of(&chain->plain));
    chain->plain = out;
    chain->view = ses_view_binary(chain->graph, "scale", op, &chain->view,
                                  &gate.view);
}

static void concat(struct chain *chain)
{
    struct plain *x = &chain->plain, out = { .rank = x->rank };
    int axis = random_int(&chain->random, 1, x->rank - 1);
    if (2 * count_of(x) > MOST)
        return;
    memcpy(out.size, x->size, sizeof out.size);
    out.size[axis] *= 2;
    for (int at = 0; at < count_of(&out); at++) {
        int index[SES_MAX_RANK];
        indices(&out, at, index);
        bool second = index[axis] >= x->size[axis];
        index[axis] %= x->size[axis];
        double value = element(x, index);
        out.data[at] = second ? 2 * value + 1 : value;
    }
    struct ses_view changed = ses_view_activation(
        chain->graph, "linear", &chain->view, SES_ACT_LINEAR, 2, 1);
    const struct ses_view *both[] = { &chain->view, &changed };
    say(chain, " concat%d", axis);
    chain->plain = out;
    chain->view = ses_view_concat(chain->graph, "concat", both, 2, axis);
}

static void slice(struct chain *chain)
{
    struct plain *x = &chain->plain, out = { .rank = x->rank };
    int axis = random_int(&chain->random, 1, x->rank - 1);
    int first = random_int(&chain->random, 0, x->size[axis] - 1);
    int step = random_int(&chain->random, 1, 3);
    int length =
        random_int(&chain->random, 1, (x->size[axis] - first + step - 1) / step);
    memcpy(out.size, x->size, sizeof out.size);
    out.size[axis] = length;
    for (int at = 0; at < count_of(&out); at++) {
        int index[SES_MAX_RANK];
        indices(&out, at, index);
        index[axis] = first + index[axis] * step;
        out.data[at] = element(x, index);
    }
    say(chain, " slice%d", axis);
    chain->plain = out;
    chain->view = ses_view_slice(chain->graph, "slice", &chain->view, axis,
                                 first, step, length);
}

static void softmax(struct chain *chain)
{
    struct plain *x = &chain->plain;
    int axis = random_int(&chain->random, 1, x->rank - 1);
    struct plain out = *x;
    for (int at = 0; at < count_of(x); at++) {
        int index[SES_MAX_RANK];
        indices(x, at, index);
        double sum = 0, own = element(x, index);
        for (int i = 0; i < x->size[axis]; i++) {
            index[axis] = i;
            sum += exp(element(x, index) - own);
        }
        out.data[at] = 1 / sum;
    }
    say(chain, " softmax%d", axis);
    chain->plain = out;
    chain->view =
        ses_view_softmax(chain->graph, "softmax", &chain->view, axis);
}

static void dense(struct chain *chain)
{
    struct plain *x = &chain->plain, out = { .rank = x->rank };
    int axis = x->rank - 1, inputs = x->size[axis];
    size_t shape[] = { (size_t)random_int(&chain->random, 1, 4),
                       (size_t)inputs };
    struct ses_tensor *weight = ses_tensor_new(2, shape);
    memcpy(out.size, x->size, sizeof out.size);
    out.size[axis] = (int)shape[0];
    for (size_t i = 0; i < weight->count; i++)
        weight->data[i] = random_float(&chain->random) / (float)inputs;
    for (int at = 0; at < count_of(&out); at++) {
        int index[SES_MAX_RANK];
        indices(&out, at, index);
        int o = index[axis];
        for (int i = 0; i < inputs; i++) {
            index[axis] = i;
            out.data[at] += element(x, index) *
                            (double)weight->data[o * inputs + i];
        }
    }
    say(chain, " dense");
    chain->plain = out;
    chain->view =
        ses_view_dense(chain->graph, "dense", &chain->view, weight, NULL);
}

/* ---- the judge ------------------------------------------------------------ */

static void check_numbers(struct chain *chain, const float *x)
{
    struct ses_engine *engine;
    struct ses_worker *worker;
    struct ses_error *err = &chain->err;
    int keep = chain->view.value, count = count_of(&chain->plain);
    assert_int_equal(ses_graph_finish(chain->graph, keep, err), SES_OK);
    assert_int_equal(ses_fold_batch_norm(chain->graph, err), SES_OK);
    chain->graph->logits = chain->graph->output;
    assert_int_equal(
        ses_engine_new(chain->graph, &keep, 1, 1, &engine, err), SES_OK);
    assert_int_equal(ses_worker_new(engine, &worker, err), SES_OK);
    float *y = ses_calloc_floats((size_t)count);
    if (ses_worker_run(worker, x, 1, 0, NULL, y, err))
        fail_msg("%s: %s", chain->log, err->message);
    for (int at = 0; at < count; at++) {
        int index[SES_MAX_RANK], place = 0;
        indices(&chain->plain, at, index);
        for (int i = 1; i < chain->view.rank; i++) {
            int axis = chain->view.order[i];
            place = place * chain->view.size[axis] + index[axis];
        }
        double expected = chain->plain.data[at];
        if (!(fabs((double)y[place] - expected) <=
              2e-5 * (1 + fabs(expected))))
            fail_msg("%s: element %d is %g, expected %g", chain->log, at,
                     (double)y[place], expected);
    }
    free(y);
    ses_worker_free(worker);
    ses_engine_free(engine);
}

static void run_chain(int seed)
{
    static void (*const steps[])(struct chain *) = {
        transpose, reshape, reduce, with_constant, with_mean,
        concat,    slice,   softmax, dense,
    };
    struct chain *chain = calloc(1, sizeof *chain);
    ses_random_seed(&chain->random, (uint64_t)seed);
    chain->graph = ses_graph_new(&chain->err);
    enum ses_layout layout = (enum ses_layout)random_int(&chain->random, 0, 1);
    struct plain *x = &chain->plain;
    x->rank = random_int(&chain->random, 2, 4);
    x->size[0] = 1;
    for (int i = 1; i < x->rank; i++)
        x->size[i] = random_int(&chain->random, 1, 6);
    chain->view =
        ses_view_input(chain->graph, "input", x->rank, x->size, layout);
    int count = count_of(x);
    float *input = ses_calloc_floats((size_t)count);
    for (int at = 0; at < count; at++) {
        int index[SES_MAX_RANK], place = 0;
        indices(x, at, index);
        for (int i = 1; i < x->rank; i++)
            place = place * x->size[chain->view.order[i]] +
                    index[chain->view.order[i]];
        input[place] = random_float(&chain->random);
        x->data[at] = (double)input[place];
    }
    say(chain, "seed %d", seed);
    int n = random_int(&chain->random, 1, 8);
    for (int i = 0; i < n; i++) {
        if (chain->plain.rank < 2)
            break;
        steps[random_int(&chain->random, 0,
                         (int)(sizeof steps / sizeof *steps) - 1)](chain);
        check_shape(chain);
    }
    check_numbers(chain, input);
    free(input);
    ses_graph_free(chain->graph);
    free(chain);
}

static void chains_are_what_plain_arrays_say(void **state)
{
    for (int seed = 0; seed < 3000; seed++)
        run_chain(seed);
}

/* Where a framework's ways cost nothing, no node may be added. */
static void views_of_gates_need_no_floats_moved(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int size[] = { 1, 8, 5, 6 }, flat[] = { 1, 8 }, map[] = { 1, 8, 1, 1 };
    int to_last[] = { 0, 2, 3, 1 }, to_first[] = { 0, 3, 1, 2 };
    bool spatial[] = { false, false, true, true };
    struct ses_view x =
        ses_view_input(graph, "input", 4, size, SES_CHANNELS_FIRST);
    struct ses_view gate = ses_view_reduce(graph, "squeeze", &x,
                                           SES_OP_GLOBAL_MEAN, spatial, true);
    gate = ses_view_reshape(graph, "flat", &gate, 2, flat);
    gate = ses_view_activation(graph, "gate", &gate, SES_ACT_SIGMOID, 0, 0);
    gate = ses_view_reshape(graph, "map", &gate, 4, map);
    struct ses_view y =
        ses_view_binary(graph, "scale", SES_OP_MULTIPLY, &x, &gate);
    y = ses_view_transpose(graph, "last", &y, to_last);
    y = ses_view_transpose(graph, "first", &y, to_first);
    assert_int_equal(ses_view_map(graph, "map", &y, SES_CHANNELS_FIRST),
                     y.value);
    assert_int_equal(graph->n_nodes, 4);
    assert_int_equal(graph->nodes[1].op, SES_OP_GLOBAL_MEAN);
    ses_graph_free(graph);
}

static void what_does_not_fit_names_the_layer(void **state)
{
    struct ses_error err = { 0 };
    struct ses_graph *graph = ses_graph_new(&err);
    int size[] = { 1, 8, 5, 6 }, wrong[] = { 1, 7, 30 }, perm[] = { 1, 0, 2, 3 };
    struct ses_view x =
        ses_view_input(graph, "input", 4, size, SES_CHANNELS_FIRST);
    assert_int_equal(
        ses_view_reshape(graph, "shape", &x, 3, wrong).value, -1);
    assert_non_null(strstr(err.message, "'shape': 240 elements"));
    assert_int_equal(ses_view_transpose(graph, "turn", &x, perm).value, -1);
    assert_non_null(strstr(err.message, "'turn': it moves the batch"));
    size[2] = 4;
    struct ses_view failed = ses_view_failed();
    assert_int_equal(ses_view_binary(graph, "sum", SES_OP_ADD, &x, &failed)
                         .value,
                     -1);
    ses_graph_free(graph);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_are_what_plain_arrays_say),
        cmocka_unit_test(views_of_gates_need_no_floats_moved),
        cmocka_unit_test(what_does_not_fit_names_the_layer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
