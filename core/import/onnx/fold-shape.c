/* Constants seen otherwise, parted and joined. See operators.h. */
#include <math.h>

#include "core/base/alloc.h"
#include "core/import/onnx/fold.h"

/* The same elements in row-major order: the constant itself, or a copy. */
static struct ses_onnx_constant *packed(const struct ses_onnx_call *call,
                                        const struct ses_onnx_constant *from)
{
    if (ses_onnx_is_packed(from)) {
        struct ses_onnx_constant *same = ses_onnx_copy(call, from);
        if (same)
            ses_onnx_pack(same);
        return same;
    }
    struct ses_onnx_constant *out =
        ses_onnx_result(call, ses_onnx_type_is_float(from->type),
                        from->symbolic, from->rank, from->shape);
    struct ses_onnx_walk walk = ses_onnx_walk(from);
    for (size_t i = 0; out && i < from->count; i++, ses_onnx_step(&walk))
        ses_onnx_put(out, i, ses_onnx_element(from, walk.offset));
    if (out)
        out->origin = from->origin;
    return out;
}

/* The elements in another shape of as many. */
static struct ses_onnx_constant *reshaped(const struct ses_onnx_call *call,
                                          const struct ses_onnx_constant *from,
                                          int rank, const size_t *shape)
{
    size_t count = 1;
    for (int i = 0; i < rank; i++)
        if (!ses_multiply(count, shape[i], &count))
            return ses_onnx_cannot_fold(call, "its shape is too large");
    if (count != from->count)
        return ses_onnx_cannot_fold(
            call, "its constant does not fit the shape asked for");
    struct ses_onnx_constant *out = packed(call, from);
    if (!out)
        return NULL;
    out->rank = rank;
    for (int i = 0; i < rank; i++)
        out->shape[i] = shape[i];
    ses_onnx_pack(out);
    return out;
}

struct ses_onnx_constant *ses_onnx_fold_same(const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    return from ? ses_onnx_copy(call, from) : NULL;
}

struct ses_onnx_constant *ses_onnx_fold_dropout(
    const struct ses_onnx_call *call)
{
    return ses_onnx_drops(call) ? NULL : ses_onnx_fold_same(call);
}

/* Kinds of numbers matter, their widths do not. */
struct ses_onnx_constant *ses_onnx_fold_cast(const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    if (!from)
        return NULL;
    enum ses_onnx_type to = (enum ses_onnx_type)ses_onnx_int(call, "to", 0);
    if (call->node->n_inputs > 1) { /* CastLike; the image's are floats */
        const struct ses_onnx_constant *like =
            ses_onnx_constant_input(call, 1);
        to = like ? like->type : SES_ONNX_FLOAT;
    }
    bool real = ses_onnx_type_is_float(to);
    if (real && ses_onnx_type_is_float(from->type))
        return ses_onnx_copy(call, from);
    struct ses_onnx_constant *out =
        ses_onnx_result(call, real, from->symbolic, from->rank, from->shape);
    struct ses_onnx_walk walk = ses_onnx_walk(from);
    for (size_t i = 0; out && i < from->count; i++, ses_onnx_step(&walk)) {
        struct ses_onnx_number number = ses_onnx_element(from, walk.offset);
        if (to == SES_ONNX_BOOL)
            number = (struct ses_onnx_number){ number.value != 0, 0 };
        else if (!real)
            number.value = trunc(number.value);
        ses_onnx_put(out, i, number);
    }
    return out;
}

struct ses_onnx_constant *ses_onnx_fold_reshape(
    const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    struct ses_onnx_list list;
    if (!from || !ses_onnx_list(call, 1, "shape", &list))
        return NULL;
    if (list.n > SES_MAX_RANK)
        return ses_onnx_cannot_fold(call, "a shape of too many axes");
    bool zero = ses_onnx_int(call, "allowzero", 0);
    size_t shape[SES_MAX_RANK], known = 1;
    int open = -1;
    for (int i = 0; i < (int)list.n; i++) {
        int64_t size = 1;
        bool batch = list.at[i].power && list.at[i].value == 1;
        if (!batch && !ses_onnx_whole(call, list.at[i], &size))
            return NULL;
        if (size == 0 && !zero && i < from->rank)
            size = (int64_t)from->shape[i];
        if (size < -1 || (size == -1 && open >= 0))
            return ses_onnx_cannot_fold(call, "its shape is no shape");
        if (size == -1) {
            open = i;
            size = 1;
        }
        shape[i] = (size_t)size;
        if (!ses_multiply(known, shape[i], &known))
            return ses_onnx_cannot_fold(call, "its shape is too large");
    }
    if (open >= 0 && known)
        shape[open] = from->count / known;
    return reshaped(call, from, (int)list.n, shape);
}

