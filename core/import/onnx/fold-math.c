/* Arithmetic of constants: of shapes, as exporters write it down, and of
 * weights that they scale. See operators.h. */
#include <math.h>

#include "core/import/onnx/fold.h"

typedef struct ses_onnx_number number;

static const number unknown = { (double)NAN, 0 };

static number plain(double value)
{
    return (number){ value, 0 };
}

/* ---- of one -------------------------------------------------------------- */

struct unary {
    const char *op;
    double (*of)(double);
    bool scales; /* of(n x) = n of(x) for the batch n */
};

static double negative(double x)
{
    return -x;
}

static double inverse(double x)
{
    return 1 / x;
}

static double negation(double x)
{
    return !(x != 0);
}

static double relu(double x)
{
    return x < 0 ? 0 : x;
}

static const struct unary unaries[] = {
    { "Abs", fabs, true },       { "Ceil", ceil, false },
    { "Erf", erf, false },       { "Exp", exp, false },
    { "Floor", floor, false },   { "Neg", negative, true },
    { "Not", negation, false },  { "Reciprocal", inverse, false },
    { "Relu", relu, true },      { "Round", nearbyint, false },
    { "Sqrt", sqrt, false },     { "Tanh", tanh, false },
};

struct ses_onnx_constant *ses_onnx_fold_unary(const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    const struct unary *unary = unaries;
    while (strcmp(unary->op, call->node->op) != 0)
        unary++;
    if (!from)
        return NULL;
    struct ses_onnx_constant *out =
        ses_onnx_result(call, ses_onnx_type_is_float(from->type),
                        from->symbolic, from->rank, from->shape);
    struct ses_onnx_walk walk = ses_onnx_walk(from);
    for (size_t i = 0; out && i < from->count; i++, ses_onnx_step(&walk)) {
        number x = ses_onnx_element(from, walk.offset);
        number y = { unary->of(x.value), x.power };
        /* whole numbers of batches are rounded to themselves */
        if (x.power && !unary->scales && y.value != x.value)
            y = unknown;
        ses_onnx_put(out, i, y);
    }
    if (out)
        out->origin = from->origin;
    return out;
}

/* ---- of two -------------------------------------------------------------- */

static number add(number a, number b, bool whole)
{
    if (a.value == 0)
        return b;
    if (b.value == 0)
        return a;
    return a.power == b.power ? (number){ a.value + b.value, a.power }
                              : unknown;
}

static number subtract(number a, number b, bool whole)
{
    return add(a, (number){ -b.value, b.power }, whole);
}

static number multiply(number a, number b, bool whole)
{
    int power = a.power + b.power;
    return power < 2 ? (number){ a.value * b.value, power } : unknown;
}

static number divide(number a, number b, bool whole)
{
    int power = a.power - b.power;
    double exact = a.value / b.value;
    if (power < 0 || (whole && b.value == 0))
        return unknown;
    if (!whole)
        return (number){ exact, power };
    if (power && exact != trunc(exact))
        return unknown;
    return (number){ trunc(exact), power };
}

static number modulo(number a, number b, bool whole)
{
    double rest = fmod(a.value, b.value);
    if (a.power != b.power && rest != 0)
        return unknown;
    if (b.value == 0)
        return unknown;
    return (number){ rest != 0 && (rest < 0) != (b.value < 0) ? rest + b.value
                                                              : rest,
                     rest != 0 ? a.power : 0 };
}

static number power(number a, number b, bool whole)
{
    return a.power || b.power ? unknown : plain(pow(a.value, b.value));
}

/* Below 0 is below any batch; else different powers cannot be told apart,
 * but are never equal to what a file could mean. */
static number order(number a, number b)
{
    if (isnan(a.value) || isnan(b.value))
        return unknown;
    if (a.power != b.power && a.value > 0 && b.value > 0)
        return unknown;
    return plain(a.value < b.value ? -1 : a.value > b.value);
}

static number equal(number a, number b, bool whole)
{
    if (isnan(a.value) || isnan(b.value))
        return unknown;
    return plain(a.power == b.power && a.value == b.value);
}

static number truth(number order_of, bool holds)
{
    return isnan(order_of.value) ? unknown : plain(holds);
}

