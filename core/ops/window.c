/* See window.h. */
#include "core/ops/window.h"

#include <limits.h>

/* How much wider than a map of `size` its windows reach when there are size /
 * stride of them, rounded up; 0 when a field is out of range. */
static int same_padding(int size, int kernel, int stride, int dilation)
{
    if (size < 1 || kernel < 1 || stride < 1 || dilation < 1)
        return 0;
    long long last = (long long)((size - 1) / stride) * stride;
    long long reach = (long long)dilation * (kernel - 1) + 1;
    long long beyond = last + reach - size;
    return beyond < 0 || beyond > INT_MAX ? 0 : (int)beyond;
}

struct ses_window ses_window_padded(const struct ses_window *window, int h,
                                    int w)
{
    struct ses_window padded = *window;
    if (!window->same_upper)
        return padded;
    int tall = same_padding(h, window->kernel_h, window->stride_h,
                            window->dilation_h);
    int wide = same_padding(w, window->kernel_w, window->stride_w,
                            window->dilation_w);
    padded.same_upper = false;
    padded.pad_top = tall / 2;
    padded.pad_bottom = tall - tall / 2;
    padded.pad_left = wide / 2;
    padded.pad_right = wide - wide / 2;
    return padded;
}

/* Output size in one direction, or 0 when the window does not fit, or -1 when
 * a field is out of range. */
static int output_size(int size, int kernel, int stride, int dilation,
                       int before, int after, bool ceil_mode)
{
    if (kernel < 1 || stride < 1 || dilation < 1 || before < 0 || after < 0)
        return -1;
    long long reach = (long long)dilation * (kernel - 1) + 1;
    long long room = (long long)size + before + after - reach;
    if (room < 0)
        return 0;
    long long out = (room + (ceil_mode ? stride - 1 : 0)) / stride + 1;
    if (ceil_mode && (out - 1) * stride >= (long long)size + before)
        out--;
    return out > INT_MAX ? -1 : (int)out;
}

enum ses_status ses_window_infer(const struct ses_window *unpadded, int h,
                                 int w, int *out_h, int *out_w,
                                 struct ses_error *err)
{
    struct ses_window padded = ses_window_padded(unpadded, h, w);
    const struct ses_window *window = &padded;
    *out_h = output_size(h, window->kernel_h, window->stride_h,
                         window->dilation_h, window->pad_top,
                         window->pad_bottom, window->ceil_mode);
    *out_w = output_size(w, window->kernel_w, window->stride_w,
                         window->dilation_w, window->pad_left,
                         window->pad_right, window->ceil_mode);
    if (*out_h > 0 && *out_w > 0)
        return SES_OK;
    const char *problem = *out_h < 0 || *out_w < 0 ? "is out of range"
                                                   : "does not fit";
    return ses_fail(err, SES_ESHAPE,
                    "a window of %dx%d, stride %dx%d, dilation %dx%d, padding "
                    "%d, %d, %d, %d (top, left, bottom, right) %s on a map of "
                    "%dx%d",
                    window->kernel_h, window->kernel_w, window->stride_h,
                    window->stride_w, window->dilation_h, window->dilation_w,
                    window->pad_top, window->pad_left, window->pad_bottom,
                    window->pad_right, problem, h, w);
}

/* How many of the kernel positions from position start on lie below end. */
static int positions_below(long long start, long long end, int dilation,
                           int kernel)
{
    if (start >= end)
        return 0;
    long long count = end - start;
    if (dilation > 1) /* divisions cost more than windows */
        count = (count + dilation - 1) / dilation;
    return count < kernel ? (int)count : kernel;
}

static struct ses_taps taps(int at, int size, int kernel, int stride,
                            int dilation, int before, int after, bool same)
{
    if (same) {
        int both = same_padding(size, kernel, stride, dilation);
        before = both / 2;
        after = both - before;
    }
    long long start = (long long)at * stride - before;
    struct ses_taps taps = {
        .first = positions_below(start, 0, dilation, kernel),
        .end = positions_below(start, size, dilation, kernel),
        .padded = positions_below(start, (long long)size + after, dilation,
                                  kernel),
        .start = start,
    };
    return taps;
}

struct ses_taps ses_taps_h(const struct ses_window *window, int h, int at)
{
    return taps(at, h, window->kernel_h, window->stride_h, window->dilation_h,
                window->pad_top, window->pad_bottom, window->same_upper);
}

struct ses_taps ses_taps_w(const struct ses_window *window, int w, int at)
{
    return taps(at, w, window->kernel_w, window->stride_w, window->dilation_w,
                window->pad_left, window->pad_right, window->same_upper);
}
