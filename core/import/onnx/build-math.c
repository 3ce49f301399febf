/* Arithmetic of two and more tensors. See operators.h. */
#include <math.h>

#include "core/import/onnx/operators.h"

static struct ses_view apply(const struct ses_onnx_call *call,
                             struct ses_view x, enum ses_activation activation,
                             float alpha, float beta)
{
    return ses_view_activation(call->net->graph, call->name, &x, activation,
                               alpha, beta);
}

/* x op constant times +1 or -1, or the other way round. A single number is
 * rather part of a formula than learnt. */
static struct ses_view with_signed(const struct ses_onnx_call *call,
                                   enum ses_op op, const struct ses_view *x,
                                   const struct ses_onnx_constant *constant,
                                   float sign, bool first)
{
    struct ses_tensor *tensor = ses_onnx_take(call, constant);
    if (!tensor || x->value < 0) {
        ses_tensor_free(tensor);
        return ses_view_failed();
    }
    for (size_t i = 0; sign < 0 && i < tensor->count; i++)
        tensor->data[i] = -tensor->data[i];
    if (tensor->count == 1)
        tensor->rank = 0;
    bool learnt =
        tensor->count > 1 && ses_onnx_parameters(call, constant) > 0;
    return ses_view_with_constant(call->net->graph, call->name, op, x, tensor,
                                  first, learnt);
}

static struct ses_view with_constant(const struct ses_onnx_call *call,
                                     enum ses_op op, const struct ses_view *x,
                                     const struct ses_onnx_constant *constant,
                                     bool first)
{
    return with_signed(call, op, x, constant, 1, first);
}

/* Sizes that two of the same rank broadcast to; false when they do not. */
static bool common_sizes(int rank, const int *a, const int *b, int *out)
{
    for (int i = 1; i < rank; i++) {
        if (a[i] != b[i] && a[i] != 1 && b[i] != 1)
            return false;
        out[i] = a[i] == 1 ? b[i] : a[i];
    }
    return true;
}

/* Whether two computed inputs broadcast to the same without what Expand made
 * of them. */
static bool expand_is_idle(const struct ses_onnx_value *a,
                           const struct ses_onnx_value *b)
{
    int with[SES_MAX_RANK] = { 0 }, without[SES_MAX_RANK] = { 0 };
    int rank = a->view.rank;
    return rank == b->view.rank &&
           common_sizes(rank, ses_onnx_sizes(a), ses_onnx_sizes(b), with) &&
           common_sizes(rank, a->view.size, b->view.size, without) &&
           memcmp(with, without, sizeof with) == 0;
}

/* Axes of 1 in front of one of fewer axes. Its batch then meets another axis
 * than the other's, which is right for a batch of 1 alone. */
static bool raise_rank(const struct ses_onnx_call *call, struct ses_view *x,
                       int rank)
{
    if (x->value < 0 || x->rank >= rank)
        return x->value >= 0;
    if (call->net->batch != 1) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "its inputs have %d and %d axes, which would mix the "
                        "images of a batch",
                        x->rank, rank);
        return false;
    }
    int size[SES_MAX_RANK] = { 1 };
    for (int i = 1; i < rank; i++) {
        int own = i - (rank - x->rank);
        size[i] = own < 1 ? 1 : x->size[own];
    }
    *x = ses_view_reshape(call->net->graph, call->name, x, rank, size);
    return x->value >= 0;
}

static struct ses_view join(const struct ses_onnx_call *call, enum ses_op op,
                            struct ses_view a, struct ses_view b)
{
    int rank = a.rank > b.rank ? a.rank : b.rank;
    if (!raise_rank(call, &a, rank) || !raise_rank(call, &b, rank))
        return ses_view_failed();
    return ses_view_binary(call->net->graph, call->name, op, &a, &b);
}