static number less(number a, number b, bool whole)
{
    number by = order(a, b);
    return truth(by, by.value < 0);
}

static number less_equal(number a, number b, bool whole)
{
    number by = order(a, b);
    return truth(by, by.value <= 0);
}

static number greater(number a, number b, bool whole)
{
    return less(b, a, whole);
}

static number greater_equal(number a, number b, bool whole)
{
    return less_equal(b, a, whole);
}

static number largest(number a, number b, bool whole)
{
    number by = order(a, b);
    return isnan(by.value) ? unknown : by.value < 0 ? b : a;
}

static number smallest(number a, number b, bool whole)
{
    number by = order(a, b);
    return isnan(by.value) ? unknown : by.value < 0 ? a : b;
}

static number both(number a, number b, bool whole)
{
    return plain(a.value != 0 && b.value != 0);
}

static number either(number a, number b, bool whole)
{
    return plain(a.value != 0 || b.value != 0);
}

struct binary {
    const char *op;
    number (*of)(number a, number b, bool whole);
};

static const struct binary binaries[] = {
    { "Add", add },           { "And", both },
    { "Div", divide },        { "Equal", equal },
    { "Greater", greater },   { "GreaterOrEqual", greater_equal },
    { "Less", less },         { "LessOrEqual", less_equal },
    { "Max", largest },       { "Min", smallest },
    { "Mod", modulo },        { "Mul", multiply },
    { "Or", either },         { "Pow", power },
    { "Sub", subtract },
};

/* The shape two constants broadcast to; false when they do not. */
static bool common_shape(const struct ses_onnx_constant *a,
                         const struct ses_onnx_constant *b, int *rank,
                         size_t *shape)
{
    int axes = a->rank > b->rank ? a->rank : b->rank;
    for (int i = 0; i < axes; i++) {
        int of_a = i - (axes - a->rank), of_b = i - (axes - b->rank);
        size_t x = of_a < 0 ? 1 : a->shape[of_a];
        size_t y = of_b < 0 ? 1 : b->shape[of_b];
        if (x != y && x != 1 && y != 1)
            return false;
        shape[i] = x == 1 ? y : x;
    }
    *rank = axes;
    return true;
}

/* The parameters that scaled weights still are. */
static int origin_of(const struct ses_onnx_constant *a,
                     const struct ses_onnx_constant *b)
{
    return a->count >= b->count ? a->origin : b->origin;
}

static struct ses_onnx_constant *combine(const struct ses_onnx_call *call,
                                         const struct binary *binary,
                                         const struct ses_onnx_constant *a,
                                         const struct ses_onnx_constant *b)
{
    int rank;
    size_t shape[SES_MAX_RANK];
    struct ses_onnx_constant x, y;
    if (!common_shape(a, b, &rank, shape) ||
        !ses_onnx_broadcast(a, rank, shape, &x) ||
        !ses_onnx_broadcast(b, rank, shape, &y))
        return ses_onnx_cannot_fold(call, "its constants do not fit");
    bool real = ses_onnx_type_is_float(a->type);
    struct ses_onnx_constant *out =
        ses_onnx_result(call, real, a->symbolic || b->symbolic, rank, shape);
    struct ses_onnx_walk left = ses_onnx_walk(&x), right = ses_onnx_walk(&y);
    for (size_t i = 0; out && i < x.count; i++) {
        ses_onnx_put(out, i,
                     binary->of(ses_onnx_element(&x, left.offset),
                                ses_onnx_element(&y, right.offset), !real));
        ses_onnx_step(&left);
        ses_onnx_step(&right);
    }
    if (out)
        out->origin = origin_of(a, b);
    return out;
}

struct ses_onnx_constant *ses_onnx_fold_binary(const struct ses_onnx_call *call)
{
    const struct binary *binary = binaries;
    while (strcmp(binary->op, call->node->op) != 0)
        binary++;
    const struct ses_onnx_constant *all = ses_onnx_folded(call, 0);
    for (size_t k = 1; all && k < call->node->n_inputs; k++) {
        const struct ses_onnx_constant *next = ses_onnx_folded(call, k);
        all = next ? combine(call, binary, all, next) : NULL;
    }
    return all ? ses_onnx_copy(call, all) : NULL;
}

