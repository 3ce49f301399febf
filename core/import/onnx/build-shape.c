/* The same elements, seen as another shape. See operators.h. */
#include <limits.h>

#include "core/import/onnx/operators.h"
#include "core/import/onnx/shape.h"

/* Pass on what is computed, an unfinished Expand included. */
struct ses_view ses_onnx_build_same(const struct ses_onnx_call *call)
{
    const struct ses_onnx_value *from = ses_onnx_input(call, 0);
    struct ses_onnx_value *to = ses_onnx_output(call, 0);
    if (!from || from->state != SES_ONNX_COMPUTED || !to)
        return ses_onnx_data(call, 0);
    to->wide = from->wide;
    memcpy(to->size, from->size, sizeof to->size);
    return from->view;
}

/* Since operator set 12 an input may say so. */
bool ses_onnx_drops(const struct ses_onnx_call *call)
{
    enum { RATIO = 1, TRAINING = 2 };
    const struct ses_onnx_constant *ratio =
        ses_onnx_constant_input(call, RATIO);
    const struct ses_onnx_constant *training =
        ses_onnx_constant_input(call, TRAINING);
    if (!training || ses_onnx_scalar(training).value == 0 ||
        (ratio && ses_onnx_scalar(ratio).value == 0))
        return false;
    (void)ses_onnx_refuse(call, SES_EUNSUPPORTED,
                          "it is in training mode, whose results are random; "
                          "export the network after model.eval()");
    return true;
}

struct ses_view ses_onnx_build_dropout(const struct ses_onnx_call *call)
{
    return ses_onnx_drops(call) ? ses_view_failed()
                                : ses_onnx_build_same(call);
}

struct ses_view ses_onnx_build_cast(const struct ses_onnx_call *call)
{
    enum ses_onnx_type to = (enum ses_onnx_type)ses_onnx_int(call, "to", 0);
    if (!ses_onnx_type_is_float(to))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "what is computed from the image becomes %s, "
                               "expected a floating-point type",
                               ses_onnx_type_name(to));
    return ses_onnx_build_same(call);
}

struct ses_view ses_onnx_build_flatten(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    int64_t axis = ses_onnx_int(call, "axis", 1);
    axis += axis < 0 ? x.rank : 0;
    int size[2] = { 1, 1 };
    for (int i = 1; i < x.rank; i++) {
        size[1] *= x.size[i];
        if (i < axis && x.size[i] != 1)
            axis = -1;
    }
    if (x.value >= 0 && axis < 1)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "it joins the batch with other axes");
    return ses_view_reshape(call->net->graph, call->name, &x, 2, size);
}

/* Sizes as the file has them: 0 copies, -1 is what is left. Returns the place
 * of -1, or -2 when there is none; -3 with the error filled. */
enum { NONE_OPEN = -2, BAD_SHAPE = -3 };

static int read_sizes(const struct ses_onnx_call *call,
                      const struct ses_view *x,
                      const struct ses_onnx_list *list, int *size)
{
    bool zero = ses_onnx_int(call, "allowzero", 0);
    int open = NONE_OPEN;
    for (int i = 0; i < (int)list->n; i++) {
        struct ses_onnx_number number = list->at[i];
        if (i == 0 && (ses_onnx_is_batch(call->net, number) ||
                       (number.value == 0 && !zero))) {
            size[0] = 1;
            continue;
        }
        int64_t whole;
        if (!ses_onnx_whole(call, number, &whole))
            return BAD_SHAPE;
        if (whole == 0 && !zero && i < x->rank)
            whole = x->size[i];
        if (whole == -1 && open == NONE_OPEN)
            open = i;
        else if (whole < 1 || whole > INT_MAX) {
            ses_onnx_refuse(call, SES_EFORMAT, "size %lld in its shape",
                            (long long)whole);
            return BAD_SHAPE;
        }
        size[i] = (int)whole;
    }
    return open;
}

struct ses_view ses_onnx_build_reshape(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_onnx_list list;
    int size[SES_MAX_RANK];
    if (x.value < 0 || !ses_onnx_list(call, 1, "shape", &list))
        return ses_view_failed();
    if (list.n < 1 || list.n > SES_MAX_RANK)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "a shape of %zu axes, expected 1 to %d", list.n,
                               SES_MAX_RANK);
    int open = read_sizes(call, &x, &list, size);
    if (open == BAD_SHAPE)
        return ses_view_failed();
    size_t count = ses_view_count(&x), known = 1;
    bool fits = true;
    for (int i = open == 0 ? 1 : 0; i < (int)list.n && fits; i++)
        if (i != open)
            fits = !__builtin_mul_overflow(known, (size_t)size[i], &known);
    if (open > 0 && fits && known && count / known <= INT_MAX)
        size[open] = (int)(count / known);
    /* an open first axis is the batch when the others are an image */
    if (open == 0)
        size[0] = fits && known == count ? 1 : 2;
    if (size[0] != 1)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "its shape joins the batch with other axes");
    return ses_view_reshape(call->net->graph, call->name, &x, (int)list.n,
                            size);
}

