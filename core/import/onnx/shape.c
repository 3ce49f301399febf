/* See shape.h. */
#include "core/import/onnx/shape.h"

bool ses_onnx_mark_axes(const struct ses_onnx_call *call,
                        const struct ses_onnx_list *list, int rank,
                        bool *marked)
{
    for (int i = 0; i < SES_MAX_RANK; i++)
        marked[i] = false;
    for (size_t i = 0; i < list->n; i++) {
        int64_t whole;
        int axis;
        if (!ses_onnx_whole(call, list->at[i], &whole) ||
            !ses_onnx_axis(call, (double)whole, rank, &axis))
            return false;
        if (marked[axis]) {
            ses_onnx_refuse(call, SES_EFORMAT, "it names axis %d twice", axis);
            return false;
        }
        marked[axis] = true;
    }
    return true;
}

bool ses_onnx_cuts(const struct ses_onnx_call *call, int rank,
                   struct ses_onnx_cut *cuts)
{
    struct ses_onnx_list starts, ends, axes, steps;
    if (!ses_onnx_list(call, 1, "starts", &starts) ||
        !ses_onnx_list(call, 2, "ends", &ends) ||
        !ses_onnx_list(call, 3, "axes", &axes) ||
        !ses_onnx_list(call, 4, NULL, &steps))
        return false;
    memset(cuts, 0, SES_MAX_RANK * sizeof *cuts);
    if (starts.n != ends.n || (axes.given && axes.n != starts.n) ||
        (steps.given && steps.n != starts.n) || starts.n > SES_MAX_RANK) {
        ses_onnx_refuse(call, SES_EFORMAT,
                        "it has %zu starts, %zu ends and %zu axes", starts.n,
                        ends.n, axes.n);
        return false;
    }
    for (size_t i = 0; i < starts.n; i++) {
        int axis;
        double named = axes.given ? axes.at[i].value : (double)i;
        if (!ses_onnx_axis(call, named, rank, &axis))
            return false;
        struct ses_onnx_cut *cut = &cuts[axis];
        *cut = (struct ses_onnx_cut){ true, starts.at[i], ends.at[i], 1 };
        if (steps.given && !ses_onnx_whole(call, steps.at[i], &cut->step))
            return false;
    }
    return true;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

bool ses_onnx_cut_range(const struct ses_onnx_call *call,
                        const struct ses_onnx_cut *cut, int64_t size,
                        struct ses_onnx_range *out)
{
    int64_t start, end, step = cut->step;
    if (!ses_onnx_whole(call, cut->start, &start) ||
        !ses_onnx_whole(call, cut->end, &end))
        return false;
    if (step == 0 || step == INT64_MIN) {
        ses_onnx_refuse(call, SES_EFORMAT, "it has a step of 0");
        return false;
    }
    start += start < 0 ? size : 0;
    end += end < 0 ? size : 0;
    start = step > 0 ? clamp(start, 0, size) : clamp(start, 0, size - 1);
    end = step > 0 ? clamp(end, 0, size) : clamp(end, -1, size - 1);
    int64_t room = step > 0 ? end - start : start - end;
    int64_t stride = step > 0 ? step : -step;
    int64_t length = room > 0 ? (room - 1) / stride + 1 : 0;
    *out = (struct ses_onnx_range){ start, step, size ? length : 0 };
    return true;
}