static struct ses_view of_two(const struct ses_onnx_call *call, enum ses_op op)
{
    const struct ses_onnx_value *a = ses_onnx_input(call, 0);
    const struct ses_onnx_value *b = ses_onnx_input(call, 1);
    if (a && b && a->state == SES_ONNX_CONSTANT) {
        struct ses_view x = ses_onnx_data(call, 1);
        return with_constant(call, op, &x, &a->constant, true);
    }
    if (a && b && b->state == SES_ONNX_CONSTANT) {
        struct ses_view x = ses_onnx_data(call, 0);
        return with_constant(call, op, &x, &b->constant, false);
    }
    if (a && b && (a->wide || b->wide) && expand_is_idle(a, b))
        return ses_view_binary(call->net->graph, call->name, op, &a->view,
                               &b->view);
    return join(call, op, ses_onnx_data(call, 0), ses_onnx_data(call, 1));
}

struct ses_view ses_onnx_build_binary(const struct ses_onnx_call *call)
{
    switch (call->node->op[0]) {
    case 'A':
        return of_two(call, SES_OP_ADD);
    case 'S':
        return of_two(call, SES_OP_SUBTRACT);
    case 'M':
        return of_two(call, SES_OP_MULTIPLY);
    default:
        return of_two(call, SES_OP_DIVIDE);
    }
}

/* Sum and Mean of any number of inputs. */
struct ses_view ses_onnx_build_sum(const struct ses_onnx_call *call)
{
    size_t n = call->node->n_inputs, start = 0;
    while (start < n && ses_onnx_constant_input(call, start))
        start++;
    struct ses_view sum = ses_onnx_data(call, start);
    for (size_t k = 0; k < n && sum.value >= 0; k++) {
        const struct ses_onnx_constant *constant =
            ses_onnx_constant_input(call, k);
        if (constant)
            sum = with_constant(call, SES_OP_ADD, &sum, constant, false);
        else if (k != start)
            sum = join(call, SES_OP_ADD, sum, ses_onnx_data(call, k));
    }
    if (strcmp(call->node->op, "Mean") == 0 && n > 1)
        sum = apply(call, sum, SES_ACT_LINEAR, 1 / (float)n, 0);
    return sum;
}

/* The largest or, by way of negative numbers, the smallest of any number of
 * inputs. One number as a limit is a clip. */
struct ses_view ses_onnx_build_extreme(const struct ses_onnx_call *call)
{
    bool least = strcmp(call->node->op, "Min") == 0;
    size_t n = call->node->n_inputs, start = 0;
    while (start < n && ses_onnx_constant_input(call, start))
        start++;
    struct ses_view best = ses_onnx_data(call, start);
    for (size_t k = 0; k < n && best.value >= 0; k++) {
        const struct ses_onnx_constant *constant =
            ses_onnx_constant_input(call, k);
        if (constant && constant->count == 1) {
            float limit = (float)ses_onnx_scalar(constant).value;
            best = apply(call, best, SES_ACT_CLIP,
                         least ? -INFINITY : limit, least ? limit : INFINITY);
            continue;
        }
        if (k == start)
            continue;
        if (least)
            best = apply(call, best, SES_ACT_LINEAR, -1, 0);
        if (constant) {
            best = with_signed(call, SES_OP_MAXIMUM, &best, constant,
                               least ? -1 : 1, false);
        } else {
            struct ses_view other = ses_onnx_data(call, k);
            if (least)
                other = apply(call, other, SES_ACT_LINEAR, -1, 0);
            best = join(call, SES_OP_MAXIMUM, best, other);
        }
        if (least)
            best = apply(call, best, SES_ACT_LINEAR, -1, 0);
    }
    return best;
}

struct ses_view ses_onnx_build_pow(const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *exponent =
        ses_onnx_constant_input(call, 1);
    if (!exponent || exponent->count != 1)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "an exponent that is no single number");
    struct ses_view x = ses_onnx_data(call, 0);
    return apply(call, x, SES_ACT_POWER,
                 (float)ses_onnx_scalar(exponent).value, 0);
}
