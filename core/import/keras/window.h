/* Windows of convolutions and poolings, as Keras describes them. */
#ifndef SES_IMPORT_KERAS_WINDOW_H
#define SES_IMPORT_KERAS_WINDOW_H

#include "core/import/keras/layer.h"

/* A layer's window over its input; size_key: "kernel_size" or "pool_size".
 * With `same` padding an output has input / stride pixels, rounded up, and
 * what padding this takes is halved, its odd pixel below and to the right, as
 * TensorFlow does. False after failing. */
bool ses_keras_window(const struct ses_keras_layer *layer,
                      const struct ses_view *in, const char *size_key,
                      struct ses_window *out);

#endif
