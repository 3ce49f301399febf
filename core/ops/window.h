/* What convolution and pooling share: where windows go. */
#ifndef SES_OPS_WINDOW_H
#define SES_OPS_WINDOW_H

#include <stddef.h>

#include "core/base/error.h"
#include "core/graph/graph.h"

/* The window with its pads as numbers, on a map of h x w: itself, unless they
 * follow from the map's size. */
struct ses_window ses_window_padded(const struct ses_window *window, int h,
                                    int w);

/* Output height and width of a window over a map of h x w, by PyTorch's rule
 * (Caffe's too): with ceil_mode the last window is one that starts inside the
 * map or its upper or left padding. SES_ESHAPE for windows that do not fit
 * and for fields out of range. */
SES_MUST_CHECK enum ses_status ses_window_infer(const struct ses_window *window,
                                                int h, int w, int *out_h,
                                                int *out_w,
                                                struct ses_error *err);

/* Taps of a window in one direction that lie on the map. */
struct ses_taps {
    int first, end; /* kernel positions first .. end - 1 are on the map */
    int padded;     /* kernel positions on the map or its padding */
    long long start; /* map position of kernel position 0; may be negative */
};

/* The map position of a kernel position that lies on the map. */
static inline size_t ses_tap_at(struct ses_taps taps, int i, int dilation)
{
    return (size_t)(taps.start + (long long)i * dilation);
}

/* Of the window at output row (or column) number at. */
struct ses_taps ses_taps_h(const struct ses_window *window, int h, int at);
struct ses_taps ses_taps_w(const struct ses_window *window, int w, int at);

#endif