struct ses_view ses_onnx_build_squeeze(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_onnx_list list;
    bool marked[SES_MAX_RANK];
    int size[SES_MAX_RANK], rank = 0;
    if (x.value < 0 || !ses_onnx_list(call, 1, "axes", &list) ||
        !ses_onnx_mark_axes(call, &list, x.rank, marked))
        return ses_view_failed();
    if (marked[0])
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "it drops the batch's axis");
    for (int i = 0; i < x.rank; i++) {
        bool gone = list.given ? marked[i] : i > 0 && x.size[i] == 1;
        if (gone && x.size[i] != 1)
            return ses_onnx_refuse(call, SES_ESHAPE,
                                   "axis %d is %d, expected 1", i, x.size[i]);
        if (!gone)
            size[rank++] = x.size[i];
    }
    return ses_view_reshape(call->net->graph, call->name, &x, rank, size);
}

struct ses_view ses_onnx_build_unsqueeze(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_onnx_list list;
    bool marked[SES_MAX_RANK];
    int size[SES_MAX_RANK];
    if (x.value < 0 || !ses_onnx_list(call, 1, "axes", &list))
        return ses_view_failed();
    if (list.n > (size_t)(SES_MAX_RANK - x.rank))
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "more than %d axes", SES_MAX_RANK);
    int rank = x.rank + (int)list.n, next = 0;
    if (!ses_onnx_mark_axes(call, &list, rank, marked))
        return ses_view_failed();
    if (marked[0])
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "it puts an axis before the batch's");
    for (int i = 0; i < rank; i++)
        size[i] = marked[i] ? 1 : x.size[next++];
    return ses_view_reshape(call->net->graph, call->name, &x, rank, size);
}

struct ses_view ses_onnx_build_transpose(const struct ses_onnx_call *call)
{
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_onnx_list list;
    int perm[SES_MAX_RANK];
    if (x.value < 0 || !ses_onnx_list(call, -1, "perm", &list))
        return ses_view_failed();
    for (int i = 0; i < x.rank; i++) {
        double axis = x.rank - 1 - i;
        if (list.given)
            axis = (size_t)i < list.n ? list.at[i].value : -1;
        perm[i] = axis >= 0 && axis < x.rank ? (int)axis : -1;
    }
    return ses_view_transpose(call->net->graph, call->name, &x, perm);
}

/* Copies side by side along one axis. */
static struct ses_view repeat(const struct ses_onnx_call *call,
                              struct ses_view x, int axis, int times)
{
    enum { MOST = 64 };
    const struct ses_view *parts[MOST];
    if (times > MOST)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "%d copies, expected at most %d", times, MOST);
    for (int i = 0; i < times; i++)
        parts[i] = &x;
    return ses_view_concat(call->net->graph, call->name, parts, times, axis);
}

/* Expand, and Tile. Axes of 1 that grow are left to what reads them. */
struct ses_view ses_onnx_build_expand(const struct ses_onnx_call *call)
{
    bool tile = strcmp(call->node->op, "Tile") == 0;
    struct ses_view x = ses_onnx_data(call, 0);
    struct ses_onnx_value *out = ses_onnx_output(call, 0);
    struct ses_onnx_list list;
    if (x.value < 0 || !out || !ses_onnx_list(call, 1, NULL, &list))
        return ses_view_failed();
    int lead = x.rank - (int)(list.n > SES_MAX_RANK ? SES_MAX_RANK : list.n);
    if (list.n > (size_t)x.rank)
        return ses_onnx_refuse(call, SES_EUNSUPPORTED,
                               "a shape of %zu axes for an input of %d",
                               list.n, x.rank);
    out->size[0] = 1;
    for (int i = 0; i < x.rank; i++) {
        int64_t asked = 1;
        if (i >= lead && !(i == 0 && ses_onnx_is_batch(call->net,
                                                       list.at[0])) &&
            !ses_onnx_whole(call, list.at[i - lead], &asked))
            return ses_view_failed();
        bool batch = i == 0 && asked != 1;
        if (batch || asked < 1 || asked > INT_MAX ||
            (!tile && asked != 1 && x.size[i] != 1 && asked != x.size[i]))
            return ses_onnx_refuse(call, SES_ESHAPE,
                                   "axis %d of %d elements to %lld", i,
                                   x.size[i], (long long)asked);
        if (tile && x.size[i] != 1 && asked != 1) {
            x = repeat(call, x, i, (int)asked);
            if (x.value < 0)
                return x;
            asked = 1;
        }
        out->size[i] = x.size[i] == 1 ? (int)asked : x.size[i];
        out->wide = out->wide || out->size[i] != x.size[i];
    }
    return x;
}
