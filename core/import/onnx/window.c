/* See window.h. */
#include "core/import/onnx/window.h"

#include <limits.h>

/* n numbers of an attribute that fit an int; without it, `otherwise`. */
static bool read_ints(const struct ses_onnx_call *call, const char *name,
                      size_t n, int otherwise, int *out)
{
    struct ses_onnx_list list;
    if (!ses_onnx_list(call, -1, name, &list))
        return false;
    if (list.given && list.n != n) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED,
                        "'%s' has %zu numbers, expected %zu", name, list.n, n);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        double number = list.given ? list.at[i].value : otherwise;
        if (!(number >= INT_MIN && number <= INT_MAX)) {
            ses_onnx_refuse(call, SES_EFORMAT, "'%s' is %g", name, number);
            return false;
        }
        out[i] = (int)number;
    }
    return true;
}

bool ses_onnx_kernel(const struct ses_onnx_call *call, int axes, int *kernel)
{
    kernel[0] = 1;
    return read_ints(call, "kernel_shape", (size_t)axes, 0,
                     kernel + (axes == 1));
}

/* TensorFlow's SAME: as many outputs as strides begin in the input; what is
 * odd goes to the end, or to the beginning with SAME_LOWER. */
static void pad_same(int size, int kernel, int stride, int dilation,
                     bool lower, int *before, int *after)
{
    long long reach = (long long)dilation * (kernel - 1LL) + 1;
    long long outputs = ((long long)size + stride - 1) / stride;
    long long pad = (outputs - 1) * stride + reach - size;
    pad = pad < 0 ? 0 : pad > INT_MAX ? INT_MAX : pad;
    int small = (int)(pad / 2), large = (int)(pad - pad / 2);
    *before = lower ? large : small;
    *after = lower ? small : large;
}

bool ses_onnx_window(const struct ses_onnx_call *call, int axes,
                     const int *kernel, const struct ses_value *map,
                     struct ses_window *out)
{
    int stride[2] = { 1, 1 }, dilation[2] = { 1, 1 }, pads[4] = { 0 };
    int first = axes == 1;
    const char *how = ses_onnx_text(call, "auto_pad", "NOTSET");
    bool lower = strcmp(how, "SAME_LOWER") == 0;
    bool same = lower || strcmp(how, "SAME_UPPER") == 0;
    bool valid = strcmp(how, "VALID") == 0;
    if (!same && !valid && *how && strcmp(how, "NOTSET") != 0) {
        ses_onnx_refuse(call, SES_EUNSUPPORTED, "auto_pad '%s'", how);
        return false;
    }
    size_t n = (size_t)axes;
    if (!read_ints(call, "strides", n, 1, stride + first) ||
        !read_ints(call, "dilations", n, 1, dilation + first) ||
        !read_ints(call, "pads", 2 * n, 0, pads))
        return false;
    if (axes == 1) { /* begin, end of the width */
        pads[3] = pads[1];
        pads[1] = pads[0];
        pads[0] = 0;
    }
    if (same || valid)
        memset(pads, 0, sizeof pads);
    if (same && stride[0] > 0 && stride[1] > 0) {
        pad_same(map->h, kernel[0], stride[0], dilation[0], lower, &pads[0],
                 &pads[2]);
        pad_same(map->w, kernel[1], stride[1], dilation[1], lower, &pads[1],
                 &pads[3]);
    }
    *out = (struct ses_window){
        .kernel_h = kernel[0],
        .kernel_w = kernel[1],
        .stride_h = stride[0],
        .stride_w = stride[1],
        .dilation_h = dilation[0],
        .dilation_w = dilation[1],
        .pad_top = pads[0],
        .pad_left = pads[1],
        .pad_bottom = pads[2],
        .pad_right = pads[3],
        .ceil_mode = ses_onnx_int(call, "ceil_mode", 0),
        .count_include_pad = ses_onnx_int(call, "count_include_pad", 0),
    };
    return true;
}
