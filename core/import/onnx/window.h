/* The window of convolutions and pooling, as attributes say it. */
#ifndef SES_IMPORT_ONNX_WINDOW_H
#define SES_IMPORT_ONNX_WINDOW_H

#include "core/import/onnx/net.h"

/* For a map of the graph; of one spatial axis (which is the width) or two.
 * kernel: height, width. False with the error filled. */
bool ses_onnx_window(const struct ses_onnx_call *call, int axes,
                     const int *kernel, const struct ses_value *map,
                     struct ses_window *out);

/* kernel_shape as height, width. */
bool ses_onnx_kernel(const struct ses_onnx_call *call, int axes, int *kernel);

#endif
