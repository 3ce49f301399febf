/* See window.h. */
#include "core/import/keras/window.h"

#include <limits.h>
#include <string.h>

/* One direction of it. */
struct extent {
    int kernel, stride, dilation;
    long long before, after;
};

static long long reach(const struct extent *extent)
{
    return (long long)(extent->kernel - 1) * extent->dilation + 1;
}

static void pad_same(struct extent *extent, int size)
{
    long long out = (size + (long long)extent->stride - 1) / extent->stride;
    long long total = (out - 1) * extent->stride + reach(extent) - size;
    if (total < 0)
        total = 0;
    extent->before = total / 2;
    extent->after = total - total / 2;
}

bool ses_keras_window(const struct ses_keras_layer *layer,
                      const struct ses_view *in, const char *size_key,
                      struct ses_window *out)
{
    bool pool = strcmp(size_key, "pool_size") == 0;
    int n = in->rank - 2, first = 1;
    int kernel[2], stride[2], dilation[2];
    if (ses_keras_layout(layer) == SES_CHANNELS_FIRST)
        first = 2;
    if (!ses_keras_ints(layer, size_key, n, pool ? 2 : 1, 1, kernel) ||
        !ses_keras_ints(layer, "dilation_rate", n, 1, 1, dilation) ||
        !ses_keras_ints(layer, "strides", n, 1, 1, stride))
        return false;
    const json_t *strides = json_object_get(layer->config, "strides");
    const char *padding = ses_keras_text(layer, "padding", "valid");
    bool same = strcmp(padding, "same") == 0;
    bool causal = strcmp(padding, "causal") == 0 && n == 1;
    if (!same && !causal && strcmp(padding, "valid") != 0) {
        ses_keras_fail(layer, SES_EUNSUPPORTED,
                       "padding is '%s', expected 'valid' or 'same'", padding);
        return false;
    }
    struct extent extent[2] = { { 1, 1, 1, 0, 0 }, { 1, 1, 1, 0, 0 } };
    for (int i = 0; i < n; i++) {
        struct extent *one = &extent[2 - n + i];
        one->kernel = kernel[i];
        one->dilation = dilation[i];
        one->stride = stride[i];
        if (pool && (!strides || json_is_null(strides)))
            one->stride = kernel[i]; /* poolings step by their size */
        if (same)
            pad_same(one, in->size[first + i]);
        if (causal)
            one->before = reach(one) - 1;
        if (one->after > INT_MAX || one->before > INT_MAX) {
            ses_keras_fail(layer, SES_EUNSUPPORTED,
                           "its window is out of range");
            return false;
        }
    }
    *out = (struct ses_window){
        .kernel_h = extent[0].kernel,     .kernel_w = extent[1].kernel,
        .stride_h = extent[0].stride,     .stride_w = extent[1].stride,
        .dilation_h = extent[0].dilation, .dilation_w = extent[1].dilation,
        .pad_top = (int)extent[0].before,
        .pad_left = (int)extent[1].before,
        .pad_bottom = (int)extent[0].after,
        .pad_right = (int)extent[1].after,
    };
    return true;
}
