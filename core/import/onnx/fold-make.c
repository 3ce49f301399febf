/* Constants out of nothing, or out of shapes. See operators.h. */
#include "core/import/onnx/fold.h"

#include <math.h>

const struct ses_onnx_constant *ses_onnx_folded(
    const struct ses_onnx_call *call, size_t k)
{
    const struct ses_onnx_constant *constant =
        ses_onnx_constant_input(call, k);
    if (!constant)
        ses_onnx_refuse(call, SES_EFORMAT, "it lacks input %zu", k);
    return constant;
}

struct ses_onnx_constant *ses_onnx_cannot_fold(
    const struct ses_onnx_call *call, const char *why)
{
    ses_onnx_refuse(call, SES_EUNSUPPORTED, "%s", why);
    return NULL;
}

struct ses_onnx_constant *ses_onnx_result(const struct ses_onnx_call *call,
                                          bool real, bool symbolic, int rank,
                                          const size_t *shape)
{
    struct ses_onnx_constant *out = ses_onnx_constant_new(
        &call->net->model.arena, real ? SES_ONNX_FLOAT : SES_ONNX_INT64,
        symbolic, rank, shape);
    if (!out)
        ses_onnx_refuse(call, SES_ENOMEM,
                        "no memory for what it makes of constants, or more "
                        "than a file of this size may ask for");
    return out;
}

struct ses_onnx_constant *ses_onnx_copy(
    const struct ses_onnx_call *call,
    const struct ses_onnx_constant *constant)
{
    struct ses_onnx_constant *out =
        ses_arena_alloc(&call->net->model.arena, 1, sizeof *out);
    if (!out)
        ses_fail_memory(call->net->err, "the file's constants");
    else
        *out = *constant;
    return out;
}

/* One number, or a row of them. */
static struct ses_onnx_constant *numbers(
    const struct ses_onnx_call *call,
    const struct ses_onnx_attribute *attribute, bool real, bool one)
{
    size_t n = one ? 1 : real ? attribute->n_floats : attribute->n_ints;
    struct ses_onnx_constant *out =
        ses_onnx_result(call, real, false, one ? 0 : 1, &n);
    for (size_t i = 0; out && i < n; i++) {
        double number = one ? (real ? (double)attribute->f
                                    : (double)attribute->i)
                            : (real ? (double)attribute->floats[i]
                                    : (double)attribute->ints[i]);
        ses_onnx_put(out, i, (struct ses_onnx_number){ number, 0 });
    }
    return out;
}

static struct ses_onnx_constant *tensor(const struct ses_onnx_call *call,
                                        const struct ses_onnx_tensor *from)
{
    struct ses_onnx_net *net = call->net;
    struct ses_onnx_constant loaded;
    if (ses_onnx_load(&net->model.arena, &net->external, from, &loaded,
                      net->err)) {
        ses_error_context(net->err, "'%s' of node '%s'", call->node->op,
                          call->name);
        return NULL;
    }
    return ses_onnx_copy(call, &loaded);
}

struct ses_onnx_constant *ses_onnx_fold_constant(
    const struct ses_onnx_call *call)
{
    struct ses_onnx_constant *out = NULL;
    if (call->node->n_attributes != 1)
        return ses_onnx_cannot_fold(call, "it has no single value");
    const struct ses_onnx_attribute *value = &call->node->attributes[0];
    if (strcmp(value->name, "value") == 0 && value->t)
        out = tensor(call, value->t);
    else if (strcmp(value->name, "value_float") == 0)
        out = numbers(call, value, true, true);
    else if (strcmp(value->name, "value_floats") == 0)
        out = numbers(call, value, true, false);
    else if (strcmp(value->name, "value_int") == 0)
        out = numbers(call, value, false, true);
    else if (strcmp(value->name, "value_ints") == 0)
        out = numbers(call, value, false, false);
    else
        return ses_onnx_cannot_fold(call, "its value is no tensor or number");
    if (out)
        out->origin = ses_onnx_find(call->net, call->node->outputs[0]);
    return out;
}

/* The size of an axis of what the node looks at. */
static struct ses_onnx_number size_of(const struct ses_onnx_value *value,
                                      int axis)
{
    if (value->state == SES_ONNX_CONSTANT)
        return (struct ses_onnx_number){
            (double)value->constant.shape[axis], 0
        };
    if (axis == 0)
        return (struct ses_onnx_number){ 1, 1 };
    return (struct ses_onnx_number){ ses_onnx_sizes(value)[axis], 0 };
}

static int rank_of(const struct ses_onnx_value *value)
{
    return value->state == SES_ONNX_CONSTANT ? value->constant.rank
                                             : value->view.rank;
}