struct ses_onnx_constant *ses_onnx_fold_flatten(
    const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    if (!from)
        return NULL;
    int64_t axis = ses_onnx_int(call, "axis", 1);
    axis += axis < 0 ? from->rank : 0;
    size_t shape[2] = { 1, 1 };
    for (int i = 0; i < from->rank; i++)
        shape[i >= axis] *= from->shape[i];
    return reshaped(call, from, 2, shape);
}

struct ses_onnx_constant *ses_onnx_fold_squeeze(
    const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    struct ses_onnx_list list;
    bool marked[SES_MAX_RANK];
    if (!from || !ses_onnx_list(call, 1, "axes", &list) ||
        !ses_onnx_mark_axes(call, &list, from->rank, marked))
        return NULL;
    struct ses_onnx_constant *out = ses_onnx_copy(call, from);
    if (!out)
        return NULL;
    out->rank = 0;
    for (int i = 0; i < from->rank; i++) {
        if (list.given ? marked[i] : from->shape[i] == 1) {
            if (from->shape[i] != 1)
                return ses_onnx_cannot_fold(call, "an axis is not 1");
            continue;
        }
        out->shape[out->rank] = from->shape[i];
        out->stride[out->rank++] = from->stride[i];
    }
    return out;
}

struct ses_onnx_constant *ses_onnx_fold_unsqueeze(
    const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    struct ses_onnx_list list;
    bool marked[SES_MAX_RANK];
    if (!from || !ses_onnx_list(call, 1, "axes", &list))
        return NULL;
    if (list.n > SES_MAX_RANK - (size_t)from->rank)
        return ses_onnx_cannot_fold(call, "a shape of too many axes");
    int rank = from->rank + (int)list.n, next = 0;
    if (!ses_onnx_mark_axes(call, &list, rank, marked))
        return NULL;
    struct ses_onnx_constant *out = ses_onnx_copy(call, from);
    if (!out)
        return NULL;
    out->rank = rank;
    for (int i = 0; i < rank; i++) {
        out->shape[i] = marked[i] ? 1 : from->shape[next];
        out->stride[i] = marked[i] ? 0 : from->stride[next];
        next += !marked[i];
    }
    return out;
}

struct ses_onnx_constant *ses_onnx_fold_transpose(
    const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    struct ses_onnx_list list;
    int perm[SES_MAX_RANK];
    bool seen[SES_MAX_RANK] = { false };
    if (!from || !ses_onnx_list(call, -1, "perm", &list))
        return NULL;
    for (int i = 0; i < from->rank; i++) {
        double axis = from->rank - 1 - i;
        if (list.given)
            axis = (size_t)i < list.n ? list.at[i].value : -1;
        if (!(axis >= 0 && axis < from->rank) || seen[(int)axis])
            return ses_onnx_cannot_fold(call, "no order of its axes");
        perm[i] = (int)axis;
        seen[perm[i]] = true;
    }
    struct ses_onnx_constant *out = ses_onnx_copy(call, from);
    if (out)
        ses_onnx_permute(from, perm, out);
    return out;
}

/* Expand, and Tile of axes that are 1. */
struct ses_onnx_constant *ses_onnx_fold_expand(const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    struct ses_onnx_list list;
    if (!from || !ses_onnx_list(call, 1, NULL, &list))
        return NULL;
    int given = list.n > SES_MAX_RANK ? SES_MAX_RANK + 1 : (int)list.n;
    int rank = given > from->rank ? given : from->rank;
    if (rank > SES_MAX_RANK)
        return ses_onnx_cannot_fold(call, "a shape of too many axes");
    size_t shape[SES_MAX_RANK];
    for (int i = 0; i < rank; i++) {
        int own = i - (rank - from->rank), of_list = i - (rank - given);
        int64_t asked = 1;
        shape[i] = own >= 0 ? from->shape[own] : 1;
        if (of_list < 0)
            continue;
        struct ses_onnx_number number = list.at[of_list];
        if (!(number.power && number.value == 1) &&
            !ses_onnx_whole(call, number, &asked))
            return NULL;
        if (asked < 0)
            return ses_onnx_cannot_fold(call, "a size below 0");
        if (shape[i] == 1)
            shape[i] = (size_t)asked;
        else if (call->node->op[0] == 'T' && asked != 1)
            return ses_onnx_cannot_fold(call, "it repeats more than one "
                                              "element");
    }
    struct ses_onnx_constant wide;
    if (!ses_onnx_broadcast(from, rank, shape, &wide))
        return ses_onnx_cannot_fold(call, "a constant does not fit its shape");
    return ses_onnx_copy(call, &wide);
}