struct ses_onnx_constant *ses_onnx_fold_where(const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *in[3];
    struct ses_onnx_constant wide[3];
    struct ses_onnx_walk walk[3];
    struct ses_onnx_constant all = { .count = 1 };
    size_t shape[SES_MAX_RANK];
    for (size_t k = 0; k < 3; k++) {
        in[k] = ses_onnx_folded(call, k);
        if (!in[k])
            return NULL;
        if (!common_shape(&all, in[k], &all.rank, shape))
            return ses_onnx_cannot_fold(call, "its constants do not fit");
        memcpy(all.shape, shape, sizeof shape);
    }
    for (size_t k = 0; k < 3; k++) {
        if (!ses_onnx_broadcast(in[k], all.rank, all.shape, &wide[k]))
            return ses_onnx_cannot_fold(call, "its constants do not fit");
        walk[k] = ses_onnx_walk(&wide[k]);
    }
    struct ses_onnx_constant *out =
        ses_onnx_result(call, ses_onnx_type_is_float(in[1]->type),
                        in[0]->symbolic || in[1]->symbolic || in[2]->symbolic,
                        all.rank, all.shape);
    for (size_t i = 0; out && i < wide[0].count; i++) {
        number test = ses_onnx_element(&wide[0], walk[0].offset);
        size_t k = test.value != 0 ? 1 : 2;
        ses_onnx_put(out, i,
                     isnan(test.value)
                         ? unknown
                         : ses_onnx_element(&wide[k], walk[k].offset));
        for (size_t j = 0; j < 3; j++)
            ses_onnx_step(&walk[j]);
    }
    return out;
}

/* ---- of many ------------------------------------------------------------- */

struct ses_onnx_constant *ses_onnx_fold_reduce(const struct ses_onnx_call *call)
{
    static const struct binary kinds[] = {
        { "ReduceMax", largest }, { "ReduceMean", add },
        { "ReduceMin", smallest }, { "ReduceProd", multiply },
        { "ReduceSum", add },
    };
    const struct binary *kind = kinds;
    while (strcmp(kind->op, call->node->op) != 0)
        kind++;
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    struct ses_onnx_list list;
    bool marked[SES_MAX_RANK];
    if (!from || !ses_onnx_list(call, 1, "axes", &list) ||
        !ses_onnx_mark_axes(call, &list, from->rank, marked))
        return NULL;
    bool all = !list.n && !ses_onnx_int(call, "noop_with_empty_axes", 0);
    bool keep = ses_onnx_int(call, "keepdims", 1);
    bool real = ses_onnx_type_is_float(from->type);
    struct ses_onnx_constant kept = *from; /* reduced axes are 1 */
    for (int i = 0; i < from->rank; i++)
        if (all || marked[i])
            kept.shape[i] = 1;
    struct ses_onnx_constant *out =
        ses_onnx_result(call, real, from->symbolic, from->rank, kept.shape);
    if (!out || !out->count || !from->count)
        return out;
    if (!ses_onnx_spend(call, from->count))
        return NULL;
    size_t share = from->count / out->count;
    struct ses_onnx_walk walk = ses_onnx_walk(from);
    for (size_t i = 0; i < from->count; i++, ses_onnx_step(&walk)) {
        ptrdiff_t at = 0;
        bool first = true;
        for (int j = 0; j < from->rank; j++) {
            bool gone = kept.shape[j] == 1;
            at += gone ? 0 : out->stride[j] * (ptrdiff_t)walk.index[j];
            first = first && (!gone || walk.index[j] == 0);
        }
        number x = ses_onnx_element(from, walk.offset);
        ses_onnx_put(out, (size_t)at,
                     first ? x
                           : kind->of(ses_onnx_element(out, at), x, !real));
    }
    bool mean = strcmp(kind->op, "ReduceMean") == 0;
    for (size_t i = 0; mean && i < out->count; i++)
        ses_onnx_put(out, i,
                     divide(ses_onnx_element(out, (ptrdiff_t)i),
                            plain((double)share), !real));
    int rank = 0;
    for (int i = 0; !keep && i < from->rank; i++) {
        if (all || marked[i])
            continue;
        out->shape[rank] = out->shape[i];
        out->stride[rank++] = out->stride[i];
    }
    if (!keep)
        out->rank = rank;
    return out;
}