/* A place from the end when below 0, kept within the rank. */
static int place(int64_t at, int rank)
{
    at += at < 0 ? rank : 0;
    return at < 0 ? 0 : at > rank ? rank : (int)at;
}

struct ses_onnx_constant *ses_onnx_fold_shape(const struct ses_onnx_call *call)
{
    const struct ses_onnx_value *value = ses_onnx_input(call, 0);
    if (!value)
        return ses_onnx_cannot_fold(call, "it lacks its input");
    int rank = rank_of(value);
    int start = place(ses_onnx_int(call, "start", 0), rank);
    int end = place(ses_onnx_int(call, "end", rank), rank);
    size_t n = end > start ? (size_t)(end - start) : 0;
    struct ses_onnx_constant *out =
        ses_onnx_result(call, false, true, 1, &n);
    for (size_t i = 0; out && i < n; i++)
        ses_onnx_put(out, i, size_of(value, start + (int)i));
    return out;
}

struct ses_onnx_constant *ses_onnx_fold_size(const struct ses_onnx_call *call)
{
    const struct ses_onnx_value *value = ses_onnx_input(call, 0);
    if (!value)
        return ses_onnx_cannot_fold(call, "it lacks its input");
    struct ses_onnx_number size = { 1, 0 };
    for (int i = 0; i < rank_of(value); i++) {
        struct ses_onnx_number axis = size_of(value, i);
        size.value *= axis.value;
        size.power += axis.power;
    }
    struct ses_onnx_constant *out =
        ses_onnx_result(call, false, true, 0, NULL);
    if (out)
        ses_onnx_put(out, 0, size);
    return out;
}

/* The batch as a size is 1: constants are the same for every image. */
static bool one_image_shape(const struct ses_onnx_call *call,
                            const struct ses_onnx_list *list, size_t *shape)
{
    for (size_t i = 0; i < list->n; i++) {
        int64_t size = 1;
        bool batch = list->at[i].power && list->at[i].value == 1;
        if (!batch && !ses_onnx_whole(call, list->at[i], &size))
            return false;
        if (size < 0) {
            ses_onnx_refuse(call, SES_EFORMAT, "a size below 0");
            return false;
        }
        shape[i] = (size_t)size;
    }
    return true;
}

struct ses_onnx_constant *ses_onnx_fold_fill(const struct ses_onnx_call *call)
{
    static const float zero = 0;
    struct ses_onnx_constant one = { .type = SES_ONNX_FLOAT,
                                     .count = 1,
                                     .data = (const uint8_t *)&zero,
                                     .origin = -1 };
    const struct ses_onnx_attribute *value =
        ses_onnx_attribute(call, "value");
    struct ses_onnx_list list;
    size_t shape[SES_MAX_RANK];
    if (!ses_onnx_list(call, 0, NULL, &list))
        return NULL;
    if (list.n > SES_MAX_RANK)
        return ses_onnx_cannot_fold(call, "a shape of too many axes");
    if (!one_image_shape(call, &list, shape))
        return NULL;
    if (value && value->t) {
        const struct ses_onnx_constant *given = tensor(call, value->t);
        if (!given)
            return NULL;
        one = *given;
        one.rank = 0;
    }
    if (one.count != 1 ||
        !ses_onnx_broadcast(&one, (int)list.n, shape, &one))
        return ses_onnx_cannot_fold(call, "its value is not one number, or "
                                          "too many are asked for");
    return ses_onnx_copy(call, &one);
}

struct ses_onnx_constant *ses_onnx_fold_range(const struct ses_onnx_call *call)
{
    enum { MOST = 1 << 20 };
    struct ses_onnx_number at[3];
    bool real = false;
    for (size_t k = 0; k < 3; k++) {
        const struct ses_onnx_constant *input = ses_onnx_folded(call, k);
        if (!input)
            return NULL;
        at[k] = ses_onnx_scalar(input);
        real = real || ses_onnx_type_is_float(input->type);
        if (at[k].power || isnan(at[k].value))
            return ses_onnx_cannot_fold(call, "its limits are not known");
    }
    double count = ceil((at[1].value - at[0].value) / at[2].value);
    if (!(count <= MOST))
        return ses_onnx_cannot_fold(call, "it makes too many numbers");
    size_t n = count > 0 ? (size_t)count : 0;
    struct ses_onnx_constant *out = ses_onnx_result(call, real, false, 1, &n);
    for (size_t i = 0; out && i < n; i++)
        ses_onnx_put(out, i,
                     (struct ses_onnx_number){
                         at[0].value + (double)i * at[2].value, 0 });
    return out;
}