struct ses_onnx_constant *ses_onnx_fold_gather(const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    const struct ses_onnx_constant *indices =
        from ? ses_onnx_folded(call, 1) : NULL;
    int axis;
    if (!indices || !ses_onnx_axis(call, (double)ses_onnx_int(call, "axis", 0),
                                   from->rank, &axis))
        return NULL;
    if (from->rank - 1 + indices->rank > SES_MAX_RANK)
        return ses_onnx_cannot_fold(call, "a shape of too many axes");
    /* the shape of an element's neighbours, then the indices between them */
    struct ses_onnx_constant part = *from;
    part.shape[axis] = 1;
    part.count = 1;
    size_t shape[SES_MAX_RANK], size = from->shape[axis], outer = 1;
    int rank = 0;
    for (int i = 0; i < from->rank; i++) {
        part.count *= part.shape[i];
        outer *= i < axis ? from->shape[i] : 1;
        if (i != axis)
            shape[rank++] = from->shape[i];
        for (int k = 0; i == axis && k < indices->rank; k++)
            shape[rank++] = indices->shape[k];
    }
    struct ses_onnx_constant *out =
        ses_onnx_result(call, ses_onnx_type_is_float(from->type),
                        from->symbolic, rank, shape);
    if (!out)
        return NULL;
    out->origin = from->origin;
    if (!out->count)
        return out;
    size_t inner = part.count / outer;
    struct ses_onnx_walk index = ses_onnx_walk(indices);
    for (size_t k = 0; k < indices->count; k++, ses_onnx_step(&index)) {
        int64_t at;
        if (!ses_onnx_whole(call, ses_onnx_element(indices, index.offset),
                            &at))
            return NULL;
        at += at < 0 ? (int64_t)size : 0;
        if (at < 0 || (size_t)at >= size)
            return ses_onnx_cannot_fold(call, "it reads an element that its "
                                              "constant does not have");
        struct ses_onnx_walk walk = ses_onnx_walk(&part);
        ptrdiff_t first = (ptrdiff_t)at * from->stride[axis];
        for (size_t i = 0; i < part.count; i++, ses_onnx_step(&walk))
            ses_onnx_put(out,
                         (i / inner * indices->count + k) * inner + i % inner,
                         ses_onnx_element(from, first + walk.offset));
    }
    return out;
}

struct ses_onnx_constant *ses_onnx_fold_slice(const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *from = ses_onnx_folded(call, 0);
    struct ses_onnx_cut cuts[SES_MAX_RANK];
    if (!from || !ses_onnx_cuts(call, from->rank, cuts))
        return NULL;
    struct ses_onnx_constant *out = ses_onnx_copy(call, from);
    size_t size = from->symbolic ? sizeof(struct ses_onnx_number)
                                 : ses_onnx_type_size(from->type);
    if (out)
        out->count = 1;
    for (int i = 0; out && i < from->rank; i++) {
        struct ses_onnx_range range = { 0, 1, (int64_t)from->shape[i] };
        if (cuts[i].given &&
            !ses_onnx_cut_range(call, &cuts[i], (int64_t)from->shape[i],
                                &range))
            return NULL;
        if (range.length > 0)
            out->data +=
                range.first * from->stride[i] * (ptrdiff_t)size;
        out->shape[i] = (size_t)range.length;
        out->stride[i] = from->stride[i] * range.step;
        out->count *= out->shape[i];
    }
    return out;
}

struct ses_onnx_constant *ses_onnx_fold_concat(const struct ses_onnx_call *call)
{
    const struct ses_onnx_constant *first = ses_onnx_folded(call, 0);
    size_t n = call->node->n_inputs, shape[SES_MAX_RANK];
    bool symbolic = false;
    int axis;
    if (!first || !ses_onnx_axis(call, (double)ses_onnx_int(call, "axis", 0),
                                 first->rank, &axis))
        return NULL;
    memcpy(shape, first->shape, sizeof shape);
    shape[axis] = 0;
    for (size_t k = 0; k < n; k++) {
        const struct ses_onnx_constant *part = ses_onnx_folded(call, k);
        if (!part)
            return NULL;
        bool fits = part->rank == first->rank;
        for (int i = 0; fits && i < part->rank; i++)
            fits = i == axis || part->shape[i] == shape[i];
        if (!fits)
            return ses_onnx_cannot_fold(call, "its constants do not fit");
        shape[axis] += part->shape[axis];
        symbolic = symbolic || part->symbolic;
    }
    struct ses_onnx_constant *out =
        ses_onnx_result(call, ses_onnx_type_is_float(first->type), symbolic,
                        first->rank, shape);
    size_t before = 0;
    for (size_t k = 0; out && k < n; k++) {
        const struct ses_onnx_constant *part = ses_onnx_folded(call, k);
        struct ses_onnx_walk walk = ses_onnx_walk(part);
        for (size_t i = 0; i < part->count; i++, ses_onnx_step(&walk)) {
            size_t at = 0;
            for (int j = 0; j < part->rank; j++)
                at = at * shape[j] + walk.index[j] + (j == axis ? before : 0);
            ses_onnx_put(out, at, ses_onnx_element(part, walk.offset));
        }
        before += part->shape[axis];
    }
    return out;
}
